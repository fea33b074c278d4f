"""A disk with little room: a small file system where one may be made, else a limit on every file."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def little_room(folder: Path, room: int) -> Iterator[None]:
    """Within, writing more than `room` bytes into the folder fails as on a full disk."""
    folder.mkdir(exist_ok=True)
    if os.geteuid() == 0 and _mounted(folder, room):
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _mounted(folder: Path, room: int) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", folder]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
