"""Share links in a browser: nothing stale, nothing of ours, and no way around the page."""

import io
import re
import zipfile
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from werkzeug.test import TestResponse

from appliance.actions import consent, faces
from appliance.actions.parcels import Made, create_parcel
from appliance.actions.people import person_view
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Purpose
from appliance.domain.parcels import Terms
from appliance.domain.release import Recipient
from appliance.wiring import Box
from tests.actions.paperwork import mail_through
from tests.actions.scene import rows, told
from tests.conftest import Clock
from tests.webui.browser import TOKEN
from tests.webui.conftest import complaints, face_of, photo_named, served
from tests.webui.test_door import known
from tests.webui.test_pages import check
from webui.door import create_door

PASSWORD = "a long enough password"
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Range": "bytes=0-99"},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Tue, 24 Nov 2026 00:00:00 GMT"},
)
PAPER = Recipient("De Krant", "foto@krant.example")


@pytest.fixture
def door(office: Box) -> Flask:
    return create_door(office, https=False)


@pytest.fixture
def made(office: Box) -> Made:
    """A link to two photos, of which one is green for the press."""
    mail_through(office, 9)
    photos = [photo_named(office, name) for name in ("KLUI0001", "KLUI0004")]
    terms = Terms("Open day", Purpose.PRESS, PAPER)
    return create_parcel(office.safe, photos, terms, PASSWORD, 30, by=OPERATOR, now=office.now())


@dataclass
class CachingBrowser:
    """A browser that keeps what it may (RFC 9111): what is fresh is not asked for again."""

    client: FlaskClient
    clock: Clock
    kept: dict[str, tuple[TestResponse, float]] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        if path in self.kept:
            answer, until = self.kept[path]
            if self.clock.now.timestamp() < until:
                return answer
            if etag := answer.headers.get("ETag"):
                headers["If-None-Match"] = etag
        answer = self.client.get(path, headers=headers)
        if answer.status_code == 304:
            return self.kept[path][0]
        control = answer.headers.get("Cache-Control", "")
        age = re.search(r"max-age=(\d+)", control)
        if "no-store" not in control and answer.status_code == 200:
            # Without a word about it a browser may guess: a tenth of an age it does not know, so say an hour.
            fresh = 0 if "no-cache" in control else int(age[1]) if age else 3600
            self.kept[path] = (answer, self.clock.now.timestamp() + fresh)
        return answer

    def post(self, path: str, token_from: str, **data: str) -> TestResponse:
        found = TOKEN.search(self.client.get(token_from).get_data(as_text=True))
        assert found
        return self.client.post(path, data={"csrf_token": found[1], **data})


def enter(browser: CachingBrowser, office: Box, made: Made, *, verify: bool = True) -> str:
    """Give the password, and the code. Returns the address of the page."""
    page = f"/s/{made.token}"
    assert browser.post(page, page, password=PASSWORD).status_code == 303
    if verify:
        browser.post(f"{page}/code", page)
        (letter,) = rows(office, "SELECT text FROM messages WHERE kind = 'parcel_code'")
        code = re.findall(r"\b\d{6}\b", str(letter["text"]))[0]
        assert browser.post(f"{page}/verify", page, code=code).status_code == 303
    return page


def withdraw(office: Box) -> None:
    view = person_view(
        office.safe, known(office, "Barack Obama"), by=OPERATOR, now=office.now(), day=office.today()
    )
    for one in view.quitclaims:
        if one.current.term(Purpose.PRESS):
            consent.withdraw(office.safe, one.current.id, by=OPERATOR, now=office.now(), day=office.today())


def pictures(page: str) -> list[str]:
    return re.findall(r'src="(/s/[^"]+\.jpg)"', page)


def test_ten_seconds_after_a_withdrawal_a_caching_browser_has_nothing(
    door: Flask, office: Box, made: Made, clock: Clock
) -> None:
    """P12: page, preview, copy, ZIP, ranged and conditional requests, in the middle of a session."""
    browser = CachingBrowser(door.test_client(), clock)
    page = enter(browser, office, made)
    (picture,) = pictures(browser.get(page).get_data(as_text=True))
    seen = browser.get(picture)
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "no-store")
    copy = picture.removesuffix(".jpg")
    assert browser.post(copy, page).status_code == 200
    whole = browser.post(f"{page}/all.zip", page)
    assert "Content-Length" not in whole.headers
    assert [n for n in zipfile.ZipFile(io.BytesIO(whole.data)).namelist() if n.endswith(".jpg")]

    withdraw(office)
    clock.advance(seconds=10)

    assert browser.kept == {}
    assert pictures(browser.get(page).get_data(as_text=True)) == []
    for headers in HEADERS:
        answer = browser.get(picture, **headers)
        assert answer.status_code == 403
        assert b"\xff\xd8" not in answer.data
    assert browser.post(copy, page).status_code == 403
    empty = browser.post(f"{page}/all.zip", page)
    assert not [n for n in zipfile.ZipFile(io.BytesIO(empty.data)).namelist() if n.endswith(".jpg")]


