"""Recognition takes two people: one who asks for it on an assessment, and another who agrees (P1)."""

import pytest

from appliance.actions.recognition import (
    approve_recognition,
    propose_recognition,
    recognition,
    stop_recognition,
)
from appliance.domain.access import OPERATOR, Actor, Kind, Role
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.recognition import Recognition, Switch
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, EDITOR, OFFICER, VIEWER, told

ADMINISTRATOR_AS_OFFICER = Actor(Kind.USER, ADMINISTRATOR.id, Role.PRIVACY_OFFICER, confirmed=True)


def state(box: Box) -> Recognition:
    return recognition(box.safe, by=OPERATOR, now=box.now())


def propose(box: Box, by: Actor = ADMINISTRATOR, dpia: str = "DPIA-1") -> None:
    propose_recognition(box.safe, dpia, by=by, now=box.now())


def approve(box: Box, by: Actor = OFFICER) -> None:
    approve_recognition(box.safe, by=by, now=box.now())


def stop(box: Box, by: Actor) -> None:
    stop_recognition(box.safe, by=by, now=box.now(), day=box.today())


def test_a_proposal_alone_switches_nothing_on(box: Box) -> None:
    propose(box)
    assert state(box) == Recognition(Switch.PROPOSED, "DPIA-1", ADMINISTRATOR.id, box.now())
    assert not state(box).on


@pytest.mark.parametrize("by", [VIEWER, EDITOR, OFFICER], ids=lambda by: by.id)
def test_only_an_administrator_proposes(box: Box, by: Actor) -> None:
    with pytest.raises(NotAllowed):
        propose(box, by)
    assert state(box).switch is Switch.OFF
    assert told(box) == [f"{by.id} recognition:propose  refused access:denied"]


@pytest.mark.parametrize("by", [VIEWER, EDITOR, ADMINISTRATOR], ids=lambda by: by.id)
def test_only_a_privacy_officer_approves(box: Box, by: Actor) -> None:
    propose(box)
    with pytest.raises(NotAllowed):
        approve(box, by)
    assert state(box).switch is Switch.PROPOSED
    assert told(box)[1:] == [f"{by.id} recognition:approve  refused access:denied"]


@pytest.mark.parametrize("by", [ADMINISTRATOR_AS_OFFICER, OPERATOR], ids=["changed role", "operator"])
def test_nobody_agrees_with_themselves_whatever_role_they_have_by_then(box: Box, by: Actor) -> None:
    propose(box, OPERATOR if by is OPERATOR else ADMINISTRATOR)
    with pytest.raises(NotAllowed) as refused:
        approve(box, by)
    assert refused.value.key == "recognition:same_person"
    assert state(box).switch is Switch.PROPOSED
    assert told(box)[1:] == [f"{by.id} recognition:approve  refused recognition:same_person"]


def test_what_nobody_proposed_is_not_approved(box: Box) -> None:
    with pytest.raises(Mistake) as problem:
        approve(box)
    assert problem.value.key == "recognition:not_proposed"
    propose(box)
    approve(box)
    with pytest.raises(Mistake) as problem:
        approve(box)
    assert problem.value.key == "recognition:not_proposed"


def test_what_is_on_is_not_proposed_anew(box: Box) -> None:
    propose(box)
    approve(box)
    with pytest.raises(Mistake) as problem:
        propose(box, dpia="DPIA-2")
    assert (problem.value.key, state(box).dpia) == ("recognition:on_already", "DPIA-1")


@pytest.mark.parametrize("by", [ADMINISTRATOR, OFFICER], ids=lambda by: by.id)
def test_one_of_them_is_enough_to_stop_and_two_must_agree_again(box: Box, by: Actor) -> None:
    propose(box)
    approve(box)
    assert state(box).on
    stop(box, by)
    assert state(box) == Recognition()
    with pytest.raises(Mistake):
        approve(box)
    assert told(box)[:3] == [
        "the-administrator recognition:propose  done",
        "the-officer recognition:approve  done",
        f"{by.id} recognition:stop  done forgotten=0",
    ]


@pytest.mark.parametrize("by", [VIEWER, EDITOR], ids=lambda by: by.id)
def test_nobody_else_stops_it(box: Box, by: Actor) -> None:
    propose(box)
    approve(box)
    with pytest.raises(NotAllowed):
        stop(box, by)
    assert state(box).on


def test_a_proposal_can_be_turned_down(box: Box) -> None:
    propose(box)
    stop(box, OFFICER)
    assert state(box) == Recognition()
