"""A card that fails on command: a file system in user space that shows a folder, and does what it is told.

Run by itself with FOLDER MOUNTPOINT ORDERS, where ORDERS is a file of JSON, read before each answer.
`run` numbers the order; after `after` bytes read everything answers with the error `gone`; the file `bad`
answers with the error `says`.
"""

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any

from mfusepy import FUSE, FuseOSError, Operations


class FaultyCard(Operations):
    use_ns = True

    def __init__(self, folder: Path, orders: Path) -> None:
        self._folder = folder
        self._orders = orders
        self._run = -1
        self._read = 0

    def _ordered(self) -> dict[str, Any]:
        orders: dict[str, Any] = json.loads(self._orders.read_text())
        if orders["run"] != self._run:
            self._run, self._read = orders["run"], 0
        if self._read >= orders["after"]:
            raise FuseOSError(orders["gone"])
        return orders

    def _path(self, path: str) -> Path:
        return self._folder / path.lstrip("/")

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        self._ordered()
        try:
            found = self._path(path).lstat()
        except OSError as problem:
            raise FuseOSError(problem.errno or errno.EIO) from problem
        shown = {key: getattr(found, key) for key in ("st_mode", "st_size", "st_nlink")}
        return shown | {"st_mtime": found.st_mtime_ns}

    def readdir(self, path: str, fh: int) -> list[str]:
        self._ordered()
        return [".", "..", *(one.name for one in self._path(path).iterdir())]

    def open(self, path: str, flags: int) -> int:
        self._ordered()
        return os.open(self._path(path), os.O_RDONLY)

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        orders = self._ordered()
        if path == orders["bad"] and offset >= orders["from"]:
            raise FuseOSError(orders["says"])
        data = os.pread(fh, size, offset)
        self._read += len(data)
        if self._read >= orders["after"]:
            raise FuseOSError(orders["gone"])
        return data


if __name__ == "__main__":
    shown, mountpoint, told = sys.argv[1:]
    FUSE(
        FaultyCard(Path(shown), Path(told)),
        mountpoint,
        foreground=True,
        nothreads=True,
        ro=True,
        direct_io=True,
        attr_timeout=0,
        entry_timeout=0,
    )
