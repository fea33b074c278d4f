"""The invisible mark: not seen, read after rough handling, and never read where there is none."""

import io
import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from appliance.imaging.invisible import SMALLEST, WRONG, _words, has_room, marked, needed, read

Pixels = NDArray[np.uint8]
KEY, OTHER_KEY = b"a key of the safe".ljust(32), b"the key of another".ljust(32)
IDS = [f"copy-{number}" for number in range(500)]


def scenery(seed: int = 3, width: int = 1200, height: int = 900) -> Pixels:
    """What photos have in common: detail of every size, less of it the finer it is; and a flat sky."""
    dice, shown = np.random.default_rng(seed), np.zeros((height, width, 3), np.float32)
    for cells in (3, 6, 12, 24, 48, 96, 192):
        small = dice.normal(0, 90 / cells**0.8, (cells, cells, 3)).astype(np.float32)
        shown += cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    shown[: height // 3] = (120, 150, 200)
    return np.clip(shown + 110, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def pictures() -> tuple[Pixels, Pixels]:
    """One picture, without a mark and with that of the seventh copy."""
    plain = scenery()
    return plain, marked(plain, KEY, IDS[7])


def saved(image: Image.Image, quality: int) -> Image.Image:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality)
    return Image.open(written).convert("RGB")


def quarter(image: Image.Image) -> Image.Image:
    across, down = image.width // 2, image.height // 2
    return saved(image.crop((across // 3, down // 2, across // 3 + across, down // 2 + down)), 75)


def on_a_page(image: Image.Image) -> Image.Image:
    page = Image.new("RGB", (1280, 800), (240, 240, 240))
    page.paste(image.resize((857, 643), Image.Resampling.BICUBIC), (200, 90))
    return saved(page, 80)


HANDLED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved at quality 50": lambda image: saved(image, 50),
    "half the size": lambda image: saved(image.resize((600, 450), Image.Resampling.BICUBIC), 80),
    "cropped to a quarter": quarter,
    "a screenshot": on_a_page,
}


@pytest.mark.parametrize("handled", HANDLED)
def test_the_mark_is_read_after(handled: str, pictures: tuple[Pixels, Pixels]) -> None:
    fit = read(np.asarray(HANDLED[handled](Image.fromarray(pictures[1]))), KEY, IDS)
    assert fit is not None
    assert fit.id == IDS[7]


def test_the_mark_stays_below_what_is_seen(pictures: tuple[Pixels, Pixels]) -> None:
    differs = pictures[1].astype(np.float32) - pictures[0]
    assert 10 * math.log10(255**2 / float((differs**2).mean())) > 42
    assert np.abs(differs[:250]).mean() < 1, "a flat sky shows more"


def test_without_a_mark_or_with_another_key_nothing_is_read(pictures: tuple[Pixels, Pixels]) -> None:
    plain, with_mark = pictures
    assert read(plain, KEY, IDS) is None
    assert read(with_mark, OTHER_KEY, IDS) is None
    assert read(with_mark, KEY, []) is None


def test_the_mark_of_a_copy_that_nobody_knows_names_no_other(
    pictures: tuple[Pixels, Pixels],
) -> None:
    assert read(pictures[1], KEY, [one for one in IDS if one != IDS[7]]) is None


@pytest.mark.parametrize("shape", [(1, 1), (3, 900)])
def test_what_is_too_small_has_no_mark_and_breaks_nothing(shape: tuple[int, int]) -> None:
    assert read(np.full((*shape, 3), 90, np.uint8), KEY, IDS) is None
    assert not has_room(np.zeros((SMALLEST - 1, SMALLEST - 1, 3), np.uint8))


def test_wrong_words_fit_as_seldom_as_the_bound_says() -> None:
    """Hoeffding: by z or better with a chance of exp(-z*z/2) at most, whatever was read of the picture."""
    drawn = np.random.default_rng(9)
    flat, few = np.ones(1024), np.zeros(1024)
    few[:3] = 1  # a picture of which little can be read
    words = _words(KEY, [f"never laid {number}" for number in range(20_000)])
    for symbols in (drawn.normal(size=1024), flat, few):
        fits = words @ (symbols / np.linalg.norm(symbols)).astype(np.float32)
        for z in (1.0, 2.0, 3.0):
            assert (fits >= z).mean() <= math.exp(-z * z / 2)
    assert 100_000 * 3 * math.exp(-(needed(100_000) ** 2) / 2) == pytest.approx(WRONG)
