"""Backups as they are typed: the key by the kit, a target, a backup, the canary, and what is overdue."""

from pathlib import Path

from appliance.store.recovery_kit import RecoveryKit
from tests.actions.scene import fill
from tests.backup.servers import rest_server
from tests.cli.conftest import Run


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
