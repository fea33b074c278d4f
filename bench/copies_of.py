"""Copies of a picture as people make them, each another file of the same picture."""

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]

_MARK = "PORTRET"


def _resized(image: Image.Image) -> Image.Image:
    return image.resize((max(1, image.width // 2), max(1, image.height // 2)))


def _compressed(image: Image.Image, quality: int = 40) -> Image.Image:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality)
    return Image.open(written).convert("RGB")


def _cropped(image: Image.Image) -> Image.Image:
    across, down = round(image.width * 0.025), round(image.height * 0.025)
    return image.crop((across, down, image.width - across, image.height - down))


def _cropped_at_a_corner(image: Image.Image) -> Image.Image:
    return image.crop((round(image.width * 0.05), round(image.height * 0.05), image.width, image.height))


def _grey(image: Image.Image) -> Image.Image:
    return image.convert("L").convert("RGB")


def _marked(image: Image.Image) -> Image.Image:
    """A text three times across the picture, half transparent."""
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    pen, font = ImageDraw.Draw(layer), ImageFont.load_default(max(10, image.width // 10))
    for row in range(3):
        place = (image.width // 8, round((row + 0.35) * image.height / 3))
        pen.text(place, _MARK, fill=(255, 255, 255, 110), font=font)
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")


def _brighter(image: Image.Image) -> Image.Image:
    return image.point(lambda value: min(255, round(value * 1.15)))


COPIES: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "half the size": _resized,
    "quality 40": _compressed,
    "5 % cropped around": _cropped,
    "5 % cropped at a corner": _cropped_at_a_corner,
    "grey": _grey,
    "watermark": _marked,
    "brighter": _brighter,
    "cropped, grey, marked and compressed": lambda image: _compressed(_marked(_grey(_cropped(image)))),
}


def copied(pixels: Pixels, how: str) -> Pixels:
    """The pixels of a copy."""
    return np.asarray(COPIES[how](Image.fromarray(pixels)), np.uint8)
