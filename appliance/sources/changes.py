"""News of changes in folders of this machine: from the kernel (inotify), where the file system tells it.

A network's file system does not tell what others change, and FUSE may not either: such folders are only
looked at again and again.
"""

import threading
from collections.abc import Iterable
from pathlib import Path

from watchfiles import watch

_TELLS = frozenset(
    {"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "tmpfs", "overlay", "zfs", "vfat", "exfat", "ntfs3"}
)
_GATHERS = 500  # milliseconds in which changes count as one


class Changes:
    """Follows folders, each in a thread of its own."""

    def __init__(self) -> None:
        self._followed: dict[Path, threading.Event] = {}
        self._changed: set[Path] = set()
        self._lock = threading.Lock()
        self._news = threading.Event()

    def follow(self, folders: Iterable[Path]) -> set[Path]:
        """Follow exactly these folders, where that works. Returns those that changed since last asked."""
        wanted = {folder for folder in folders if tells_of_changes(folder)}
        for folder in set(self._followed) - wanted:
            self._followed.pop(folder).set()
        for folder in wanted - set(self._followed):
            self._followed[folder] = threading.Event()
            threading.Thread(
                target=self._listen, args=(folder, self._followed[folder]), name="changes", daemon=True
            ).start()
        with self._lock:
            changed, self._changed = self._changed, set()
        self._news.clear()
        return changed & wanted

    def tells_of(self, folder: Path) -> bool:
        """Whether changes in a folder are told."""
        return folder in self._followed

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Until there is news, or some seconds went by."""
        if not stop.is_set():
            self._news.wait(seconds)

    def close(self) -> None:
        """Follow nothing any more."""
        self.follow(())

    def _listen(self, folder: Path, stop: threading.Event) -> None:
        try:
            told = watch(
                folder,
                stop_event=stop,
                debounce=_GATHERS,
                raise_interrupt=False,
                watch_filter=None,
                ignore_permission_denied=True,
            )
            for _ in told:
                with self._lock:
                    self._changed.add(folder)
                self._news.set()
        except OSError:  # it went, or the kernel follows as much as it can: it is looked at all the same
            self._followed.pop(folder, None)


def tells_of_changes(folder: Path) -> bool:
    """Whether the kernel tells what changes in a folder, by the kind of its file system."""
    try:
        real = folder.resolve(strict=True)
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return False
    kinds = {}
    for line in lines:
        before, _, after = line.partition(" - ")
        place = before.split()[4].encode("utf-8", "surrogateescape").decode("unicode_escape")
        kinds[place] = after.split()[0]
    holder = next((str(one) for one in (real, *real.parents) if str(one) in kinds), "")
    return kinds.get(holder, "") in _TELLS
