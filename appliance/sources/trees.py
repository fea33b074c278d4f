"""A tree of folders, to be counted before anything is taken in."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from appliance.domain.errors import Unreadable
from appliance.sources.folders import PHOTO, Candidate, is_shown, open_candidate, photos_in

_AT_ONCE = 1 << 20
_OTHERS_TOLD = 12  # endings of files that are no photos


@dataclass(frozen=True, slots=True)
class Tree:
    """What lies below a folder. others: files that are no photos, by the ending of their names."""

    photos: tuple[Candidate, ...]
    folders: int
    others: Mapping[str, int] = field(default_factory=dict)

    @property
    def formats(self) -> Mapping[str, int]:
        """Photos by the ending of their names, most first."""
        return dict(Counter(one.path.suffix.lower().lstrip(".") for one in self.photos).most_common())


def tree(folder: Path) -> Tree:
    """Everything below a folder, read and never written.

    Raises:
        Fault: when the folder cannot be read, or is gone.
    """
    photos = tuple(photos_in(folder))
    beside = {sidecar for one in photos for sidecar in one.sidecars}
    others: Counter[str] = Counter()
    folders = 0
    for parent, names, files in os.walk(folder):
        names[:] = [name for name in names if is_shown(name)]
        folders += 1
        for name in files:
            path = Path(parent, name)
            if not name.startswith(".") and path.suffix.lower() not in PHOTO and path not in beside:
                others[path.suffix.lower().lstrip(".")[:12]] += 1
    return Tree(photos, folders, dict(others.most_common(_OTHERS_TOLD)))


def hashes(photos: Iterable[Candidate], sizes: AbstractSet[int]) -> Iterator[str]:
    """SHA-256, hexadecimal, of the photos whose size is one of these; of those that can be read."""
    for one in photos:
        if one.bytes not in sizes:
            continue
        hasher = hashlib.sha256()
        try:
            with open_candidate(one) as stream:
                while part := stream.read(_AT_ONCE):
                    hasher.update(part)
        except Unreadable:
            continue
        yield hasher.hexdigest()


def sizes_that_repeat(photos: Iterable[Candidate]) -> set[int]:
    """Sizes that more than one photo has: only such can have the same bytes."""
    counted = Counter(one.bytes for one in photos)
    return {size for size, number in counted.items() if number > 1}
