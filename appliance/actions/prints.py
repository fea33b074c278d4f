"""What is printed for an asking or a shoot: the paper form, the poster, and the photographer's sheet."""

from datetime import date, datetime

from appliance.actions.recognition import agrees
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import Box, ShootId
from appliance.domain.signing import Request, RequestId, RequestState
from appliance.domain.wording import Language
from appliance.evidence.prints import Listed, paper_form, poster, shoot_sheet
from appliance.imaging.copies import face_crop
from appliance.imaging.decode import Decoder
from appliance.store.database import View
from appliance.store.passwords import token_hash
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe

LONGEST_EVENT = 200


def print_form(
    safe: Safe, request_id: RequestId, token: str, link: str, *, by: Actor, now: datetime
) -> bytes:
    """The paper form of a request (PDF), with its link as a QR code. link: the address with the token.

    Raises:
        Mistake: when the token is not that of the request, or the request is closed.
    """
    with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now, on=request_id, durable=False) as tx:
        request = tx.requests.get(request_id)
        _require_link(tx.requests.by_token(token_hash(token)), request, now)
        template = tx.templates.get(request.template_id, request.template_version)
        person = tx.people.get(request.person_id) if request.person_id else None
        tx.record(Event("request:print", request_id, detail="form"))
    subject = person.name if person else ""
    return paper_form(template, request.language, request_id=request_id, code=link, subject=subject)


def print_poster(
    safe: Safe,
    request_id: RequestId,
    token: str,
    link: str,
    event: str,
    *,
    by: Actor,
    now: datetime,
    large: bool = False,
) -> bytes:
    """The poster of a request (PDF), A4 or, when large, A3. event: its heading.

    Raises:
        Mistake: without an event, when the token is not that of the request, or the request is closed.
    """
    heading = " ".join(event.split())
    if not heading or len(heading) > LONGEST_EVENT or not heading.isprintable():
        raise Mistake(
            "request:no_event",
            "A poster needs a heading.",
            "Fill in what the event is called, in at most {most} letters.",
            values={"most": LONGEST_EVENT},
        )
    with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now, on=request_id, durable=False) as tx:
        request = tx.requests.get(request_id)
        _require_link(tx.requests.by_token(token_hash(token)), request, now)
        template = tx.templates.get(request.template_id, request.template_version)
        tx.record(Event("request:print", request_id, detail="poster"))
    text = template.texts[request.language]
    return poster(heading, [text.title, text.controller], link, request.language, large=large)


def print_shoot_sheet(
    safe: Safe,
    decoder: Decoder,
    shoot_id: ShootId,
    language: Language,
    *,
    by: Actor,
    now: datetime,
    day: date,
) -> bytes:
    """The photographer's sheet of a shoot (PDF): who was invited, and what each of them wishes.

    A small picture helps to know somebody; only who agreed to be recognised has one.
    """
    with safe.store.begin(by=by, to=Permission.SHOOT_VIEW, now=now, on=shoot_id, durable=False) as tx:
        shoot = tx.shoots.get(shoot_id)
        invited = tx.people.many(shoot.invited).values()
        portraits = {one.id: _portrait(safe, tx, one.id) for one in invited if agrees(tx, one.id, day)}
        tx.record(Event("shoot:print", shoot_id, detail=f"people={len(invited)}"))
    listed = [
        Listed(one.name, one.standing, one.department, _cut_out(decoder, portraits.get(one.id)))
        for one in invited
    ]
    return shoot_sheet(shoot.name, shoot.day, listed, language, made_on=day)


def _portrait(safe: Safe, view: View, person_id: PersonId) -> tuple[bytes, Box] | None:
    """A photo of somebody and where their face is in it; None without one."""
    found = view.people.portrait(person_id)
    face = view.faces.get(found) if found else None
    if face is None or face.box is None:
        return None
    return safe.read(view, face.photo_id, BlobKind.PROXY), face.box


def _cut_out(decoder: Decoder, portrait: tuple[bytes, Box] | None) -> bytes | None:
    return face_crop(decoder.decode(portrait[0]).pixels, portrait[1]) if portrait else None


def _require_link(found: Request | None, request: Request, now: datetime) -> None:
    """What is printed must open this request: an older link opens nothing any more."""
    if found is None or found.id != request.id or request.state(now) is not RequestState.OPEN:
        raise Mistake("request:other_link", "This link opens nothing any more.", "Make a new link first.")
