"""How long photos are kept: a rule for a shoot or for all, for a purpose or for any, and what follows.

A photo is kept as long as one of its rules still has a need for it: the longest counts. After that it is
archived or purged, never before somebody was warned, and never under a legal hold.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

from appliance.domain.consent import Answer, PhotoFacts, Purpose
from appliance.domain.people import LinkState
from appliance.domain.photos import PhotoId, ShootId

RuleId = NewType("RuleId", str)

DEFAULT_MONTHS = 60  # five years
WARNING = timedelta(days=30)
LONGEST_MONTHS = 1200
_FOREVER = date.max


class Then(StrEnum):
    """What follows when the time is over."""

    PURGE = "purge"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Rule:
    """Keep photos so many months: without a purpose, from the day they were taken; with one, from the day
    on which the last permission for it ended. shoot_id: of one shoot; None: of all that have no rule of
    their own. purpose: None: whatever they are for.
    """

    id: RuleId
    shoot_id: ShootId | None
    purpose: Purpose | None
    months: int
    then: Then


DEFAULT = Rule(RuleId("default"), None, None, DEFAULT_MONTHS, Then.PURGE)


@dataclass(frozen=True, slots=True)
class Due:
    """When a photo's time is over, by which rule, and what follows. on: date.max while a permission runs."""

    photo_id: PhotoId
    on: date
    rule: Rule


def due(facts: PhotoFacts, rules: Sequence[Rule]) -> Due:
    """When a photo's time is over. A rule of its shoot goes before those of all."""
    own = [rule for rule in rules if rule.shoot_id is not None and rule.shoot_id == facts.photo.shoot_id]
    common = [rule for rule in rules if rule.shoot_id is None]
    applied = own or common or [DEFAULT]
    found = [(day, rule) for rule in applied if (day := _ends(facts, rule)) is not None]
    if not found:  # rules for purposes that nobody ever permitted: the general term holds
        found = [(_after(_taken(facts), DEFAULT.months), DEFAULT)]
    # On the same day archiving goes before purging: what can be undone is done first.
    on, rule = max(found, key=lambda one: (one[0], one[1].then is Then.ARCHIVE))
    return Due(facts.photo.id, on, rule)


def _ends(facts: PhotoFacts, rule: Rule) -> date | None:
    """When a rule has no more need of a photo; None when it never had."""
    if rule.purpose is None:
        return _after(_taken(facts), rule.months)
    ended = permission_ended(facts, rule.purpose)
    return None if ended is None else ended if ended == _FOREVER else _after(ended, rule.months)


def permission_ended(facts: PhotoFacts, purpose: Purpose) -> date | None:
    """The last day on which anybody in a photo permitted a purpose; date.max without an end; None: never."""
    named = {link.person_id for link in facts.links if link.state is LinkState.CONFIRMED}
    days = []
    for person_id in named:
        granted: date | None = None
        for version in sorted(facts.quitclaims.get(person_id, ()), key=lambda one: one.recorded_at):
            term = version.term(purpose)
            if term is None:
                continue
            if term.answer is Answer.GRANTED:
                granted = term.valid_until or _FOREVER
            elif granted is not None:
                granted = min(granted, version.recorded_on)
        if granted is not None:
            days.append(granted)
    return max(days, default=None)


def _taken(facts: PhotoFacts) -> date:
    return (facts.photo.capture.taken_at or facts.photo.arrived_at).date()


def _after(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    return _FOREVER


@dataclass(frozen=True, slots=True)
class DueView:
    """A photo whose time is over, or will be. held: whether a hold or a restriction keeps it."""

    due: Due
    shoot_id: ShootId | None
    held: bool
    warned_for: date | None

    @property
    def purged(self) -> bool:
        """Whether it goes for good when nothing is changed."""
        return not self.held and self.due.rule.then is Then.PURGE

    def purge_on(self, day: date) -> date:
        """The first day on which it can go: as announced, or else when it could be announced today."""
        return max(self.due.on, self.warned_for or day + WARNING)


@dataclass(frozen=True, slots=True)
class Group:
    """What is over within a year of one shoot, or of no shoot. first: when the first of them is over."""

    shoot_id: ShootId | None
    photos: int
    held: int
    announced: int
    first: date
    then: Then


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a year brings when nothing is changed. months: how many photos go, by the first of the month."""

    total: int
    purged: int
    archived: int
    held: int
    announced: int
    months: Mapping[date, int]
    groups: tuple[Group, ...]


def outlook_of(found: Sequence[DueView], day: date) -> Outlook:
    """Count what is over within a year, by month and by shoot."""
    going = Counter(one.purge_on(day).replace(day=1) for one in found if one.purged)
    shoots: dict[ShootId | None, list[DueView]] = {}
    for one in found:
        shoots.setdefault(one.shoot_id, []).append(one)
    months = [_after(day.replace(day=1), count) for count in range(14)]  # a year, and the time to warn
    return Outlook(
        total=len(found),
        purged=sum(one.purged for one in found),
        archived=sum(not one.held and one.due.rule.then is Then.ARCHIVE for one in found),
        held=sum(one.held for one in found),
        announced=sum(one.purged and one.warned_for is not None for one in found),
        months={month: going[month] for month in months},
        groups=tuple(sorted((_group(*one) for one in shoots.items()), key=lambda one: one.first)),
    )


def _group(shoot_id: ShootId | None, found: Sequence[DueView]) -> Group:
    first = min(found, key=lambda one: one.due.on)
    return Group(
        shoot_id,
        len(found),
        sum(one.held for one in found),
        sum(one.warned_for is not None for one in found),
        first.due.on,
        first.due.rule.then,
    )


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody went through the work list. shoot_id: of this shoot alone; None: all of it."""

    shoot_id: ShootId | None
    at: datetime
    by: str


REVIEW_EVERY = timedelta(days=365)
