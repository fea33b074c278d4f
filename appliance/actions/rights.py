"""Requests of subjects: recorded with their last day, answered with one export, closed with what was done."""

import html
import json
import zipfile
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO

from appliance.actions.lights import refresh
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.people import Limit, Person, PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.portability import boxes_of_others, own_faces, person_as_data, quitclaim_as_data
from appliance.domain.retention import due
from appliance.domain.rights import (
    LONGEST_NOTE,
    Right,
    RightsRequest,
    RightsRequestId,
    RightsState,
    due_on,
    limit_of,
)
from appliance.domain.wording import Language
from appliance.imaging.copies import blurred, proxy
from appliance.imaging.decode import Decoder
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe

_MOST_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class RightsView:
    """A request, and whose it is."""

    request: RightsRequest
    person: Person
    overdue: bool


def record_request(
    safe: Safe, person_id: PersonId, right: Right, received_on: date, *, by: Actor, now: datetime, day: date
) -> RightsRequest:
    """Record that somebody asked for something; it is to be answered within a month.

    Raises:
        Mistake: when the day has not come yet.
    """
    if received_on > day:
        raise Mistake("rights:bad_day", "That day has not come yet.", "Fill in when it was received.")
    with safe.store.begin(by=by, to=Permission.RIGHTS_EDIT, now=now, on=person_id) as tx:
        request = RightsRequest(
            RightsRequestId(new_id()),
            tx.people.get(person_id).id,
            right,
            received_on,
            due_on(received_on),
            RightsState.OPEN,
            "",
            now,
            by.id,
        )
        tx.rights.put(request)
        _limit(tx, request.person_id, day)
        tx.record(Event("rights:receive", request.id, detail=f"{right} person={request.person_id}"))
    return request


def extend_request(
    safe: Safe, request_id: RightsRequestId, note: str, *, by: Actor, now: datetime, day: date
) -> RightsRequest:
    """Take two months more, with the reason that is told to whoever asked (article 12, paragraph 3).

    Raises:
        Mistake: without a reason, after the first month, or when it was extended or closed already.
    """
    with safe.store.begin(by=by, to=Permission.RIGHTS_EDIT, now=now, on=request_id) as tx:
        request = _open(tx, request_id)
        if request.state is not RightsState.OPEN or day > request.due_on:
            raise Mistake("rights:not_longer", "This request can no longer be extended.", "Answer it now.")
        longer = replace(
            request,
            state=RightsState.EXTENDED,
            due_on=due_on(request.received_on, 3),
            note=_said(note),
        )
        tx.rights.put(longer)
        tx.record(Event("rights:extend", request_id))
    return longer


def close_request(
    safe: Safe, request_id: RightsRequestId, note: str, *, done: bool, by: Actor, now: datetime, day: date
) -> RightsRequest:
    """Close a request: done, or refused with the reason. What was granted goes on limiting until lifted.

    Raises:
        Mistake: without saying what was done or why not, or when it was closed already.
    """
    with safe.store.begin(by=by, to=Permission.RIGHTS_EDIT, now=now, on=request_id) as tx:
        state = RightsState.DONE if done else RightsState.REFUSED
        closed = replace(_open(tx, request_id), state=state, note=_said(note), closed_at=now)
        tx.rights.put(closed)
        _limit(tx, closed.person_id, day)
        tx.record(Event("rights:close", request_id, detail=state.value))
    return closed


def lift_limit(
    safe: Safe, request_id: RightsRequestId, note: str, *, by: Actor, now: datetime, day: date
) -> RightsRequest:
    """End a restriction or an objection that was granted; whoever asked must be told before (article 18, 3).

    Raises:
        Mistake: without saying why, or when the request limits nothing.
    """
    with safe.store.begin(by=by, to=Permission.RIGHTS_EDIT, now=now, on=request_id) as tx:
        request = tx.rights.get(request_id)
        if limit_of([request]) is Limit.NONE or request.open:
            raise Mistake("rights:no_limit", "This request limits nothing.", "Choose one that was granted.")
        lifted = replace(request, note=_said(note), lifted_at=now)
        tx.rights.put(lifted)
        _limit(tx, lifted.person_id, day)
        tx.record(Event("rights:lift", request_id))
    return lifted


def _limit(tx: Transaction, person_id: PersonId, day: date) -> None:
    """Let somebody's requests reach the lights of their photos, at once."""
    person = tx.people.get(person_id)
    limited = limit_of(tx.rights.of_person(person_id))
    if limited is not person.limited:
        tx.people.replace(replace(person, limited=limited))
        refresh(tx, tx.people.photos_of(person_id), day)


def _open(tx: Transaction, request_id: RightsRequestId) -> RightsRequest:
    request = tx.rights.get(request_id)
    if not request.open:
        raise Mistake("rights:closed", "This request was closed already.")
    return request


def _said(note: str) -> str:
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise Mistake("rights:no_note", "Say what was done, or why not.", "Use at most 2000 letters.")
    return note.strip()


def rights_requests(safe: Safe, *, by: Actor, now: datetime, day: date) -> tuple[RightsView, ...]:
    """Every request, the most urgent first."""
    with safe.store.look(by=by, to=Permission.RIGHTS_VIEW, now=now) as view:
        found = view.rights.all()
        people = view.people.many({one.person_id for one in found})
        return tuple(
            RightsView(one, people[one.person_id], one.overdue(day))
            for one in found
            if one.person_id in people
        )


