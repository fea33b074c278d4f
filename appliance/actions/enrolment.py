"""Enrolment: a template from a face that somebody named, and the search for that person in earlier photos.

Faces are measured anew from their photos, since nothing is kept of those who matched nobody (P3).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from appliance.actions.recognition import (
    Measured,
    agrees,
    gallery,
    keep_suggestions,
    open_faces,
    setting,
    shoot_of,
)
from appliance.domain.access import WORKER, Permission
from appliance.domain.audit import Event, Outcome
from appliance.domain.consent import Purpose
from appliance.domain.people import LinkState, PersonId
from appliance.domain.photos import Face, FaceId, ImportId, Photo, PhotoId, ShootId, Stage
from appliance.imaging.copies import THUMBNAIL_SIDE
from appliance.imaging.decode import Decoder
from appliance.store.database import Transaction, View
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe
from appliance.store.search import Filter
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.findings import FoundFace
from appliance.vision.match import Gallery, alike

_RESCAN = "rescan"
_BATCH = 50
_GLANCED = 16  # faces at a time
_MOST_GROUPED = 5000  # photos of one import
_ENOUGH_TO_GLANCE = 90
_FINE_ENOUGH = 200  # pixels across a face, from which a larger picture measures it no better


def enrol(
    safe: Safe, decoder: Decoder, analyser: FaceAnalyser, face_id: FaceId, *, now: datetime, day: date
) -> bool:
    """Make a template from a confirmed face. False when recognition is off, or the person does not agree.

    The consent is asked before the face is measured, and again in the transaction that keeps the template.
    """
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=face_id) as view:
        face = view.faces.get(face_id)
        person_id = _enrollable(view, face, day)
    if person_id is None:
        return False
    measured = measure(safe, decoder, analyser, face.photo_id, [face], now=now)
    if not measured:
        return False
    vector = measured[0].embedding.astype("<f4").tobytes()
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=face_id) as tx:
        if _enrollable(tx, face, day) != person_id:
            tx.record(Event("recognition:enrol", person_id, Outcome.REFUSED, f"face={face_id}"))
            return False
        tx.people.add_template(person_id, face_id, analyser.pack_name, vector)
        look_for(tx, {person_id})
        tx.record(Event("recognition:enrol", person_id, detail=f"face={face_id}"))
    return True


def unenrolled(safe: Safe, pack: str, *, now: datetime, day: date, limit: int = 500) -> list[FaceId]:
    """Confirmed faces of people who agreed, of which no template is kept.

    They agreed only after they were named, or the bell was lost in a crash.
    """
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        if not setting(view).on:
            return []
        asked = [
            person_id
            for person_id, versions in view.consent.by_person().items()
            if any(version.term(Purpose.RECOGNITION) for version in versions)
        ]
        faces = [
            face_id
            for person_id in sorted(asked)
            if agrees(view, person_id, day)
            for face_id in view.people.without_template(person_id, pack, limit)
        ]
    return faces[:limit]


def _enrollable(view: View, face: Face, day: date) -> PersonId | None:
    if face.box is None or not setting(view).on:
        return None
    confirmed = [link.person_id for link in view.faces.links_of(face.id) if link.state is LinkState.CONFIRMED]
    return confirmed[0] if confirmed and agrees(view, confirmed[0], day) else None


def measure(
    safe: Safe,
    decoder: Decoder,
    analyser: FaceAnalyser,
    photo_id: PhotoId,
    faces: Sequence[Face],
    *,
    now: datetime,
    known: Gallery | None = None,
) -> list[Measured]:
    """Measure faces anew from the photo's proxy; a face that cannot be located is left out.

    known: who is looked for, when that is all it is for; not for templates.
    """
    boxed = [face for face in faces if face.box is not None]
    if not boxed:
        return []
    long_side = _long_side(boxed, _FINE_ENOUGH)
    picture = _picture(safe, decoder, photo_id, BlobKind.PROXY, long_side, now=now)
    located = [(face, _located(analyser, picture, face)) for face in boxed]
    pairs = [(face, found) for face, found in located if found is not None]
    seen = [found for _, found in pairs]
    embeddings = analyser.embed(picture, seen) if known is None else analyser.embed_for(known, picture, seen)
    return [Measured(face, vector) for (face, _), vector in zip(pairs, embeddings, strict=True)]


def _picture(
    safe: Safe, decoder: Decoder, photo_id: PhotoId, kind: BlobKind, long_side: int, *, now: datetime
) -> NDArray[np.uint8]:
    """The photo's proxy or thumbnail, decoded to no more than it takes for a long side in pixels."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as view:
        copy = safe.read(view, photo_id, kind)
    return decoder.reopen(copy, at_least=long_side)


