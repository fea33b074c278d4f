"""Match and forget: a measure of a face stays only of those who agreed, and a search survives a crash."""

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.actions import enrolment, faces
from appliance.actions.analysis import analyse, waiting
from appliance.actions.consent import record
from appliance.actions.intake import import_folder
from appliance.actions.naming import nameless
from appliance.actions.people import change_person, person_view
from appliance.actions.photos import BlobKind, Filter, look_at
from appliance.actions.recognition import approve_recognition, propose_recognition
from appliance.actions.shoots import create_shoot, put_in_shoot, switch_shoot_recognition
from appliance.demo.card import COLLINS, OBAMA, SHOTS
from appliance.domain.access import OPERATOR, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Purpose
from appliance.domain.people import PersonId
from appliance.domain.photos import FaceId, ImportId, PhotoId, ShootId
from appliance.domain.shoots import Scope
from appliance.tasks import Jobs
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.match import Gallery
from appliance.wiring import Box, open_box
from tests.actions.scene import (
    ADMINISTRATOR,
    EDITOR,
    OFFICER,
    everything,
    granted,
    named,
    original,
    person,
    rows,
)
from tests.conftest import Clock, config_of

pytestmark = pytest.mark.usefixtures("pack")

PORTRAITS = {shot.file for shot in SHOTS if shot.who}


class Counting:
    """A face analyser that counts the faces it measured, and those at which it only glanced."""

    def __init__(self, analyser: FaceAnalyser) -> None:
        self._analyser, self.measured, self.glanced = analyser, 0, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._analyser, name)

    def glance(self, known: Gallery, faces: list[NDArray[np.uint8]]) -> NDArray[np.bool_]:
        self.glanced += len(faces)
        return self._analyser.glance(known, faces)

    def embed(self, pixels: NDArray[np.uint8], found: list[object]) -> NDArray[np.float32]:
        self.measured += len(found)
        return self._analyser.embed(pixels, found)  # type: ignore[arg-type]

    def embed_for(
        self, known: Gallery, pixels: NDArray[np.uint8], found: list[object]
    ) -> NDArray[np.float32]:
        self.measured += len(found)
        return self._analyser.embed_for(known, pixels, found)  # type: ignore[arg-type]


def agree_to_recognition(box: Box) -> ShootId:
    """Recognition is on for the box and in a shoot."""
    now, day = box.now(), box.today()
    propose_recognition(box.safe, "DPIA-1", by=ADMINISTRATOR, now=now)
    approve_recognition(box.safe, by=OFFICER, now=now)
    shoot = create_shoot(box.safe, by=EDITOR, now=now, name="Portretten", day=day)
    switch_shoot_recognition(box.safe, shoot.id, Scope.AGREED, by=ADMINISTRATOR, now=now, day=day)
    return shoot.id


def bring(box: Box, card: Path, shoot_id: ShootId | None = None, analyser: object = None) -> ImportId:
    """Import a card and examine all of it."""
    report = import_folder(box.safe, card, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_id)
    for photo_id in waiting(box.safe, now=box.now()):
        analyse(box.safe, box.decoder, analyser or box.analyser, photo_id, now=box.now(), day=box.today())  # type: ignore[arg-type]
    return report.id


def face_in(box: Box, file: str) -> FaceId:
    (found,) = look_at(box.safe, named(box, file), by=OPERATOR, now=box.now(), day=box.today()).faces
    return found.face.id


def enrolled(box: Box, who: PersonId, file: str) -> bool:
    now, day, face_id = box.now(), box.today(), face_in(box, file)
    faces.confirm(box.safe, face_id, who, by=EDITOR, now=now, day=day, bell=box.bell)
    return enrolment.enrol(box.safe, box.decoder, box.analyser, face_id, now=now, day=day)


def says_yes(box: Box, name: str) -> PersonId:
    who = person(box, name)
    record(box.safe, who, granted(Purpose.RECOGNITION), by=EDITOR, now=box.now(), day=box.today())
    return who


