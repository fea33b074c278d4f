"""Two people who turn out to be one: everything counts for that one, and can be parted again exactly."""

from dataclasses import replace

import pytest

from appliance.actions import people
from appliance.actions.consent import record, withdraw
from appliance.actions.faces import add_face, confirm
from appliance.actions.people import change_person, merge_people, person_view, unmerge_people
from appliance.actions.photos import count_heads
from appliance.demo.card import OBAMA
from appliance.domain.consent import Light, Purpose, Why
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId, Standing
from appliance.domain.photos import FaceId, PhotoId
from appliance.wiring import Box
from tests.actions.scene import EDITOR, granted, person, rows, signed, told, verdict_of
from tests.conftest import Clock

FACTS = ("people", "links", "quitclaims", "templates", "lights", "invitations")


def everything(box: Box) -> dict[str, list[dict[str, object]]]:
    return {table: rows(box, f"SELECT * FROM {table} ORDER BY 1, 2") for table in FACTS}  # noqa: S608


def merge(box: Box, one: PersonId, into: PersonId) -> None:
    merge_people(box.safe, one, into, by=EDITOR, now=box.now(), day=box.today())


def part(box: Box, one: PersonId) -> None:
    unmerge_people(box.safe, one, by=EDITOR, now=box.now(), day=box.today())


def view(box: Box, one: PersonId) -> people.PersonView:
    return person_view(box.safe, one, by=EDITOR, now=box.now(), day=box.today())


def stands_in(box: Box, photo: PhotoId, who: PersonId, heads: int = 1) -> FaceId:
    now, day = box.now(), box.today()
    face = add_face(box.safe, photo, None, by=EDITOR, now=now, day=day, bell=box.bell, person_id=who)
    count_heads(box.safe, photo, heads, by=EDITOR, now=now, day=day)
    return face


@pytest.fixture
def anna(photo_box: Box) -> PersonId:
    return person(photo_box, "Anna")


@pytest.fixture
def again(photo_box: Box) -> PersonId:
    return person(photo_box, "A. Bakker")


def test_photos_and_quitclaims_count_for_one(
    photo_box: Box, photo: PhotoId, anna: PersonId, again: PersonId
) -> None:
    box = photo_box
    stands_in(box, photo, anna)
    signed(box, again, Purpose.WEB)
    assert verdict_of(box, photo).light is Light.RED
    merge(box, again, anna)
    assert verdict_of(box, photo).light is Light.GREEN
    for known_as in (anna, again):
        found = view(box, known_as)
        assert (found.person.id, found.person.name) == (anna, "Anna")
        assert ([card.photo.id for card in found.photos], len(found.quitclaims)) == ([photo], 1)
        assert [one.id for one in found.merged] == [again]
    assert [
        card.person.id for card in people.people(box.safe, by=EDITOR, now=box.now(), day=box.today())
    ] == [anna]
    found_by_the_other_name = people.person_names(box.safe, by=EDITOR, now=box.now(), text="bakker")
    assert [one.id for one in found_by_the_other_name] == [anna]
    assert f"the-editor person:merge {again} done into={anna}" in told(box)


def test_the_photo_of_the_merged_one_follows_the_quitclaims_of_the_other(
    photo_box: Box, photo: PhotoId, anna: PersonId, again: PersonId
) -> None:
    box = photo_box
    stands_in(box, photo, again)
    theirs = signed(box, anna, Purpose.WEB)
    merge(box, again, anna)
    assert verdict_of(box, photo).light is Light.GREEN
    withdraw(box.safe, theirs.id, by=EDITOR, now=box.now(), day=box.today())
    assert [reason.why for reason in verdict_of(box, photo).reasons] == [Why.REVOKED]
    part(box, again)
    assert [reason.why for reason in verdict_of(box, photo).reasons] == [Why.NO_QUITCLAIM]


def test_the_last_word_of_either_name_counts(
    photo_box: Box, photo: PhotoId, anna: PersonId, again: PersonId, clock: Clock
) -> None:
    box = photo_box
    stands_in(box, photo, anna)
    signed(box, anna, Purpose.WEB)
    clock.advance(minutes=1)
    theirs = signed(box, again, Purpose.WEB)
    clock.advance(minutes=1)
    withdraw(box.safe, theirs.id, by=EDITOR, now=box.now(), day=box.today())
    assert verdict_of(box, photo).light is Light.GREEN
    merge(box, again, anna)
    assert [reason.why for reason in verdict_of(box, photo).reasons] == [Why.REVOKED]
    assert rows(box, "SELECT light FROM lights WHERE purpose = 'web'") == [{"light": "red"}]


def test_taken_back_everything_is_as_it_was(
    photo_box: Box, photo: PhotoId, anna: PersonId, again: PersonId
) -> None:
    box = photo_box
    stands_in(box, photo, anna)
    signed(box, again, Purpose.WEB)
    before = everything(box)
    merge(box, again, anna)
    assert everything(box) != before
    part(box, again)
    assert everything(box) == before
    with pytest.raises(Mistake) as problem:
        part(box, again)
    assert problem.value.key == "person:not_merged"


