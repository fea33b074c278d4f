"""A restriction reaches every photo at once, an objection what rests on no consent; both can be lifted."""

import pytest

from appliance.actions.consent import record
from appliance.actions.people import merge_people
from appliance.actions.release import release
from appliance.actions.rights import close_request, lift_limit, record_request
from appliance.domain.consent import Basis, Light, Purpose, Why
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.release import usual_order
from appliance.domain.rights import Right, RightsRequest
from appliance.wiring import Box
from tests.actions.scene import EDITOR, OFFICER, OPERATOR, granted, person, rows, signed, verdict_of
from tests.actions.test_release import add


@pytest.fixture
def ada(photo_box: Box, photo: PhotoId) -> PersonId:
    """Somebody who stands in the photo and permits the website."""
    found = person(photo_box, "Ada")
    signed(photo_box, found, Purpose.WEB)
    add(photo_box, photo, found)
    return found


def asks(box: Box, who: PersonId, right: Right) -> RightsRequest:
    return record_request(box.safe, who, right, box.today(), by=OFFICER, now=box.now(), day=box.today())


def closes(box: Box, request: RightsRequest, *, done: bool) -> None:
    close_request(box.safe, request.id, "told", done=done, by=OFFICER, now=box.now(), day=box.today())


def why(box: Box, photo: PhotoId) -> set[Why]:
    return {reason.why for reason in verdict_of(box, photo).reasons}


def indexed(box: Box) -> str:
    (row,) = rows(box, "SELECT light FROM lights WHERE purpose = 'web'")
    return str(row["light"])


def test_a_restriction_turns_the_light_red_at_once_and_blocks_release(
    photo_box: Box, photo: PhotoId, ada: PersonId
) -> None:
    assert indexed(photo_box) == "green"
    request = asks(photo_box, ada, Right.RESTRICTION)
    assert indexed(photo_box) == "red"
    assert why(photo_box, photo) == {Why.RESTRICTED}
    with pytest.raises(NotAllowed):
        release(
            photo_box.safe,
            photo_box.decoder,
            photo_box.sealing,
            photo,
            usual_order(Purpose.WEB),
            by=EDITOR,
            now=photo_box.now(),
            day=photo_box.today(),
        )
    closes(photo_box, request, done=True)
    assert indexed(photo_box) == "red"
    lift_limit(photo_box.safe, request.id, "settled", by=OFFICER, now=photo_box.now(), day=photo_box.today())
    assert indexed(photo_box) == "green"
    with pytest.raises(Mistake, match="limits nothing"):
        lift_limit(photo_box.safe, request.id, "x", by=OFFICER, now=photo_box.now(), day=photo_box.today())


def test_a_restriction_that_is_refused_limits_no_more(photo_box: Box, photo: PhotoId, ada: PersonId) -> None:
    closes(photo_box, asks(photo_box, ada, Right.RESTRICTION), done=False)
    assert verdict_of(photo_box, photo).light is Light.GREEN


def test_an_objection_leaves_consent_alone_and_stops_what_rests_on_an_interest(
    photo_box: Box, photo: PhotoId, ada: PersonId
) -> None:
    asks(photo_box, ada, Right.OBJECTION)
    assert verdict_of(photo_box, photo).light is Light.GREEN

    other = person(photo_box, "Bob")
    add(photo_box, photo, other)
    record(
        photo_box.safe,
        other,
        granted(Purpose.WEB),
        basis=Basis.LEGITIMATE_INTEREST,
        balancing="the annual report",
        by=OPERATOR,
        now=photo_box.now(),
        day=photo_box.today(),
    )
    assert verdict_of(photo_box, photo).light is Light.GREEN
    asks(photo_box, other, Right.OBJECTION)
    assert indexed(photo_box) == "red"
    assert Why.OBJECTED in why(photo_box, photo)


def test_a_merge_does_not_lose_a_restriction(photo_box: Box, ada: PersonId) -> None:
    other = person(photo_box, "Ada L.")
    asks(photo_box, ada, Right.RESTRICTION)
    with pytest.raises(Mistake, match="limits what may be done"):
        merge_people(photo_box.safe, ada, other, by=EDITOR, now=photo_box.now(), day=photo_box.today())
