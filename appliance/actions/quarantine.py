"""Deciding about suspects: two photos side by side, to be merged, both kept, or one deleted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.bell import Bell
from appliance.actions.lights import refresh
from appliance.actions.parcels import follow_collection
from appliance.actions.photos import Card, cards
from appliance.actions.recognition import agrees
from appliance.actions.versions import versioned
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.descriptions import united
from appliance.domain.duplicates import Suspect
from appliance.domain.errors import Mistake
from appliance.domain.people import Link, LinkState, PersonId
from appliance.domain.photos import Box, Capture, DoubtId, Face, FaceId, Origin, Photo, PhotoId, Resolution
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.safe import Safe

_SAME_FACE = 0.4  # overlap of two boxes, when one picture may be a crop of the other


@dataclass(frozen=True, slots=True)
class Side:
    """One photo of a pair, with what matters for choosing. keep: whether the other one can be removed."""

    card: Card
    releases: int
    keep: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos to be decided about. later: the one that waits. waiting: pairs in all."""

    suspect: Suspect
    later: Side
    earlier: Side
    waiting: int
    place: int


def waiting_pairs(safe: Safe, *, by: Actor, now: datetime) -> int:
    """How many pairs wait for a decision."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return view.duplicates.count()


def pair_at(safe: Safe, place: int, *, by: Actor, now: datetime, day: date) -> Pair | None:
    """The pair at a place in the row, from 0 on; the last when there are fewer, None when there are none."""
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, durable=False) as view:
        count = view.duplicates.count()
        place = max(0, min(place, count - 1))
        found = view.duplicates.open(1, after=place)
        pair = _pair(view, found[0], count, place, day) if found else None
        view.record(Event("photo:suspects", found[0].photo_id if found else "", detail=f"pairs={count}"))
    return pair


def _pair(view: View, suspect: Suspect, count: int, place: int, day: date) -> Pair:
    later, earlier = cards(view, [suspect.photo_id, suspect.other_id], day)
    released = [len(view.releases.of_photo(card.photo.id)) for card in (later, earlier)]
    return Pair(
        suspect,
        Side(later, released[0], keep=not released[1]),
        Side(earlier, released[1], keep=not released[0]),
        count,
        place,
    )


def keep_both(
    safe: Safe, photo_id: PhotoId, other_id: PhotoId, *, by: Actor, now: datetime, day: date
) -> None:
    """Say that two suspects are two photos. It is remembered; the later one leaves the quarantine."""
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=photo_id) as tx:
        tx.duplicates.get(photo_id, other_id)
        tx.duplicates.keep_apart(photo_id, other_id, by.id, now)
        refresh(tx, [photo_id], day)
        tx.record(Event("photo:keep_both", photo_id, detail=f"other={other_id}"))


def merge(
    safe: Safe,
    photo_id: PhotoId,
    other_id: PhotoId,
    keep: PhotoId,
    *,
    by: Actor,
    now: datetime,
    day: date,
    bell: Bell,
) -> PhotoId:
    """Keep one of two suspects, with what was known of either; the other is removed and stays blocked.

    Names, rejected names, blurred faces and people without a face are united. What one user attested of a
    face, that it cannot be recognised, is not carried over: in the other picture it may be.

    Raises:
        Mistake: when the one to be removed was released: that it left must stay to be seen.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=keep) as tx:
        removed = _other_of(tx, photo_id, other_id, keep)
        with versioned(tx, [keep]):
            named = _unite(tx, tx.photos.get(keep), tx.photos.get(removed))
        places = _remove(tx, removed, keep)
        refresh(tx, [keep], day)
        tx.record(Event("photo:merge", keep, detail=f"removed={removed}"))
        enrolled = [face_id for face_id, person_id in named if agrees(tx, person_id, day)]
    _after(safe, places, enrolled, bell)
    return keep


