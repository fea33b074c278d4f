"""The demonstration: all three lights on real portraits, each where it belongs; twice, and offline."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.actions.faces import confirm
from appliance.actions.photos import look_at
from appliance.actions.second_steps import pass_with_code
from appliance.actions.sign_in import sign_in, who
from appliance.demo.card import BIDEN, OBAMA, SHOTS, Shot
from appliance.demo.practice import is_ready
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Light
from appliance.domain.photos import PhotoId
from appliance.vision.manifest import Pack
from appliance.wiring import Box, open_box
from tests.actions.scene import fill, picture, rows, verdict_of
from tests.conftest import MODELS, PACKAGES, config_of
from tests.machine.spawning import Running, answers, free_port

# Whom somebody had named already when the card came: what they signed is the only thing that gives a light.
NAMED = {"KLUI0001.JPG": OBAMA, "KLUI0004.JPG": BIDEN}


def expected(shot: Shot) -> tuple[str, str]:
    """The light for the website, and who the table says is in the photo."""
    named = NAMED.get(shot.file)
    if named == OBAMA:
        return "green", OBAMA
    if named == BIDEN:
        return "red", BIDEN  # expired
    return "amber", f"{OBAMA}?" if shot.who == OBAMA else "-"


def table(told: str) -> dict[str, dict[str, str]]:
    """The rows of the table by photo."""
    lines = [re.split(r"\s{2,}", line.strip()) for line in told.splitlines()]
    heading = next(line for line in lines if line[0] == "photo")
    return {line[0]: dict(zip(heading, line, strict=False)) for line in lines if ".JPG" in line[0]}


def demonstrate(folder: Path, *options: object) -> tuple[int | None, str, str]:
    with Running(folder / "nowhere", "demo", "--folder", folder, *options, folder=folder / "told") as running:
        return running.ended(), running.out, running.err


@pytest.fixture(scope="module")
def shown(
    tmp_path_factory: pytest.TempPathFactory, pack: Pack, card: Path
) -> Iterator[tuple[Path, int | None, str, str]]:
    """The first run: its folder, exit status and words. `pack` and `card`: their packages must be there."""
    folder = tmp_path_factory.mktemp("demo")
    yield (folder, *demonstrate(folder, "--no-serve"))
    shutil.rmtree(folder)


Shown = tuple[Path, int | None, str, str]


def test_every_portrait_has_its_right_light_and_all_three_are_there(shown: Shown) -> None:
    _, status, told, _ = shown
    assert status == 0
    found = {name: (row["web"], row["who"]) for name, row in table(told).items()}
    assert found == {shot.file: expected(shot) for shot in SHOTS}
    assert {light for light, _ in found.values()} == {light.value for light in Light}
    faces = {name: row["faces"] for name, row in table(told).items()}
    assert faces == {shot.file: str(int(bool(shot.who))) for shot in SHOTS}
    assert all(row["why"] for row in table(told).values())
    assert "8 photos stored, 0 known already" in told


def test_it_tells_how_far_it_is(shown: Shown) -> None:
    _, _, _, told = shown
    for step in ("Making the safe", "Importing the card", "Copied 8 of 8", "Examined 8 photos"):
        assert step in told


def kept(folder: Path) -> tuple[bytes, bytes, list[dict[str, object]]]:
    """What a second run must leave as it is: the kit, the sign-in, and every photo with its files."""
    box = open_box(config_of(folder / "home"))
    photos = rows(box, "SELECT id, place FROM photos JOIN files ON photo_id = id ORDER BY place")
    box.close()
    kit = (folder / "home" / "recovery-kit.txt").read_bytes()
    return kit, (folder / "home" / "sign-in.txt").read_bytes(), photos


def test_the_second_run_shows_the_same_without_a_network_and_does_nothing_anew(shown: Shown) -> None:
    folder, _, first, _ = shown
    before = kept(folder)
    command = [
        *offline(),
        sys.executable,
        "-m",
        "appliance.cli",
        "demo",
        "--folder",
        str(folder),
        "--no-serve",
    ]
    settings = {"PIP_NO_INDEX": "1", "KLUIS_CACHE": str(PACKAGES), "KLUIS_MODELS": str(MODELS)}
    ran = subprocess.run(
        command, env=os.environ | settings, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert table(ran.stdout) == table(first)
    assert "0 photos stored, 8 known already" in ran.stdout
    assert "Examined" not in ran.stderr
    assert "Making the safe" not in ran.stderr
    assert kept(folder) == before


def offline() -> list[str]:
    """A network of its own, with nothing on it, where the kernel gives one."""
    command = ["unshare", "--map-root-user", "--net"]
    found = shutil.which("unshare")
    if found and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
        return command
    return []


def test_once_each_suggestion_is_answered_truly_every_light_is_final(shown: Shown, tmp_path: Path) -> None:
    """The people recognised are the people shown: confirming turns what they permit green, and no more."""
    box = open_box(config_of(Path(shutil.copytree(shown[0] / "home", tmp_path / "home"))))
    truth = {shot.file: shot.who for shot in SHOTS}
    for row in rows(box, "SELECT id, name FROM photos"):
        answer(box, PhotoId(str(row["id"])), truth[str(row["name"])])
    lights = {
        str(row["name"]): verdict_of(box, PhotoId(str(row["id"]))).light
        for row in rows(box, "SELECT id, name FROM photos")
    }
    box.close()
    final = {OBAMA: Light.GREEN, BIDEN: Light.RED}
    assert lights == {file: final.get(who, Light.AMBER) for file, who in truth.items()}


def answer(box: Box, photo: PhotoId, who: str) -> None:
    now, day = box.now(), box.today()
    for face in look_at(box.safe, photo, by=OPERATOR, now=now, day=day).faces:
        for person, _ in face.suggestions:
            assert person.name == who
            confirm(box.safe, face.face.id, person.id, by=OPERATOR, now=now, day=day, bell=box.bell)


def test_a_demonstration_that_was_broken_off_is_finished_by_the_next(
    tmp_path: Path, pack: Pack, card: Path
) -> None:
    with Running(
        tmp_path / "x", "demo", "--folder", tmp_path, "--no-serve", folder=tmp_path / "told"
    ) as first:
        first.until(lambda: "Examined 3 photos" in first.err)
        first.kill()
    status, told, _ = demonstrate(tmp_path, "--no-serve")
    assert status == 0
    found = {name: (row["web"], row["who"]) for name, row in table(told).items()}
    assert found == {shot.file: expected(shot) for shot in SHOTS}


def test_the_sign_in_that_is_printed_opens_the_pages(shown: Shown, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shown[0], tmp_path / "demo"))
    port = free_port()
    (folder / "home" / "kluis.toml").write_text(f"port = {port}\n")
    with Running(folder / "nowhere", "demo", "--folder", folder, folder=tmp_path / "told") as running:
        assert running.until(lambda: answers(port), every=0.05), running.err
        printed = re.search(r"Sign in as (\S+) with (\S+) .*second step (\S+)", running.out)
        assert printed is not None
        assert f"Open http://127.0.0.1:{port}/" in running.out
    assert is_ready(config_of(folder / "home"))  # so that whoever opens the pages can practise
    box = open_box(config_of(folder / "home"))
    user, begun = sign_in(box.safe, printed[1], printed[2], now=box.now())
    assert who(box.safe, begun, now=box.now()) is None
    opened = pass_with_code(box.safe, begun, printed[3], now=box.now())
    assert who(box.safe, opened, now=box.now()) == user
    box.close()
    assert user.name == "demo"


def test_it_can_be_had_with_ones_own_photos(shown: Shown, tmp_path: Path) -> None:
    folder = shown[0]
    own = fill(tmp_path / "own", {"HOLIDAY.JPG": picture(5), "broken.JPG": b"no photo"})
    status, told, _ = demonstrate(folder, "--photos", own, "--no-serve")
    assert status == 0
    found = table(told)
    assert {name: (row["faces"], row["web"]) for name, row in found.items()} == {
        "HOLIDAY.JPG": ("0", "amber"),
        "broken.JPG": ("set_aside", "red"),
    }
    assert "2 photos stored" in told
    assert (folder / "home" / "sign-in.txt").exists()
    status, _, complaint = demonstrate(folder, "--photos", tmp_path / "nowhere", "--no-serve")
    assert status == 1
    assert "There is no such folder of photos." in complaint
