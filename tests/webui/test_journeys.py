"""The five main tasks, each by keyboard alone, and a picture of where each ends, wide and on a phone.

The pictures are kept in `tests/artefacts/journeys`, and compared with the fingerprints in `journeys.json` for
gross change: a page without its style, a part that is gone. `KLUIS_NEW_PICTURES=1` writes those anew, once
somebody looked at the pictures.
"""

import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import imagehash
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from appliance.actions.consent import quitclaims, withdraw
from appliance.actions.people import person_names
from appliance.actions.release import release
from appliance.domain.access import OPERATOR, Role
from appliance.domain.consent import Purpose
from appliance.domain.release import usual_order
from appliance.wiring import Box, open_box
from tests.actions.scene import fill, picture, rows
from tests.conftest import Clock, config_of
from tests.webui.conftest import Staff, photo_named, served
from webui import create_app

PICTURES = Path(__file__).parents[1] / "artefacts" / "journeys"
KNOWN = Path(__file__).with_name("journeys.json")
SIZES = {1280: 800, 390: 844}
SIDE = 16  # of a fingerprint: 256 bits
GROSS = 60  # bits; two pages that have nothing to do with each other differ in some 120
SHOWN = """() => Promise.all([document.fonts.ready, ...[...document.images]
    .filter((one) => one.getBoundingClientRect().top < innerHeight)
    .map((one) => one.decode().catch(() => null))])"""
FOCUS = """(wanted) => document.activeElement === wanted ? "there"
    : document.activeElement.classList.contains("skip") ? "skip" : "elsewhere" """
UNSTYLED = "document.querySelectorAll('link[rel=stylesheet]').forEach((one) => { one.disabled = true; })"


@pytest.fixture(scope="module")
def practised(tmp_path_factory: pytest.TempPathFactory, staff: Staff) -> Iterator[Box]:
    """One safe for all tasks; each works on what no other does."""
    home = Path(shutil.copytree(staff.home, tmp_path_factory.mktemp("journeys") / "home"))
    box = open_box(config_of(home), clock=Clock())
    yield box
    box.close()


@pytest.fixture(scope="module")
def page(chromium: Browser, practised: Box, staff: Staff, built: list[Flask]) -> Iterator[Page]:
    """One window for all of them: opening one takes longer than most tasks."""
    if not built:
        built.append(create_app(practised, https=False))
    (app,) = built
    app.extensions["box"] = app.extensions["api"].extensions["box"] = practised
    with served(app) as port:
        address = f"http://127.0.0.1:{port}"
        context = chromium.new_context(
            base_url=address,
            locale="en",
            viewport={"width": 1280, "height": 800},
            color_scheme="light",
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "kluis", "value": staff.tokens[Role.EDITOR], "url": address}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        yield page
        context.close()


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there, from the content on, as the first link of each page offers."""
    wanted = target.element_handle()
    for _ in range(150):
        where = page.evaluate(FOCUS, wanted)
        if where == "there":
            return
        page.keyboard.press("Enter" if where == "skip" else "Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    reach(page, target)
    page.keyboard.press(key)


def fingerprint(page: Page, name: str = "") -> str:
    page.evaluate(SHOWN)
    data = page.screenshot()
    if name:
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / f"{name}.png").write_bytes(data)
    with Image.open(io.BytesIO(data)) as image:
        return str(imagehash.phash(image, hash_size=SIDE))


def apart(one: str, other: str) -> int:
    """In how many bits two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def looks_as_before(page: Page, journey: str) -> None:
    known = json.loads(KNOWN.read_text("utf-8")) if KNOWN.exists() else {}
    page.evaluate("document.activeElement.blur()")
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")
        name = f"{journey}-{width}"
        found = fingerprint(page, name)
        if os.environ.get("KLUIS_NEW_PICTURES"):
            known[name] = found
        assert apart(known[name], found) < GROSS, f"look at {PICTURES / name}.png"
    page.set_viewport_size({"width": 1280, "height": 800})
    if os.environ.get("KLUIS_NEW_PICTURES"):
        KNOWN.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")


def test_photos_are_brought_in(page: Page, practised: Box, tmp_path: Path) -> None:
    (photo,) = fill(tmp_path / "sent", {"one.jpg": picture(80)}).iterdir()
    page.goto("/imports")
    with page.expect_file_chooser() as asked:
        press(page, page.locator("input[type=file]"))
    asked.value.set_files(photo)
    expect(page.get_by_text("1 of 1 files copied")).to_be_visible()
    assert len(rows(practised, "SELECT * FROM photos WHERE stage = 'stored'")) == 1
    looks_as_before(page, "import")


def test_a_face_is_named(page: Page, practised: Box) -> None:
    page.goto(f"/photos/{photo_named(practised, 'KLUI0003')}")
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    press(page, page.get_by_role("button", name="Use the keyboard"))
    page.keyboard.press("y")
    expect(page.locator(".face.named")).to_contain_text("Barack Obama")
    expect(page.locator(".face.named")).to_be_focused()
    expect(page.get_by_role("row").filter(has_text="website")).to_contain_text("green")
    looks_as_before(page, "name")


def test_a_quitclaim_is_recorded(page: Page, practised: Box) -> None:
    biden = next(
        one
        for one in person_names(practised.safe, by=OPERATOR, now=practised.now())
        if one.name == "Joe Biden"
    )
    page.goto(f"/people/{biden.id}")
    press(page, page.get_by_role("link", name="New quitclaim"))
    press(page, page.get_by_role("radio", name="Consent").first, "Space")
    press(page, page.get_by_role("group", name="Print").get_by_label("Yes"), "Space")
    press(page, page.get_by_role("button", name="Keep this quitclaim"))
    expect(page.get_by_text("The quitclaim is kept.")).to_be_visible()
    looks_as_before(page, "quitclaim")


def test_a_copy_is_released(page: Page, practised: Box) -> None:
    page.goto(f"/photos/{photo_named(practised, 'KLUI0001')}")
    with page.expect_download() as waiting:
        press(page, page.get_by_role("button", name="Release for website"))
    assert Path(waiting.value.path()).read_bytes()[:2] == b"\xff\xd8"
    expect(page.locator("[data-release-status]")).to_contain_text("among your downloads")
    looks_as_before(page, "release")


def test_a_recall_is_answered(page: Page, practised: Box) -> None:
    photo, order = photo_named(practised, "KLUI0001"), usual_order(Purpose.PRESS)
    now, day = practised.now(), practised.today()
    release(practised.safe, practised.decoder, practised.sealing, photo, order, by=OPERATOR, now=now, day=day)
    for person, view in quitclaims(practised.safe, by=OPERATOR, now=now, day=day):
        if person.name == "Barack Obama" and view.current.term(Purpose.PRESS):
            withdraw(practised.safe, view.current.id, [Purpose.PRESS], by=OPERATOR, now=now, day=day)
    page.goto("/recalls")
    reach(page, page.get_by_label("Note"))
    page.keyboard.type("Taken off page 4")
    press(page, page.get_by_role("button", name="Removed", exact=True))
    expect(page.get_by_role("heading", name="No recalls here")).to_be_visible()
    press(page, page.get_by_role("link", name="All", exact=True))
    expect(page.get_by_role("row").filter(has_text="Taken off page 4")).to_contain_text("removed")
    looks_as_before(page, "recall")


def test_a_page_without_its_style_is_a_gross_change(page: Page) -> None:
    page.goto("/people")
    before = fingerprint(page)
    assert apart(before, fingerprint(page)) == 0
    page.evaluate(UNSTYLED)
    assert apart(before, fingerprint(page)) >= GROSS
