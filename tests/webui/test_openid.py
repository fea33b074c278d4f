"""Signing in by the word of a real provider: node-oidc-provider, certified, on this machine."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener

import pytest
from flask import Flask

from appliance.actions import openid
from appliance.actions.access import users
from appliance.domain.access import OPERATOR, Role
from appliance.domain.errors import Fault, NotAllowed
from appliance.identity.openid import Attempt, Client, claims, require_secure
from appliance.wiring import Box, system_clock
from tests.actions.scene import told
from tests.conftest import CACHE, Clock, one_at_a_time
from tests.webui.browser import Browser

HERE = Path(__file__).parent / "provider"
BACK = "http://localhost/sign-in/openid/back"
GROUPS: Mapping[Role, tuple[str, ...]] = {
    Role.ADMINISTRATOR: ("kluis-admin",),
    Role.EDITOR: ("communications",),
    Role.VIEWER: ("press",),
}


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The provider's address, while it runs."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed, so no provider can be had")
    home = CACHE / "oidc-provider-9.13.3"
    with one_at_a_time("oidc-provider"):
        if not (home / "node_modules" / "oidc-provider").is_dir():
            home.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / "package.json", home)
            command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
            made = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False, timeout=200)
            if made.returncode:
                pytest.skip(f"the provider cannot be had: {made.stderr.strip()[-200:]}")
    script = Path(
        shutil.copy(HERE / "provider.js", home / f"provider-{tmp_path_factory.getbasetemp().name}.js")
    )
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    running = subprocess.Popen(
        [node, script.name, str(port), BACK], cwd=home, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        running.kill()
        running.communicate()
        script.unlink()


@pytest.fixture
def clock() -> Clock:
    """The time that it is: the provider has a clock of its own."""
    return Clock(system_clock())


@pytest.fixture
def connected(office: Box, issuer: str) -> Box:
    provider = openid.Provider(issuer, "kluis", "a secret of the two", "Waterdam", "groups", GROUPS)
    openid.change_provider(office.safe, provider, by=OPERATOR, now=office.now())
    return office


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_named: object) -> None:  # type: ignore[override]
        return None


class Elsewhere:
    """Somebody's browser at the provider: keeps its cookies, and follows it until it leads away."""

    def __init__(self) -> None:
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()), Stay())

    def ask(self, address: str, form: Mapping[str, str] | None = None) -> tuple[str, str]:
        """Where it leads, and what stands there."""
        data = urlencode(form).encode() if form else None
        try:
            answer = self.opener.open(Request(address, data), timeout=30)  # noqa: S310 - the provider's
        except HTTPError as redirected:
            return urljoin(address, redirected.headers["Location"]), ""
        with answer:
            return "", answer.read().decode()

    def sign_in(self, address: str, person: str) -> str:
        """As a person does it. Returns the address that the provider sends back to."""
        while not address.startswith(BACK):
            address, page = self._step(address, person)
            assert page == "" or address
        return address

    def _step(self, address: str, person: str) -> tuple[str, str]:
        to, page = self.ask(address)
        if to:
            return to, ""
        action = re.search(r'action="([^"]+)"', page)
        assert action is not None, page
        prompt = re.search(r'name="prompt" value="(\w+)"', page)
        assert prompt is not None
        form = {"prompt": prompt[1]} | ({"login": person, "password": "x"} if prompt[1] == "login" else {})
        to, page = self.ask(urljoin(address, action[1]), form)
        return to, page


def begun(visitor: Browser, to: str = "/people", again: str = "") -> str:
    answer = visitor.get(f"/sign-in/openid?to={to}&again={again}")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def back(visitor: Browser, address: str) -> tuple[int, str]:
    answer = visitor.get(address.removeprefix("http://localhost"))
    return answer.status_code, answer.get_data(as_text=True)