def discard(
    safe: Safe, photo_id: PhotoId, other_id: PhotoId, keep: PhotoId, *, by: Actor, now: datetime, day: date
) -> PhotoId:
    """Delete one of two suspects and what was known of it; the same file does not come in again.

    Raises:
        Mistake: when it was released, or when people are known in it who are not named in the other.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=keep) as tx:
        removed = _other_of(tx, photo_id, other_id, keep)
        if _people(tx, removed) - _people(tx, keep):
            raise Mistake(
                "duplicate:names_lost",
                "In the photo that would be deleted, somebody is named who is not named in the other.",
                "Merge them, which keeps the names.",
            )
        places = _remove(tx, removed, keep)
        refresh(tx, [keep], day)
        tx.record(Event("photo:discard", removed, detail=f"kept={keep}"))
    _after(safe, places, [], None)
    return keep


def _after(safe: Safe, places: Sequence[str], enrolled: Sequence[FaceId], bell: Bell | None) -> None:
    """Files go last: one without a row is swept, a row without its file would be a lie."""
    for place in places:
        safe.blobs.delete(place)
    for face_id in enrolled:
        if bell is not None:
            bell.enrol(face_id)


def _other_of(tx: Transaction, photo_id: PhotoId, other_id: PhotoId, keep: PhotoId) -> PhotoId:
    tx.duplicates.get(photo_id, other_id)
    if keep not in (photo_id, other_id):
        raise Mistake("duplicate:neither", "Choose one of the two photos.")
    return other_id if keep == photo_id else photo_id


def _remove(tx: Transaction, removed: PhotoId, kept: PhotoId) -> list[str]:
    """Take a photo out of the safe for good. Returns where its files are."""
    if tx.releases.of_photo(removed):
        raise Mistake(
            "duplicate:released",
            "That photo was released, so it cannot be removed.",
            "Keep that one and remove the other.",
        )
    if tx.erasures.blocking_photo(removed):
        raise Mistake(
            "duplicate:held",
            "That photo is under a legal hold, so it cannot be removed.",
            "Keep that one, or end the hold first.",
        )
    gone = tx.photos.get(removed)
    for variant in tx.photos.variants(removed):
        tx.photos.set_variant(variant, None if variant == kept else kept)
    if tx.photos.get(kept).variant_of == removed:
        tx.photos.set_variant(kept, None)
    tx.changes.forget_of([removed, *(face.id for face in tx.faces.of(removed))])
    tx.duplicates.block(gone.sha256, kept, tx.by.id, tx.now)
    return tx.photos.remove(removed)


def _people(view: View, photo_id: PhotoId) -> set[PersonId]:
    return {link.person_id for link in view.faces.links(photo_id) if link.state is LinkState.CONFIRMED}


def _unite(tx: Transaction, kept: Photo, gone: Photo) -> list[tuple[FaceId, PersonId]]:
    """Carry over to one photo what is known of the other. Returns the faces that got a name, and whose."""
    places = [doubt for doubt in tx.doubts.of(gone.id) if doubt.open]
    tx.photos.replace(
        replace(
            kept,
            shoot_id=kept.shoot_id or gone.shoot_id,
            capture=_capture(kept.capture, gone.capture),
            head_count=_heads(kept.head_count, gone.head_count),
            doubts=max(kept.doubts, gone.doubts - len(places)),
        )
    )
    collections = tx.collections.of_photo(gone.id)
    tx.collections.replace_photo(gone.id, kept.id)
    for collection in collections:
        follow_collection(tx, collection.id)
    for doubt in places:
        if not _looked_at(tx, kept.id, doubt.box):
            tx.doubts.add(replace(doubt, id=DoubtId(new_id()), photo_id=kept.id))
    tx.descriptions.put(kept.id, united(tx.descriptions.of(kept.id), tx.descriptions.of(gone.id)))
    named = []
    for face in tx.faces.of(gone.id):
        named += _carry_over(tx, kept.id, face)
    return named


def _looked_at(view: View, kept: PhotoId, box: Box) -> bool:
    """Whether the kept photo has a place of its own there, in doubt or answered."""
    return any(box.overlap(one.box) >= _SAME_FACE for one in view.doubts.of(kept))


def _capture(kept: Capture, gone: Capture) -> Capture:
    """What the camera wrote, from the copy that still has it."""
    return kept if kept.taken_at is not None or gone.taken_at is None else gone


def _heads(kept: int | None, gone: int | None) -> int | None:
    """Two counts that differ are no count: somebody must look again."""
    if kept is None or gone is None:
        return gone if kept is None else kept
    return kept if kept == gone else None


def _carry_over(tx: Transaction, kept: PhotoId, face: Face) -> list[tuple[FaceId, PersonId]]:
    links = tx.faces.links_of(face.id)
    person = next((link.person_id for link in links if link.state is LinkState.CONFIRMED), None)
    counterpart = _counterpart(tx, kept, face.box)
    if counterpart is None:
        if person is None and face.origin is Origin.MACHINE and face.resolution is Resolution.OPEN:
            return []  # what the machine found in one picture alone, and nobody said anything of
        counterpart = Face(FaceId(new_id()), kept, None, Origin.HAND)
        if person is None or person in _people(tx, kept):
            return []
        tx.faces.add(counterpart)
    for link in links:
        if link.state is LinkState.REJECTED:
            tx.faces.link(Link(counterpart.id, link.person_id, link.state, link.distance, tx.now))
    if face.resolution is Resolution.BLUR and counterpart.box is not None:
        tx.faces.replace(replace(counterpart, resolution=Resolution.BLUR))
    if person is None or person in _people(tx, kept) or _is_named(tx, counterpart.id):
        return _also_there(tx, kept, person, counterpart)
    return _name(tx, counterpart, person)


def _also_there(
    tx: Transaction, kept: PhotoId, person: PersonId | None, counterpart: Face
) -> list[tuple[FaceId, PersonId]]:
    """Where the two copies name one face differently, both people stand in the photo, and somebody looks."""
    if person is None or person in _people(tx, kept):
        return []
    face = Face(FaceId(new_id()), counterpart.photo_id, None, Origin.HAND)
    tx.faces.add(face)
    return _name(tx, face, person)


def _name(tx: Transaction, face: Face, person: PersonId) -> list[tuple[FaceId, PersonId]]:
    tx.faces.take_back_suggestions_of(face.id)
    for link in tx.faces.links(face.photo_id):
        if link.person_id == person and link.state is LinkState.SUGGESTED:
            tx.faces.unlink(link.face_id, person)
    if face.resolution is Resolution.NOT_RECOGNISABLE:
        tx.faces.replace(replace(face, resolution=Resolution.OPEN))
    tx.faces.link(Link(face.id, person, LinkState.CONFIRMED, None, tx.now))
    return [(face.id, person)] if face.box is not None else []


def _is_named(view: View, face_id: FaceId) -> bool:
    return any(link.state is LinkState.CONFIRMED for link in view.faces.links_of(face_id))


def _counterpart(view: View, kept: PhotoId, box: Box | None) -> Face | None:
    """The face of the kept photo that lies where one of the other does."""
    if box is None:
        return None
    there = [(box.overlap(face.box), face) for face in view.faces.of(kept) if face.box is not None]
    overlap, face = max(there, key=lambda one: one[0], default=(0.0, None))
    return face if overlap >= _SAME_FACE else None
