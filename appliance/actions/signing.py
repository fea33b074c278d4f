"""Signing: what the subject's door shows behind a personal link, and what a signature does.

Nothing here takes an account: the token of the link is the right, for one request, until it is over.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.bell import Bell
from appliance.actions.evidence import Kept, Sealing, add_document, keep_document
from appliance.actions.lights import refresh
from appliance.actions.mailing import Office, can_mail, queue
from appliance.actions.recognition import forget_unless_agreed
from appliance.domain.access import Actor, Kind, Permission, UserId
from appliance.domain.addresses import is_address
from appliance.domain.audit import Event, Outcome
from appliance.domain.consent import GUARDIAN_UNTIL, Answer, Purpose, Quitclaim, QuitclaimId, Signer, Term
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.notices import Notice, NoticeId, NoticeKind
from appliance.domain.people import Person, PersonId, age
from appliance.domain.signing import (
    CODE_LASTS,
    MINE_LASTS,
    MOST_CODES,
    SHARED,
    Channel,
    IdentityCheck,
    Request,
    Signature,
    Signing,
    require_complete,
    require_open,
)
from appliance.domain.templates import Template, text_hash, until
from appliance.domain.wording import Language
from appliance.mail.messages import Reader, confirmation_code, signed_copy
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.passwords import token_hash
from appliance.store.safe import Safe

_CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class FormView:
    """What the signing page shows. code_needed: a code is to be sent to the address that is known."""

    request: Request
    template: Template
    person: Person | None
    language: Language
    code_needed: bool
    guardians_so_far: int


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled in. subject_name, email, birth_date: where the person is not known yet.

    granted: the purposes that were ticked; what was not ticked is a no.
    """

    granted: frozenset[Purpose]
    signature: Signature
    language: Language
    signed_by: str = ""
    subject_name: str = ""
    email: str = ""
    birth_date: date | None = None
    guardian: bool = False
    code: str = ""
    others: tuple[str, ...] = ()  # further guardians who signed the same paper


@dataclass(frozen=True, slots=True)
class Taking:
    """How a signature is taken: by whom, by which right, and with what proof of who signed.

    still_open: the request, looked up again in the transaction that keeps the signature. scans, paper_day:
    of a form that was signed with a pen.
    """

    by: Actor
    to: Permission
    identity: IdentityCheck
    still_open: Callable[[View], Request]
    token: str = ""  # of the link, where there was one
    scans: tuple[bytes, ...] = ()
    paper_day: date | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """What came of it. own_token: the link to the subject's own page, shown now and mailed if possible.

    complete: False while another guardian has yet to sign.
    """

    quitclaim: Quitclaim
    person: Person
    signing: Signing
    own_token: str
    channel: Channel
    complete: bool
    mailed: bool


def subject(of: str) -> Actor:
    """Somebody at the subject's door. of: the opaque id of what the link is for."""
    return Actor(Kind.SUBJECT, of)


def open_form(safe: Safe, token: str, *, now: datetime) -> FormView:
    """What a link asks.

    Raises:
        NotAllowed: when the link opens nothing, or its time is over.
        Mistake: when it was answered already.
    """
    with safe.store.look(by=subject("form"), to=Permission.OWN_SIGN, now=now) as view:
        return form_view(view, _request(view, token, now))


def _request(view: View, token: str, now: datetime) -> Request:
    request = view.requests.by_token(token_hash(token))
    if request is None:
        raise NotAllowed("request:over", "This link no longer works.", "Ask for a new one.")
    require_open(request, now)
    return request


def form_view(view: View, request: Request) -> FormView:
    """What a request asks, within a transaction that is open already."""
    person = view.people.get(request.person_id) if request.person_id else None
    return FormView(
        request=request,
        template=view.templates.get(request.template_id, request.template_version),
        person=person,
        language=request.language,
        code_needed=bool(person and person.email) and request.channel not in SHARED and can_mail(view),
        guardians_so_far=len(_guardians_so_far(view, request)),
    )


