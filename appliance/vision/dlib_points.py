"""dlib's five-point shape predictor (Kazemi and Sullivan 2014), read from dlib's file and run in numpy.

The face network was trained on faces that were aligned by this predictor, so its points suit the network
better than others do. It expects the box of dlib's own detector; here the box is fitted to points that are
known already, so that the predictor only corrects them.
"""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from appliance.domain.errors import Fault
from appliance.vision.crops import Floats, Pixels, square
from appliance.vision.dlib_stream import Stream

_CASCADES, _TREES, _DEPTH, _SPLITS, _LEAVES, _PIXELS, _POINTS = 15, 500, 4, 15, 16, 800, 5
_SIDE = 192  # pixels of the cut-out in which the predictor looks
_FACE = 0.42  # of the cut-out's side that the predictor's box takes
_EYES = 0.396  # distance of the eyes' middles in the predictor's mean face, in sides of its box
Integers = NDArray[np.int16]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Forests:
    """What the file holds. A tree's nodes are numbered from its root, left child 2i+1, right child 2i+2.

    mean [5,2]: the mean face, in sides of the box. pairs [15,500,15,2]: which two pixels a node compares.
    thresholds [15,500,15]: left when the first is brighter than the second by more. leaves
    [15,500,16,10]: what each adds to the points. anchors [15,800], offsets [15,800,2]: where the pixels
    are: from which point, and how far in the mean face.
    """

    mean: Floats
    pairs: Integers
    thresholds: Floats
    leaves: Floats
    anchors: Integers
    offsets: Floats

    def to_bytes(self) -> bytes:
        """As a file that is quick to read: numpy arrays in a ZIP archive, with fixed dates."""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for name in self.__slots__:
                array = io.BytesIO()
                np.lib.format.write_array(array, np.ascontiguousarray(getattr(self, name)))
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), array.getvalue())
        return written.getvalue()

    @classmethod
    def load(cls, path: Path) -> Self:
        """From such a file.

        Raises:
            Fault: when it is something else.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(**{name: arrays[name] for name in cls.__slots__})
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as problem:
            raise _damaged() from problem


def read_forests(data: bytes) -> Forests:
    """Read dlib's file, to its last byte.

    Raises:
        Fault: when it is anything else than the predictor expected.
    """
    try:
        return _Reader(data).forests()
    except (IndexError, ValueError, OverflowError) as problem:
        raise _damaged() from problem


def _damaged() -> Fault:
    return Fault(
        "models:damaged",
        "The file of the five-point predictor is not what was expected.",
        "Delete it and run `kluis models install` again.",
    )


class _Reader(Stream):
    def forests(self) -> Forests:
        self.expect(self.integer() == 1, "version")
        mean = self._matrix()
        self._count(_CASCADES)
        trees = [self._tree() for _ in range(_CASCADES) for _ in range(self._count(_TREES))]
        anchors = self._cascades(self.integer)
        offsets = self._cascades(self._place)
        self.end()
        pairs, thresholds, leaves = zip(*trees, strict=True)
        shape = (_CASCADES, _TREES)
        forests = Forests(
            mean=np.array(mean, np.float32).reshape(_POINTS, 2),
            pairs=np.array(pairs, np.int16).reshape(*shape, _SPLITS, 2),
            thresholds=np.array(thresholds, np.float32).reshape(*shape, _SPLITS),
            leaves=np.array(leaves, np.float32).reshape(*shape, _LEAVES, 2 * _POINTS),
            anchors=np.array(anchors, np.int16),
            offsets=np.array(offsets, np.float32),
        )
        self.expect(0 <= forests.pairs.min() <= forests.pairs.max() < _PIXELS, "pixels of a tree")
        self.expect(0 <= forests.anchors.min() <= forests.anchors.max() < _POINTS, "points of pixels")
        return forests

    def _count(self, wanted: int) -> int:
        self.expect(self.integer() == wanted, "number of parts")
        return wanted

    def _tree(self) -> tuple[list[tuple[int, int]], list[float], list[list[float]]]:
        pairs, thresholds = [], []
        for _ in range(self._count(_SPLITS)):
            pairs.append((self.integer(), self.integer()))
            thresholds.append(self.number())
        return pairs, thresholds, [self._matrix() for _ in range(self._count(_LEAVES))]

    def _matrix(self) -> list[float]:
        """A column of ten numbers; dlib writes its sizes as negative numbers."""
        sizes = (self.integer(), self.integer())
        self.expect(sizes in {(-2 * _POINTS, -1), (2 * _POINTS, 1)}, "a column")
        return [self.number() for _ in range(2 * _POINTS)]

    def _place(self) -> tuple[float, float]:
        return self.number(), self.number()

    def _cascades(self, read: Callable[[], Value]) -> list[list[Value]]:
        return [[read() for _ in range(self._count(_PIXELS))] for _ in range(self._count(_CASCADES))]


class PointPredictor:
    """Corrects five points of each face of a picture; all faces at once, which costs little more than one."""

    def __init__(self, forests: Forests) -> None:
        self._mean = forests.mean
        self._centred = forests.mean - forests.mean.mean(axis=0)
        self._size = float((self._centred**2).sum())
        # Trees and nodes are numbered through, so that one look-up serves all trees of a cascade.
        pairs = forests.pairs.reshape(_CASCADES, -1, 2).astype(np.intp)
        self._firsts, self._seconds = (np.ascontiguousarray(pairs[..., i]) for i in (0, 1))
        self._thresholds = forests.thresholds.reshape(_CASCADES, -1)
        self._leaves = forests.leaves.reshape(_CASCADES, -1, 2 * _POINTS)
        self._anchors = forests.anchors.astype(np.intp)
        self._offsets = forests.offsets
        self._roots = np.arange(_TREES) * _SPLITS
        self._first_leaves = np.arange(_TREES) * _LEAVES - _SPLITS

    def corrected(self, picture: Pixels, faces: Sequence[Floats]) -> list[Floats]:
        """dlib's five points [5,2] of faces that have about these points; in the picture's pixels."""
        if not faces:
            return []
        drawn = [_upright(picture, points) for points in faces]
        grey = np.stack([_grey(cutout) for cutout, _ in drawn])
        back = np.stack([matrix for _, matrix in drawn])
        seen = (np.stack(faces) - back[:, None, :, 2]) @ np.linalg.inv(back[:, :, :2]).transpose(0, 2, 1)
        found = self._predicted(grey, seen) @ back[:, :, :2].transpose(0, 2, 1) + back[:, None, :, 2]
        return list(found.astype(np.float32))

    def _predicted(self, grey: NDArray[np.int32], points: Floats) -> Floats:
        """Points [n,5,2], from the boxes in which the mean face fits the points given best."""
        middle = points.mean(axis=1, keepdims=True)
        side = (self._centred * (points - middle)).sum(axis=(1, 2))[:, None, None] / self._size
        corner = middle - side * self._mean.mean(axis=0)
        shape = np.repeat(self._mean[None], len(points), axis=0)
        for cascade in range(_CASCADES):
            places = corner + side * self._places(cascade, shape)
            shape = shape + self._step(cascade, _brightness(grey, places))
        return np.asarray(corner + shape * side, np.float32)

    def _places(self, cascade: int, shape: Floats) -> Floats:
        """Where the cascade's pixels are [n,800,2]: they move and turn with the points."""
        moved = shape - shape.mean(axis=1, keepdims=True)
        cos = (self._centred * moved).sum(axis=(1, 2))
        sin = (self._centred[:, 0] * moved[:, :, 1] - self._centred[:, 1] * moved[:, :, 0]).sum(axis=1)
        turns = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], axis=1) / self._size
        return np.asarray(self._offsets[cascade] @ turns + shape[:, self._anchors[cascade]], np.float32)

    def _step(self, cascade: int, brightness: NDArray[np.int32]) -> Floats:
        """What the trees add to the points, by the brightness [n,800] of the cascade's pixels."""
        first, second = self._firsts[cascade], self._seconds[cascade]
        thresholds, values = self._thresholds[cascade], brightness.reshape(-1)
        row = _PIXELS * np.arange(len(brightness))[:, None]
        nodes = np.zeros((len(brightness), _TREES), np.intp)
        for _ in range(_DEPTH):
            at = self._roots + nodes
            difference = values.take(first.take(at) + row) - values.take(second.take(at) + row)
            nodes = 2 * nodes + 2 - (difference > thresholds.take(at))
        chosen = self._leaves[cascade].take(self._first_leaves + nodes, axis=0)
        return np.asarray(chosen.sum(axis=1).reshape(-1, _POINTS, 2), np.float32)


