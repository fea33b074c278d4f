"""How what takes two people stands, at every moment of its life."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.access import HELD_BY, Role, User, UserId
from appliance.domain.proposals import (
    ALONE_AFTER,
    APPROVED_WITH,
    PROPOSED_WITH,
    TIME_TO_APPROVE,
    TIME_TO_CARRY_OUT,
    Act,
    Answer,
    Proposal,
    ProposalId,
    Standing,
    Wanted,
    approvers,
)

THEN = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=1)
ERASE = Proposal(ProposalId("p"), Wanted(Act.ERASE_PERSON, "anna"), "otto", THEN)
APPROVED = replace(ERASE, answer=Answer.APPROVED, answered_by="anne", answered_at=THEN + timedelta(days=6))
ALONE = replace(ERASE, alone=True)
RECOGNITION = replace(ERASE, wanted=Wanted(Act.RECOGNITION), alone=True)


@pytest.mark.parametrize(
    ("proposal", "after", "standing"),
    [
        (ERASE, timedelta(0), Standing.WAITING),
        (ERASE, TIME_TO_APPROVE - MOMENT, Standing.WAITING),
        (ERASE, TIME_TO_APPROVE, Standing.EXPIRED),
        (APPROVED, timedelta(days=6), Standing.READY),
        (APPROVED, timedelta(days=6) + TIME_TO_CARRY_OUT - MOMENT, Standing.READY),
        (APPROVED, timedelta(days=6) + TIME_TO_CARRY_OUT, Standing.EXPIRED),
        (replace(APPROVED, done_at=THEN + timedelta(days=7)), timedelta(days=99), Standing.DONE),
        (replace(ERASE, answer=Answer.REFUSED), timedelta(0), Standing.REFUSED),
        (replace(ERASE, answer=Answer.WITHDRAWN), timedelta(0), Standing.WITHDRAWN),
        (ALONE, ALONE_AFTER - MOMENT, Standing.WAITING),
        (ALONE, ALONE_AFTER, Standing.READY),
        (ALONE, TIME_TO_APPROVE, Standing.EXPIRED),
        (RECOGNITION, timedelta(days=999), Standing.WAITING),
    ],
)
def test_how_it_stands(proposal: Proposal, after: timedelta, standing: Standing) -> None:
    assert proposal.standing(THEN + after) is standing


@given(st.sampled_from(Act), st.booleans(), st.timedeltas(timedelta(0), timedelta(days=99)))
def test_without_a_second_person_nothing_is_ready_but_what_one_alone_proposed_a_day_ago(
    act: Act, alone: bool, after: timedelta
) -> None:
    proposal = replace(ERASE, wanted=Wanted(act), alone=alone)
    ready = proposal.standing(THEN + after) is Standing.READY
    assert ready == (alone and act is not Act.RECOGNITION and ALONE_AFTER <= after < TIME_TO_APPROVE)


def someone(name: str, role: Role, **more: bool) -> User:
    return User(UserId(name), name, role, **more)


def test_who_could_approve() -> None:
    users = [
        someone("otto", Role.PRIVACY_OFFICER),
        someone("anne", Role.ADMINISTRATOR),
        someone("gone", Role.ADMINISTRATOR, active=False),
        someone("paper", Role.ADMINISTRATOR, emergency=True),
        someone("bert", Role.EDITOR),
        someone("petra", Role.PRIVACY_OFFICER),
    ]
    assert [one.id for one in approvers(Act.ERASE_PERSON, "otto", users)] == ["anne", "petra"]
    assert [one.id for one in approvers(Act.RECOGNITION, "otto", users)] == ["petra"]
    assert [one.id for one in approvers(Act.DESTROY, "operator", users)] == ["otto", "anne", "petra"]


@pytest.mark.parametrize("act", Act)
def test_every_act_has_somebody_who_proposes_it_and_somebody_who_approves_it(act: Act) -> None:
    assert any(PROPOSED_WITH[act] in held for held in HELD_BY.values())
    assert any(APPROVED_WITH[act] in held for held in HELD_BY.values())
