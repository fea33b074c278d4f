"""Random histories of consent: whatever comes later, a day is answered as it was on that day (P13)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance.domain.consent import (
    Answer,
    Basis,
    Permission,
    Purpose,
    Quitclaim,
    QuitclaimId,
    Signer,
    Term,
    permission,
)
from appliance.domain.people import PersonId

BEGIN = date(2026, 1, 1)
PURPOSES = (Purpose.WEB, Purpose.PRESS)
ends = st.none() | st.integers(0, 60)
answers = st.sampled_from([Answer.ASKED, Answer.GRANTED, Answer.DECLINED])


class Histories(RuleBasedStateMachine):
    """What is answered at the end of each day is written down, and asked again ever after."""

    def __init__(self) -> None:
        super().__init__()
        self.day, self.moment = BEGIN, 0
        self.versions: list[Quitclaim] = []
        self.said: dict[tuple[date, Purpose], Permission] = {}

    def _keep(self, version: Quitclaim) -> None:
        self.moment += 1
        at = datetime.combine(self.day, time(tzinfo=UTC)) + timedelta(seconds=self.moment)
        self.versions.append(replace(version, recorded_at=at, recorded_on=self.day))

    def _last(self, number: int) -> Quitclaim:
        ids = sorted({version.id for version in self.versions})
        wanted = ids[number % len(ids)]
        return max((v for v in self.versions if v.id == wanted), key=lambda v: v.version)

    @rule(purpose=st.sampled_from(PURPOSES), answer=answers, end=ends, signer=st.sampled_from(Signer))
    def record(self, purpose: Purpose, answer: Answer, end: int | None, signer: Signer) -> None:
        until = None if end is None else self.day + timedelta(days=end)
        made = QuitclaimId(f"q{len(self.versions):04}")
        self._keep(
            Quitclaim(
                made,
                1,
                PersonId("anna"),
                datetime.now(UTC),
                self.day,
                Basis.CONSENT,
                (Term(purpose, answer, None, until),),
                signer=signer,
            )
        )

    @precondition(lambda self: self.versions)
    @rule(number=st.integers(0, 9), answer=answers, begin=ends)
    def amend(self, number: int, answer: Answer, begin: int | None) -> None:
        last = self._last(number)
        start = None if begin is None else self.day + timedelta(days=begin)
        terms = tuple(Term(term.purpose, answer, start, None) for term in last.terms)
        self._keep(replace(last, version=last.version + 1, terms=terms))

    @precondition(lambda self: self.versions)
    @rule(number=st.integers(0, 9), signer=st.sampled_from(Signer))
    def withdraw(self, number: int, signer: Signer) -> None:
        last = self._last(number)
        terms = tuple(replace(term, answer=Answer.WITHDRAWN) for term in last.terms)
        self._keep(replace(last, version=last.version + 1, terms=terms, signer=signer))

    @precondition(lambda self: self.versions)
    @rule(number=st.integers(0, 9), end=ends)
    def renew(self, number: int, end: int | None) -> None:
        last = self._last(number)
        until = None if end is None else self.day + timedelta(days=end)
        terms = tuple(Term(term.purpose, Answer.GRANTED, None, until) for term in last.terms)
        made = QuitclaimId(f"q{len(self.versions):04}")
        self._keep(replace(last, id=made, version=1, terms=terms, supersedes=last.id))

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        for _ in range(days):
            for purpose in PURPOSES:
                self.said[self.day, purpose] = permission(self.versions, purpose, self.day)
            self.day += timedelta(days=1)

    @invariant()
    def every_past_day_is_answered_as_on_that_day(self) -> None:
        for day, purpose in list(self.said)[::7]:
            assert permission(self.versions, purpose, day) == self.said[day, purpose]

    @invariant()
    def the_order_in_which_versions_are_read_does_not_matter(self) -> None:
        for purpose in PURPOSES:
            now = permission(self.versions, purpose, self.day)
            assert permission(reversed(self.versions), purpose, self.day) == now


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
