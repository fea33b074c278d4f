"""What the box has to do again and again, and when that is overdue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Duty(StrEnum):
    """A periodic duty; each has a command of its own."""

    BACKUP = "backup"
    CANARY = "canary"
    DRILL_SAMPLE = "drill_sample"
    DRILL_FULL = "drill_full"
    SCRUB = "scrub"
    RETENTION = "retention"
    SELF_AUDIT = "self_audit"
    RECOVERY_KIT = "recovery_kit"


# Nightly ones may miss half a day, the quarterly and the yearly a few days: then somebody is told.
LONGEST: Mapping[Duty, timedelta] = {
    Duty.BACKUP: timedelta(hours=36),
    Duty.CANARY: timedelta(hours=36),
    Duty.DRILL_SAMPLE: timedelta(hours=36),
    Duty.DRILL_FULL: timedelta(days=95),
    Duty.SCRUB: timedelta(days=35),
    Duty.RETENTION: timedelta(hours=36),
    Duty.SELF_AUDIT: timedelta(days=95),
    Duty.RECOVERY_KIT: timedelta(days=370),
}

_OF_TARGETS = frozenset({Duty.BACKUP, Duty.CANARY, Duty.DRILL_SAMPLE, Duty.DRILL_FULL})


@dataclass(frozen=True, slots=True)
class Run:
    """One time that a duty was done. findings: counts, ids and keys; never names."""

    id: str
    duty: Duty
    started_at: datetime
    finished_at: datetime
    passed: bool
    target: str = ""
    findings: Mapping[str, object] = field(default_factory=dict)


class Standing(StrEnum):
    """How a duty stands."""

    FINE = "fine"
    FAILED = "failed"
    OVERDUE = "overdue"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Due:
    """How one duty stands, for a target where it has one. last: how it went the last time."""

    duty: Duty
    standing: Standing
    target: str = ""
    last: Run | None = None

    @property
    def alarming(self) -> bool:
        """Whether somebody has to be told."""
        return self.standing in (Standing.FAILED, Standing.OVERDUE, Standing.NEVER)


def standing(last: Run | None, duty: Duty, now: datetime) -> Standing:
    """How a duty stands, by its last run. A failed one stays failed until it passes."""
    if last is None:
        return Standing.NEVER
    if not last.passed:
        return Standing.FAILED
    return Standing.OVERDUE if now - last.started_at > LONGEST[duty] else Standing.FINE


def all_due(
    latest: Mapping[tuple[Duty, str], Run], targets: Sequence[str], unguarded: frozenset[str], now: datetime
) -> tuple[Due, ...]:
    """Every duty of this box. latest: the last run of each. unguarded: targets without a canary."""
    found = []
    for duty in Duty:
        for target in targets if duty in _OF_TARGETS else ("",):
            if duty is Duty.CANARY and target in unguarded:
                continue
            last = latest.get((duty, target))
            found.append(Due(duty, standing(last, duty, now), target, last))
    return tuple(found)
