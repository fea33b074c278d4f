"""The demonstration's safe with a user of each role, whose sessions are open."""

import json
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import playwright.sync_api as playwright
import pytest
import waitress
from flask import Flask

from appliance.actions.access import choose_language, create_user, set_password, users
from appliance.actions.asking import ask
from appliance.actions.mailing import Office
from appliance.actions.people import create_person
from appliance.actions.photos import Filter, library, look_at
from appliance.actions.release import release
from appliance.actions.second_steps import new_codes, pass_with_code
from appliance.actions.sign_in import sign_in
from appliance.actions.signing import Filled, sign
from appliance.actions.templates import add_ready_template
from appliance.domain.access import OPERATOR, Role, acting
from appliance.domain.consent import Purpose
from appliance.domain.photos import FaceId, PhotoId
from appliance.domain.release import usual_order
from appliance.domain.sign_in import ALWAYS_SECOND
from appliance.domain.signing import Channel, Mark, Signature
from appliance.domain.templates import Audience
from appliance.domain.wording import Language
from appliance.wiring import Box, open_box
from tests.conftest import CACHE, Clock, config_of, one_at_a_time
from tests.webui.browser import Browser
from webui import create_app
from webui.guards import limiter
from webui.news import stopping

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
AXE = "axe-core@4.14.1"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PASSWORD = "a sentence is easy to remember"


@dataclass(frozen=True, slots=True)
class Staff:
    """A data directory, and the session of each role."""

    home: Path
    tokens: dict[Role, str]


@pytest.fixture(scope="session")
def staff(tmp_path_factory: pytest.TempPathFactory, demo_home: Path) -> Staff:
    """Made once; the passwords take long to stretch."""
    home = Path(shutil.copytree(demo_home, tmp_path_factory.mktemp("staff") / "home"))
    box = open_box(config_of(home), clock=Clock())
    tokens = {}
    try:
        for role in Role:
            known = {user.name: user for user in users(box.safe, by=OPERATOR, now=box.now())}
            if role in known:  # the demonstration has a privacy officer already
                set_password(box.safe, known[role].id, PASSWORD, by=OPERATOR, now=box.now())
                choose_language(box.safe, known[role].id, "en", by=acting(known[role]), now=box.now())
            else:
                create_user(
                    box.safe,
                    by=OPERATOR,
                    now=box.now(),
                    name=role,
                    password=PASSWORD,
                    role=role,
                    language="en",
                )
            user, tokens[role] = sign_in(box.safe, role, PASSWORD, now=box.now())
            if role in ALWAYS_SECOND:
                code, *_ = new_codes(box.safe, user.id, by=OPERATOR, now=box.now())
                _, begun = sign_in(box.safe, role, PASSWORD, now=box.now())
                tokens[role] = pass_with_code(box.safe, begun, code, now=box.now())
        with ThreadPoolExecutor(
            1
        ) as aside:  # sealing runs a loop of its own, and a browser may have one here
            aside.submit(_ask_and_sign, box).result()
    finally:
        box.close()
    return Staff(home, tokens)


def _ask_and_sign(box: Box) -> None:
    """A form that somebody signed, and one that is still open."""
    jemison = create_person(box.safe, by=OPERATOR, now=box.now(), name="Mae Jemison")
    form = add_ready_template(box.safe, Audience.EMPLOYEE, "Waterdam", by=OPERATOR, now=box.now())
    one, _ = (
        ask(box.safe, form.id, [jemison.id], Channel.LINK, by=OPERATOR, now=box.now())[0] for _ in range(2)
    )
    filled = Filled(
        granted=frozenset(), signature=Signature(Mark.TYPED, typed="Mae Jemison"), language=Language.DUTCH
    )
    sign(
        box.safe,
        box.sealing,
        one.token,
        filled,
        Office("Waterdam", "http://localhost/"),
        now=box.now(),
        day=box.today(),
        bell=box.bell,
    )


