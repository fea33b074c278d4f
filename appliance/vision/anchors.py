"""Turning the raw output of the detectors into boxes and points.

Faces: BlazeFace (Bazarevsky et al. 2019). Bodies: BlazePose (Bazarevsky et al. 2020).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FACE_POINTS = 6  # right eye, left eye, nose tip, mouth, right ear, left ear: the subject's own right


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may be there. boxes [n,4] left, top, right, bottom; scores [n]; points [n,points,2]; pixels."""

    boxes: Floats
    scores: Floats
    points: Floats

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def none(cls) -> Self:
        """No candidates."""
        points = np.zeros((0, FACE_POINTS, 2), np.float32)
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), points)

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Candidates":
        """Those chosen by mask or by index, in that order."""
        return Candidates(self.boxes[chosen], self.scores[chosen], self.points[chosen])

    def moved(self, matrix: Floats) -> "Candidates":
        """Carried through an affine map [2,3]; boxes are the bounds of their mapped corners."""
        corners = self.boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]
        mapped = _mapped(corners, matrix)
        boxes = np.concatenate([mapped.min(axis=1), mapped.max(axis=1)], axis=1)
        return Candidates(boxes.astype(np.float32), self.scores, _mapped(self.points, matrix))


def _mapped(points: Floats, matrix: Floats) -> Floats:
    moved: Floats = (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    return moved


def joined(parts: list[Candidates]) -> Candidates:
    """All candidates in one."""
    if not parts:
        return Candidates.none()
    return Candidates(
        np.concatenate([p.boxes for p in parts]),
        np.concatenate([p.scores for p in parts]),
        np.concatenate([p.points for p in parts]),
    )


def grid(side: int, layers: tuple[tuple[int, int], ...]) -> Floats:
    """Centres of the anchors [n,2] in pixels; layers: (stride, anchors at each cell)."""
    parts = []
    for stride, each in layers:
        centres = (np.arange(side // stride, dtype=np.float32) + 0.5) * stride
        cells = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
        parts.append(np.repeat(cells, each, axis=0))
    return np.concatenate(parts)


def decode(raw: Floats, logits: Floats, centres: Floats, threshold: float) -> Candidates:
    """Candidates above a score, in pixels of the detector's input.

    raw [anchors,4+2*points]: centre, width and height, then the points, all from the anchor's centre in
    pixels. logits [anchors].
    """
    scores: Floats = np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -80, 80))), np.float32)
    chosen = scores >= threshold
    values, centre = raw[chosen], centres[chosen]
    middle, half = values[:, :2] + centre, values[:, 2:4] / 2
    points = values[:, 4:].reshape(len(values), raw.shape[1] // 2 - 2, 2) + centre[:, None]
    return Candidates(np.concatenate([middle - half, middle + half], axis=1), scores[chosen], points)


def merged(found: Candidates, overlap: float = 0.3) -> Candidates:
    """One candidate for each thing: overlapping ones are averaged by their scores.

    overlap: intersection over union from which two are the same.
    """
    left = np.argsort(-found.scores)
    parts = []
    while len(left):
        best = left[0]
        same = overlaps(found.boxes[best], found.boxes[left]) > overlap
        same[0] = True  # a box without an area overlaps nothing, itself included
        group = left[same]
        weights = found.scores[group] / found.scores[group].sum()
        parts.append(
            Candidates(
                np.tensordot(weights, found.boxes[group], 1)[None],
                found.scores[best][None],
                np.tensordot(weights, found.points[group], 1)[None],
            )
        )
        left = left[~same]
    return joined(parts)


def overlaps(box: Floats, others: Floats) -> Floats:
    """Intersection over union [n] of a box [4] with others [n,4]."""
    shared = _shared(box, others)
    together = _area(box) + _area(others) - shared
    return np.asarray(shared / np.maximum(together, 1e-6), np.float32)


def covered(box: Floats, others: Floats) -> Floats:
    """Part of the smaller box that lies within the other [n], for a box [4] and others [n,4]."""
    smaller = np.minimum(_area(box), _area(others))
    return np.asarray(_shared(box, others) / np.maximum(smaller, 1e-6), np.float32)


def _shared(box: Floats, others: Floats) -> Floats:
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    return np.asarray(np.maximum(high - low, 0).prod(axis=1), np.float32)


def _area(boxes: Floats) -> Floats:
    return np.asarray(np.maximum(boxes[..., 2:] - boxes[..., :2], 0).prod(axis=-1), np.float32)
