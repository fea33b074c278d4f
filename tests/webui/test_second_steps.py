"""Signing in as people do it, in a real browser: an app with codes, a passkey, a stronger password."""

import re
from collections.abc import Callable, Iterator

import playwright.sync_api as playwright
import pytest
from flask import Flask
from playwright.sync_api import expect

from appliance.actions.access import create_user, users
from appliance.actions.sign_in import sign_in
from appliance.domain.access import OPERATOR, Role
from appliance.domain.sign_in import ALWAYS_SECOND
from appliance.identity.codes import code_now
from appliance.wiring import Box
from tests.actions.scene import log
from tests.conftest import Clock
from tests.webui.browser import Browser, words
from tests.webui.conftest import PASSWORD, complaints, served

WIDE, PHONE = (1280, 900), (360, 740)


@pytest.fixture
def newcomer(office: Box) -> str:
    """An administrator without a second step."""
    create_user(
        office.safe,
        by=OPERATOR,
        now=office.now(),
        name="Valentina",
        password=PASSWORD,
        role=Role.ADMINISTRATOR,
        language="en",
    )
    return "Valentina"


@pytest.fixture
def page(app: Flask, chromium: playwright.Browser) -> Iterator[playwright.Page]:
    with served(app) as port:
        context = chromium.new_context(
            base_url=f"http://localhost:{port}", locale="en", viewport={"width": 1280, "height": 900}
        )
        yield context.new_page()
        context.close()


def enter(page: playwright.Page, name: str, password: str = PASSWORD, path: str = "/users") -> None:
    page.goto(path)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def leave(page: playwright.Page) -> None:
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Sign out").click()


def with_authenticator(page: playwright.Page) -> None:
    """A device that makes passkeys, as Chromium pretends it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_the_first_sign_in_leads_through_setting_up_an_app(
    page: playwright.Page, office: Box, newcomer: str, clock: Clock, axe: str
) -> None:
    enter(page, newcomer)
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second step")
    assert complaints(page, axe) == []
    page.get_by_role("button", name="An app that shows codes").click()
    expect(page.locator(".qr svg")).to_be_visible()
    page.get_by_text("I cannot scan it").click()
    secret = page.locator("details code").inner_text()
    assert complaints(page, axe) == []
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("That code is not right.")
    page.get_by_label("Code").fill(code_now(secret, office.now()))
    page.get_by_role("button", name="Go on").click()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    assert complaints(page, axe) == []
    page.get_by_role("link", name="I have noted them").click()
    expect(page).to_have_url(re.compile(r":\d+/users$"))
    leave(page)
    clock.advance(minutes=1)
    enter(page, newcomer)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    assert complaints(page, axe) == []
    page.get_by_label("Code").fill(code_now(secret, office.now()))
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(re.compile(r":\d+/users$"))
    clock.advance(minutes=11)
    page.get_by_role("link", name="Library").click()
    page.goto("/users")
    page.locator("#rules").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    assert complaints(page, axe) == []
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page).to_have_url(re.compile(r":\d+/users$"))
    page.locator("#rules").get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")


def test_a_passkey_is_set_up_and_opens_the_pages_by_itself(
    page: playwright.Page, office: Box, newcomer: str, clock: Clock
) -> None:
    with_authenticator(page)
    enter(page, newcomer)
    page.get_by_label("What you call this passkey").fill("My laptop")
    page.get_by_role("button", name="A passkey on this device or a key").click()
    page.get_by_role("link", name="I have noted them").click()
    leave(page)
    page.goto("/sign-in?to=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(r":\d+/account$"))
    expect(page.get_by_text("Passkey: My laptop")).to_be_visible()
    leave(page)
    enter(page, newcomer, path="/account")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile(r":\d+/account$"))
    clock.advance(minutes=11)
    page.goto("/confirm?to=/account")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile(r":\d+/account$"))
    page.get_by_role("button", name="Remove My laptop").click()
    expect(page.get_by_role("alert")).to_contain_text("Your role needs a second step.")
    opened = [entry for entry in log(office) if entry.event.action == "session:open"]
    assert opened[-1].actor == opened[-1].event.thing
    assert opened[-1].source == "127.0.0.1"


def test_another_devices_passkey_opens_nothing(page: playwright.Page, newcomer: str) -> None:
    with_authenticator(page)
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That did not work.")).to_be_visible()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_the_meter_tells_while_one_types(page: playwright.Page, office: Box) -> None:
    enter(page, "editor", path="/account")
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    field = page.get_by_label("New password")
    field.fill("Welkom01Welkom01")
    expect(page.locator("[data-words]")).to_contain_text("easy to guess")
    field.fill("purple bicycles read old maps")
    expect(page.locator("[data-words]")).to_have_text("strong")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("status").first).to_contain_text("Your password was changed.")


def test_a_password_from_the_administrator_is_replaced_at_once(
    page: playwright.Page, administrator: Browser
) -> None:
    form = {"name": "Newby", "password": PASSWORD, "role": "editor", "language": "en"}
    administrator.post("/users", form)
    enter(page, "Newby", path="/people")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose your password")
    page.get_by_label("New password").fill("Welkom01Welkom01")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("easy to guess")
    page.get_by_label("New password").fill("purple bicycles read old maps")
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(re.compile(r":\d+/people$"))


def test_until_the_second_step_no_page_answers(app: Flask, office: Box, newcomer: str) -> None:
    _, begun = sign_in(office.safe, newcomer, PASSWORD, now=office.now())
    browser = Browser(app, begun)
    for path in ("/", "/people", "/users", "/audit", "/account", "/confirm"):
        assert browser.get(path).headers["Location"].startswith("/sign-in/set-up")
    assert browser.get("/waiting.json", headers={"Accept": "application/json"}).status_code == 401


def test_each_step_gives_the_browser_another_token(app: Flask, office: Box) -> None:
    """A session that somebody planted in a browser is not the one that is opened there."""
    visitor = Browser(app, "a token that somebody planted")
    answer = visitor.sign_in("editor", PASSWORD)
    cookies = {c.split("=")[0]: c for c in answer.headers.getlist("Set-Cookie")}
    assert "planted" not in cookies["kluis"]
    assert "HttpOnly" in cookies["device"]
    assert visitor.get("/people").status_code == 200


def test_users_and_their_second_steps_are_shown_to_the_administrator(
    administrator: Browser, office: Box, as_role: Callable[[Role | None], Browser]
) -> None:
    shown = words(administrator.get("/users"))
    assert "second step not set up yet" in shown  # of those who have codes alone
    found = next(u for u in users(office.safe, by=OPERATOR, now=office.now()) if u.name == "privacy_officer")
    administrator.post(f"/users/{found.id}/second-steps", {})
    assert as_role(Role.PRIVACY_OFFICER).get("/people").status_code == 303
    rules = {"second": "editor", "networks-viewer": "10.0.0.0/8\n2001:db8::/32"}
    administrator.post("/users/rules", rules)
    assert as_role(Role.VIEWER).get("/people").status_code == 303
    page = administrator.get("/users").get_data(as_text=True)
    assert "10.0.0.0/8\n2001:db8::/32" in page
    assert Role.EDITOR not in ALWAYS_SECOND
    assert re.search(r'value="editor" checked', page)
