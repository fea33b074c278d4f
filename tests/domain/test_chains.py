"""Chains of versions: what held on a day, what replaces what, and when the calendar changes it."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from appliance.domain.consent import (
    Answer,
    Basis,
    Purpose,
    Quitclaim,
    Status,
    Term,
    Why,
    next_change,
    permission,
    status,
    versions_on,
)
from tests.domain.worlds import TODAY, chains, days, quitclaim, some_day, term

ASKED, NO, TAKEN_BACK = term(Answer.ASKED), term(Answer.DECLINED), term(Answer.WITHDRAWN)
YES = term(until=days(365))

STATUSES: dict[str, tuple[Term, Status]] = {
    "asked": (ASKED, Status.PENDING),
    "asked, with days already filled in": (term(Answer.ASKED, until=days(-1)), Status.PENDING),
    "declined": (NO, Status.DECLINED),
    "withdrawn, whatever its days": (term(Answer.WITHDRAWN, since=days(5)), Status.REVOKED),
    "begins tomorrow": (term(since=days(1)), Status.PENDING),
    "begins today": (term(since=TODAY), Status.ACTIVE),
    "has no end": (term(), Status.ACTIVE),
    "ends in 61 days": (term(until=days(61)), Status.ACTIVE),
    "ends in 60 days": (term(until=days(60)), Status.EXPIRING),
    "ends today": (term(until=TODAY), Status.EXPIRING),
    "ended yesterday": (term(until=days(-1)), Status.EXPIRED),
    "ends on the last day there is": (term(until=date.max), Status.ACTIVE),
}


@pytest.mark.parametrize("case", STATUSES)
def test_how_a_term_stands(case: str) -> None:
    of_today, expected = STATUSES[case]
    assert status(of_today, TODAY) is expected
    assert status(of_today, TODAY, superseded=True) is Status.SUPERSEDED


def test_the_version_of_a_day_is_the_last_recorded_by_then() -> None:
    chain = [quitclaim(YES, version=n, on=days(offset)) for n, offset in ((1, -10), (2, -5), (3, 0), (4, 0))]
    other = quitclaim(YES, name="other", on=days(-7))

    def known(day: date) -> list[tuple[str, int]]:
        return [(v.id, v.version) for v in versions_on([*reversed(chain), other], day)]

    assert known(days(-11)) == []
    assert known(days(-6)) == [("first", 1), ("other", 1)]
    assert known(days(-5)) == [("other", 1), ("first", 2)]
    assert known(TODAY) == known(days(30)) == [("other", 1), ("first", 4)]


OLD = quitclaim(YES)


def newer(*terms: Term, on: date | None = None, basis: Basis = Basis.CONSENT) -> Quitclaim:
    """A quitclaim that replaces the old one."""
    return quitclaim(*terms, name="new", on=on or days(-10), supersedes="first", basis=basis)


PRESS_ONLY = term(purpose=Purpose.PRESS)
AGREEMENT = Basis.AGREEMENT

# What somebody's quitclaims say of the website today.
CHAINS: dict[str, tuple[list[Quitclaim], Why]] = {
    "the new one says yes": ([OLD, newer(YES)], Why.PERMITTED),
    "the new one says no": ([OLD, newer(NO)], Why.DECLINED),
    "the new one is merely asked for: the old one holds": ([OLD, newer(ASKED)], Why.PERMITTED),
    "the new one begins later: the old one holds": ([OLD, newer(term(since=days(1)))], Why.PERMITTED),
    "the new one is recorded later: the old one holds": ([OLD, newer(NO, on=days(1))], Why.PERMITTED),
    "the new one expired: the old one does not come back": ([OLD, newer(term(until=days(-1)))], Why.EXPIRED),
    "the new one leaves the purpose out: it is no longer permitted": (
        [OLD, newer(PRESS_ONLY)],
        Why.NO_QUITCLAIM,
    ),
    "the new one speaks of the press, and is asked of the web": (
        [OLD, newer(PRESS_ONLY, ASKED)],
        Why.PENDING,
    ),
    "a replaced no does not contradict": ([quitclaim(NO), newer(YES)], Why.PERMITTED),
    "a replaced agreement does not contradict": (
        [quitclaim(YES, basis=AGREEMENT), newer(NO)],
        Why.DECLINED,
    ),
    "a quitclaim that replaces itself says nothing": (
        [quitclaim(YES, supersedes="first")],
        Why.NO_QUITCLAIM,
    ),
    "the last word counts: yes after no": (
        [quitclaim(NO), quitclaim(YES, name="b", on=days(-1))],
        Why.PERMITTED,
    ),
    "the last word counts: no after yes": ([OLD, quitclaim(NO, name="b", on=days(-1))], Why.DECLINED),
    "the last word counts: it expired": (
        [OLD, quitclaim(term(until=days(-2)), name="b", on=days(-9))],
        Why.EXPIRED,
    ),
    "asking anew does not take a yes away": ([OLD, quitclaim(ASKED, name="b", on=days(-1))], Why.PERMITTED),
    "asking anew does not take a no away": (
        [quitclaim(NO), quitclaim(ASKED, name="b", on=days(-1))],
        Why.DECLINED,
    ),
    "only asked, twice": ([quitclaim(ASKED), quitclaim(ASKED, name="b", on=days(-1))], Why.PENDING),
    "withdrawn, then granted anew in the same chain": (
        [OLD, quitclaim(TAKEN_BACK, version=2, on=days(-5)), quitclaim(YES, version=3, on=days(-4))],
        Why.PERMITTED,
    ),
    "withdrawn while an agreement runs": (
        [quitclaim(YES, name="a", basis=AGREEMENT), quitclaim(TAKEN_BACK, name="b", on=days(-1))],
        Why.CONTRADICTION,
    ),
    "declined while an agreement is expiring": (
        [
            quitclaim(term(until=days(1)), name="a", basis=AGREEMENT),
            quitclaim(NO, name="b", on=days(-1)),
        ],
        Why.CONTRADICTION,
    ),
    "withdrawn after the agreement ended": (
        [
            quitclaim(term(until=days(-2)), name="a", basis=AGREEMENT),
            quitclaim(TAKEN_BACK, name="b", on=days(-1)),
        ],
        Why.REVOKED,
    ),
    "withdrawn before the agreement begins": (
        [
            quitclaim(term(since=days(1)), name="a", basis=AGREEMENT),
            quitclaim(TAKEN_BACK, name="b", on=days(-1)),
        ],
        Why.REVOKED,
    ),
    "an agreement made after the withdrawal": (
        [quitclaim(TAKEN_BACK), quitclaim(YES, name="b", on=days(-1), basis=AGREEMENT)],
        Why.PERMITTED,
    ),
    "withdrawn beside another consent": (
        [quitclaim(YES, name="a"), quitclaim(TAKEN_BACK, name="b", on=days(-1))],
        Why.REVOKED,
    ),
}


@pytest.mark.parametrize("case", CHAINS)
def test_what_the_quitclaims_of_somebody_say(case: str) -> None:
    versions, why = CHAINS[case]
    assert permission(versions, Purpose.WEB, TODAY).why is why
    assert permission(reversed(versions), Purpose.WEB, TODAY).why is why


def test_what_decided_is_told_with_its_day_and_basis() -> None:
    told = permission([OLD, quitclaim(TAKEN_BACK, version=2, on=days(-5))], Purpose.WEB, TODAY)
    assert (told.day, told.basis, told.status, told.reliance) == (
        days(-5),
        Basis.CONSENT,
        Status.REVOKED,
        None,
    )
    ended = permission([quitclaim(term(until=days(-3)))], Purpose.WEB, TODAY)
    assert (ended.day, ended.status) == (days(-3), Status.EXPIRED)
    later = permission([quitclaim(term(since=days(3)))], Purpose.WEB, TODAY)
    assert (later.why, later.day) == (Why.NOT_YET_VALID, days(3))


def answers(versions: tuple[Quitclaim, ...], day: date) -> list[Why]:
    return [permission(versions, purpose, day).why for purpose in Purpose]


@settings(max_examples=300)
@given(chains, some_day)
def test_the_calendar_changes_an_answer_on_exactly_the_day_foretold(
    versions: tuple[Quitclaim, ...], day: date
) -> None:
    """Against looking at every day one by one."""
    now = answers(versions, day)
    horizon = (day + timedelta(days=ahead) for ahead in range(1, 60))
    seen = next((one for one in horizon if answers(versions, one) != now), None)
    assert next_change(versions, day) == seen


def test_the_calendar_ends_without_an_error() -> None:
    endless = [quitclaim(term(until=date.max))]
    assert next_change(endless, TODAY) is None
    assert permission(endless, Purpose.WEB, date.max).why is Why.PERMITTED
