"""At sixteen the word passes to the young person, who is asked by e-mail; until then it stays amber (P15)."""

from datetime import date, datetime

from appliance.actions.asking import add_request
from appliance.actions.bell import Bell
from appliance.actions.mailing import Office, can_mail, queue
from appliance.domain.access import WORKER, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import (
    GUARDIAN_UNTIL,
    Purpose,
    Quitclaim,
    Signer,
    Why,
    permission,
    versions_on,
)
from appliance.domain.people import Person, Standing, birthday
from appliance.domain.signing import Channel
from appliance.domain.templates import Template
from appliance.mail.messages import Reader, at_sixteen
from appliance.store.database import Transaction, View
from appliance.store.safe import Safe


def ask_whoever_turned_sixteen(safe: Safe, office: Office, *, now: datetime, day: date, bell: Bell) -> int:
    """Ask everybody once who turned sixteen, on the form that a guardian signed. Returns how many were asked.

    Whoever has no address is asked by staff: the page of what ends soon shows them before the day.
    """
    with safe.store.begin(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as tx:
        asked = (
            sum(_ask(tx, person, old, office) for person, old in _turned_sixteen(tx, day))
            if can_mail(tx)
            else 0
        )
        tx.record(Event("quitclaim:sixteen", detail=f"asked={asked}"))
    if asked:
        bell.deliver()
    return asked


def _turned_sixteen(view: View, day: date) -> list[tuple[Person, Quitclaim]]:
    """Who turned sixteen since a guardian permitted something, with what the guardian signed last."""
    born = view.people.birth_dates()
    found = []
    for person_id, versions in view.consent.by_person().items():
        if person_id not in born or birthday(born[person_id], GUARDIAN_UNTIL) > day:
            continue
        whys = {permission(versions, purpose, day, born[person_id]).why for purpose in Purpose}
        signed = [one for one in versions_on(versions, day) if one.signer is Signer.GUARDIAN]
        if Why.CAME_OF_AGE in whys and signed:
            found.append((view.people.get(person_id), signed[-1]))
    return found


def _ask(tx: Transaction, person: Person, old: Quitclaim, office: Office) -> bool:
    template = _form_of(tx, old)
    asked_before = tx.requests.of_person(person.id)
    if template is None or not person.email or person.standing is Standing.NEVER_PHOTOGRAPH:
        return False
    if any(_since_sixteen(person, request.created_at.date()) for request in asked_before):
        return False
    language = asked_before[0].language if asked_before else next(iter(template.texts))
    if language not in template.texts:
        language = next(iter(template.texts))
    asked = add_request(tx, template, Channel.EMAIL, language, person_id=person.id, renews=old.id)
    to = Reader(person.email, language, office.organisation, person.name)
    queue(tx, at_sixteen(to, office.form(asked.token), asked.request.expires_at.date()), person.id)
    return True


def _since_sixteen(person: Person, day: date) -> bool:
    return person.birth_date is not None and day >= birthday(person.birth_date, GUARDIAN_UNTIL)


def _form_of(view: View, old: Quitclaim) -> Template | None:
    """The form that was signed, as it is today; None when it is no longer used, or there was none."""
    signed_on = view.evidence.template_of(old.id)
    template = view.templates.get(signed_on[0]) if signed_on else None
    return template if template is not None and template.in_use else None
