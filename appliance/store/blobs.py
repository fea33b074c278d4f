"""Encrypted files beside the database. Written whole or not at all; names say nothing."""

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

from appliance.domain.errors import Fault, Unreadable
from appliance.store.ids import new_id
from appliance.store.segments import damaged, decrypted, encrypt, plain_size

_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Blob:
    """A file that was written: where, and size and SHA-256 (hexadecimal) of its plain bytes."""

    place: str
    bytes: int
    sha256: str


class Blobs:
    """The folder of encrypted files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

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

    def orphans(self, known: AbstractSet[str], older_than: float = 3600.0) -> set[str]:
        """Files that no row knows, as a crash leaves them.

        older_than: seconds; younger ones may belong to a transaction that has not committed yet.
        """
        oldest = time.time() - older_than
        return {
            place
            for path in self._folder.glob("*/*")
            if (place := f"{path.parent.name}/{path.name}") not in known and _changed_before(path, oldest)
        }


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
