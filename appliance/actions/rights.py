"""Requests of subjects: recorded with their last day, answered by a letter, closed with what was done."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from appliance.actions.erasure import erase_person
from appliance.actions.evidence import Sealing
from appliance.actions.lights import refresh
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.erasure import Cause, Erasure, Together
from appliance.domain.errors import Mistake
from appliance.domain.people import Limit, Person, PersonId
from appliance.domain.rights import (
    LONGEST_NOTE,
    Right,
    RightsRequest,
    RightsRequestId,
    RightsState,
    due_on,
    limit_of,
)
from appliance.domain.rights_letters import Letter, letter
from appliance.domain.wording import Language
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.safe import Safe


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
            extension=_said(note),
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
        if request.limits is Limit.NONE or request.open:
            raise Mistake("rights:no_limit", "This request limits nothing.", "Choose one that was granted.")
        lifted = replace(request, lifted_why=_said(note), lifted_at=now)
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


def _open(view: View, request_id: RightsRequestId) -> RightsRequest:
    request = view.rights.get(request_id)
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


def rights_request(
    safe: Safe, request_id: RightsRequestId, *, by: Actor, now: datetime, day: date
) -> RightsView:
    """One request."""
    with safe.store.look(by=by, to=Permission.RIGHTS_VIEW, now=now, on=request_id) as view:
        found = view.rights.get(request_id)
        return RightsView(found, view.people.get(found.person_id), found.overdue(day))


def answer_letter(
    safe: Safe,
    request_id: RightsRequestId,
    organisation: str,
    *,
    language: Language,
    by: Actor,
    now: datetime,
) -> Letter:
    """The letter that goes with how a request stands now."""
    with safe.store.look(by=by, to=Permission.RIGHTS_VIEW, now=now, on=request_id) as view:
        request = view.rights.get(request_id)
        return letter(request, view.people.get(request.person_id).name, organisation, language)


def sealed_letter(
    safe: Safe, sealing: Sealing, request_id: RightsRequestId, *, language: Language, by: Actor, now: datetime
) -> bytes:
    """The same as a sealed PDF."""
    with safe.store.begin(by=by, to=Permission.RIGHTS_EDIT, now=now, on=request_id) as tx:
        request = tx.rights.get(request_id)
        name = tx.people.get(request.person_id).name
        tx.record(Event("rights:letter", request_id, detail=request.state))
    told = letter(request, name, sealing.organisation, language)
    return sealing.letter(told.title, told.paragraphs, language=language, made_at=now)


def erase_on_request(
    safe: Safe,
    journal: Path,
    request_id: RightsRequestId,
    *,
    together: Together,
    with_proof: bool,
    by: Actor,
    now: datetime,
    day: date,
) -> Erasure:
    """Do what somebody asked: erase them, and with them the request. The certificate is what stays.

    Raises:
        Mistake: when the request is closed, or asks for something else.
        NotAllowed: when a legal hold blocks it; every hold is told.
    """
    with safe.store.look(by=by, to=Permission.RIGHTS_EDIT, now=now, on=request_id) as view:
        request = _open(view, request_id)
    if request.right is not Right.ERASURE:
        raise Mistake("rights:no_erasure", "This request does not ask to be erased.", "Answer what it asks.")
    return erase_person(
        safe,
        journal,
        request.person_id,
        Cause.REQUEST,
        together=together,
        with_proof=with_proof,
        by=by,
        now=now,
        day=day,
    )
