"""Nothing that takes two people is done by one: it waits, is approved, refused, withdrawn, or runs out."""

from dataclasses import replace

import pytest

from appliance.actions.proposals import answer_proposal, proposals, propose, withdraw_proposal
from appliance.actions.retention import put_rule, rules
from appliance.domain.access import OPERATOR, Actor, Kind, Permission, Role, User, UserId, acting
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.proposals import Proposal, SecondNeeded, Standing
from appliance.domain.retention import DEFAULT, Then
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, EDITOR, OFFICER, told
from tests.conftest import Clock

ANNE = User(UserId("anne"), "Anne", Role.ADMINISTRATOR)
SECOND = acting(ANNE, confirmed=True)
OTHER_OFFICER = Actor(Kind.USER, "another-officer", Role.PRIVACY_OFFICER, confirmed=True)


def keep(box: Box, months: int = 24, by: Actor = OFFICER) -> None:
    """Change how long photos are kept, which takes two people."""
    put_rule(box.safe, shoot_id=None, purpose=None, months=months, then=Then.PURGE, by=by, now=box.now())


def proposed(box: Box, months: int = 24, by: Actor = OFFICER) -> Proposal:
    with pytest.raises(SecondNeeded) as needed:
        keep(box, months, by)
    return propose(box.safe, needed.value.wanted, by=by, now=box.now())


def answer(box: Box, made: Proposal, by: Actor = SECOND, *, approve: bool = True) -> None:
    answer_proposal(box.safe, made.id, approve=approve, by=by, now=box.now())


def standing(box: Box, made: Proposal) -> Standing:
    found = proposals(box.safe, by=OFFICER, now=box.now())
    return next(one.standing for one in found if one.proposal.id == made.id)


def is_changed(box: Box) -> bool:
    return rules(box.safe, by=OFFICER, now=box.now()) != (DEFAULT,)


def appoint(box: Box) -> None:
    """An administrator is a user, with a password that nobody has to stretch."""
    with box.safe.store.begin(by=OPERATOR, to=Permission.USER_EDIT, now=box.now()) as tx:
        tx.access.add(ANNE, "no hash")
        tx.record(Event("user:add", ANNE.id))


def changed(box: Box, anne: User) -> None:
    """The administrator's row, written anew below the rules of the action."""
    with box.safe.store.begin(by=OPERATOR, to=Permission.USER_EDIT, now=box.now()) as tx:
        tx.access.replace(anne)
        tx.record(Event("user:change", anne.id))


@pytest.fixture
def staffed(box: Box) -> Box:
    """A safe of which an administrator is a user."""
    appoint(box)
    return box


def test_it_is_done_once_somebody_else_approved_it_and_all_of_it_is_written_down(staffed: Box) -> None:
    before = len(told(staffed))
    made = proposed(staffed)
    assert (is_changed(staffed), standing(staffed, made)) == (False, Standing.WAITING)
    answer(staffed, made)
    assert (is_changed(staffed), standing(staffed, made)) == (False, Standing.READY)
    keep(staffed)
    assert (is_changed(staffed), standing(staffed, made)) == (True, Standing.DONE)
    assert [line.rpartition(" retention:rule ")[0] or line for line in told(staffed, before)] == [
        "the-officer retention:edit " + refused_rule(staffed, before) + " refused proposal:needed",
        f"the-officer proposal:make {made.id} done retention",
        f"anne proposal:approve {made.id} done retention",
        f"the-officer proposal:done {made.id} done retention approved_by=anne",
        "the-officer",
    ]
    with pytest.raises(SecondNeeded):  # an approval is good for once
        keep(staffed)


def refused_rule(box: Box, before: int) -> str:
    return told(box, before)[0].split()[2]


def test_an_approval_is_good_for_exactly_what_was_proposed_and_for_whoever_proposed_it(staffed: Box) -> None:
    answer(staffed, proposed(staffed, 24))
    for months, by in ((25, OFFICER), (24, OTHER_OFFICER)):
        with pytest.raises(SecondNeeded):
            keep(staffed, months, by)
    assert not is_changed(staffed)
    keep(staffed, 24)
    assert is_changed(staffed)


def test_the_same_proposed_twice_waits_once(staffed: Box) -> None:
    assert proposed(staffed).id == proposed(staffed).id
    assert len(proposals(staffed.safe, by=OFFICER, now=staffed.now())) == 1


def test_nobody_approves_what_they_proposed(staffed: Box) -> None:
    made = proposed(staffed)
    for by in (OFFICER, replace(OFFICER, role=Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed) as refused:
            answer(staffed, made, by)
        assert refused.value.key == "proposal:same_person"
    with pytest.raises(NotAllowed):
        answer(staffed, made, EDITOR)
    assert standing(staffed, made) is Standing.WAITING


def test_the_emergency_account_approves_nothing(staffed: Box) -> None:
    changed(staffed, replace(ANNE, emergency=True))
    made = proposed(staffed)
    with pytest.raises(NotAllowed) as refused:
        answer(staffed, made)
    assert refused.value.key == "proposal:emergency"


def test_what_is_refused_or_withdrawn_is_not_done(staffed: Box) -> None:
    refused, withdrawn = proposed(staffed, 24), proposed(staffed, 36)
    answer(staffed, refused, approve=False)
    answer(staffed, withdrawn)
    with pytest.raises(NotAllowed) as not_yours:
        withdraw_proposal(staffed.safe, withdrawn.id, by=ADMINISTRATOR, now=staffed.now())
    assert not_yours.value.key == "proposal:not_yours"
    withdraw_proposal(staffed.safe, withdrawn.id, by=OFFICER, now=staffed.now())
    for months, made in ((24, refused), (36, withdrawn)):
        with pytest.raises(SecondNeeded):
            keep(staffed, months)
        with pytest.raises(Mistake) as over:
            answer(staffed, made)
        assert over.value.key == "proposal:over"
    with pytest.raises(Mistake):
        withdraw_proposal(staffed.safe, refused.id, by=OFFICER, now=staffed.now())
    assert not is_changed(staffed)


def test_what_nobody_answered_within_a_week_runs_out(staffed: Box, clock: Clock) -> None:
    made = proposed(staffed)
    clock.advance(days=7)
    assert standing(staffed, made) is Standing.EXPIRED
    with pytest.raises(Mistake):
        answer(staffed, made)
    assert proposed(staffed).id != made.id


def test_whoever_is_alone_thinks_it_over_for_a_day(box: Box, clock: Clock) -> None:
    proposed(box)
    clock.advance(hours=23)
    with pytest.raises(SecondNeeded):
        keep(box)
    clock.advance(hours=1)
    keep(box)
    assert is_changed(box)
    assert told(box)[-2].endswith("done retention alone")


def test_whoever_is_not_alone_any_more_needs_the_other(box: Box, clock: Clock) -> None:
    made = proposed(box)
    appoint(box)
    clock.advance(days=1)
    with pytest.raises(SecondNeeded):
        keep(box)
    answer(box, made)
    keep(box)
    assert is_changed(box)


def test_sending_the_other_away_makes_nobody_alone(staffed: Box, clock: Clock) -> None:
    proposed(staffed)
    changed(staffed, replace(ANNE, active=False))
    clock.advance(days=2)
    with pytest.raises(SecondNeeded):
        keep(staffed)
