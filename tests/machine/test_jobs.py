"""The jobs: each may run twice, a lost bell is rung again, and the queue on disk says nothing."""

import io
import json
import pickle
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from PIL import Image

from appliance.actions import collections, consent, faces, intake, recognition, shares
from appliance.actions.photos import look_at
from appliance.demo.card import OBAMA
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Answer, Purpose, Term
from appliance.domain.shares import Share
from appliance.tasks import Jobs, PlainSerializer, open_ringing_box
from appliance.wiring import Box
from tests.actions.scene import fill, named, person, picture, rows, take
from tests.conftest import Clock, config_of

pytestmark = pytest.mark.usefixtures("pack")

NAMES = ("Wilhelmina", "Plantinga", "Geheim", "KLUI000", OBAMA, "Bestuur", ".JPG")
AN_ID = re.compile(r"[a-z2-7]{26}")


@pytest.fixture
def jobs(box: Box, clock: Clock) -> Iterator[Jobs]:
    """The jobs of the empty safe, at the test's own time; its bell is theirs."""
    yield from _jobs_of(box, clock)


@pytest.fixture
def demo_jobs(demo_box: Box, clock: Clock) -> Iterator[Jobs]:
    """The jobs of the demonstration's safe."""
    yield from _jobs_of(demo_box, clock)


def _jobs_of(box: Box, clock: Clock) -> Iterator[Jobs]:
    made = Jobs(box.config)
    made.box.clock = clock
    box.bell = made.box.bell
    yield made
    made.box.close()
    made.huey.storage.close()


def queued(jobs: Jobs) -> list[tuple[str, list[str]]]:
    """What waits in the queue: job and ids."""
    return [(task.name, list(task.args)) for task in jobs.huey.pending()]


def work(jobs: Jobs) -> None:
    """Do all that waits, as a worker does."""
    while (task := jobs.huey.dequeue()) is not None:
        jobs.huey.execute(task)


def test_importing_rings_and_the_jobs_examine(box: Box, jobs: Jobs, tmp_path: Path) -> None:
    take(box, fill(tmp_path / "card", {f"IMG_{n}.JPG": picture(n) for n in (1, 2)}))
    ids = [named(box, f"IMG_{n}.JPG") for n in (1, 2)]
    assert queued(jobs) == [("analyse", [photo_id]) for photo_id in ids]
    work(jobs)
    assert rows(box, "SELECT DISTINCT stage FROM photos") == [{"stage": "analysed"}]
    jobs.analyse(ids[0])
    assert len(rows(box, "SELECT * FROM files")) == 6


def test_a_lost_bell_is_rung_again_by_the_sweep(box: Box, jobs: Jobs, tmp_path: Path) -> None:
    card = fill(tmp_path / "card", {"IMG_1.JPG": picture(1)})
    take(box, card)
    asked = intake.start_import(box.safe, str(card), by=OPERATOR, now=box.now())
    jobs.huey.flush()
    jobs.sweep()
    photo_id = named(box, "IMG_1.JPG")
    assert queued(jobs) == [("analyse", [photo_id]), ("take_in", [asked.id])]
    jobs.sweep()
    assert queued(jobs).count(("analyse", [photo_id])) == 1
    work(jobs)
    report = intake.import_report(box.safe, asked.id, by=OPERATOR, now=box.now())
    assert (report.known, report.finished_at is not None) == (1, True)
    jobs.sweep()
    assert queued(jobs) == []


def test_an_import_that_somebody_is_at_is_left_alone(box: Box, jobs: Jobs, tmp_path: Path) -> None:
    card = fill(tmp_path / "card", {"IMG_1.JPG": picture(1)})
    asked = intake.start_import(box.safe, str(card), by=OPERATOR, now=box.now())
    with box.alone(f"import-{asked.id}") as mine:
        assert mine
        jobs.take_in(asked.id)
    assert rows(box, "SELECT * FROM photos") == []
    jobs.take_in(asked.id)
    jobs.take_in(asked.id)  # and what is finished is not begun again
    report = intake.import_report(box.safe, asked.id, by=OPERATOR, now=box.now())
    assert (report.stored, report.known) == (1, 0)


