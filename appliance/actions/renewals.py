"""What ends soon: shown on a page, told by e-mail 60 and 30 days before, and asked again in bulk (S17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from appliance.actions.asking import Asked, add_request
from appliance.actions.bell import Bell
from appliance.actions.mailing import Office, can_mail, queue
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Answer, Quitclaim, QuitclaimId, Signer
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId
from appliance.domain.renewal import Alert, DigestEntry, Ending, alerts, digest, endings, renewal
from appliance.domain.signing import Channel
from appliance.domain.templates import ALERT_DAYS, Template
from appliance.domain.wording import Language
from appliance.mail.messages import AlertLine, Reader, alert_digest, renewal_request
from appliance.store.database import Transaction, View
from appliance.store.safe import Safe

WITHIN = 90  # days that the page looks ahead


@dataclass(frozen=True, slots=True)
class EndingView:
    """What ends of one person on one day. asked: whether a renewal was asked and not answered yet."""

    person: Person
    entry: DigestEntry
    photos: int
    asked: bool


def ending_soon(
    safe: Safe, *, by: Actor, now: datetime, day: date, within: int = WITHIN
) -> tuple[EndingView, ...]:
    """What ends within some days, the soonest first."""
    with safe.store.begin(by=by, to=Permission.QUITCLAIM_VIEW, now=now, durable=False) as view:
        view.record(Event("quitclaim:ending"))
        found = [Alert(ending, within) for ending in endings_of(view, day, within)]
        people = view.people.many({alert.ending.person_id for alert in found})
        counts = view.people.photo_counts(list(people))
        renewing = {r.renews for r in view.requests.open_renewals(now)}
        return tuple(
            EndingView(
                people[entry.person_id],
                entry,
                counts.get(entry.person_id, 0),
                bool(renewing & set(entry.quitclaims)),
            )
            for entry in digest(found, day)
        )


def not_asked_again(view: View, now: datetime, day: date) -> int:
    """How many people have a permission that ends soon, and were not sent a form to renew it."""
    renewing = {request.renews for request in view.requests.open_renewals(now)}
    ending = (one for one in endings_of(view, day, WITHIN) if one.quitclaim_id not in renewing)
    return len({one.person_id for one in ending})


def endings_of(view: View, day: date, within: int) -> list[Ending]:
    """Everybody's permissions that end within some days, in a transaction that is open."""
    found: list[Ending] = []
    for person_id, versions in view.consent.by_person().items():
        found += endings(versions, day, within, view.people.get(person_id).birth_date)
    return found


def send_alerts(
    safe: Safe,
    office: Office,
    addresses: Sequence[str],
    language: Language,
    *,
    now: datetime,
    day: date,
    bell: Bell,
) -> int:
    """Mail one digest of the alerts that are due, each of them once. Returns how many were told.

    Without an address or a mail server nothing is noted, so that they are told when there is one.
    """
    with safe.store.begin(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as tx:
        due = _due(tx, day) if addresses and can_mail(tx) else ()
        if due:
            lines = _lines(tx, due, office, day)
            for address in addresses:
                to = Reader(address, language, office.organisation)
                queue(tx, alert_digest(to, lines, f"{office.pages.rstrip('/')}/renewals"))
            for alert in due:
                quitclaim_id, version, purpose, days = alert.key
                tx.messages.note_alert(quitclaim_id, version, purpose, days, now)
        tx.record(Event("quitclaim:alert", detail=f"alerts={len(due)}"))
    if due:
        bell.deliver()
    return len(due)


def _due(view: View, day: date) -> tuple[Alert, ...]:
    days = _alert_days(view)
    furthest = max([*ALERT_DAYS, *(d for several in days.values() for d in several)])
    return alerts(endings_of(view, day, furthest), day, view.messages.alerted(), days)


def _alert_days(view: View) -> Mapping[QuitclaimId, Sequence[int]]:
    """How many days before, by quitclaim, as the template says on which it was signed."""
    found = {}
    for quitclaim_id, (template_id, version) in view.evidence.templates().items():
        found[quitclaim_id] = view.templates.get(template_id, version).alert_days
    return found


def _lines(view: View, due: Sequence[Alert], office: Office, day: date) -> list[AlertLine]:
    """Without names: a mailbox is not a safe. The links lead to who is meant."""
    return [
        AlertLine(
            last_day=entry.last_day,
            days_left=entry.days_left,
            purposes=entry.purposes,
            photos=len(view.people.photos_of(entry.person_id)),
            link=f"{office.pages.rstrip('/')}/people/{entry.person_id}",
            why=entry.why,
        )
        for entry in digest(due, day)
    ]


def renew(
    safe: Safe,
    quitclaim_ids: Sequence[QuitclaimId],
    office: Office,
    *,
    by: Actor,
    now: datetime,
    day: date,
    bell: Bell,
) -> tuple[Asked, ...]:
    """Ask everybody again for what they permitted, on the form they signed, in its version of today.

    Who has an address is asked by e-mail; for others the links come back, to be handed over. The old
    quitclaim holds until the new one is answered.

    Raises:
        Mistake: when one was not signed on a form, or nothing was granted in it.
    """
    if not quitclaim_ids:
        raise Mistake("renewal:nobody", "Choose whom to ask again.")
    with safe.store.begin(by=by, to=Permission.REQUEST_MAKE, now=now) as tx:
        asked = tuple(_ask_again(tx, quitclaim_id, office, day) for quitclaim_id in quitclaim_ids)
    bell.deliver()
    return asked


def _ask_again(tx: Transaction, quitclaim_id: QuitclaimId, office: Office, day: date) -> Asked:
    old = tx.consent.versions(quitclaim_id)[-1]
    person = tx.people.get(old.person_id)
    wanted = renewal(old, day, person.birth_date)
    template = _form_of(tx, old)
    by_mail = bool(person.email) and can_mail(tx)
    language = _language(tx, person.id, template)
    asked = add_request(
        tx,
        template,
        Channel.EMAIL if by_mail else Channel.LINK,
        language,
        person_id=person.id,
        renews=old.id,
    )
    if by_mail:
        to = Reader(person.email, language, office.organisation, person.name)
        ends = [term for term in old.terms if term.answer is Answer.GRANTED]
        last_day = asked.request.expires_at.date()
        guardian = wanted.signer is Signer.GUARDIAN
        link = office.form(asked.token)
        queue(tx, renewal_request(to, ends, link, last_day, guardian=guardian), person.id)
    return asked


def _form_of(view: View, old: Quitclaim) -> Template:
    signed_on = view.evidence.template_of(old.id)
    if signed_on is None:
        raise Mistake(
            "renewal:no_form",
            "One of these was not signed on a form of this box.",
            "Ask that person with a form of your choice.",
        )
    return view.templates.get(signed_on[0])


def _language(view: View, person_id: PersonId, template: Template) -> Language:
    asked = view.requests.of_person(person_id)
    known = asked[0].language if asked else Language.DUTCH
    return known if known in template.texts else next(iter(template.texts))
