"""Where in a picture there is anything fine enough to be a small face.

Plain walls, sky and out-of-focus backgrounds hold no face that could be recognised; they need no second
look. What counts as fine was measured: the faces of 24 to 100 pixels in the group photos of
docs/evaluation.md have three times as much, or more (docs/decisions/0003-alignment-and-averaging.md).
"""

from collections.abc import Iterable

import cv2
import numpy as np

from appliance.vision.crops import Floats, Pixels, reduced_by
from appliance.vision.windows import Window

FINE = 8.0  # mean change of brightness from pixel to pixel, over half a small face
_SCALE = 2  # it is measured in a picture of half the size
_PATCH = 12  # pixels of that picture
# Of a face's width and height: how far hair reaches beside, above and below, and where shoulders are.
_HAIR, _CROWN, _NECK, _SHOULDERS, _CHEST = 0.7, 0.9, 0.5, 1.7, 0.2


class Detail:
    """A map of fine detail, from which people who were found already can be taken away."""

    def __init__(self, picture: Pixels) -> None:
        if min(picture.shape[:2]) < 2 * _SCALE:
            self._fine = np.zeros((1, 1), bool)
            return
        grey = cv2.cvtColor(reduced_by(picture, _SCALE), cv2.COLOR_RGB2GRAY)
        change = np.abs(cv2.Laplacian(grey, cv2.CV_16S)).astype(np.float32)
        self._fine = cv2.blur(change, (_PATCH, _PATCH)) >= FINE

    def hide(self, faces: Iterable[Floats]) -> None:
        """Take away the head, and the body below it, of faces with these boxes [4] in pixels."""
        for box in faces:
            left, top, right, bottom = (float(v) / _SCALE for v in box)
            width, height = right - left, bottom - top
            self._clear(
                left - _HAIR * width, top - _CROWN * height, right + _HAIR * width, bottom + _NECK * height
            )
            below = float(self._fine.shape[0])
            self._clear(
                left - _SHOULDERS * width, bottom + _CHEST * height, right + _SHOULDERS * width, below
            )

    def _clear(self, left: float, top: float, right: float, bottom: float) -> None:
        self._fine[int(max(0, top)) : int(max(0, bottom)), int(max(0, left)) : int(max(0, right))] = False

    def within(self, window: Window) -> bool:
        """Whether there is any in a window."""
        left, top = (int(max(0, v / _SCALE)) for v in (window.left, window.top))
        right, bottom = (int(np.ceil((v + window.side) / _SCALE)) for v in (window.left, window.top))
        return bool(self._fine[top:bottom, left:right].any())