def send_code(safe: Safe, token: str, office: Office, *, now: datetime, bell: Bell) -> None:
    """Mail a fresh confirmation code for a link to the address that is known; earlier ones end.

    Raises:
        NotAllowed: when the link is over.
        Mistake: when no address is known, or no mail server is set.
    """
    code = "".join(secrets.choice("0123456789") for _ in range(_CODE_DIGITS))
    with safe.store.begin(by=subject("form"), to=Permission.OWN_SIGN, now=now) as tx:
        request = _request(tx, token, now)
        person = form_view(tx, request).person
        if person is None or not person.email:
            raise Mistake("request:no_address", "No e-mail address is known.", "Ask the organisation.")
        if not can_mail(tx):
            raise Mistake("mail:not_set", "No mail server is set.", "Fill in the mail settings first.")
        tx.requests.put_code(token_hash(token), _code_hash(safe, code), now)
        to = Reader(person.email, request.language, office.organisation, person.name)
        queue(tx, confirmation_code(to, code, int(CODE_LASTS.total_seconds() // 60)), person.id)
        tx.record(Event("request:code", request.id))
    bell.deliver()


def _code_hash(safe: Safe, code: str) -> str:
    return safe.ring.pseudonym(f"code:{code}")


def sign(
    safe: Safe,
    sealing: Sealing,
    token: str,
    filled: Filled,
    office: Office,
    *,
    now: datetime,
    day: date,
    bell: Bell,
) -> Signed:
    """Take a signature: keep the sealed document, and the quitclaim that it proves, as one.

    Raises:
        Mistake: when something is missing, or a guardian must sign.
        NotAllowed: when the link is over, or the code is wrong.
    """
    identity = _identify(safe, token, filled, now=now)
    with safe.store.look(by=subject("form"), to=Permission.OWN_SIGN, now=now) as view:
        request_id = _request(view, token, now).id
    taking = Taking(
        by=subject(request_id),
        to=Permission.OWN_SIGN,
        identity=identity,
        still_open=lambda view: _request(view, token, now),
        token=token,
    )
    signed = take(safe, sealing, taking, filled, office, now=now, day=day)
    bell.deliver()
    return signed


def take(
    safe: Safe, sealing: Sealing, taking: Taking, filled: Filled, office: Office, *, now: datetime, day: date
) -> Signed:
    """Take a signature down, however it was given: on a screen by its link, or on paper by somebody of staff.

    Raises:
        Mistake: when something is missing, or a guardian must sign.
    """
    with safe.store.look(by=taking.by, to=taking.to, now=now) as view:
        form = form_view(view, taking.still_open(view))
        before = _before(view, form.request)
    person = form.person or _newcomer(filled, day)
    if form.person is not None and form.person.birth_date is None and filled.birth_date is not None:
        person = replace(form.person, birth_date=filled.birth_date)
    signer = _signer(form, person, filled, taking.paper_day or day)
    signing = _signing(form, person, filled, signer, taking.identity, now)
    require_complete(signing, form.template.purposes)
    since = taking.paper_day or day
    quitclaim = _quitclaim(safe, form, person, signing, filled, before, since, now=now, day=day)
    data = sealing.document(form.template, signing, taking.scans, taking.paper_day)
    kind = "scan" if taking.scans else "signed"
    kept = keep_document(safe, data, kind, quitclaim.id, quitclaim.version, sealing.fingerprint, now=now)
    return _keep(safe, taking, form, person, signing, quitclaim, kept, office, now=now, day=day)


def _identify(safe: Safe, token: str, filled: Filled, *, now: datetime) -> IdentityCheck:
    """How it is made sure who signs; a wrong code is counted before anything else happens."""
    with safe.store.begin(by=subject("form"), to=Permission.OWN_SIGN, now=now) as tx:
        request = _request(tx, token, now)
        form = form_view(tx, request)
        if not form.code_needed:
            tx.record(Event("request:identify", request.id))
            return {Channel.TABLET: IdentityCheck.IN_PERSON, Channel.POSTER: IdentityCheck.NONE}.get(
                request.channel, IdentityCheck.LINK
            )
        fits = _code_fits(safe, tx, token, filled.code, now)
        outcome = Outcome.DONE if fits else Outcome.REFUSED
        tx.record(Event("request:identify", request.id, outcome))
    if not fits:
        raise NotAllowed(
            "signing:wrong_code", "That is not the code that was sent.", "Check it, or have a new one sent."
        )
    return IdentityCheck.EMAIL_CODE


def _code_fits(safe: Safe, tx: Transaction, token: str, code: str, now: datetime) -> bool:
    kept = tx.requests.code(token_hash(token))
    if kept is None:
        return False
    expected, made_at, tries = kept
    tx.requests.note_try(token_hash(token))
    fits = hmac.compare_digest(expected, _code_hash(safe, code.strip()))
    return fits and tries < MOST_CODES and now - made_at <= CODE_LASTS


def _newcomer(filled: Filled, day: date) -> Person:
    name = " ".join(filled.subject_name.split())
    if not name or len(name) > 200 or not name.isprintable():
        raise Mistake("signing:no_name", "The name is missing.", "Fill in your name.")
    if filled.email and not is_address(filled.email.strip()):
        raise Mistake("person:bad_email", "That is not an e-mail address.", "Correct it, or leave it empty.")
    if filled.birth_date is not None and filled.birth_date > day:
        raise Mistake("person:bad_birth_date", "That birth date has not come yet.", "Correct the date.")
    return Person(PersonId(new_id()), name, "", filled.email.strip(), filled.birth_date)


def _signer(form: FormView, person: Person, filled: Filled, day: date) -> Signer:
    """Who may sign: under sixteen a guardian, from sixteen on nobody else than the young person (P15)."""
    years = age(person.birth_date, day) if person.birth_date else None
    if form.template.guardians and years is None:
        raise Mistake(
            "signing:no_birth_date", "The birth date is missing.", "Fill in when the child was born."
        )
    if years is None or years >= GUARDIAN_UNTIL:
        if filled.guardian:
            raise Mistake(
                "signing:not_a_child",
                "From sixteen on, young people decide for themselves.",
                "Let them sign this form themselves.",
            )
        return Signer.SUBJECT
    if not form.template.guardians:
        raise Mistake(
            "signing:guardian_form",
            "Under sixteen a parent or guardian signs, on a form of its own.",
            "Ask for the form for minors.",
        )
    if not filled.guardian:
        raise Mistake("signing:guardian", "Under sixteen a parent or guardian signs.", "Let them sign here.")
    return Signer.GUARDIAN


def _signing(
    form: FormView, person: Person, filled: Filled, signer: Signer, identity: IdentityCheck, now: datetime
) -> Signing:
    language = filled.language if filled.language in form.template.texts else form.language
    answers = {
        purpose: Answer.GRANTED if purpose in filled.granted else Answer.DECLINED
        for purpose in form.template.purposes
    }
    own = person.name if signer is Signer.SUBJECT else ""
    return Signing(
        request_id=form.request.id,
        template_id=form.template.id,
        template_version=form.template.version,
        text_hash=text_hash(form.template, language),
        language=language,
        subject=person.name,
        signed_by=", ".join(_names(filled)) or own,
        signer=signer,
        answers=answers,
        signature=filled.signature,
        identity=identity,
        signed_at=now,
    )


def _names(filled: Filled) -> list[str]:
    """Who signed, each name on one line."""
    return [name for one in (filled.signed_by, *filled.others) if (name := " ".join(one.split()))]


def _guardians_so_far(view: View, request: Request) -> tuple[str, ...]:
    before = _before(view, request)
    return before.guardians if before else ()


def _before(view: View, request: Request) -> Quitclaim | None:
    """The version that the first of two guardians made, when the second signs."""
    if request.person_id is None or request.channel in SHARED:
        return None
    found = view.evidence.quitclaim_of_request(request.id)
    return view.consent.versions(found)[-1] if found else None


def _quitclaim(
    safe: Safe,
    form: FormView,
    person: Person,
    signing: Signing,
    filled: Filled,
    before: Quitclaim | None,
    since: date,
    *,
    now: datetime,
    day: date,
) -> Quitclaim:
    """The version that a signing makes. since: from when the months of a yes are counted."""
    terms = tuple(
        Term(purpose, answer, None, until(since, form.template.months[purpose]))
        if answer is Answer.GRANTED
        else Term(purpose, answer)
        for purpose, answer in signing.answers.items()
    )
    guardians: tuple[str, ...] = ()
    if signing.signer is Signer.GUARDIAN:
        names = dict.fromkeys(name.casefold() for name in _names(filled))
        guardians = tuple(safe.ring.pseudonym(f"guardian:{person.id}:{name}") for name in names)
    if before is None:
        return Quitclaim(
            id=QuitclaimId(new_id()),
            version=1,
            person_id=person.id,
            recorded_at=now,
            recorded_on=day,
            basis=form.template.basis,
            terms=terms,
            supersedes=form.request.renews,
            signer=signing.signer,
            guardians=guardians,
            guardians_needed=form.template.guardians if guardians else 0,
        )
    if set(guardians) & set(before.guardians):
        raise Mistake("signing:same_guardian", "You signed this form already.", "Let the other parent sign.")
    return replace(
        before,
        version=before.version + 1,
        recorded_at=now,
        recorded_on=day,
        terms=_both(before.terms, terms),
        guardians=before.guardians + guardians,
    )


def _both(first: tuple[Term, ...], second: tuple[Term, ...]) -> tuple[Term, ...]:
    """What two guardians both permit: a no of either is a no."""
    said = {term.purpose: term for term in first}
    return tuple(
        term if said[term.purpose].answer is Answer.GRANTED else said[term.purpose] for term in second
    )


def _keep(
    safe: Safe,
    taking: Taking,
    form: FormView,
    person: Person,
    signing: Signing,
    quitclaim: Quitclaim,
    kept: Kept,
    office: Office,
    *,
    now: datetime,
    day: date,
) -> Signed:
    own_token = secrets.token_urlsafe(32)
    complete = len(quitclaim.guardians) >= quitclaim.guardians_needed
    try:
        with safe.store.begin(by=taking.by, to=taking.to, now=now, on=form.request.id) as tx:
            request = taking.still_open(tx)
            if form.person is None:
                tx.people.add(person)
            elif person != form.person:
                tx.people.replace(person)
            tx.consent.append(quitclaim)
            template = (form.template.id, form.template.version)
            add_document(tx, kept, request_id=request.id, template=template)
            if taking.token:
                tx.requests.forget_code(token_hash(taking.token))
            if complete and request.channel not in SHARED:
                tx.requests.replace(replace(request, answered_at=now))
            if request.shoot_id is not None:
                tx.shoots.invite(request.shoot_id, [person.id])
            tx.requests.open_own_link(token_hash(own_token), person.id, now, now + MINE_LASTS)
            _tell_asker(tx, request, person, quitclaim)
            mailed = bool(person.email) and can_mail(tx)
            if mailed:
                to = Reader(person.email, signing.language, office.organisation, person.name)
                own = office.own_page(own_token)
                queue(tx, signed_copy(to, quitclaim.terms, own, basis=quitclaim.basis), person.id)
            forget_unless_agreed(tx, person.id, day)
            refresh(tx, tx.people.photos_of(person.id), day)
            gone = tx.scans.delete(request.id) if taking.scans else []
            tx.record(Event("quitclaim:sign", quitclaim.id, detail=_told(quitclaim, request)))
    except BaseException:
        safe.blobs.delete(kept.evidence.place)
        raise
    for place in gone:
        safe.blobs.delete(place)
    return Signed(quitclaim, person, signing, own_token, form.request.channel, complete, mailed)


def _told(quitclaim: Quitclaim, request: Request) -> str:
    answers = " ".join(f"{term.purpose}={term.answer}" for term in quitclaim.terms)
    return f"request={request.id} signer={quitclaim.signer} version={quitclaim.version} {answers}"


def _tell_asker(tx: Transaction, request: Request, person: Person, quitclaim: Quitclaim) -> None:
    agreed = any(term.answer is Answer.GRANTED for term in quitclaim.terms)
    tx.notices.add(
        Notice(
            NoticeId(new_id()),
            UserId(request.created_by),
            NoticeKind.ANSWERED if agreed else NoticeKind.DECLINED,
            tx.now,
            person_id=person.id,
        )
    )
