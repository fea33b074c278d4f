"""Square cut-outs of a picture, turned and scaled, with the map back to the picture's pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]


def square(
    picture: Pixels, centre: tuple[float, float], side: float, angle: float, size: int
) -> tuple[Pixels, Floats]:
    """A square of the picture drawn at size x size pixels; black where the picture has none.

    centre, side: in pixels. angle: in radians, clockwise, by which the square is turned.
    Returns the cut-out and the map [2,3] from its pixels to the picture's.
    """
    source, reduced = _reduced(picture, centre, side, size)
    scale = side / size
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    half = size / 2
    back = np.array(
        [
            [cos, -sin, centre[0] - cos * half + sin * half],
            [sin, cos, centre[1] - sin * half - cos * half],
        ],
        np.float32,
    )
    matrix = back.copy()
    matrix[:, 2] -= source[1]
    matrix /= source[0]
    drawn = cv2.warpAffine(
        reduced, matrix, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=(0, 0, 0)
    )
    return np.asarray(drawn, np.uint8), back


def _reduced(
    picture: Pixels, centre: tuple[float, float], side: float, size: int
) -> tuple[tuple[float, Floats], Pixels]:
    """The part around the square, halved while it is more than twice too fine, so that nothing aliases."""
    reach = side * 0.75 + 2
    left, top = (int(max(0, c - reach)) for c in centre)
    right = int(min(picture.shape[1], centre[0] + reach)) + 1
    bottom = int(min(picture.shape[0], centre[1] + reach)) + 1
    part = picture[top:bottom, left:right]
    factor = 1
    while side / (size * factor) >= 2 and min(part.shape[:2]) >= 2 * factor * 2:
        factor *= 2
    if part.size == 0:
        return (1.0, np.zeros(2, np.float32)), np.zeros((1, 1, 3), np.uint8)
    if factor > 1:
        part = reduced_by(part, factor)
    return (float(factor), np.array([left, top], np.float32)), part


def reduced_by(picture: Pixels, factor: int) -> Pixels:
    """Means of factor x factor pixels; what is left over at the right and below is dropped."""
    height, width = picture.shape[0] // factor, picture.shape[1] // factor
    whole = picture[: height * factor, : width * factor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
