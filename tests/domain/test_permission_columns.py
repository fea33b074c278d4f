"""Which column is what: guessed from headings in two languages, never against the cells, and checked."""

from dataclasses import replace
from typing import Any

import pytest

from appliance.domain.consent import Basis, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.permission_cells import DateOrder
from appliance.domain.permission_columns import ColumnMapping, Field, Use, guess, require_usable
from appliance.domain.permission_table import Table, read_table

WEB, SOCIAL, PRINT, PRESS, INTRANET, RECOGNITION = Purpose


def answer(*purposes: Purpose) -> Use:
    return Use(Field.ANSWER, purposes)


def table(headings: str, *rows: str) -> Table:
    return read_table("\n".join([f"{headings};zz", *rows]).encode())


def guessed(headings: str, *rows: str) -> tuple[Use | None, ...]:
    return guess(table(headings, *rows)).uses[:-1]


HEADINGS: dict[str, Use | None] = {
    "Naam": Use(Field.NAME),
    "NAME": Use(Field.NAME),
    "Naam medewerker": Use(Field.NAME),
    "E-mailadres": Use(Field.EMAIL),
    "e-mail": Use(Field.EMAIL),
    "Email address": Use(Field.EMAIL),
    "Afdeling": Use(Field.DEPARTMENT),
    "Geboortedatum": Use(Field.BIRTH_DATE),
    "Getekend op": Use(Field.BEGIN),
    "Datum": Use(Field.BEGIN),
    "Geldig t/m": Use(Field.END),
    "Geldig tot": Use(Field.END),
    "T/m": Use(Field.END),
    "Valid until": Use(Field.END),
    "Foto's": Use(Field.PHOTO),
    "Bestandsnaam": Use(Field.PHOTO),
    "Opmerkingen": Use(Field.NOTE),
    "Website": answer(WEB),
    "Toestemming website": answer(WEB),
    "Web (ja/nee)": answer(WEB),
    "Social media": answer(SOCIAL),
    "Facebook": answer(SOCIAL),
    "Drukwerk": answer(PRINT),
    "Pers": answer(PRESS),
    "Intranet": answer(INTRANET),
    "Web en social media": answer(WEB, SOCIAL),
    "Website tot": Use(Field.END, (WEB,)),
    "Einddatum drukwerk": Use(Field.END, (PRINT,)),
    "Intranet vanaf": Use(Field.BEGIN, (INTRANET,)),
    "Press until": Use(Field.END, (PRESS,)),
    # what is never guessed
    "Geen toestemming website": None,
    "Niet op website": None,
    "Bezwaar intranet": None,
    "No website": None,
    "Alles behalve pers": None,
    "Web ingetrokken": None,
    "Gezichtsherkenning": None,
    "Face recognition": None,
    "Toestemming": None,
    "Akkoord": None,
    "Personeelsnummer": None,
    "Persoonlijk": None,
    "": None,
}


@pytest.mark.parametrize(("heading", "use"), HEADINGS.items(), ids=[h or "empty" for h in HEADINGS])
def test_what_a_heading_means(heading: str, use: Use | None) -> None:
    assert guessed(heading) == (use,)


@pytest.mark.parametrize(
    ("heading", "cells", "use"),
    [
        ("Website", ["ja", "nee", "x"], answer(WEB)),
        ("Website", ["ja", "?", "nee", "volgt"], answer(WEB)),
        ("Website", ["www.example.nl", "example.org", "ja"], None),
        ("Datum", ["1-3-2025", "12/31/2025"], Use(Field.BEGIN)),
        ("Datum", ["ja", "nee", "1-3-2025"], None),
        ("E-mail", ["a@example.nl", "geen"], Use(Field.EMAIL)),
        ("E-mail", ["ja", "nee"], None),
    ],
)
def test_cells_can_belie_a_heading(heading: str, cells: list[str], use: Use | None) -> None:
    assert guessed(heading, *(f"{cell};" for cell in cells)) == (use,)


def test_a_column_of_addresses_needs_no_heading() -> None:
    assert guessed("Naam;Contact", "Jan;jan@example.nl;", "Bea;;")[1] == Use(Field.EMAIL)
    assert guessed("Naam;Contact", "Jan;jan@example.nl;", "Bea;020-1234567;")[1] is None


def test_beside_a_first_name_the_name_is_the_last_one() -> None:
    assert guessed("Voornaam;Tussenvoegsel;Naam") == (
        Use(Field.FIRST_NAME),
        Use(Field.NAME_PREFIX),
        Use(Field.LAST_NAME),
    )
    assert guessed("Naam;Voornaam;Achternaam") == (None, Use(Field.FIRST_NAME), Use(Field.LAST_NAME))


def test_the_second_of_a_kind_is_left_alone_but_answers_add_up() -> None:
    assert guessed("Datum;Getekend op;Facebook;Instagram") == (
        Use(Field.BEGIN),
        None,
        answer(SOCIAL),
        answer(SOCIAL),
    )


def test_the_order_of_days_comes_from_the_days() -> None:
    assert guess(table("Datum", "1/2/2025;", "13/2/2025;")).date_order is DateOrder.DAY_FIRST
    assert guess(table("Datum", "1/2/2025;")).date_order is None
    assert guess(table("Naam;Opmerking", "Jan;1/2/2025;")).date_order is DateOrder.DAY_FIRST


LIST = table("Naam;Website;Tot", "Jan;ja;2027-01-01;")
GOOD = ColumnMapping((Use(Field.NAME), answer(WEB), Use(Field.END), None))


def test_a_good_guess_is_usable() -> None:
    assert guess(LIST) == replace(GOOD, date_order=DateOrder.DAY_FIRST)
    require_usable(guess(LIST), LIST)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"uses": GOOD.uses[:3]}, "list:other_columns"),
        ({"uses": (None, *GOOD.uses[1:])}, "list:no_name"),
        ({"uses": (Use(Field.FIRST_NAME), *GOOD.uses[1:])}, "list:no_name"),
        ({"uses": (Use(Field.NAME), None, None, None)}, "list:no_answers"),
        ({"uses": (Use(Field.NAME), Use(Field.ANSWER), None, None)}, "list:no_answers"),
        ({"uses": (Use(Field.NAME), answer(WEB), Use(Field.ANSWER), None)}, "list:no_purpose"),
        ({"uses": (Use(Field.NAME), answer(WEB, RECOGNITION), None, None)}, "list:recognition"),
        ({"uses": (Use(Field.NAME), answer(WEB), Use(Field.NAME), None)}, "list:column_twice"),
        ({"uses": (Use(Field.NAME), answer(WEB), Use(Field.END), Use(Field.END))}, "list:column_twice"),
        ({"basis": Basis.LEGITIMATE_INTEREST}, "quitclaim:no_balancing"),
        ({"months": 0}, "list:bad_months"),
        ({"months": 241}, "list:bad_months"),
    ],
)
def test_a_mapping_that_cannot_be(change: dict[str, Any], key: str) -> None:
    with pytest.raises(Mistake) as caught:
        require_usable(replace(GOOD, **change), LIST)
    assert caught.value.key == key
    assert caught.value.hint


def test_days_of_one_purpose_come_before_those_of_all() -> None:
    mapping = ColumnMapping((Use(Field.NAME), answer(WEB, PRINT), Use(Field.END), Use(Field.END, (WEB,))))
    assert mapping.about(Field.END, WEB) == (3,)
    assert mapping.about(Field.END, PRINT) == (2,)
    assert mapping.purposes == (WEB, PRINT)
    require_usable(mapping, LIST)
