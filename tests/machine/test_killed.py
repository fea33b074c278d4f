"""Killed without warning, at any point: nothing reported is lost, nothing is done twice, and work resumes."""

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

from appliance.actions.audit import check
from appliance.actions.intake import import_folder, import_report, start_import
from appliance.config import Config
from appliance.demo.card import SHOTS
from appliance.demo.story import agree
from appliance.domain.access import OPERATOR, Role
from appliance.domain.photos import ImportId, ImportReport
from appliance.tasks import Jobs, open_ringing_box
from appliance.vision.manifest import Pack
from appliance.wiring import Box, open_box
from tests.actions.scene import files_known, files_on_disk, fill, original, picture, rows
from tests.conftest import config_of, user_of
from tests.machine.spawning import Running

KILLS = 4  # `make acceptance` kills far more often
FILES = {f"DCIM/100KLUIS/IMG_{number:04}.JPG": picture(number) for number in range(16)}
FACES = {shot.file: bool(shot.who) for shot in SHOTS}


@contextmanager
def opened(config: Config) -> Iterator[Box]:
    box = open_box(config)
    try:
        yield box
    finally:
        box.close()


def require_whole(box: Box, card: dict[str, bytes]) -> int:
    """The safe opens, is sound, and each photo in it is one of the card's, once and whole; their number."""
    assert rows(box, "PRAGMA cipher_integrity_check") == []
    assert rows(box, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert rows(box, "PRAGMA foreign_key_check") == []
    assert check(box.safe, by=OPERATOR, now=box.now()).whole
    content = {Path(name).name: data for name, data in card.items()}
    kept = rows(box, "SELECT id, name, sha256 FROM photos")
    assert len({row["name"] for row in kept}) == len(kept)
    for row in kept:
        data = original(box, row["id"])
        assert sha256(data).hexdigest() == row["sha256"]
        assert data == content[str(row["name"])]
    assert files_known(box) <= files_on_disk(box)
    return len(kept)


def require_no_orphans(box: Box) -> None:
    """What a crash leaves behind is gone with the sweep, and nothing else is."""
    with box.safe.store.look(by=OPERATOR, to="photo:analyse", now=box.now()) as view:  # type: ignore[arg-type]
        known = view.photos.known_places()
    for place in box.safe.blobs.orphans(known, older_than=0):
        box.safe.blobs.delete(place)
    assert files_on_disk(box) == known


def progress(running: Running) -> int:
    """How many photos the command reported as copied."""
    return int(running.err.rpartition("Copied ")[2].partition(" ")[0] or 0)


@pytest.mark.timeout(1200)
def test_an_import_killed_anywhere_loses_and_doubles_nothing(empty_home: Path, tmp_path: Path) -> None:
    kill_imports(empty_home, tmp_path, kills=KILLS, seed=2)


def kill_imports(empty_home: Path, tmp_path: Path, *, kills: int, seed: int) -> None:
    """The kills are spread over the whole import, and at random within each photo."""
    card, chance = fill(tmp_path / "card", FILES), random.Random(seed)
    each = seconds_each(empty_home, card, tmp_path / "measured")
    broken_off = tried = 0
    while broken_off < kills:
        assert tried < 3 * kills, "hardly any kill came while the import was under way"
        home = Path(shutil.copytree(empty_home, tmp_path / f"home{tried}"))
        with Running(home, "import", card, folder=tmp_path / "told") as running:
            after = tried % len(FILES)
            running.until(lambda run=running, n=after: progress(run) >= n)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 1.2 * each))
            running.kill()
            reported = progress(running)
        broken_off += require_resumed(config_of(home), reported)
        tried += 1
        shutil.rmtree(home)


def seconds_each(empty_home: Path, card: Path, folder: Path) -> float:
    """How long one photo takes."""
    home = Path(shutil.copytree(empty_home, folder / "home"))
    with Running(home, "import", card, folder=folder / "told") as whole:
        whole.until(lambda: progress(whole) > 0)
        begun, done = time.monotonic(), progress(whole)
        whole.until(lambda: progress(whole) == len(FILES))
        took = time.monotonic() - begun
        assert whole.ended() == 0
    return took / max(1, len(FILES) - done)


def require_resumed(config: Config, reported: int) -> bool:
    """What was reported is there; the worker's own job brings the rest. Returns whether there was a rest."""
    with opened(config) as box:
        kept = require_whole(box, FILES)
        assert kept >= reported
        names = [str(row["name"]) for row in rows(box, "SELECT name FROM photos ORDER BY number")]
        assert names == [Path(name).name for name in FILES][:kept]
        unfinished = [row["id"] for row in rows(box, "SELECT id FROM imports WHERE finished_at IS NULL")]
    jobs = Jobs(config)
    for import_id in unfinished:
        jobs.take_in(str(import_id))
    if unfinished:
        report = import_report(jobs.box.safe, ImportId(str(unfinished[0])), by=OPERATOR, now=jobs.box.now())
        require_complete(report)
        assert require_whole(jobs.box, FILES) == len(FILES)
        require_no_orphans(jobs.box)
    jobs.box.close()
    jobs.huey.storage.close()
    return bool(unfinished) and kept < len(FILES)


def require_complete(report: ImportReport) -> None:
    counts = (report.found, report.stored, report.known, report.failed)
    assert counts == (len(FILES), len(FILES), 0, 0)
    assert report.finished_at is not None


# The worker.


@pytest.fixture
def waiting_home(tmp_path: Path, empty_home: Path, card: Path, pack: Pack) -> Path:
    return unexamined(empty_home, card, tmp_path)


