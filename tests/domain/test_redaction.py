"""A name is left out of what others wrote, however they wrote it, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.descriptions import Description
from appliance.domain.redaction import LEFT_OUT, description_without, without_name


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Anna de Vries opens the hall", "[…] opens the hall"),
        ("With ANNA DE VRIES.", "With […]."),
        ("Ánna  de\nVriès and Bea", "[…] and Bea"),
        ("A\u0301nna de Vrie\u0300s", "[…]"),  # accents as characters of their own
        ("anna_de-vries_2.jpg", "[…]_2.jpg"),
        ("Anna de Vriesen", "Anna de Vriesen"),
        ("Joanna de Vries", "Joanna de Vries"),
        ("Anna", "Anna"),
        ("", ""),
    ],
)
def test_a_full_name_is_left_out(text: str, left: str) -> None:
    assert without_name(text, "Anna de Vries") == left


def test_a_letter_that_is_two_when_it_is_folded_is_found() -> None:
    assert without_name("Frau Weiß kam", "WEISS") == "Frau […] kam"
    assert without_name("Frau Weiss kam", "Weiß") == "Frau […] kam"


@given(st.text(alphabet="abé ß-_.", max_size=30), st.text(alphabet="abé ß", max_size=6))
def test_what_is_left_has_no_mention_any_more(text: str, name: str) -> None:
    left = without_name(text, name)
    assert without_name(left, name) == left
    assert LEFT_OUT in left or left == text


def test_of_a_description_the_maker_stays() -> None:
    told = Description(
        title="Anna Bos",
        caption="By Anna Bos",
        keywords=("Anna Bos", "hall"),
        creator="Anna Bos",
        credit="Anna Bos",
    )
    assert description_without(told, "Anna Bos") == Description(
        title="[…]", caption="By […]", keywords=("hall",), creator="Anna Bos", credit="Anna Bos"
    )
