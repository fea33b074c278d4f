"""Taking back what was done to faces, tags or shoots: unless they changed since, they are what they were."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from appliance.actions.bell import Bell
from appliance.actions.lights import refresh
from appliance.actions.recognition import agrees
from appliance.actions.versions import place_in_shoot, versioned
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.changes import UNDO_WITHIN, Changed, ChangeId
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import LinkState
from appliance.domain.photos import FaceId, PhotoId
from appliance.store.changes import Change, FaceStates
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe


@contextmanager
def undoable(tx: Transaction, face_ids: Iterable[FaceId]) -> Iterator[None]:
    """Whatever is done to these faces within can be taken back as one."""
    touched = list(face_ids)
    before = tx.changes.states(touched)
    with versioned(tx, _photos(before)):
        yield
    after = tx.changes.states(touched)
    if before != after:
        tx.changes.add(ChangeId(new_id()), tx.by.id, tx.now, before, after)


def latest_change(safe: Safe, *, by: Actor, now: datetime) -> ChangeId | None:
    """One's own last change to faces, tags or shoots, when it can still be taken back."""
    with safe.store.look(by=by, to=Permission.PHOTO_EDIT, now=now) as view:
        return view.changes.latest(by.id, now - UNDO_WITHIN)


def undo(
    safe: Safe, change_id: ChangeId, *, by: Actor, now: datetime, day: date, bell: Bell
) -> list[PhotoId]:
    """Take a change back. Returns the photos it was in.

    Raises:
        NotAllowed: when somebody else made it.
        Mistake: when it was taken back already, or what it changed was changed since.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=change_id) as tx:
        change = tx.changes.get(change_id)
        if change.made_by != by.id:
            raise NotAllowed("access:denied", "You can take back only your own changes.")
        if change.undone or _now_is(tx, change) != change.after:
            raise Mistake("change:overtaken", "That was changed again since.", "Look at the photo first.")
        about_faces = change.about is Changed.FACES
        photos = (
            _photos(change.before) | _photos(change.after)
            if about_faces
            else {PhotoId(photo_id) for photo_id in change.before}
        )
        with versioned(tx, sorted(photos)):
            _restore(tx, change)
        if change.about is not Changed.TAGS:
            refresh(tx, sorted(photos), day)
        again = _settle_templates(tx, change.before, day) if about_faces else []
        tx.changes.close(change_id, now)
        tx.record(Event("change:undo", change_id, detail=f"{change.about}={len(change.before)}"))
    for face_id in again:
        bell.enrol(face_id)
    return sorted(photos)


def _now_is(tx: Transaction, change: Change) -> Mapping[Any, Any]:
    things = list(change.before)
    match change.about:
        case Changed.TAGS:
            return tx.tags.keywords(things)
        case Changed.SHOOTS:
            return tx.photos.shoots(things)
        case Changed.FACES:
            return tx.changes.states(things)


def _restore(tx: Transaction, change: Change) -> None:
    match change.about:
        case Changed.TAGS:
            tx.tags.restore(change.before)
        case Changed.FACES:
            tx.changes.restore(change.before)
        case Changed.SHOOTS:
            for shoot_id in set(change.before.values()):
                place_in_shoot(tx, [one for one, put in change.before.items() if put == shoot_id], shoot_id)


def _photos(states: FaceStates) -> set[PhotoId]:
    return {PhotoId(state["photo_id"]) for state in states.values() if state is not None}


def _settle_templates(tx: Transaction, states: FaceStates, day: date) -> list[FaceId]:
    """Forget what the faces gave under the name taken back. Returns those to enrol under the name before."""
    again = []
    for face_id, state in states.items():
        tx.people.forget_template_of(face_id)
        if state is None:
            continue
        named = [link.person_id for link in tx.faces.links_of(face_id) if link.state is LinkState.CONFIRMED]
        if named and agrees(tx, named[0], day):
            again.append(face_id)
    return again


def forget_changes(safe: Safe, *, now: datetime) -> int:
    """Delete changes that are too old to be taken back. Returns how many."""
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as tx:
        forgotten = tx.changes.forget(now - UNDO_WITHIN)
        tx.record(Event("change:forget", detail=f"changes={forgotten}"))
    return forgotten
