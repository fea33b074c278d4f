"""The life of a quitclaim in real browsers: asked by a QR code, signed on a phone, renewed, taken back."""

import io
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from appliance.actions.mailing import deliver
from appliance.actions.renewals import send_alerts
from appliance.domain.access import OPERATOR, Permission, Role
from appliance.domain.consent import Light, Purpose, Signer
from appliance.domain.templates import Audience
from appliance.domain.wording import Language
from appliance.evidence.verify import verify_bundle
from appliance.wiring import Box
from tests.actions.paperwork import OFFICE, form, mail_through
from tests.actions.scene import verdict_of
from tests.conftest import Clock
from tests.mail.servers import Postbox, serving
from tests.webui.conftest import PASSWORD, photo_named, served
from webui import create_app
from webui.door import create_door

PHOTO = "KLUI0004"
PHONE: ViewportSize = {"width": 390, "height": 844}


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


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill(Role.EDITOR)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def mails(box: Box, postbox: Postbox) -> list[str]:
    """The texts of what the server got once the worker sent what waits."""
    deliver(box.safe, now=box.now())
    received = [message_from_bytes(one, policy=default) for one in postbox.got]
    bodies = [one.get_body(("plain",)) for one in received]
    return [body.get_content() for body in bodies if body is not None]


def test_the_life_of_a_quitclaim(chromium: Browser, pages: str, office: Box, clock: Clock) -> None:
    form(office, Audience.EMPLOYEE)
    assert set(lights(office, PHOTO).values()) == {Light.RED}  # what Joe Biden permitted has expired
    desk = chromium.new_context(base_url=pages, locale="en").new_page()
    phone = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en").new_page()
    clock.advance(minutes=1)
    sign_in(desk)

    # asked by a QR code, and signed on a phone
    desk.goto("/requests/new")
    desk.locator("input[value=link]").check()
    desk.get_by_role("checkbox", name="Joe Biden").check()
    desk.get_by_role("button", name="Ask", exact=True).click()
    link = code_on(desk)
    assert link == desk.locator("output").inner_text()
    phone.goto(link)
    expect(phone.get_by_role("checkbox", checked=True)).to_have_count(0)
    phone.get_by_role("checkbox", name="Website").check()
    draw(phone)
    phone.get_by_role("button", name="Sign this form").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you, Joe Biden")

    # green for the website, and for nothing else
    assert green(office, PHOTO) == [Purpose.WEB]
    desk.goto("/?light=green&purpose=web")
    expect(desk.locator(".card", has_text=PHOTO)).to_have_count(1)
    photo = f"/photos/{photo_named(office, PHOTO)}"
    desk.goto(photo)
    expect(desk.get_by_role("row", name="website green")).to_be_visible()
    with desk.expect_download() as released:
        desk.get_by_role("button", name="Release for website").click()
    assert Path(released.value.path()).read_bytes()[:2] == b"\xff\xd8"
    expect(desk.locator(".bell .count")).to_contain_text("1")  # whoever asked hears that it was signed
    bundle = proof(desk)
    assert holds(office, bundle)

    postbox = Postbox()
    with serving(postbox) as port:
        mail_through(office, port)
        desk.goto("/people")
        desk.get_by_role("link", name="Joe Biden").click()
        desk.get_by_label("E-mail").fill("joe@waterdam.example")
        desk.get_by_role("button", name="Save").click()

        # thirty days before the end it is told by e-mail, without a name
        clock.now += last_day(office) - timedelta(days=30) - office.today()
        tell(office)
        (alert,) = mails(office, postbox)
        assert "Biden" not in alert
        assert postbox.receivers == ["privacy@waterdam.example"]
        sign_in(desk)
        desk.goto(path_in(alert, "people"))
        expect(desk.get_by_role("heading", level=1)).to_contain_text("Joe Biden")

        # asked again, in bulk; the old yes holds until the new one
        desk.goto("/renewals")
        desk.get_by_role("checkbox", name="Joe Biden").check()
        desk.get_by_role("button", name="Ask again").click()
        expect(desk.get_by_role("row").filter(has_text="Joe Biden")).to_contain_text("asked again")
        assert green(office, PHOTO) == [Purpose.WEB]
        phone.goto(door_of(office) + path_in(mails(office, postbox)[-1], "f"))
        phone.get_by_role("button", name="Send me a code").click()
        code = re.search(r"\b\d{6}\b", mails(office, postbox)[-1])
        assert code is not None
        phone.get_by_label("Code from your e-mail").fill(code[0])
        phone.get_by_role("checkbox", name="Website").check()
        draw(phone)
        phone.get_by_role("button", name="Sign this form").click()
        expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you, Joe Biden")
        clock.advance(days=40)  # past the end of the first
        assert green(office, PHOTO) == [Purpose.WEB]

        # taken back, in one step, on the page whose link came by e-mail
        phone.goto(door_of(office) + path_in(mails(office, postbox)[-1], "me"))
        sign_in(desk)
        desk.goto(photo)  # a page from before the withdrawal, with its button
        clock.advance(seconds=1)
        phone.get_by_role("button", name="Take back website").click()
        expect(phone.get_by_text("Taken back. It works from now on.")).to_be_visible()
        assert "joe@waterdam.example" in postbox.receivers
        assert len(mails(office, postbox)) == 5  # the last of them confirms it

    # red at the very next request, wherever somebody looks
    desk.get_by_role("button", name="Release for website").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Not released")
    assert set(lights(office, PHOTO).values()) == {Light.RED}
    desk.goto(photo)
    expect(desk.get_by_role("row", name="website red")).to_be_visible()
    desk.goto("/?light=green&purpose=web")
    expect(desk.locator(".card", has_text=PHOTO)).to_have_count(0)
    desk.goto("/notices")
    expect(desk.get_by_text("Joe Biden took back the permission for website.")).to_be_visible()

    # the proof of what was signed stands, and shows when it is meddled with
    assert holds(office, proof(desk))
    assert holds(office, bundle)
    assert not holds(office, meddled(bundle))
    for page in (desk, phone):
        page.context.close()


