"""Copies: small ones to look at, and those that leave, which carry nothing but pixels and credit."""

import io

import cv2
import exiv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from appliance.domain.errors import Unreadable
from appliance.domain.photos import Box
from appliance.imaging.copies import blurred, face_crop, proxy, thumbnail
from appliance.imaging.decode import Decoder
from tests.imaging.pictures import (
    COLOURS,
    close,
    colours_of,
    noise,
    quarters,
)

SECRET = "Wilhelmina van Onbekend"


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.format == "JPEG"
    assert image.mode == "RGB"
    return image


@pytest.mark.parametrize(
    ("size", "of_proxy", "of_thumbnail"),
    [
        ((6000, 4000), (1600, 1067), (400, 267)),
        ((1000, 3000), (533, 1600), (133, 400)),
        ((300, 200), (300, 200), (300, 200)),
        ((5000, 3), (1600, 1), (400, 1)),
        ((1, 1), (1, 1), (1, 1)),
    ],
)
def test_previews_are_small_and_never_larger_than_the_photo(
    size: tuple[int, int], of_proxy: tuple[int, int], of_thumbnail: tuple[int, int]
) -> None:
    pixels = quarters(*size)
    assert opened(proxy(pixels)).size == of_proxy
    assert opened(thumbnail(pixels)).size == of_thumbnail


def test_previews_show_the_photo() -> None:
    for data in (proxy(quarters(2400, 1600)), thumbnail(quarters(2400, 1600))):
        assert close(colours_of(np.array(opened(data))), COLOURS, within=12)
        assert not metadata(data)


def metadata(data: bytes) -> dict[str, str]:
    image = exiv2.ImageFactory.open(data)
    image.readMetadata()
    kinds = (image.exifData(), image.iptcData(), image.xmpData())
    return {datum.key(): str(datum.print()) for kind in kinds for datum in kind}


# Faces that nobody may recognise.

BOX = Box(0.3, 0.25, 0.25, 0.4)


def inside(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    rows = slice(int(box.top * height), int(box.bottom * height))
    return pixels[rows, int(box.left * width) : int(box.right * width)]


def detail(pixels: NDArray[np.uint8]) -> float:
    """How much of a picture is finer than a few pixels."""
    return float(cv2.Laplacian(pixels, cv2.CV_64F).std())


def test_under_a_blurred_box_the_detail_is_gone_and_around_it_all_is_as_it_was() -> None:
    pixels = noise(3, 400, 300)
    result = blurred(pixels, [BOX])
    assert detail(inside(result, BOX)) < detail(inside(pixels, BOX)) / 100
    assert inside(result, BOX).std() < inside(pixels, BOX).std() / 10
    wide = Box(BOX.left - 0.06, BOX.top - 0.09, BOX.width + 0.12, BOX.height + 0.18)
    outside = np.ones(pixels.shape[:2], bool)
    inside(outside[..., None], wide)[:] = False
    assert np.array_equal(result[outside], pixels[outside])
    assert np.array_equal(pixels, noise(3, 400, 300)), "the picture itself was changed"


def test_two_faces_that_differ_in_detail_alone_look_the_same_when_blurred() -> None:
    """So that what is left of a face cannot tell one from another."""
    one, other = (noise(seed, 600, 400) // 4 + 100 for seed in (1, 2))
    left = blurred(np.uint8(one), [BOX]), blurred(np.uint8(other), [BOX])
    difference = np.abs(inside(left[0], BOX).astype(int) - inside(left[1], BOX).astype(int))
    assert difference.max() <= 4
    assert np.abs(inside(one, BOX).astype(int) - inside(other, BOX).astype(int)).mean() > 15


@pytest.mark.parametrize(
    "box",
    [
        Box(-0.1, -0.1, 0.3, 0.3),
        Box(0.9, 0.9, 0.3, 0.3),
        Box(0, 0, 1, 1),
        Box(-1, -1, 4, 4),
        Box(0.5, 0.5, 0.001, 0.001),
    ],
)
def test_boxes_at_and_beyond_the_edge_are_blurred_as_far_as_the_picture_goes(box: Box) -> None:
    pixels = noise(4, 200, 150)
    result = blurred(pixels, [box])
    seen = inside(result, box.clipped())
    assert result.shape == pixels.shape
    assert seen.size == 0 or seen.std() < pixels.std() / 2
    assert not np.array_equal(result, pixels)


def test_a_box_outside_the_picture_blurs_nothing() -> None:
    pixels = noise(4, 200, 150)
    for box in (Box(1.5, 0.2, 0.1, 0.1), Box(0.2, -0.9, 0.1, 0.1), Box(0.2, 0.2, 0, 0)):
        assert np.array_equal(blurred(pixels, [box]), pixels)


@pytest.mark.parametrize(
    "box", [BOX, Box(0, 0, 0.1, 0.1), Box(0.95, 0.95, 0.2, 0.2), Box(0, 0, 1, 1), Box(0.5, 0.5, 0, 0)]
)
@pytest.mark.parametrize("size", [(300, 200), (200, 300), (20, 4), (1, 1)])
def test_a_face_is_cut_out_square_wherever_it_is(box: Box, size: tuple[int, int]) -> None:
    assert opened(face_crop(quarters(*size), box)).size == (160, 160)


def test_a_face_cut_out_shows_the_face() -> None:
    pixels = np.full((300, 400, 3), 20, np.uint8)
    pixels[75:150, 100:200] = 220
    crop = np.array(opened(face_crop(pixels, Box(100 / 400, 75 / 300, 100 / 400, 75 / 300))))
    assert crop[60:100, 40:120].mean() > 200
    assert crop[:15].mean() < 60


@pytest.mark.parametrize(
    ("at_least", "size"),
    [(None, (801, 533)), (801, (801, 533)), (500, (801, 533)), (400, (401, 267)), (90, (101, 67))],
)
def test_a_copy_is_reopened_no_larger_than_is_asked_and_never_smaller(
    decoder: Decoder, at_least: int | None, size: tuple[int, int]
) -> None:
    copy = proxy(quarters(801, 533))
    pixels = decoder.reopen(copy, at_least=at_least)
    assert pixels.shape[1::-1] == size
    assert close(colours_of(pixels), COLOURS)


def test_a_copy_that_is_damaged_is_refused(decoder: Decoder) -> None:
    for damaged in (b"", b"no JPEG", proxy(quarters(801, 533))[:-900]):
        with pytest.raises(Unreadable):
            decoder.reopen(damaged)
