"""The letters that answer requests: each tells what must be told at that step, and whose words stay whole."""

from dataclasses import replace
from datetime import date

import pytest

from appliance.domain.people import PersonId
from appliance.domain.rights import Right, RightsRequest, RightsRequestId, RightsState
from appliance.domain.rights_letters import AUTHORITY, letter
from appliance.domain.wording import Language
from tests.conftest import NOON

ASKED = RightsRequest(
    RightsRequestId("asked"),
    PersonId("person"),
    Right.ACCESS,
    date(2026, 11, 24),
    date(2026, 12, 24),
    RightsState.OPEN,
    "",
    NOON,
    "officer",
)


def told(**changed: object) -> str:
    request = replace(ASKED, **changed)  # type: ignore[arg-type]
    return letter(request, "Zoë {name}", "Waterdam", Language.DUTCH).text


def test_what_came_in_is_acknowledged_with_its_last_day() -> None:
    text = told()
    assert text.startswith("Beste Zoë {name},")
    assert "Op 24 november 2026 kregen wij uw verzoek: inzage (AVG, artikel 15)." in text
    assert "24 december 2026" in text
    assert text.endswith("Waterdam")


def test_an_extension_tells_its_reason_and_the_new_day() -> None:
    text = told(state=RightsState.EXTENDED, due_on=date(2027, 2, 24), extension="Het zijn {veel} foto's.")
    assert "Het zijn {veel} foto's." in text
    assert "24 februari 2027" in text
    assert AUTHORITY in text


def test_a_refusal_tells_why_and_where_to_complain() -> None:
    text = told(state=RightsState.REFUSED, note="Er loopt een zaak.")
    assert "Er loopt een zaak." in text
    assert AUTHORITY in text
    assert "rechter" in text


def test_what_was_lifted_is_told_instead_of_what_was_granted() -> None:
    granted = told(right=Right.RESTRICTION, state=RightsState.DONE, note="Toegekend.")
    lifted = told(
        right=Right.RESTRICTION,
        state=RightsState.DONE,
        note="Toegekend.",
        lifted_at=NOON,
        lifted_why="Het klopt nu.",
    )
    assert "doen er verder niets mee" in granted
    assert "Het klopt nu." in lifted
    assert "Toegekend." not in lifted


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("state", RightsState)
@pytest.mark.parametrize("right", Right)
def test_every_letter_is_whole(right: Right, state: RightsState, language: Language) -> None:
    made = letter(replace(ASKED, right=right, state=state), "Anna", "Waterdam", language)
    assert made.title
    assert "{" not in made.text
