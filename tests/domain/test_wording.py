"""The words: every reason and every closed set can be said in every language, with nothing left unfilled."""

import re
from enum import StrEnum

import pytest

from appliance.domain.consent import Answer, Basis, Light, Purpose, Reason, Status, Why, verdict
from appliance.domain.people import PersonId
from appliance.domain.wording import Language, day_in_words, sentence, sentences, word
from tests.domain.test_verdict import CASES
from tests.domain.worlds import ANNA, TODAY, days, named, quitclaim, term


def name(person_id: PersonId) -> str:
    return f"{{{person_id.title()}}}"  # a name is never read as a form


def is_a_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z{].*[^ (][.?]", text)) and not re.search(r"  |\(\)| [.,]|\{[a-z]", text)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("why", Why)
def test_every_reason_can_be_said(why: Why, language: Language) -> None:
    said = sentence(Reason(why, person_id=ANNA, day=TODAY, basis=Basis.CONSENT), language, name)
    assert is_a_sentence(said), said


@pytest.mark.parametrize("why", Why)
def test_a_reason_reads_otherwise_in_each_language(why: Why) -> None:
    reason = Reason(why, person_id=ANNA, day=TODAY, basis=Basis.CONSENT)
    assert len({sentence(reason, language, name) for language in Language}) == len(Language)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("case", CASES)
def test_what_a_verdict_really_says_leaves_nothing_open(case: str, language: Language) -> None:
    decided = verdict(CASES[case][0], Purpose.WEB, TODAY)
    for said in sentences(decided, language, name):
        assert is_a_sentence(said), said


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("closed_set", [Light, Purpose, Basis, Answer, Status])
def test_every_member_of_a_closed_set_has_a_word_of_its_own(
    closed_set: type[StrEnum], language: Language
) -> None:
    words = [word(member, language) for member in closed_set]
    assert all(words)
    assert len(set(words)) == len(words)


SAID = {
    "a yes with an end": (
        quitclaim(term(until=days(7))),
        "Anna vindt het goed (toestemming) tot en met 1 december 2026.",
        "Anna permits it (consent) until 1 December 2026.",
    ),
    "a yes without one": (
        quitclaim(term(), basis=Basis.AGREEMENT),
        "Anna vindt het goed (overeenkomst).",
        "Anna permits it (agreement).",
    ),
    "expired": (
        quitclaim(term(until=days(-24))),
        "De toestemming van Anna is verlopen op 31 oktober 2026.",
        "The permission of Anna expired on 31 October 2026.",
    ),
    "withdrawn": (
        quitclaim(term(Answer.WITHDRAWN), on=days(-1)),
        "Anna heeft de toestemming ingetrokken op 23 november 2026.",
        "Anna withdrew the permission on 23 November 2026.",
    ),
    "not yet": (
        quitclaim(term(since=days(98))),
        "De toestemming van Anna begint op 2 maart 2027.",
        "The permission of Anna begins on 2 March 2027.",
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_how_it_is_said(case: str) -> None:
    version, dutch, english = SAID[case]
    decided = verdict(named(version), Purpose.WEB, TODAY)
    assert sentences(decided, Language.DUTCH, str.title) == (dutch,)
    assert sentences(decided, Language.ENGLISH, str.title) == (english,)


def test_a_reason_that_holds_of_many_faces_is_said_once() -> None:
    decided = verdict(CASES["a face without a name"][0], Purpose.WEB, TODAY)
    twice = decided.__class__(decided.purpose, TODAY, decided.light, decided.reasons * 2)
    assert len(sentences(twice, Language.ENGLISH, name)) == 1


def test_every_month_has_its_name() -> None:
    months = [TODAY.replace(month=month) for month in range(1, 13)]
    assert [day_in_words(day, Language.DUTCH) for day in months][2] == "24 maart 2026"
    assert len({day_in_words(day, Language.ENGLISH) for day in months}) == 12
