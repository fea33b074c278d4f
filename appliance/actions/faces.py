"""Who is in a photo: confirming, rejecting and naming, and what is said of faces that get no name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from appliance.actions.bell import Bell
from appliance.actions.lights import refresh
from appliance.actions.recognition import agrees, open_faces
from appliance.actions.undo import undoable
from appliance.actions.versions import versioned
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.people import Link, LinkState, PersonId
from appliance.domain.photos import Box, Face, FaceId, Origin, PhotoId, Resolution
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe

SMALLEST_BOX = 0.004  # of the picture's side: a click, not a face


def confirm(
    safe: Safe, face_id: FaceId, person_id: PersonId, *, by: Actor, now: datetime, day: date, bell: Bell
) -> None:
    """Say who a face is: confirming a suggestion and naming by hand are the same act.

    Raises:
        Mistake: when that person already stands elsewhere in the photo (P7).
    """
    confirm_all(safe, [face_id], person_id, by=by, now=now, day=day, bell=bell)


def confirm_all(
    safe: Safe,
    face_ids: Sequence[FaceId],
    person_id: PersonId,
    *,
    by: Actor,
    now: datetime,
    day: date,
    bell: Bell,
) -> None:
    """Say of several faces that they are one person; all of them or, when one cannot be, none.

    Raises:
        Mistake: when two of them are in one photo, or that person already stands elsewhere in one (P7).
    """
    on = face_ids[0] if len(face_ids) == 1 else ""
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=on) as tx:
        person = tx.people.get(person_id)
        faces = [tx.faces.get(face_id) for face_id in face_ids]
        touched = {other.id for face in faces for other in tx.faces.of(face.photo_id)}
        with undoable(tx, sorted(touched)):
            for face in faces:
                _name(tx, face, person.id, now)
                tx.record(Event("face:confirm", face.id, detail=f"person={person.id}"))
        refresh(tx, sorted({face.photo_id for face in faces}), day)
        agreed = agrees(tx, person.id, day)
    if agreed:
        for face_id in face_ids:
            bell.enrol(face_id)


def _name(tx: Transaction, face: Face, person_id: PersonId, now: datetime) -> None:
    """Link a face to one person; an earlier name gives way, other suggestions of the face go.

    A template made under the earlier name goes too: it was measured from somebody else.
    """
    for link in tx.faces.links(face.photo_id):
        if link.face_id == face.id and link.person_id != person_id and link.state is not LinkState.REJECTED:
            tx.people.forget_template_of(link.face_id)
            tx.faces.unlink(link.face_id, link.person_id)
        if link.face_id != face.id and link.person_id == person_id and link.state is LinkState.SUGGESTED:
            tx.faces.unlink(link.face_id, link.person_id)
    if face.resolution is not Resolution.OPEN:
        tx.faces.replace(replace(face, resolution=Resolution.OPEN))
    tx.faces.link(Link(face.id, person_id, LinkState.CONFIRMED, _distance(tx, face, person_id), now))


def _distance(tx: Transaction, face: Face, person_id: PersonId) -> float | None:
    return next(
        (
            link.distance
            for link in tx.faces.links(face.photo_id)
            if link.face_id == face.id and link.person_id == person_id
        ),
        None,
    )


def reject(safe: Safe, face_id: FaceId, person_id: PersonId, *, by: Actor, now: datetime, day: date) -> None:
    """Say that a face is not this person. The pair is never suggested again."""
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=face_id) as tx:
        face = tx.faces.get(face_id)
        person = tx.people.get(person_id)
        with undoable(tx, [face_id]):
            if any(
                link.person_id == person.id and link.state is LinkState.CONFIRMED
                for link in tx.faces.links_of(face_id)
            ):
                tx.people.forget_template_of(face_id)
            distance = _distance(tx, face, person.id)
            tx.faces.link(Link(face_id, person.id, LinkState.REJECTED, distance, changed_at=now))
        refresh(tx, [face.photo_id], day)
        tx.record(Event("face:reject", face_id, detail=f"person={person_id}"))


def unname(safe: Safe, face_id: FaceId, *, by: Actor, now: datetime, day: date) -> None:
    """Take a name back: the face is unknown again, and no template of it stays."""
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=face_id) as tx:
        face = tx.faces.get(face_id)
        with undoable(tx, [face_id]):
            for link in tx.faces.links_of(face_id):
                if link.state is LinkState.CONFIRMED:
                    tx.people.forget_template_of(face_id)
                    tx.faces.unlink(face_id, link.person_id)
        refresh(tx, [face.photo_id], day)
        tx.record(Event("face:unname", face_id))


def add_face(
    safe: Safe,
    photo_id: PhotoId,
    box: Box | None,
    *,
    by: Actor,
    now: datetime,
    day: date,
    bell: Bell,
    person_id: PersonId | None = None,
) -> FaceId:
    """Add a face that the machine missed, or, without a box, a person recognisable in another way (P16).

    Raises:
        Mistake: when the box is no box.
    """
    face = Face(FaceId(new_id()), photo_id, _sensible(box), Origin.HAND)
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=photo_id) as tx:
        tx.photos.get(photo_id)
        mark(tx, face, person_id, now)
        refresh(tx, [photo_id], day)
        tx.record(Event("face:add", face.id, detail=f"photo={photo_id}"))
        agreed = person_id is not None and agrees(tx, person_id, day)
    if agreed and box is not None:
        bell.enrol(face.id)
    return face.id


def mark(tx: Transaction, face: Face, person_id: PersonId | None, now: datetime) -> None:
    """Add a face that somebody saw, with a name when it is known; it can be taken back."""
    others = [other.id for other in tx.faces.of(face.photo_id)]
    with versioned(tx, [face.photo_id]), undoable(tx, [*others, face.id]):
        tx.faces.add(face)
        if person_id is not None:
            _name(tx, face, tx.people.get(person_id).id, now)


def _sensible(box: Box | None) -> Box | None:
    if box is None:
        return None
    clipped = box.clipped()
    if clipped.width < SMALLEST_BOX or clipped.height < SMALLEST_BOX:
        raise Mistake("face:no_box", "That is too small to be a face.", "Draw a box around the whole face.")
    return clipped


def remove_face(safe: Safe, face_id: FaceId, *, by: Actor, now: datetime, day: date) -> None:
    """Say that something is no face. Its links and templates go with it."""
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=face_id) as tx:
        face = tx.faces.get(face_id)
        with undoable(tx, [face_id]):
            tx.faces.remove(face_id)
        refresh(tx, [face.photo_id], day)
        tx.record(Event("face:remove", face_id, detail=f"photo={face.photo_id}"))


def resolve(
    safe: Safe, face_id: FaceId, resolution: Resolution, *, by: Actor, now: datetime, day: date
) -> None:
    """Attest that a face is not recognisable, have it blurred in copies, or open it again (P17).

    Raises:
        Mistake: when a person without a box is to be blurred: there is nothing to blur.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=face_id) as tx:
        face = tx.faces.get(face_id)
        if face.box is None and resolution is Resolution.BLUR:
            raise Mistake(
                "face:nothing_to_blur",
                "This person has no box, so nothing can be blurred.",
                "Draw a box first.",
            )
        with undoable(tx, [face_id]):
            tx.faces.replace(replace(face, resolution=resolution))
        refresh(tx, [face.photo_id], day)
        tx.record(Event(f"face:{resolution}", face_id))


def lookalikes(safe: Safe, face_id: FaceId, *, by: Actor, now: datetime) -> tuple[Face, ...]:
    """The faces of the same import that look like one, itself included, to be named in one go."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now, on=face_id) as view:
        nameless = {
            face.id
            for photo_id in {face.photo_id for face in view.faces.lookalikes(face_id)}
            for face in open_faces(view, photo_id)
        }
        return tuple(f for f in view.faces.lookalikes(face_id) if f.id in nameless or f.id == face_id)
