"""Recognition: off until an administrator switches it on, and only for people who agreed to it.

No template exists without a live recognition consent (P3); an embedding that matches nobody is never
written. Each question is asked of the consents of the day, so a withdrawal works at once.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from appliance.actions.lights import refresh
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event, Outcome
from appliance.domain.consent import Purpose, Why, permission
from appliance.domain.errors import Mistake
from appliance.domain.people import Link, LinkState, PersonId
from appliance.domain.photos import Face, FaceId, PhotoId, Resolution, Stage
from appliance.imaging.decode import Decoder
from appliance.store.database import Transaction, View
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe
from appliance.store.search import Filter
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.match import Gallery, Match

_SETTING = "recognition"
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Recognition:
    """Whether recognition is on, who last changed that and when, and the DPIA it rests on."""

    on: bool = False
    dpia: str = ""
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A face with its embedding [128], in memory only."""

    face: Face
    embedding: NDArray[np.float32]


def recognition(safe: Safe, *, by: Actor, now: datetime) -> Recognition:
    """How recognition is set."""
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now) as view:
        return setting(view)


def setting(view: View) -> Recognition:
    """How recognition is set, within a transaction that is open already. Off when never set (P1)."""
    kept = view.settings.get(_SETTING)
    if kept is None:
        return Recognition()
    row = json.loads(kept)
    return Recognition(row["on"], row["dpia"], datetime.fromisoformat(row["changed_at"]), row["changed_by"])


def switch_recognition(safe: Safe, on: bool, *, by: Actor, now: datetime, dpia: str = "") -> None:
    """Switch recognition on, with the reference of the DPIA it rests on, or off.

    Off also forgets every template and open suggestion: what is not used is not kept.

    Raises:
        Mistake: when it is switched on without a DPIA reference (GDPR article 35).
    """
    if on and not dpia.strip():
        raise Mistake(
            "recognition:no_dpia",
            "Recognition needs the reference of a data protection impact assessment.",
            "Fill in where the DPIA is filed.",
        )
    with safe.store.begin(by=by, to=Permission.SETTING_EDIT, now=now) as tx:
        row = {"on": on, "dpia": dpia.strip(), "changed_at": now.isoformat(), "changed_by": by.id}
        tx.settings.put(_SETTING, json.dumps(row))
        forgotten = 0 if on else _forget_all(tx)
        tx.record(Event("recognition:on" if on else "recognition:off", detail=f"forgotten={forgotten}"))


def _forget_all(tx: Transaction) -> int:
    for person_id in tx.faces.suggested_people():
        tx.faces.forget_suggestions(person_id)
    return tx.people.forget_all_templates()


def agrees(view: View, person_id: PersonId, day: date) -> bool:
    """Whether somebody's consent to recognition is live on a day."""
    versions = view.consent.of_person(person_id)
    return permission(versions, Purpose.RECOGNITION, day).why is Why.PERMITTED


def forget_unless_agreed(tx: Transaction, person_id: PersonId, day: date) -> int:
    """Delete somebody's templates and open suggestions when their consent to recognition is not live (P5).

    Returns how many templates there were. No light changes: a face that may be somebody, and a face that
    may be anybody, are both amber.
    """
    if agrees(tx, person_id, day):
        return 0
    tx.faces.forget_suggestions(person_id)
    return tx.people.forget_templates(person_id)


