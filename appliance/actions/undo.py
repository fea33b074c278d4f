"""Taking back what was done to faces or tags: they go back to what they were, unless they changed since."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from appliance.actions.bell import Bell
from appliance.actions.lights import refresh
from appliance.actions.recognition import agrees
from appliance.actions.versions import versioned
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.changes import UNDO_WITHIN, Changed, ChangeId
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import LinkState
from appliance.domain.photos import FaceId, PhotoId
from appliance.store.changes import FaceStates
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
    """One's own last change to faces or tags, when it can still be taken back."""
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
        now_is = (tx.tags.keywords if change.about is Changed.TAGS else tx.changes.states)(
            list(change.before)
        )
        if change.undone or now_is != change.after:
            raise Mistake("change:overtaken", "That was changed again since.", "Look at the photo first.")
        again: list[FaceId] = []
        about_tags = change.about is Changed.TAGS
        photos = (
            {PhotoId(photo_id) for photo_id in change.before}
            if about_tags
            else _photos(change.before) | _photos(change.after)
        )
        with versioned(tx, sorted(photos)):
            (tx.tags.restore if about_tags else tx.changes.restore)(change.before)
        if not about_tags:
            refresh(tx, sorted(photos), day)
            again = _settle_templates(tx, change.before, day)
        tx.changes.close(change_id, now)
        tx.record(Event("change:undo", change_id, detail=f"{change.about}={len(change.before)}"))
    for face_id in again:
        bell.enrol(face_id)
    return sorted(photos)


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
