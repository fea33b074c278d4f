"""Asking on one's own page: it waits for an answer in a month, and what must stop stops at once (P22)."""

import io
import json
import zipfile
from datetime import date

import pytest

from appliance.actions import subject
from appliance.actions.own_rights import ASKED_HERE, ask_own
from appliance.actions.rights import close_request, rights_requests
from appliance.actions.signing import Signed
from appliance.domain.consent import Light, Purpose, Why
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.photos import PhotoId
from appliance.domain.rights import Right, RightsRequest, RightsState
from appliance.wiring import Box
from tests.actions.paperwork import agreed
from tests.actions.scene import OFFICER, person, told, verdict_of
from tests.actions.test_release import add


@pytest.fixture
def ada(photo_box: Box, photo: PhotoId) -> Signed:
    """Somebody who stands in the photo and permits the website."""
    found = person(photo_box, "Ada")
    made = agreed(photo_box, found, Purpose.WEB)
    add(photo_box, photo, found)
    return made


def asks(box: Box, token: str, right: Right, words: str = "") -> RightsRequest:
    return ask_own(box.safe, token, right, words, now=box.now(), day=box.today())


def test_a_restriction_works_at_once_and_staff_find_it_with_its_last_day(
    photo_box: Box, photo: PhotoId, ada: Signed
) -> None:
    box = photo_box
    assert verdict_of(box, photo).light is Light.GREEN
    made = asks(box, ada.own_token, Right.RESTRICTION, " I am ill. ")
    assert {reason.why for reason in verdict_of(box, photo).reasons} == {Why.RESTRICTED}
    assert told(box)[-1] == f"{ada.person.id} own:request {made.id} done restriction person={ada.person.id}"
    (view,) = rights_requests(box.safe, by=OFFICER, now=box.now(), day=box.today())
    assert (view.request, view.person.name, view.request.asked) == (made, "Ada", "I am ill.")
    assert (made.received_on, made.due_on) == (date(2026, 11, 24), date(2026, 12, 24))


def test_the_page_and_the_copy_tell_what_was_asked_and_answered(photo_box: Box, ada: Signed) -> None:
    box, now, day = photo_box, photo_box.now(), photo_box.today()
    made = asks(box, ada.own_token, Right.RECTIFICATION, "I am called Adah.")
    close_request(box.safe, made.id, "It is Adah now.", done=True, by=OFFICER, now=now, day=day)
    (shown,) = subject.own_page(box.safe, ada.own_token, now=now, day=day).asked
    assert (shown.state, shown.asked, shown.note) == (
        RightsState.DONE,
        "I am called Adah.",
        "It is Adah now.",
    )
    copy = subject.own_copy(box.safe, box.decoder, ada.own_token, now=now, day=day)
    known = json.loads(zipfile.ZipFile(io.BytesIO(copy)).read("known.json"))
    assert [(one["asked"], one["answer"]) for one in known["requests"]] == [
        ("I am called Adah.", "It is Adah now.")
    ]


def test_the_same_is_not_asked_twice_while_it_waits(photo_box: Box, ada: Signed) -> None:
    asks(photo_box, ada.own_token, Right.ERASURE)
    with pytest.raises(Mistake, match="asked this already"):
        asks(photo_box, ada.own_token, Right.ERASURE)
    asks(photo_box, ada.own_token, Right.OBJECTION)


@pytest.mark.parametrize(
    ("right", "words", "key"),
    [
        *((right, "x" * 2001, "own:too_long") for right in ASKED_HERE),
        (Right.RECTIFICATION, "  ", "own:say_what"),
        (Right.ACCESS, "", "own:right"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    photo_box: Box, ada: Signed, right: Right, words: str, key: str
) -> None:
    with pytest.raises(Mistake) as refused:
        asks(photo_box, ada.own_token, right, words)
    assert refused.value.key == key
    assert rights_requests(photo_box.safe, by=OFFICER, now=photo_box.now(), day=photo_box.today()) == ()


def test_another_link_asks_nothing(photo_box: Box, ada: Signed) -> None:
    for token in ("", "guessed", ada.own_token.lower() + "x"):
        with pytest.raises(NotAllowed):
            asks(photo_box, token, Right.ERASURE)
