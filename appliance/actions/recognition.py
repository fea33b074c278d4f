"""Recognition: off until two people switch it on, and then only for those who agreed, within their shoot.

No template exists without a live recognition consent (P3); an embedding that matches nobody is never
written. Each question is asked of the consents of the day, so a withdrawal works at once.
"""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from appliance.actions.lights import refresh
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Purpose, Why, permission
from appliance.domain.people import Link, LinkState, Person, PersonId
from appliance.domain.photos import Face, Photo, PhotoId, Resolution
from appliance.domain.proposals import Act, Answer, Proposal, ProposalId, Wanted
from appliance.domain.recognition import Recognition, Switch, approve, impossible, in_scope, propose
from appliance.domain.shoots import Shoot
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.safe import Safe
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.match import Gallery, Match

_SETTING = "recognition"


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
        return _proposed(view.proposals.latest(Act.RECOGNITION))
    row = json.loads(kept)
    return Recognition(
        switch=Switch(row["switch"]),
        dpia=row["dpia"],
        proposed_by=row["proposed_by"],
        proposed_at=_moment(row["proposed_at"]),
        approved_by=row["approved_by"],
        approved_at=_moment(row["approved_at"]),
    )


def _proposed(proposal: Proposal | None) -> Recognition:
    if proposal is None:
        return Recognition()
    return Recognition(
        Switch.PROPOSED, proposal.wanted.details["dpia"], proposal.proposed_by, proposal.proposed_at
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _close(tx: Transaction, answer: Answer, *, done: bool = False) -> None:
    """Answer what was proposed, when something was."""
    waiting = tx.proposals.latest(Act.RECOGNITION)
    if waiting is not None:
        tx.proposals.replace(
            replace(
                waiting,
                answer=answer,
                answered_by=tx.by.id,
                answered_at=tx.now,
                done_at=tx.now if done else None,
            )
        )


def propose_recognition(safe: Safe, dpia: str, *, by: Actor, now: datetime) -> Recognition:
    """Ask for recognition, on an assessment; a privacy officer must approve it (P1).

    Raises:
        Mistake: when it is on already, or without the reference of an assessment.
    """
    with safe.store.begin(by=by, to=Permission.RECOGNITION_PROPOSE, now=now) as tx:
        changed = propose(setting(tx), dpia, by.id, now)
        _close(tx, Answer.WITHDRAWN)  # proposed anew, on another assessment
        wanted = Wanted(Act.RECOGNITION, details={"dpia": changed.dpia})
        tx.proposals.add(Proposal(ProposalId(new_id()), wanted, by.id, now))
        tx.record(Event("recognition:propose"))
    return changed


def approve_recognition(safe: Safe, *, by: Actor, now: datetime) -> Recognition:
    """Agree to recognition as it was proposed; from then on shoots may use it.

    Raises:
        Mistake: when nothing was proposed.
        NotAllowed: when it is the same person who proposed it.
    """
    with safe.store.begin(by=by, to=Permission.RECOGNITION_APPROVE, now=now) as tx:
        changed = approve(setting(tx), by.id, now)
        _close(tx, Answer.APPROVED, done=True)
        tx.settings.put(_SETTING, json.dumps(asdict(changed), default=datetime.isoformat))
        tx.record(Event("recognition:approve"))
    return changed


def stop_recognition(safe: Safe, *, by: Actor, now: datetime, day: date) -> None:
    """Switch recognition off, or turn a proposal down. One person is enough.

    Every template goes, and every suggestion that nobody answered: what is not used is not kept.
    """
    with safe.store.begin(by=by, to=Permission.RECOGNITION_STOP, now=now) as tx:
        _close(tx, Answer.WITHDRAWN if _is_own(tx) else Answer.REFUSED)
        tx.settings.delete(_SETTING)
        forgotten = tx.people.forget_all_templates()
        refresh(tx, tx.faces.take_back_suggestions(), day)
        tx.record(Event("recognition:stop", detail=f"forgotten={forgotten}"))


def _is_own(tx: Transaction) -> bool:
    return setting(tx).proposed_by == tx.by.id


def agrees(view: View, person_id: PersonId, day: date) -> bool:
    """Whether somebody's consent to recognition is live on a day."""
    versions = view.consent.of_person(person_id)
    born = view.people.get(person_id).birth_date
    return permission(versions, Purpose.RECOGNITION, day, born).why is Why.PERMITTED


def forget_unless_agreed(tx: Transaction, person_id: PersonId, day: date) -> int:
    """Delete somebody's templates and suggestions when their consent to recognition is not live (P5)."""
    if agrees(tx, person_id, day):
        return 0
    refresh(tx, tx.faces.take_back_suggestions(of=person_id), day)
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


def gallery(
    view: View, pack: str, shoot: Shoot | None, day: date, *, only: AbstractSet[PersonId] | None = None
) -> Gallery:
    """The templates of those who may be looked for in a shoot on this day; empty when it is off.

    only: further restricts it, to people who were enrolled just now.
    """
    setting_now = setting(view)
    if not setting_now.on or shoot is None or shoot.recognition is None:
        return Gallery(())
    rows = view.people.templates(pack)
    enrolled = {person_id for person_id, _ in rows if only is None or person_id in only}
    agreed = {person_id for person_id in enrolled if agrees(view, person_id, day)}
    wanted = in_scope(setting_now, shoot, agreed)
    return Gallery([(p, np.frombuffer(vector, "<f4")) for p, vector in rows if p in wanted])


def shoot_of(view: View, photo: Photo) -> Shoot | None:
    """The shoot of a photo; None when it has none."""
    return view.shoots.get(photo.shoot_id) if photo.shoot_id else None


def suggest(
    view: View, measured: Sequence[Measured], known: Gallery, threshold: float, day: date
) -> list[Link]:
    """Suggestions for the open faces of one photo: a person at most once, no rejected pair again (P7).

    known: who was looked for when the work began; whoever is not looked for any more is left out.
    threshold: the largest distance that is still a suggestion.
    """
    if not measured:
        return []
    faces = [one.face for one in measured]
    embeddings = np.stack([one.embedding for one in measured])
    matches = known.assign(embeddings, threshold, _barred(view, faces))
    agreed = {m.person_id for m in matches if m is not None and agrees(view, m.person_id, day)}
    wanted = in_scope(setting(view), shoot_of(view, view.photos.get(faces[0].photo_id)), agreed)
    return [
        _suggestion(face, match)
        for face, match in zip(faces, matches, strict=True)
        if match is not None and match.person_id in wanted
    ]


def _barred(view: View, faces: Sequence[Face]) -> list[set[PersonId]]:
    """For each face: who was rejected for it, who already stands elsewhere in it, who was not born yet."""
    photo = view.photos.get(faces[0].photo_id)
    links = view.faces.links(photo.id)
    present = {link.person_id for link in links if link.state is LinkState.CONFIRMED}
    rejected = {(link.face_id, link.person_id) for link in links if link.state is LinkState.REJECTED}
    taken_on = photo.capture.taken_at.date() if photo.capture.taken_at else None
    unborn = {
        person_id
        for person_id, born in view.people.birth_dates().items()
        if impossible(Person(person_id, "", birth_date=born), taken_on)
    }
    nobody = present | unborn
    return [nobody | {person for face_id, person in rejected if face_id == face.id} for face in faces]


def _suggestion(face: Face, match: Match) -> Link:
    return Link(face.id, match.person_id, LinkState.SUGGESTED, match.distance)


def keep_suggestions(
    safe: Safe,
    analyser: FaceAnalyser,
    photo_id: PhotoId,
    measured: Sequence[Measured],
    known: Gallery,
    *,
    now: datetime,
    day: date,
) -> int:
    """Write the suggestions for one photo's faces that were measured. Returns how many are new."""
    threshold = analyser.match_among(len(known))
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as view:
        if not suggest(view, measured, known, threshold, day):
            return 0
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as tx:
        links = suggest(tx, measured, known, threshold, day)
        made = sum(tx.faces.link(replace(link, changed_at=now)) for link in links)
        refresh(tx, [photo_id], day)
        tx.record(Event("face:suggest", photo_id, detail=f"suggestions={made}"))
    return made


def open_faces(view: View, photo_id: PhotoId) -> list[Face]:
    """The faces of a photo that have no confirmed name and no resolution."""
    links = view.faces.links(photo_id)
    named = {link.face_id for link in links if link.state is LinkState.CONFIRMED}
    faces = view.faces.of(photo_id)
    return [face for face in faces if face.id not in named and face.resolution is Resolution.OPEN]
