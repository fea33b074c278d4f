"""What the law lets somebody ask, asked on their own page: it comes in where every other request does."""

from datetime import date, datetime

from appliance.actions.rights import add_request
from appliance.actions.signing import subject
from appliance.actions.subject import whose
from appliance.domain.access import Permission
from appliance.domain.errors import Mistake
from appliance.domain.rights import ASKED_BY_LINK, Right, RightsRequest
from appliance.store.safe import Safe


def ask_right(safe: Safe, token: str, right: Right, words: str, *, now: datetime, day: date) -> RightsRequest:
    """Ask for something, in one's own words. A restriction or an objection works at once.

    Raises:
        NotAllowed: when the link opens nothing.
        Mistake: when the same waits for its answer already, or it is not asked here.
    """
    if right not in ASKED_BY_LINK:
        raise Mistake("rights:bad_right", "That is not asked here.", "Choose one from the list.")
    person_id = whose(safe, token, now=now)
    with safe.store.begin(by=subject(person_id), to=Permission.OWN_REQUEST, now=now, on=person_id) as tx:
        if any(one.open and one.right is right for one in tx.rights.of_person(person_id)):
            raise Mistake("rights:asked", "You asked this already.", "It is being answered.")
        return add_request(tx, person_id, right, day, words, day)
