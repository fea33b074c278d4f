"""How long photos are kept: a rule for a shoot or for all, for a purpose or for any, and what follows.

A photo is kept as long as one of its rules still has a need for it: the longest counts. After that it is
archived or purged, never before somebody was warned, and never under a legal hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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


def within_year(found: Iterable[Due], day: date) -> list[Due]:
    """What is over within a year of a day: the work list of the yearly review, the soonest first."""
    return sorted((one for one in found if one.on <= day + timedelta(days=365)), key=lambda one: one.on)
