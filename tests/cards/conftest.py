"""Cards for the card service: images made once, and a bench to plug them in."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.actions.scene import picture
from tests.cards.bench import Bench, image, missing

FILES = {f"DCIM/100KLUIS/IMG_{number:04}.JPG": picture(number) for number in range(1, 7)}


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """An image of a kind of file system, made when first asked for; not to be changed."""
    if why := missing():
        pytest.skip(f"NO CARD CAN BE MOUNTED HERE: {why}")
    folder, made = tmp_path_factory.mktemp("images"), dict[str, Path]()

    def of(kind: str) -> Path:
        if kind not in made:
            made[kind] = image(folder, kind, FILES, f"KAART_{kind}".upper())
        return made[kind]

    return of


@pytest.fixture
def card_image(images: Callable[[str], Path], tmp_path: Path) -> Callable[..., Path]:
    """An image of this test alone."""
    return lambda kind="ext4", name="": Path(shutil.copy(images(kind), tmp_path / f"{name or kind}.img"))


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Ports with the service behind them."""
    if why := missing():
        pytest.skip(f"NO CARD CAN BE MOUNTED HERE: {why}")
    folder = Path(tempfile.mkdtemp(prefix="kluis-cards-"))
    made = Bench(folder)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder)
