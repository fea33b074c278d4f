"""Shoots: making them, inviting people, and switching recognition on for one (P4)."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.enrolment import look_for
from appliance.actions.lights import refresh
from appliance.actions.recognition import setting
from appliance.actions.versions import place_in_shoot, versioned
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.changes import Changed, ChangeId
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import PhotoId, ShootId
from appliance.domain.shoots import Scope, Shoot, ShootRecognition, sensible
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class ShootCard:
    """A shoot in the list."""

    shoot: Shoot
    photos: int


@dataclass(frozen=True, slots=True)
class ShootView:
    """All that the page of one shoot shows. enabled_by: the name of who switched recognition on."""

    shoot: Shoot
    photos: int
    invited: tuple[Person, ...]
    enabled_by: str
    possible: bool  # whether recognition may be switched on here at all


def create_shoot(
    safe: Safe, *, by: Actor, now: datetime, name: str, day: date, invited: Iterable[PersonId] = ()
) -> Shoot:
    """Add a shoot, without recognition.

    Raises:
        Mistake: without a name, or with somebody invited who is not known.
    """
    shoot = sensible(ShootId(new_id()), name, day, invited)
    with safe.store.begin(by=by, to=Permission.SHOOT_EDIT, now=now, on=shoot.id) as tx:
        for person_id in shoot.invited:
            tx.people.get(person_id)
        tx.shoots.put(shoot)
        tx.record(Event("shoot:add", shoot.id, detail=f"invited={len(shoot.invited)}"))
    return shoot


def change_shoot(
    safe: Safe,
    shoot_id: ShootId,
    *,
    by: Actor,
    now: datetime,
    name: str,
    day: date,
    invited: Iterable[PersonId],
    today: date,
) -> None:
    """Give a shoot another name, day or list of people invited; who is new is looked for, who left is not.

    Where everybody who agreed is looked for, the invitations make no difference.
    """
    changed = sensible(shoot_id, name, day, invited)
    with safe.store.begin(by=by, to=Permission.SHOOT_EDIT, now=now, on=shoot_id) as tx:
        before = tx.shoots.get(shoot_id)
        for person_id in changed.invited - before.invited:
            tx.people.get(person_id)
        tx.shoots.put(replace(changed, recognition=before.recognition))
        if before.recognition is not None and before.recognition.scope is Scope.INVITED:
            look_for(tx, changed.invited - before.invited)
            _take_back(tx, before.invited - changed.invited, shoot_id, today)
        tx.record(Event("shoot:edit", shoot_id, detail=f"invited={len(changed.invited)}"))


def switch_shoot_recognition(
    safe: Safe,
    shoot_id: ShootId,
    scope: Scope | None,
    *,
    by: Actor,
    now: datetime,
    day: date,
) -> None:
    """Recognise people in a shoot's photos, or no longer (scope None).

    Off also takes back the suggestions that nobody answered. Looking for more people than were invited
    takes an administrator.

    Raises:
        Mistake: when recognition is off for the whole box.
    """
    needed = Permission.RECOGNITION_PROPOSE if scope is Scope.AGREED else Permission.SHOOT_EDIT
    with safe.store.begin(by=by, to=needed, now=now, on=shoot_id) as tx:
        shoot = tx.shoots.get(shoot_id)
        if scope is None:
            tx.shoots.put(replace(shoot, recognition=None))
            refresh(tx, tx.faces.take_back_suggestions(shoot_id=shoot_id), day)
        else:
            if not setting(tx).on:
                raise Mistake(
                    "recognition:off",
                    "Recognition is off for the whole box.",
                    "An administrator proposes it and a privacy officer approves it.",
                )
            tx.shoots.put(replace(shoot, recognition=ShootRecognition(scope, by.id, now)))
            everybody = set(tx.people.with_templates())
            if scope is Scope.INVITED:
                _take_back(tx, everybody - shoot.invited, shoot_id, day)
            look_for(tx, everybody if scope is Scope.AGREED else everybody & shoot.invited)
        tx.record(Event("shoot:recognition", shoot_id, detail=f"scope={scope or 'off'}"))


def _take_back(tx: Transaction, people: AbstractSet[PersonId], shoot_id: ShootId, day: date) -> None:
    """Take back the suggestions of people who are not looked for in a shoot any more."""
    for person_id in sorted(people):
        refresh(tx, tx.faces.take_back_suggestions(of=person_id, shoot_id=shoot_id), day)


def put_in_shoot(
    safe: Safe, photo_ids: Sequence[PhotoId], shoot_id: ShootId | None, *, by: Actor, now: datetime, day: date
) -> None:
    """Say at which shoot photos were taken, or at none; suggestions of the shoot before are taken back.

    It can be taken back as one act.

    Raises:
        Mistake: when there is no such shoot or photo, or no photo is chosen.
    """
    photo_ids = list(dict.fromkeys(photo_ids))
    if not photo_ids:
        raise Mistake("tag:nothing", "No photo was chosen.", "Choose one or more photos first.")
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=shoot_id or "") as tx:
        before = tx.photos.shoots(photo_ids)
        with versioned(tx, photo_ids):
            place_in_shoot(tx, photo_ids, shoot_id)
        refresh(tx, photo_ids, day)
        after = tx.photos.shoots(photo_ids)
        if before != after:
            tx.changes.add(ChangeId(new_id()), tx.by.id, tx.now, before, after, Changed.SHOOTS)
        tx.record(Event("photo:shoot", shoot_id or "", detail=f"photos={len(photo_ids)}"))


def shoots(safe: Safe, *, by: Actor, now: datetime) -> tuple[ShootCard, ...]:
    """Every shoot, the latest first."""
    with safe.store.look(by=by, to=Permission.SHOOT_VIEW, now=now) as view:
        counts = view.shoots.photo_counts()
        return tuple(ShootCard(shoot, counts.get(shoot.id, 0)) for shoot in view.shoots.all())


def shoot_view(safe: Safe, shoot_id: ShootId, *, by: Actor, now: datetime) -> ShootView:
    """One shoot with who was invited."""
    with safe.store.begin(by=by, to=Permission.SHOOT_VIEW, now=now, on=shoot_id, durable=False) as view:
        shoot = view.shoots.get(shoot_id)
        view.record(Event("shoot:view", shoot_id, detail=f"people={len(shoot.invited)}"))
        invited = view.people.many(shoot.invited).values()
        names = {str(user.id): user.name for user in view.access.all()}
        enabled = shoot.recognition.enabled_by if shoot.recognition else ""
        return ShootView(
            shoot=shoot,
            photos=view.shoots.photo_counts().get(shoot_id, 0),
            invited=tuple(sorted(invited, key=lambda person: person.name.casefold())),
            enabled_by=names.get(enabled, enabled),
            possible=setting(view).on,
        )
