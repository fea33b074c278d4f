"""Harder pictures made of a portrait: the face fills the frame, is cut by its edge, tilted, or covered.

They are made by rule from portraits in which one face is plain to see, so that the truth stays known.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from appliance.vision.crops import Floats, Pixels

# Left, top, right, bottom in pixels.
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Variant:
    """name: what was done. bounds: of the face, as far as it is in the picture."""

    name: str
    picture: Pixels
    bounds: Bounds


def variants(picture: Pixels, bounds: Bounds) -> Iterator[Variant]:
    """All variants of a portrait whose face has these bounds and stands upright."""
    for name, make in _VARIANTS.items():
        yield make(name, picture, bounds)


def _window(
    name: str, picture: Pixels, bounds: Bounds, *, side: float, right: float = 0, down: float = 0
) -> Variant:
    """A part of the picture. side: of the window, in faces. right, down: where its middle lies, in faces."""
    left, top, across, tall = _measures(bounds)
    middle = (left + across * (0.5 + right), top + tall * (0.5 + down))
    height, width = picture.shape[:2]
    first = [int(max(0, middle[0] - across * side / 2)), int(max(0, middle[1] - tall * side / 2))]
    last = [
        int(min(width, np.ceil(middle[0] + across * side / 2))),
        int(min(height, np.ceil(middle[1] + tall * side / 2))),
    ]
    part = picture[first[1] : last[1], first[0] : last[0]]
    return Variant(name, np.ascontiguousarray(part), _clipped(_moved(bounds, first), part))


def _turned(name: str, picture: Pixels, bounds: Bounds, *, degrees: float, side: float = 2.2) -> Variant:
    """A square around the face, with the head turned clockwise; the edge goes on beyond the picture."""
    left, top, across, tall = _measures(bounds)
    centre = (left + across / 2, top + tall / 2)
    size = max(16, round(max(across, tall) * side))
    matrix = np.asarray(cv2.getRotationMatrix2D(centre, -degrees, 1.0), np.float64)
    matrix[:, 2] += (size / 2 - centre[0], size / 2 - centre[1])
    warped = cv2.warpAffine(picture, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)
    drawn = np.asarray(warped, np.uint8)
    corners = np.array([bounds[:2], (bounds[2], bounds[1]), bounds[2:], (bounds[0], bounds[3])])
    moved = corners @ matrix[:, :2].T + matrix[:, 2]
    # The bounds of a turned box are larger than those of the turned head, which is nearer to an ellipse.
    half = _ellipse(across / 2, tall / 2, np.radians(degrees))
    middle = moved.mean(axis=0)
    box = (middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])
    return Variant(name, drawn, _clipped(box, drawn))


def _lying(name: str, picture: Pixels, bounds: Bounds, *, quarters: int) -> Variant:
    """The whole picture turned by quarters, anticlockwise, as a camera held on its side leaves it."""
    height, width = picture.shape[:2]
    left, top, right, bottom = bounds
    turned = {
        1: (top, width - right, bottom, width - left),
        2: (width - right, height - bottom, width - left, height - top),
        3: (height - bottom, left, height - top, right),
    }
    return Variant(name, np.ascontiguousarray(np.rot90(picture, quarters)), turned[quarters])


def _covered(name: str, picture: Pixels, bounds: Bounds, *, hat: bool, glasses: bool) -> Variant:
    """A dark hat down to the brows, and dark glasses, drawn where a face has them."""
    left, top, across, tall = _measures(bounds)
    drawn = picture.copy()

    def ellipse(x: float, y: float, half_width: float, half_height: float, colour: Colour) -> None:
        centre = (round(left + x * across), round(top + y * tall))
        axes = (max(1, round(half_width * across)), max(1, round(half_height * tall)))
        cv2.ellipse(drawn, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)

    if hat:
        ellipse(0.5, -0.06, 0.62, 0.32, _FELT)
        ellipse(0.5, 0.18, 0.85, 0.07, _BRIM)
    if glasses:
        ellipse(0.27, 0.40, 0.20, 0.11, _GLASS)
        ellipse(0.73, 0.40, 0.20, 0.11, _GLASS)
        ellipse(0.5, 0.38, 0.12, 0.02, _GLASS)
    return Variant(name, drawn, bounds)


Colour = tuple[int, int, int]
_FELT, _BRIM, _GLASS = (58, 50, 44), (40, 35, 32), (18, 18, 20)


def _both(name: str, picture: Pixels, bounds: Bounds) -> Variant:
    """Hat and glasses on a face that fills the frame."""
    covered = _covered(name, picture, bounds, hat=True, glasses=True)
    return _window(name, covered.picture, bounds, side=1.5)


# A window of 1.8 faces whose middle lies this far beside the face's leaves a quarter of the face out.
_CUT = 0.65

Make = Callable[[str, Pixels, Bounds], Variant]
_VARIANTS: dict[str, Make] = {
    "as it is": Variant,
    "fills the frame": lambda n, p, b: _window(n, p, b, side=1.15),
    "larger than the frame": lambda n, p, b: _window(n, p, b, side=0.85),
    "cut at the left": lambda n, p, b: _window(n, p, b, side=1.8, right=_CUT),
    "cut at the right": lambda n, p, b: _window(n, p, b, side=1.8, right=-_CUT),
    "cut at the top": lambda n, p, b: _window(n, p, b, side=1.8, down=_CUT),
    "cut at the bottom": lambda n, p, b: _window(n, p, b, side=1.8, down=-_CUT),
    "tilted 15 left": lambda n, p, b: _turned(n, p, b, degrees=-15),
    "tilted 30 right": lambda n, p, b: _turned(n, p, b, degrees=30),
    "tilted 45 left": lambda n, p, b: _turned(n, p, b, degrees=-45),
    "tilted 45 right": lambda n, p, b: _turned(n, p, b, degrees=45),
    "lying left": lambda n, p, b: _lying(n, p, b, quarters=1),
    "lying right": lambda n, p, b: _lying(n, p, b, quarters=3),
    "upside down": lambda n, p, b: _lying(n, p, b, quarters=2),
    "lying, fills the frame": lambda n, p, b: _turned(n, p, b, degrees=90, side=1.3),
    "hat": lambda n, p, b: _covered(n, p, b, hat=True, glasses=False),
    "dark glasses": lambda n, p, b: _covered(n, p, b, hat=False, glasses=True),
    "hat and glasses, fills the frame": _both,
}


def _measures(bounds: Bounds) -> Bounds:
    left, top, right, bottom = bounds
    return left, top, right - left, bottom - top


def _ellipse(half_width: float, half_height: float, angle: float) -> Floats:
    """Half the width and height of the bounds of a turned ellipse."""
    cos, sin = np.cos(angle), np.sin(angle)
    across = np.hypot(half_width * cos, half_height * sin)
    return np.array([across, np.hypot(half_width * sin, half_height * cos)], np.float32)


def _moved(bounds: Bounds, origin: list[int]) -> Bounds:
    x, y = origin
    return bounds[0] - x, bounds[1] - y, bounds[2] - x, bounds[3] - y


def _clipped(bounds: Bounds, picture: Pixels) -> Bounds:
    height, width = picture.shape[:2]
    left, top, right, bottom = (float(v) for v in bounds)
    return max(0.0, left), max(0.0, top), min(float(width), right), min(float(height), bottom)
