"""A bench with USB ports: real file systems on loop devices, plugged in by umockdev, and the service.

What the tests ask of it - plug, pull, see, mount - can be asked of a virtual machine with emulated sticks as
well: nothing in them knows how a card comes to be in.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from appliance.domain.cards import Card, Seen
from appliance.sources.card_service import CardService

SYSTEM_PYTHON = "/usr/bin/python3"
TESTBED = Path(__file__).with_name("testbed.py")
ROOT = Path(__file__).resolve().parents[2]
USER = "nobody"
LONGEST = 30.0  # seconds
MEGABYTES = 40
NEEDED = ("umockdev-wrapper", "mkfs.vfat", "mcopy", "mkfs.exfat", "mkfs.ext4", "mkntfs", "losetup", "ntfs-3g")


def missing() -> str:
    """What this machine lacks for such a bench; empty when nothing."""
    if os.geteuid() != 0:
        return "only root can mount"
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    for place in ("/dev/fuse", "/dev/loop-control"):
        if not Path(place).exists():
            return f"there is no {place}"
    return ""


def run(*command: object) -> str:
    done = subprocess.run([str(one) for one in command], check=True, capture_output=True, text=True)
    return done.stdout.strip()


# File systems.


def image(folder: Path, kind: str, files: Mapping[str, bytes], label: str = "EOS_DIGITAL") -> Path:
    """An image of a card with these files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{kind}.img"
    with made.open("wb") as stream:
        stream.truncate(MEGABYTES << 20)
    content = folder / f"{kind}-content"
    for name, data in files.items():
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    content.mkdir(exist_ok=True)
    _MAKERS[kind](made, content, label)
    return made


def _vfat(made: Path, content: Path, label: str) -> None:
    run("mkfs.vfat", "-n", label[:11], made)
    for path in content.iterdir():
        run("mcopy", "-s", "-i", made, path, "::/")


def _ext4(made: Path, content: Path, label: str) -> None:
    run("mkfs.ext4", "-q", "-L", label[:16], "-d", content, made)


def _exfat(made: Path, content: Path, label: str) -> None:
    run("mkfs.exfat", "-L", label[:11], made)
    _fill(made, content, "mount.exfat-fuse")


def _ntfs(made: Path, content: Path, label: str) -> None:
    run("mkntfs", "-F", "-q", "-L", label, made)
    _fill(made, content, "ntfs-3g")


_MAKERS: Mapping[str, Callable[[Path, Path, str], None]] = {
    "vfat": _vfat,
    "exfat": _exfat,
    "ext4": _ext4,
    "ntfs": _ntfs,
}


def _fill(made: Path, content: Path, driver: str) -> None:
    with looped(made) as node, tempfile.TemporaryDirectory() as place:
        run(driver, node, place)
        try:
            shutil.copytree(content, place, dirs_exist_ok=True)
        finally:
            run("umount", place)


@contextmanager
def looped(made: Path) -> Iterator[str]:
    node = _attached(made)
    try:
        yield node
    finally:
        run("losetup", "--detach", node)


def _attached(made: Path) -> str:
    node = run("losetup", "--find", "--show", made)
    run("blockdev", "--setrw", node)  # as it comes; a loop device remembers what it was told before
    return node


def digest(made: Path) -> str:
    return hashlib.sha256(made.read_bytes()).hexdigest()


# USB descriptors, as the kernel shows them (USB 2.0, chapter 9).

STORAGE = (0x08, 0x06, 0x50)
KEYBOARD = (0x03, 0x01, 0x01)
NETWORK = (0x02, 0x06, 0x00)


def descriptors(*interfaces: tuple[int, int, int], of_device: int = 0) -> bytes:
    device = bytes([18, 1, 0, 2, of_device, 0, 0, 64, 0x81, 0x07, 0x67, 0x55, 0, 1, 1, 2, 3, 1])
    body = b""
    for number, (kind, sub, protocol) in enumerate(interfaces):
        body += bytes([9, 4, number, 0, 1, kind, sub, protocol, 0]) + bytes([7, 5, 0x81, 2, 0, 2, 0])
    total = (9 + len(body)).to_bytes(2, "little")
    return device + bytes([9, 2, *total, len(interfaces), 1, 0, 0x80, 50]) + body


