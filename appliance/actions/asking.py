"""Asking people for a quitclaim: by a personal link, a poster, a tablet, or on paper.

A request names the version of the template that is asked, so that what is read is what is kept. The link
is shown once; of its token only the hash is kept.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.actions.bell import Bell
from appliance.actions.mailing import Office, can_mail, queue
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import QuitclaimId
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId, Standing
from appliance.domain.photos import ShootId
from appliance.domain.signing import SHARED, Channel, Request, RequestId, RequestState, lasts
from appliance.domain.templates import Template, TemplateId
from appliance.domain.wording import Language
from appliance.mail.messages import Reader, request_to_sign
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.passwords import token_hash
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was just made, with the token of its link: shown now, and never again."""

    request: Request
    token: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request in the list."""

    request: Request
    state: RequestState
    template: Template
    person: Person | None


def ask(
    safe: Safe,
    template_id: TemplateId,
    people: Sequence[PersonId],
    channel: Channel,
    *,
    by: Actor,
    now: datetime,
    language: Language = Language.DUTCH,
    shoot_id: ShootId | None = None,
    renews: QuitclaimId | None = None,
) -> tuple[Asked, ...]:
    """Ask each person for a quitclaim, by a link of their own.

    Raises:
        Mistake: when the template is retired or lacks the language; when nobody is asked; when an e-mail
            is asked for and an address is missing.
    """
    if channel in SHARED or not people:
        raise Mistake("request:nobody", "Choose whom to ask.", "A poster or tablet asks whoever comes.")
    with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now) as tx:
        template = _usable(tx, template_id, language)
        asked = []
        for person in (tx.people.get(person_id) for person_id in people):
            _require_askable(person, channel)
            asked.append(
                add_request(
                    tx, template, channel, language, person_id=person.id, shoot_id=shoot_id, renews=renews
                )
            )
    return tuple(asked)


def ask_by_mail(
    safe: Safe,
    template_id: TemplateId,
    people: Sequence[PersonId],
    office: Office,
    *,
    by: Actor,
    now: datetime,
    bell: Bell,
    language: Language = Language.DUTCH,
    shoot_id: ShootId | None = None,
) -> tuple[Asked, ...]:
    """Ask each person by e-mail, with a link of their own in it.

    Raises:
        Mistake: as `ask` does, and when no mail server is set.
    """
    if not people:
        raise Mistake("request:nobody", "Choose whom to ask.")
    with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now) as tx:
        template = _usable(tx, template_id, language)
        if not can_mail(tx):
            raise Mistake("mail:not_set", "No mail server is set.", "Fill in the mail settings first.")
        asked = []
        for person in (tx.people.get(person_id) for person_id in people):
            _require_askable(person, Channel.EMAIL)
            one = add_request(tx, template, Channel.EMAIL, language, person_id=person.id, shoot_id=shoot_id)
            _mail(tx, template, person, one, office)
            asked.append(one)
    bell.deliver()
    return tuple(asked)


def _mail(tx: Transaction, template: Template, person: Person, asked: Asked, office: Office) -> None:
    to = Reader(person.email, asked.request.language, office.organisation, person.name)
    message = request_to_sign(
        to,
        office.form(asked.token),
        asked.request.expires_at.date(),
        basis=template.basis,
        guardian=template.guardians > 0,
    )
    queue(tx, message, person.id)


def ask_whoever_comes(
    safe: Safe,
    template_id: TemplateId,
    channel: Channel,
    *,
    by: Actor,
    now: datetime,
    language: Language = Language.DUTCH,
    shoot_id: ShootId | None = None,
) -> Asked:
    """One link for many: a poster's QR code, or a tablet that is handed around. They fill in who they are."""
    if channel not in SHARED:
        raise Mistake("request:nobody", "Choose whom to ask.", "A poster or tablet asks whoever comes.")
    with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now) as tx:
        template = _usable(tx, template_id, language)
        return add_request(tx, template, channel, language, person_id=None, shoot_id=shoot_id, renews=None)


