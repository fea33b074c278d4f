"""Old lists of permissions: kept as they came, tried without a trace, brought in once, and taken back."""

from dataclasses import replace
from datetime import date

import pytest

from appliance.actions import permission_lists as actions
from appliance.actions.consent import amend
from appliance.actions.faces import add_face
from appliance.actions.people import create_person
from appliance.domain.access import OPERATOR, Permission
from appliance.domain.consent import Answer, Light, Purpose, Quitclaim, Term, Why, permission
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import Person, PersonId
from appliance.domain.permission_list import ListId, ListState
from appliance.domain.photos import PhotoId
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, EDITOR, OFFICER, VIEWER, rows, signed, told, verdict_of
from tests.conftest import Clock

LIST = b"""Naam;E-mail;Geboortedatum;Website;Pers;Geldig tot;Foto
Anna de Vries;anna@example.nl;;ja;nee;31-12-2027;a.jpg
Bea Bakker;bea@example.nl;;ja;;31-12-2020;
Carl;carl@example.nl;1-5-2015;ja;;31-12-2027;
Dora;dora@example.nl;;misschien;ja;31-12-2027;
"""
WEB, PRESS = Purpose.WEB, Purpose.PRESS


def received(box: Box, data: bytes = LIST) -> ListId:
    return actions.receive_list(box.safe, data, "oud.csv", by=ADMINISTRATOR, now=box.now()).id


def tried(box: Box, list_id: ListId, rows: int | None = None) -> actions.ListView:
    now, day = box.now(), box.today()
    return actions.list_view(box.safe, list_id, by=ADMINISTRATOR, now=now, day=day, rows=rows)


def committed(box: Box, list_id: ListId) -> None:
    actions.commit_list(box.safe, list_id, by=ADMINISTRATOR, now=box.now(), day=box.today())


def undone(box: Box, list_id: ListId) -> actions.Undone:
    return actions.undo_list(box.safe, list_id, by=ADMINISTRATOR, now=box.now(), day=box.today())


def people(box: Box) -> dict[str, Person]:
    with box.safe.store.look(by=OPERATOR, to=Permission.PERSON_VIEW, now=box.now()) as view:
        return {one.name: one for one in view.people.all("", after=None, limit=99)}


def quitclaims(box: Box, who: PersonId) -> list[Quitclaim]:
    with box.safe.store.look(by=OPERATOR, to=Permission.QUITCLAIM_VIEW, now=box.now()) as view:
        return view.consent.of_person(who)


def why(box: Box, name: str, purpose: Purpose = WEB, day: date | None = None) -> Why:
    person = people(box)[name]
    return permission(quitclaims(box, person.id), purpose, day or box.today(), person.birth_date).why


def test_trying_changes_nothing_and_says_what_would_come(box: Box) -> None:
    list_id = received(box)
    before = told(box)
    looks = [f"the-administrator list:view {list_id} done"] * 2
    view = tried(box, list_id)
    assert view.plan is not None
    assert (view.plan.rows, view.plan.quitclaims, view.plan.rows_left_out) == (4, 3, 1)
    assert [one.expired for one in view.plan.people] == [False, True, False]
    assert [one.minor for one in view.plan.people] == [False, False, True]
    first = tried(box, list_id, rows=1).plan
    assert first is not None
    assert first.rows == 1
    assert (told(box), people(box)) == ([*before, *looks], {})


def test_what_is_brought_in_counts_at_once_and_says_where_it_came_from(box: Box) -> None:
    list_id = received(box)
    committed(box, list_id)
    assert set(people(box)) == {"Anna de Vries", "Bea Bakker", "Carl"}
    assert [why(box, name) for name in ("Anna de Vries", "Bea Bakker", "Carl")] == [
        *(Why.PERMITTED, Why.EXPIRED, Why.GUARDIAN_MISSING)
    ]
    assert why(box, "Anna de Vries", PRESS) is Why.DECLINED
    (anna,) = quitclaims(box, people(box)["Anna de Vries"].id)
    assert anna.note == "oud.csv: 2\na.jpg"
    entries = [entry.split()[1] for entry in told(box)]
    assert entries.count("quitclaim:record") == 3
    assert entries.count("person:add") == 3
    assert f"list:commit {list_id} done people=3 quitclaims=3 left_out=1" in told(box)[-1]
    assert "Vries" not in " ".join(told(box))


def test_a_list_is_brought_in_once_and_a_second_copy_of_it_brings_nothing(box: Box) -> None:
    list_id = received(box)
    committed(box, list_id)
    with pytest.raises(Mistake, match="brought in already"):
        committed(box, list_id)
    again = received(box)
    view = tried(box, again)
    assert view.plan is not None
    assert view.plan.people == ()
    with pytest.raises(Mistake) as refused:
        committed(box, again)
    assert refused.value.key == "list:nothing"


