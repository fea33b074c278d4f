"""The demonstration's safe with a user of each role, whose sessions are open."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from appliance.actions.access import create_user, sign_in
from appliance.actions.photos import Filter, library, look_at
from appliance.domain.access import OPERATOR, Role
from appliance.domain.photos import FaceId, PhotoId
from appliance.wiring import Box, open_box
from tests.conftest import Clock, config_of
from tests.webui.browser import Browser
from webui import create_app

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
            create_user(
                box.safe, by=OPERATOR, now=box.now(), name=role, password=PASSWORD, role=role, language="en"
            )
            _, tokens[role] = sign_in(box.safe, role, PASSWORD, now=box.now())
    finally:
        box.close()
    return Staff(home, tokens)


@pytest.fixture
def office(tmp_path: Path, staff: Staff, clock: Clock) -> Iterator[Box]:
    """The demonstration's safe with its users, of this test alone."""
    opened = open_box(config_of(Path(shutil.copytree(staff.home, tmp_path / "office"))), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def app(office: Box) -> Flask:
    """The pages of that safe."""
    return create_app(office, https=False)


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