class Bench:
    """The ports, and the card service behind them."""

    def __init__(self, folder: Path, *options: str) -> None:
        folder.chmod(0o755)  # the user of the cards passes through
        self._folder = folder
        self._nodes: list[str] = []
        self._testbed = subprocess.Popen(
            ["umockdev-wrapper", SYSTEM_PYTHON, str(TESTBED)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.hub = self._ask(
            "add",
            "usb",
            "usb1",
            None,
            ["authorized_default", "1", "authorized", "1"],
            {},
            ["DEVTYPE", "usb_device"],
        )
        self.socket = folder / "run" / "socket"
        self._options = options
        self.pid = 0

    def serve(self, *within: str) -> CardService:
        """Start the service. within: what it is started by."""
        command = [
            *within,
            sys.executable,
            "-m",
            "appliance.cards",
            "--user",
            USER,
            "--socket",
            str(self.socket),
        ]
        self.pid = self._ask("start", [*command, *self._options], str(self._folder / "log"))
        self.until(lambda: '"ready"' in self.log())
        return self.service

    @property
    def service(self) -> CardService:
        """As the importer sees it."""
        return CardService(self.socket)

    def log(self) -> str:
        """What the service wrote."""
        path = self._folder / "log"
        return path.read_text() if path.exists() else ""

    def close(self) -> None:
        """Pull everything."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
        assert self._testbed.stdin is not None
        self._testbed.stdin.close()
        self._testbed.wait(LONGEST)
        assert self._testbed.stdout is not None
        self._testbed.stdout.close()
        for place in (self.socket.parent / "mounted").glob("*"):
            subprocess.run(["umount", "--lazy", str(place)], check=False, capture_output=True)
        for node in self._nodes:
            run("losetup", "--detach", node)

    def plug_usb(self, port: str, told: bytes, *, removable: str = "removable") -> str:
        """A USB device; it comes unauthorised when the hub says so. Returns its place in sysfs."""
        default = self.attribute(self.hub, "authorized_default")
        return str(
            self._ask(
                "add",
                "usb",
                port,
                self.hub,
                ["authorized", default, "removable", removable],
                {"descriptors": told.hex()},
                ["DEVTYPE", "usb_device"],
            )
        )

    def plug(self, made: Path, port: str = "1-1", disk: str = "sdx") -> str:
        """A stick whose one file system is an image. Returns its place in sysfs."""
        self.plug_usb(port, descriptors(STORAGE))
        return self.plug_disk(made, f"{self.hub}/{port}", disk)

    def plug_disk(self, made: Path, port: str, disk: str = "sdx") -> str:
        """The block device of a stick without partitions."""
        node = self._loop(made)
        return self._block(port, disk, "disk", node, made.stat().st_size, _probe(node))

    def plug_partitions(self, parts: list[Path], port: str = "1-1", disk: str = "sdx") -> str:
        """A stick with some partitions, each an image."""
        self.plug_usb(port, descriptors(STORAGE))
        whole = self._block(
            f"{self.hub}/{port}", disk, "disk", "/dev/null", 1 << 30, {"ID_PART_TABLE_TYPE": "dos"}
        )
        for number, made in enumerate(parts, start=1):
            node = self._loop(made)
            self._block(whole, f"{disk}{number}", "partition", node, made.stat().st_size, _probe(node))
        return whole

    def _loop(self, made: Path) -> str:
        node = _attached(made)
        self._nodes.append(node)
        return node

    def _block(
        self, parent: str, name: str, kind: str, node: str, size: int, known: Mapping[str, str]
    ) -> str:
        number = os.stat(node).st_rdev  # noqa: PTH116
        properties = {
            "DEVTYPE": kind,
            "DEVNAME": node,
            "MAJOR": str(os.major(number)),
            "MINOR": str(os.minor(number)),
        }
        flat = [one for pair in (properties | dict(known)).items() for one in pair]
        return str(self._ask("add", "block", name, parent, ["size", str(size // 512)], {}, flat))

    def pull(self, device: str) -> None:
        """A device is gone."""
        self._ask("remove", device)

    def change(self, device: str, attributes: Mapping[str, str], properties: Mapping[str, str]) -> None:
        """A medium went out of, or into, a reader that stays."""
        self._ask("change", device, attributes, properties)

    def attribute(self, device: str, name: str) -> str:
        """What sysfs says of a device."""
        return str(self._ask("attribute", device, name))

    def until(self, so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        begun = time.monotonic()
        while not so():
            assert time.monotonic() - begun < LONGEST, self.log()
            time.sleep(0.02)

    def seen(self, so: Callable[[Seen], bool]) -> Seen:
        """What the service sees, once it is so."""
        self.until(lambda: so(self.service.seen()))
        return self.service.seen()

    def card(self) -> Card:
        """The one card that is in."""
        (card,) = self.seen(lambda seen: len(seen.cards) == 1).cards
        return card

    def _ask(self, do: str, *given: object) -> Any:
        assert self._testbed.stdin is not None
        assert self._testbed.stdout is not None
        self._testbed.stdin.write(json.dumps({"do": do, "with": given}) + "\n")
        self._testbed.stdin.flush()
        return json.loads(self._testbed.stdout.readline())


def _probe(node: str) -> dict[str, str]:
    """What udev would say of it: from the same library, which finds no file system where none is."""
    done = subprocess.run(["blkid", "-p", "-o", "udev", node], check=False, capture_output=True, text=True)
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