def test_a_chain_of_merges_ends_in_one_and_parts_where_it_is_cut(
    photo_box: Box, photo: PhotoId, anna: PersonId, again: PersonId
) -> None:
    box, third = photo_box, person(photo_box, "Annie")
    stands_in(box, photo, third)
    signed(box, anna, Purpose.WEB)
    merge(box, third, again)
    merge(box, again, anna)
    assert verdict_of(box, photo).light is Light.GREEN
    assert view(box, third).person.id == anna
    assert {one.id for one in view(box, anna).merged} == {again, third}
    part(box, again)
    assert (view(box, third).person.id, view(box, again).person.id) == (again, again)
    assert verdict_of(box, photo).light is Light.RED
    part(box, third)
    assert view(box, third).person.id == third


@pytest.mark.parametrize("chained", [False, True])
def test_nobody_becomes_a_name_of_themselves(
    photo_box: Box, anna: PersonId, again: PersonId, chained: bool
) -> None:
    box = photo_box
    if chained:
        merge(box, again, anna)
    with pytest.raises(Mistake) as problem:
        merge(box, anna, again if chained else anna)
    assert problem.value.key == "person:same"


def test_two_who_stand_together_in_a_photo_are_not_one(
    photo_box: Box, photo: PhotoId, anna: PersonId, again: PersonId
) -> None:
    box = photo_box
    stands_in(box, photo, anna)
    stands_in(box, photo, again, heads=2)
    before = everything(box)
    with pytest.raises(Mistake) as problem:
        merge(box, again, anna)
    assert problem.value.key == "person:together"
    assert everything(box) == before


def test_one_who_is_merged_is_not_named_beside_the_other(
    photo_box: Box, photo: PhotoId, anna: PersonId, again: PersonId
) -> None:
    """P7: whichever name is used."""
    box = photo_box
    stands_in(box, photo, anna)
    merge(box, again, anna)
    now, day = box.now(), box.today()
    with pytest.raises(Mistake) as problem:
        add_face(box.safe, photo, None, by=EDITOR, now=now, day=day, bell=box.bell, person_id=again)
    assert problem.value.key == "face:person_twice"


@pytest.mark.parametrize("standing", [Standing.NEVER_PHOTOGRAPH, Standing.PHOTOGRAPH_NOT_PUBLISH])
def test_a_wish_is_not_lost_in_a_merge(
    photo_box: Box, photo: PhotoId, anna: PersonId, again: PersonId, standing: Standing
) -> None:
    """P16: stronger than any quitclaim, under whichever name it was said."""
    box, now, day = photo_box, photo_box.now(), photo_box.today()
    stands_in(box, photo, anna)
    signed(box, anna, Purpose.WEB)
    change_person(box.safe, replace(view(box, again).person, standing=standing), by=EDITOR, now=now, day=day)
    with pytest.raises(Mistake) as problem:
        merge(box, again, anna)
    assert problem.value.key == "person:other_wish"
    change_person(box.safe, replace(view(box, anna).person, standing=standing), by=EDITOR, now=now, day=day)
    merge(box, again, anna)
    assert verdict_of(box, photo).light is Light.RED


def test_a_birth_date_is_not_lost_in_a_merge(photo_box: Box, anna: PersonId, again: PersonId) -> None:
    """P15: whether a guardian signs depends on it."""
    box, now, day = photo_box, photo_box.now(), photo_box.today()
    born = day.replace(year=day.year - 10)
    change_person(box.safe, replace(view(box, again).person, birth_date=born), by=EDITOR, now=now, day=day)
    with pytest.raises(Mistake) as problem:
        merge(box, again, anna)
    assert problem.value.key == "person:other_birth_date"
    merge(box, anna, again)
    assert view(box, anna).person.birth_date == born


def test_templates_count_for_one_and_go_with_their_consent(demo_box: Box, clock: Clock) -> None:
    box = demo_box
    obama = PersonId(str(rows(box, "SELECT id FROM people WHERE name = ?", OBAMA)[0]["id"]))
    twin = person(box, "B. Obama")
    clock.advance(minutes=1)
    terms = granted(Purpose.RECOGNITION)
    theirs = record(box.safe, twin, terms, by=EDITOR, now=clock(), day=box.today())
    merge(box, obama, twin)
    assert view(box, twin).templates == 1
    suggested = FaceId(str(rows(box, "SELECT face_id FROM links WHERE state = 'suggested'")[0]["face_id"]))
    confirm(box.safe, suggested, twin, by=EDITOR, now=clock(), day=box.today(), bell=box.bell)
    photos = {card.photo.name for card in view(box, twin).photos}
    assert photos >= {"KLUI0001.JPG"}
    assert len(photos) == 2
    clock.advance(minutes=1)
    withdraw(box.safe, theirs.id, by=EDITOR, now=clock(), day=box.today())
    assert view(box, twin).templates == 0
    assert len(rows(box, "SELECT * FROM templates")) == 1  # Biden's
    assert rows(box, "SELECT * FROM links WHERE state = 'suggested'") == []
