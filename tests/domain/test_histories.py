"""Random histories of consent: whatever comes later, a day is answered as it was on that day (P13).

Beside the rule stands a second, plain account of it: the events of a history are played again up to a day,
and what is said then is read off. Both must say the same of every day.
"""

from dataclasses import dataclass, replace
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
    Why,
    permission,
)
from appliance.domain.people import PersonId

BEGIN = date(2026, 1, 1)
PURPOSES = (Purpose.WEB, Purpose.PRESS)
BASES = (Basis.CONSENT, Basis.CONSENT, Basis.AGREEMENT)
ends = st.none() | st.integers(0, 60)
answers = st.sampled_from([Answer.ASKED, Answer.GRANTED, Answer.DECLINED])


@dataclass
class Told:
    """What one quitclaim says after some events. turn: of the last of them."""

    turn: int
    basis: Basis
    signer: Signer
    replaces: QuitclaimId | None
    said: dict[Purpose, Term]


def stands(term: Term, day: date) -> str:
    if term.answer in (Answer.DECLINED, Answer.WITHDRAWN):
        return "no"
    if term.answer is Answer.ASKED or (term.valid_from is not None and term.valid_from > day):
        return "not yet"
    return "over" if term.valid_until is not None and term.valid_until < day else "yes"


def played_again(events: list[Quitclaim], purpose: Purpose, day: date) -> Why:
    """What a history says on a day, from its events up to that day."""
    told: dict[QuitclaimId, Told] = {}
    for turn, event in enumerate(events):
        if event.recorded_on <= day:
            said = {term.purpose: term for term in event.terms}
            told[event.id] = Told(turn, event.basis, event.signer, event.supersedes, said)
    gone = {
        one.replaces for one in told.values() if any(stands(t, day) != "not yet" for t in one.said.values())
    }
    left = [one for key, one in told.items() if key not in gone and purpose in one.said]
    left.sort(key=lambda one: one.turn)
    heard = [one for one in left if stands(one.said[purpose], day) != "not yet"]
    if not heard:
        if not left:
            return Why.NO_QUITCLAIM
        return Why.PENDING if left[-1].said[purpose].answer is Answer.ASKED else Why.NOT_YET_VALID
    last = heard[-1]
    own = [one for one in heard if one.signer is Signer.SUBJECT]
    if last.signer is Signer.GUARDIAN and own and stands(own[-1].said[purpose], day) == "no":
        last = own[-1]
    match stands(last.said[purpose], day):
        case "over":
            return Why.EXPIRED
        case "yes":
            guarded = last.basis is Basis.CONSENT and last.signer is Signer.GUARDIAN
            return Why.BIRTH_DATE_MISSING if guarded else Why.PERMITTED
    if any(stands(one.said[purpose], day) == "yes" and one.basis is not Basis.CONSENT for one in heard):
        return Why.CONTRADICTION
    return Why.REVOKED if last.said[purpose].answer is Answer.WITHDRAWN else Why.DECLINED


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

    @rule(
        purposes=st.sampled_from([PURPOSES, PURPOSES[:1], PURPOSES[1:]]),
        answer=answers,
        end=ends,
        signer=st.sampled_from(Signer),
        basis=st.sampled_from(BASES),
    )
    def record(
        self, purposes: tuple[Purpose, ...], answer: Answer, end: int | None, signer: Signer, basis: Basis
    ) -> None:
        until = None if end is None else self.day + timedelta(days=end)
        made = QuitclaimId(f"q{len(self.versions):04}")
        self._keep(
            Quitclaim(
                made,
                1,
                PersonId("anna"),
                datetime.now(UTC),
                self.day,
                basis,
                tuple(Term(purpose, answer, None, until) for purpose in purposes),
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
    def every_day_is_what_playing_the_events_again_gives(self) -> None:
        days = {self.day, *(day for day, _ in list(self.said)[::11])}
        for day in days:
            for purpose in PURPOSES:
                assert permission(self.versions, purpose, day).why is played_again(
                    self.versions, purpose, day
                )

    @invariant()
    def the_order_in_which_versions_are_read_does_not_matter(self) -> None:
        for purpose in PURPOSES:
            now = permission(self.versions, purpose, self.day)
            assert permission(reversed(self.versions), purpose, self.day) == now


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
