"""Mounting a card so that nothing can be written to it and nothing on it can be run."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_REQUIRED = frozenset({"ro", "nodev", "nosuid", "noexec"})
_FLAGS = "ro,nodev,nosuid,noexec"
_SECONDS = 90  # a worn card answers slowly; longer, and nobody waits for it


class NotMounted(Exception):
    """It was not mounted, or not as it must be. key: of the error, as the pages know it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Reader:
    """The user who may read what is mounted, and nobody else but root."""

    uid: int
    gid: int


def give_to_group(path: Path, reader: Reader) -> None:
    """Let something belong to that user's group; where it does already, that takes no right."""
    if path.stat().st_gid != reader.gid:
        os.chown(path, -1, reader.gid)


def mount(node: str, kind: str, folder: Path, reader: Reader) -> None:
    """Mount a device on a folder, by the kernel's driver, or one in user space where the kernel has none.

    kind: as udev names the file system. A journal is not replayed and nothing is repaired.

    Raises:
        NotMounted: when it is damaged, when there is no driver for it, or when it came out writable.
    """
    if not _run(["blockdev", "--setro", node]):  # whatever a driver would do, the kernel takes no writes
        raise NotMounted("card:gone")
    tried = _run(_kernel_command(node, kind, folder, reader))
    if not tried and not _kernel_knows(_KERNEL_NAMES.get(kind, kind)):
        tried = _mount_in_user_space(node, kind, folder, reader)
    if not tried:
        raise NotMounted("card:damaged")
    if not _is_harmless(folder):
        unmount(folder)
        raise NotMounted("card:not_harmless")


def unmount(folder: Path, *, pulled: bool = False) -> bool:
    """Let go of a card; True when it is gone from here. pulled: also where files in it are open still.

    A driver in user space is then broken off, so that nobody reads on from what it remembers.
    """
    options = ["--lazy", "--force"] if pulled else []
    done = _run(["umount", *options, "--", str(folder)]) or not os.path.ismount(folder)
    return done if pulled else done and not os.path.ismount(folder)


_KERNEL_NAMES = {"ntfs": "ntfs3", "ext2": "ext4", "ext3": "ext4"}
_USER_SPACE = {"vfat": "fusefat", "exfat": "mount.exfat-fuse", "ntfs": "ntfs-3g"}


def _kernel_command(node: str, kind: str, folder: Path, reader: Reader) -> list[str]:
    name = _KERNEL_NAMES.get(kind, kind)
    own = f"uid={reader.uid},gid={reader.gid},dmask=0277,fmask=0377,iocharset=utf8"
    more = "noload" if name == "ext4" else own
    # --internal-only: no helper program of another package runs as root here.
    options = f"{_FLAGS},noatime,{more}"
    return ["mount", "--internal-only", "--types", name, "--options", options, "--", node, str(folder)]


def _mount_in_user_space(node: str, kind: str, folder: Path, reader: Reader) -> bool:
    program = shutil.which(_USER_SPACE.get(kind, ""))
    if program is None:
        raise NotMounted("card:no_driver")
    own = f"uid={reader.uid},gid={reader.gid},dmask=0277,fmask=0377"
    # fusefat knows neither owners nor modes; the folder above it keeps others out.
    more = "allow_other" if kind == "vfat" else f"allow_other,{own}"
    more += ",norecover" if kind == "ntfs" else ""
    mounted = _run([program, "-o", f"{_FLAGS},{more}", node, str(folder)])
    # Such drivers forget some flags, so the kernel is told again.
    return mounted and _run(["mount", "-o", f"remount,bind,{_FLAGS}", "--", str(folder)])


def _kernel_knows(name: str) -> bool:
    """Whether there is a driver, which a try to mount has loaded if there is one."""
    known = Path("/proc/filesystems").read_text("ascii").split()
    return name in known


def _is_harmless(folder: Path) -> bool:
    """Whether the kernel says of the mount what was asked for."""
    real = os.path.realpath(folder)
    for line in Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines():
        fields = line.split()
        if fields[4] == real:
            return set(fields[5].split(",")) >= _REQUIRED
    return False


def _run(command: Sequence[str]) -> bool:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(  # noqa: S603 - fixed programs, no shell; the node's name comes from the kernel
            command,
            env=environment,
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
