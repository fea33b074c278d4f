"""At sixteen everything turns amber and the young person is asked: the clock is moved past that day (P15)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.actions.people import change_person, create_person
from appliance.actions.sixteen import ask_whoever_turned_sixteen
from appliance.domain.access import OPERATOR, Permission
from appliance.domain.consent import Purpose, Signer, Why, permission
from appliance.domain.people import Person, Standing
from appliance.domain.templates import Audience
from appliance.wiring import Box
from tests.actions.paperwork import OFFICE, asked, code_for, filled, form, mail_through, sign_it, years_ago
from tests.actions.scene import rows, told
from tests.conftest import Clock

WEB = Purpose.WEB


@pytest.fixture
def sam(box: Box) -> Person:
    """Fifteen, and sixteen in ten days; a parent permitted the website."""
    born = years_ago(box.today(), 16) + timedelta(days=10)
    person = create_person(
        box.safe, by=OPERATOR, now=box.now(), name="Sam", email="sam@example.nl", birth_date=born
    )
    link = asked(box, form(box, Audience.MINOR), person.id)
    sign_it(box, link.token, filled(WEB, guardian=True, signed_by="Petra"))
    mail_through(box, 25)
    return person


def why(box: Box, sam: Person) -> Why:
    with box.safe.store.look(by=OPERATOR, to=Permission.QUITCLAIM_VIEW, now=box.now()) as view:
        return permission(view.consent.of_person(sam.id), WEB, box.today(), sam.birth_date).why


def mornings(box: Box, clock: Clock, days: int) -> list[int]:
    """Whom the worker asks on each of some mornings."""
    asked_then = []
    for _ in range(days):
        clock.advance(days=1)
        now, day = box.now(), box.today()
        asked_then.append(ask_whoever_turned_sixteen(box.safe, OFFICE, now=now, day=day, bell=box.bell))
    return asked_then


def test_on_the_birthday_it_turns_amber_and_the_young_person_is_asked_once(
    box: Box, clock: Clock, sam: Person
) -> None:
    assert why(box, sam) is Why.PERMITTED
    assert mornings(box, clock, 12) == [0] * 9 + [1, 0, 0]
    assert why(box, sam) is Why.CAME_OF_AGE
    (mail,) = rows(box, "SELECT * FROM messages WHERE kind = 'sixteen'")
    assert mail["address"] == "sam@example.nl"
    token = re.search(r"/f/([\w-]+)", str(mail["text"]))
    assert token is not None
    own = sign_it(box, token[1], filled(WEB, code=code_for(box, token[1]))).quitclaim
    assert own.signer is Signer.SUBJECT
    assert why(box, sam) is Why.PERMITTED
    assert mornings(box, clock, 2) == [0, 0]
    assert "sam" not in " ".join(told(box)).lower().replace(sam.id, "")


@pytest.mark.parametrize(
    "change", [{"email": ""}, {"standing": Standing.NEVER_PHOTOGRAPH}], ids=["no address", "a wish"]
)
def test_whoever_cannot_or_will_not_be_asked_is_left_in_peace(
    box: Box, clock: Clock, sam: Person, change: dict[str, object]
) -> None:
    changed = replace(sam, **change)  # type: ignore[arg-type]
    change_person(box.safe, changed, by=OPERATOR, now=box.now(), day=box.today())
    assert mornings(box, clock, 12) == [0] * 12
