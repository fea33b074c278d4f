"""From a card to a copy, typed: import, verdict, release."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from appliance.demo.card import BIDEN, OBAMA
from appliance.domain.consent import PUBLICATION
from appliance.wiring import Box
from tests.actions.scene import fill, named, picture, raw, rows
from tests.cli.conftest import Run


@pytest.fixture
def demo(demo_box: Box) -> Path:
    """The demonstration's safe, which the command line opens beside the test."""
    return demo_box.config.home


def test_a_card_is_imported_and_examined_at_once(kluis: Run, home: Path, tmp_path: Path) -> None:
    card = fill(
        tmp_path / "card",
        {"IMG_0001.JPG": picture(1), "IMG_0002.JPG": picture(1), "broken.jpg": b"no photo", "empty.jpg": b""},
    )
    done = kluis(home, "import", card, "--analyse", "--json")
    assert done.status == 0
    counts = {k: done.json[k] for k in ("found", "stored", "known", "failed", "set_aside")}
    assert counts == {"found": 4, "stored": 2, "known": 1, "failed": 1, "set_aside": 1}
    assert "Copied 4 of 4" in done.err
    assert "Examined 2 photos" in done.err

    (listed,) = kluis(home, "imports", "--json").json
    assert listed == done.json
    problems = kluis(home, "imports", "--problems", listed["import"], "--json").json
    assert [(one["file"], one["why"]) for one in problems] == [("broken.jpg", "photo:damaged")]
    again = kluis(home, "import", card)
    assert again.status == 0
    assert "known      3" in again.out


def test_what_was_set_aside_is_named_where_it_was_imported(kluis: Run, home: Path, tmp_path: Path) -> None:
    card = fill(tmp_path / "card", {"broken.jpg": b"no photo"})
    assert "Set aside:\n  broken.jpg: photo:damaged\n" in kluis(home, "import", card, "--analyse").out


def test_a_folder_that_is_not_there_is_a_mistake(kluis: Run, home: Path, tmp_path: Path) -> None:
    refused = kluis(home, "import", tmp_path / "nowhere")
    assert (refused.status, refused.out) == (1, "")
    assert "There is no such folder." in refused.err
    assert kluis(home, "imports", "--json").json == []


def test_the_verdict_has_every_light_with_its_reasons(kluis: Run, demo: Path) -> None:
    lights = kluis(demo, "verdict", "--all", "--json").json
    assert len(lights) == 8 * len(PUBLICATION)
    web = {one["file"]: (one["light"], one["why"]) for one in lights if one["purpose"] == "web"}
    assert web["KLUI0001.JPG"] == ("green", [f"{OBAMA} permits it (consent) until 24 November 2027."])
    assert web["KLUI0004.JPG"] == ("red", [f"The permission of {BIDEN} expired on 25 October 2026."])
    assert web["KLUI0002.JPG"] == ("amber", [f"This may be {OBAMA}. Somebody must confirm it."])


def test_the_verdict_is_of_the_photos_and_purposes_asked(kluis: Run, demo: Path, demo_box: Box) -> None:
    one, other = named(demo_box, "KLUI0001.JPG"), named(demo_box, "KLUI0004.JPG")
    asked = kluis(demo, "verdict", other, one, "--purpose", "press", "--purpose", "web", "--json").json
    assert [(v["photo"], v["purpose"], v["light"]) for v in asked] == [
        (other, "press", "red"),
        (other, "web", "red"),
        (one, "press", "green"),
        (one, "web", "green"),
    ]


def test_the_verdict_of_another_day_is_as_it_was_known_then(kluis: Run, demo: Path, demo_box: Box) -> None:
    photo, today = named(demo_box, "KLUI0001.JPG"), demo_box.today()

    def light(days: int) -> str:
        day = today + timedelta(days=days)
        (found,) = kluis(demo, "verdict", photo, "--purpose", "web", "--day", day, "--json").json
        return str(found["light"])

    assert [light(days) for days in (-1, 0, 365, 366)] == ["red", "green", "green", "red"]


