"""How a box is, and what about it needs a person. Pure: from readings to concerns."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEAST_ROOM = 0.1  # of the disk
HOTTEST = 80.0  # degrees Celsius; a Raspberry Pi slows itself down from there
CERTIFICATE_AHEAD = timedelta(days=21)
UPDATES_WITHIN = timedelta(days=14)


class Concern(StrEnum):
    """Something that does not mend itself."""

    FILE_SYSTEM = "file_system"
    DISK = "disk"
    TEMPERATURE = "temperature"
    CERTIFICATE = "certificate"
    CERTIFICATE_ENDED = "certificate_ended"
    CLOCK = "clock"
    UPDATES = "updates"
    RESTART = "restart"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Readings:
    """What a machine tells of itself; None where it does not tell.

    disk_free, disk_total: bytes of the safe's file system. temperature: of the processor, in degrees Celsius.
    certificate_ends: of what browsers are shown. clock_set: whether it was set by a time server since it
    started. updated_at: when the system last asked for its updates. restart: whether one of them waits for
    a restart. file_system_errors: those that the safe's file system counts since it was last checked.
    """

    disk_free: int
    disk_total: int
    temperature: float | None = None
    certificate_ends: datetime | None = None
    clock_set: bool | None = None
    updated_at: datetime | None = None
    restart: bool = False
    file_system_errors: int | None = None


def concerns(readings: Readings, *, set_aside: int, now: datetime) -> tuple[Concern, ...]:
    """What needs a person, the gravest first. set_aside: photos that could not be examined."""
    ends, updated = readings.certificate_ends, readings.updated_at
    found = {
        Concern.FILE_SYSTEM: bool(readings.file_system_errors),
        Concern.DISK: readings.disk_free < readings.disk_total * LEAST_ROOM,
        Concern.CERTIFICATE_ENDED: ends is not None and ends <= now,
        Concern.CERTIFICATE: ends is not None and now < ends <= now + CERTIFICATE_AHEAD,
        Concern.TEMPERATURE: readings.temperature is not None and readings.temperature >= HOTTEST,
        Concern.CLOCK: readings.clock_set is False,
        Concern.UPDATES: updated is not None and now - updated > UPDATES_WITHIN,
        Concern.RESTART: readings.restart,
        Concern.SET_ASIDE: set_aside > 0,
    }
    return tuple(concern for concern, is_so in found.items() if is_so)
