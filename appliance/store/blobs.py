"""Encrypted files beside the database. Written whole or not at all; names say nothing.

Files of the cold archive lie in a folder among them, on which a disk of its own may be mounted. A mark says
that the disk is there and is this safe's.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from appliance.domain.errors import Fault, Mistake, Unreadable
from appliance.store.ids import new_id
from appliance.store.segments import damaged, decrypted, encrypt, plain_size

_PARTIAL = ".partial"
_COLD, _MARK = "cold", ".portretkluis"


@dataclass(frozen=True, slots=True)
class Blob:
    """A file that was written: where, and size and SHA-256 (hexadecimal) of its plain bytes."""

    place: str
    bytes: int
    sha256: str


class Blobs:
    """The folder of encrypted files."""

    def __init__(self, folder: Path, mark: str = "") -> None:
        """mark: what a disk for the cold archive of this safe is known by; empty: there is none."""
        self._folder = folder
        self._mark = mark

    def write(
        self, source: BinaryIO | Iterable[bytes], *, key: bytes, about: str, limit: int | None = None
    ) -> Blob:
        """Encrypt and keep what a source gives, in one pass; on return it outlives a power cut.

        key: 32 bytes. about: what it is, without which it does not open. limit: most plain bytes.

        Raises:
            Unreadable: when the source is empty, or larger than the limit.
            Fault: when the disk is full or broken.
            OSError: whatever reading the source raises; it says nothing of our disk.
        """
        place = _place()
        target = self._folder / place
        partial = target.with_name(target.name + _PARTIAL)
        counted = _Counted(source, limit)
        try:
            _write_out(partial, counted, key, about)
            with _disk_errors():
                partial.replace(target)
                _sync_folder(target.parent)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return Blob(place, counted.bytes, counted.hash.hexdigest())

    def read(self, place: str, *, key: bytes, about: str) -> bytes:
        """The plain bytes.

        Raises:
            Tampered: when they are not what was written under this key and name.
        """
        return b"".join(self.stream(place, key=key, about=about))

    def stream(self, place: str, *, key: bytes, about: str) -> Iterator[bytes]:
        """The plain bytes in parts of at most 1 MiB, each checked before it is given.

        Raises:
            Tampered: as soon as something is not what was written.
        """
        try:
            with (self._folder / place).open("rb") as stream:
                yield from decrypted(stream, key, about)
        except FileNotFoundError as problem:
            if is_cold(place) and not self.cold_is_there():
                raise cold_absent() from problem
            raise damaged() from problem
        except OSError as problem:
            raise Fault("store:disk", "The disk cannot be read.", "Check the disk.") from problem

    def delete(self, place: str) -> None:
        """Remove a file. What makes it unreadable for good is the end of its key: flash keeps old blocks."""
        (self._folder / place).unlink(missing_ok=True)

    def room(self) -> int:
        """How many bytes the disk has left for files."""
        return shutil.disk_usage(self._folder).free

    def has(self, place: str) -> bool:
        """Whether a file is there."""
        return (self._folder / place).is_file()

    def prepare_cold(self) -> None:
        """Make a folder, or the disk that is mounted there, the cold archive of this safe.

        Raises:
            Mistake: when it is another safe's.
            Fault: when it cannot be written.
        """
        folder = self._folder / _COLD
        with _disk_errors():
            _make_folder(folder)
            if (folder / _MARK).exists() and not self.cold_is_there():
                raise Mistake(
                    "cold:other_safe",
                    "That disk is the cold archive of another safe.",
                    "Put the right disk in, or an empty one.",
                )
            (folder / _MARK).write_text(self._mark)
            _sync_folder(folder)

    def cold_is_there(self) -> bool:
        """Whether the cold archive is there, and this safe's."""
        try:
            return bool(self._mark) and (self._folder / _COLD / _MARK).read_text() == self._mark
        except OSError:
            return False

    def cold_room(self) -> int:
        """How many bytes the cold archive has left."""
        return shutil.disk_usage(self._folder / _COLD).free

    def copy(self, place: str, *, cold: bool) -> str:
        """Copy a file, encrypted as it is, into the cold archive or out of it. Returns where the copy is.

        On return it outlives a power cut, and what is read next comes from the disk.

        Raises:
            Fault: when the cold archive is not there, or a disk is full or broken.
        """
        if not self.cold_is_there():
            raise cold_absent()
        to = f"{_COLD}/{_place()}" if cold else _place()
        target = self._folder / to
        partial = target.with_name(target.name + _PARTIAL)
        try:
            with _disk_errors():
                _make_folder(target.parent)
                with (self._folder / place).open("rb") as source, partial.open("xb") as stream:
                    shutil.copyfileobj(source, stream, 1 << 20)
                    stream.flush()
                    os.fsync(stream.fileno())
                    os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                partial.replace(target)
                _sync_folder(target.parent)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return to

    def orphans(self, known: AbstractSet[str], older_than: float = 3600.0) -> set[str]:
        """Files that no row knows, as a crash leaves them.

        older_than: seconds; younger ones may belong to a transaction that has not committed yet.
        """
        oldest = time.time() - older_than
        found = list(self._folder.glob("??/*"))
        if self.cold_is_there():  # on a disk of another safe, everything would look like an orphan
            found += self._folder.glob(f"{_COLD}/??/*")
        return {
            place
            for path in found
            if (place := path.relative_to(self._folder).as_posix()) not in known
            and _changed_before(path, oldest)
        }


def is_cold(place: str) -> bool:
    """Whether a file lies in the cold archive."""
    return place.startswith(f"{_COLD}/")


def cold_absent() -> Fault:
    """The error for a cold archive that is not there. What lies on it is safe as long as the disk is."""
    return Fault(
        "cold:absent",
        "The disk of the cold archive is not connected.",
        "Connect it; nothing on it is lost.",
    )


def _changed_before(path: Path, when: float) -> bool:
    try:
        return path.stat().st_mtime < when
    except FileNotFoundError:
        return False  # a partial file that just got its name


class _Counted:
    """The source's bytes, hashed and counted as they pass."""

    def __init__(self, source: BinaryIO | Iterable[bytes], limit: int | None) -> None:
        self._source = source
        self._limit = limit
        self.bytes = 0
        self.hash = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for part in _parts(self._source):
            self.bytes += len(part)
            if self._limit is not None and self.bytes > self._limit:
                raise Unreadable(
                    "photo:too_large", "The file is larger than is allowed.", "Check that it is a photo."
                )
            self.hash.update(part)
            yield part
        if not self.bytes:
            raise Unreadable("photo:empty", "The file is empty.", "Copy it from the camera again.")


def _parts(source: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    read = getattr(source, "read", None)
    if read is None:
        yield from source
        return
    number = 0
    while part := read(plain_size(number)):  # whole segments, which then need no copying
        yield part
        number += 1


def _write_out(partial: Path, parts: Iterable[bytes], key: bytes, about: str) -> None:
    with _disk_errors():
        _make_folder(partial.parent)
        stream = partial.open("xb")

    def write(ciphertext: memoryview) -> None:
        with _disk_errors():
            stream.write(ciphertext)

    try:
        encrypt(parts, write, key, about)  # reads the source, which may be a card that was pulled
        with _disk_errors():
            stream.flush()
            os.fsync(stream.fileno())
    finally:
        with _disk_errors():
            stream.close()


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise Fault(
            "store:disk", "The disk is full or cannot be written.", "Make room, or check the disk."
        ) from problem


def _place() -> str:
    name = new_id()
    return f"{name[:2]}/{name}"


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """A rename is safe only once its folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
