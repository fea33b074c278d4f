"""Which block devices are cards: file systems behind a USB port or in an SD slot; never the box's own."""

import hashlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyudev

from appliance.domain.cards import Card, CardId, CardState

READ = frozenset({"vfat", "exfat", "ext2", "ext3", "ext4", "ntfs"})
_EMPTY = frozenset({"0x5", "0xf", "0x85"})  # extended partitions hold others
_SECTOR = 512
_LONGEST_LABEL = 64


@dataclass(frozen=True, slots=True)
class Volume:
    """A card with the node by which it is mounted. kind: as udev names its file system."""

    card: Card
    node: str
    kind: str


def volumes_of(context: pyudev.Context, disk: pyudev.Device, mounts: Path) -> list[Volume]:
    """The volumes of a disk: its partitions, or the disk itself where it has none.

    A disk without a medium, one that is not removable and one that the box itself uses have none.
    mounts: below which this service mounts.
    """
    if not _is_card_reader(disk) or _bytes(disk) == 0 or _is_our_own(disk, mounts):
        return []
    parts = [
        part
        for part in context.list_devices(subsystem="block", DEVTYPE="partition", parent=disk)
        if part.sys_path.startswith(f"{disk.sys_path}/")
    ]
    found = [_volume(part, disk) for part in parts if _is_offered(part)]
    return found or [_volume(disk, disk)]


def disk_of(device: pyudev.Device) -> pyudev.Device | None:
    """The disk that a block device is, or is a part of."""
    if device.device_type == "disk":
        return device
    parent: pyudev.Device | None = device.find_parent("block", "disk")
    return parent


def _is_card_reader(disk: pyudev.Device) -> bool:
    """Behind a USB port, or in a slot for SD cards; what is soldered in (eMMC) is not."""
    if disk.find_parent("usb", "usb_device") is not None:
        return True
    slot = disk.find_parent("mmc")
    return slot is not None and _attribute(slot, "type") == "SD"


def _is_our_own(disk: pyudev.Device, mounts: Path) -> bool:
    """Whether the box runs from it, or keeps something on it: mounted, swapped to, or part of a volume."""
    if any(any(holders.iterdir()) for holders in Path(disk.sys_path).glob("**/holders")):
        return True
    nodes = {os.path.realpath(device.device_node) for device in _with_parts(disk) if device.device_node}
    numbers = {f"{os.major(n)}:{os.minor(n)}" for n in (device.device_number for device in _with_parts(disk))}
    return bool(nodes & set(_swapped())) or bool(numbers & set(_mounted(mounts)))


def _with_parts(disk: pyudev.Device) -> Iterator[pyudev.Device]:
    yield disk
    yield from (child for child in disk.children if child.subsystem == "block")


def _mounted(mounts: Path) -> Iterator[str]:
    """`major:minor` of whatever is mounted, but for what this service mounted itself."""
    for line in Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines():
        fields = line.split()
        if not Path(fields[4]).is_relative_to(mounts):
            yield fields[2]


def _swapped() -> Iterator[str]:
    for line in Path("/proc/swaps").read_text("utf-8", "replace").splitlines()[1:]:
        yield os.path.realpath(line.split()[0])


def _is_offered(device: pyudev.Device) -> bool:
    """Whether a partition holds, or should hold, files: an extended one or one for swapping does not."""
    usage = device.properties.get("ID_FS_USAGE", "")
    return usage in ("filesystem", "") and device.properties.get("ID_PART_ENTRY_TYPE", "") not in _EMPTY


def _volume(device: pyudev.Device, disk: pyudev.Device) -> Volume:
    kind = device.properties.get("ID_FS_TYPE", "")
    size = _bytes(device)
    label = _plain(device.properties.get("ID_FS_LABEL", ""))
    identity = "\n".join((kind, device.properties.get("ID_FS_UUID", ""), label, str(size)))
    problem = "" if kind in READ else "card:no_file_system"
    card = Card(
        id=CardId(hashlib.sha256(identity.encode()).hexdigest()[:32]),
        disk=disk.sys_name,
        insertion=uuid.uuid4().hex,
        label=label,
        file_system=kind if kind in READ else "",
        bytes=size,
        state=CardState.UNREADABLE if problem else CardState.WAITING,
        problem=problem,
    )
    return Volume(card, device.device_node or "", kind)


def _plain(label: str) -> str:
    """A name from outside, fit to be shown."""
    return "".join(one for one in label if one.isprintable()).strip()[:_LONGEST_LABEL]


def _bytes(device: pyudev.Device) -> int:
    size = _attribute(device, "size")
    return int(size) * _SECTOR if size.isdigit() else 0


def _attribute(device: pyudev.Device, name: str) -> str:
    try:
        return str(device.attributes.asstring(name))
    except (KeyError, UnicodeDecodeError, OSError):
        return ""