def _usable(view: View, template_id: TemplateId, language: Language) -> Template:
    template = view.templates.get(template_id)
    if not template.in_use:
        raise Mistake("template:retired", "This template is no longer in use.", "Choose another one.")
    if language not in template.texts:
        raise Mistake(
            "template:no_language",
            "This template has no text in that language.",
            "Write it, or ask otherwise.",
        )
    return template


def _require_askable(person: Person, channel: Channel) -> None:
    if person.standing is Standing.NEVER_PHOTOGRAPH:
        raise Mistake(
            "request:never_photograph",
            "Somebody in the list never wants to be photographed.",
            "Leave them in peace; they can always come back to it themselves.",
        )
    if channel is Channel.EMAIL and not person.email:
        raise Mistake(
            "request:no_address", "Somebody in the list has no e-mail address.", "Fill it in, or use a link."
        )


def add_request(
    tx: Transaction,
    template: Template,
    channel: Channel,
    language: Language,
    *,
    person_id: PersonId | None = None,
    shoot_id: ShootId | None = None,
    renews: QuitclaimId | None = None,
) -> Asked:
    """Write a request and make its link, within a transaction that is open already."""
    token = secrets.token_urlsafe(32)
    request = Request(
        id=RequestId(new_id()),
        template_id=template.id,
        template_version=template.version,
        channel=channel,
        language=language,
        created_at=tx.now,
        created_by=tx.by.id,
        expires_at=tx.now + lasts(channel),
        person_id=person_id,
        shoot_id=shoot_id,
        renews=renews,
    )
    tx.requests.add(request, token_hash(token))
    tx.record(Event("request:make", request.id, detail=f"channel={channel} person={person_id or '-'}"))
    return Asked(request, token)


def new_link(safe: Safe, request_id: RequestId, *, by: Actor, now: datetime) -> Asked:
    """A fresh link for an open request, when the first was lost; the first opens nothing from now on."""
    token = secrets.token_urlsafe(32)
    with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now, on=request_id) as tx:
        request = tx.requests.get(request_id)
        if request.state(now) is not RequestState.OPEN:
            raise Mistake("request:closed", "This request is closed.", "Ask anew.")
        renewed = replace(request, expires_at=now + lasts(request.channel))
        tx.requests.replace(renewed)
        tx.requests.renew_token(request_id, token_hash(token))
        tx.record(Event("request:link", request_id))
    return Asked(renewed, token)


def cancel_request(safe: Safe, request_id: RequestId, *, by: Actor, now: datetime) -> None:
    """Take a request back; its link opens nothing from now on."""
    with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now, on=request_id) as tx:
        request = tx.requests.get(request_id)
        if request.state(now) is not RequestState.OPEN:
            raise Mistake("request:closed", "This request is closed.", "There is nothing to take back.")
        tx.requests.replace(replace(request, cancelled_at=now))
        tx.record(Event("request:cancel", request_id))


def requests(safe: Safe, *, by: Actor, now: datetime, limit: int = 200) -> tuple[RequestView, ...]:
    """The latest requests and how they stand, newest first."""
    with safe.store.begin(by=by, to=Permission.QUITCLAIM_VIEW, now=now, durable=False) as view:
        found = tuple(request_view(view, request, now) for request in view.requests.recent(limit))
        view.record(Event("quitclaim:requests", detail=f"requests={len(found)}"))
    return found


def requests_of(safe: Safe, person_id: PersonId, *, by: Actor, now: datetime) -> tuple[RequestView, ...]:
    """What somebody was asked, newest first."""
    with safe.store.look(by=by, to=Permission.QUITCLAIM_VIEW, now=now, on=person_id) as view:
        return tuple(request_view(view, request, now) for request in view.requests.of_person(person_id))


def request_view(view: View, request: Request, now: datetime) -> RequestView:
    """A request with its template and whom it asks, within a transaction that is open already."""
    return RequestView(
        request=request,
        state=request.state(now),
        template=view.templates.get(request.template_id, request.template_version),
        person=view.people.get(request.person_id) if request.person_id else None,
    )
