"""The restore drill on real backups of the demonstration's safe: one flipped byte fails it and says where."""

import io
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from appliance.actions.backup import Shelf, add_target, back_up
from appliance.actions.certificates import drill_certificate
from appliance.actions.drill import drill
from appliance.actions.duties import note
from appliance.actions.erasure import erase_person
from appliance.cli.drill import fetch
from appliance.domain.access import OPERATOR
from appliance.domain.backup import Target
from appliance.domain.duties import Duty, Run
from appliance.domain.erasure import Cause
from appliance.domain.errors import Fault
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.wording import Language
from appliance.store.recovery_kit import RecoveryKit
from appliance.store.safe import Safe
from appliance.wiring import Box, make_backup_key, open_box, open_keyring
from tests.actions.scene import rows, two_people
from tests.backup.servers import disk
from tests.backup.test_canary import alarm
from tests.conftest import Clock, config_of

Drill = Callable[..., Run]


@pytest.fixture(scope="module")
def backed_up(
    tmp_path_factory: pytest.TempPathFactory, demo_home: Path, kit: RecoveryKit
) -> tuple[Path, Path]:
    """The demonstration's safe and a disk with one backup of it, both to copy."""
    folder = tmp_path_factory.mktemp("backed")
    place = disk(folder / "disk")
    box = open_box(config_of(Path(shutil.copytree(demo_home, folder / "home"))), clock=Clock())
    try:
        make_backup_key(box.config, kit.code)
        assert back_up(box.safe, box.shelf, place, clock=box.clock).passed
    finally:
        box.close()
    return folder / "home", folder / "disk"


@pytest.fixture
def demo_box(backed_up: tuple[Path, Path], tmp_path: Path, clock: Clock) -> Iterator[Box]:
    """The safe that was backed up, of this test alone."""
    opened = open_box(config_of(Path(shutil.copytree(backed_up[0], tmp_path / "demo"))), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def shelf(demo_box: Box) -> Shelf:
    return demo_box.shelf


@pytest.fixture
def target(demo_box: Box, backed_up: tuple[Path, Path], tmp_path: Path) -> Target:
    """A disk with one backup."""
    place = disk(Path(shutil.copytree(backed_up[1], tmp_path / "disk")))
    add_target(demo_box.safe, place, by=OPERATOR, now=demo_box.now())
    return place


@pytest.fixture
def drilled(demo_box: Box, shelf: Shelf, target: Target) -> Iterator[Drill]:
    def run(*, full: bool = True, show: Callable[[Safe, PhotoId], None] | None = None) -> Run:
        return drill(
            demo_box.safe,
            shelf,
            target,
            full=full,
            open_ring=partial(open_keyring, demo_box.config),
            show=show or partial(fetch, demo_box),
            day=demo_box.today(),
            clock=demo_box.clock,
        )

    yield run
    assert not (shelf.home / "drill").exists(), "the isolated place is left behind"


def test_a_sound_backup_passes_and_the_certificate_says_what_was_tried(demo_box: Box, drilled: Drill) -> None:
    run = drilled()
    assert run.passed, run.findings
    (photos,) = rows(demo_box, "SELECT count(*) AS n FROM photos")
    (files,) = rows(demo_box, "SELECT count(*) AS n FROM files")
    (quitclaims,) = rows(demo_box, "SELECT count(DISTINCT id) AS n FROM quitclaims")
    assert run.findings["photos"] == photos["n"]
    assert run.findings["files"] == files["n"]
    assert run.findings["quitclaims"] == quitclaims["n"]
    assert run.findings["pages"]
    note(demo_box.safe, run, alarm(demo_box), by=OPERATOR, now=demo_box.now())
    sealed = drill_certificate(
        demo_box.safe, demo_box.sealing, run.id, language=Language.ENGLISH, by=OPERATOR, now=demo_box.now()
    )
    assert sealed.startswith(b"%PDF-1.7")
    assert b"ETSI.CAdES.detached" in sealed


def test_one_flipped_byte_fails_the_drill_and_names_the_photo(
    demo_box: Box, drilled: Drill, target: Target
) -> None:
    packs = Path(target.address) / "safe" / "data"
    largest = max((p for p in packs.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    largest.chmod(0o600)
    with largest.open("r+b") as pack:
        pack.seek(largest.stat().st_size // 3, io.SEEK_SET)
        byte = pack.read(1)
        pack.seek(-1, io.SEEK_CUR)
        pack.write(bytes([byte[0] ^ 1]))
    run = drilled()
    assert not run.passed
    damaged = run.findings["damaged"]
    assert isinstance(damaged, list)
    known = {row["id"] for row in rows(demo_box, "SELECT id FROM photos")}
    assert damaged
    assert set(damaged) <= known


def test_a_sample_is_drawn_from_the_photos(drilled: Drill) -> None:
    run = drilled(full=False)
    assert run.duty is Duty.DRILL_SAMPLE
    assert run.passed, run.findings


def test_pages_that_do_not_come_fail_the_drill(drilled: Drill) -> None:
    def broken(_safe: Safe, _photo_id: PhotoId) -> None:
        raise Fault("drill:pages", "The pages do not come.")

    run = drilled(full=False, show=broken)
    assert (run.passed, run.findings) == (False, {"problem": "drill:pages"})


def test_who_was_erased_after_the_backup_is_erased_again_before_the_pages_start(
    demo_box: Box, drilled: Drill
) -> None:
    (row,) = rows(demo_box, "SELECT person_id FROM links WHERE state = 'confirmed' LIMIT 1")
    person_id = PersonId(row["person_id"])
    gone = {
        r["photo_id"]
        for r in rows(
            demo_box, "SELECT photo_id FROM links WHERE state = 'confirmed' AND person_id = ?", person_id
        )
    }
    two_people(
        demo_box,
        lambda: erase_person(
            demo_box.safe,
            demo_box.config.journal,
            person_id,
            Cause.REQUEST,
            by=OPERATOR,
            now=demo_box.now(),
            day=demo_box.today(),
        ),
    )
    served: list[PhotoId] = []

    def look(safe: Safe, photo_id: PhotoId) -> None:
        served.append(photo_id)
        fetch(demo_box, safe, photo_id)
        for photo in gone:
            with pytest.raises(Fault):
                fetch(demo_box, safe, PhotoId(photo))

    run = drilled(show=look)
    assert run.passed, run.findings
    assert run.findings["erased_again"] == 1
    assert served
    assert not gone & set(served)


def test_without_a_backup_there_is_nothing_to_pass(drilled: Drill, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "disk" / "safe" / "snapshots")
    (tmp_path / "disk" / "safe" / "snapshots").mkdir()
    run = drilled(full=False)
    assert (run.passed, run.findings) == (False, {"problem": "backup:none"})
