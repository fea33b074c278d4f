"""Recognition: only of those who agreed, gone as soon as they no longer do, never more than a suggestion."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.actions import consent, enrolment, faces, recognition, shoots
from appliance.actions.analysis import analyse
from appliance.actions.photos import BlobKind, FaceView, look_at
from appliance.demo.card import BIDEN, COLLINS, OBAMA, SHOTS
from appliance.domain.access import OPERATOR, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Light, Purpose, QuitclaimId, Why
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import FaceId, ShootId
from appliance.domain.recognition import Recognition, Switch
from appliance.domain.shoots import Scope
from appliance.imaging.decode import Decoded, Decoder, Pixels
from appliance.wiring import Box
from tests.actions.scene import (
    ADMINISTRATOR,
    EDITOR,
    OFFICER,
    everything,
    examine,
    fill,
    log,
    named,
    original,
    person,
    rows,
    signed,
    take,
    told,
    verdict_of,
)
from tests.conftest import Clock


def person_of(box: Box, name: str) -> PersonId:
    return PersonId(str(rows(box, "SELECT id FROM people WHERE name = ?", name)[0]["id"]))


def recognition_quitclaim(box: Box, person_id: PersonId) -> QuitclaimId:
    found = rows(box, "SELECT id, terms FROM quitclaims WHERE person_id = ? AND version = 1", person_id)
    return QuitclaimId(str(next(row["id"] for row in found if "recognition" in str(row["terms"]))))


def withdraw(box: Box, person_id: PersonId) -> None:
    quitclaim_id = recognition_quitclaim(box, person_id)
    consent.withdraw(box.safe, quitclaim_id, by=EDITOR, now=box.now(), day=box.today())


def face_in(box: Box, file: str) -> FaceView:
    (face,) = look_at(box.safe, named(box, file), by=OPERATOR, now=box.now(), day=box.today()).faces
    return face


def suggested(box: Box) -> dict[str, set[str]]:
    """Who is suggested in which file."""
    found = rows(
        box,
        "SELECT photos.name AS file, people.name FROM links JOIN photos ON photos.id = links.photo_id"
        " JOIN people ON people.id = links.person_id WHERE state = 'suggested'",
    )
    files = {str(row["file"]) for row in found}
    return {file: {str(row["name"]) for row in found if row["file"] == file} for file in files}


def templates(box: Box) -> list[str]:
    """Of whom templates are kept, by name."""
    found = rows(box, "SELECT name FROM templates JOIN people ON people.id = templates.person_id")
    return sorted(str(row["name"]) for row in found)


def shoot_id(box: Box) -> ShootId:
    return ShootId(str(rows(box, "SELECT id FROM shoots")[0]["id"]))


def look_again(box: Box) -> int:
    """Everybody of whom a template is kept is looked for anew in all photos of the shoot."""
    now, day = box.now(), box.today()
    shoots.switch_shoot_recognition(
        box.safe, shoot_id(box), Scope.INVITED, by=ADMINISTRATOR, now=now, day=day
    )
    return enrolment.rescan_all(box.safe, box.decoder, box.analyser, now=now, day=day)


def enrol(box: Box, face_id: FaceId) -> bool:
    now, day = box.now(), box.today()
    return enrolment.enrol(box.safe, box.decoder, box.analyser, face_id, now=now, day=day)


OTHERS_OF_OBAMA = {shot.file for shot in SHOTS if shot.who == OBAMA} - {"KLUI0001.JPG"}


def test_whoever_agreed_is_suggested_in_the_other_photos_and_nobody_else(demo_box: Box) -> None:
    assert suggested(demo_box) == {file: {OBAMA} for file in OTHERS_OF_OBAMA}
    assert templates(demo_box) == [OBAMA, BIDEN]


def vectors(box: Box) -> dict[str, NDArray[np.float32]]:
    """The embedding of every face of the demonstration, measured here anew, by the photo's file."""
    found = {}
    for shot in SHOTS:
        picture = box.decoder.decode(original(box, named(box, shot.file), BlobKind.PROXY)).pixels
        seen = box.analyser.find(picture)
        for vector in box.analyser.embed(picture, seen) if seen else ():
            found[shot.file] = vector
    return found


