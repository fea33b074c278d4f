"""`kluis doctor --security`, its reports, and trying the recovery kit, at the command line."""

import json
from pathlib import Path

import pytest

from appliance.machine import hardening
from appliance.store.recovery_kit import RecoveryKit
from tests.cli.conftest import Run
from tests.machine.test_hardening_readings import APT


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system on which two security updates wait; asking the real one takes long."""
    program = tmp_path / "bin" / "apt-get"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{APT}END\n")
    program.chmod(0o755)
    monkeypatch.setattr(hardening, "_PATH", f"{program.parent}:/usr/bin:/bin")


def test_the_box_looks_at_itself_and_says_what_to_do(
    kluis: Run, home: Path, tmp_path: Path, packages: None
) -> None:
    (home / "kluis.db").chmod(0o644)
    looked = kluis(home, "doctor", "--security", "--json")
    assert looked.status == 2
    found = {row["found"]: row for row in json.loads(looked.out)}
    wide_open = next(row for text, row in found.items() if "such as kluis.db" in text)
    assert wide_open["light"] == "red"
    assert wide_open["what_to_do"].startswith("chmod")
    assert wide_open["due"]
    assert "No backups are made." in found
    assert "Security updates that wait: 2." in found

    (report,) = json.loads(kluis(home, "self-audit", "list", "--json").out)
    assert report["red"] >= 2
    still_open = json.loads(kluis(home, "self-audit", "open", "--json").out)
    assert {row["found"] for row in still_open} <= set(found)

    file = tmp_path / "report.json"
    assert kluis(home, "self-audit", "report", report["id"], str(file)).status == 0
    assert kluis(home, "self-audit", "verify", str(file)).out.startswith("This box signed report")
    file.write_text(file.read_text().replace('"light":"red"', '"light":"green"'))
    forged = kluis(home, "self-audit", "verify", str(file))
    assert (forged.status, "not what this box signed" in forged.err) == (2, True)

    duties = {row["duty"]: row["standing"] for row in json.loads(kluis(home, "duties", "list", "--json").out)}
    assert (duties["self_audit"], duties["recovery_kit"]) == ("fine", "never")


def test_the_recovery_kit_is_tried_without_changing_anything(
    kluis: Run, home: Path, kit: RecoveryKit, tmp_path: Path
) -> None:
    before = (home / "keyring.json").read_bytes()
    right, wrong = tmp_path / "right.txt", tmp_path / "wrong.txt"
    right.write_text(kit.code)
    wrong.write_text(RecoveryKit.new().code)
    failed = kluis(home, "drill", "kit", "--code-file", str(wrong))
    assert failed.status == 2
    assert kit.code not in failed.out + failed.err
    assert kluis(home, "drill", "kit", "--code-file", str(right)).status == 0
    assert (home / "keyring.json").read_bytes() == before
    rows = json.loads(kluis(home, "duties", "list", "--json").out)
    assert next(row["standing"] for row in rows if row["duty"] == "recovery_kit") == "fine"
