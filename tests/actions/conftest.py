"""A safe with one examined photo in which the machine found nobody, to copy for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.domain.photos import PhotoId
from appliance.vision.manifest import Pack
from appliance.wiring import Box, open_box
from tests.actions.scene import examine, fill, named, picture, take
from tests.conftest import Clock, config_of


@pytest.fixture(scope="session")
def photo_home(tmp_path_factory: pytest.TempPathFactory, empty_home: Path, pack: Pack) -> Path:
    folder = tmp_path_factory.mktemp("photo")
    home = Path(shutil.copytree(empty_home, folder / "home"))
    box = open_box(config_of(home), clock=Clock())
    try:
        take(box, fill(folder / "card", {"IMG_0001.JPG": picture(1)}))
        examine(box)
    finally:
        box.close()
    return home


@pytest.fixture
def photo_box(tmp_path: Path, photo_home: Path, clock: Clock) -> Iterator[Box]:
    """The safe with the photo, of this test alone."""
    opened = open_box(config_of(Path(shutil.copytree(photo_home, tmp_path / "photo"))), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def photo(photo_box: Box) -> PhotoId:
    """The photo in it."""
    return named(photo_box, "IMG_0001.JPG")