def test_no_embedding_lies_anywhere_but_with_those_who_agree(demo_box: Box) -> None:
    """P3: every value of the raw database is searched for the measures of every face."""
    agreed = {"KLUI0001.JPG", "KLUI0004.JPG"}
    blobs, texts = [], []
    for place, value in everything(demo_box):
        if isinstance(value, bytes):
            blobs.append((place, value))
        elif isinstance(value, str):
            texts.append(value)
    of_words = ("name_words_", "told_words_")  # the indexes of names of files and of captions
    places = {place for place, _ in blobs if not place.startswith(of_words)}
    assert places == {"photos.wrapped_key", "templates.vector"}
    kept = [np.frombuffer(value, "<f4") for place, value in blobs if place == "templates.vector"]
    assert len(kept) == len(agreed)

    measured = vectors(demo_box)
    assert set(measured) == {shot.file for shot in SHOTS if shot.who}
    # The same face measured twice, in another size of the picture, is far nearer than two photos of somebody.
    near = {file for file, vector in measured.items() if any(np.linalg.norm(vector - k) < 0.1 for k in kept)}
    assert near == agreed
    for vector in measured.values():
        data = vector.astype("<f4").tobytes()
        for shape in (data.hex(), base64.b64encode(data).decode()[:40], json.dumps(vector.tolist())[1:20]):
            assert not any(shape in text for text in texts)


def test_withdrawing_deletes_the_templates_at_once_and_nothing_brings_them_back(
    demo_box: Box, card: Path, tmp_path: Path
) -> None:
    """P5."""
    box, obama = demo_box, person_of(demo_box, OBAMA)
    withdraw(box, obama)
    assert templates(box) == [BIDEN]
    assert suggested(box) == {}

    assert not enrol(box, face_in(box, "KLUI0001.JPG").face.id)
    faces.confirm(
        box.safe,
        face_in(box, "KLUI0002.JPG").face.id,
        obama,
        by=EDITOR,
        now=box.now(),
        day=box.today(),
        bell=box.bell,
    )
    assert look_again(box) == 0
    another = (card / "DCIM/100KLUIS/KLUI0003.JPG").read_bytes() + b"\0"  # other bytes, the same picture
    take(box, fill(tmp_path / "card", {"ANOTHER.JPG": another}))
    examine(box)
    assert templates(box) == [BIDEN]
    assert suggested(box) == {}


def test_when_the_consent_ends_by_the_calendar_the_templates_go(demo_box: Box, clock: Clock) -> None:
    clock.advance(days=365)
    assert recognition.forget_lapsed(demo_box.safe, now=clock(), day=demo_box.today()) == 0
    clock.advance(days=1)
    assert recognition.forget_lapsed(demo_box.safe, now=clock(), day=demo_box.today()) == 2
    assert templates(demo_box) == []
    assert suggested(demo_box) == {}
    assert told(demo_box)[-1] == "worker recognition:forget  done templates=2"


def test_a_consent_that_ended_is_not_used_even_before_the_templates_go(demo_box: Box, clock: Clock) -> None:
    faces_of_obama = face_in(demo_box, "KLUI0002.JPG").face.id
    faces.confirm(
        demo_box.safe,
        faces_of_obama,
        person_of(demo_box, OBAMA),
        by=EDITOR,
        now=clock(),
        day=demo_box.today(),
        bell=demo_box.bell,
    )
    faces.unname(demo_box.safe, faces_of_obama, by=EDITOR, now=clock(), day=demo_box.today())
    clock.advance(days=366)
    assert len(templates(demo_box)) == 2
    assert look_again(demo_box) == 0
    assert "KLUI0002.JPG" not in suggested(demo_box)


