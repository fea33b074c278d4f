"""A second opinion: people whose upper body is in the picture, whether or not a face is to be seen."""

import numpy as np

from appliance.vision.crops import Floats
from appliance.vision.detect import Detector
from appliance.vision.runtime import Network
from appliance.vision.windows import View

SIDE = 224
LAYERS = ((8, 2), (16, 2), (32, 6))
THRESHOLD = 0.5


class BodyDetector:
    """BlazePose's person detector. Its boxes hold the head and shoulders of somebody."""

    def __init__(self, network: Network) -> None:
        self._detector = Detector(network, SIDE, LAYERS, THRESHOLD)

    def without_face(self, view: View, faces: Floats) -> tuple[Floats, Floats]:
        """Boxes [n,4] of bodies in which the middle of none of the faces [m,4] lies, and scores [n]."""
        found = self._detector.look(view, view.whole())
        middles = (faces[:, :2] + faces[:, 2:]) / 2
        low, high = found.boxes[:, None, :2], found.boxes[:, None, 2:]
        inside = np.all((middles >= low) & (middles <= high), axis=2).any(axis=1)
        return found.boxes[~inside], np.asarray(found.scores[~inside], np.float32)
