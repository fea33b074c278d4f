"""A card or a folder: which files in it are photos, read and never written."""

import errno
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from appliance.domain.errors import Fault, Unreadable

RAW = frozenset(
    {".3fr", ".arw", ".cr2", ".cr3", ".dng", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".srw", ".x3f"}
)
PHOTO = RAW | {".avif", ".heic", ".heif", ".jpe", ".jpeg", ".jpg", ".mpo", ".png", ".tif", ".tiff", ".webp"}
_SIDECAR = ".xmp"
# What an operating system says of a card that was pulled out. Some also say EIO, as of a bad block, or
# ENOENT, as of a file that was deleted (FAT, from its cache): then it is looked whether the card is there.
_GONE = frozenset({errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.ENOMEDIUM})
_PULLED_SAYS = frozenset({errno.EIO, errno.ENOENT, errno.EREMOTEIO, errno.ESTALE})
_DEVICES = Path("/sys/dev/block")
_SETTLES = 2.5  # seconds after which a pulled card is gone from the system for certain
# Where systems keep what they delete or repair, and indexes of their own.
_NOT_PHOTOS = frozenset({"lost+found", "$recycle.bin", "system volume information"})


@dataclass(frozen=True, slots=True)
class Medium:
    """What a folder lies on. device: the number of its file system. sign: is there as long as a card is."""

    root: Path
    device: int
    sign: Path | None = None

    @classmethod
    def of(cls, root: Path, sign: Path | None = None) -> "Medium":
        """What a folder lies on now."""
        return cls(root, root.stat().st_dev, sign)

    def is_there(self) -> bool:
        """Whether it still is: its block device exists, has a medium in it, and the folder can be listed.

        A file system keeps answering from its cache when its card is gone, so the device counts first.
        """
        try:
            if self.sign is not None and not self.sign.exists():
                return False
            if os.major(self.device) and _DEVICES.is_dir():
                number = f"{os.major(self.device)}:{os.minor(self.device)}"
                if (_DEVICES / number / "size").read_text("ascii").strip() == "0":
                    return False
            with os.scandir(self.root) as entries:
                next(entries, None)
            return self.root.stat().st_dev == self.device
        except PermissionError:
            return True  # closed is not gone
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that by its name may be a photo; its content decides. modified_at: seconds since 1970."""

    path: Path
    bytes: int
    modified_at: float
    sidecars: tuple[Path, ...]
    medium: Medium

    @property
    def name(self) -> str:
        """The file's name as text; bytes of it that are no text are replaced."""
        return os.fsencode(self.path.name).decode("utf-8", "replace")

    @property
    def mark(self) -> str:
        """A hash of its path, size and time, to know it again; another file could have the same."""
        return mark_of(str(self.path.relative_to(self.medium.root)), self.bytes, self.modified_at)


def mark_of(path: str, size: int, modified_at: float) -> str:
    """A hash of where a file is on its card or share, its size in bytes and its time in whole seconds."""
    told = f"{size}\n{int(modified_at)}\n".encode() + os.fsencode(path)
    return hashlib.sha256(told).hexdigest()[:32]


def photos_in(
    folder: Path, on_closed: Callable[[], None] = lambda: None, sign: Path | None = None
) -> Iterator[Candidate]:
    """Photos below a folder, in the order of their names. Hidden files and links are left out.

    A link may lead out of the card, so none is followed. on_closed: called for each folder in it that
    cannot be read, of which nobody knows what it holds. sign: see `Medium`.

    Raises:
        Fault: when the card was pulled, or the folder itself cannot be read.
    """
    medium: Medium | None = None

    def passed_over(problem: OSError) -> None:
        _unless_gone(problem, medium)
        on_closed()

    try:
        medium = Medium.of(folder, sign)
        os.scandir(folder).close()  # os.walk says nothing of a folder that is gone or closed
        for parent, folders, names in os.walk(folder, onerror=passed_over):
            folders[:] = sorted(name for name in folders if is_shown(name))
            yield from _photos_among(Path(parent), sorted(names), medium)
    except OSError as problem:
        _unless_gone(problem, medium)
        raise Fault("card:unreadable", "The folder cannot be read.", "Check its rights.") from problem


def is_shown(folder: str) -> bool:
    """Whether a folder of this name is looked into."""
    return not folder.startswith(".") and folder.lower() not in _NOT_PHOTOS


def is_photo(name: str) -> bool:
    """Whether a file of this name may be a photo."""
    return not name.startswith(".") and Path(name).suffix.lower() in PHOTO


def sidecar_names(name: str, names: Iterable[str]) -> Iterator[str]:
    """Which of these names are sidecars of a photo, the nearest first: IMG_1.CR2.xmp before IMG_1.xmp."""
    sidecars = {one.lower(): one for one in names if one.lower().endswith(_SIDECAR)}
    for own in (f"{name}{_SIDECAR}".lower(), f"{Path(name).stem}{_SIDECAR}".lower()):
        if own in sidecars:
            yield sidecars[own]


def _photos_among(parent: Path, names: list[str], medium: Medium) -> Iterator[Candidate]:
    sidecars = [
        name for name in names if name.lower().endswith(_SIDECAR) and _plain_file(parent / name, medium)
    ]
    for name in names:
        found = _plain_file(parent / name, medium) if is_photo(name) else None
        if found is not None:
            beside = tuple(parent / one for one in sidecar_names(name, sidecars))
            yield Candidate(parent / name, found.st_size, found.st_mtime, beside, medium)


def _plain_file(path: Path, medium: Medium) -> os.stat_result | None:
    """Neither a link, which may lead out of the card, nor a pipe, which may never end; nor one just gone."""
    try:
        found = path.lstat()
    except OSError as problem:
        _unless_gone(problem, medium)
        return None
    return found if stat.S_ISREG(found.st_mode) else None


@contextmanager
def open_candidate(candidate: Candidate) -> Iterator[BinaryIO]:
    """The file's bytes, to read.

    Raises:
        Fault: when the card is gone.
        Unreadable: when only this file cannot be read.
    """
    try:
        descriptor = os.open(candidate.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            yield stream
    except OSError as problem:
        _unless_gone(problem, candidate.medium)
        raise Unreadable(
            "photo:unreadable", "The file cannot be read from the card.", "Copy it by hand, if you can."
        ) from problem


def read_sidecar(path: Path, most: int, medium: Medium) -> bytes:
    """A sidecar's bytes; none when it cannot be read or has more than `most`: it never costs the photo.

    Raises:
        Fault: when the card is gone.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            data = stream.read(most + 1)
    except OSError as problem:
        _unless_gone(problem, medium)
        return b""
    return data if len(data) <= most else b""


def _unless_gone(problem: OSError, medium: Medium | None) -> None:
    """Whether it is this one file or folder alone.

    Raises:
        Fault: when the whole card is gone.
    """
    if medium is not None and problem.errno not in _GONE and medium.is_there():
        if problem.errno not in _PULLED_SAYS:
            return
        time.sleep(_SETTLES)  # the error may be quicker than the news
        if medium.is_there():
            return
    raise gone() from problem


def gone() -> Fault:
    """What is told when a card was pulled."""
    return Fault(
        "card:gone",
        "The card was pulled out before everything was copied.",
        "What was copied is safe. Put the card back and import it again.",
    )