def test_a_rejected_suggestion_never_returns(demo_box: Box) -> None:
    """P7."""
    box = demo_box
    face_id = face_in(box, "KLUI0002.JPG").face.id
    faces.reject(box.safe, face_id, person_of(box, OBAMA), by=EDITOR, now=box.now(), day=box.today())
    look_again(box)
    assert set(suggested(box)) == OTHERS_OF_OBAMA - {"KLUI0002.JPG"}
    verdict = verdict_of(box, named(box, "KLUI0002.JPG"))
    assert (verdict.light, [r.why for r in verdict.reasons]) == (Light.AMBER, [Why.UNKNOWN_FACE])


def test_whoever_stands_in_a_photo_is_not_suggested_there_again(demo_box: Box) -> None:
    """P7: one person at most once in a photo."""
    box, photo_id = demo_box, named(demo_box, "KLUI0002.JPG")
    faces.add_face(
        box.safe,
        photo_id,
        None,
        by=EDITOR,
        now=box.now(),
        day=box.today(),
        bell=box.bell,
        person_id=person_of(box, OBAMA),
    )
    assert "KLUI0002.JPG" not in suggested(box)
    look_again(box)
    assert "KLUI0002.JPG" not in suggested(box)


def test_a_face_that_gets_another_name_leaves_no_template_under_the_first(demo_box: Box) -> None:
    """P3: what was measured from a face that turns out to be somebody else's must not stay."""
    box = demo_box
    collins = face_in(box, "KLUI0007.JPG").face.id
    somebody_else = signed(box, person(box, COLLINS), Purpose.WEB).person_id
    for person_id in (person_of(box, BIDEN), somebody_else):
        now, day = box.now(), box.today()
        faces.confirm(box.safe, collins, person_id, by=EDITOR, now=now, day=day, bell=box.bell)
        enrol(box, collins)
    assert rows(box, "SELECT * FROM templates WHERE face_id = ?", collins) == []
    assert templates(box) == [OBAMA, BIDEN]


@pytest.mark.parametrize("undo", ["reject", "unname", "remove"])
def test_a_name_that_was_wrong_takes_its_template_along(demo_box: Box, undo: str) -> None:
    box, face_id = demo_box, face_in(demo_box, "KLUI0001.JPG").face.id
    now, day = box.now(), box.today()
    match undo:
        case "reject":
            faces.reject(box.safe, face_id, person_of(box, OBAMA), by=EDITOR, now=now, day=day)
        case "unname":
            faces.unname(box.safe, face_id, by=EDITOR, now=now, day=day)
        case "remove":
            faces.remove_face(box.safe, face_id, by=EDITOR, now=now, day=day)
    assert templates(box) == [BIDEN]


def test_switching_off_forgets_all_and_finds_nobody(demo_box: Box) -> None:
    box = demo_box
    recognition.stop_recognition(box.safe, by=ADMINISTRATOR, now=box.now(), day=box.today())
    assert templates(box) == []
    assert suggested(box) == {}
    assert told(box)[-1] == "the-administrator recognition:stop  done forgotten=2"
    assert not enrol(box, face_in(box, "KLUI0001.JPG").face.id)
    with pytest.raises(Mistake) as problem:
        look_again(box)
    assert problem.value.key == "recognition:off"
    with box.safe.store.begin(by=OPERATOR, to=Permission.PHOTO_ANALYSE, now=box.now()) as tx:
        enrolment.look_for(tx, {person_of(box, OBAMA)})
        tx.record(Event("test:look_for"))
    assert enrolment.rescan_all(box.safe, box.decoder, box.analyser, now=box.now(), day=box.today()) == 0
    assert recognition.recognition(box.safe, by=OPERATOR, now=box.now()) == Recognition()