def forget_lapsed(safe: Safe, *, now: datetime, day: date) -> int:
    """Delete what recognition kept of everybody whose consent to it has ended. Returns the templates."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        known = {*view.people.with_templates(), *view.faces.suggested_people()}
        lapsed = sorted(p for p in known if not agrees(view, p, day))
    if not lapsed:
        return 0
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as tx:
        forgotten = sum(forget_unless_agreed(tx, person_id, day) for person_id in lapsed)
        tx.record(Event("recognition:forget", detail=f"templates={forgotten}"))
    return forgotten


def gallery(view: View, pack: str, day: date) -> Gallery:
    """The templates of those who agree on this day; empty when recognition is off."""
    if not setting(view).on:
        return Gallery(())
    rows = view.people.templates(pack)
    agreed = {person_id for person_id in {row[0] for row in rows} if agrees(view, person_id, day)}
    return Gallery([(p, np.frombuffer(vector, "<f4")) for p, _, vector in rows if p in agreed])


def suggest(
    view: View, measured: Sequence[Measured], known: Gallery, threshold: float, day: date
) -> list[Link]:
    """Suggestions for the open faces of one photo: a person at most once, no rejected pair again (P7).

    known: who agreed when the work began; whoever does not agree any more is left out.
    threshold: the largest distance that is still a suggestion.
    """
    if not measured or not setting(view).on:
        return []
    faces = [one.face for one in measured]
    embeddings = np.stack([one.embedding for one in measured])
    matches = known.assign(embeddings, threshold, _barred(view, faces))
    return [
        _suggestion(face, match)
        for face, match in zip(faces, matches, strict=True)
        if match is not None and agrees(view, match.person_id, day)
    ]


def _barred(view: View, faces: Sequence[Face]) -> list[set[PersonId]]:
    """For each face: who was rejected for it, and who already stands elsewhere in the photo."""
    links = view.faces.links(faces[0].photo_id)
    present = {link.person_id for link in links if link.state is LinkState.CONFIRMED}
    rejected = {(link.face_id, link.person_id) for link in links if link.state is LinkState.REJECTED}
    return [present | {person for face_id, person in rejected if face_id == face.id} for face in faces]


def _suggestion(face: Face, match: Match) -> Link:
    return Link(face.id, match.person_id, LinkState.SUGGESTED, match.distance)


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
    measured = _measure_again(safe, decoder, analyser, face.photo_id, [face], now=now)
    if not measured:
        return False
    vector = measured[0].embedding.astype("<f4").tobytes()
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=face_id) as tx:
        if _enrollable(tx, face, day) != person_id:
            tx.record(Event("recognition:enrol", person_id, Outcome.REFUSED, f"face={face_id}"))
            return False
        tx.people.add_template(person_id, face_id, analyser.pack_name, vector)
        tx.record(Event("recognition:enrol", person_id, detail=f"face={face_id}"))
    return True


def unenrolled(safe: Safe, pack: str, *, now: datetime, day: date, limit: int = 500) -> list[FaceId]:
    """Confirmed faces of people who agreed, of which no template is kept.

    They agreed only after they were named, or the bell was lost in a crash.
    """
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        if not setting(view).on:
            return []
        asked = {q.person_id for q in view.consent.all_current() if q.term(Purpose.RECOGNITION)}
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
    confirmed = [
        link.person_id
        for link in view.faces.links(face.photo_id)
        if link.face_id == face.id and link.state is LinkState.CONFIRMED
    ]
    return confirmed[0] if confirmed and agrees(view, confirmed[0], day) else None


def _measure_again(
    safe: Safe,
    decoder: Decoder,
    analyser: FaceAnalyser,
    photo_id: PhotoId,
    faces: Sequence[Face],
    *,
    now: datetime,
) -> list[Measured]:
    """Measure faces anew from the photo's proxy; a face that cannot be located is left out."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as view:
        proxy = safe.read(view, photo_id, BlobKind.PROXY)
    picture = decoder.decode(proxy).pixels
    located = [(face, analyser.locate(picture, face.box)) for face in faces if face.box is not None]
    pairs = [(face, found) for face, found in located if found is not None]
    embeddings = analyser.embed(picture, [found for _, found in pairs])
    return [Measured(face, vector) for (face, _), vector in zip(pairs, embeddings, strict=True)]


def suggest_again(
    safe: Safe,
    decoder: Decoder,
    analyser: FaceAnalyser,
    *,
    now: datetime,
    day: date,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> int:
    """Look for those who agreed among all faces that have no name yet. Returns the number of suggestions.

    Faces are measured anew, since nothing is kept of those who matched nobody.
    """
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        known = gallery(view, analyser.pack_name, day)
    made = done = 0
    after: PhotoId | None = None
    while len(known) and (batch := _unnamed(safe, after, now)):
        for photo_id, faces in batch:
            measured = _measure_again(safe, decoder, analyser, photo_id, faces, now=now)
            made += _keep_suggestions(safe, analyser, photo_id, measured, known, now=now, day=day)
            done += 1
            on_progress(done)
        after = batch[-1][0]
    return made


def _unnamed(safe: Safe, after: PhotoId | None, now: datetime) -> list[tuple[PhotoId, list[Face]]]:
    """The next photos with faces that nobody has named or resolved."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        wanted = Filter(untagged=True, stage=Stage.ANALYSED)
        photos = view.photos.page(wanted, after=after, limit=_BATCH)
        return [(photo.id, open_faces(view, photo.id)) for photo in photos]


def open_faces(view: View, photo_id: PhotoId) -> list[Face]:
    """The faces of a photo that have no confirmed name and no resolution."""
    links = view.faces.links(photo_id)
    named = {link.face_id for link in links if link.state is LinkState.CONFIRMED}
    faces = view.faces.of(photo_id)
    return [face for face in faces if face.id not in named and face.resolution is Resolution.OPEN]


def _keep_suggestions(
    safe: Safe,
    analyser: FaceAnalyser,
    photo_id: PhotoId,
    measured: Sequence[Measured],
    known: Gallery,
    *,
    now: datetime,
    day: date,
) -> int:
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as view:
        if not suggest(view, measured, known, analyser.match_threshold, day):
            return 0
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as tx:
        links = suggest(tx, measured, known, analyser.match_threshold, day)
        made = sum(tx.faces.link(replace(link, changed_at=now)) for link in links)
        refresh(tx, [photo_id], day)
        tx.record(Event("face:suggest", photo_id, detail=f"suggestions={made}"))
    return made
