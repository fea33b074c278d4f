"""Backups as they are typed: the key by the kit, a target, a backup, the canary, and what is overdue."""

import shutil
from pathlib import Path

from appliance.actions.proposals import answer_proposal, proposals
from appliance.store.recovery_kit import RecoveryKit
from appliance.wiring import Box, open_box
from tests.actions.scene import OFFICER, everything, files_on_disk, fill, rows
from tests.backup.servers import rest_server
from tests.cli.conftest import Run
from tests.conftest import Clock, config_of


def test_from_the_kit_to_a_backup_that_the_box_cannot_destroy(
    kluis: Run, home: Path, kit: RecoveryKit, tmp_path: Path
) -> None:
    fill(tmp_path, {"code": kit.code.encode(), "secret": b"hush-hush"})
    with rest_server(tmp_path / "backups") as target:
        assert kluis(home, "backup", "run").err.startswith("Error: Backups have no key yet.")
        assert kluis(home, "backup", "key", "--code-file", tmp_path / "code").status == 0
        assert kluis(home, "backup", "run").err.startswith("Error: Backups have no target yet.")
        where = ["backup", "add", "office", target.address, "--kind", "rest"]
        refused = kluis(home, *where, "--country", "US")
        assert (refused.status, "outside the European Union" in refused.err) == (1, True)
        given = ["--country", "nl", "--user", "box", "--secret-file", tmp_path / "secret"]
        assert kluis(home, *where, *given).status == 0
        listed = kluis(home, "backup", "list", "--json")
        assert (listed.json[0]["country"], "hush" in listed.out) == ("NL", False)
        assert kluis(home, "duties", "check").status == 2
        made = kluis(home, "backup", "run", "--json")
        assert (made.status, made.json[0]["result"]) == (0, "passed")
        assert kluis(home, "backup", "canary", "--json").json[0]["findings"] == [
            "overwrite: refused",
            "delete: refused",
        ]
    assert kluis(home, "backup", "canary").status == 2  # the server is gone
    stands = {row["duty"]: row["standing"] for row in kluis(home, "duties", "list", "--json").json}
    assert (stands["backup"], stands["canary"]) == ("fine", "failed")
    assert kluis(home, "backup", "remove", "office").status == 0
    assert kluis(home, "backup", "list").out.startswith("No backups are made.")


def approve(home: Path) -> None:
    """A privacy officer approves what waits."""
    box = open_box(config_of(home), clock=Clock())
    card, *_ = proposals(box.safe, by=OFFICER, now=box.now())
    answer_proposal(box.safe, card.proposal.id, approve=True, by=OFFICER, now=box.now())
    box.close()


def test_a_dead_box_comes_back_from_the_kit_and_the_target_alone(
    kluis: Run, demo_box: Box, kit: RecoveryKit, tmp_path: Path
) -> None:
    """And who was erased since last week's backup is not in it, in no table and on no disk."""
    home = demo_box.config.home
    (row,) = rows(demo_box, "SELECT person_id FROM links WHERE state = 'confirmed' LIMIT 1")
    (person,) = rows(demo_box, "SELECT id, name FROM people WHERE id = ?", row["person_id"])
    photos = {r["id"] for r in rows(demo_box, "SELECT id FROM photos")}
    confirmed = "SELECT photo_id FROM links WHERE state = 'confirmed' AND person_id = ?"
    gone = {r["photo_id"] for r in rows(demo_box, confirmed, person["id"])}
    demo_box.close()
    fill(tmp_path, {"code": kit.code.encode()})
    disk = tmp_path / "disk"
    assert kluis(home, "backup", "key", "--code-file", tmp_path / "code").status == 0
    assert kluis(home, "backup", "add", "disk", disk, "--kind", "disk", "--country", "NL").status == 0
    assert kluis(home, "backup", "run").status == 0
    erase = ("erase", "person", person["id"], "--with-proof")
    assert kluis(home, *erase).status == 3  # it takes two people
    approve(home)
    assert kluis(home, *erase).status == 0
    assert kluis(home, "backup", "run").status == 0
    snapshots = disk / "safe" / "snapshots"
    oldest = min(snapshots.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    shutil.rmtree(home)

    new = tmp_path / "new"
    code = ["--code-file", tmp_path / "code"]
    restored = kluis(new, "restore", disk, "--kind", "disk", "--snapshot", oldest.name[:8], *code)
    assert restored.status == 0, restored.err
    assert "Audit log:" in restored.out
    box = open_box(config_of(new))
    try:
        left = {r["id"] for r in rows(box, "SELECT id FROM photos")}
        assert left == photos - gone
        assert not [place for place, value in everything(box) if person["name"] in str(value)]
        assert files_on_disk(box) == {str(r["place"]) for r in rows(box, "SELECT place FROM files")}
    finally:
        box.close()
    again = kluis(new, "restore", disk, "--kind", "disk", *code)
    assert (again.status, "There is a safe" in again.err) == (1, True)
