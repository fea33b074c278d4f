"""Minors: a guardian signs under sixteen, then the young person is asked; a child's no stands (P15)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from appliance.domain.consent import (
    Answer,
    Basis,
    Light,
    Purpose,
    Quitclaim,
    Signer,
    Why,
    next_change,
    permission,
    verdict,
)
from appliance.domain.people import PersonId
from tests.domain.worlds import ANNA, TODAY, days, named, quitclaim, term

YES, NO = term(), term(Answer.DECLINED)
TEN, FIFTEEN, SIXTEEN, GROWN = date(2016, 3, 1), date(2011, 3, 1), date(2010, 11, 24), date(1980, 1, 1)
ONE, OTHER = "guardian one", "guardian two"


def by(
    signer: Signer, *terms: Any, needed: int = 0, guardians: tuple[str, ...] = (), **more: Any
) -> Quitclaim:
    made = quitclaim(*(terms or (YES,)), **more)
    return replace(made, signer=signer, guardians=guardians, guardians_needed=needed)


GUARDIAN = by(Signer.GUARDIAN, needed=1, guardians=(ONE,))

CASES: dict[str, tuple[date | None, tuple[Quitclaim, ...], Why]] = {
    "a guardian signs for a child": (TEN, (GUARDIAN,), Why.PERMITTED),
    "a child of ten signs alone": (TEN, (by(Signer.SUBJECT),), Why.GUARDIAN_MISSING),
    "of fifteen, too": (FIFTEEN, (by(Signer.SUBJECT),), Why.GUARDIAN_MISSING),
    "staff recorded it for a child": (TEN, (by(Signer.STAFF),), Why.GUARDIAN_MISSING),
    "one guardian of two": (
        TEN,
        (by(Signer.GUARDIAN, needed=2, guardians=(ONE,)),),
        Why.GUARDIAN_MISSING,
    ),
    "both guardians": (TEN, (by(Signer.GUARDIAN, needed=2, guardians=(ONE, OTHER)),), Why.PERMITTED),
    "sixteen today, and a guardian signed": (SIXTEEN, (GUARDIAN,), Why.CAME_OF_AGE),
    "sixteen today, and signs today": (SIXTEEN, (by(Signer.SUBJECT, on=TODAY),), Why.PERMITTED),
    "sixteen today, and signed too early": (SIXTEEN, (by(Signer.SUBJECT, on=days(-1)),), Why.CAME_OF_AGE),
    "sixteen today, and staff recorded it before": (
        SIXTEEN,
        (by(Signer.STAFF, on=days(-1)),),
        Why.CAME_OF_AGE,
    ),
    "grown up": (GROWN, (by(Signer.SUBJECT),), Why.PERMITTED),
    "grown up, recorded by staff": (GROWN, (by(Signer.STAFF),), Why.PERMITTED),
    "a guardian, and no birth date": (None, (GUARDIAN,), Why.BIRTH_DATE_MISSING),
    "no birth date, and nobody says it is a child": (None, (by(Signer.SUBJECT),), Why.PERMITTED),
    "an agreement is not a consent": (TEN, (by(Signer.STAFF, basis=Basis.AGREEMENT),), Why.PERMITTED),
    "the child's no after the guardian's yes": (
        TEN,
        (GUARDIAN, by(Signer.SUBJECT, NO, name="own", on=days(-2))),
        Why.DECLINED,
    ),
    "the guardian's yes after the child's no": (
        TEN,
        (
            by(Signer.SUBJECT, NO, name="own", on=days(-9)),
            by(Signer.GUARDIAN, name="later", on=days(-2), needed=1, guardians=(ONE,)),
        ),
        Why.DECLINED,
    ),
    "the guardian's yes after the child took its no back": (
        TEN,
        (
            by(Signer.SUBJECT, NO, name="own", on=days(-9)),
            by(Signer.SUBJECT, YES, name="own", version=2, on=days(-8)),
            by(Signer.GUARDIAN, name="later", on=days(-2), needed=1, guardians=(ONE,)),
        ),
        Why.PERMITTED,
    ),
    "the guardian's no": (TEN, (by(Signer.GUARDIAN, NO, needed=1, guardians=(ONE,)),), Why.DECLINED),
    "the guardian withdraws": (
        TEN,
        (
            GUARDIAN,
            by(
                Signer.GUARDIAN,
                term(Answer.WITHDRAWN),
                version=2,
                on=days(-1),
                needed=1,
                guardians=(ONE,),
            ),
        ),
        Why.REVOKED,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_whose_word_counts(case: str) -> None:
    born, versions, why = CASES[case]
    assert permission(versions, Purpose.WEB, TODAY, born).why is why


@pytest.mark.parametrize("case", CASES)
def test_doubt_about_age_never_gives_something_to_rely_on(case: str) -> None:
    born, versions, why = CASES[case]
    found = permission(versions, Purpose.WEB, TODAY, born)
    assert (found.reliance is None) == (why is not Why.PERMITTED)


def test_on_the_sixteenth_birthday_every_purpose_turns_amber() -> None:
    facts = named(GUARDIAN)
    child = replace(facts, people={ANNA: replace(facts.people[ANNA], birth_date=SIXTEEN)})
    before, after = (verdict(child, Purpose.WEB, day) for day in (days(-1), TODAY))
    assert (before.light, after.light) == (Light.GREEN, Light.AMBER)
    assert after.reasons[0].why is Why.CAME_OF_AGE
    assert after.reasons[0].person_id == PersonId("anna")


def test_the_search_index_knows_that_a_birthday_is_coming() -> None:
    assert next_change([GUARDIAN], days(-10), SIXTEEN) == TODAY
    assert next_change([GUARDIAN], TODAY, SIXTEEN) is None
    assert next_change([GUARDIAN], days(-10), None) is None
