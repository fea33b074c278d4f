"""What people ask on their own page: it waits for its answer where every request does, and limits at once."""

import pytest

from appliance.actions.own_requests import ask_right
from appliance.actions.rights import rights_requests
from appliance.actions.signing import subject
from appliance.actions.subject import own_page
from appliance.domain.access import Permission
from appliance.domain.audit import Event
from appliance.domain.errors import KluisError
from appliance.domain.people import Limit, PersonId
from appliance.domain.rights import ASKED_BY_LINK, Right, RightsRequest
from appliance.domain.signing import MINE_LASTS
from appliance.store.passwords import token_hash
from appliance.wiring import Box
from tests.actions.scene import OFFICER, person, told

TOKEN = "a link in somebody's hands"


@pytest.fixture
def ada(box: Box) -> PersonId:
    """Somebody who holds the link to their own page."""
    found = person(box, "Ada")
    with box.safe.store.begin(by=subject(found), to=Permission.OWN_VIEW, now=box.now()) as tx:
        tx.requests.open_own_link(token_hash(TOKEN), found, box.now(), box.now() + MINE_LASTS)
        tx.record(Event("own:ask", found))
    return found


def asks(box: Box, right: Right, words: str = "", token: str = TOKEN) -> RightsRequest:
    return ask_right(box.safe, token, right, words, now=box.now(), day=box.today())


def test_what_is_asked_waits_for_the_privacy_officer_with_its_last_day(box: Box, ada: PersonId) -> None:
    made = asks(box, Right.RECTIFICATION, "  My name is Ada Lovelace. ")
    (view,) = rights_requests(box.safe, by=OFFICER, now=box.now(), day=box.today())
    assert (view.person.id, view.request) == (ada, made)
    assert view.request.words == "My name is Ada Lovelace."
    assert view.request.days_left(box.today()) == 30
    assert own_page(box.safe, TOKEN, now=box.now(), day=box.today()).rights == (made,)
    assert f"{ada} rights:receive {made.id} done rectification person={ada}" in told(box)


def test_a_restriction_asked_by_link_works_at_once(box: Box, ada: PersonId) -> None:
    asks(box, Right.RESTRICTION)
    page = own_page(box.safe, TOKEN, now=box.now(), day=box.today())
    assert page.person.limited is Limit.RESTRICTED


def test_the_same_is_not_asked_twice_and_nothing_by_a_wrong_link(box: Box, ada: PersonId) -> None:
    with pytest.raises(KluisError, match="too long"):
        asks(box, Right.ERASURE, "x" * 2001)
    for right in ASKED_BY_LINK:
        asks(box, right)
        with pytest.raises(KluisError, match="asked this already"):
            asks(box, right)
    with pytest.raises(KluisError, match="no longer works"):
        asks(box, Right.ERASURE, token="another")
    with pytest.raises(KluisError, match="not asked here"):
        asks(box, Right.ACCESS)
    assert len(rights_requests(box.safe, by=OFFICER, now=box.now(), day=box.today())) == len(ASKED_BY_LINK)
