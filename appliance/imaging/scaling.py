"""Making pictures smaller, quickly.

OpenCV averages areas quickly only where four pixels become one; for other factors it takes ten times as
long. So a picture is halved while it can be, and drawn to size by what is left: a factor below two.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def reduced(pixels: Pixels, width: int, height: int, *, fine: bool = False) -> Pixels:
    """A picture [height,width,3] drawn at a smaller size; one that is smaller already is enlarged.

    fine: average areas in the last step too, for what leaves the box; else sample between four pixels,
    which for previews cannot be told apart.
    """
    while pixels.shape[1] >= 2 * width and pixels.shape[0] >= 2 * height:
        across, down = pixels.shape[1] // 2, pixels.shape[0] // 2
        pixels = _drawn(pixels[: 2 * down, : 2 * across], across, down, cv2.INTER_AREA)
    if pixels.shape[:2] == (height, width):
        return pixels
    return _drawn(pixels, width, height, cv2.INTER_AREA if fine else cv2.INTER_LINEAR)


def within(pixels: Pixels, long_side: int, *, fine: bool = False) -> Pixels:
    """A picture whose long side has at most so many pixels; a smaller one stays as it is."""
    height, width = pixels.shape[:2]
    scale = long_side / max(width, height)
    if scale >= 1:
        return pixels
    return reduced(pixels, max(1, round(width * scale)), max(1, round(height * scale)), fine=fine)


def _drawn(pixels: Pixels, width: int, height: int, how: int) -> Pixels:
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)
