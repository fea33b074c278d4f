"""Taking back what was done to faces: each act, by whoever did it, unless something happened since."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from appliance.actions import enrolment, faces
from appliance.actions.bell import Silent
from appliance.actions.photos import look_at
from appliance.actions.undo import forget_changes, latest_change, undo
from appliance.demo.card import BIDEN, OBAMA
from appliance.domain.access import OPERATOR, Actor
from appliance.domain.changes import UNDO_WITHIN, ChangeId
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import PersonId
from appliance.domain.photos import Box as Place
from appliance.domain.photos import FaceId, PhotoId, Resolution
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, EDITOR, named, rows, told, verdict_of
from tests.conftest import Clock

FIRST, SECOND, OTHER = "KLUI0001.JPG", "KLUI0002.JPG", "KLUI0007.JPG"


class Rung(Silent):
    """A bell that remembers whom it was rung for."""

    def __init__(self) -> None:
        self.faces: list[FaceId] = []

    def enrol(self, face_id: FaceId) -> None:
        self.faces.append(face_id)


def face_in(box: Box, file: str) -> FaceId:
    (found,) = look_at(box.safe, named(box, file), by=OPERATOR, now=box.now(), day=box.today()).faces
    return found.face.id


def person_of(box: Box, name: str) -> PersonId:
    return PersonId(str(rows(box, "SELECT id FROM people WHERE name = ?", name)[0]["id"]))


def confirm(box: Box, file: str, name: str) -> None:
    now, day = box.now(), box.today()
    who, face_id = person_of(box, name), face_in(box, file)
    faces.confirm(box.safe, face_id, who, by=EDITOR, now=now, day=day, bell=box.bell)


def add(box: Box, place: Place | None) -> None:
    now, day, biden = box.now(), box.today(), person_of(box, BIDEN)
    faces.add_face(
        box.safe, named(box, SECOND), place, by=EDITOR, now=now, day=day, bell=box.bell, person_id=biden
    )


def act(name: str, file: str, *more: object) -> Callable[[Box], None]:
    def done(box: Box) -> None:
        getattr(faces, name)(box.safe, face_in(box, file), *more, by=EDITOR, now=box.now(), day=box.today())

    return done


ACTS: dict[str, Callable[[Box], None]] = {
    "confirming": lambda box: confirm(box, SECOND, OBAMA),
    "giving another name": lambda box: confirm(box, FIRST, BIDEN),
    "rejecting a suggestion": lambda box: act("reject", SECOND, person_of(box, OBAMA))(box),
    "rejecting a name": lambda box: act("reject", FIRST, person_of(box, OBAMA))(box),
    "unnaming": act("unname", FIRST),
    "adding a face": lambda box: add(box, Place(0.1, 0.1, 0.2, 0.2)),
    "adding somebody without a box": lambda box: add(box, None),
    "removing a face": act("remove_face", FIRST),
    "removing a face with a suggestion": act("remove_face", SECOND),
    "blurring": act("resolve", FIRST, Resolution.BLUR),
    "not recognisable": act("resolve", OTHER, Resolution.NOT_RECOGNISABLE),
}


def state(box: Box) -> dict[str, list[dict[str, object]]]:
    """Faces, who they are, and the lights that come of it."""
    return {
        "faces": rows(box, "SELECT * FROM faces ORDER BY id"),
        "links": rows(box, "SELECT * FROM links ORDER BY face_id, person_id"),
        "lights": rows(box, "SELECT * FROM lights ORDER BY photo, purpose"),
        "unnamed": rows(box, "SELECT id, unnamed FROM photos ORDER BY id"),
    }


def take_back(
    box: Box, change: ChangeId | None = None, by: Actor = EDITOR, bell: Silent | None = None
) -> list[PhotoId]:
    found = change or latest_change(box.safe, by=by, now=box.now())
    assert found is not None
    return undo(box.safe, found, by=by, now=box.now(), day=box.today(), bell=bell or Silent())


@pytest.mark.parametrize("what", ACTS)
def test_each_act_is_taken_back_exactly_and_once(demo_box: Box, what: str) -> None:
    box, before = demo_box, state(demo_box)
    assert latest_change(box.safe, by=EDITOR, now=box.now()) is None
    ACTS[what](box)
    assert state(box) != before
    change = latest_change(box.safe, by=EDITOR, now=box.now())
    assert change is not None
    assert len(take_back(box, change)) == 1
    assert state(box) == before
    assert told(box)[-1].startswith(f"the-editor change:undo {change} done")
    with pytest.raises(Mistake) as problem:
        take_back(box, change)
    assert problem.value.key == "change:overtaken"
    assert latest_change(box.safe, by=EDITOR, now=box.now()) is None


def test_several_faces_named_in_one_go_are_taken_back_in_one_go(demo_box: Box) -> None:
    box, before = demo_box, state(demo_box)
    some = [face_in(box, file) for file in (SECOND, "KLUI0003.JPG", "KLUI0005.JPG")]
    faces.confirm_all(
        box.safe, some, person_of(box, OBAMA), by=EDITOR, now=box.now(), day=box.today(), bell=box.bell
    )
    assert len(take_back(box)) == 3
    assert state(box) == before


def test_when_one_of_several_cannot_be_named_none_is_and_there_is_nothing_to_take_back(demo_box: Box) -> None:
    box = demo_box
    add(box, None)  # Biden stands in the second photo
    before = state(box)
    inside = rows(box, "SELECT id FROM faces WHERE photo_id = ? AND origin = 'machine'", named(box, SECOND))
    both = [face_in(box, OTHER), FaceId(str(inside[0]["id"]))]
    biden, now, day = person_of(box, BIDEN), box.now(), box.today()
    with pytest.raises(Mistake) as problem:
        faces.confirm_all(box.safe, both, biden, by=ADMINISTRATOR, now=now, day=day, bell=box.bell)
    assert problem.value.key == "face:person_twice"
    assert state(box) == before
    assert latest_change(box.safe, by=ADMINISTRATOR, now=box.now()) is None


def test_what_was_changed_again_since_is_not_taken_back(demo_box: Box) -> None:
    box = demo_box
    confirm(box, SECOND, OBAMA)
    first = latest_change(box.safe, by=EDITOR, now=box.now())
    faces.unname(box.safe, face_in(box, SECOND), by=ADMINISTRATOR, now=box.now(), day=box.today())
    before = state(box)
    with pytest.raises(Mistake) as problem:
        take_back(box, first)
    assert problem.value.key == "change:overtaken"
    assert state(box) == before
    take_back(box, by=ADMINISTRATOR)
    take_back(box, first)  # now it stands again as the first left it


def test_nobody_takes_back_what_somebody_else_did(demo_box: Box) -> None:
    box = demo_box
    confirm(box, SECOND, OBAMA)
    change = latest_change(box.safe, by=EDITOR, now=box.now())
    before = state(box)
    assert latest_change(box.safe, by=ADMINISTRATOR, now=box.now()) is None
    with pytest.raises(NotAllowed):
        take_back(box, change, ADMINISTRATOR)
    assert state(box) == before
    assert told(box)[-1] == f"the-administrator photo:edit {change} refused access:denied"


def test_after_a_day_a_change_stays(demo_box: Box, clock: Clock) -> None:
    confirm(demo_box, SECOND, OBAMA)
    clock.now += UNDO_WITHIN
    assert latest_change(demo_box.safe, by=EDITOR, now=clock()) is not None
    assert forget_changes(demo_box.safe, now=clock()) == 0
    clock.now += timedelta(seconds=1)
    assert latest_change(demo_box.safe, by=EDITOR, now=clock()) is None
    assert forget_changes(demo_box.safe, now=clock()) == 3  # the demonstration's own two among them


# Templates follow the name that stands.


def templates(box: Box) -> list[tuple[object, object]]:
    return [(row["face_id"], row["person_id"]) for row in rows(box, "SELECT * FROM templates")]


def enrol(box: Box, face_id: FaceId) -> None:
    enrolment.enrol(box.safe, box.decoder, box.analyser, face_id, now=box.now(), day=box.today())


def test_a_template_made_under_the_name_goes_with_it(demo_box: Box) -> None:
    box, before = demo_box, templates(demo_box)
    confirm(box, SECOND, OBAMA)
    enrol(box, face_in(box, SECOND))
    assert len(templates(box)) == len(before) + 1
    bell = Rung()
    take_back(box, bell=bell)
    assert templates(box) == before
    assert bell.faces == []


@pytest.mark.parametrize("what", ["unnaming", "removing a face", "rejecting a name", "giving another name"])
def test_a_template_is_made_anew_for_the_name_that_returns(demo_box: Box, what: str) -> None:
    box, before = demo_box, templates(demo_box)
    face_id = face_in(box, FIRST)
    ACTS[what](box)
    assert face_id not in dict(templates(box))
    bell = Rung()
    take_back(box, bell=bell)
    assert bell.faces == [face_id]
    enrol(box, face_id)
    assert sorted(templates(box), key=str) == sorted(before, key=str)


def test_taking_back_changes_the_verdict_at_once(demo_box: Box) -> None:
    box, photo = demo_box, named(demo_box, FIRST)
    assert verdict_of(box, photo).light == "green"
    ACTS["unnaming"](box)
    assert verdict_of(box, photo).light == "amber"
    take_back(box)
    assert verdict_of(box, photo).light == "green"
