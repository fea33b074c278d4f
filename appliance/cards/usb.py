"""Which USB devices live: storage and hubs. Anything else stays unauthorised, so that no driver binds to it.

The kernel reads a device's descriptors before it is authorised (Documentation/usb/authorization.rst), and
they tell each interface that the device could ever switch on. A device that re-enumerates as something
else is a new one to the kernel, and is judged again.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

_CONFIGURATION, _INTERFACE = 2, 4  # bDescriptorType, USB 2.0 table 9-5
_SHORTEST_INTERFACE = 9
_DEVICE_LENGTH = 18
_HUB, _STORAGE = 0x09, 0x08
KINDS = {
    0x01: "audio",
    0x02: "network",
    0x03: "keyboard or mouse",
    0x06: "camera",
    0x07: "printer",
    0x08: "storage",
    0x09: "hub",
    0x0A: "network",
    0x0B: "smart card",
    0x0E: "video",
    0xE0: "wireless",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a device may live. kinds: what it says it is. ids: `vendor:product`, four digits each."""

    allowed: bool
    kinds: tuple[str, ...]
    ids: str


def judge(descriptors: bytes, allow: Collection[str] = ()) -> Judgement:
    """Judge a device by its descriptors as the kernel read them. What cannot be understood is refused.

    allow: `vendor:product` of devices that live all the same. Any device can claim to be those.
    """
    if len(descriptors) < _DEVICE_LENGTH:
        return Judgement(False, ("unknown",), "0000:0000")
    vendor, product = descriptors[8:10], descriptors[10:12]
    ids = f"{int.from_bytes(vendor, 'little'):04x}:{int.from_bytes(product, 'little'):04x}"
    try:
        classes = tuple(_interface_classes(descriptors))
    except ValueError:
        return Judgement(False, ("unknown",), ids)
    kinds = tuple(sorted({KINDS.get(one, "unknown") for one in classes})) or ("unknown",)
    is_hub = descriptors[4] == _HUB and set(classes) == {_HUB}
    is_storage = bool(classes) and set(classes) == {_STORAGE}
    return Judgement(is_hub or is_storage or ids in allow, kinds, ids)


def _interface_classes(descriptors: bytes) -> Iterator[int]:
    """The class of every interface in every configuration and alternate setting.

    Raises:
        ValueError: where lengths do not add up.
    """
    at = descriptors[0]
    if at != _DEVICE_LENGTH:
        raise ValueError("the device descriptor has another length")
    while at < len(descriptors):
        length = descriptors[at]
        if length < 2 or at + length > len(descriptors):
            raise ValueError("a descriptor ends elsewhere")
        if descriptors[at + 1] == _INTERFACE:
            if length < _SHORTEST_INTERFACE:
                raise ValueError("an interface descriptor is too short")
            yield descriptors[at + 5]
        at += length


class Gate:
    """The switches in sysfs."""

    def __init__(self, allow: Collection[str] = ()) -> None:
        self._allow = frozenset(one.lower() for one in allow)

    def shut(self, root_hub: Path) -> None:
        """Whatever is plugged in behind this root hub from now on stays dead until it is let in."""
        (root_hub / "authorized_default").write_text("0")

    def pass_judgement(self, device: Path) -> Judgement | None:
        """Let a device in, or keep it out. None for one that is part of the board, or just went."""
        try:
            if _read(device / "removable") == "fixed" or device.name.startswith("usb"):
                return None
            judgement = judge((device / "descriptors").read_bytes(), self._allow)
            wanted = "1" if judgement.allowed else "0"
            if _read(device / "authorized") != wanted:
                (device / "authorized").write_text(wanted)
        except FileNotFoundError:
            return None
        return judgement


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        return ""