@pytest.fixture
def office(tmp_path: Path, staff: Staff, clock: Clock) -> Iterator[Box]:
    """The demonstration's safe with its users, of this test alone."""
    opened = open_box(config_of(Path(shutil.copytree(staff.home, tmp_path / "office"))), clock=clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def built() -> list[Flask]:
    """The application, once it was built. Building it takes longer than most tests do."""
    return []


@pytest.fixture
def app(office: Box, built: list[Flask]) -> Flask:
    """The pages of that safe."""
    return app_of(office, built)


def app_of(office: Box, built: list[Flask]) -> Flask:
    """The one application of this run, given another safe."""
    if not built:
        built.append(create_app(office, https=False))
    built[0].extensions["box"] = built[0].extensions["api"].extensions["box"] = office
    limiter.reset()
    return built[0]


@pytest.fixture
def as_role(app: Flask, staff: Staff) -> Callable[[Role | None], Browser]:
    """A browser of somebody with a role; None for a visitor."""
    return lambda role: Browser(app, staff.tokens[role] if role else "")


@pytest.fixture
def editor(as_role: Callable[[Role | None], Browser]) -> Browser:
    return as_role(Role.EDITOR)


@pytest.fixture
def administrator(as_role: Callable[[Role | None], Browser]) -> Browser:
    return as_role(Role.ADMINISTRATOR)


@pytest.fixture
def viewer(as_role: Callable[[Role | None], Browser]) -> Browser:
    return as_role(Role.VIEWER)


@pytest.fixture
def visitor(as_role: Callable[[Role | None], Browser]) -> Browser:
    return as_role(None)


def photo_named(box: Box, name: str) -> PhotoId:
    page = library(box.safe, by=OPERATOR, now=box.now(), day=box.today(), wanted=Filter(text=name))
    return page.cards[0].photo.id


def face_of(box: Box, name: str) -> FaceId:
    """The only face of a photo."""
    view = look_at(box.safe, photo_named(box, name), by=OPERATOR, now=box.now(), day=box.today())
    return view.faces[0].face.id


def released(box: Box) -> str:
    """A copy that left."""
    photo_id, order = photo_named(box, "KLUI0001"), usual_order(Purpose.WEB)
    made = release(
        box.safe, box.decoder, box.sealing, photo_id, order, by=OPERATOR, now=box.now(), day=box.today()
    )
    return made.release.id


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.Browser]:
    """The system's own Chromium."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        pytest.skip(f"no browser is installed: none of {', '.join(BROWSERS)} is on the path")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, fetched once by npm."""
    kept = CACHE / f"{AXE.replace('@', '-')}.js"
    with one_at_a_time("axe-core"):
        if not kept.exists():
            npm = shutil.which("npm")
            if npm is None:
                pytest.skip("npm is not installed, so axe-core cannot be had")
            command = [npm, "pack", AXE, "--json", "--pack-destination", str(CACHE)]
            packed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
            if packed.returncode:
                pytest.skip(f"axe-core cannot be had: {packed.stderr.strip()[-200:]}")
            archive = CACHE / json.loads(packed.stdout)[0]["filename"]
            with tarfile.open(archive) as tar:
                source = tar.extractfile("package/axe.min.js")
                assert source is not None
                kept.write_bytes(source.read())
            archive.unlink()
    return kept.read_text("utf-8")


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """An application on loopback, for a real browser: its port."""
    server = waitress.create_server(
        app, host="127.0.0.1", port=0, threads=8, inbuf_overflow=1 << 30, outbuf_overflow=1 << 30
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    stopping(app).clear()
    try:
        yield int(server.effective_port)
    finally:
        stopping(app).set()
        server.task_dispatcher.shutdown()
        server.close()
        thread.join(10)


def complaints(page: playwright.Page, axe: str) -> list[str]:
    """What axe holds against a page."""
    page.evaluate(axe)
    found = page.evaluate(
        "tags => axe.run({runOnly: {type: 'tag', values: tags}}).then(r => r.violations)", AXE_RULES
    )
    return [f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['html']}" for one in found]
