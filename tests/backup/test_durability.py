"""Everything is read again each month; one damaged photo is put right from a backup, by the right bytes."""

from pathlib import Path

import pytest

from appliance.actions.backup import Shelf, back_up
from appliance.actions.cold import move_to_cold, prepare_cold
from appliance.actions.durability import repair, scrub
from appliance.domain.access import OPERATOR
from appliance.domain.backup import Target
from appliance.domain.errors import Fault, Mistake
from appliance.store.photos import BlobKind
from appliance.store.recovery_kit import RecoveryKit
from appliance.wiring import Box, make_backup_key
from tests.actions.scene import fill, named, original, picture, rows, take, told
from tests.backup.servers import disk


@pytest.fixture
def shelf(box: Box, kit: RecoveryKit, tmp_path: Path) -> Shelf:
    take(box, fill(tmp_path / "card", {"a.jpg": picture(1), "b.jpg": picture(2)}))
    make_backup_key(box.config, kit.code)
    return box.shelf


@pytest.fixture
def target(box: Box, shelf: Shelf, tmp_path: Path) -> Target:
    place = disk(tmp_path / "disk")
    assert back_up(box.safe, shelf, place, clock=box.clock).passed
    return place


def flip(box: Box, name: str) -> None:
    (row,) = rows(box, "SELECT place FROM files WHERE photo_id = ?", named(box, name))
    path = box.config.files / row["place"]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_flipped_byte_is_found_by_the_scrub_and_mended_from_the_backup(
    box: Box, shelf: Shelf, target: Target
) -> None:
    assert scrub(box.safe, box.config.database, by=OPERATOR, clock=box.clock).passed
    flip(box, "a.jpg")
    found = scrub(box.safe, box.config.database, by=OPERATOR, clock=box.clock)
    photo = named(box, "a.jpg")
    assert (found.passed, found.findings["damaged"]) == (False, [photo])
    mended = repair(box.safe, shelf, target, photo, by=OPERATOR, now=box.now())
    assert mended == (BlobKind.ORIGINAL,)
    assert original(box, photo) == picture(1)
    assert told(box)[-1] == f"operator photo:repair {photo} done original"
    assert scrub(box.safe, box.config.database, by=OPERATOR, clock=box.clock).passed
    with pytest.raises(Mistake, match="Nothing of this photo is damaged"):
        repair(box.safe, shelf, target, photo, by=OPERATOR, now=box.now())


@pytest.mark.acceptance  # it takes two backups more
def test_the_cold_archive_is_in_backups_and_mended_from_them(box: Box, shelf: Shelf, tmp_path: Path) -> None:
    place = disk(tmp_path / "disk")
    prepare_cold(box.safe, by=OPERATOR, now=box.now())
    photo = named(box, "a.jpg")
    move_to_cold(box.safe, photo, by=OPERATOR, now=box.now())
    assert back_up(box.safe, shelf, place, clock=box.clock).passed
    flip(box, "a.jpg")
    assert repair(box.safe, shelf, place, photo, by=OPERATOR, now=box.now()) == (BlobKind.ORIGINAL,)
    assert original(box, photo) == picture(1)
    cold = box.config.files / "cold"
    cold.rename(tmp_path / "unplugged")
    cold.mkdir()
    run = back_up(box.safe, shelf, place, clock=box.clock)
    assert (run.passed, run.findings["problem"]) == (False, "cold:absent")
    with pytest.raises(Fault, match="not connected"):
        repair(box.safe, shelf, place, photo, by=OPERATOR, now=box.now())


def test_a_backup_of_the_damage_mends_nothing(box: Box, shelf: Shelf, tmp_path: Path) -> None:
    flip(box, "b.jpg")
    place = disk(tmp_path / "late")
    assert back_up(box.safe, shelf, place, clock=box.clock).passed
    with pytest.raises(Fault, match="No backup has this file whole"):
        repair(box.safe, shelf, place, named(box, "b.jpg"), by=OPERATOR, now=box.now())
