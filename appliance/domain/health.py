"""How a box is, and what about it needs a person. Pure: from readings to concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEAST_ROOM = 0.1  # of the disk
HOTTEST = 80.0  # degrees Celsius; a Raspberry Pi slows itself down from there
CERTIFICATE_AHEAD = timedelta(days=21)
UPDATES_WITHIN = timedelta(days=14)
WORN = 90  # percent of a disk's life


class DriveState(StrEnum):
    """How the disk under the safe is, the worst last."""

    NO_PROGRAM = "no_program"  # smartctl is not installed
    NOT_ASKED = "not_asked"  # nothing asked it yet
    SILENT = "silent"  # a card, or a disk behind USB, that does not tell
    WELL = "well"
    AILING = "ailing"  # it works, with errors that it could not mend, or hardly any life left
    FAILING = "failing"  # it says itself that it fails


@dataclass(frozen=True, slots=True)
class DriveReport:
    """What one disk tells; None where it does not.

    passed: its own verdict. warning: one that is not in the verdict (NVMe). wear: how much of its life is
    used, in percent, more than 100 when it outlives what its maker promised. errors: sectors or blocks that
    it could not read. remapped: sectors that it replaced by spare ones. temperature: in degrees Celsius.
    hours: of work.
    """

    passed: bool | None = None
    warning: bool = False
    wear: int | None = None
    errors: int | None = None
    remapped: int | None = None
    temperature: int | None = None
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class Drive:
    """How the disk is; of several the worst, with the highest of each figure."""

    state: DriveState
    wear: int | None = None
    errors: int | None = None
    temperature: int | None = None
    hours: int | None = None
    asked_at: datetime | None = None


def judge_drives(reports: Sequence[DriveReport], asked_at: datetime | None) -> Drive:
    """How the disks that a safe lies on are: one that fails takes all of it along."""
    order = [*DriveState]

    def most(name: str) -> int | None:
        return max((value for one in reports if (value := getattr(one, name)) is not None), default=None)

    return Drive(
        max((_judged(one) for one in reports), key=order.index, default=DriveState.SILENT),
        most("wear"),
        most("errors"),
        most("temperature"),
        most("hours"),
        asked_at,
    )


def _judged(report: DriveReport) -> DriveState:
    if report.passed is False or report.warning:
        return DriveState.FAILING
    if report.errors or report.remapped or (report.wear or 0) >= WORN:
        return DriveState.AILING
    return DriveState.SILENT if report.passed is None and report.wear is None else DriveState.WELL


class Concern(StrEnum):
    """Something that does not mend itself."""

    DRIVE_FAILING = "drive_failing"
    FILE_SYSTEM = "file_system"
    DRIVE_AILING = "drive_ailing"
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
    a restart. file_system_errors: those that the safe's file system counts since it was last checked. drive:
    the disk under it.
    """

    disk_free: int
    disk_total: int
    temperature: float | None = None
    certificate_ends: datetime | None = None
    clock_set: bool | None = None
    updated_at: datetime | None = None
    restart: bool = False
    file_system_errors: int | None = None
    drive: Drive = Drive(DriveState.NOT_ASKED)


def concerns(readings: Readings, *, set_aside: int, now: datetime) -> tuple[Concern, ...]:
    """What needs a person, the gravest first. set_aside: photos that could not be examined."""
    ends, updated = readings.certificate_ends, readings.updated_at
    found = {
        Concern.DRIVE_FAILING: readings.drive.state is DriveState.FAILING,
        Concern.FILE_SYSTEM: bool(readings.file_system_errors),
        Concern.DRIVE_AILING: readings.drive.state is DriveState.AILING,
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