def test_a_photo_that_breaks_the_program_is_set_aside_and_the_worker_goes_on(
    box: Box, jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(box, fill(tmp_path / "card", {f"IMG_{n}.JPG": picture(n) for n in (1, 2)}))
    first = named(box, "IMG_1.JPG")
    really_examine, calls = jobs.box.analyser.examine, []

    def examine(pixels: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("Wilhelmina Plantinga")
        return really_examine(pixels)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs.box.analyser, "examine", examine)
    with structlog.testing.capture_logs() as logs:
        work(jobs)
    broken = rows(box, "SELECT id, set_aside_for FROM photos WHERE stage = 'set_aside'")
    assert broken == [{"id": first, "set_aside_for": "photo:not_examined"}]
    assert rows(box, "SELECT name FROM photos WHERE stage = 'analysed'") == [{"name": "IMG_2.JPG"}]
    assert logs == [
        {
            "job": "analyse",
            "ids": (first,),
            "kind": "ZeroDivisionError",
            "event": "job_broke",
            "log_level": "error",
        }
    ]


@pytest.mark.parametrize(("job", "key"), [("analyse", "photo:unknown"), ("enrol", "face:unknown")])
def test_a_job_for_what_is_gone_is_logged_by_its_key(jobs: Jobs, job: str, key: str) -> None:
    getattr(jobs, f"ring_{job}")("nowhere")
    with structlog.testing.capture_logs() as logs:
        work(jobs)
    assert [(entry["event"], entry["job"], entry["key"]) for entry in logs] == [("job_failed", job, key)]


def test_confirming_enrols_and_finds_the_person_in_other_photos(demo_box: Box, demo_jobs: Jobs) -> None:
    """The face of a person who agreed only afterwards is enrolled by the hourly round."""
    box, now, day = demo_box, demo_box.now(), demo_box.today()
    (face,) = look_at(box.safe, named(box, "KLUI0007.JPG"), by=OPERATOR, now=now, day=day).faces
    collins = person(box, "Collins")
    faces.confirm(box.safe, face.face.id, collins, by=OPERATOR, now=now, day=day, bell=box.bell)
    demo_jobs.tidy()
    assert queued(demo_jobs) == []
    terms = [Term(Purpose.RECOGNITION, Answer.GRANTED)]
    agreed = consent.record(box.safe, collins, terms, by=OPERATOR, now=now, day=day)
    demo_jobs.tidy()
    assert queued(demo_jobs) == [("enrol", [face.face.id])]
    work(demo_jobs)
    assert len(rows(box, "SELECT * FROM templates WHERE person_id = ?", collins)) == 1
    demo_jobs.tidy()
    assert queued(demo_jobs) == []
    consent.withdraw(box.safe, agreed.id, by=OPERATOR, now=now, day=day)
    demo_jobs.tidy()
    assert queued(demo_jobs) == []
    demo_jobs.enrol(face.face.id)
    assert rows(box, "SELECT * FROM templates WHERE person_id = ?", collins) == []


def test_a_confirmed_suggestion_teaches(demo_box: Box, demo_jobs: Jobs) -> None:
    box, now, day = demo_box, demo_box.now(), demo_box.today()
    (face,) = look_at(box.safe, named(box, "KLUI0002.JPG"), by=OPERATOR, now=now, day=day).faces
    obama = face.suggestions[0][0].id
    faces.confirm(box.safe, face.face.id, obama, by=OPERATOR, now=now, day=day, bell=box.bell)
    assert queued(demo_jobs) == [("enrol", [face.face.id])]
    work(demo_jobs)
    assert len(rows(box, "SELECT * FROM templates WHERE person_id = ?", obama)) == 2


def test_the_hourly_round_follows_the_calendar_and_clears_up(
    demo_box: Box, demo_jobs: Jobs, clock: Clock
) -> None:
    box = demo_box
    upload = intake.start_import(box.safe, intake.UPLOAD, by=OPERATOR, now=clock())
    clock.advance(days=366)
    demo_jobs.tidy()
    demo_jobs.sweep()  # templates are not left for an hour
    assert rows(box, "SELECT DISTINCT light FROM lights WHERE purpose = 'web' AND light = 'green'") == []
    assert rows(box, "SELECT * FROM templates") == []
    assert intake.import_report(box.safe, upload.id, by=OPERATOR, now=clock()).finished_at == clock()


def test_switched_off_nothing_is_enrolled_by_the_hourly_round(demo_box: Box, demo_jobs: Jobs) -> None:
    recognition.stop_recognition(demo_box.safe, by=OPERATOR, now=demo_box.now(), day=demo_box.today())
    demo_jobs.tidy()
    assert queued(demo_jobs) == []


# The queue's file is not encrypted: whoever pulls the disk may read it (S3).


def test_the_queue_holds_names_of_jobs_and_opaque_ids_alone(home: Path, tmp_path: Path) -> None:
    box = open_ringing_box(config_of(home))
    card = fill(tmp_path / "Geheim", {"Wilhelmina_Plantinga.JPG": picture(1), "KLUI0001.JPG": picture(2)})
    take(box, card)
    who = person(box, "Wilhelmina Plantinga")
    photo_id = named(box, "KLUI0001.JPG")
    now, day = box.now(), box.today()
    terms = [Term(Purpose.RECOGNITION, Answer.GRANTED)]
    consent.record(box.safe, who, terms, by=OPERATOR, now=now, day=day, note="Geheim")
    face_id = faces.add_face(
        box.safe, photo_id, None, by=OPERATOR, now=now, day=day, bell=box.bell, person_id=who
    )
    faces.confirm(box.safe, face_id, who, by=OPERATOR, now=now, day=day, bell=box.bell)
    box.bell.take_in(intake.start_import(box.safe, str(card), by=OPERATOR, now=now).id)
    box.close()

    whole = b"".join(path.read_bytes() for path in home.glob("queue.db*"))
    for name in NAMES:
        assert name.encode() not in whole
        assert name.encode("utf-16-le") not in whole
    with sqlite3.connect(home / "queue.db") as queue:
        tables = [row[0] for row in queue.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        kept = {table: queue.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608
    queue.close()
    assert {table for table in tables if kept[table]} <= {"task", "sqlite_sequence"}
    found = []
    for row in kept["task"]:
        message = json.loads(next(value for value in row if isinstance(value, bytes)))
        name, arguments, named_arguments = message[1], message[6], message[7]
        assert all(AN_ID.fullmatch(argument) for argument in arguments)
        assert not named_arguments
        texts = [value for value in message if isinstance(value, str)]
        assert texts == [message[0], name]
        found.append(name.rpartition(".")[2])
    assert sorted(found) == ["analyse", "analyse", "enrol", "take_in"]


def test_the_queue_is_json_so_that_what_lies_in_it_cannot_be_run() -> None:
    serializer = PlainSerializer()
    assert serializer.deserialize(serializer.serialize([1, "two"])) == [1, "two"]
    with pytest.raises(ValueError, match="decode"):
        serializer.deserialize(pickle.dumps(shutil.rmtree))


def test_new_photos_of_a_share_are_put_in_its_collection_once_all_are_examined(
    box: Box, jobs: Jobs, tmp_path: Path
) -> None:
    acting = {"by": OPERATOR, "now": box.now()}
    report = collections.create_collection(box.safe, "Jaarverslag", **acting).id
    share = Share(shares.new_share_id(), "Studio", str(tmp_path / "share"), collection_id=report)
    shares.put_share(box.safe, share, **acting)
    two = (picture(1, 480, 360), picture(2, 480, 360))
    copied = io.BytesIO()
    Image.open(io.BytesIO(two[0])).save(copied, "JPEG", quality=60)
    fill(tmp_path / "share", {"A.JPG": two[0], "B.JPG": two[1], "COPY.JPG": copied.getvalue()})
    stillness = shares.Stillness(10)
    for at in (0.0, 10.0):
        shares.look_at(box.safe, box.decoder, share, stillness, clock=box.clock, at=at, bell=jobs.box.bell)
    assert collections.collect_imports(box.safe, now=box.now()) == 0
    work(jobs)
    wanted = (named(box, "A.JPG"), named(box, "B.JPG"))
    assert collections.photos_in(box.safe, report, **acting) == wanted
    (done,) = intake.imports(box.safe, **acting)
    assert (done.stored, done.collected, done.no_room) == (3, 2, 0)
    collections.take_out(box.safe, report, wanted[:1], **acting)
    jobs.sweep()
    assert collections.photos_in(box.safe, report, **acting) == wanted[1:]
