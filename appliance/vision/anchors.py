"""Turning the raw output of the two detectors into boxes and points (BlazeFace, Bazarevsky et al. 2019)."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

POINTS = 6  # right eye, left eye, nose tip, mouth, right ear, left ear: the subject's own right


@dataclass(frozen=True, slots=True)
class Candidates:
    """Faces that may be there. boxes [n,4] left, top, right, bottom; scores [n]; points [n,6,2]; pixels."""

    boxes: Floats
    scores: Floats
    points: Floats

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def none(cls) -> Self:
        """No candidates."""
        return cls(
            np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros((0, POINTS, 2), np.float32)
        )

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

    raw [anchors,16]: centre, width and height, then six points, all from the anchor's centre in pixels.
    logits [anchors].
    """
    scores: Floats = np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -80, 80))), np.float32)
    chosen = scores >= threshold
    values, centre = raw[chosen], centres[chosen]
    middle, half = values[:, :2] + centre, values[:, 2:4] / 2
    points = values[:, 4:].reshape(-1, POINTS, 2) + centre[:, None]
    return Candidates(np.concatenate([middle - half, middle + half], axis=1), scores[chosen], points)


def merged(found: Candidates, overlap: float = 0.3) -> Candidates:
    """One candidate for each face: overlapping ones are averaged by their scores.

    overlap: intersection over union from which two are the same face.
    """
    order = np.argsort(-found.scores)
    left = list(order)
    parts = []
    while left:
        best = left[0]
        same = np.array([i for i in left if i == best or _iou(found.boxes[best], found.boxes[i]) > overlap])
        weights = found.scores[same] / found.scores[same].sum()
        parts.append(
            Candidates(
                np.tensordot(weights, found.boxes[same], 1)[None],
                found.scores[best][None],
                np.tensordot(weights, found.points[same], 1)[None],
            )
        )
        taken = set(same.tolist())
        left = [i for i in left if i not in taken]
    return joined(parts)


def _iou(one: Floats, other: Floats) -> float:
    shared = _shared(one, other)
    return shared / max(_area(one) + _area(other) - shared, 1e-6)


def _shared(one: Floats, other: Floats) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return float(max(across, 0) * max(down, 0))


def _area(box: Floats) -> float:
    return float(max(box[2] - box[0], 0) * max(box[3] - box[1], 0))


def covered(box: Floats, others: Floats) -> float:
    """The largest part of the smaller box that lies within the other, over all others; 0 to 1."""
    shares = [_shared(box, other) / max(min(_area(box), _area(other)), 1e-6) for other in others]
    return max(shares, default=0.0)