def test_a_withdrawal_in_the_middle_of_a_download(door: Flask, office: Box, clock: Clock) -> None:
    """The ZIP has begun with one copy; what comes behind it is asked about in its turn."""
    mail_through(office, 9)
    obama, now, day = known(office, "Barack Obama"), office.now(), office.today()
    names = ("KLUI0001", "KLUI0002", "KLUI0003")
    for name in names[1:]:
        face = face_of(office, name)
        faces.confirm(office.safe, face, obama, by=OPERATOR, now=now, day=day, bell=office.bell)
    terms = Terms("Open day", Purpose.PRESS, PAPER)
    photos = [photo_named(office, name) for name in names]
    made = create_parcel(office.safe, photos, terms, PASSWORD, 30, by=OPERATOR, now=now)
    browser = CachingBrowser(door.test_client(), clock)
    page = enter(browser, office, made)
    assert len(pictures(browser.get(page).get_data(as_text=True))) == 3
    found = TOKEN.search(browser.client.get(page).get_data(as_text=True))
    assert found
    begun = browser.client.post(f"{page}/all.zip", data={"csrf_token": found[1]})
    withdraw(office)
    inside = zipfile.ZipFile(io.BytesIO(begun.data)).namelist()
    assert len([name for name in inside if name.endswith(".jpg")]) == 1
    assert len(rows(office, "SELECT * FROM releases")) == 1


def test_a_part_of_a_picture_is_not_given_apart(door: Flask, office: Box, made: Made, clock: Clock) -> None:
    browser = CachingBrowser(door.test_client(), clock)
    (picture,) = pictures(browser.get(enter(browser, office, made)).get_data(as_text=True))
    answer = browser.get(picture, Range="bytes=0-99")
    assert (answer.status_code, answer.headers["Accept-Ranges"]) == (200, "none")


def test_the_pages_say_nothing_of_ours(door: Flask, office: Box, made: Made, clock: Clock) -> None:
    """No name, file name, id of a photo or of staff; before the password not even the title."""
    browser = CachingBrowser(door.test_client(), clock)
    locked = browser.get(f"/s/{made.token}").get_data(as_text=True)
    check(locked)
    for word in ("Open day", "De Krant", "krant.example"):
        assert word not in locked
    page = enter(browser, office, made)
    shown = browser.get(page).get_data(as_text=True)
    check(shown)
    for word in ("Obama", "KLUI", photo_named(office, "KLUI0001"), "operator", "krant.example", "52."):
        assert word not in shown
    assert not [e for e in told(office) if PASSWORD in e or made.token in e]


def test_a_wrong_password_is_told_and_a_form_without_token_refused(
    door: Flask, office: Box, made: Made, clock: Clock
) -> None:
    browser = CachingBrowser(door.test_client(), clock)
    page = f"/s/{made.token}"
    answer = browser.post(page, page, password="something else entirely")
    assert answer.status_code == 403
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert browser.client.post(page, data={"password": PASSWORD}).status_code == 400
    assert "De Krant" not in browser.get(page).get_data(as_text=True)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_way_of_a_recipient_in_a_real_browser(
    door: Flask, chromium: Chromium, axe: str, office: Box, made: Made, width: int
) -> None:
    with served(door) as port:
        context = chromium.new_context(
            base_url=f"http://127.0.0.1:{port}", viewport={"width": width, "height": 800}, locale="nl"
        )
        page = context.new_page()
        page.goto(f"/s/{made.token}")
        assert not complaints(page, axe)
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Openen").click()
        page.wait_for_selector(".door-shared img")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not complaints(page, axe)
        page.get_by_role("button", name="Stuur mij een code").click()
        page.wait_for_selector(".notice.done")
        (letter,) = rows(office, "SELECT text FROM messages WHERE kind = 'parcel_code'")
        page.get_by_label("Code uit je e-mail").fill(re.findall(r"\b\d{6}\b", str(letter["text"]))[0])
        page.get_by_role("button", name="Verder").click()
        with page.expect_download() as taken:
            page.get_by_role("button", name="Alles downloaden").click()
        assert zipfile.is_zipfile(taken.value.path())
        context.close()