def unexamined(empty_home: Path, card: Path, folder: Path) -> Path:
    """A safe with the demonstration's card, taken in and not examined; its bells are in the queue."""
    home = Path(shutil.copytree(empty_home, folder / "waiting"))
    box = open_ringing_box(config_of(home))
    shoot_id = agree(box, *(user_of(box, role) for role in (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)))
    import_folder(box.safe, card, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_id)
    box.close()
    return home


def examined(config: Config) -> int:
    with opened(config) as box:
        return len(rows(box, "SELECT id FROM photos WHERE stage = 'analysed'"))


def pending(config: Config) -> int:
    jobs = Jobs(config)
    count = int(jobs.huey.pending_count())
    jobs.huey.storage.close()
    return count


@pytest.mark.timeout(1200)
def test_a_worker_killed_anywhere_examines_each_photo_once(
    waiting_home: Path, card: Path, tmp_path: Path
) -> None:
    kill_workers(waiting_home, card, tmp_path, kills=KILLS, seed=3)


def kill_workers(waiting_home: Path, card: Path, tmp_path: Path, *, kills: int, seed: int) -> None:
    """The kills are spread over the start of a worker and the photos that follow."""
    files = {path.name: path.read_bytes() for path in card.rglob("*.JPG")}
    chance, killed, under_way = random.Random(seed), 0, 0
    begun = time.monotonic()
    home = Path(shutil.copytree(waiting_home, tmp_path / "measured"))
    with Running(home, "worker", "--workers", 1, folder=tmp_path / "told") as running:
        running.until(lambda: examined(config_of(home)) >= len(SHOTS) // 2, every=0.05)
    half = time.monotonic() - begun
    while killed < kills:
        home = Path(shutil.copytree(waiting_home, tmp_path / f"home{killed}"))
        config = config_of(home)
        while killed < kills and examined(config) < len(SHOTS):
            with Running(home, "worker", "--workers", 1, folder=tmp_path / "told") as running:
                time.sleep(chance.uniform(0, 1.1 * half))
                running.kill()
            killed += 1
            with opened(config) as box:
                assert require_whole(box, files) == len(SHOTS)
                require_examined_once(box)
            under_way += 0 < examined(config) < len(SHOTS)
        finish(home, tmp_path / "told")
        with opened(config) as box:
            assert require_whole(box, files) == len(SHOTS)
            require_examined_once(box)
            require_no_orphans(box)
            stages = rows(box, "SELECT stage, count(*) AS photos FROM photos GROUP BY stage")
            assert stages == [{"stage": "analysed", "photos": len(SHOTS)}]
        shutil.rmtree(home)
    assert under_way, "no kill came while the worker was at work"


def require_examined_once(box: Box) -> None:
    """A photo has all that examining gives, or nothing of it."""
    found = rows(
        box,
        "SELECT name, stage, (SELECT count(*) FROM faces WHERE photo_id = photos.id) AS faces,"
        " (SELECT count(*) FROM files WHERE photo_id = photos.id) AS files,"
        " (SELECT count(*) FROM lights WHERE photo = photos.number) AS lights FROM photos",
    )
    for row in found:
        done = row["stage"] == "analysed"
        expected = (int(FACES[str(row["name"])]), 3, 5) if done else (0, 1, 0)
        assert (row["faces"], row["files"], row["lights"]) == expected, row
    told = rows(box, "SELECT thing FROM audit WHERE action = 'photo:analyse' AND detail <> 'already'")
    assert len(told) == sum(row["stage"] == "analysed" for row in found)


def finish(home: Path, told: Path) -> None:
    """The next workers finish by themselves what the last one left.

    A bell that was lost is rung by the sweep once the queue is empty: at once by a worker that starts.
    """
    config = config_of(home)
    for _ in range(5):
        with Running(home, "worker", "--workers", 1, folder=told) as running:
            running.until(running.works, every=0.05)  # it has swept
            running.until(lambda: examined(config) == len(SHOTS) or pending(config) == 0, every=0.05)
            assert running.stop() == 0  # which waits for the photos that are under way
        if examined(config) == len(SHOTS):
            return


def test_when_the_consumer_alone_is_killed_its_workers_end_with_it(
    waiting_home: Path, tmp_path: Path
) -> None:
    """Else they would work on beside those of the next consumer."""
    home = Path(shutil.copytree(waiting_home, tmp_path / "home"))
    with Running(home, "worker", "--workers", 2, folder=tmp_path / "told") as running:
        running.until(lambda: examined(config_of(home)) >= 1, every=0.05)
        family = psutil.Process(running.pid).children(recursive=True)
        assert len(family) >= 3  # two workers and the scheduler, and their decoders
        os.kill(running.pid, signal.SIGKILL)
        gone, alive = psutil.wait_procs(family, timeout=60)
        assert not alive
        assert len(gone) == len(family)


def test_a_worker_takes_up_an_import_that_was_asked_for(empty_home: Path, tmp_path: Path, pack: Pack) -> None:
    """As from the browser; its bell was lost, and the sweep finds it."""
    home = Path(shutil.copytree(empty_home, tmp_path / "home"))
    config = config_of(home)
    card = fill(tmp_path / "card", dict(list(FILES.items())[:3]))
    with opened(config) as box:
        asked = start_import(box.safe, str(card), by=OPERATOR, now=box.now())
    with Running(home, "worker", "--workers", 1, folder=tmp_path / "told") as running:
        running.until(running.works, every=0.05)
        running.until(lambda: examined(config) == 3, every=0.05)
        assert running.stop() == 0
    with opened(config) as box:
        report = import_report(box.safe, asked.id, by=OPERATOR, now=box.now())
        assert (report.found, report.stored, report.finished_at is not None) == (3, 3, True)
