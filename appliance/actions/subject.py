"""The subject's own page: what I agreed to, my photos, who received them; changing it, and taking it back.

The link in somebody's hands is the right to all of this, of that person alone. Withdrawing takes one step
(GDPR article 7, paragraph 3; P11).
"""

import json
import secrets
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO

from appliance.actions.asking import RequestView, request_view
from appliance.actions.bell import Bell
from appliance.actions.consent import QuitclaimView, views
from appliance.actions.evidence import document
from appliance.actions.lights import refresh
from appliance.actions.mailing import Office, can_mail, queue
from appliance.actions.notices import tell_users_of
from appliance.actions.recognition import agrees, forget_unless_agreed, setting
from appliance.actions.signing import subject
from appliance.domain.access import Permission
from appliance.domain.audit import Event
from appliance.domain.consent import (
    GUARDIAN_UNTIL,
    Answer,
    Basis,
    Purpose,
    Quitclaim,
    Signer,
    versions_on,
)
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import Person, PersonId, age
from appliance.domain.photos import PhotoId
from appliance.domain.portability import boxes_of_others, own_faces, person_as_data, quitclaim_as_data
from appliance.domain.recalls import RecallState
from appliance.domain.signing import Channel, Evidence, EvidenceId, Request, RequestId, lasts
from appliance.domain.wording import Language
from appliance.imaging.copies import blurred, proxy
from appliance.imaging.decode import Decoder
from appliance.mail.messages import Reader, withdrawal_confirmation
from appliance.store.database import View
from appliance.store.ids import new_id
from appliance.store.passwords import token_hash
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe
from appliance.vision.analyser import FaceAnalyser

MOST_PHOTOS = 500


@dataclass(frozen=True, slots=True)
class Received:
    """A copy that left with somebody in it."""

    photo_id: PhotoId
    purpose: Purpose
    made_at: datetime
    recipient: str  # of whom the subject may know (GDPR article 15, paragraph 1, point c)
    recall: RecallState | None


@dataclass(frozen=True, slots=True)
class OwnPage:
    """All that somebody's own page shows. minor: whether a guardian still signs for them."""

    person: Person
    quitclaims: tuple[QuitclaimView, ...]
    documents: tuple[Evidence, ...]
    photos: tuple[PhotoId, ...]
    received: tuple[Received, ...]
    requests: tuple[RequestView, ...]
    minor: bool
    recognition: bool  # whether they agreed to it, and the box uses it
    templates: int


def own_page(safe: Safe, token: str, *, now: datetime, day: date) -> OwnPage:
    """What somebody finds behind their own link.

    Raises:
        NotAllowed: when the link opens nothing.
    """
    person_id = _whose(safe, token, now=now)
    with safe.store.begin(
        by=subject(person_id), to=Permission.OWN_VIEW, now=now, on=person_id, durable=False
    ) as tx:
        found = _page(tx, person_id, now, day)
        tx.record(Event("own:view", person_id))
    return found


def require_own_link(safe: Safe, token: str, *, now: datetime) -> None:
    """Refuse a link that opens nobody's page.

    Raises:
        NotAllowed: when it opens nothing.
    """
    _whose(safe, token, now=now)


def _whose(safe: Safe, token: str, *, now: datetime) -> PersonId:
    with safe.store.look(by=subject("own"), to=Permission.OWN_VIEW, now=now) as view:
        person_id = view.requests.own_link(token_hash(token), now)
    if person_id is None:
        raise NotAllowed("own:over", "This link no longer works.", "Ask the organisation for a new one.")
    return person_id


def _page(view: View, person_id: PersonId, now: datetime, day: date) -> OwnPage:
    person = view.people.get(person_id)
    quitclaims = views(view.consent.of_person(person_id), day)
    photos = tuple(view.people.photos_of(person_id)[:MOST_PHOTOS])
    copies = [release for photo_id in photos for release in view.releases.of_photo(photo_id)]
    recalled = view.recalls.of_releases([release.id for release in copies])
    received = [
        Received(
            release.photo_id,
            release.purpose,
            release.made_at,
            release.recipient.name or release.medium,
            recalled[release.id].state if release.id in recalled else None,
        )
        for release in copies
    ]
    requests = [request_view(view, request, now) for request in view.requests.of_person(person_id)]
    return OwnPage(
        person=person,
        quitclaims=quitclaims,
        documents=tuple(d for one in quitclaims for d in view.evidence.of_quitclaim(one.current.id)),
        photos=photos,
        received=tuple(sorted(received, key=lambda one: one.made_at, reverse=True)),
        requests=tuple(requests),
        minor=_is_minor(person, day),
        recognition=setting(view).on and agrees(view, person_id, day),
        templates=view.people.template_count(person_id),
    )


