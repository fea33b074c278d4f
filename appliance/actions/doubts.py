"""Places where somebody may be though no face was made out: whoever looks says that nobody is, or who is."""

from datetime import date, datetime

from appliance.actions.bell import Bell
from appliance.actions.faces import mark
from appliance.actions.lights import refresh
from appliance.actions.recognition import agrees
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import Doubt, DoubtId, Face, FaceId, Origin, Sign
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe


def nobody_there(safe: Safe, doubt_id: DoubtId, *, by: Actor, now: datetime, day: date) -> None:
    """Attest that nobody recognisable is at a place; the last such answer ends the doubt about the photo.

    Raises:
        Mistake: when it was answered before.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=doubt_id) as tx:
        doubt = _unanswered(tx, doubt_id)
        tx.doubts.answer(doubt_id, nobody=True)
        refresh(tx, [doubt.photo_id], day)
        tx.record(Event("doubt:nobody", doubt_id, detail=f"photo={doubt.photo_id}"))


def somebody_there(
    safe: Safe,
    doubt_id: DoubtId,
    *,
    by: Actor,
    now: datetime,
    day: date,
    bell: Bell,
    person_id: PersonId | None = None,
) -> FaceId:
    """Say that somebody is at a place, and who, when that is known: a face is marked there.

    That is taken back like any other face; then the place is in doubt again.

    Raises:
        Mistake: when it was answered before, or that person already stands elsewhere in the photo (P7).
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=doubt_id) as tx:
        doubt = _unanswered(tx, doubt_id)
        face = Face(FaceId(new_id()), doubt.photo_id, doubt.box.clipped(), Origin.HAND)
        mark(tx, face, person_id, now)
        tx.doubts.answer(doubt_id, nobody=False, face_id=face.id)
        refresh(tx, [doubt.photo_id], day)
        tx.record(Event("doubt:somebody", doubt_id, detail=f"photo={doubt.photo_id} face={face.id}"))
        agreed = person_id is not None and agrees(tx, person_id, day)
    if agreed and doubt.sign is Sign.UNCLEAR_FACE:  # of a body there is no face to measure
        bell.enrol(face.id)
    return face.id


def ask_again(safe: Safe, doubt_id: DoubtId, *, by: Actor, now: datetime, day: date) -> None:
    """Take back that nobody is at a place.

    Raises:
        Mistake: when nobody said so.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=doubt_id) as tx:
        doubt = tx.doubts.get(doubt_id)
        if not doubt.nobody:
            raise Mistake("doubt:open", "This place is in doubt still.", "Look at the photo first.")
        tx.doubts.answer(doubt_id, nobody=False)
        refresh(tx, [doubt.photo_id], day)
        tx.record(Event("doubt:again", doubt_id, detail=f"photo={doubt.photo_id}"))


def _unanswered(tx: Transaction, doubt_id: DoubtId) -> Doubt:
    doubt = tx.doubts.get(doubt_id)
    if not doubt.open:
        raise Mistake("doubt:answered", "Somebody has answered this already.", "Look at the photo first.")
    return doubt
