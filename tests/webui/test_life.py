"""The life of a quitclaim in real browsers: asked by a QR code, signed on a phone, relied on, taken back."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from appliance.domain.access import Role
from appliance.domain.consent import Light, Purpose
from appliance.domain.templates import Audience
from appliance.evidence.verify import verify_bundle
from appliance.wiring import Box
from tests.actions.paperwork import form
from tests.actions.scene import verdict_of
from tests.webui.conftest import PASSWORD, photo_named, served
from webui import create_app
from webui.door import create_door

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def pages(office: Box) -> Iterator[str]:
    """The staff's pages; the door is served beside them, and they know on which port."""
    with served(create_door(office, https=False)) as door_port:
        office.config = replace(office.config, door_port=door_port)
        with served(create_app(office, https=False)) as port:
            yield f"http://127.0.0.1:{port}"


def code_on(page: Page) -> str:
    """What a phone's camera reads on a page."""
    shot = page.get_by_role("img", name="QR code of the link").screenshot()
    pixels = cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    pixels = cv2.copyMakeBorder(pixels, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    return str(cv2.QRCodeDetector().detectAndDecode(pixels)[0])


def draw(page: Page) -> None:
    """A signature, with a finger."""
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(box["x"] + 20 + step * 6, box["y"] + box["height"] * (0.3 + 0.4 * (step % 8) / 8))
    page.mouse.up()


def lights(box: Box, file: str) -> dict[Purpose, Light]:
    photo_id = photo_named(box, file)
    return {one: verdict_of(box, photo_id, one).light for one in Purpose if one is not Purpose.RECOGNITION}


def test_the_life_of_a_quitclaim(chromium: Browser, pages: str, office: Box, tmp_path: Path) -> None:
    form(office, Audience.EMPLOYEE)
    assert set(lights(office, "KLUI0004").values()) == {Light.RED}  # what Joe Biden permitted has expired

    desk = chromium.new_context(base_url=pages, locale="en").new_page()
    desk.goto("/sign-in")
    desk.get_by_label("Name").fill(Role.EDITOR)
    desk.get_by_label("Password").fill(PASSWORD)
    desk.get_by_role("button", name="Sign in").click()

    # asked, by a personal link
    desk.goto("/requests/new")
    desk.locator("input[value=link]").check()
    desk.get_by_role("checkbox", name="Joe Biden").check()
    desk.get_by_role("button", name="Ask", exact=True).click()
    link = code_on(desk)
    assert link == desk.locator("output").inner_text()

    # signed on a phone
    phone = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en").new_page()
    phone.goto(link)
    expect(phone.get_by_role("checkbox", checked=True)).to_have_count(0)
    phone.get_by_role("checkbox", name="Website").check()
    draw(phone)
    phone.get_by_role("button", name="Sign this form").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you, Joe Biden")
    own = phone.locator(".door-link").inner_text()

    # green for the website, and for nothing else
    found = lights(office, "KLUI0004")
    assert [one for one, light in found.items() if light is Light.GREEN] == [Purpose.WEB]
    desk.goto(f"/photos/{photo_named(office, 'KLUI0004')}")
    expect(desk.get_by_role("row").filter(has_text="website")).to_contain_text("green")
    with desk.expect_download() as released:
        desk.get_by_role("button", name="Release for website").click()
    assert Path(released.value.path()).read_bytes()[:2] == b"\xff\xd8"
    expect(desk.locator(".bell .count")).to_contain_text("1")  # whoever asked hears that it was signed

    # the proof of it
    desk.goto("/people")
    desk.get_by_role("link", name="Joe Biden").click()
    desk.locator("#quitclaims-title + ul a").first.click()
    with desk.expect_download() as kept:
        desk.get_by_role("link", name="Bundle (ZIP)").first.click()
    bundle = Path(kept.value.path()).read_bytes()
    assert verify_bundle(bundle, office.sealing.fingerprint).holds

    # taken back, in one step
    phone.goto(own)
    phone.get_by_role("button", name="Take back website").click()
    expect(phone.get_by_text("Taken back. It works from now on.")).to_be_visible()

    # red and refused at once
    assert set(lights(office, "KLUI0004").values()) == {Light.RED}
    desk.goto(f"/photos/{photo_named(office, 'KLUI0004')}")
    expect(desk.get_by_role("row").filter(has_text="website")).to_contain_text("red")
    desk.get_by_role("button", name="Release for website").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Not released")
    desk.goto("/notices")
    expect(desk.get_by_text("Joe Biden took back the permission for website.")).to_be_visible()

    # and the proof of what was signed stands, and shows when it is meddled with
    assert verify_bundle(bundle, office.sealing.fingerprint).holds
    assert not verify_bundle(meddled(bundle), office.sealing.fingerprint).holds
    for page in (desk, phone):
        page.context.close()


def meddled(bundle: bytes) -> bytes:
    """The bundle in which somebody said yes to the press as well."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as before, zipfile.ZipFile(output, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "signing.json":
                assert b"declined" in data
                data = data.replace(b"declined", b"granted")
            after.writestr(name, data)
    return output.getvalue()