def export_person(
    safe: Safe,
    decoder: Decoder,
    person_id: PersonId,
    *,
    language: Language,
    by: Actor,
    now: datetime,
    day: date,
) -> bytes:
    """Everything about one person, as a ZIP with an index page, JSON and files (articles 15 and 20).

    Everybody else's faces in the photos are blurred. It says who looked, who received copies, on which
    basis, and until when each photo is kept.
    """
    with safe.store.begin(by=by, to=Permission.RIGHTS_EDIT, now=now, on=person_id) as tx:
        person = tx.people.get(person_id)
        photos = tx.people.photos_of(person.id)
        told = _told(tx, person, photos)
        tx.record(Event("rights:export", person.id, detail=f"photos={len(photos)}"))
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2))
        archive.writestr("index.html", _index(told, language, day))
        for photo_id in photos:
            data = _picture(safe, decoder, person.id, photo_id, by=by, now=now)
            if data:
                archive.writestr(f"photos/{photo_id}.jpg", data)
        for name, data in _documents(safe, person.id, by=by, now=now):
            archive.writestr(f"documents/{name}.pdf", data)
    return written.getvalue()


def _told(view: View, person: Person, photos: list[PhotoId]) -> dict[str, object]:
    rules = view.retention.rules()
    facts = view.photos.facts(photos)
    seen = [entry for p in photos for entry in view.audit.search(thing=p, limit=_MOST_ENTRIES)]
    return {
        "person": person_as_data(person),
        "quitclaims": [quitclaim_as_data(version) for version in view.consent.of_person(person.id)],
        "photos": [
            {
                "id": p,
                "file": facts[p].photo.name,
                "taken_at": str(facts[p].photo.capture.taken_at or ""),
                "kept_until": due(facts[p], rules).on.isoformat(),
            }
            for p in photos
        ],
        "recipients": [
            {"photo": p, "purpose": one.purpose.value, "at": one.made_at.isoformat(), "to": one.recipient}
            for p in photos
            for one in view.releases.of_photo(p)
        ],
        "viewed": [
            {"photo": e.event.thing, "what": e.event.action, "at": e.at.isoformat(), "by": e.actor_kind}
            for e in seen
        ],
        "face_templates": view.people.template_count(person.id),
        "requests": [
            {"right": one.right.value, "received": one.received_on.isoformat(), "state": one.state.value}
            for one in view.rights.of_person(person.id)
        ],
    }


def _picture(
    safe: Safe, decoder: Decoder, person_id: PersonId, photo_id: PhotoId, *, by: Actor, now: datetime
) -> bytes:
    """A photo with everybody else blurred; empty for one that was not examined."""
    with safe.store.look(by=by, to=Permission.RIGHTS_EDIT, now=now, on=photo_id) as view:
        if view.photos.kept(photo_id, BlobKind.PROXY) is None:
            return b""
        others = boxes_of_others(view.faces.of(photo_id), own_faces(view.faces.links(photo_id), person_id))
        data = safe.read(view, photo_id, BlobKind.PROXY)
    return proxy(blurred(decoder.decode(data).pixels, others)) if others else data


def _documents(safe: Safe, person_id: PersonId, *, by: Actor, now: datetime) -> list[tuple[str, bytes]]:
    with safe.store.look(by=by, to=Permission.RIGHTS_EDIT, now=now, on=person_id) as view:
        theirs = {version.id for version in view.consent.of_person(person_id)}
        return [
            (one, safe.blobs.read(kept.place, key=safe.ring.unwrap(wrapped, one), about=f"{one}/document"))
            for one, kept, wrapped in view.evidence.all()
            if kept.quitclaim_id in theirs
        ]


_HEADINGS = {
    "person": ("Wat we van u weten", "What we know of you"),
    "quitclaims": ("Wat u heeft toegestaan", "What you permitted"),
    "photos": (
        "Foto's waarop u staat, en tot wanneer we ze bewaren",
        "Photos of you, and until when we keep them",
    ),
    "recipients": ("Wie een kopie kreeg", "Who received a copy"),
    "viewed": ("Wanneer ernaar is gekeken", "When they were looked at"),
    "requests": ("Wat u heeft gevraagd", "What you asked"),
    "face_templates": ("Gezichtssjablonen", "Face templates"),
}


def _index(told: dict[str, object], language: Language, day: date) -> str:
    """A page without scripts that a browser opens from the ZIP."""
    pick = 0 if language is Language.DUTCH else 1
    title = ("Uw gegevens", "Your data")[pick]
    parts = [f"<h1>{title}</h1><p>{day.isoformat()}</p>"]
    for key, heading in _HEADINGS.items():
        parts.append(f"<h2>{html.escape(heading[pick])}</h2>{_shown(told[key])}")
    pictures = told["photos"]
    assert isinstance(pictures, list)  # noqa: S101 - made above
    parts += [f'<p><img src="photos/{one["id"]}.jpg" alt="" width="320"></p>' for one in pictures]
    return (
        f'<!doctype html>\n<html lang="{language.value}"><meta charset="utf-8"><title>{title}</title>\n'
        "<style>body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
        "td{padding:.2rem .8rem .2rem 0;vertical-align:top}</style>\n" + "\n".join(parts) + "</html>\n"
    )


def _shown(value: object) -> str:
    if isinstance(value, dict):
        cells = "".join(
            f"<tr><td>{html.escape(key)}</td><td>{_shown(one)}</td></tr>" for key, one in value.items()
        )
        return f"<table>{cells}</table>"
    if isinstance(value, list):
        return "".join(f"<div>{_shown(one)}</div>" for one in value) or "-"
    return html.escape("-" if value in (None, "") else str(value))
