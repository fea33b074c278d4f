"""Whom to ask, from a spreadsheet: found, added when that is wanted, or told by line; never guessed."""

import pytest

from appliance.actions.asking_lists import MOST, people_of_list
from appliance.actions.people import create_person, person_names
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.wiring import Box
from tests.actions.scene import EDITOR, told

HEAD = "Voornaam;Tussenvoegsel;Achternaam;E-mail\n"


def listed(box: Box, *lines: str, add: bool = False, head: str = HEAD) -> tuple[PersonId, ...]:
    data = (head + "\n".join(lines)).encode()
    return people_of_list(box.safe, data, add=add, by=EDITOR, now=box.now())


def known(box: Box, name: str, email: str = "") -> PersonId:
    return create_person(box.safe, by=EDITOR, now=box.now(), name=name, email=email).id


def names(box: Box) -> list[str]:
    return [one.name for one in person_names(box.safe, by=EDITOR, now=box.now())]


def test_people_are_found_by_address_and_else_by_name(box: Box) -> None:
    anna = known(box, "Anna de Vries", "anna@example.nl")
    bea = known(box, "Bea Bakker")
    known(box, "Anna de Vries", "other@example.nl")
    assert listed(box, "A.;;Vries;ANNA@example.nl", "Bea;;Bakker;", "bea;;bakker;") == (anna, bea)


def test_whoever_is_not_known_is_told_by_line_or_added(box: Box) -> None:
    with pytest.raises(Mistake) as refused:
        listed(box, "Carl;van der;Berg;carl@example.nl", ";;Dora;")
    assert refused.value.key == "request:not_known"
    assert "lines: 2, 3" in refused.value.message
    assert names(box) == []
    assert len(listed(box, "Carl;van der;Berg;carl@example.nl", ";;Dora;", add=True)) == 2
    assert names(box) == ["Carl van der Berg", "Dora"]
    assert sum(" person:add " in f" {one} " for one in told(box)) == 2
    assert "Berg" not in " ".join(told(box))


def test_two_who_may_be_meant_are_not_chosen_between(box: Box) -> None:
    known(box, "Anna")
    known(box, "Anna")
    with pytest.raises(Mistake) as refused:
        listed(box, ";;Anna;", ";;New;", add=True)
    assert refused.value.key == "request:several"
    assert "New" not in names(box)


@pytest.mark.parametrize("line", [";;;a@example.nl", ";;Anna;nowhere", f";;{'a' * 201};"])
def test_a_line_that_is_not_clear_refuses_the_list(box: Box, line: str) -> None:
    with pytest.raises(Mistake) as refused:
        listed(box, ";;Bea;bea@example.nl", line, add=True)
    assert refused.value.key == "request:bad_lines"
    assert names(box) == []


def test_a_list_without_names_or_of_too_many_is_refused(box: Box) -> None:
    with pytest.raises(Mistake, match="No column holds the name"):
        listed(box, "1;2", head="Kleur;Maat\n")
    with pytest.raises(Mistake, match="too many"):
        listed(box, *(f";;Naam {n};" for n in range(MOST + 1)), add=True)