def _is_minor(person: Person, day: date) -> bool:
    return person.birth_date is not None and age(person.birth_date, day) < GUARDIAN_UNTIL


def own_picture(safe: Safe, decoder: Decoder, token: str, photo_id: PhotoId, *, now: datetime) -> bytes:
    """One of somebody's photos as JPEG, everybody else in it blurred.

    Raises:
        NotAllowed: when they are not in it.
    """
    person_id = _whose(safe, token, now=now)
    with safe.store.begin(
        by=subject(person_id), to=Permission.OWN_VIEW, now=now, on=photo_id, durable=False
    ) as tx:
        own = own_faces(tx.faces.links(photo_id), person_id)
        if not own:
            raise NotAllowed("access:denied", "You have no right to do that.")
        others = boxes_of_others(tx.faces.of(photo_id), own)
        data = safe.read(tx, photo_id, BlobKind.PROXY)
        tx.record(Event("photo:preview", photo_id, detail="own"))
    pixels = decoder.decode(data).pixels
    return proxy(blurred(pixels, others) if others else pixels)


def own_document(safe: Safe, token: str, evidence_id: EvidenceId, *, now: datetime, day: date) -> bytes:
    """A document that somebody signed.

    Raises:
        NotAllowed: when it is somebody else's.
    """
    page = own_page(safe, token, now=now, day=day)
    if evidence_id not in {one.id for one in page.documents}:
        raise NotAllowed("access:denied", "You have no right to do that.")
    _, data = document(safe, evidence_id, by=subject(page.person.id), now=now, to=Permission.OWN_VIEW)
    return data


def withdraw_own(
    safe: Safe,
    token: str,
    purposes: Sequence[Purpose] = (),
    *,
    now: datetime,
    day: date,
    bell: Bell,
    office: Office,
    guardian: bool = False,
) -> tuple[Quitclaim, ...]:
    """Take back purposes, or all when none is named, of every consent of one's own. It works at once.

    guardian: whether a guardian does it; a child's own no cannot be overruled later (P15).

    Raises:
        Mistake: when there is nothing left to take back.
    """
    person_id = _whose(safe, token, now=now)
    signer = Signer.GUARDIAN if guardian else Signer.SUBJECT
    with safe.store.begin(by=subject(person_id), to=Permission.OWN_WITHDRAW, now=now, on=person_id) as tx:
        wanted = set(purposes) or set(Purpose)
        changed = [
            version
            for last in versions_on(tx.consent.of_person(person_id), day)
            if (version := _without(last, wanted, signer, now, day)) is not None
        ]
        if not changed:
            raise Mistake("quitclaim:nothing_to_withdraw", "There is nothing left to withdraw here.")
        for version in changed:
            tx.consent.append(version)
        forget_unless_agreed(tx, person_id, day)
        refresh(tx, tx.people.photos_of(person_id), day)
        tell_users_of(tx, person_id, wanted)
        gone = [purpose for purpose in Purpose if purpose in wanted]
        person = tx.people.get(person_id)
        if person.email and can_mail(tx):
            language = _language_of(tx, person_id)
            to = Reader(person.email, language, office.organisation, person.name)
            queue(tx, withdrawal_confirmation(to, gone, day, office.own_page(token)), person_id)
        tx.record(Event("own:withdraw", person_id, detail=" ".join(gone)))
    bell.deliver()
    return tuple(changed)


def _language_of(view: View, person_id: PersonId) -> Language:
    """The language in which somebody was asked last."""
    asked = view.requests.of_person(person_id)
    return asked[0].language if asked else Language.DUTCH


