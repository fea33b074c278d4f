"""Finding faces: the whole frame first, then overlapping tiles for the small ones, each candidate once.

What each pass adds and costs is measured in docs/decisions.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.vision.anchors import Candidates, covered, decode, grid, joined, merged
from appliance.vision.runtime import Network

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

SMALL = 0.10  # of the frame's long side: a face this small may have smaller ones beside it
LARGE = 0.45  # of the frame's long side: a face this large may be cut by the frame
EDGE = 0.02  # of a tile's side: a box that ends this close to a cut is a fragment
SAME = 0.55  # part of the smaller box that two boxes share when they are one face


@dataclass(frozen=True, slots=True)
class Window:
    """A square part of the picture, in pixels; it may reach beyond the picture, where it is black."""

    left: float
    top: float
    side: float


class Detector:
    """One detector network with its anchors."""

    def __init__(
        self, network: Network, side: int, layers: tuple[tuple[int, int], ...], threshold: float
    ) -> None:
        self._network = network
        self._side = side
        self._centres = grid(side, layers)
        self._threshold = threshold

    def look(self, picture: Pixels, window: Window) -> Candidates:
        """Candidates within a window, in the picture's pixels."""
        drawn = self._drawn(picture, window)
        raw, logits = self._network.run(drawn[None].astype(np.float32) / 127.5 - 1.0)
        if raw.shape[-1] == 1:
            raw, logits = logits, raw
        found = decode(raw[0], logits[0, :, 0], self._centres, self._threshold)
        scale = window.side / self._side
        back = np.array([[scale, 0, window.left], [0, scale, window.top]], np.float32)
        return merged(found.moved(back))

    def _drawn(self, picture: Pixels, window: Window) -> Pixels:
        height, width = picture.shape[:2]
        left, top = int(max(0, window.left)), int(max(0, window.top))
        right = int(min(width, np.ceil(window.left + window.side)))
        bottom = int(min(height, np.ceil(window.top + window.side)))
        scale = self._side / window.side
        size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(picture[top:bottom, left:right], size, interpolation=how)
        canvas = np.zeros((self._side, self._side, 3), np.uint8)
        x, y = round((left - window.left) * scale), round((top - window.top) * scale)
        fits = canvas[y : y + size[1], x : x + size[0]]
        fits[:] = small[: fits.shape[0], : fits.shape[1]]
        return canvas


def whole(picture: Pixels, margin: float = 0.0) -> Window:
    """The square around the whole picture; margin: extra on each side, as part of the long side."""
    height, width = picture.shape[:2]
    side = max(width, height) * (1 + 2 * margin)
    return Window((width - side) / 2, (height - side) / 2, side)


def tiles(picture: Pixels, across: int) -> Iterator[Window]:
    """Square tiles that overlap by at least a quarter; across: about how many along the long side."""
    height, width = picture.shape[:2]
    side = min(max(width, height) / across * 1.25, max(width, height))
    for top in _starts(height, side):
        for left in _starts(width, side):
            yield Window(left, top, side)


def _starts(length: float, side: float) -> list[float]:
    if length <= side:
        return [(length - side) / 2]
    steps = int(np.ceil((length - side) / (side * 0.75)))
    return [i * (length - side) / steps for i in range(steps + 1)]


class Search:
    """All the passes over one picture, and what they have in common."""

    def __init__(self, far: Detector, near: Detector) -> None:
        self._far = far
        self._near = near

    def candidates(self, picture: Pixels) -> Candidates:
        """Every face that any pass finds, each once, the whole frame's first."""
        found = self._far.look(picture, whole(picture))
        found = self._with_tiles(picture, found, 2)
        if len(found) == 0 or _largest(found) > LARGE * max(picture.shape[:2]):
            found = _with(found, self._close_up(picture))
        if len(found) == 0 or _smallest(found) < SMALL * max(picture.shape[:2]):
            found = self._with_tiles(picture, found, 4)
        return found if len(found) else self._turned(picture)

    def _with_tiles(self, picture: Pixels, found: Candidates, across: int) -> Candidates:
        parts = []
        for window in tiles(picture, across):
            seen = self._far.look(picture, window)
            parts.append(seen.only(_uncut(seen, window, picture)))
        return _with(found, _largest_first(joined(parts)))

    def _close_up(self, picture: Pixels) -> Candidates:
        """Faces that fill the frame or are cut by it: seen smaller, with room around."""
        parts = [
            self._near.look(picture, whole(picture)),
            self._far.look(picture, whole(picture, margin=0.4)),
            self._near.look(picture, whole(picture, margin=0.4)),
        ]
        return _largest_first(joined(parts))

    def _turned(self, picture: Pixels) -> Candidates:
        """Heads that lie on their side, or are upside down, when none was found upright."""
        height, width = picture.shape[:2]
        found = Candidates.none()
        for turn in (1, 3, 2):
            rotated = np.ascontiguousarray(np.rot90(picture, turn))
            seen = self._far.look(rotated, whole(rotated))
            seen = _with(seen, self._far.look(rotated, whole(rotated, margin=0.4)))
            found = _with(found, seen.moved(_back_from(turn, width, height)))
        return found


def _back_from(turn: int, width: int, height: int) -> Floats:
    """The map from a picture that `np.rot90` turned to the one it was."""
    maps = {
        1: [[0, -1, width], [1, 0, 0]],
        2: [[-1, 0, width], [0, -1, height]],
        3: [[0, 1, 0], [-1, 0, height]],
    }
    return np.array(maps[turn], np.float32)


def _with(found: Candidates, more: Candidates) -> Candidates:
    """What was found, and of the rest those that are other faces."""
    for i in range(len(more)):
        if covered(more.boxes[i], found.boxes) < SAME:
            found = joined([found, more.only(np.array([i]))])
    return found


def _largest_first(found: Candidates) -> Candidates:
    """Whole faces before the fragments of them, which are then taken for the same."""
    return found.only(np.argsort(-_sides(found)))


def _uncut(found: Candidates, window: Window, picture: Pixels) -> NDArray[np.bool_]:
    """Which boxes do not end at a cut that runs through the picture."""
    height, width = picture.shape[:2]
    slack = EDGE * window.side
    right, bottom = window.left + window.side, window.top + window.side
    cut = np.zeros(len(found), bool)
    if window.left > 0:
        cut |= found.boxes[:, 0] < window.left + slack
    if window.top > 0:
        cut |= found.boxes[:, 1] < window.top + slack
    if right < width:
        cut |= found.boxes[:, 2] > right - slack
    if bottom < height:
        cut |= found.boxes[:, 3] > bottom - slack
    return ~cut


def _sides(found: Candidates) -> Floats:
    sizes: Floats = found.boxes[:, 2:] - found.boxes[:, :2]
    return np.asarray(sizes.max(axis=1), np.float32)


def _largest(found: Candidates) -> float:
    return float(_sides(found).max())


def _smallest(found: Candidates) -> float:
    return float(_sides(found).min())
