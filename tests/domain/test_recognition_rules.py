"""Recognition starts off, takes two people, and looks for nobody beyond its scope (P1-P4)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import Person, PersonId, age, birthday
from appliance.domain.photos import ShootId
from appliance.domain.recognition import (
    Recognition,
    Switch,
    approve,
    impossible,
    in_scope,
    is_minor,
    propose,
)
from appliance.domain.shoots import Scope, Shoot, ShootRecognition

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANNA, BEA, CARL = PersonId("anna"), PersonId("bea"), PersonId("carl")
ON = approve(propose(Recognition(), "DPIA-1", "anne", NOW), "otto", NOW)


def shoot(scope: Scope | None, *invited: PersonId) -> Shoot:
    recognition = ShootRecognition(scope, "anne", NOW) if scope else None
    return Shoot(ShootId("s"), "Open day", date(2026, 11, 24), frozenset(invited), recognition)


def test_it_starts_off() -> None:
    assert Recognition().switch is Switch.OFF
    assert not Recognition().on


def test_a_proposal_alone_is_not_on() -> None:
    assert not propose(Recognition(), "DPIA-1", "anne", NOW).on


def test_a_second_person_makes_it_on_and_both_are_named() -> None:
    assert ON.on
    assert (ON.dpia, ON.proposed_by, ON.approved_by) == ("DPIA-1", "anne", "otto")


def test_nobody_approves_their_own_proposal() -> None:
    with pytest.raises(NotAllowed) as refused:
        approve(propose(Recognition(), "DPIA-1", "anne", NOW), "anne", NOW)
    assert refused.value.key == "recognition:same_person"


@pytest.mark.parametrize("reference", ["", "  ", "\n"])
def test_no_proposal_without_an_assessment(reference: str) -> None:
    with pytest.raises(Mistake) as refused:
        propose(Recognition(), reference, "anne", NOW)
    assert refused.value.key == "recognition:no_dpia"


def test_nothing_is_approved_that_was_not_proposed() -> None:
    with pytest.raises(Mistake):
        approve(Recognition(), "otto", NOW)


def test_what_is_on_is_not_proposed_again() -> None:
    with pytest.raises(Mistake):
        propose(ON, "DPIA-2", "bert", NOW)


@pytest.mark.parametrize(
    ("setting", "where", "looked_for"),
    [
        (ON, shoot(Scope.INVITED, ANNA, BEA), {ANNA}),  # Bea was invited, and did not agree
        (ON, shoot(Scope.AGREED, BEA), {ANNA, CARL}),
        (ON, shoot(None, ANNA), set()),
        (ON, None, set()),
        (Recognition(), shoot(Scope.AGREED, ANNA), set()),
        (propose(Recognition(), "DPIA-1", "anne", NOW), shoot(Scope.AGREED, ANNA), set()),
    ],
    ids=["invited", "agreed", "off in the shoot", "no shoot", "off", "only proposed"],
)
def test_who_is_looked_for(setting: Recognition, where: Shoot | None, looked_for: set[PersonId]) -> None:
    assert in_scope(setting, where, {ANNA, CARL}) == looked_for


@given(
    st.sampled_from([Recognition(), ON]),
    st.sampled_from([None, *Scope]),
    st.sets(st.sampled_from([ANNA, BEA, CARL])),
    st.sets(st.sampled_from([ANNA, BEA, CARL])),
)
def test_nobody_is_looked_for_who_did_not_agree(
    setting: Recognition, scope: Scope | None, invited: set[PersonId], agreed: set[PersonId]
) -> None:
    assert in_scope(setting, shoot(scope, *invited), agreed) <= agreed


def test_nobody_is_in_a_photo_from_before_their_birth() -> None:
    child = Person(ANNA, "Anna", birth_date=date(2020, 5, 1))
    assert impossible(child, date(2020, 4, 30))
    assert not impossible(child, date(2020, 5, 1))
    assert not impossible(child, None)
    assert not impossible(Person(BEA, "Bea"), date(1900, 1, 1))


def test_eighteen_is_grown_up() -> None:
    young = Person(ANNA, "Anna", birth_date=date(2008, 11, 25))
    assert is_minor(young, date(2026, 11, 24))
    assert not is_minor(young, date(2026, 11, 25))
    assert not is_minor(Person(BEA, "Bea"), date(2026, 11, 24))


@given(st.dates(date(1920, 1, 1), date(2020, 12, 31)), st.integers(1, 80))
def test_a_birthday_is_the_first_day_of_that_age(born: date, years: int) -> None:
    day = birthday(born, years)
    assert age(born, day) == years
    assert age(born, date.fromordinal(day.toordinal() - 1)) == years - 1