@pytest.mark.parametrize(
    "arguments", [("verdict",), ("verdict", "nothing"), ("verdict", "x", "--purpose", "fun")]
)
def test_a_verdict_of_nothing_is_a_mistake(kluis: Run, demo: Path, arguments: tuple[str, ...]) -> None:
    assert kluis(demo, *arguments).status == 1


def test_green_is_released_and_the_bytes_are_on_the_record(
    kluis: Run, demo: Path, demo_box: Box, tmp_path: Path
) -> None:
    photo = named(demo_box, "KLUI0001.JPG")
    done = kluis(demo, "release", photo, "web", "--output", tmp_path, "--json")
    assert (done.status, done.err) == (0, "")
    data = Path(done.json["file"]).read_bytes()
    assert Path(done.json["file"]).name == f"{done.json['release']}.jpg"
    assert done.json["sha256"] == hashlib.sha256(data).hexdigest()
    assert Image.open(io.BytesIO(data)).size == (910, 1137)
    (listed,) = kluis(demo, "releases", "--json").json
    assert (listed["photo"], listed["purpose"], listed["by"], listed["sha256"]) == (
        photo,
        "web",
        "operator",
        done.json["sha256"],
    )


def test_a_receipt_is_checked_with_the_public_key_alone(
    kluis: Run, demo: Path, demo_box: Box, tmp_path: Path
) -> None:
    photo = named(demo_box, "KLUI0001.JPG")
    asked = (
        "--recipient",
        "De Krant",
        "--email",
        "foto@krant.example",
        "--medium",
        "page 1",
        "--size",
        "small",
    )
    shape = ("--crop", "square", "--format", "png", "--colours", "grey")
    copy = Path(kluis(demo, "release", photo, "press", "-o", tmp_path, *asked, *shape, "--json").json["file"])
    assert Image.open(io.BytesIO(copy.read_bytes())).size == (800, 800)
    receipt, certificate = Path(f"{copy}.receipt.json"), tmp_path / "box.pem"
    certificate.write_bytes(demo_box.sealing.certificate)
    check = ("receipt", "verify", receipt, "--file", copy, "--certificate", certificate)
    nowhere = tmp_path / "nowhere"
    (row,) = kluis(nowhere, *check, "--json").json
    assert (row["holds"], row["purpose"], row["recipient"]) == ("yes", "press", "De Krant")
    copy.write_bytes(copy.read_bytes()[:-1] + b"?")
    assert kluis(nowhere, *check).status == 2
    assert not nowhere.exists()
    (found,) = kluis(demo, "recognise", receipt.with_name(copy.name), "--json").json
    assert (found["exact"], found["recipient"]) == ("", "De Krant")
    assert kluis(demo, "recalls", "--json").json == []


@pytest.mark.parametrize(("file", "light"), [("KLUI0004.JPG", "red"), ("KLUI0002.JPG", "amber")])
def test_what_is_not_green_is_refused_with_its_reasons(
    kluis: Run, demo: Path, demo_box: Box, tmp_path: Path, file: str, light: str
) -> None:
    refused = kluis(demo, "release", named(demo_box, file), "web", "-o", tmp_path / "copy.jpg")
    assert (refused.status, refused.out) == (3, "")
    assert f"Error: This photo may not be released for web: its light is {light}.\n  - " in refused.err
    assert (BIDEN if light == "red" else OBAMA) in refused.err
    assert not (tmp_path / "copy.jpg").exists()
    entries = kluis(demo, "audit", "list", "--action", "release", "--json").json
    assert [(one["action"], one["outcome"]) for one in entries] == [("release:make", "refused")]
    assert rows(demo_box, "SELECT * FROM releases") == []