def test_the_providers_word_opens_the_pages_with_the_role_of_the_group(
    connected: Box, visitor: Browser
) -> None:
    assert "Sign in with Waterdam" in visitor.get("/sign-in").get_data(as_text=True)
    arrived = Elsewhere().sign_in(begun(visitor), "Sally Ride:press,communications")
    status, page = back(visitor, arrived)
    assert status == 200
    assert 'content="0;url=/people"' in page
    assert visitor.get("/people").status_code == 200
    known = {one.name: one for one in users(connected.safe, by=OPERATOR, now=connected.now())}
    assert known["Sally Ride"].role is Role.EDITOR
    # What came back is good once.
    assert back(visitor, arrived)[0] in (400, 303)
    # The next time it is the same person, and the role follows the groups.
    assert back(visitor, Elsewhere().sign_in(begun(visitor), "Sally Ride:press,communications"))[0] == 200
    assert len(users(connected.safe, by=OPERATOR, now=connected.now())) == len(known)


def test_nobody_gets_in_without_a_group(connected: Box, visitor: Browser) -> None:
    status, page = back(visitor, Elsewhere().sign_in(begun(visitor), "Nobody:gardening"))
    assert status == 403
    assert "You are in no group that may come in." in page
    assert visitor.get("/people").status_code == 303


@pytest.mark.parametrize(("methods", "page"), [("", "/sign-in/set-up"), (":otp", "")])
def test_an_administrator_takes_two_steps_here_or_there(
    connected: Box, visitor: Browser, methods: str, page: str
) -> None:
    person = f"Kathryn Sullivan:kluis-admin{methods}"
    assert back(visitor, Elsewhere().sign_in(begun(visitor), person))[0] == 200
    answer = visitor.get("/users")
    assert answer.headers.get("Location", "").partition("?")[0] == page
    if not page:  # what is dangerous wants the provider to ask anew
        refused = visitor.post("/users", {"name": "New", "password": "a sentence is easy", "role": "viewer"})
        assert refused.headers["Location"].startswith("/confirm")
        elsewhere = Elsewhere()
        assert back(visitor, elsewhere.sign_in(begun(visitor, again="1"), person))[0] == 200
        form = {"name": "New", "password": "a sentence is easy to remember", "role": "viewer"}
        assert visitor.post("/users", form).headers["Location"] == "/users"


def test_what_another_browser_began_is_not_ended_here(connected: Box, app: Flask, visitor: Browser) -> None:
    """Or somebody could be signed in as the attacker, unnoticed."""
    before = told(connected)
    arrived = Elsewhere().sign_in(begun(visitor), "Sally Ride:press")
    assert back(Browser(app), arrived)[0] == 400
    other = Browser(app)
    begun(other)
    assert back(other, arrived)[0] == 400
    forged = arrived.replace(parse_qs(urlsplit(arrived).query)["state"][0], "x" * 43)
    assert back(visitor, forged)[0] == 400
    assert "session:open" not in " ".join(told(connected, len(before)))


def test_what_the_provider_says_must_be_for_this_box_and_this_moment(connected: Box, issuer: str) -> None:
    def attempt(**changed: str) -> None:
        client = Client(issuer, "kluis", "a secret of the two", BACK)
        made = Attempt("state", "nonce", "v" * 43)
        code = parse_qs(
            urlsplit(Elsewhere().sign_in(openid.openid.address_to_ask(client, made), "A:press")).query
        )
        asked = Attempt("state", changed.get("nonce", "nonce"), changed.get("verifier", "v" * 43))
        claims(client, asked, code["code"][0], "groups", connected.now())

    attempt()
    with pytest.raises(NotAllowed):
        attempt(nonce="another")
    with pytest.raises(Fault):
        attempt(verifier="w" * 43)


@pytest.mark.parametrize(
    "address",
    [
        "http://login.example.org",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "//x",
        "",
        "http://127.0.0.1.evil.example/",
    ],
)
def test_the_box_asks_secure_addresses_alone(address: str) -> None:
    with pytest.raises(Fault) as problem:
        require_secure(address)
    assert problem.value.key == "openid:insecure"


def test_a_provider_that_is_silent_is_told(office: Box, visitor: Browser) -> None:
    provider = openid.Provider("http://127.0.0.1:9", "kluis", "x", "Waterdam", "groups", GROUPS)
    openid.change_provider(office.safe, provider, by=OPERATOR, now=office.now())
    answer = visitor.get("/sign-in/openid")
    assert answer.status_code == 500
    assert "does not answer as it should" in answer.get_data(as_text=True)
    assert "secret" not in repr(provider)
    openid.drop_provider(office.safe, by=OPERATOR, now=office.now())
    assert "Waterdam" not in visitor.get("/sign-in").get_data(as_text=True)
