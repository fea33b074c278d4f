"""Places where somebody may be: amber until somebody who looked said who is there, or that nobody is."""

from pathlib import Path

import pytest

from appliance.actions import doubts
from appliance.actions.faces import remove_face
from appliance.actions.photos import count_heads, look_at
from appliance.actions.undo import latest_change, undo
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Light, Purpose, Why
from appliance.domain.errors import Mistake
from appliance.domain.photos import Box as Place
from appliance.domain.photos import Doubt, DoubtId, PhotoId, Sign
from appliance.vision.findings import Findings, FoundDoubt
from appliance.wiring import Box
from tests.actions.scene import EDITOR, examine, fill, person, picture, rows, signed, take, told, verdict_of

pytestmark = pytest.mark.usefixtures("pack")

LEFT, RIGHT = Place(0.1, 0.2, 0.2, 0.6), Place(0.7, 0.3, 0.1, 0.1)


@pytest.fixture
def photo(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PhotoId:
    """A photo in which the analyser saw a body and something like a face."""
    found = Findings(
        (),
        (FoundDoubt(LEFT, Sign.BODY_WITHOUT_FACE, 0.71234), FoundDoubt(RIGHT, Sign.UNCLEAR_FACE, 0.4)),
    )
    monkeypatch.setattr(type(box.analyser), "examine", lambda _self, _picture: found)
    take(box, fill(tmp_path / "card", {"HALL.JPG": picture(1)}))
    (photo_id,) = examine(box)
    return photo_id


def seen(box: Box, photo: PhotoId) -> tuple[Doubt, ...]:
    return look_at(box.safe, photo, by=OPERATOR, now=box.now(), day=box.today()).doubts


def why(box: Box, photo: PhotoId) -> set[Why]:
    return {reason.why for reason in verdict_of(box, photo).reasons}


def asked(box: Box) -> dict[str, object]:
    return {"by": EDITOR, "now": box.now(), "day": box.today()}


def test_each_place_is_kept_and_is_amber_until_it_is_answered(box: Box, photo: PhotoId) -> None:
    body, face = seen(box, photo)
    assert (body.box, body.sign, body.score, face.box, face.sign) == (
        LEFT,
        Sign.BODY_WITHOUT_FACE,
        0.7123,
        RIGHT,
        Sign.UNCLEAR_FACE,
    )
    assert Why.SOMEBODY_MAY_BE_HERE in why(box, photo)
    doubts.nobody_there(box.safe, body.id, **asked(box))  # type: ignore[arg-type]
    assert Why.SOMEBODY_MAY_BE_HERE in why(box, photo)
    doubts.nobody_there(box.safe, face.id, **asked(box))  # type: ignore[arg-type]
    assert why(box, photo) == {Why.NOBODY_FOUND}  # for no face at all is no proof either
    assert [one.nobody for one in seen(box, photo)] == [True, True]
    assert f"the-editor doubt:nobody {body.id} done photo={photo}" in told(box)
    with pytest.raises(Mistake) as problem:
        doubts.nobody_there(box.safe, face.id, **asked(box))  # type: ignore[arg-type]
    assert problem.value.key == "doubt:answered"

    doubts.ask_again(box.safe, body.id, **asked(box))  # type: ignore[arg-type]
    assert Why.SOMEBODY_MAY_BE_HERE in why(box, photo)
    with pytest.raises(Mistake) as problem:
        doubts.ask_again(box.safe, body.id, **asked(box))  # type: ignore[arg-type]
    assert problem.value.key == "doubt:open"
    count_heads(box.safe, photo, 0, **asked(box))  # type: ignore[arg-type]
    assert verdict_of(box, photo).light is Light.GREEN


def test_somebody_there_is_a_face_with_a_name_and_their_permission_counts(box: Box, photo: PhotoId) -> None:
    body, face = seen(box, photo)
    anna = person(box, "Anna")
    signed(box, anna, Purpose.WEB)
    marked = doubts.somebody_there(box.safe, body.id, person_id=anna, bell=box.bell, **asked(box))  # type: ignore[arg-type]
    assert [one.id for one in seen(box, photo)] == [face.id]
    doubts.nobody_there(box.safe, face.id, **asked(box))  # type: ignore[arg-type]
    assert verdict_of(box, photo).light is Light.GREEN

    view = look_at(box.safe, photo, by=OPERATOR, now=box.now(), day=box.today())
    (shown,) = view.faces
    assert (shown.face.id, shown.confirmed and shown.confirmed.id) == (marked, anna)
    assert shown.face.box is not None
    assert shown.face.box.overlap(LEFT) > 0.999
    with pytest.raises(Mistake):
        doubts.somebody_there(box.safe, body.id, bell=box.bell, **asked(box))  # type: ignore[arg-type]


def test_a_face_taken_away_again_leaves_the_place_in_doubt(box: Box, photo: PhotoId) -> None:
    body, face = seen(box, photo)
    doubts.nobody_there(box.safe, face.id, **asked(box))  # type: ignore[arg-type]
    doubts.somebody_there(box.safe, body.id, bell=box.bell, **asked(box))  # type: ignore[arg-type]
    assert Why.SOMEBODY_MAY_BE_HERE not in why(box, photo)
    change = latest_change(box.safe, by=EDITOR, now=box.now())
    assert change is not None
    undo(box.safe, change, bell=box.bell, **asked(box))  # type: ignore[arg-type]
    assert Why.SOMEBODY_MAY_BE_HERE in why(box, photo)
    marked = doubts.somebody_there(box.safe, body.id, bell=box.bell, **asked(box))  # type: ignore[arg-type]
    assert Why.SOMEBODY_MAY_BE_HERE not in why(box, photo)
    remove_face(box.safe, marked, **asked(box))  # type: ignore[arg-type]
    assert Why.SOMEBODY_MAY_BE_HERE in why(box, photo)
    assert rows(box, "SELECT doubts FROM photos WHERE id = ?", photo) == [{"doubts": 1}]


def test_a_person_is_at_one_place_only_and_a_refused_answer_changes_nothing(box: Box, photo: PhotoId) -> None:
    body, face = seen(box, photo)
    anna = person(box, "Anna")
    doubts.somebody_there(box.safe, body.id, person_id=anna, bell=box.bell, **asked(box))  # type: ignore[arg-type]
    with pytest.raises(Mistake):
        doubts.somebody_there(box.safe, face.id, person_id=anna, bell=box.bell, **asked(box))  # type: ignore[arg-type]
    assert [one.open for one in seen(box, photo)] == [True]
    with pytest.raises(Mistake) as problem:
        doubts.nobody_there(box.safe, DoubtId("none"), **asked(box))  # type: ignore[arg-type]
    assert problem.value.key == "doubt:unknown"
