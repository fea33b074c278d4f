"""What the service knows and does: cards come and go, one user has them mounted, other USB stays dead."""

import contextlib
import json
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyudev

from appliance.cards.mounting import NotMounted, Reader, mount, unmount
from appliance.cards.usb import Gate
from appliance.cards.volumes import Volume, disk_of, volumes_of
from appliance.domain.cards import Card, CardState, RefusedDevice, Seen

_REFUSED_KEPT = 20
_TRIES, _BETWEEN = 20, 0.25  # seconds
_LED = Path("/sys/class/leds")


class CardService:
    """Safe to use from threads. gate: None leaves every USB device alone. led: its name in sysfs, or none."""

    def __init__(
        self, context: pyudev.Context, mounts: Path, reader: Reader, gate: Gate | None, led: str = ""
    ) -> None:
        self._context = context
        self._mounts = mounts
        self._reader = reader
        self._gate = gate
        self._led = _LED / led / "brightness" if led else None
        self._changed = threading.Condition()
        self._version = 1
        self._volumes: dict[str, Volume] = {}  # by insertion
        self._refused: list[RefusedDevice] = []

    def start(self) -> None:
        """Shut the gate, judge what is plugged in already, and see which cards are in."""
        self._let_go_of_old_mounts()
        for device in self._context.list_devices(subsystem="usb", DEVTYPE="usb_device"):
            self._judge(device)
        for disk in self._context.list_devices(subsystem="block", DEVTYPE="disk"):
            self._look_at(disk)

    def _let_go_of_old_mounts(self) -> None:
        """What a service that was killed left mounted; whoever used it has lost its connection anyway."""
        for folder in self._mounts.iterdir():
            unmount(folder, pulled=True)
            folder.rmdir()

    def heed(self, device: pyudev.Device) -> None:
        """Something was plugged in, changed or pulled."""
        if device.subsystem == "usb" and device.device_type == "usb_device":
            if device.action == "add":
                self._judge(device)
        elif device.subsystem == "block":
            disk = disk_of(device)
            if disk is None or (device.action == "remove" and device.device_type == "disk"):
                self._forget(device.sys_name if disk is None else disk.sys_name, keep=())
            else:
                self._look_at(disk)

    def _judge(self, device: pyudev.Device) -> None:
        if self._gate is None:
            return
        path = Path(device.sys_path)
        if path.name.startswith("usb"):
            self._gate.shut(path)
            return
        judgement = self._gate.pass_judgement(path)
        if judgement is None:
            return
        if not judgement.allowed:
            refused = RefusedDevice(path.name, judgement.ids, judgement.kinds, time.time())
            with self._changing():
                others = [one for one in self._refused if (one.port, one.ids) != (path.name, judgement.ids)]
                self._refused = [*others, refused][-_REFUSED_KEPT:]
        log("usb_allowed" if judgement.allowed else "usb_refused", ids=judgement.ids, kinds=judgement.kinds)

    def _look_at(self, disk: pyudev.Device) -> None:
        """Tell the volumes of a disk again; those that are known already stay as they are."""
        found = volumes_of(self._context, disk, self._mounts)
        with self._changed:
            known = {(one.node, one.card.id): key for key, one in self._volumes.items()}
        fresh = [one for one in found if (one.node, one.card.id) not in known]
        self._forget(disk.sys_name, keep={known.get((one.node, one.card.id), "") for one in found})
        if fresh:
            with self._changing():
                self._volumes |= {one.card.insertion: one for one in fresh}
            for one in fresh:
                log("card_in", file_system=one.card.file_system, problem=one.card.problem)

    def _forget(self, disk: str, keep: Collection[str]) -> None:
        """The volumes of a disk are gone, but for some."""
        with self._changed:
            gone = [k for k, one in self._volumes.items() if one.card.disk == disk and k not in keep]
        if not gone:
            return
        with self._changing():
            for insertion in gone:
                pulled = self._volumes.pop(insertion)
                log("card_out", while_reading=pulled.card.state is CardState.READING)
        for insertion in gone:
            self._clear(insertion, pulled=True)

    # What a connected importer asks for.

    def seen(self) -> Seen:
        """Everything, as it is now."""
        with self._changed:
            return self._seen()

    def wait(self, after: int, seconds: float) -> Seen:
        """The same as soon as it is newer than a version, or after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != after, timeout=seconds)
            return self._seen()

    def _seen(self) -> Seen:
        return Seen(self._version, tuple(one.card for one in self._volumes.values()), tuple(self._refused))

    def take(self, insertion: str) -> Path:
        """Mount a card for one importer. Returns where.

        Raises:
            NotMounted: when it is not there, somebody has it, or it cannot be mounted.
        """
        with self._changing():
            volume = self._volumes.get(insertion)
            if volume is None:
                raise NotMounted("card:absent")
            if volume.card.state is CardState.READING:
                raise NotMounted("card:busy")
            if volume.card.problem and not volume.card.file_system:
                raise NotMounted(volume.card.problem)
            self._put(insertion, CardState.READING)
        folder = self._mounts / insertion
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            mount(volume.node, volume.kind, folder, self._reader)
        except NotMounted as problem:
            self._clear(insertion)
            with self._changing():
                self._put(insertion, CardState.UNREADABLE, problem.key)
            log("card_refused", why=problem.key)
            raise
        self._light(on=True)
        return folder

    def give_back(self, insertion: str, *, whole: bool) -> bool:
        """Unmount a card. whole: whether all that was wanted of it is copied. True when it may be pulled."""
        cleared = self._clear(insertion)
        with self._changing():
            self._put(insertion, CardState.SAFE if whole and cleared else CardState.WAITING)
        self._light(on=any(card.state is CardState.READING for card in self.seen().cards))
        return cleared

    def _clear(self, insertion: str, *, pulled: bool = False) -> bool:
        """Unmount, and remove the folder. Where somebody does not let go, the mount is detached."""
        folder = self._mounts / insertion
        if not folder.exists():
            return True
        clean = pulled or _persistently(lambda: unmount(folder))
        if pulled or not clean:
            unmount(folder, pulled=True)
        with contextlib.suppress(OSError):  # another thread was first
            folder.rmdir()
        return clean

    def _put(self, insertion: str, state: CardState, problem: str = "") -> None:
        if volume := self._volumes.get(insertion):
            card: Card = replace(volume.card, state=state, problem=problem)
            self._volumes[insertion] = replace(volume, card=card)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._changed:
            yield
            self._version += 1
            self._changed.notify_all()

    def _light(self, *, on: bool) -> None:
        if self._led is not None:
            with contextlib.suppress(OSError):  # a lamp is a comfort, no more
                self._led.write_text("1" if on else "0")


def _persistently(attempt: Callable[[], bool]) -> bool:
    for _ in range(_TRIES):
        if attempt():
            return True
        time.sleep(_BETWEEN)
    return False


def log(event: str, **values: object) -> None:
    """One line of JSON to standard error; no name of a card or a file is in it."""
    sys.stderr.write(json.dumps({"event": event, **values}) + "\n")
    sys.stderr.flush()
