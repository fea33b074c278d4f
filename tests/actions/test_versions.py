"""Versions of what is known of a photo: who changed what, one change undone, an earlier version put back."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from appliance.actions import versions
from appliance.actions.descriptions import describe
from appliance.actions.erasure import erase_person
from appliance.actions.faces import add_face
from appliance.actions.photos import count_heads, look_at
from appliance.actions.shoots import create_shoot, put_in_shoot
from appliance.actions.undo import latest_change, undo
from appliance.domain.access import OPERATOR, Actor
from appliance.domain.consent import Light
from appliance.domain.descriptions import Description
from appliance.domain.erasure import Cause
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.versions import BY_THE_BOX, Known, PhotoVersion, differences
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, EDITOR, VIEWER, person, rows, told, two_people, verdict_of
from tests.conftest import Clock

FIRST = Description(title="Open day", caption="The new waiting room", keywords=("care",))


def history(box: Box, photo: PhotoId) -> tuple[PhotoVersion, ...]:
    return versions.photo_history(box.safe, photo, by=VIEWER, now=box.now()).versions


def tell(box: Box, photo: PhotoId, description: Description, by: Actor = EDITOR) -> None:
    describe(box.safe, photo, description, by=by, now=box.now())


def now_told(box: Box, photo: PhotoId) -> tuple[Description, int | None, str | None]:
    view = look_at(box.safe, photo, by=OPERATOR, now=box.now(), day=box.today())
    return view.description, view.photo.head_count, view.photo.shoot_id


def test_every_change_makes_a_version_with_who_made_it(photo_box: Box, photo: PhotoId, clock: Clock) -> None:
    assert history(photo_box, photo) == ()
    tell(photo_box, photo, FIRST)
    tell(photo_box, photo, FIRST)  # nothing new
    count_heads(photo_box.safe, photo, 1, by=ADMINISTRATOR, now=photo_box.now(), day=photo_box.today())
    anna = person(photo_box, "Anna van Dijk")
    named = {"by": EDITOR, "now": photo_box.now(), "day": photo_box.today(), "bell": photo_box.bell}
    add_face(photo_box.safe, photo, None, person_id=anna, **named)
    shoot = create_shoot(
        photo_box.safe, by=EDITOR, now=photo_box.now(), name="Council", day=date(2026, 11, 1)
    )
    clock.advance(minutes=1)
    acting = {"by": EDITOR, "now": photo_box.now(), "day": photo_box.today()}
    put_in_shoot(photo_box.safe, [photo], shoot.id, **acting)
    found = history(photo_box, photo)
    assert [(one.number, one.made_by) for one in found] == [
        (5, "the-editor"),
        (4, "the-editor"),
        (3, "the-administrator"),
        (2, "the-editor"),
        (1, BY_THE_BOX),
    ]
    changed = [
        [one.part for one in differences(before.known, after.known)] for after, before in pairwise(found)
    ]
    assert changed == [
        [Known.SHOOT],
        [Known.PEOPLE],
        [Known.HEADS],
        [Known.TITLE, Known.CAPTION, Known.KEYWORDS],
    ]
    for shoot_id, people in (("", (anna,)), ("", ())):  # the one change, and then the one before
        change = latest_change(photo_box.safe, by=EDITOR, now=photo_box.now())
        assert change is not None
        undo(photo_box.safe, change, bell=photo_box.bell, **acting)
        known = history(photo_box, photo)[0].known
        assert (known.shoot, known.people) == (shoot_id, people)


def test_one_change_is_undone_and_the_others_stay(photo_box: Box, photo: PhotoId) -> None:
    acting = {"by": EDITOR, "now": photo_box.now(), "day": photo_box.today()}
    tell(photo_box, photo, FIRST)
    tell(photo_box, photo, replace(FIRST, caption="The old waiting room"))
    count_heads(photo_box.safe, photo, 0, **acting)
    assert verdict_of(photo_box, photo).light is Light.GREEN
    versions.undo_version(photo_box.safe, photo, 3, **acting)
    assert now_told(photo_box, photo) == (FIRST, 0, None)
    versions.undo_version(photo_box.safe, photo, 4, **acting)
    assert now_told(photo_box, photo) == (FIRST, None, None)
    assert verdict_of(photo_box, photo).light is Light.AMBER  # the light follows at once
    with pytest.raises(Mistake) as overtaken:
        versions.undo_version(photo_box.safe, photo, 3, **acting)
    assert overtaken.value.key == "change:overtaken"
    assert any(f"the-editor photo:undo {photo} done version=4" in line for line in told(photo_box))


def test_an_earlier_version_is_put_back_and_that_is_a_version_too(photo_box: Box, photo: PhotoId) -> None:
    acting = {"by": EDITOR, "now": photo_box.now(), "day": photo_box.today()}
    shoot = create_shoot(
        photo_box.safe, by=EDITOR, now=photo_box.now(), name="Council", day=date(2026, 11, 1)
    )
    tell(photo_box, photo, FIRST)
    put_in_shoot(photo_box.safe, [photo], shoot.id, **acting)
    tell(photo_box, photo, Description())
    versions.put_back_version(photo_box.safe, photo, 1, **acting)
    assert now_told(photo_box, photo) == (Description(), None, None)
    versions.put_back_version(photo_box.safe, photo, 3, **acting)
    assert now_told(photo_box, photo) == (FIRST, None, shoot.id)
    assert [one.number for one in history(photo_box, photo)] == [6, 5, 4, 3, 2, 1]
    with pytest.raises(Mistake) as unknown:
        versions.put_back_version(photo_box.safe, photo, 77, **acting)
    assert unknown.value.key == "change:unknown"


def test_names_are_taken_back_at_the_faces(photo_box: Box, photo: PhotoId) -> None:
    anna = person(photo_box, "Anna van Dijk")
    acting = {"by": EDITOR, "now": photo_box.now(), "day": photo_box.today()}
    add_face(photo_box.safe, photo, None, person_id=anna, bell=photo_box.bell, **acting)
    with pytest.raises(Mistake) as of_faces:
        versions.undo_version(photo_box.safe, photo, 2, **acting)
    assert of_faces.value.key == "version:of_faces"


def test_erasing_somebody_takes_the_versions_that_told_of_them(
    photo_box: Box, photo: PhotoId, tmp_path: Path
) -> None:
    anna = person(photo_box, "Anna van Dijk")
    acting = {"by": EDITOR, "now": photo_box.now(), "day": photo_box.today()}
    tell(photo_box, photo, Description(caption="Anna at her desk"))
    add_face(photo_box.safe, photo, None, person_id=anna, bell=photo_box.bell, **acting)
    tell(photo_box, photo, Description(caption="At the desk"))
    two_people(
        photo_box,
        lambda: erase_person(
            photo_box.safe,
            photo_box.config.journal,
            anna,
            Cause.DECISION,
            by=OPERATOR,
            now=photo_box.now(),
            day=photo_box.today(),
        ),
    )
    assert rows(photo_box, "SELECT * FROM photo_versions") == []
