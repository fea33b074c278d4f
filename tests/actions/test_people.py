"""People: what may be kept of them, and that a standing wish outweighs every quitclaim."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from appliance.actions import people
from appliance.actions.faces import add_face
from appliance.domain.consent import Light, Purpose, Status, Why
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId, Standing
from appliance.domain.photos import PhotoId
from appliance.wiring import Box
from tests.actions.scene import (
    EDITOR,
    examine,
    fill,
    named,
    person,
    picture,
    rows,
    signed,
    take,
    told,
    verdict_of,
)


def create(box: Box, name: str, **more: object) -> Person:
    return people.create_person(box.safe, by=EDITOR, now=box.now(), name=name, **more)  # type: ignore[arg-type]


def change(box: Box, changed: Person) -> None:
    people.change_person(box.safe, changed, by=EDITOR, now=box.now(), day=box.today())


def view(box: Box, person_id: PersonId) -> people.PersonView:
    return people.person_view(box.safe, person_id, by=EDITOR, now=box.now(), day=box.today())


def test_a_person_is_kept_tidily_and_told_by_id_alone(box: Box) -> None:
    made = create(box, "  Anna   van Dijk ", department=" Bestuur ", email=" anna@example.org ")
    assert (made.name, made.department, made.email) == ("Anna van Dijk", "Bestuur", "anna@example.org")
    assert view(box, made.id).person == made
    assert told(box)[0] == f"the-editor person:add {made.id} done"


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("person:no_name", {"name": "  "}),
        ("person:bad_name", {"name": "A" * 201}),
        ("person:bad_name", {"name": "Anna\x00"}),
        ("person:bad_email", {"name": "Anna", "email": "anna at example"}),
        ("person:bad_email", {"name": "Anna", "email": "a@b@c"}),
        ("person:bad_birth_date", {"name": "Anna", "birth_date": date(2026, 11, 25)}),
    ],
)
def test_what_cannot_be_kept_is_refused_when_added_and_when_changed(
    box: Box, key: str, given: dict[str, object]
) -> None:
    fine = create(box, "Bob")
    before = told(box)
    with pytest.raises(Mistake) as problem:
        create(box, **given)  # type: ignore[arg-type]
    assert problem.value.key == key
    with pytest.raises(Mistake) as problem:
        change(box, replace(fine, **given))  # type: ignore[arg-type]
    assert problem.value.key == key
    assert told(box) == before
    assert [row["name"] for row in rows(box, "SELECT name FROM people")] == ["Bob"]


def test_somebody_unknown_cannot_be_changed_or_seen(box: Box) -> None:
    nobody = Person(PersonId("nobody"), "Nobody")
    for attempt in (lambda: change(box, nobody), lambda: view(box, nobody.id)):
        with pytest.raises(Mistake) as problem:
            attempt()
        assert problem.value.key == "person:unknown"
    assert told(box) == []


def test_people_are_found_by_name_or_department_without_accents(box: Box) -> None:
    for name, department in (("Zoë Çelik", "Bestuur"), ("Anna Blom", "Communicatie"), ("bob", "Bestuur")):
        create(box, name, department=department)

    def found(text: str) -> list[str]:
        cards = people.people(box.safe, by=EDITOR, now=box.now(), day=box.today(), text=text)
        assert [p.name for p in people.person_names(box.safe, by=EDITOR, now=box.now(), text=text)] == [
            card.person.name for card in cards
        ]
        return [card.person.name for card in cards]

    assert found("") == ["Anna Blom", "bob", "Zoë Çelik"]
    assert found("zoe celik") == ["Zoë Çelik"]
    assert found("BESTUUR") == ["bob", "Zoë Çelik"]
    assert found("%") == found("_") == []
    assert found("nobody") == []


def test_the_list_of_people_continues_where_the_page_before_it_ended(box: Box) -> None:
    for number in range(5):
        create(box, f"Person {number}")
    names: list[str] = []
    after = None
    while page := people.people(box.safe, by=EDITOR, now=box.now(), day=box.today(), after=after, limit=2):
        names += [card.person.name for card in page]
        after = page[-1].person.id
    assert names == [f"Person {number}" for number in range(5)]


def test_the_page_of_a_person_tells_quitclaims_photos_and_statuses(photo_box: Box, photo: PhotoId) -> None:
    box, anna = photo_box, person(photo_box, "Anna")
    now, day = box.now(), box.today()
    add_face(box.safe, photo, None, by=EDITOR, now=now, day=day, bell=box.bell, person_id=anna)
    soon = signed(box, anna, Purpose.WEB, days=60)
    signed(box, anna, Purpose.PRINT, days=-1)
    seen = view(box, anna)
    assert {purpose: status for purpose, status in seen.statuses.items() if status} == {
        Purpose.WEB: Status.EXPIRING,
        Purpose.PRINT: Status.EXPIRED,
    }
    assert [card.photo.id for card in seen.photos] == [photo]
    assert seen.photos[0].lights[Purpose.WEB] is Light.GREEN
    assert soon in [one.current for one in seen.quitclaims]
    assert (seen.portrait, seen.templates) == (None, 0)
    assert told(box)[-1] == f"the-editor person:view {anna} done"
    (card,) = people.people(box.safe, by=EDITOR, now=now, day=day)
    assert (card.person.id, card.photos, card.statuses) == (anna, 1, seen.statuses)


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (Standing.NEVER_PHOTOGRAPH, Why.NEVER_PHOTOGRAPH),
        (Standing.PHOTOGRAPH_NOT_PUBLISH, Why.PHOTOGRAPH_NOT_PUBLISH),
    ],
)
def test_a_standing_wish_turns_every_photo_red_at_once_and_back(
    photo_box: Box, standing: Standing, why: Why, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """P16: stronger than any quitclaim."""
    box, anna = photo_box, person(photo_box, "Anna")
    signed(box, anna, *Purpose)
    take(box, fill(tmp_path_factory.mktemp("card"), {f"IMG_000{n}.JPG": picture(n) for n in (2, 3)}))
    examine(box)
    photos = [named(box, f"IMG_000{n}.JPG") for n in (1, 2, 3)]
    now, day = box.now(), box.today()
    for photo in photos:
        add_face(box.safe, photo, None, by=EDITOR, now=now, day=day, bell=box.bell, person_id=anna)
    person_before = view(box, anna).person

    def lights() -> set[object]:
        """As decided, and as indexed."""
        indexed = rows(box, "SELECT DISTINCT light FROM lights")
        return {row["light"] for row in indexed} | {
            verdict_of(box, p, u).light for p in photos for u in Purpose if u is not Purpose.RECOGNITION
        }

    assert lights() == {Light.GREEN}
    change(box, replace(person_before, standing=standing))
    assert lights() == {Light.RED}
    assert [reason.why for reason in verdict_of(box, photos[0]).reasons] == [why]
    assert told(box)[-1] == f"the-editor person:edit {anna} done standing={standing}"
    change(box, replace(person_before, standing=Standing.NONE))
    assert lights() == {Light.GREEN}


def test_somebody_may_be_born_today_in_the_office(box: Box) -> None:
    assert create(box, "Anna", birth_date=box.today()).birth_date == box.today()
    with pytest.raises(Mistake):
        create(box, "Bob", birth_date=box.today() + timedelta(days=1))
