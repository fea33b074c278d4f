"""How the box is, typed: the status, the doctor, and the model pack."""

import shutil
from pathlib import Path

import pytest

from appliance.vision.manifest import Pack
from appliance.wiring import Box
from tests.actions.scene import named, rows
from tests.cli.conftest import Run

MACHINE = (
    *("temperature", "disk", "disk_wear", "certificate_ends", "clock_set", "updated_at", "needs_somebody"),
    *("last_backup", "last_drill", "last_full_drill", "duties_due"),
)


def test_the_status_counts_what_is_there(kluis: Run, demo_box: Box) -> None:
    found = kluis(demo_box.config.home, "status", "--json")
    assert found.status == 0
    assert {k: v for k, v in found.json.items() if k not in ("free_GB", "audit_head", *MACHINE)} == {
        "photos_stored": 0,
        "photos_analysed": 8,
        "photos_set_aside": 0,
        "people": 2,
        "quitclaims": 4,
        "releases": 0,
        "lights_web": "1 green, 6 amber, 1 red",
        "lights_social_media": "0 green, 6 amber, 2 red",
        "lights_print": "0 green, 6 amber, 2 red",
        "lights_press": "1 green, 6 amber, 1 red",
        "lights_intranet": "0 green, 6 amber, 2 red",
        "recognition": "on",
    }
    assert found.json["audit_head"].split(":")[0].isdecimal()


def examined(found: list[dict[str, str]]) -> dict[str, str]:
    return {one["check"]: one["result"] for one in found}


def test_the_doctor_finds_a_healthy_box_fine(kluis: Run, demo_box: Box) -> None:
    found = kluis(demo_box.config.home, "doctor", "--files", "--json")
    assert found.status == 0
    assert examined(found.json) == dict.fromkeys(
        (
            "keys and database",
            "model pack",
            "machine key",
            "audit log",
            "room on the disk",
            "files of photos",
        ),
        "fine",
    )


def test_the_doctor_finds_damage_in_a_file(kluis: Run, demo_box: Box) -> None:
    photo = named(demo_box, "KLUI0003.JPG")
    (row,) = rows(demo_box, "SELECT place FROM files WHERE photo_id = ? AND kind = 'original'", photo)
    path = demo_box.config.files / str(row["place"])
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    assert kluis(demo_box.config.home, "doctor").status == 0
    found = kluis(demo_box.config.home, "doctor", "--files", "--json")
    assert found.status == 2
    assert examined(found.json)["files of photos"] == "wrong"
    assert found.json[-1]["note"] == "1 damaged"


def test_the_doctor_finds_a_key_that_others_can_read(kluis: Run, box: Box) -> None:
    box.config.machine_key.chmod(0o640)
    found = kluis(box.config.home, "doctor", "--json")
    assert (found.status, examined(found.json)["machine key"]) == (2, "wrong")
    assert "chmod 600" in next(one["note"] for one in found.json if one["check"] == "machine key")


@pytest.fixture
def models(tmp_path: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch, kluis: Run) -> Path:
    """A copy of the model pack, to be harmed."""
    shutil.copytree(pack.folder, tmp_path / "models" / pack.name)
    monkeypatch.setenv("KLUIS_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def test_the_pack_is_listed_and_verified(kluis: Run, models: Path, home: Path, pack: Pack) -> None:
    listed = kluis(home, "models", "list", "--json").json
    assert {one["role"] for one in listed} == {model.role for model in pack.models}
    assert all(one["licence"] and one["training_data"] and one["package"] for one in listed)
    verified = kluis(home, "models", "verify")
    assert (verified.status, verified.out) == (0, f"{pack.name} is whole\n")


@pytest.mark.parametrize("harm", ["flipped", "cut short", "gone"])
def test_a_network_that_was_changed_is_refused(
    kluis: Run, models: Path, home: Path, pack: Pack, harm: str
) -> None:
    path = models / pack.name / pack.models[0].file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    match harm:
        case "flipped":
            path.write_bytes(data)
        case "cut short":
            path.write_bytes(data[:-100])
        case "gone":
            path.unlink()
    refused = kluis(home, "models", "verify")
    assert refused.status == 2
    assert path.name in refused.err
    assert examined(kluis(home, "doctor", "--json").json)["model pack"] == "wrong"
    assert kluis(home, "worker").status == 2


def test_without_a_pack_every_command_that_needs_one_says_how_to_get_it(
    kluis: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLUIS_MODELS", str(tmp_path / "nothing"))
    for command in (("models", "verify"), ("worker",)):
        refused = kluis(home, *command)
        assert (refused.status, "kluis models install" in refused.err) == (1, True)
    assert "kluis models install" in kluis(home, "models", "list").out


def test_a_package_that_is_not_in_the_folder_is_named(
    kluis: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLUIS_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("KLUIS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "packages").mkdir()
    refused = kluis(home, "models", "install", "--packages", tmp_path / "packages")
    assert refused.status == 1
    assert "is not in the folder of packages" in refused.err
    assert not list(tmp_path.glob("models/*/manifest.json"))
