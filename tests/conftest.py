"""What tests are given: a clock that stands still, a safe of their own, real networks and real portraits.

Packages and the model pack are fetched once, into .cache/; a test that needs them is skipped, and says so,
where they cannot be had. With KLUIS_NO_SKIPS=1, as in continuous integration, a skipped test fails the run.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from numpy.typing import NDArray

from appliance.actions.access import create_user, users
from appliance.actions.analysis import analyse, waiting
from appliance.actions.intake import import_folder
from appliance.config import Config, read_config
from appliance.demo.card import make_card
from appliance.demo.story import agree, name_and_enrol
from appliance.domain.access import OPERATOR, Actor, Role, User, acting
from appliance.domain.errors import Mistake
from appliance.store.connections import connect
from appliance.store.recovery_kit import RecoveryKit
from appliance.vision.manifest import VERSION, Pack
from appliance.vision.packs import install
from appliance.wiring import Box, make_safe, open_box

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path(os.environ.get("KLUIS_TEST_CACHE", ROOT / ".cache"))
MODELS, PACKAGES = CACHE / f"models-{VERSION}", CACHE / "packages"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSWORD = "een lange zin om te onthouden"
NO_DATA = "the evaluation photos are not beside the checkout"

# Time is not asserted; a slow machine is no failure.
settings.register_profile(
    "kluis", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("kluis")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped, a skip is a failure; only the evaluation photos may be missing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("KLUIS_NO_SKIPS") != "1" or reporter is None:
        return
    skipped = [report for report in reporter.stats.get("skipped", ()) if NO_DATA not in str(report.longrepr)]
    if skipped:
        reporter.write_line(f"{len(skipped)} tests were skipped, and here none may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        """Move on by hours=, days= and so on."""
        self.now += timedelta(**by)
        return self.now


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Between the processes that run tests side by side."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@pytest.fixture
def clock() -> Clock:
    """Noon of 24 November 2026, until moved."""
    return Clock()


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The model pack, assembled as on a box."""
    try:
        with one_at_a_time("models"):
            return install(MODELS, cache=PACKAGES, packages=None, progress=print)
    except Mistake as problem:
        pytest.skip(f"the model pack cannot be had: {problem}")


@pytest.fixture(scope="session")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A card with the demonstration's portraits."""
    try:
        with one_at_a_time("portraits"):
            return make_card(tmp_path_factory.mktemp("card"), PACKAGES, None, print)
    except Mistake as problem:
        pytest.skip(f"the portraits cannot be had: {problem}")


@pytest.fixture(scope="session")
def portraits(card: Path) -> dict[str, NDArray[np.uint8]]:
    """The portraits of the card as RGB [height,width,3], by their file's name."""
    from PIL import Image

    return {path.name: np.array(Image.open(path).convert("RGB")) for path in sorted(card.rglob("*.JPG"))}


@pytest.fixture(scope="session")
def evaluation_data() -> Path:
    """Photos with ground truth beside the checkout; they never are part of it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(NO_DATA)
    return folder


def user_of(box: Box, role: Role) -> User:
    """A user of a role, made when there is none yet."""
    name = f"demo {role}"
    known = {user.name: user for user in users(box.safe, by=OPERATOR, now=box.now())}
    return known.get(name) or create_user(
        box.safe, by=OPERATOR, now=box.now(), name=name, password=PASSWORD, role=role
    )


def acting_as(box: Box, role: Role) -> Actor:
    """The actor that such a user is."""
    return acting(user_of(box, role), confirmed=True)


def config_of(home: Path) -> Config:
    """The settings of a data directory, with the networks and packages that tests share."""
    return read_config(home, {"KLUIS_MODELS": str(MODELS), "KLUIS_CACHE": str(PACKAGES)})


@pytest.fixture(scope="session")
def kit() -> RecoveryKit:
    """The recovery kit of every safe in this run; stretching its code takes long, so it is done once."""
    return RecoveryKit.new()


# Whom tests let act without making a user of them: they are colleagues, who may what their role may.
ACTORS = ("the-viewer", "the-editor", "the-administrator", "another-editor")


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory, kit: RecoveryKit) -> Path:
    """A data directory with a new safe, to copy."""
    home = tmp_path_factory.mktemp("empty") / "home"
    make_safe(config_of(home), kit)
    box = open_box(config_of(home), clock=Clock())
    db = connect(box.config.database, box.safe.ring.database_key)
    for actor in ACTORS:
        db.execute("INSERT INTO group_members VALUES ('colleagues', ?)", [actor])
    db.close()
    box.close()
    return home


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, empty_home: Path, card: Path, pack: Pack) -> Path:
    """The demonstration's safe, imported and examined at noon, to copy. `pack` must be there."""
    home = shutil.copytree(empty_home, tmp_path_factory.mktemp("demo") / "home")
    box = open_box(config_of(home), clock=Clock())
    try:
        shoot_id = agree(box, *(user_of(box, role) for role in (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)))
        import_folder(box.safe, card, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_id)
        for photo_id in waiting(box.safe, now=box.now()):
            analyse(box.safe, box.decoder, box.analyser, photo_id, now=box.now(), day=box.today())
        name_and_enrol(box)
    finally:
        box.close()
    return home


@pytest.fixture
def home(tmp_path: Path, empty_home: Path) -> Path:
    """A new safe's data directory, of this test alone."""
    return Path(shutil.copytree(empty_home, tmp_path / "home"))


@pytest.fixture
def config(home: Path) -> Config:
    """Its settings."""
    return config_of(home)


@pytest.fixture
def box(config: Config, clock: Clock) -> Iterator[Box]:
    """A new, empty, open safe."""
    opened = open_box(config, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def demo_box(tmp_path: Path, demo_home: Path, clock: Clock) -> Iterator[Box]:
    """The demonstration's safe, of this test alone."""
    opened = open_box(config_of(Path(shutil.copytree(demo_home, tmp_path / "demo"))), clock=clock)
    yield opened
    opened.close()
