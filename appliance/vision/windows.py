"""Square parts of a picture at which a detector looks, and their map back to the picture's pixels."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.vision.anchors import Candidates
from appliance.vision.crops import Floats, Pixels, reduced_by

EDGE = 0.02  # of a window's side: a box that ends this close to a cut is a fragment
_LEAST = 96  # pixels of the short side of the smallest copy


@dataclass(frozen=True, slots=True)
class Window:
    """A square part of the picture, in pixels; it may reach beyond the picture, where it is black."""

    left: float
    top: float
    side: float


class View:
    """A picture from which windows are drawn: halved again and again once, so that drawing costs little."""

    def __init__(self, picture: Pixels) -> None:
        self.picture = picture
        self.height, self.width = picture.shape[:2]
        self.long_side = max(self.height, self.width)
        self._levels = [picture]
        while min(self._levels[-1].shape[:2]) >= 2 * _LEAST:
            self._levels.append(reduced_by(self._levels[-1], 2))

    def whole(self, margin: float = 0.0) -> Window:
        """The square around the whole picture; margin: extra on each side, as part of the long side."""
        side = self.long_side * (1 + 2 * margin)
        return Window((self.width - side) / 2, (self.height - side) / 2, side)

    def tiles(self, across: int) -> Iterator[Window]:
        """Square tiles that overlap by at least a quarter; across: about how many along the long side."""
        side = min(self.long_side / across * 1.25, self.long_side)
        for top in _starts(self.height, side):
            for left in _starts(self.width, side):
                yield Window(left, top, side)

    def draw(self, window: Window, size: int) -> Pixels:
        """A window at size x size pixels."""
        level = int(np.clip(np.log2(max(window.side / size, 1)), 0, len(self._levels) - 1))
        return _drawn(self._levels[level], window, 2.0**-level, size)

    def cut(self, found: Candidates, window: Window) -> NDArray[np.bool_]:
        """Which boxes end at a side of the window that runs through the picture: fragments."""
        slack = EDGE * window.side
        right, bottom = window.left + window.side, window.top + window.side
        fragments = np.zeros(len(found), bool)
        if window.left > 0:
            fragments |= found.boxes[:, 0] < window.left + slack
        if window.top > 0:
            fragments |= found.boxes[:, 1] < window.top + slack
        if right < self.width:
            fragments |= found.boxes[:, 2] > right - slack
        if bottom < self.height:
            fragments |= found.boxes[:, 3] > bottom - slack
        return fragments

    def turned(self, quarters: int) -> tuple["View", Floats]:
        """The picture turned anticlockwise by quarters, and the map [2,3] from its pixels back."""
        back = {
            1: [[0, -1, self.width], [1, 0, 0]],
            2: [[-1, 0, self.width], [0, -1, self.height]],
            3: [[0, 1, 0], [-1, 0, self.height]],
        }
        codes = (cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE)
        rotated = np.asarray(cv2.rotate(self.picture, codes[quarters - 1]), np.uint8)
        return View(rotated), np.array(back[quarters], np.float32)


def to_picture(window: Window, size: int) -> Floats:
    """The map [2,3] from the pixels of a window drawn at size x size to the picture's."""
    scale = window.side / size
    return np.array([[scale, 0, window.left], [0, scale, window.top]], np.float32)


def _starts(length: float, side: float) -> list[float]:
    if length <= side:
        return [(length - side) / 2]
    steps = int(np.ceil((length - side) / (side * 0.75)))
    return [i * (length - side) / steps for i in range(steps + 1)]


def _drawn(level: Pixels, window: Window, scale: float, size: int) -> Pixels:
    """A window of a picture of which `level` is a copy, smaller by `scale`."""
    height, width = level.shape[:2]
    origin, side = (window.left * scale, window.top * scale), window.side * scale
    left, top = int(max(0, origin[0])), int(max(0, origin[1]))
    right, bottom = int(min(width, np.ceil(origin[0] + side))), int(min(height, np.ceil(origin[1] + side)))
    zoom = size / side
    extent = (max(1, round((right - left) * zoom)), max(1, round((bottom - top) * zoom)))
    small = cv2.resize(level[top:bottom, left:right], extent, interpolation=cv2.INTER_LINEAR)
    canvas = np.zeros((size, size, 3), np.uint8)
    # Whole pixels of the picture begin a little outside of the window, or well inside where it is beyond.
    x, y = round((left - origin[0]) * zoom), round((top - origin[1]) * zoom)
    part = small[max(0, -y) :, max(0, -x) :]
    fits = canvas[max(0, y) :, max(0, x) :][: part.shape[0], : part.shape[1]]
    fits[:] = part[: fits.shape[0], : fits.shape[1]]
    return canvas