def _upright(picture: Pixels, points: Floats) -> tuple[Pixels, Floats]:
    """The face with its eyes level, and the map [2,3] back to the picture."""
    across = points[0:2].mean(axis=0) - points[2:4].mean(axis=0)
    side = float(np.hypot(*across)) / _EYES / _FACE
    middle = points.mean(axis=0)
    angle = float(np.arctan2(across[1], across[0]))
    return square(picture, (float(middle[0]), float(middle[1])), max(side, 4.0), angle, _SIDE)


def _grey(picture: Pixels) -> NDArray[np.int32]:
    """As dlib makes it: the mean of the three colours, without its fraction."""
    red, green, blue = (picture[..., i].astype(np.int32) for i in range(3))
    return (red + green + blue) // 3


def _brightness(grey: NDArray[np.int32], places: Floats) -> NDArray[np.int32]:
    """Of the nearest pixels [n,800]; 0 outside the cut-outs [n,height,width]."""
    count, height, width = grey.shape
    pixels = np.floor(places + 0.5).astype(np.intp)
    x, y = pixels[..., 0], pixels[..., 1]
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    flat = np.where(inside, y * width + x, 0)
    rows = np.arange(count)[:, None]
    return np.where(inside, grey.reshape(count, -1)[rows, flat], 0).astype(np.int32)
