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


def _drawn(pixels: Pixels, width: int, height: int, how: int) -> Pixels:
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)
