"""The pages on which requests of people are answered."""

import io
import re
import zipfile
from collections.abc import Callable

from appliance.actions.people import person_names
from appliance.domain.access import OPERATOR, Role
from appliance.domain.consent import Light, Purpose
from appliance.wiring import Box
from tests.actions.scene import verdict_of
from tests.webui.browser import Browser, words
from tests.webui.conftest import photo_named

OBAMA = "Barack Obama"


def asked(officer: Browser, right: str) -> str:
    """Write a request of Barack Obama down. Returns the address of its page."""
    answer = officer.post("/rights", {"name": OBAMA, "right": right, "received": "2026-11-24"})
    return str(answer.headers["Location"])


def test_access_is_answered_with_a_copy_and_a_letter(as_role: Callable[[Role | None], Browser]) -> None:
    officer = as_role(Role.PRIVACY_OFFICER)
    page = asked(officer, "access")
    assert "30 days left" in words(officer.get("/rights"))
    copy = officer.post(f"{page}/export.zip", {"language": "nl"})
    with zipfile.ZipFile(io.BytesIO(copy.data)) as archive:
        assert archive.testzip() is None
        assert OBAMA in archive.read("index.html").decode()
    assert OBAMA not in copy.headers["Content-Disposition"]
    told = words(officer.post(f"{page}/extend", {"note": "A large archive."}, follow=True))
    assert "A large archive." in told
    assert "It was extended." in told
    told = words(officer.post(f"{page}/close", {"note": "Sent by post.", "outcome": "done"}, follow=True))
    assert "This is what we did: Sent by post." in told
    letter = officer.post(f"{page}/letter.pdf", {"language": "en"})
    assert letter.data.startswith(b"%PDF-")
    assert OBAMA in words(as_role(Role.ADMINISTRATOR).get("/rights"))


def test_a_restriction_is_set_and_lifted_on_its_page(
    as_role: Callable[[Role | None], Browser], office: Box
) -> None:
    officer = as_role(Role.PRIVACY_OFFICER)
    photo = photo_named(office, "KLUI0001")
    assert verdict_of(office, photo, Purpose.WEB).light is Light.GREEN
    page = asked(officer, "restriction")
    assert verdict_of(office, photo, Purpose.WEB).light is Light.RED
    officer.post(f"{page}/close", {"note": "Granted.", "outcome": "done"})
    assert "It is in force" in words(officer.get(page))
    people = {one.name: one.id for one in person_names(office.safe, by=OPERATOR, now=office.now())}
    assert "restricted" in words(officer.get(f"/people/{people[OBAMA]}"))
    officer.post(f"{page}/lift", {"note": "It was put right."})
    assert verdict_of(office, photo, Purpose.WEB).light is Light.GREEN
    assert "It was put right." in words(officer.get(page))


def test_a_request_begins_on_the_page_of_a_person(
    as_role: Callable[[Role | None], Browser], office: Box
) -> None:
    officer = as_role(Role.PRIVACY_OFFICER)
    people = {one.name: one.id for one in person_names(office.safe, by=OPERATOR, now=office.now())}
    text = officer.get(f"/people/{people[OBAMA]}").get_data(as_text=True)
    (link,) = re.findall(r'href="(/rights\?person=[^"#]+)', text)
    assert f'value="{OBAMA}' in officer.get(link).get_data(as_text=True)


def test_nothing_is_erased_by_a_slip(as_role: Callable[[Role | None], Browser], office: Box) -> None:
    officer = as_role(Role.PRIVACY_OFFICER)
    page = asked(officer, "erasure")
    refused = officer.post(f"{page}/erase", {"together": "erase"}, follow=True)
    assert "Erasing cannot be taken back." in words(refused)
    assert photo_named(office, "KLUI0001")
