"""A folder outside the safe that is filled step by step, and taken up again where it was broken off.

Each file is written beside, synced and renamed, then noted with its SHA-256: what is noted is there whole.
The notes are lines as `sha256sum` writes them, so that the finished folder can be checked by that program.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from appliance.domain.errors import Fault, Mistake
from appliance.domain.leaving import FORMAT

MARK, SUMS, SIGNATURE = "export.json", "SHA256SUMS", "SHA256SUMS.sig"
_NOTES, _PARTIAL = "SHA256SUMS.so-far", ".partial"
_PART = 1 << 20


class ExportFolder:
    """A folder that is being filled. known: the hash of every file that is whole, by its path."""

    def __init__(self, root: Path, known: dict[str, str]) -> None:
        self.root = root
        self.known = known

    @classmethod
    def open(cls, root: Path, mark: Mapping[str, object]) -> "ExportFolder":
        """Begin, or take up again. mark: says whose export it is; `safe` in it must be the same.

        Raises:
            Mistake: when something else lies in the folder.
        """
        with _disk_errors():
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            begun = _mark_of(root)
            if begun is None and any(root.iterdir()):
                raise Mistake("leaving:not_empty", "That folder is not empty.", "Name a new one.")
            if begun is not None and begun.get("safe") != mark.get("safe"):
                raise Mistake(
                    "leaving:other_safe", "That is an export of another safe.", "Name a new folder."
                )
            known = sums(root, SUMS) | sums(root, _NOTES)
            known.pop(MARK, None)
            (root / SUMS).unlink(missing_ok=True)  # it would vouch for what is about to change
            (root / SIGNATURE).unlink(missing_ok=True)
            folder = cls(root, known)
            _write_text(root / _NOTES, "".join(_line(path, known[path]) for path in known))
            folder._write(MARK, [json.dumps(mark, indent=2).encode()])
        return folder

    def room(self) -> int:
        """How many bytes fit."""
        return shutil.disk_usage(self.root).free

    def has(self, path: str, size: int, sha256: str) -> bool:
        """Whether a file is there, whole."""
        place = self.root / path
        return self.known.get(path) == sha256 and place.is_file() and place.stat().st_size == size

    def add(self, path: str, parts: Iterable[bytes]) -> str:
        """Write a file. Returns its SHA-256, hexadecimal.

        Raises:
            Fault: when the disk is full or broken; whatever the parts raise, and then nothing is written.
        """
        sha256 = self._write(path, parts)
        with _disk_errors(), (self.root / _NOTES).open("a", encoding="utf-8") as notes:
            notes.write(_line(path, sha256))
        self.known[path] = sha256
        return sha256

    def _write(self, path: str, parts: Iterable[bytes]) -> str:
        place = self.root / path
        partial = place.with_name(place.name + _PARTIAL)
        told = hashlib.sha256()
        with _disk_errors():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            stream = partial.open("wb")
        try:
            for part in parts:
                told.update(part)
                with _disk_errors():
                    stream.write(part)
            with _disk_errors():
                stream.flush()
                os.fsync(stream.fileno())
        except BaseException:
            stream.close()
            partial.unlink(missing_ok=True)
            raise
        with _disk_errors():
            stream.close()
            partial.replace(place)
        return told.hexdigest()

    def keep_only(self, paths: Iterable[str]) -> int:
        """Take away what is no longer in the safe, such as a photo erased since. Returns how many."""
        gone = self.known.keys() - set(paths)
        for path in gone:
            (self.root / path).unlink(missing_ok=True)
            del self.known[path]
        return len(gone)

    def finish(self) -> bytes:
        """Write the list of every file and its hash, which makes the export complete. Returns the list."""
        self.known[MARK] = _hash_of(self.root / MARK)
        listed = "".join(_line(path, self.known[path]) for path in sorted(self.known)).encode()
        self._write(SUMS, [listed])
        with _disk_errors():
            (self.root / _NOTES).unlink()
            os.sync()  # the names of all that was written, too
        return listed

    def sign(self, signature: bytes) -> None:
        """Lay the signature beside the list."""
        self._write(SIGNATURE, [signature])


def sums(root: Path, name: str = SUMS) -> dict[str, str]:
    """The hash of each file by its path, as the list says; a line that was cut off is left out.

    Raises:
        Mistake: when a path leads out of the folder.
    """
    try:
        lines = (root / name).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found = {}
    for line in lines:
        sha256, gap, path = line.partition("  ")
        if len(sha256) == 64 and gap and path:
            found[inside(path)] = sha256
    return found


def inside(path: str) -> str:
    """A path that stays within the folder.

    Raises:
        Mistake: when it does not.
    """
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path:
        raise Mistake(
            "arriving:bad_path", "A path in this export leads out of its folder.", "Take another copy of it."
        )
    return path


def parts_of(place: Path) -> Iterator[bytes]:
    """A file in parts of 1 MiB."""
    with place.open("rb") as stream:
        while part := stream.read(_PART):
            yield part


def mark_in(root: Path) -> Mapping[str, object]:
    """What an export says of itself.

    Raises:
        Mistake: when there is none, it was broken off, or a newer program wrote it.
    """
    mark = _mark_of(root)
    if mark is None or not (root / SUMS).is_file():
        raise Mistake(
            "arriving:no_export",
            "There is no finished export in that folder.",
            "Name the folder that has README.txt and SHA256SUMS in it.",
        )
    if mark.get("format") != FORMAT:
        raise Mistake(
            "arriving:newer", "A newer Portretkluis wrote this export.", "Install that version first."
        )
    return mark


def _mark_of(root: Path) -> Mapping[str, object] | None:
    try:
        mark = json.loads((root / MARK).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return mark if isinstance(mark, dict) else None


def _hash_of(place: Path) -> str:
    told = hashlib.sha256()
    for part in parts_of(place):
        told.update(part)
    return told.hexdigest()


def _line(path: str, sha256: str) -> str:
    return f"{sha256}  {path}\n"


def _write_text(place: Path, text: str) -> None:
    with place.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise Fault(
            "leaving:disk", "The folder is full or cannot be written.", "Make room, then begin again."
        ) from problem