def _long_side(faces: Sequence[Face], fine: int) -> int:
    """How large a picture must be for its smallest face to have so many pixels across."""
    smallest = min(max(face.box.width, face.box.height) for face in faces if face.box is not None)
    return int(fine / max(smallest, 0.01))


def _located(analyser: FaceAnalyser, picture: NDArray[np.uint8], face: Face) -> FoundFace | None:
    """Where the face's points are: as they were found, or else looked for in its box."""
    if face.box is None:
        return None
    if face.points:
        return analyser.placed(picture, face.box, face.points)
    return analyser.locate(picture, face.box)


# ------------------------------------------------------------------ looking for people in earlier photos


@dataclass(frozen=True, slots=True)
class Rescan:
    """Who is looked for among the faces without a name, and behind which photo the search goes on.

    asked: how often it was asked, so that asking for the same people again is not missed.
    """

    people: frozenset[PersonId]
    after: PhotoId | None
    asked: int


def look_for(tx: Transaction, people: AbstractSet[PersonId]) -> None:
    """Ask for people to be looked for from the newest photo on, along with whoever is looked for already."""
    before = _asked(tx)
    everybody = frozenset(people) | (before.people if before else frozenset())
    _note(tx, Rescan(everybody, None, before.asked + 1 if before else 1))


def _note(tx: Transaction, rescan: Rescan) -> None:
    row = {"people": sorted(rescan.people), "after": rescan.after, "asked": rescan.asked}
    tx.settings.put(_RESCAN, json.dumps(row))


def _asked(view: View) -> Rescan | None:
    kept = view.settings.get(_RESCAN)
    if kept is None:
        return None
    row = json.loads(kept)
    return Rescan(frozenset(row["people"]), row["after"], row["asked"])