def test_a_copy_that_cannot_be_written_is_not_made(
    kluis: Run, demo: Path, demo_box: Box, tmp_path: Path
) -> None:
    photo = named(demo_box, "KLUI0001.JPG")
    refused = kluis(demo, "release", photo, "web", "--output", tmp_path / "nowhere" / "copy.jpg")
    assert (refused.status, "There is no such folder" in refused.err) == (1, True)
    assert rows(demo_box, "SELECT * FROM releases") == []
    assert kluis(demo, "release", photo, "recognition", "--output", tmp_path).status == 1
    assert kluis(demo, "release", photo, "web").status == 1


def test_a_copy_that_could_not_be_written_after_all_is_told(kluis: Run, demo: Path, demo_box: Box) -> None:
    broken = kluis(demo, "release", named(demo_box, "KLUI0001.JPG"), "web", "--output", "/dev/full")
    assert (broken.status, "The copy cannot be written there." in broken.err) == (2, True)


def test_the_credit_of_the_settings_is_in_the_copy(
    kluis: Run, demo: Path, demo_box: Box, tmp_path: Path
) -> None:
    (demo / "kluis.toml").write_text('credit = "Gemeente Kluisdam"\n')
    photo = named(demo_box, "KLUI0001.JPG")
    kluis(demo, "release", photo, "web", "--output", tmp_path / "told.jpg")
    assert b"Gemeente Kluisdam" not in (tmp_path / "told.jpg").read_bytes()  # its maker asks for another
    with raw(demo_box) as db:
        db.execute("DELETE FROM descriptions")
    kluis(demo, "release", photo, "web", "--output", tmp_path / "copy.jpg")
    assert b"Gemeente Kluisdam" in (tmp_path / "copy.jpg").read_bytes()


def test_settings_that_are_wrong_are_all_told(kluis: Run, home: Path) -> None:
    (home / "kluis.toml").write_text('port = "x"\nzone = "Mars"\ncolour = "red"\n')
    refused = kluis(home, "status")
    assert refused.status == 1
    for told in ("port must be a number", "zone is not a time zone", "colour is not a setting"):
        assert told in refused.err


def test_photos_are_found_tagged_and_a_search_is_saved(kluis: Run, demo: Path, demo_box: Box) -> None:
    first, second = named(demo_box, "KLUI0001.JPG"), named(demo_box, "KLUI0002.JPG")
    assert kluis(demo, "photos", "tag", "Open dag", first, second).out == "Tagged: Open dag.\n"
    assert kluis(demo, "photos", "untag", "open DAG", second).status == 0
    assert kluis(demo, "photos", "tags", "--json").json == [{"tag": "Open dag", "photos": 1}]
    departments = kluis(demo, "photos", "departments", "--json").json
    assert {"department": "Bestuur", "people": 1} in departments
    cameras = kluis(demo, "photos", "cameras", "--json").json
    both = ("--tag", "open dag", "--department", "bestuur", "--stage", "analysed", "--from", "2000-01-01")
    listed = kluis(demo, "photos", "list", *both, "--json")
    assert [(one["id"], one["people"]) for one in listed.json] == [(first, [OBAMA])]
    assert "1 in all" in listed.err
    of_camera = kluis(demo, "photos", "list", "--camera", cameras[0]["camera"], "--limit", 1, "--json")
    assert len(of_camera.json) == 1
    assert f"{cameras[0]['photos']} in all" in of_camera.err
    assert first in {one["id"] for one in kluis(demo, "photos", "list", "--like", first, "--json").json}

    saved = kluis(demo, "search", "save", "Raad", *both, "--shared", "--json").json
    (row,) = kluis(demo, "search", "list", "--json").json
    assert (row["id"], row["photos"], row["shared"]) == (saved["id"], 1, True)
    assert [one["id"] for one in kluis(demo, "search", "run", saved["id"], "--json").json] == [first]
    assert kluis(demo, "search", "remove", saved["id"]).status == 0
    assert kluis(demo, "search", "run", saved["id"]).status == 1
    for wrong in (("--purpose", "web"), ("--camera", "none"), ("--tag", "none")):
        refused = kluis(demo, "photos", "list", *wrong)
        assert (refused.status, refused.out) == (1, "")