def test_taking_back_lets_it_say_nothing_and_keeps_the_days_between(box: Box, clock: Clock) -> None:
    list_id = received(box)
    committed(box, list_id)
    then = box.today()
    clock.advance(days=3)
    assert undone(box, list_id) == actions.Undone(3, 0)
    assert why(box, "Anna de Vries") is Why.NO_QUITCLAIM
    assert why(box, "Anna de Vries", day=then) is Why.PERMITTED
    assert tried(box, list_id).state is ListState.UNDONE
    with pytest.raises(Mistake) as refused:
        undone(box, list_id)
    assert refused.value.key == "list:not_committed"
    committed(box, received(box))  # sent anew, it counts again
    assert why(box, "Anna de Vries") is Why.PERMITTED


def test_what_somebody_said_since_is_not_taken_back(box: Box, clock: Clock) -> None:
    list_id = received(box)
    committed(box, list_id)
    anna = people(box)["Anna de Vries"].id
    clock.advance(days=1)
    (kept,) = quitclaims(box, anna)
    terms = [Term(WEB, Answer.DECLINED)]
    amend(box.safe, kept.id, terms, by=EDITOR, now=box.now(), day=box.today())
    clock.advance(days=1)
    assert undone(box, list_id) == actions.Undone(2, 1)
    assert why(box, "Anna de Vries") is Why.DECLINED


def test_somebody_known_is_recognised_or_asked_about_and_never_spoken_over(box: Box) -> None:
    known = create_person(
        box.safe, by=EDITOR, now=box.now(), name="Anna de Vries", email="anna@example.nl"
    ).id
    namesake = create_person(box.safe, by=EDITOR, now=box.now(), name="Carl", email="other@example.nl").id
    spoken = create_person(box.safe, by=EDITOR, now=box.now(), name="Bea Bakker", email="bea@example.nl").id
    signed(box, spoken, WEB)
    list_id = received(box)
    plan = tried(box, list_id).plan
    assert plan is not None
    assert [(one.name, one.existing) for one in plan.people] == [("Anna de Vries", known)]
    assert {line: [one.id for one in found] for line, found in plan.may_be.items()} == {4: [namesake]}
    mapping = replace(tried(box, list_id).kept.mapping, decisions={4: namesake})
    actions.map_list(box.safe, list_id, mapping, by=ADMINISTRATOR, now=box.now())
    committed(box, list_id)
    carl = people(box)["Carl"]
    assert (carl.id, carl.birth_date) == (namesake, date(2015, 5, 1))  # it was not known before
    assert len(quitclaims(box, spoken)) == 1
    undone(box, list_id)
    assert people(box)["Carl"].birth_date is None


def test_a_list_reaches_the_lights_of_photos_at_once(photo_box: Box, photo: PhotoId) -> None:
    box = photo_box
    now, day = box.now(), box.today()
    anna = create_person(box.safe, by=EDITOR, now=now, name="Anna de Vries", email="anna@example.nl").id
    add_face(box.safe, photo, None, by=EDITOR, now=now, day=day, bell=box.bell, person_id=anna)
    lights = "SELECT light FROM lights WHERE purpose = 'web'"
    before = rows(box, lights)
    list_id = received(box)
    committed(box, list_id)
    assert (before, rows(box, lights)) == ([{"light": "red"}], [{"light": "green"}])
    assert verdict_of(box, photo).light is Light.GREEN
    undone(box, list_id)
    assert rows(box, lights) == before


def test_a_mapping_that_cannot_be_used_is_told_and_brings_nothing_in(box: Box) -> None:
    list_id = received(box)
    mapping = replace(tried(box, list_id).kept.mapping, uses=(None,) * 7)
    actions.map_list(box.safe, list_id, mapping, by=ADMINISTRATOR, now=box.now())
    view = tried(box, list_id)
    assert view.plan is None
    assert view.problem is not None
    assert view.problem.key == "list:no_name"
    with pytest.raises(Mistake, match="No column holds the name"):
        committed(box, list_id)


def test_an_open_list_is_thrown_away_and_a_closed_one_is_not(box: Box) -> None:
    first, second = received(box), received(box)
    committed(box, second)
    actions.discard_list(box.safe, first, by=ADMINISTRATOR, now=box.now())
    with pytest.raises(Mistake):
        actions.discard_list(box.safe, second, by=ADMINISTRATOR, now=box.now())
    left = actions.permission_lists(box.safe, by=ADMINISTRATOR, now=box.now())
    assert [(kept.id, state) for kept, state in left] == [(second, ListState.COMMITTED)]


@pytest.mark.parametrize("who", [VIEWER, EDITOR, OFFICER])
def test_only_administrators_bring_lists_in(box: Box, who: object) -> None:
    with pytest.raises(NotAllowed):
        actions.receive_list(box.safe, LIST, "x.csv", by=who, now=box.now())  # type: ignore[arg-type]