def path_in(mail: str, page: str) -> str:
    """The path of the link to a page in an e-mail."""
    link = re.search(rf"/{page}/[\w-]+", mail)
    assert link is not None
    return link[0]


def green(box: Box, file: str) -> list[Purpose]:
    return [one for one, light in lights(box, file).items() if light is Light.GREEN]


def door_of(box: Box) -> str:
    return f"http://127.0.0.1:{box.config.door_port}"


def last_day(box: Box) -> date:
    """Of the website, as it was signed on the form."""
    with box.safe.store.look(by=OPERATOR, to=Permission.QUITCLAIM_VIEW, now=box.now()) as view:
        signed = [one.term(Purpose.WEB) for one in view.consent.all_current() if one.signer is Signer.SUBJECT]
    (day,) = [term.valid_until for term in signed if term is not None and term.valid_until is not None]
    return day


def tell(box: Box) -> None:
    """What the worker does each morning."""
    to, now, day = ["privacy@waterdam.example"], box.now(), box.today()
    send_alerts(box.safe, OFFICE, to, Language.ENGLISH, now=now, day=day, bell=box.bell)


def proof(page: Page) -> bytes:
    """The bundle of a form that was signed: the demonstration's quitclaims beside it have none."""
    page.goto("/people")
    page.get_by_role("link", name="Joe Biden").click()
    quitclaims = page.locator("#quitclaims-title + ul a").all()
    for place in [one.get_attribute("href") for one in quitclaims]:
        page.goto(str(place))
        if page.locator("#evidence").count():
            break
    with page.expect_download() as kept:
        page.get_by_role("link", name="Bundle (ZIP)").first.click()
    return Path(kept.value.path()).read_bytes()


def holds(box: Box, bundle: bytes) -> bool:
    """Checked aside: it runs a loop of its own, and the browser has one here."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(verify_bundle, bundle, box.sealing.fingerprint).result().holds


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
