"""Versions of what is known of a photo: kept with each change, to compare, to undo and to put back."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.enrolment import look_for
from appliance.actions.lights import refresh
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.people import LinkState, PersonId
from appliance.domain.photos import Photo, PhotoId, ShootId
from appliance.domain.versions import BY_THE_BOX, Knowledge, PhotoVersion, without
from appliance.store.database import Transaction, View
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class PhotoHistory:
    """Every version of a photo, the newest first, with the names of people and shoots that they tell."""

    photo: Photo
    versions: tuple[PhotoVersion, ...]
    people: Mapping[PersonId, str]
    shoots: Mapping[str, str]


@contextmanager
def versioned(tx: Transaction, photo_ids: Iterable[PhotoId]) -> Iterator[None]:
    """Whatever is changed within makes a version of each of these photos; what stays the same makes none."""
    touched = list(dict.fromkeys(photo_ids))
    before = {photo_id: _known(tx, photo_id) for photo_id in touched}
    yield
    for photo_id in touched:
        after = _known(tx, photo_id)
        if after == before[photo_id]:
            continue
        last = tx.versions.last(photo_id)
        if last is None:
            arrived = tx.photos.get(photo_id).arrived_at
            last = PhotoVersion(1, arrived, BY_THE_BOX, before[photo_id])
            tx.versions.add(photo_id, last)
        tx.versions.add(photo_id, PhotoVersion(last.number + 1, tx.now, tx.by.id, after))


def _known(view: View, photo_id: PhotoId) -> Knowledge:
    photo = view.photos.get(photo_id)
    named = {link.person_id for link in view.faces.links(photo_id) if link.state is LinkState.CONFIRMED}
    return Knowledge(
        view.descriptions.of(photo_id), photo.shoot_id or "", photo.head_count, tuple(sorted(named))
    )


def photo_history(safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime) -> PhotoHistory:
    """Who changed what is known of a photo, and when."""
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, on=photo_id, durable=False) as tx:
        photo = tx.photos.get(photo_id)
        versions = tuple(tx.versions.of(photo_id))
        told = {person_id for version in versions for person_id in version.known.people}
        people = {person_id: person.name for person_id, person in tx.people.many(told).items()}
        shoots = {str(shoot.id): shoot.name for shoot in tx.shoots.all()}
        tx.record(Event("photo:view", photo_id, detail=f"versions={len(versions)}"))
    return PhotoHistory(photo, versions, people, shoots)


def undo_version(safe: Safe, photo_id: PhotoId, number: int, *, by: Actor, now: datetime, day: date) -> None:
    """Take back what one version changed; whatever was changed besides stays.

    Raises:
        Mistake: when it was changed again since, or it changed nothing but names.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=photo_id) as tx:
        before, after = _version(tx, photo_id, number - 1), _version(tx, photo_id, number)
        _become(tx, photo_id, without(_known(tx, photo_id), before, after), day)
        tx.record(Event("photo:undo", photo_id, detail=f"version={number}"))


def put_back_version(
    safe: Safe, photo_id: PhotoId, number: int, *, by: Actor, now: datetime, day: date
) -> None:
    """Have known of a photo again what a version tells, apart from names. That makes a version itself.

    Raises:
        Mistake: when there is no such version.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=photo_id) as tx:
        _become(tx, photo_id, _version(tx, photo_id, number), day)
        tx.record(Event("photo:put_back", photo_id, detail=f"version={number}"))


def _version(tx: Transaction, photo_id: PhotoId, number: int) -> Knowledge:
    known = next((one.known for one in tx.versions.of(photo_id) if one.number == number), None)
    if known is None:
        raise Mistake("change:unknown", "There is no such change.", "It may be too long ago.")
    return known


def _become(tx: Transaction, photo_id: PhotoId, known: Knowledge, day: date) -> None:
    with versioned(tx, [photo_id]):
        photo = tx.photos.get(photo_id)
        tx.descriptions.put(photo_id, known.description)
        tx.photos.replace(replace(photo, head_count=known.heads))
        if known.shoot != (photo.shoot_id or ""):
            place_in_shoot(tx, [photo_id], ShootId(known.shoot) if known.shoot else None)
        refresh(tx, [photo_id], day)


def place_in_shoot(tx: Transaction, photo_ids: Iterable[PhotoId], shoot_id: ShootId | None) -> None:
    """Say at which shoot photos were taken; suggestions of the shoot before are taken back.

    Where people are recognised at that shoot, the photos are looked through for them.

    Raises:
        Mistake: when there is no such shoot.
    """
    shoot = tx.shoots.get(shoot_id) if shoot_id is not None else None
    for photo_id in photo_ids:
        tx.photos.replace(replace(tx.photos.get(photo_id), shoot_id=shoot_id))
        for face in tx.faces.of(photo_id):
            tx.faces.take_back_suggestions_of(face.id)
    if shoot is not None and shoot.recognition is not None:
        look_for(tx, set(tx.people.with_templates()))
