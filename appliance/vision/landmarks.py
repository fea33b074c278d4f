"""Points of a face from the mesh network, and how sure it is that there is a face at all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.vision.crops import Floats, Pixels, square
from appliance.vision.runtime import Network

SIDE = 192
_MOST_LOOKS = 4
_STEADY = 0.2  # radians by which two looks may differ
_NOTHING = 0.005  # presence below which a second look finds nothing either
ROOM = 1.5  # the network was made for squares one and a half times the face

# Of the 468 points: the subject's left eye (outer, inner corner), right eye (outer, inner), base of the
# nose. This is the order of dlib's five points.
FIVE = (263, 362, 33, 133, 2)
# The same places as the detectors' first four points: right eye, left eye, tip of the nose, mouth.
LIKE_DETECTOR = (33, 263, 1, 13)
_RIGHT_EYE, _LEFT_EYE = 33, 263


@dataclass(frozen=True, slots=True)
class Mesh:
    """points [468,2] in the picture's pixels; presence: probability that this is a face, 0 to 1."""

    points: Floats
    presence: float

    @property
    def five(self) -> Floats:
        """dlib's five points [5,2]."""
        return self.points[list(FIVE)]

    @property
    def tilt(self) -> float:
        """By how much the head is turned, in radians, clockwise."""
        return _tilt(self.points[_RIGHT_EYE], self.points[_LEFT_EYE])

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of all points."""
        left, top = self.points.min(axis=0)
        right, bottom = self.points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


class Landmarker:
    """The mesh network. Each look is centred and turned upright by the one before; mostly two are enough."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def mesh(self, picture: Pixels, box: Floats, right_eye: Floats, left_eye: Floats) -> Mesh:
        """The mesh of the face in a box [4]; the eyes [2] say how the head is turned."""
        angle = _tilt(right_eye, left_eye)
        width, height = box[2] - box[0], box[3] - box[1]
        centre = (float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2)
        mesh = self._look(picture, centre, float(max(width, height)) * ROOM, angle)
        if mesh.presence < _NOTHING:
            return mesh
        for _ in range(_MOST_LOOKS - 1):
            again = self._again(picture, mesh)
            if again.presence < mesh.presence * 0.5:
                break
            turned, mesh = abs(_turn(again.tilt, mesh.tilt)), again
            if turned < _STEADY:
                break
        return mesh

    def _again(self, picture: Pixels, mesh: Mesh) -> Mesh:
        angle = mesh.tilt
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)
        upright = mesh.points @ turn.T
        low, high = upright.min(axis=0), upright.max(axis=0)
        centre = turn.T @ ((low + high) / 2)
        side = float((high - low).max()) * ROOM
        return self._look(picture, (float(centre[0]), float(centre[1])), max(side, 4.0), angle)

    def _look(self, picture: Pixels, centre: tuple[float, float], side: float, angle: float) -> Mesh:
        drawn, back = square(picture, centre, side, angle, SIDE)
        outputs = self._network.run(drawn[None].astype(np.float32) / 255.0)
        mesh = next(o for o in outputs if o.size > 1).reshape(-1, 3)[:, :2]
        logit = float(next(o for o in outputs if o.size == 1).reshape(()))
        points = (mesh @ back[:, :2].T + back[:, 2]).astype(np.float32)
        return Mesh(points, float(1 / (1 + np.exp(-np.clip(logit, -80, 80)))))


def _tilt(right_eye: NDArray[np.float32], left_eye: NDArray[np.float32]) -> float:
    across = left_eye - right_eye
    return float(np.arctan2(across[1], across[0]))


def _turn(one: float, other: float) -> float:
    """From one angle to another, the short way round."""
    return (one - other + np.pi) % (2 * np.pi) - np.pi