def is_looking(safe: Safe, *, now: datetime) -> bool:
    """Whether earlier photos are still to be searched."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        return _asked(view) is not None


def rescan(
    safe: Safe, decoder: Decoder, analyser: FaceAnalyser, *, now: datetime, day: date, most: int = _BATCH
) -> int | None:
    """Search some more photos for who is looked for. Returns the suggestions made; None when all is done.

    What is done is kept after each call, so a crash costs at most one of them.
    """
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        asked = _asked(view)
        if asked is None:
            return None
        wanted = Filter(untagged=True, stage=Stage.ANALYSED)
        photos = view.photos.page(wanted, after=asked.after, limit=most)
        galleries = {
            photo.shoot_id: gallery(view, analyser.pack_name, shoot_of(view, photo), day, only=asked.people)
            for photo in {photo.shoot_id: photo for photo in photos}.values()
        }
        work = [(photo, open_faces(view, photo.id)) for photo in photos if len(galleries[photo.shoot_id])]
    made = 0
    for photo, faces in _looked_over(safe, decoder, analyser, work, galleries, now=now):
        known = galleries[photo.shoot_id]
        measured = measure(safe, decoder, analyser, photo.id, faces, now=now, known=known)
        made += keep_suggestions(safe, analyser, photo.id, measured, known, now=now, day=day)
    _advance(safe, asked, photos[-1].id if len(photos) == most else None, now=now)
    return made


Work = Sequence[tuple[Photo, list[Face]]]


def _looked_over(
    safe: Safe,
    decoder: Decoder,
    analyser: FaceAnalyser,
    work: Work,
    galleries: Mapping[ShootId | None, Gallery],
    *,
    now: datetime,
) -> Work:
    """Of all these faces those that are worth measuring: most are somebody else, as a first look tells.

    Faces of several photos are looked at together, a few at a time, so that a crowd takes no more memory.
    """
    likely: dict[PhotoId, list[Face]] = {photo.id: [] for photo, _ in work}
    waiting: dict[ShootId | None, list[tuple[Face, NDArray[np.uint8]]]] = {}

    def glance(shoot_id: ShootId | None) -> None:
        faces, chips = zip(*waiting.pop(shoot_id), strict=True)
        for face, may_be in zip(faces, analyser.glance(galleries[shoot_id], chips), strict=True):
            if may_be:
                likely[face.photo_id].append(face)

    for photo, faces in work:
        boxed = [face for face in faces if face.box is not None]
        pointed = [face for face in boxed if face.points]
        likely[photo.id] += [face for face in boxed if not face.points]  # drawn by hand: to be located first
        if not pointed:
            continue
        long_side = _long_side(pointed, _ENOUGH_TO_GLANCE)
        kind = BlobKind.THUMBNAIL if long_side <= THUMBNAIL_SIDE else BlobKind.PROXY
        picture = _picture(safe, decoder, photo.id, kind, long_side, now=now)
        for face in pointed:
            found = _located(analyser, picture, face)
            if found is not None:
                waiting.setdefault(photo.shoot_id, []).append((face, analyser.cut_out(picture, found)))
            if len(waiting.get(photo.shoot_id, ())) == _GLANCED:
                glance(photo.shoot_id)
    for shoot_id in list(waiting):
        glance(shoot_id)
    return [(photo, likely[photo.id]) for photo, _ in work if likely[photo.id]]


def _advance(safe: Safe, asked: Rescan, after: PhotoId | None, *, now: datetime) -> None:
    """Note how far the search is, unless it was asked anew meanwhile."""
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as tx:
        if _asked(tx) == asked:
            if after is None:
                tx.settings.delete(_RESCAN)
            else:
                _note(tx, replace(asked, after=after))
        tx.record(Event("recognition:rescan", after or "", detail="done" if after is None else ""))


def rescan_all(
    safe: Safe,
    decoder: Decoder,
    analyser: FaceAnalyser,
    *,
    now: datetime,
    day: date,
    on_progress: Callable[[int], None] = lambda _suggestions: None,
) -> int:
    """Search every earlier photo for who is looked for. Returns the suggestions made."""
    made = 0
    while (some := rescan(safe, decoder, analyser, now=now, day=day)) is not None:
        made += some
        on_progress(made)
    return made


# ------------------------------------------------------------------ faces of one import that look alike


def group_lookalikes(
    safe: Safe, decoder: Decoder, analyser: FaceAnalyser, import_id: ImportId, *, now: datetime
) -> int:
    """Number the nameless faces of one import that look alike, so that they are named in one go.

    Only photos of a shoot that has recognition on take part; the measures are gone when this returns.
    Returns the number of groups.
    """
    work = _nameless(safe, import_id, now=now)
    measured = [
        one for photo_id, faces in work for one in measure(safe, decoder, analyser, photo_id, faces, now=now)
    ]
    groups = _alike(measured, analyser.match_threshold)
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=import_id) as tx:
        for number, members in enumerate(groups, start=1):
            for member in members:
                tx.faces.set_lookalike(measured[member].face.id, number)
        tx.record(Event("recognition:group", import_id, detail=f"groups={len(groups)}"))
    return len(groups)


def _alike(measured: Sequence[Measured], threshold: float) -> list[list[int]]:
    return alike(np.stack([one.embedding for one in measured]), threshold) if measured else []


def _nameless(safe: Safe, import_id: ImportId, *, now: datetime) -> list[tuple[PhotoId, list[Face]]]:
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=import_id) as view:
        if not setting(view).on:
            return []
        wanted = Filter(import_id=import_id, untagged=True, stage=Stage.ANALYSED)
        return [
            (photo.id, open_faces(view, photo.id))
            for photo in view.photos.page(wanted, after=None, limit=_MOST_GROUPED)
            if (shoot := shoot_of(view, photo)) is not None and shoot.recognition is not None
        ]