def _without(
    last: Quitclaim, wanted: set[Purpose], signer: Signer, now: datetime, day: date
) -> Quitclaim | None:
    """The next version of a consent, without some purposes; None when that changes nothing."""
    if last.basis is not Basis.CONSENT:
        return None
    terms = tuple(
        replace(term, answer=Answer.WITHDRAWN)
        if term.purpose in wanted and term.answer in (Answer.GRANTED, Answer.ASKED)
        else term
        for term in last.terms
    )
    if terms == last.terms:
        return None
    return replace(
        last, version=last.version + 1, recorded_at=now, recorded_on=day, terms=terms, signer=signer, note=""
    )


def ask_again(safe: Safe, token: str, *, now: datetime) -> str:
    """A fresh form for somebody who wants to change what they said. Returns the token of its link.

    It is the form they signed last, in its version of today.

    Raises:
        Mistake: when they never signed one here.
    """
    person_id = _whose(safe, token, now=now)
    form_token = secrets.token_urlsafe(32)
    with safe.store.begin(by=subject(person_id), to=Permission.OWN_SIGN, now=now, on=person_id) as tx:
        before = next((r for r in tx.requests.of_person(person_id) if r.answered_at is not None), None)
        if before is None:
            raise Mistake("own:no_form", "You have signed no form here yet.", "Ask the organisation for one.")
        template = tx.templates.get(before.template_id)
        request = Request(
            id=RequestId(new_id()),
            template_id=template.id,
            template_version=template.version,
            channel=Channel.LINK,
            language=before.language,
            created_at=now,
            created_by=before.created_by,
            expires_at=now + lasts(Channel.LINK),
            person_id=person_id,
        )
        tx.requests.add(request, token_hash(form_token))
        tx.record(Event("own:ask", request.id))
    return form_token


def own_copy(safe: Safe, decoder: Decoder, token: str, *, now: datetime, day: date) -> bytes:
    """Everything that is known of somebody, as a ZIP of JSON and files (GDPR articles 15 and 20)."""
    page = own_page(safe, token, now=now, day=day)
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("known.json", json.dumps(_told(page), ensure_ascii=False, indent=2))
        for one in page.documents:
            archive.writestr(f"documents/{one.id}.pdf", own_document(safe, token, one.id, now=now, day=day))
        for photo_id in page.photos:
            archive.writestr(f"photos/{photo_id}.jpg", own_picture(safe, decoder, token, photo_id, now=now))
    return written.getvalue()


def _told(page: OwnPage) -> dict[str, object]:
    return {
        "person": person_as_data(page.person),
        "quitclaims": [quitclaim_as_data(version) for one in page.quitclaims for version in one.versions],
        "photos": list(page.photos),
        "copies_that_left": [
            {
                "photo": one.photo_id,
                "purpose": one.purpose.value,
                "at": one.made_at.isoformat(),
                "recipient": one.recipient,
                "recall": one.recall.value if one.recall else None,
            }
            for one in page.received
        ],
        "face_templates": page.templates,
    }


def add_selfie(
    safe: Safe, decoder: Decoder, analyser: FaceAnalyser, token: str, data: bytes, *, now: datetime, day: date
) -> None:
    """Be recognised by a selfie: it is measured and not kept.

    Raises:
        Mistake: without consent to recognition, or when it does not show exactly one face.
        Unreadable: when it is no photo.
    """
    person_id = _whose(safe, token, now=now)
    with safe.store.look(by=subject(person_id), to=Permission.OWN_SIGN, now=now, on=person_id) as view:
        _require_agreed(view, person_id, day)
    pixels = decoder.decode(data, at_least=1000).pixels
    faces = analyser.find(pixels)
    if len(faces) != 1:
        raise Mistake("own:selfie", "The photo must show your face, and nobody else's.", "Take another one.")
    vector = analyser.embed(pixels, faces)[0].astype("<f4").tobytes()
    with safe.store.begin(by=subject(person_id), to=Permission.OWN_SIGN, now=now, on=person_id) as tx:
        _require_agreed(tx, person_id, day)
        tx.people.add_reference_template(new_id(), person_id, analyser.pack_name, vector)
        tx.record(Event("recognition:enrol", person_id, detail="selfie"))


def _require_agreed(view: View, person_id: PersonId, day: date) -> None:
    if not (setting(view).on and agrees(view, person_id, day)):
        raise Mistake(
            "own:no_recognition",
            "You did not agree to face recognition, or it is not used here.",
            "No selfie is needed.",
        )
