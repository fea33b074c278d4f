"""Memory that the decoder and its process share, so that photos and pixels need not pass a pipe.

Each side maps the same pages. What is there was written by the other side and may change while it is read:
it is copied once, and then used.
"""

import fcntl
import mmap
import os
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_KEPT = 64_000_000  # bytes that stay from photo to photo; clearing pages anew would cost more than copying
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


class SharedMemory:
    """size: bytes, of address space only; a page is taken when it is first written to.

    It is sealed to its size: the other side cannot shrink it under our hands.
    """

    def __init__(self, size: int) -> None:
        self.handle = os.memfd_create("kluis", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self.handle, size)
        fcntl.fcntl(self.handle, fcntl.F_ADD_SEALS, _SEALS)
        self._map = mmap.mmap(self.handle, size)
        self._size = size

    def fill(self, parts: Iterable[bytes]) -> int | None:
        """Write parts one behind the other. Returns how many bytes they are; None when they do not fit."""
        length = 0
        for part in parts:
            if length + len(part) > self._size:
                return None
            self._map[length : length + len(part)] = part
            length += len(part)
        return length

    def copy(self, length: int) -> NDArray[np.uint8]:
        """The first bytes, copied out."""
        return np.frombuffer(self._map, np.uint8, length).copy()

    def trim(self) -> None:
        """Give back what only large photos need."""
        if self._size > _KEPT:
            self._map.madvise(mmap.MADV_REMOVE, _KEPT // mmap.PAGESIZE * mmap.PAGESIZE)

    def close(self) -> None:
        """Give all of it back."""
        self._map.close()
        os.close(self.handle)


def mapped(handle: int, length: int, *, writable: bool) -> mmap.mmap:
    """The first bytes of memory that the other side made. length: at least 1."""
    access = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
    return mmap.mmap(handle, length, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE, prot=access)
