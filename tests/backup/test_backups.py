"""Backups by real restic, to a real rest-server that only appends and to a disk."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from appliance.actions.backup import KIT_FILE, Shelf, add_target, back_up, kit_at, targets
from appliance.domain.access import OPERATOR
from appliance.domain.backup import EUROPEAN_UNION, Target, TargetKind, require_sensible
from appliance.domain.duties import Run
from appliance.domain.errors import Fault, Mistake
from appliance.store.backup_key import kit_slot
from appliance.store.connections import connect
from appliance.store.recovery_kit import RecoveryKit
from appliance.wiring import Box, change_root_key, make_backup_key, open_box, unlock
from tests.actions.scene import fill, picture, take
from tests.backup.servers import disk, rest_server
from tests.conftest import Clock, config_of


@dataclass(frozen=True)
class BackedUp:
    """A safe with two photos, and a server with one backup of it."""

    home: Path
    server: Target
    run: Run


@pytest.fixture
def shelf(box: Box, kit: RecoveryKit, tmp_path: Path) -> Shelf:
    """Of a safe with two photos, whose backups have a key."""
    return two_photos(box, kit, tmp_path)


def two_photos(box: Box, kit: RecoveryKit, folder: Path) -> Shelf:
    take(box, fill(folder / "card", {"a.jpg": picture(1), "b.jpg": picture(2)}))
    make_backup_key(box.config, kit.code)
    return box.shelf


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Target]:
    with rest_server(tmp_path / "backups") as target:
        yield target


@pytest.fixture(scope="module")
def backed_up(
    tmp_path_factory: pytest.TempPathFactory, empty_home: Path, kit: RecoveryKit
) -> Iterator[BackedUp]:
    """For tests that only look at what lies at the server."""
    folder = tmp_path_factory.mktemp("backed")
    home = Path(shutil.copytree(empty_home, folder / "home"))
    opened = open_box(config_of(home), clock=Clock())
    with rest_server(folder / "backups") as server:
        run = back_up(opened.safe, two_photos(opened, kit, folder), server, clock=opened.clock)
        opened.close()
        assert run.passed, run.findings
        yield BackedUp(home, server, run)


@pytest.fixture
def saved(backed_up: BackedUp, tmp_path: Path, clock: Clock) -> Iterator[Box]:
    """The safe that was backed up, of this test alone."""
    opened = open_box(config_of(Path(shutil.copytree(backed_up.home, tmp_path / "saved"))), clock=clock)
    yield opened
    opened.close()


def restored(shelf: Shelf, target: Target, snapshot: str, into: Path) -> Path:
    assert shelf.safe_at(target).restore(snapshot, into)
    return into


def test_a_backup_has_the_database_the_files_and_the_keyring_and_no_key_of_the_machine(
    saved: Box, backed_up: BackedUp, tmp_path: Path
) -> None:
    run = backed_up.run
    assert run.findings["files"] == 5  # two photos, database, keyring, and the backups' key
    there = restored(saved.shelf, backed_up.server, str(run.findings["snapshot"]), tmp_path / "restored")
    names = {path.name for path in there.rglob("*") if path.is_file()}
    assert {"kluis.db", "keyring.json", "backup.json"} <= names
    assert "machine.key" not in names
    db = connect(there / "snapshot" / "kluis.db", saved.safe.ring.database_key)
    assert db.execute("SELECT count(*) FROM photos").fetchone() == (2,)
    places = [row[0] for row in db.execute("SELECT place FROM files")]
    db.close()
    for place in places:
        assert (there / "files" / place).read_bytes() == (saved.config.files / place).read_bytes()


def test_a_second_backup_sends_what_is_new_and_little_else(
    box: Box, shelf: Shelf, guarded: Target, tmp_path: Path
) -> None:
    first = back_up(box.safe, shelf, guarded, clock=box.clock)
    second = back_up(box.safe, shelf, guarded, clock=box.clock)
    assert int(str(second.findings["new_files"])) == 0
    assert int(str(second.findings["added"])) < int(str(first.findings["added"])) / 4
    take(box, fill(tmp_path / "card", {"c.jpg": picture(3)}))
    third = back_up(box.safe, shelf, guarded, clock=box.clock)
    assert int(str(third.findings["new_files"])) == 1
    assert len(shelf.safe_at(guarded).snapshots("safe")) == 3


def test_the_copy_of_the_database_is_whole_while_others_write_to_it(
    box: Box, shelf: Shelf, guarded: Target, tmp_path: Path
) -> None:
    """A row written before the backup is in it, though it stands only in the log beside the database."""
    take(box, fill(tmp_path / "late", {"late.jpg": picture(9)}))
    assert (box.config.database.with_name("kluis.db-wal")).stat().st_size > 0
    run = back_up(box.safe, shelf, guarded, clock=box.clock)
    there = restored(shelf, guarded, str(run.findings["snapshot"]), tmp_path / "restored")
    db = connect(there / "snapshot" / "kluis.db", box.safe.ring.database_key)
    assert db.execute("SELECT count(*) FROM photos WHERE name = 'late.jpg'").fetchone() == (1,)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()


def test_nothing_at_the_target_can_be_read_without_the_key(saved: Box, backed_up: BackedUp) -> None:
    with pytest.raises(Fault, match="do not open with this key"):
        replace(saved.shelf, key=bytes(32)).safe_at(backed_up.server).exists()


def test_the_recovery_kit_alone_opens_the_key_that_lies_beside_the_backups(
    saved: Box, backed_up: BackedUp, kit: RecoveryKit, tmp_path: Path
) -> None:
    beside = kit_at(backed_up.server, tmp_path / "cache")
    (only,) = beside.snapshots("kit")
    beside.restore(only.id, tmp_path / "kit")
    slot = kit_slot(json.loads((tmp_path / "kit" / KIT_FILE).read_text()))
    assert slot.open(kit.code) == saved.shelf.key
    with pytest.raises(Mistake, match="do not open with this code"):
        slot.open(RecoveryKit.new().code)


def test_a_new_root_key_wraps_the_backups_key_for_the_new_kit(
    box: Box, shelf: Shelf, kit: RecoveryKit
) -> None:
    box.close()
    fresh = RecoveryKit.new()
    change_root_key(box.config, fresh)
    again = box.shelf
    assert again.key == shelf.key
    assert again.kit.open(fresh.code) == shelf.key
    with pytest.raises(Mistake):
        again.kit.open(kit.code)


def test_another_machine_opens_the_backups_key_by_the_kit(box: Box, shelf: Shelf, kit: RecoveryKit) -> None:
    box.close()
    box.config.machine_key.unlink()
    unlock(box.config, kit.code)
    assert box.shelf.key == shelf.key


def test_a_disk_is_pruned_by_the_box_itself(box: Box, shelf: Shelf, tmp_path: Path) -> None:
    target = disk(tmp_path / "disk")
    for _ in range(2):
        assert back_up(box.safe, shelf, target, clock=box.clock).passed
    assert len(shelf.safe_at(target).snapshots("safe")) == 2  # both younger than thirty days


@pytest.mark.parametrize(
    ("kind", "address", "country", "reason", "key"),
    [
        ("rest", "https://backup.example/box", "US", "", "backup:outside_eu"),
        ("rest", "https://backup.example/box", "", "", "backup:outside_eu"),
        ("rest", "https://backup.example/box", "GB", "  ", "backup:outside_eu"),
        ("rest", "http://backup.example/box", "NL", "", "backup:bad_address"),
        ("rest", "https://box:secret@backup.example/", "NL", "", "backup:bad_address"),
        ("s3", "https://s3.example/", "NL", "", "backup:bad_address"),
        ("disk", "backups", "NL", "", "backup:bad_address"),
    ],
)
def test_targets_that_are_refused(
    box: Box, kind: str, address: str, country: str, reason: str, key: str
) -> None:
    target = Target("one", TargetKind(kind), address, country, reason=reason)
    with pytest.raises(Mistake) as refused:
        add_target(box.safe, target, by=OPERATOR, now=box.now())
    assert refused.value.key == key
    assert targets(box.safe, by=OPERATOR, now=box.now()) == ()


def test_outside_the_union_with_a_reason_it_is_taken_and_written_down(box: Box) -> None:
    swiss = Target(
        "alps", TargetKind.S3, "https://s3.example/b", "CH", "zrh", reason="adequacy, agreed 3 May"
    )
    add_target(box.safe, swiss, by=OPERATOR, now=box.now())
    assert targets(box.safe, by=OPERATOR, now=box.now()) == (swiss,)


@pytest.mark.parametrize("country", sorted(EUROPEAN_UNION))
def test_inside_the_union_no_reason_is_asked(country: str) -> None:
    require_sensible(Target("one", TargetKind.REST, "https://backup.example/box", country))


def test_a_secret_is_shown_nowhere(box: Box, clock: Clock) -> None:
    target = Target("one", TargetKind.REST, "https://backup.example/b", "NL", user="box", secret="hush-hush")
    add_target(box.safe, target, by=OPERATOR, now=box.now())
    assert "hush" not in repr(target)
    assert targets(box.safe, by=OPERATOR, now=box.now())[0].secret == ""
