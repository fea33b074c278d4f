"""Endings, alerts and renewals: nothing ends unseen, and each alert is given once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.consent import (
    Answer,
    Basis,
    Purpose,
    Quitclaim,
    QuitclaimId,
    Signer,
    Term,
    Why,
    permission,
)
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.ready_templates import ready
from appliance.domain.renewal import (
    Alert,
    AlertKey,
    DigestEntry,
    Ending,
    alerts,
    asked,
    digest,
    endings,
    left_out,
    renewal,
)
from appliance.domain.templates import ALERT_DAYS, Audience, TemplateId
from tests.domain.worlds import ANNA, BEA, TODAY, chains, days, quitclaim, some_day, term

WEB, PRESS = Purpose.WEB, Purpose.PRESS
FIRST = QuitclaimId("first")
SOON = quitclaim(term(until=days(20)), term(purpose=PRESS, until=days(50)))

Found = list[tuple[str, int, Purpose, int, Why]]

CASES: dict[str, tuple[tuple[Quitclaim, ...], Found]] = {
    "two purposes on two days": (
        (SOON,),
        [("first", 1, WEB, 20, Why.EXPIRED), ("first", 1, PRESS, 50, Why.EXPIRED)],
    ),
    "today for the last time": ((quitclaim(term(until=TODAY)),), [("first", 1, WEB, 0, Why.EXPIRED)]),
    "on the last day that is looked at": (
        (quitclaim(term(until=days(60))),),
        [("first", 1, WEB, 60, Why.EXPIRED)],
    ),
    "a day later than that": ((quitclaim(term(until=days(61))),), []),
    "ended already": ((quitclaim(term(until=days(-1))),), []),
    "without an end": ((quitclaim(term()),), []),
    "not begun yet": ((quitclaim(term(since=days(1), until=days(9))),), []),
    "declined, withdrawn, asked": (
        (
            quitclaim(
                term(Answer.DECLINED, until=days(9)),
                term(Answer.WITHDRAWN, PRESS, until=days(9)),
                term(Answer.ASKED, Purpose.PRINT, until=days(9)),
            ),
        ),
        [],
    ),
    "replaced by one that runs on": (
        (SOON, quitclaim(term(until=days(400)), name="second", on=days(-1), supersedes="first")),
        [],
    ),
    "a later quitclaim runs on for one purpose": (
        (SOON, quitclaim(term(until=days(400)), name="second", on=days(-1))),
        [("first", 1, PRESS, 50, Why.EXPIRED)],
    ),
    "an older quitclaim runs on, but the later word ends": (
        (
            quitclaim(term(until=days(400))),
            quitclaim(term(until=days(9)), name="second", on=days(-1)),
        ),
        [("second", 1, WEB, 9, Why.EXPIRED)],
    ),
    "one that begins on the day after takes over": (
        (
            quitclaim(term(until=days(9))),
            quitclaim(term(since=days(10), until=days(400)), name="second", on=days(-1)),
        ),
        [],
    ),
    "one that begins a day too late": (
        (
            quitclaim(term(until=days(9))),
            quitclaim(term(since=days(11), until=days(400)), name="second", on=days(-1)),
        ),
        [("first", 1, WEB, 9, Why.EXPIRED)],
    ),
    "the one that takes over ends soon itself": (
        (
            quitclaim(term(until=days(9))),
            quitclaim(term(since=days(10), until=days(40)), name="second", on=days(-1)),
        ),
        [("second", 1, WEB, 40, Why.EXPIRED)],
    ),
    "one that begins later asks less, and replaces all": (
        (
            quitclaim(term(until=days(400))),
            quitclaim(term(purpose=PRESS, since=days(9)), name="second", on=days(-1), supersedes="first"),
        ),
        [("first", 1, WEB, 8, Why.NO_QUITCLAIM)],
    ),
    "asked anew, not answered": (
        (SOON, quitclaim(term(Answer.ASKED), name="second", on=days(-1), supersedes="first")),
        [("first", 1, WEB, 20, Why.EXPIRED), ("first", 1, PRESS, 50, Why.EXPIRED)],
    ),
    "a version that changed another purpose": (
        (
            SOON,
            quitclaim(term(until=days(20)), term(Answer.WITHDRAWN, PRESS), version=2, on=days(-1)),
        ),
        [("first", 1, WEB, 20, Why.EXPIRED)],
    ),
    "a version that changed the end": (
        (quitclaim(term(until=days(9))), quitclaim(term(until=days(30)), version=2, on=days(-1))),
        [("first", 2, WEB, 30, Why.EXPIRED)],
    ),
    "a version that changed the end back": (
        (
            quitclaim(term(until=days(9))),
            quitclaim(term(until=days(30)), version=2, on=days(-2)),
            quitclaim(term(until=days(9)), version=3, on=days(-1)),
        ),
        [("first", 3, WEB, 9, Why.EXPIRED)],
    ),
    "an agreement ends too": (
        (quitclaim(term(until=days(9)), basis=Basis.AGREEMENT),),
        [("first", 1, WEB, 9, Why.EXPIRED)],
    ),
    "what is recorded later is not known yet": (
        (SOON, quitclaim(term(Answer.WITHDRAWN), term(Answer.WITHDRAWN, PRESS), version=2, on=days(1))),
        [("first", 1, WEB, 20, Why.EXPIRED), ("first", 1, PRESS, 50, Why.EXPIRED)],
    ),
}


def told(found: tuple[Ending, ...], day: date = TODAY) -> Found:
    return [(e.quitclaim_id, e.version, e.purpose, (e.last_day - day).days, e.why) for e in found]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_ends_within_sixty_days(case: tuple[tuple[Quitclaim, ...], Found]) -> None:
    versions, expected = case
    assert told(endings(versions, TODAY, 60)) == expected


def test_a_sixteenth_birthday_ends_what_a_guardian_signed() -> None:
    signed = replace(quitclaim(term(until=days(300))), signer=Signer.GUARDIAN, guardians=("one",))
    born = days(25).replace(year=days(25).year - 16)
    assert told(endings((signed,), TODAY, 60, born)) == [("first", 1, WEB, 24, Why.CAME_OF_AGE)]
    assert endings((signed,), TODAY, 23, born) == ()


turning = st.none() | st.integers(-12, 12).map(lambda n: days(n).replace(year=days(n).year - 16))


@given(chains, some_day, st.integers(0, 30), turning)
def test_endings_are_what_the_verdict_says(
    chain: tuple[Quitclaim, ...], day: date, within: int, born: date | None
) -> None:
    """Day by day; whoever turns sixteen about now had a guardian sign."""
    if born is not None:
        chain = tuple(replace(v, signer=Signer.GUARDIAN, guardians=("one",)) for v in chain)
    known = tuple(version for version in chain if version.recorded_on <= day)
    expected = {}
    for purpose in Purpose:
        says = [permission(known, purpose, day + timedelta(days=n), born) for n in range(within + 2)]
        closed = next((n for n, one in enumerate(says) if one.reliance is None), 0)
        if closed:
            expected[purpose, day + timedelta(days=closed - 1)] = says[closed].why
    found = endings(chain, day, within, born)
    assert {(e.purpose, e.last_day): e.why for e in found} == expected
    assert [e.last_day for e in found] == sorted(e.last_day for e in found)
    for one in found:
        relied_on = permission(known, one.purpose, one.last_day, born).reliance
        assert relied_on is not None
        assert relied_on.quitclaim_id == one.quitclaim_id
        assert relied_on.version >= one.version


def ending(left: int = 45, version: int = 1, purpose: Purpose = WEB, name: str = "first") -> Ending:
    return Ending(ANNA, QuitclaimId(name), version, purpose, Basis.CONSENT, days(left), Why.EXPIRED)


def key(given_at: int, version: int = 1, purpose: Purpose = WEB) -> AlertKey:
    return (FIRST, version, purpose, given_at)


ALERTS: dict[str, tuple[int, set[AlertKey], int | None]] = {
    "too early": (61, set(), None),
    "on the sixtieth day": (60, set(), 60),
    "between the two": (45, set(), 60),
    "between the two, told before": (45, {key(60)}, None),
    "on the thirtieth day": (30, {key(60)}, 30),
    "the box was off at sixty": (20, set(), 30),
    "told of both": (20, {key(60), key(30)}, None),
    "told at thirty only": (20, {key(30)}, None),
    "on the last day": (0, {key(60)}, 30),
    "over": (-1, set(), None),
    "told of an earlier version": (45, {key(60, version=2), key(60, purpose=PRESS)}, 60),
}


@pytest.mark.parametrize("case", ALERTS.values(), ids=ALERTS)
def test_which_alert_is_due(case: tuple[int, set[AlertKey], int | None]) -> None:
    left, sent, expected = case
    found = alerts([ending(left)], TODAY, sent)
    assert [alert.days for alert in found] == ([] if expected is None else [expected])


def test_a_template_says_how_many_days_before() -> None:
    one, other = ending(10), ending(10, name="second")
    found = alerts([one, other], TODAY, set(), {FIRST: (7,), QuitclaimId("second"): (14, 90)})
    assert found == (Alert(other, 14),)
    assert alerts([one], TODAY, set(), {FIRST: ()}) == ()


def test_a_template_that_changed_does_not_repeat_itself() -> None:
    assert alerts([ending(20)], TODAY, {key(30)}, {FIRST: (60,)}) == ()
    assert [a.days for a in alerts([ending(20)], TODAY, {key(60)}, {FIRST: (21,)})] == [21]


@given(
    st.lists(st.integers(-90, 90).map(days), min_size=1, max_size=40),
    st.integers(0, 60),
    st.sets(st.integers(1, 80), min_size=1, max_size=4),
)
def test_each_alert_is_given_once_and_none_is_missed(
    awake: list[date], last: int, alert_days: set[int]
) -> None:
    """The box is on at some days only."""
    versions = (quitclaim(term(until=days(last)), on=days(-200)),)
    usual = {FIRST: tuple(alert_days)}
    sent: list[AlertKey] = []
    for day in sorted(set(awake)):
        due = alerts(endings(versions, day, max(alert_days)), day, set(sent), usual)
        assert len(due) <= 1
        sent += [alert.key for alert in due]
        left = (days(last) - day).days
        reached = [number for number in alert_days if 0 <= left <= number]
        assert not reached or min(given_at for *_, given_at in sent) <= min(reached)
    assert len(set(sent)) == len(sent)
    numbers = [given_at for *_, given_at in sent]
    assert numbers == sorted(numbers, reverse=True)


def test_a_digest_has_a_line_for_each_person_and_day() -> None:
    of_bea = replace(ending(10, purpose=PRESS), person_id=BEA)
    found = [
        Alert(ending(30, purpose=PRESS), 30),
        Alert(ending(30, name="second"), 30),
        Alert(ending(10, purpose=Purpose.PRINT), 30),
        Alert(of_bea, 30),
    ]
    assert digest(found, TODAY) == (
        DigestEntry(ANNA, days(10), 10, Why.EXPIRED, (Purpose.PRINT,), (FIRST,)),
        DigestEntry(BEA, days(10), 10, Why.EXPIRED, (PRESS,), (FIRST,)),
        DigestEntry(ANNA, days(30), 30, Why.EXPIRED, (WEB, PRESS), (FIRST, QuitclaimId("second"))),
    )
    assert digest([], TODAY) == ()


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 60), st.sampled_from(list(Purpose)))))
def test_a_digest_loses_nothing(parts: list[tuple[str, int, Purpose]]) -> None:
    found = [Alert(replace(ending(left, purpose=p), person_id=PersonId(who)), 60) for who, left, p in parts]
    lines = digest(found, TODAY)
    said = {(line.person_id, line.days_left, purpose) for line in lines for purpose in line.purposes}
    assert said == set(parts)
    assert len({(line.person_id, line.last_day) for line in lines}) == len(lines)


OLD = replace(
    quitclaim(
        term(Answer.DECLINED, PRESS),
        term(until=days(5)),
        term(Answer.WITHDRAWN, Purpose.PRINT),
        term(purpose=Purpose.INTRANET, until=days(-5)),
        term(Answer.ASKED, Purpose.SOCIAL_MEDIA),
    ),
    note="By telephone.",
    signer=Signer.SUBJECT,
)
CHILD, GROWN = date(2015, 5, 1), date(1990, 5, 1)


def test_a_renewal_asks_what_was_granted_and_nothing_else() -> None:
    found = renewal(OLD, TODAY, GROWN)
    assert (found.renews, found.person_id, found.basis) == (OLD.id, ANNA, Basis.CONSENT)
    assert found.purposes == (WEB, Purpose.INTRANET)
    assert asked(found) == (Term(WEB, Answer.ASKED), Term(Purpose.INTRANET, Answer.ASKED))


def test_a_no_is_not_asked_again() -> None:
    with pytest.raises(Mistake) as caught:
        renewal(quitclaim(term(Answer.DECLINED), term(Answer.WITHDRAWN, PRESS)), TODAY)
    assert caught.value.key == "renewal:nothing"


@pytest.mark.parametrize(
    ("basis", "born", "before", "signer"),
    [
        (Basis.CONSENT, GROWN, Signer.SUBJECT, Signer.SUBJECT),
        (Basis.CONSENT, GROWN, Signer.STAFF, Signer.SUBJECT),
        (Basis.CONSENT, GROWN, Signer.GUARDIAN, Signer.SUBJECT),
        (Basis.CONSENT, CHILD, Signer.GUARDIAN, Signer.GUARDIAN),
        (Basis.CONSENT, CHILD, Signer.STAFF, Signer.GUARDIAN),
        (Basis.CONSENT, None, Signer.GUARDIAN, Signer.GUARDIAN),
        (Basis.CONSENT, None, Signer.STAFF, Signer.SUBJECT),
        (Basis.CONSENT, TODAY.replace(year=TODAY.year - 16), Signer.GUARDIAN, Signer.SUBJECT),
        (Basis.CONSENT, days(1).replace(year=days(1).year - 16), Signer.GUARDIAN, Signer.GUARDIAN),
        (Basis.AGREEMENT, GROWN, Signer.SUBJECT, Signer.SUBJECT),
        (Basis.LEGITIMATE_INTEREST, GROWN, Signer.STAFF, Signer.STAFF),
        (Basis.PUBLIC_TASK, None, Signer.STAFF, Signer.STAFF),
    ],
)
def test_who_must_answer(basis: Basis, born: date | None, before: Signer, signer: Signer) -> None:
    found = renewal(replace(OLD, basis=basis, signer=before), TODAY, born)
    assert found.signer is signer
    assert found.guardians_needed == (1 if signer is Signer.GUARDIAN else 0)


def test_two_guardians_stay_two_and_nobody_has_signed_yet() -> None:
    old = replace(OLD, signer=Signer.GUARDIAN, guardians=("one", "two"), guardians_needed=2)
    assert renewal(old, TODAY, CHILD).guardians_needed == 2
    assert renewal(old, TODAY, GROWN).guardians_needed == 0


def test_the_balancing_text_comes_along() -> None:
    old = replace(OLD, basis=Basis.LEGITIMATE_INTEREST, balancing="A public event.")
    assert renewal(old, TODAY).balancing == "A public event."


def test_what_a_template_would_let_end() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    old = quitclaim(term(), term(purpose=PRESS), term(purpose=Purpose.RECOGNITION))
    patients = ready(Audience.PATIENT, "Zorghuis", TemplateId("t"), at)
    assert left_out(renewal(old, TODAY), patients) == (PRESS, Purpose.RECOGNITION)
    employees = ready(Audience.EMPLOYEE, "Gemeente", TemplateId("t"), at)
    assert left_out(renewal(old, TODAY), employees) == ()
    assert max(ALERT_DAYS) < min(employees.months.values()) * 28
