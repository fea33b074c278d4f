"""Asking on one's own page for what the law lets one ask: to be corrected, left alone, forgotten (P22).

What is to be seen and taken along (articles 15 and 20) needs no request: the page gives it at once.
"""

from datetime import date, datetime

from appliance.actions.rights import limit_lights
from appliance.actions.signing import subject
from appliance.actions.subject import whose_page
from appliance.domain.access import Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.rights import (
    LONGEST_NOTE,
    Right,
    RightsRequest,
    RightsRequestId,
    RightsState,
    due_on,
)
from appliance.store.ids import new_id
from appliance.store.safe import Safe

ASKED_HERE = (Right.RECTIFICATION, Right.RESTRICTION, Right.OBJECTION, Right.ERASURE)


def ask_own(safe: Safe, token: str, right: Right, asked: str, *, now: datetime, day: date) -> RightsRequest:
    """Ask for something on one's own page. A restriction or an objection works at once.

    asked: in one's own words; needed only to say what is wrong.

    Raises:
        NotAllowed: when the link opens nothing.
        Mistake: when it waits for an answer already, or what is wrong was not said.
    """
    person_id = whose_page(safe, token, now=now)
    with safe.store.begin(by=subject(person_id), to=Permission.OWN_REQUEST, now=now, on=person_id) as tx:
        if any(one.open and one.right is right for one in tx.rights.of_person(person_id)):
            raise Mistake("own:asked", "You asked this already.", "You get an answer before the day above.")
        request = RightsRequest(
            RightsRequestId(new_id()),
            tx.people.get(person_id).id,
            right,
            day,
            due_on(day),
            RightsState.OPEN,
            "",
            now,
            "",
            asked=_words(right, asked),
        )
        tx.rights.put(request)
        limit_lights(tx, person_id, day)
        tx.record(Event("own:request", request.id, detail=f"{right} person={person_id}"))
    return request


def _words(right: Right, asked: str) -> str:
    if right not in ASKED_HERE:
        raise Mistake("own:right", "Choose what you ask.")
    if len(asked) > LONGEST_NOTE:
        raise Mistake("own:too_long", "That is too long.", "Use at most 2000 letters.")
    if right is Right.RECTIFICATION and not asked.strip():
        raise Mistake("own:say_what", "Say what is wrong, and what it must be.")
    return asked.strip()
