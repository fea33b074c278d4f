"""Legal holds: they block purge and erasure, have an owner and a day of review, and are audited."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.domain.access import Actor, Permission, decide
from appliance.domain.audit import Event
from appliance.domain.erasure import Held, Hold, HoldId
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId, ShootId
from appliance.store.database import View
from appliance.store.ids import new_id
from appliance.store.safe import Safe


def place_hold(
    safe: Safe,
    kind: Held,
    thing: str,
    *,
    reason: str,
    owner: str,
    review_on: date,
    by: Actor,
    now: datetime,
    day: date,
) -> Hold:
    """Put a hold on a photo, a person or a shoot.

    Raises:
        Mistake: without a reason, an owner or a day to come, or when there is no such thing.
    """
    if not reason.strip() or not owner.strip():
        raise Mistake("hold:no_reason", "A hold needs a reason and an owner.", "Fill in both.")
    _require_to_come(review_on, day)
    hold = Hold(HoldId(new_id()), kind, thing, reason.strip(), owner.strip(), review_on, now, by.id)
    with safe.store.begin(by=by, to=Permission.HOLD_EDIT, now=now, on=thing) as tx:
        hold = replace(hold, thing=_known(tx, kind, thing))
        tx.erasures.put_hold(hold)
        tx.record(Event("hold:place", hold.id, detail=f"{kind} {hold.thing} review={review_on}"))
    return hold


def _known(view: View, kind: Held, thing: str) -> str:
    if kind is Held.PHOTO:
        return view.photos.get(PhotoId(thing)).id
    if kind is Held.PERSON:
        return view.people.get(PersonId(thing)).id
    return view.shoots.get(ShootId(thing)).id


def review_hold(safe: Safe, hold_id: HoldId, *, review_on: date, by: Actor, now: datetime, day: date) -> Hold:
    """A hold was looked at, and goes on until another day.

    Raises:
        Mistake: when it ended, or the day is not to come.
    """
    _require_to_come(review_on, day)
    with safe.store.begin(by=by, to=Permission.HOLD_EDIT, now=now, on=hold_id) as tx:
        hold = replace(_standing(tx, hold_id), review_on=review_on)
        tx.erasures.put_hold(hold)
        tx.record(Event("hold:review", hold_id, detail=f"review={review_on}"))
    return hold


def _standing(view: View, hold_id: HoldId) -> Hold:
    hold = view.erasures.hold(hold_id)
    if not hold.in_force:
        raise Mistake("hold:ended", "This hold has ended already.")
    return hold


def _require_to_come(review_on: date, day: date) -> None:
    if review_on <= day:
        raise Mistake("hold:no_review", "A hold needs a day on which it is reviewed.", "Choose one to come.")


def end_hold(safe: Safe, hold_id: HoldId, *, by: Actor, now: datetime) -> Hold:
    """End a hold. Nothing is erased by that; it no longer stands in the way.

    Raises:
        Mistake: when it ended already.
    """
    with safe.store.begin(by=by, to=Permission.HOLD_EDIT, now=now, on=hold_id) as tx:
        ended = replace(_standing(tx, hold_id), ended_at=now, ended_by=by.id)
        tx.erasures.put_hold(ended)
        tx.record(Event("hold:end", hold_id))
    return ended


def holds(safe: Safe, *, by: Actor, now: datetime) -> tuple[Hold, ...]:
    """Every hold, the first to be reviewed first."""
    with safe.store.look(by=by, to=Permission.ERASURE_VIEW, now=now) as view:
        return tuple(view.erasures.holds())


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold with what it is on: the name of it, and how many photos it covers."""

    hold: Hold
    name: str
    photos: int


def named_holds(safe: Safe, *, by: Actor, now: datetime) -> tuple[HoldView, ...]:
    """Every hold with what it is on, the first to be reviewed first."""
    with safe.store.look(by=by, to=Permission.ERASURE_VIEW, now=now) as view:
        return tuple(
            HoldView(one, _name(view, one), view.erasures.held_photos(one)) for one in view.erasures.holds()
        )


def _name(view: View, hold: Hold) -> str:
    """What the thing is called; empty for one that was erased after its hold ended."""
    try:
        if hold.kind is Held.PHOTO:
            return view.photos.get(PhotoId(hold.thing)).name
        if hold.kind is Held.PERSON:
            return view.people.get(PersonId(hold.thing)).name
        return view.shoots.get(ShootId(hold.thing)).name
    except Mistake:
        return ""


def holds_on(safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime) -> tuple[Hold, ...]:
    """What keeps a photo from being erased. Why, and who answers for it, is told to whoever may see holds."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now, on=photo_id) as view:
        found = view.erasures.blocking_photo(photo_id)
    told = decide(by, Permission.ERASURE_VIEW).allowed
    return tuple(one if told else replace(one, reason="", owner="") for one in found)