@pytest.mark.parametrize("dpia", ["", "   "])
def test_it_is_not_switched_on_without_a_dpia(box: Box, dpia: str) -> None:
    before = told(box)
    with pytest.raises(Mistake) as problem:
        recognition.propose_recognition(box.safe, dpia, by=ADMINISTRATOR, now=box.now())
    assert problem.value.key == "recognition:no_dpia"
    assert not recognition.recognition(box.safe, by=OPERATOR, now=box.now()).on
    assert told(box) == before


def test_it_is_off_at_first_and_on_with_a_dpia(box: Box) -> None:
    assert recognition.recognition(box.safe, by=OPERATOR, now=box.now()) == Recognition()
    recognition.propose_recognition(box.safe, " DPIA-7 ", by=ADMINISTRATOR, now=box.now())
    recognition.approve_recognition(box.safe, by=OFFICER, now=box.now())
    assert recognition.recognition(box.safe, by=OPERATOR, now=box.now()) == Recognition(
        Switch.ON, "DPIA-7", "the-administrator", box.now(), "the-officer", box.now()
    )
    assert told(box) == [
        "the-administrator recognition:propose  done",
        "the-officer recognition:approve  done",
    ]


class Meanwhile:
    """A decoder during whose work something happens."""

    def __init__(self, decoder: Decoder, happens: object) -> None:
        self._decoder, self._happens = decoder, happens

    def decode(self, data: bytes, *, at_least: int | None = None) -> Decoded:
        decoded = self._decoder.decode(data, at_least=at_least)
        self._happens()  # type: ignore[operator]
        return decoded

    def reopen(self, copy: bytes, *, at_least: int | None = None) -> Pixels:
        pixels = self._decoder.reopen(copy, at_least=at_least)
        self._happens()  # type: ignore[operator]
        return pixels


def test_a_withdrawal_while_a_face_is_measured_leaves_no_template(demo_box: Box) -> None:
    box, obama = demo_box, person_of(demo_box, OBAMA)
    face_id = face_in(box, "KLUI0002.JPG").face.id
    now, day = box.now(), box.today()
    faces.confirm(box.safe, face_id, obama, by=EDITOR, now=now, day=day, bell=box.bell)
    decoder = Meanwhile(box.decoder, lambda: withdraw(box, obama))
    made = enrolment.enrol(box.safe, decoder, box.analyser, face_id, now=now, day=day)  # type: ignore[arg-type]
    assert not made
    assert templates(box) == [BIDEN]
    assert told(box)[-1] == f"worker recognition:enrol {obama} refused face={face_id}"


def test_a_withdrawal_while_a_photo_is_examined_leaves_no_suggestion(
    demo_box: Box, card: Path, tmp_path: Path
) -> None:
    box, obama = demo_box, person_of(demo_box, OBAMA)
    another = (card / "DCIM/100KLUIS/KLUI0003.JPG").read_bytes() + b"\0"
    take(box, fill(tmp_path / "card", {"ANOTHER.JPG": another}))
    decoder = Meanwhile(box.decoder, lambda: withdraw(box, obama))
    photo_id = named(box, "ANOTHER.JPG")
    analyse(box.safe, decoder, box.analyser, photo_id, now=box.now(), day=box.today())  # type: ignore[arg-type]
    assert "ANOTHER.JPG" not in suggested(box)


def test_enrolling_is_told_by_ids_alone(demo_box: Box) -> None:
    box = demo_box
    entry = next(e for e in log(box) if e.event.action == "recognition:enrol")
    assert entry.actor == "worker"
    assert entry.event.thing == person_of(box, OBAMA)
    assert entry.event.detail == f"face={face_in(box, 'KLUI0001.JPG').face.id}"
    whole_log = json.dumps(told(box))
    assert not [word for word in (OBAMA, BIDEN, "KLUI000", "Bestuur", "Demonstration") if word in whole_log]
