"""A card or a folder: which files in it are photos, read and never written."""

import errno
import os
import stat
from collections.abc import Iterator
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
# What an operating system says when a card was pulled out, or is broken.
_GONE = frozenset({errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.ESTALE, errno.EREMOTEIO})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that by its name may be a photo; its content decides. modified_at: seconds since 1970."""

    path: Path
    bytes: int
    modified_at: float
    sidecars: tuple[Path, ...]

    @property
    def name(self) -> str:
        """The file's name as text; bytes of it that are no text are replaced."""
        return os.fsencode(self.path.name).decode("utf-8", "replace")


def photos_in(folder: Path) -> Iterator[Candidate]:
    """Photos below a folder, in the order of their names. Hidden files and links are left out.

    A link may lead out of the card, so none is followed.

    Raises:
        Fault: when the card was pulled, or the folder itself cannot be read.
    """
    with _card_errors(folder):
        os.scandir(
            folder
        ).close()  # os.walk finds nothing in a folder that is gone or closed, and says nothing
        for parent, folders, names in os.walk(folder, onerror=_unreadable_folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from _photos_among(Path(parent), sorted(names))


def _unreadable_folder(problem: OSError) -> None:
    """A folder that may not be read is passed over; a card that is gone is not."""
    if problem.errno in _GONE:
        raise problem


def _photos_among(parent: Path, names: list[str]) -> Iterator[Candidate]:
    sidecars = {
        name.lower(): name for name in names if name.lower().endswith(_SIDECAR) and _plain_file(parent / name)
    }
    for name in names:
        if name.startswith(".") or Path(name).suffix.lower() not in PHOTO:
            continue
        path = parent / name
        found = _plain_file(path)
        if found is None:
            continue
        own = [f"{name}{_SIDECAR}".lower(), f"{Path(name).stem}{_SIDECAR}".lower()]
        beside = tuple(parent / sidecars[one] for one in own if one in sidecars)
        yield Candidate(path, found.st_size, found.st_mtime, beside)


def _plain_file(path: Path) -> os.stat_result | None:
    """Neither a link, which may lead out of the card, nor a pipe, which may never end; nor one just gone."""
    try:
        found = path.lstat()
    except OSError as problem:
        _unreadable_folder(problem)
        return None
    return found if stat.S_ISREG(found.st_mode) else None


@contextmanager
def open_candidate(candidate: Candidate) -> Iterator[BinaryIO]:
    """The file's bytes, to read.

    Raises:
        Fault: when the card is gone.
        Unreadable: when only this file cannot be read.
    """
    with _card_errors(candidate.path.parent, candidate.path):
        descriptor = os.open(candidate.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            yield stream


def read_sidecar(path: Path, most: int) -> bytes:
    """A sidecar's bytes; none when it cannot be read or has more than `most`: it never costs the photo.

    Raises:
        Fault: when the card is gone.
    """
    try:
        with _card_errors(path.parent, path):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as stream:
                data = stream.read(most + 1)
    except Unreadable:
        return b""
    return data if len(data) <= most else b""


@contextmanager
def _card_errors(folder: Path, file: Path | None = None) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        if problem.errno in _GONE or not folder.exists():
            raise Fault(
                "card:gone",
                "The card was pulled out before everything was copied.",
                "What was copied is safe. Put the card back and import it again.",
            ) from problem
        if file is None:
            raise Fault("card:unreadable", "The folder cannot be read.", "Check its rights.") from problem
        raise Unreadable(
            "photo:unreadable", "The file cannot be read from the card.", "Copy it by hand, if you can."
        ) from problem