def suggested(box: Box) -> dict[str, str]:
    found = rows(
        box,
        "SELECT photos.name AS file, people.name AS who FROM links JOIN photos ON photos.id = photo_id"
        " JOIN people ON people.id = person_id WHERE state = 'suggested'",
    )
    return {str(row["file"]): str(row["who"]) for row in found}


def measures(box: Box) -> dict[str, NDArray[np.float32]]:
    """What every face of the card measures, in two sizes of its picture."""
    found: dict[str, NDArray[np.float32]] = {}
    for file in sorted(PORTRAITS):
        for kind in (BlobKind.ORIGINAL, BlobKind.PROXY):
            pixels = box.decoder.decode(original(box, named(box, file), kind), at_least=1440).pixels
            seen = box.analyser.find(pixels)
            if seen:
                found[f"{file} {kind}"] = box.analyser.embed(pixels, seen)[0]
    return found


def whose_vectors(box: Box) -> set[str]:
    """The files whose faces lie somewhere in the raw rows as a vector, in whatever column and writing."""
    kept: list[NDArray[np.float32]] = []
    texts = []
    for _, value in everything(box):
        if isinstance(value, bytes) and len(value) % 4 == 0:
            kept += [
                np.frombuffer(value, "<f4")[start : start + 128]
                for start in range(0, len(value) // 4 - 127, 128)
            ]
        elif isinstance(value, str):
            texts.append(value)
    found = set()
    for place, vector in measures(box).items():
        data = vector.astype("<f4").tobytes()
        written = (data.hex()[:60], base64.b64encode(data).decode()[:40], json.dumps(vector.tolist())[1:20])
        if any(np.linalg.norm(vector - one) < 0.15 for one in kept if (np.abs(one) < 1000).all()) or any(
            shape in text for shape in written for text in texts
        ):
            found.add(place.split()[0])
    return found


def outside_the_database(box: Box) -> bytes:
    """Every other file of the box: blobs, the queue, the keyring, and what is left lying about."""
    config = box.config
    return b"".join(
        path.read_bytes() for path in config.home.rglob("*") if path.is_file() and path != config.database
    )


@pytest.fixture
def queued(box: Box, clock: Clock) -> Iterator[Jobs]:
    jobs = Jobs(box.config)
    jobs.box.clock = clock
    box.bell = jobs.box.bell
    yield jobs
    jobs.box.close()
    jobs.huey.storage.close()


def test_only_those_who_agreed_leave_a_measure_anywhere(box: Box, queued: Jobs, card: Path) -> None:
    """P3: match and forget. Everything the box writes is searched for the measure of every face."""
    shoot_id = agree_to_recognition(box)
    bring(box, card, shoot_id)
    assert whose_vectors(box) == set()  # nobody agreed yet
    obama, collins = says_yes(box, OBAMA), person(box, COLLINS)
    assert enrolled(box, obama, "KLUI0001.JPG")
    assert not enrolled(box, collins, "KLUI0007.JPG")  # named, but never asked
    enrolment.rescan_all(box.safe, box.decoder, box.analyser, now=box.now(), day=box.today())
    import_id = ImportId(str(rows(box, "SELECT id FROM imports")[0]["id"]))
    enrolment.group_lookalikes(box.safe, box.decoder, box.analyser, import_id, now=box.now())
    assert whose_vectors(box) == {"KLUI0001.JPG"}
    elsewhere = outside_the_database(box)
    for vector in measures(box).values():
        data = vector.astype("<f4").tobytes()
        assert data[:16] not in elsewhere
        assert data.hex()[:32].encode() not in elsewhere
        assert base64.b64encode(data)[:40] not in elsewhere


def test_without_a_shoot_nobody_is_measured(box: Box, card: Path) -> None:
    shoot_id = agree_to_recognition(box)
    bring(box, card)
    obama = says_yes(box, OBAMA)
    enrolled(box, obama, "KLUI0001.JPG")
    counting = Counting(box.analyser)
    now, day = box.now(), box.today()
    assert enrolment.rescan_all(box.safe, box.decoder, counting, now=now, day=day) == 0  # type: ignore[arg-type]
    import_id = ImportId(str(rows(box, "SELECT id FROM imports")[0]["id"]))
    assert enrolment.group_lookalikes(box.safe, box.decoder, counting, import_id, now=now) == 0  # type: ignore[arg-type]
    assert counting.measured == counting.glanced == 0
    assert suggested(box) == {}
    photos = [named(box, file) for file in ("KLUI0002.JPG", "KLUI0007.JPG")]
    put_in_shoot(box.safe, photos, shoot_id, by=EDITOR, now=now, day=day)
    assert enrolment.rescan_all(box.safe, box.decoder, counting, now=now, day=day) == 1  # type: ignore[arg-type]
    assert (counting.glanced, counting.measured) == (2, 1)  # who is somebody else is not measured
    assert suggested(box) == {"KLUI0002.JPG": OBAMA}


def test_importing_measures_nobody_while_nobody_who_agreed_could_be_found(box: Box, card: Path) -> None:
    counting = Counting(box.analyser)
    bring(box, card, agree_to_recognition(box), counting)
    assert counting.measured == 0
    assert len(rows(box, "SELECT * FROM faces")) == len(PORTRAITS)


# Searching earlier photos.


@pytest.fixture
def searching(demo_box: Box) -> Box:
    """The demonstration, where all is to be searched again and nothing was suggested yet."""
    box, now, day = demo_box, demo_box.now(), demo_box.today()
    (shoot_id,) = [ShootId(str(row["id"])) for row in rows(box, "SELECT id FROM shoots")]
    switch_shoot_recognition(box.safe, shoot_id, None, by=EDITOR, now=now, day=day)
    switch_shoot_recognition(box.safe, shoot_id, Scope.AGREED, by=ADMINISTRATOR, now=now, day=day)
    assert suggested(box) == {}
    return box


OTHERS = {shot.file: OBAMA for shot in SHOTS if shot.who == OBAMA and shot.file != "KLUI0001.JPG"}


def step(box: Box, most: int = 2) -> int | None:
    return enrolment.rescan(box.safe, box.decoder, box.analyser, now=box.now(), day=box.today(), most=most)


def finish(box: Box) -> None:
    for _ in range(20):
        if step(box) is None:
            return
    pytest.fail("the search does not end")


def test_a_search_is_taken_up_where_it_was_after_a_crash(searching: Box, tmp_path: Path) -> None:
    box = searching
    assert step(box) is not None
    before = len(suggested(box))
    home = Path(shutil.copytree(box.config.home, tmp_path / "after the crash"))  # what lies on the disk
    again = open_box(config_of(home), clock=box.clock)
    try:
        assert enrolment.is_looking(again.safe, now=box.now())
        counting = Counting(again.analyser)
        while (
            enrolment.rescan(again.safe, again.decoder, counting, now=box.now(), day=box.today(), most=2)  # type: ignore[arg-type]
            is not None
        ):
            pass
        assert suggested(again) == OTHERS
        assert len(suggested(again)) > before
        assert 0 < counting.glanced < len(PORTRAITS) - 2  # what was searched before is not searched again
        assert not enrolment.is_looking(again.safe, now=box.now())
    finally:
        again.close()


def test_a_crash_within_a_step_costs_that_step_alone(searching: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box = searching

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(enrolment, "_advance", crash)
        with pytest.raises(KeyboardInterrupt):
            step(box, most=100)
    done = suggested(box)
    finish(box)
    assert suggested(box) == OTHERS == done  # and nothing twice


def test_whoever_is_enrolled_during_a_step_is_not_lost(
    searching: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step began before the template was there; it must not count as a search for it."""
    box = searching
    collins = says_yes(box, COLLINS)
    twin = named(box, "KLUI0007.JPG")
    really = enrolment.keep_suggestions
    calls = []

    def keep(*arguments: object, **more: object) -> int:
        if not calls:
            calls.append(1)
            now, day = box.now(), box.today()
            face_id = face_in(box, "KLUI0007.JPG")
            faces.confirm(box.safe, face_id, collins, by=EDITOR, now=now, day=day, bell=box.bell)
            assert enrolment.enrol(box.safe, box.decoder, box.analyser, face_id, now=now, day=day)
            faces.unname(box.safe, face_id, by=EDITOR, now=now, day=day)
            vector = box.analyser.embed(*_seen(box, twin))[0].astype("<f4").tobytes()
            with box.safe.store.begin(by=OPERATOR, to=Permission.PHOTO_ANALYSE, now=now) as tx:
                tx.people.add_reference_template("kept", collins, box.analyser.pack_name, vector)
                tx.record(Event("test:template"))
        return really(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(enrolment, "keep_suggestions", keep)
    step(box, most=100)
    assert enrolment.is_looking(box.safe, now=box.now())
    finish(box)
    assert suggested(box) == OTHERS | {"KLUI0007.JPG": COLLINS}


def _seen(box: Box, photo_id: PhotoId) -> tuple[NDArray[np.uint8], list[object]]:
    pixels = box.decoder.decode(original(box, photo_id, BlobKind.PROXY)).pixels
    return pixels, list(box.analyser.find(pixels))


def test_being_asked_again_for_the_same_people_during_a_step_searches_everything_again(
    searching: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second template of somebody: the photos of this step were not tried with it."""
    box, really = searching, enrolment._picture
    looked_for = {PersonId(str(row["person_id"])) for row in rows(box, "SELECT person_id FROM templates")}
    searched: list[PhotoId] = []

    def read(*arguments: object, **more: object) -> object:
        if not searched:
            with box.safe.store.begin(by=OPERATOR, to=Permission.PHOTO_ANALYSE, now=box.now()) as tx:
                enrolment.look_for(tx, looked_for)
                tx.record(Event("test:look_for"))
        searched.append(arguments[2])  # type: ignore[arg-type]
        return really(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(enrolment, "_picture", read)
    step(box, most=3)
    nobody = [photo for photo in searched if photo not in {named(box, file) for file in suggested(box)}]
    assert nobody, "somebody without a name was in this step"
    finish(box)
    assert all(searched.count(photo) >= 2 for photo in nobody)
    assert suggested(box) == OTHERS


def test_whoever_was_not_born_yet_is_not_suggested(searching: Box) -> None:
    box, now, day = searching, searching.now(), searching.today()
    obama = PersonId(str(rows(box, "SELECT id FROM people WHERE name = ?", OBAMA)[0]["id"]))
    known = person_view(box.safe, obama, by=EDITOR, now=now, day=day).person
    taken = [row["taken_at"] for row in rows(box, "SELECT taken_at FROM photos WHERE taken_at IS NOT NULL")]
    assert taken, "the card's photos say when they were taken"
    change_person(box.safe, type(known)(known.id, known.name, birth_date=day), by=EDITOR, now=now, day=day)
    finish(box)
    assert suggested(box) == {}


# Faces that look alike.


def test_faces_of_one_person_are_grouped_and_nothing_else_of_them_stays(box: Box, card: Path) -> None:
    import_id = bring(box, card, agree_to_recognition(box))
    groups = enrolment.group_lookalikes(box.safe, box.decoder, box.analyser, import_id, now=box.now())
    found: dict[object, set[str]] = {}
    truth = {shot.file: shot.who for shot in SHOTS}
    for row in rows(box, "SELECT lookalike, name FROM faces JOIN photos ON photos.id = photo_id"):
        if row["lookalike"] is not None:
            found.setdefault(row["lookalike"], set()).add(str(row["name"]))
    assert len(found) == groups > 0
    for files in found.values():
        assert {truth[file] for file in files} == {OBAMA}
        assert len(files) > 1
    assert whose_vectors(box) == set()

    (first, *_) = found.values()
    shown = nameless(box.safe, by=EDITOR, now=box.now(), day=box.today(), wanted=Filter(untagged=True)).faces
    order = [one.photo.name in first for one in shown]
    assert order.index(True) + order.count(True) == len(order) - order[::-1].index(True)  # side by side
    one = face_in(box, min(first))
    assert len(faces.lookalikes(box.safe, one, by=EDITOR, now=box.now())) == len(first)
