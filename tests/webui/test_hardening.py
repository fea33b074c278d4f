"""What somebody who means ill tries in the pages: planted sessions, forged log lines, addresses elsewhere."""

import csv
import io
import json
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from appliance.actions import audit
from appliance.domain.access import OPERATOR, Role
from appliance.domain.audit import NO_ID, Event, Outcome, in_one_line
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, log
from tests.webui.browser import Browser
from tests.webui.conftest import PASSWORD, Staff
from webui import create_app
from webui.current import is_own

HOME = "https://localhost"


def test_every_cookie_is_for_this_host_alone_and_unseen_by_scripts(office: Box, staff: Staff) -> None:
    client = create_app(office, https=True).test_client()
    page = client.get(f"{HOME}/sign-in", headers={"Accept": "text/html"})
    token = page.get_data(as_text=True).split('csrf_token" value="')[1].split('"')[0]
    ours = {"Referer": f"{HOME}/sign-in"}
    forms = {
        "/language": {"language": "nl"},
        "/appearance": {"appearance": "dark"},
        "/sign-in": {"name": "viewer", "password": PASSWORD},
    }
    answers = [page]
    answers += [
        client.post(f"{HOME}{path}", data=form | {"csrf_token": token}, headers=ours)
        for path, form in forms.items()
    ]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert len({cookie.split("=")[0] for cookie in cookies}) >= 4
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie
        assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie
        assert len(cookie) < 4096


def test_a_session_that_somebody_planted_is_never_the_one_that_opens(app: Flask) -> None:
    planted = "p" * 43
    victim, attacker = Browser(app, planted), Browser(app, planted)
    answer = victim.sign_in("viewer", PASSWORD)
    given = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("kluis=")]
    assert given
    assert planted not in given[0]
    assert victim.get("/people").status_code == 200
    assert attacker.get("/people").status_code == 303


def test_signing_in_again_leaves_nothing_open_under_the_session_before(app: Flask, staff: Staff) -> None:
    before = staff.tokens[Role.VIEWER]
    browser = Browser(app, before)
    browser.post("/sign-out")
    browser.sign_in("viewer", PASSWORD)
    assert Browser(app, before).get("/people").status_code == 303


def test_after_signing_out_the_browser_is_told_to_forget(viewer: Browser) -> None:
    assert viewer.get("/people").headers["Cache-Control"] == "no-store"
    assert viewer.post("/sign-out").headers["Clear-Site-Data"] == '"cache", "storage"'


ADDRESSES = st.text(st.sampled_from("/\\:.@?#%\t\n\r ;abelocalhost-1"), max_size=20) | st.text(max_size=30)


@given(ADDRESSES)
def test_no_address_that_is_ours_leads_a_browser_elsewhere(address: str) -> None:
    """As browsers read them (WHATWG URL): control characters go, a backslash is a slash."""
    if is_own(address):
        as_read = "".join(one for one in address if one > " " or one == " ").strip().replace("\\", "/")
        found = urlsplit(urljoin("https://localhost/sign-in", as_read))
        assert (found.scheme, found.netloc) == ("https", "localhost")


FORGED = '\n{"event": "forged", "level": "info"}\r\n999,2026-01-01,user,eve,release:make,,done\x1b[2J\u2028'


@given(st.text(max_size=200) | st.just(FORGED), st.text(max_size=200) | st.just(FORGED))
def test_no_entry_of_the_log_takes_more_than_its_line(thing: str, detail: str) -> None:
    kept = in_one_line(Event("photo:view", thing, Outcome.REFUSED, detail))
    assert (kept.thing + kept.detail).isprintable()
    assert kept.thing in (thing, NO_ID)
    assert len(f"{kept.thing} {kept.detail}".splitlines()) <= 1


def test_what_is_typed_in_addresses_and_forms_forges_no_line(
    office: Box, viewer: Browser, editor: Browser, visitor: Browser, capfd: pytest.CaptureFixture[str]
) -> None:
    before = len(log(office))
    viewer.get(f"/paper/{quote(FORGED, safe='')}")
    viewer.post(f"/people/{quote(FORGED, safe='')}", {"name": FORGED})
    editor.post("/people", {"name": f"Eve{FORGED}"})
    editor.post("/shoots", {"name": FORGED, "day": "2026-11-24"})
    editor.get(f"/people?text={quote(FORGED, safe='')}")
    visitor.sign_in(f"eve{FORGED}", FORGED)
    visitor.get("/people", headers={"User-Agent": "Eve 1.0", "Accept": "text/html"})
    entries = log(office)[before:]
    assert entries
    assert NO_ID in {entry.event.thing for entry in entries}
    for entry in entries:
        assert (entry.event.thing + entry.event.detail + entry.source).isprintable()
        assert "forged" not in entry.event.thing + entry.event.detail
    now = office.now()
    table = "".join(audit.export(office.safe, audit.Format.CSV, by=ADMINISTRATOR, now=now))
    lines = "".join(audit.export(office.safe, audit.Format.JSON_LINES, by=ADMINISTRATOR, now=now))
    numbers = [int(row[0]) for row in list(csv.reader(io.StringIO(table)))[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(table.splitlines()) == len(numbers) + 1
    assert [json.loads(line)["number"] for line in lines.splitlines()] == [*numbers, len(numbers) + 1]
    assert audit.check(office.safe, by=OPERATOR, now=now).whole
    told = capfd.readouterr()
    assert "forged" not in told.out + told.err


def test_whom_somebody_looks_for_by_name_is_not_in_the_log(administrator: Browser, office: Box) -> None:
    for page in ("/audit", "/audit/looks"):
        assert administrator.get(f"{page}?thing=Wilhelmina").status_code == 200
    assert "Wilhelmina" not in {entry.event.thing for entry in log(office)}
