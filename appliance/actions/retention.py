"""Retention: rules, the yearly review, the simulation, warnings, and the nightly purge."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
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
from appliance.domain.photos import Photo, PhotoId, ShootId
from appliance.domain.proposals import Act, Wanted
from appliance.domain.retention import (
    DEFAULT,
    LONGEST_MONTHS,
    WARNING,
    Due,
    DueView,
    Outlook,
    Review,
    Rule,
    RuleId,
    Then,
    due,
    outlook_of,
)
from appliance.store.database import View
from appliance.store.ids import new_id
from appliance.store.safe import Safe

_BATCH = 200
_YEAR = timedelta(days=365)


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
        return tuple(_year(view, view.retention.rules(), day))


def outlook(safe: Safe, *, trial: Rule | None = None, by: Actor, now: datetime, day: date) -> Outlook:
    """The same, counted. trial: as if this rule held too, in the place of the one like it."""
    with safe.store.look(by=by, to=Permission.RETENTION_VIEW, now=now) as view:
        known = view.retention.rules()
        if trial is not None:
            about = (trial.shoot_id, trial.purpose)
            known = [*(one for one in known if (one.shoot_id, one.purpose) != about), trial]
        return outlook_of(_year(view, known, day), day)


def _year(view: View, known: Sequence[Rule], day: date) -> list[DueView]:
    found = [one for one in _all_due(view, known, day + _YEAR) if one[1].on <= day + _YEAR]
    warned = view.retention.warned()
    return [
        DueView(one, photo.shoot_id, _held(view, one.photo_id), warned.get(one.photo_id))
        for photo, one in sorted(found, key=lambda both: both[1].on)
    ]


def _all_due(view: View, known: Sequence[Rule], until: date) -> Iterator[tuple[Photo, Due]]:
    """Every photo that may be over by a day.

    Where no rule looks at permissions, a photo younger than the shortest rule cannot be; a month has at
    least 28 days.
    """
    by_day = all(rule.purpose is None for rule in known)
    shortest = min((rule.months for rule in known), default=DEFAULT.months)
    oldest = until - timedelta(days=28 * min(shortest, DEFAULT.months)) if by_day else date.max
    after: PhotoId | None = None
    while batch := view.retention.taken_until(oldest, after, _BATCH):
        for facts in view.photos.facts(batch).values():
            yield facts.photo, due(facts, known)
        after = batch[-1]


def _held(view: View, photo_id: PhotoId) -> bool:
    """Whether a photo is kept though its time is over: by a legal hold, or by somebody's restriction."""
    return bool(view.erasures.blocking_photo(photo_id)) or view.erasures.kept_by_restriction(photo_id)


def announced(safe: Safe, *, by: Actor, now: datetime) -> tuple[tuple[PhotoId, date], ...]:
    """The photos whose purge was announced, with its day; the soonest first."""
    with safe.store.look(by=by, to=Permission.RETENTION_VIEW, now=now) as view:
        return tuple(sorted(view.retention.warned().items(), key=lambda one: one[1]))


def kept_until(safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime) -> Due:
    """When a photo's time is over, and by which rule."""
    with safe.store.look(by=by, to=Permission.RETENTION_VIEW, now=now, on=photo_id) as view:
        facts = view.photos.facts([view.photos.get(photo_id).id])[photo_id]
        return due(facts, view.retention.rules())


def note_review(safe: Safe, shoot_id: ShootId | None, *, by: Actor, now: datetime) -> None:
    """Write down that somebody went through the work list, or looked at one shoot of it.

    Raises:
        Mistake: when there is no such shoot.
    """
    with safe.store.begin(by=by, to=Permission.RETENTION_EDIT, now=now, on=shoot_id or "") as tx:
        if shoot_id is not None:
            tx.shoots.get(shoot_id)
        tx.retention.note_review(Review(shoot_id, now, by.id))
        tx.record(Event("retention:review", shoot_id or "", detail="" if shoot_id else "all"))


def last_review(safe: Safe, *, by: Actor, now: datetime) -> dict[ShootId | None, Review]:
    """The latest review of each shoot; under None that of the whole list."""
    with safe.store.look(by=by, to=Permission.RETENTION_VIEW, now=now) as view:
        return view.retention.last_reviews()


def apply_retention(safe: Safe, journal: Path, *, by: Actor, day: date, clock: Callable[[], datetime]) -> Run:
    """Warn of what goes in thirty days, and purge what was warned of and whose day has come.

    A photo under a hold stays, so does one whose use somebody in it had restricted, and one that got longer
    time since the warning. The original of one
    that is to be archived moves to the cold archive; where there is none, it waits.
    """
    begun = clock()
    with safe.store.begin(by=by, to=Permission.DUTY_RUN, now=begun) as tx:
        known = tx.retention.rules()
        over = {p.id: one for p, one in _all_due(tx, known, day + WARNING) if one.on <= day + WARNING}
        purges = {p: one for p, one in over.items() if one.rule.then is Then.PURGE}
        warned = tx.retention.warned()
        going = {p for p in purges if not _held(tx, p)}
        for photo_id in warned.keys() - going:
            tx.retention.unwarn(photo_id)  # when its hold ends, it is announced anew
        fresh = [p for p in purges if p in going and p not in warned]
        for photo_id in fresh:
            tx.retention.warn(photo_id, max(purges[photo_id].on, day + WARNING), begun)
        ready = [p for p, on in warned.items() if p in going and on <= day]
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
