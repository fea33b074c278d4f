"""Retention: rules, the yearly review, the simulation, warnings, and the nightly purge."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from appliance.actions.cold import cool
from appliance.actions.erasure import end_proofs, erase_photo
from appliance.actions.proposals import require_approval
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Purpose
from appliance.domain.duties import Duty, Run
from appliance.domain.erasure import Cause
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId, ShootId
from appliance.domain.proposals import Act, Wanted
from appliance.domain.retention import (
    DEFAULT,
    LONGEST_MONTHS,
    WARNING,
    Due,
    Rule,
    RuleId,
    Then,
    due,
    within_year,
)
from appliance.store.database import View
from appliance.store.ids import new_id
from appliance.store.safe import Safe
from appliance.store.search import Filter

_BATCH = 200


@dataclass(frozen=True, slots=True)
class DueView:
    """A photo whose time is over, or will be. held: whether a legal hold keeps it all the same."""

    due: Due
    shoot_id: ShootId | None
    held: bool
    warned_for: date | None


def rules(safe: Safe, *, by: Actor, now: datetime) -> tuple[Rule, ...]:
    """Every rule; the built-in one of five years alone when there is none."""
    with safe.store.look(by=by, to=Permission.RETENTION_VIEW, now=now) as view:
        return tuple(view.retention.rules()) or (DEFAULT,)


def put_rule(
    safe: Safe,
    *,
    shoot_id: ShootId | None,
    purpose: Purpose | None,
    months: int,
    then: Then,
    by: Actor,
    now: datetime,
) -> Rule:
    """Set how long photos are kept; it replaces the rule of the same shoot and purpose.

    Raises:
        Mistake: when the number of months makes no sense, or there is no such shoot.
        SecondNeeded: until somebody else approved it.
    """
    if not 1 <= months <= LONGEST_MONTHS:
        raise Mistake("retention:months", "That is no number of months.", "Use 1 to 1200.")
    rule = Rule(RuleId(new_id()), shoot_id, purpose, months, then)
    with safe.store.begin(by=by, to=Permission.RETENTION_EDIT, now=now, on=rule.id) as tx:
        if shoot_id is not None:
            tx.shoots.get(shoot_id)
        require_approval(tx, Wanted(Act.RETENTION, shoot_id or "", _told(rule)))
        tx.retention.put(rule)
        tx.record(Event("retention:rule", rule.id, detail=f"{shoot_id or 'all'} {purpose} {months} {then}"))
    return rule


def _told(rule: Rule) -> dict[str, str]:
    """A rule as whoever approves it reads it."""
    purpose = {"purpose": rule.purpose.value} if rule.purpose else {}
    return {"months": str(rule.months), "then": rule.then.value, **purpose}


def remove_rule(safe: Safe, rule_id: RuleId, *, by: Actor, now: datetime) -> None:
    """Take a rule away.

    Raises:
        Mistake: when there is none of that id.
        SecondNeeded: until somebody else approved it.
    """
    with safe.store.begin(by=by, to=Permission.RETENTION_EDIT, now=now, on=rule_id) as tx:
        rule = next((one for one in tx.retention.rules() if one.id == rule_id), None)
        if rule is None:
            raise Mistake("retention:unknown", "There is no such rule.", "See `kluis retention list`.")
        require_approval(tx, Wanted(Act.RETENTION, rule.shoot_id or "", {**_told(rule), "remove": "yes"}))
        tx.retention.remove(rule_id)
        tx.record(Event("retention:remove", rule_id))


def review(safe: Safe, *, by: Actor, now: datetime, day: date) -> tuple[DueView, ...]:
    """What is over within a year, the soonest first: the work list, and what would go. Nothing is changed."""
    with safe.store.look(by=by, to=Permission.RETENTION_VIEW, now=now) as view:
        return tuple(_views(view, within_year(_all_due(view), day)))


def _all_due(view: View) -> Iterator[Due]:
    known = view.retention.rules()
    after: PhotoId | None = None
    while batch := view.photos.page(Filter(), after=after, limit=_BATCH):
        for facts in view.photos.facts([photo.id for photo in batch]).values():
            yield due(facts, known)
        after = batch[-1].id


def _views(view: View, found: Sequence[Due]) -> Iterator[DueView]:
    warned = view.retention.warned()
    for one in found:
        yield DueView(
            one,
            view.photos.get(one.photo_id).shoot_id,
            bool(view.erasures.blocking_photo(one.photo_id)),
            warned.get(one.photo_id),
        )


def apply_retention(safe: Safe, journal: Path, *, by: Actor, day: date, clock: Callable[[], datetime]) -> Run:
    """Warn of what goes in thirty days, and purge what was warned of and whose day has come.

    A photo under a hold stays, and so does one that got longer time since the warning. The original of one
    that is to be archived moves to the cold archive; where there is none, it waits.
    """
    begun = clock()
    with safe.store.begin(by=by, to=Permission.DUTY_RUN, now=begun) as tx:
        over = {one.photo_id: one for one in _all_due(tx) if one.on <= day + WARNING}
        purges = {p: one for p, one in over.items() if one.rule.then is Then.PURGE}
        warned = tx.retention.warned()
        for photo_id in warned.keys() - purges.keys():
            tx.retention.unwarn(photo_id)
        fresh = [p for p in purges if p not in warned and not tx.erasures.blocking_photo(p)]
        for photo_id in fresh:
            tx.retention.warn(photo_id, max(purges[photo_id].on, day + WARNING), begun)
        ready = [
            p for p, on in warned.items() if p in purges and on <= day and not tx.erasures.blocking_photo(p)
        ]
        to_archive = [p for p, one in over.items() if one.rule.then is Then.ARCHIVE and one.on <= day]
        tx.record(Event("retention:apply", detail=f"warned={len(fresh)} purged={len(ready)}"))
    for photo_id in ready:
        erase_photo(safe, journal, photo_id, Cause.RETENTION, by=by, now=clock())
    proofs = end_proofs(safe, by=by, now=clock(), day=day)
    findings: dict[str, object] = {"warned": len(fresh), "purged": len(ready), "proofs_ended": proofs}
    cooled = cool(safe, to_archive, by=by, clock=clock)
    if cooled.moved or cooled.waiting:
        findings |= {"archived": cooled.moved, "waiting_for_archive": cooled.waiting}
    return Run(new_id(), Duty.RETENTION, begun, clock(), not cooled.problem, "", findings | cooled.told)
