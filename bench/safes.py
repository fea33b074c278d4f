"""Safes to measure with: two people enrolled, so that faces are measured and matched too."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from appliance.actions.access import create_user
from appliance.actions.analysis import analyse, waiting
from appliance.actions.intake import import_folder
from appliance.actions.shoots import shoots
from appliance.config import Config, read_config
from appliance.demo.card import make_card
from appliance.demo.story import agree, name_and_enrol
from appliance.domain.access import OPERATOR, Role, User
from appliance.domain.photos import ShootId
from appliance.store.recovery_kit import RecoveryKit
from appliance.vision.packs import install
from appliance.wiring import Box, make_safe, open_box

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the benches keep what takes long to make. cache: the packages and networks are in it."""

    cache: Path

    @property
    def packages(self) -> Path:
        """Packages that portraits and networks come from."""
        return self.cache / "packages"

    @property
    def models(self) -> Path:
        """The model packs."""
        return self.cache / "models"

    @property
    def bench(self) -> Path:
        """All that only the benches need; on the disk that is measured."""
        return self.cache / "bench"

    @property
    def environment(self) -> dict[str, str]:
        """For processes that open one of these safes."""
        return {**os.environ, "KLUIS_MODELS": str(self.models), "KLUIS_CACHE": str(self.packages)}


def config_of(place: Place, home: Path) -> Config:
    """The settings of a safe of the benches."""
    return read_config(home, place.environment)


@contextmanager
def scratch(place: Place) -> Iterator[Path]:
    """A folder on the measured disk that goes at the end."""
    place.bench.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.bench, prefix="run-") as folder:
        yield Path(folder)


def enrolled_home(place: Place, folder: Path, progress: Progress) -> Path:
    """A new safe with the demonstration's photos and people in it, to copy."""
    install(place.models, cache=place.packages, packages=None, progress=progress)
    card = make_card(folder / "card", place.packages, None, progress)
    home = folder / "enrolled"
    config = config_of(place, home)
    make_safe(config, RecoveryKit.new())
    box = open_box(config)
    try:
        shoot_id = agree(box, *(_somebody(box, role) for role in (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)))
        import_folder(box.safe, card, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_id)
        for photo_id in waiting(box.safe, now=box.now()):
            analyse(box.safe, box.decoder, box.analyser, photo_id, now=box.now(), day=box.today())
        name_and_enrol(box)
    finally:
        box.close()
    return home


def _somebody(box: Box, role: Role) -> User:
    return create_user(
        box.safe, by=OPERATOR, now=box.now(), name=role.value, password=secrets.token_urlsafe(16), role=role
    )


def shoot_of(box: Box) -> ShootId:
    """The shoot where recognition is on, so that the faces of its photos are measured and compared."""
    return shoots(box.safe, by=OPERATOR, now=box.now())[0].shoot.id


def fresh_copy(home: Path, folder: Path) -> Path:
    """The same safe again, untouched by earlier runs."""
    if folder.exists():
        shutil.rmtree(folder)
    return Path(shutil.copytree(home, folder))
