"""The watermark: seen on any ground, and still there in a quarter of the picture, saved at quality 50."""

import io

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from appliance.imaging.watermark import Style, logo_of, tiles, watermarked

STYLE = Style("Gemeente Kluisdam")
Pixels = NDArray[np.uint8]
PLACES = [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5), (0.25, 0.25), (0.37, 0.11), (0.13, 0.42)]


def saved(pixels: Pixels, quality: int = 50) -> Pixels:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "JPEG", quality=quality)
    return np.array(Image.open(written))


def quarter(pixels: NDArray[np.generic], place: tuple[float, float]) -> NDArray[np.generic]:
    height, width = pixels.shape[:2]
    top, left = int(place[1] * height), int(place[0] * width)
    return pixels[top : top + height // 2, left : left + width // 2]


def likeness(found: Pixels, clean: Pixels, mask: NDArray[np.float32]) -> float:
    """How much what differs from the clean picture has the mark's form: a correlation, 1 at most."""
    differs = np.abs(found.astype(np.float32) - clean.astype(np.float32)).mean(axis=2)
    return float(np.corrcoef(differs.ravel(), mask.ravel())[0, 1])


def preview(pixels: Pixels, side: int = 1024) -> Pixels:
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def test_it_is_still_there_in_any_quarter_at_quality_fifty(portraits: dict[str, Pixels]) -> None:
    """Every portrait of the demonstration, seven crops of each, with and without the mark."""
    with_mark, without = [], []
    for pixels in portraits.values():
        clean = preview(pixels)
        mark, edge = tiles(STYLE, clean.shape[1], clean.shape[0])
        marked = watermarked(clean, STYLE)
        for place in PLACES:
            mask = np.maximum(quarter(mark, place), quarter(edge, place))
            expected = quarter(clean, place)
            with_mark.append(likeness(saved(quarter(marked, place)), expected, mask))  # type: ignore[arg-type]
            without.append(likeness(saved(quarter(clean, place)), expected, mask))  # type: ignore[arg-type]
    assert min(with_mark) > 0.4
    assert max(without) < 0.1


@pytest.mark.parametrize("grey", [0, 60, 127, 128, 200, 255])
def test_it_shows_on_any_ground(grey: int) -> None:
    clean = np.full((600, 800, 3), grey, np.uint8)
    marked = watermarked(clean, STYLE)
    mark, _ = tiles(STYLE, 800, 600)
    differs = np.abs(marked.astype(int) - grey).mean(axis=2)
    assert differs[mark > 0.9].mean() > 40
    assert differs[mark == 0].mean() < 10


@given(st.integers(120, 1600), st.integers(120, 1600), st.sampled_from(["K", "Gemeente Kluisdam", "W" * 40]))
def test_a_quarter_always_holds_some_of_it(width: int, height: int, text: str) -> None:
    mark, edge = tiles(Style(text), width, height)
    both = np.maximum(mark, edge)
    assert both.shape == (height, width)
    whole = float(both.mean())
    for place in PLACES:
        assert float(quarter(both, place).mean()) > whole / 3


def test_a_logo_stands_in_place_of_the_text() -> None:
    drawn = np.full((200, 300, 3), 255, np.uint8)
    cv2.circle(drawn, (150, 100), 70, (0, 0, 0), -1)
    logo = logo_of(drawn)
    assert Image.open(io.BytesIO(logo)).mode == "L"
    text, _ = tiles(STYLE, 800, 600)
    round_mark, _ = tiles(Style("x", logo=logo), 800, 600)
    assert round_mark.mean() > text.mean()
    assert not np.array_equal(watermarked(drawn, STYLE), watermarked(drawn, Style("x", logo=logo)))


def test_the_picture_under_it_stays_the_picture() -> None:
    gradient = np.tile(np.linspace(0, 255, 640, dtype=np.uint8)[None, :, None], (480, 1, 3))
    before = gradient.copy()
    marked = watermarked(gradient, STYLE)
    assert np.array_equal(gradient, before)
    assert np.abs(marked.astype(int) - gradient).mean() < 40
