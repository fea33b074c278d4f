"""The watermark: a mark in the house's style, tiled over a picture so that cropping does not take it off.

Each mark is light on dark and dark on light, with an edge of the other, and stronger where the picture is
busy. A mark and its gaps measure less than half of the picture both ways, so a quarter always holds one.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Mask = NDArray[np.float32]

LONGEST_TEXT = 40
_FONT = ("fontpkg_fira_sans", "FiraSans-SemiBold.ttf")
_DRAWN = 96  # points at which a text is drawn, before it is brought to size
_SLANT = 24.0  # degrees
_ACROSS = 0.25  # of the picture's width: one mark
_EVERY = 0.27  # of the width and height: from one mark to the next
_EDGE = 0.6  # how much of the mark's strength its edge has
_BUSY = 40.0  # grey levels of detail at which a mark is twice as strong
_MOST = 0.85


@dataclass(frozen=True, slots=True)
class Style:
    """How the house marks pictures. opacity: 0 to 1. logo: grey PNG, dark on white, in place of the text."""

    text: str
    opacity: float = 0.45
    logo: bytes = b""


def watermarked(pixels: Pixels, style: Style) -> Pixels:
    """The picture [height,width,3] with the mark all over it."""
    height, width = pixels.shape[:2]
    mark, edge = tiles(style, width, height)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    side = max(3, min(width, height) // 8)
    around = cv2.blur(grey, (side, side))
    detail = cv2.blur(np.abs(grey - cv2.blur(grey, (9, 9))), (side, side))
    strength = np.clip(style.opacity * (1 + detail / _BUSY), 0, _MOST).astype(np.float32)
    light = (around < 128).astype(np.float32) * 255
    shown = pixels.astype(np.float32)
    for part, ink in ((edge * _EDGE, 255 - light), (mark, light)):
        alpha = (part * strength)[..., None]
        shown = shown * (1 - alpha) + ink[..., None] * alpha
    return np.asarray(np.clip(shown + 0.5, 0, 255), np.uint8)


def tiles(style: Style, width: int, height: int) -> tuple[Mask, Mask]:
    """Where the marks are, 0 to 1, over a picture of a size; and where their edges are."""
    stamp = _stamp(style)
    across = max(8, round(width * _ACROSS))
    down = max(4, round(stamp.shape[0] * across / stamp.shape[1]))
    most = max(4, round(height * _EVERY * 0.9))
    if down > most:
        across, down = max(4, round(across * most / down)), most
    small = cv2.resize(stamp, (across, down), interpolation=cv2.INTER_AREA)
    reach = max(1, round(down / 40))
    wide = cv2.dilate(small, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    mark = _laid(small.astype(np.float32), width, height)
    return mark, np.clip(_laid(wide.astype(np.float32), width, height) - mark, 0, 1)


def _laid(stamp: Mask, width: int, height: int) -> Mask:
    """Marks side by side, each second row shifted by half."""
    found = np.zeros((height, width), np.float32)
    across, down = max(stamp.shape[1], round(width * _EVERY)), stamp.shape[0]
    for row, top in enumerate(range(0, height, down)):
        for left in range(-(across // 2) * (row % 2), width, across):
            x, y = max(left, 0), top
            part = stamp[: height - y, x - left : x - left + width - x]
            found[y : y + part.shape[0], x : x + part.shape[1]] = part
    return found


@lru_cache(maxsize=8)
def _stamp(style: Style) -> Mask:
    """One mark, 0 to 1, slanted."""
    drawn = _logo(style.logo) if style.logo else _text(style.text)
    turned = Image.fromarray(drawn).rotate(_SLANT, expand=True, resample=Image.Resampling.BICUBIC)
    return np.asarray(turned, np.float32) / np.float32(255)


def _text(text: str) -> Pixels:
    package, name = _FONT
    font = ImageFont.truetype(str(files(package) / "files" / name), _DRAWN)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text))
    image = Image.new("L", (max(1, right - left) + 8, max(1, bottom - top) + 8))
    ImageDraw.Draw(image).text((4 - left, 4 - top), text, fill=255, font=font)
    return np.asarray(image, np.uint8)


def _logo(data: bytes) -> Pixels:
    grey = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.asarray(255 - grey, np.uint8)


def logo_of(pixels: Pixels, side: int = 400) -> bytes:
    """A logo to keep, from a picture that is dark on white [height,width,3]: a small grey PNG."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    grey = cv2.cvtColor(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    written, data = cv2.imencode(".png", grey)
    if not written:
        raise ValueError("a grey picture is always written")
    return bytes(data)
