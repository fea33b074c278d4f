"""Who is in a photo: each thing that staff say of a face, and the light that it leads to."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from appliance.actions import faces
from appliance.actions.bell import Silent
from appliance.actions.lights import refresh
from appliance.actions.photos import count_heads, look_at
from appliance.domain.access import OPERATOR, WORKER, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Light, Purpose, Why
from appliance.domain.errors import Mistake
from appliance.domain.people import Link, LinkState, PersonId
from appliance.domain.photos import Box as Rectangle
from appliance.domain.photos import FaceId, Origin, PhotoId, Resolution
from appliance.wiring import Box
from tests.actions.scene import EDITOR, person, rows, signed, told, verdict_of

LEFT, RIGHT = Rectangle(0.1, 0.2, 0.2, 0.3), Rectangle(0.6, 0.2, 0.2, 0.3)


@dataclass
class Scene:
    """The photo in which the machine found nobody, and two people: Anna permits web, Bob permits nothing."""

    box: Box
    photo: PhotoId
    anna: PersonId = field(init=False)
    bob: PersonId = field(init=False)

    def __post_init__(self) -> None:
        self.anna, self.bob = person(self.box, "Anna"), person(self.box, "Bob")
        signed(self.box, self.anna, Purpose.WEB)

    def face(self, box: Rectangle | None = LEFT, who: PersonId | None = None) -> FaceId:
        return faces.add_face(self.box.safe, self.photo, box, **self._by(), bell=self.box.bell, person_id=who)

    def confirm(self, face_id: FaceId, who: PersonId) -> None:
        faces.confirm(self.box.safe, face_id, who, **self._by(), bell=self.box.bell)

    def reject(self, face_id: FaceId, who: PersonId) -> None:
        faces.reject(self.box.safe, face_id, who, **self._by())

    def unname(self, face_id: FaceId) -> None:
        faces.unname(self.box.safe, face_id, **self._by())

    def remove(self, face_id: FaceId) -> None:
        faces.remove_face(self.box.safe, face_id, **self._by())

    def resolve(self, face_id: FaceId, how: Resolution) -> None:
        faces.resolve(self.box.safe, face_id, how, **self._by())

    def heads(self, count: int) -> None:
        count_heads(self.box.safe, self.photo, count, **self._by())

    def suggest(self, face_id: FaceId, who: PersonId) -> None:
        """As the worker does."""
        now = self.box.now()
        with self.box.safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as tx:
            tx.faces.link(Link(face_id, who, LinkState.SUGGESTED, 0.4, now))
            refresh(tx, [self.photo], self.box.today())
            tx.record(Event("face:suggest", self.photo))

    def _by(self) -> dict:  # type: ignore[type-arg]
        return {"by": EDITOR, "now": self.box.now(), "day": self.box.today()}


@pytest.fixture
def scene(photo_box: Box, photo: PhotoId) -> Scene:
    return Scene(photo_box, photo)


def nothing(_: Scene) -> None: ...


def nobody_counted(s: Scene) -> None:
    s.heads(0)


def somebody_counted(s: Scene) -> None:
    s.heads(1)


def added(s: Scene) -> None:
    s.face()


def confirmed(s: Scene) -> None:
    s.confirm(s.face(), s.anna)


def named_at_once(s: Scene) -> None:
    s.face(who=s.anna)


def named_without_a_box(s: Scene) -> None:
    s.face(None, s.anna)


def unnamed_without_a_box(s: Scene) -> None:
    s.face(None)


def confirmed_without_permission(s: Scene) -> None:
    s.confirm(s.face(), s.bob)


def one_of_two_permits(s: Scene) -> None:
    s.face(LEFT, s.anna)
    s.face(RIGHT, s.bob)


def one_of_two_is_named(s: Scene) -> None:
    s.face(LEFT, s.anna)
    s.face(RIGHT)


def suggested(s: Scene) -> None:
    s.suggest(s.face(), s.anna)


def rejected(s: Scene) -> None:
    face_id = s.face()
    s.suggest(face_id, s.anna)
    s.reject(face_id, s.anna)


def rejected_after_confirming(s: Scene) -> None:
    face_id = s.face(who=s.anna)
    s.reject(face_id, s.anna)


def renamed(s: Scene) -> None:
    face_id = s.face(who=s.bob)
    s.confirm(face_id, s.anna)


def unnamed(s: Scene) -> None:
    s.unname(s.face(who=s.anna))


def removed_again(s: Scene) -> None:
    s.remove(s.face(who=s.bob))


def not_recognisable(s: Scene) -> None:
    s.resolve(s.face(), Resolution.NOT_RECOGNISABLE)


def opened_again(s: Scene) -> None:
    face_id = s.face()
    s.resolve(face_id, Resolution.NOT_RECOGNISABLE)
    s.resolve(face_id, Resolution.OPEN)


def blurred(s: Scene) -> None:
    s.resolve(s.face(who=s.bob), Resolution.BLUR)


def blurred_then_named(s: Scene) -> None:
    face_id = s.face()
    s.resolve(face_id, Resolution.BLUR)
    s.confirm(face_id, s.bob)


def not_recognisable_but_named(s: Scene) -> None:
    s.resolve(s.face(who=s.bob), Resolution.NOT_RECOGNISABLE)


def counted_more(s: Scene) -> None:
    s.face(who=s.anna)
    s.heads(2)


def counted_right(s: Scene) -> None:
    s.face(who=s.anna)
    s.heads(1)


CASES: list[tuple[Callable[[Scene], None], Light, set[Why]]] = [
    (nothing, Light.AMBER, {Why.NOBODY_FOUND}),
    (nobody_counted, Light.GREEN, {Why.NOBODY_SHOWN}),
    (somebody_counted, Light.AMBER, {Why.HEAD_COUNT_DIFFERS}),
    (added, Light.AMBER, {Why.UNKNOWN_FACE}),
    (confirmed, Light.GREEN, {Why.PERMITTED}),
    (named_at_once, Light.GREEN, {Why.PERMITTED}),
    (named_without_a_box, Light.GREEN, {Why.PERMITTED}),
    (unnamed_without_a_box, Light.AMBER, {Why.UNKNOWN_FACE}),
    (confirmed_without_permission, Light.RED, {Why.NO_QUITCLAIM}),
    (one_of_two_permits, Light.RED, {Why.PERMITTED, Why.NO_QUITCLAIM}),
    (one_of_two_is_named, Light.AMBER, {Why.PERMITTED, Why.UNKNOWN_FACE}),
    (suggested, Light.AMBER, {Why.SUGGESTION_ONLY}),
    (rejected, Light.AMBER, {Why.UNKNOWN_FACE}),
    (rejected_after_confirming, Light.AMBER, {Why.UNKNOWN_FACE}),
    (renamed, Light.GREEN, {Why.PERMITTED}),
    (unnamed, Light.AMBER, {Why.UNKNOWN_FACE}),
    (removed_again, Light.AMBER, {Why.NOBODY_FOUND}),
    (not_recognisable, Light.GREEN, {Why.NOT_RECOGNISABLE}),
    (opened_again, Light.AMBER, {Why.UNKNOWN_FACE}),
    (blurred, Light.GREEN, {Why.BLURRED}),
    (blurred_then_named, Light.RED, {Why.NO_QUITCLAIM}),
    (not_recognisable_but_named, Light.RED, {Why.NO_QUITCLAIM}),
    (counted_more, Light.AMBER, {Why.PERMITTED, Why.HEAD_COUNT_DIFFERS}),
    (counted_right, Light.GREEN, {Why.PERMITTED}),
]


@pytest.mark.parametrize(("said", "light", "whys"), CASES, ids=[case[0].__name__ for case in CASES])
def test_what_is_said_of_a_face_changes_the_light(
    scene: Scene, said: Callable[[Scene], None], light: Light, whys: set[Why]
) -> None:
    said(scene)
    verdict = verdict_of(scene.box, scene.photo)
    assert (verdict.light, {reason.why for reason in verdict.reasons}) == (light, whys)
    # The index that the library is searched by says the same, in the same transaction.
    indexed = rows(scene.box, "SELECT light FROM lights WHERE purpose = 'web'")
    assert [row["light"] for row in indexed] == [light.value]


def test_confirming_clears_what_else_was_suggested(scene: Scene) -> None:
    """P7: other people for this face, and this person for other faces."""
    left, right = scene.face(LEFT), scene.face(RIGHT)
    for face_id, who in ((left, scene.anna), (left, scene.bob), (right, scene.anna), (right, scene.bob)):
        scene.suggest(face_id, who)
    scene.confirm(left, scene.anna)
    links = rows(scene.box, "SELECT face_id, person_id, state FROM links")
    assert sorted((row["face_id"], row["person_id"], row["state"]) for row in links) == sorted(
        [(left, scene.anna, "confirmed"), (right, scene.bob, "suggested")]
    )


def test_nobody_stands_twice_in_a_photo(scene: Scene) -> None:
    """P7."""
    scene.face(LEFT, scene.anna)
    other = scene.face(RIGHT)
    before = told(scene.box)
    with pytest.raises(Mistake) as problem:
        scene.confirm(other, scene.anna)
    assert problem.value.key == "face:person_twice"
    with pytest.raises(Mistake):
        scene.face(None, scene.anna)
    view = look_at(scene.box.safe, scene.photo, by=OPERATOR, now=scene.box.now(), day=scene.box.today())
    assert [face.confirmed.name if face.confirmed else None for face in view.faces] == ["Anna", None]
    assert told(scene.box)[: len(before)] == before
    assert len(told(scene.box)) == len(before) + 1  # only that the photo was looked at


def test_a_confirmed_suggestion_keeps_its_distance_as_evidence(scene: Scene) -> None:
    face_id = scene.face()
    scene.suggest(face_id, scene.anna)
    scene.confirm(face_id, scene.anna)
    assert rows(scene.box, "SELECT state, distance FROM links") == [{"state": "confirmed", "distance": 0.4}]


def test_a_face_drawn_by_hand_is_cut_to_the_picture(scene: Scene) -> None:
    scene.face(Rectangle(-0.1, 0.9, 0.3, 0.3))
    view = look_at(scene.box.safe, scene.photo, by=OPERATOR, now=scene.box.now(), day=scene.box.today())
    face = view.faces[0].face
    assert (face.origin, face.score) == (Origin.HAND, 1.0)
    assert face.box is not None
    assert (face.box.left, face.box.top) == (0.0, 0.9)
    assert [face.box.width, face.box.height] == pytest.approx([0.2, 0.1])


@pytest.mark.parametrize(
    "box",
    [Rectangle(0.5, 0.5, 0.001, 0.3), Rectangle(0.5, 0.5, 0.3, -0.1), Rectangle(1.2, 0.5, 0.3, 0.3)],
    ids=["a click", "upside down", "outside"],
)
def test_what_is_no_box_is_no_face(scene: Scene, box: Rectangle) -> None:
    with pytest.raises(Mistake) as problem:
        scene.face(box)
    assert problem.value.key == "face:no_box"


def test_a_person_without_a_box_cannot_be_blurred(scene: Scene) -> None:
    face_id = scene.face(None)
    with pytest.raises(Mistake) as problem:
        scene.resolve(face_id, Resolution.BLUR)
    assert problem.value.key == "face:nothing_to_blur"


@pytest.mark.parametrize("count", [-1, 10_001])
def test_a_head_count_is_a_number_of_people(scene: Scene, count: int) -> None:
    with pytest.raises(Mistake) as problem:
        scene.heads(count)
    assert problem.value.key == "photo:head_count"


def test_what_is_unknown_is_told_and_changes_nothing(scene: Scene) -> None:
    face_id = scene.face()
    before = told(scene.box)
    attempts: list[tuple[Callable[[], object], str]] = [
        (lambda: scene.confirm(FaceId("nowhere"), scene.anna), "face:unknown"),
        (lambda: scene.confirm(face_id, PersonId("nobody")), "person:unknown"),
        (lambda: scene.reject(face_id, PersonId("nobody")), "person:unknown"),
        (lambda: scene.unname(FaceId("nowhere")), "face:unknown"),
        (lambda: scene.remove(FaceId("nowhere")), "face:unknown"),
        (lambda: scene.resolve(FaceId("nowhere"), Resolution.OPEN), "face:unknown"),
        (lambda: scene.face(LEFT, PersonId("nobody")), "person:unknown"),
    ]
    for attempt, key in attempts:
        with pytest.raises(Mistake) as problem:
            attempt()
        assert problem.value.key == key
    assert told(scene.box) == before


def test_each_act_is_told_with_who_did_it(scene: Scene) -> None:
    begin = len(told(scene.box))
    face_id = scene.face()
    scene.confirm(face_id, scene.anna)
    scene.unname(face_id)
    scene.reject(face_id, scene.bob)
    scene.resolve(face_id, Resolution.BLUR)
    scene.resolve(face_id, Resolution.NOT_RECOGNISABLE)
    scene.resolve(face_id, Resolution.OPEN)
    scene.remove(face_id)
    scene.heads(0)
    assert told(scene.box, begin) == [
        f"the-editor face:add {face_id} done photo={scene.photo}",
        f"the-editor face:confirm {face_id} done person={scene.anna}",
        f"the-editor face:unname {face_id} done",
        f"the-editor face:reject {face_id} done person={scene.bob}",
        f"the-editor face:blur {face_id} done",
        f"the-editor face:not_recognisable {face_id} done",
        f"the-editor face:open {face_id} done",
        f"the-editor face:remove {face_id} done photo={scene.photo}",
        f"the-editor photo:count {scene.photo} done heads=0",
    ]


class Listener(Silent):
    def __init__(self) -> None:
        self.enrolled: list[str] = []

    def enrol(self, face_id: FaceId) -> None:
        self.enrolled.append(face_id)


def test_the_bell_rings_to_enrol_only_whoever_agreed_to_recognition(scene: Scene) -> None:
    scene.box.bell = bell = Listener()
    signed(scene.box, scene.anna, Purpose.RECOGNITION)
    of_anna = scene.face(who=scene.anna)
    scene.confirm(of_anna, scene.anna)
    scene.face(RIGHT, scene.bob)
    assert bell.enrolled == [of_anna, of_anna]
