"""The face analyser: finds faces in a picture, and measures them for recognition when that is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appliance.domain.photos import Box
from appliance.vision.anchors import Candidates
from appliance.vision.crops import Floats, Pixels
from appliance.vision.detect import Detector, Search
from appliance.vision.embed import embeddings
from appliance.vision.landmarks import Landmarker, Mesh
from appliance.vision.packs import Pack
from appliance.vision.runtime import Network

_SURE = 0.75  # a detector this sure is believed when the mesh network sees no face: a profile, a mask
_FACE = 0.5  # presence from which the mesh network says that there is a face
_SHARP_ENOUGH = 80.0  # pixels across, from which a face is as good as larger ones


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face in a picture.

    box: in fractions of the upright picture. score: the detector's certainty, 0 to 1. points: dlib's
    five, [5,2], in pixels of the picture that was given. quality: 0 to 1, by size and how clear it is.
    """

    box: Box
    score: float
    points: Floats
    quality: float


class FaceAnalyser:
    """The networks of a model pack, loaded once; not safe to share between threads."""

    def __init__(self, pack: Pack, threads: int = 1) -> None:
        def network(role: str) -> Network:
            return Network(pack.path(role), threads)

        self.pack_name = pack.name
        self.match_threshold = pack.thresholds.match
        far = Detector(network("detector"), 192, ((4, 1),), pack.thresholds.detection)
        near = Detector(network("near_detector"), 128, ((8, 2), (16, 6)), pack.thresholds.detection)
        self._search = Search(far, near)
        self._landmarks = Landmarker(network("landmarks"))
        self._embedding = network("embedding")

    def find(self, picture: Pixels) -> list[FoundFace]:
        """The faces of an upright picture [height,width,3], RGB, largest first."""
        candidates = self._search.candidates(picture)
        kept: list[FoundFace] = []
        for i in np.argsort(-(candidates.boxes[:, 2] - candidates.boxes[:, 0])):
            mesh = self._mesh(picture, candidates, int(i))
            score = float(candidates.scores[i])
            if mesh.presence < _FACE and score < _SURE:
                continue
            face = _found(picture, candidates.boxes[i], score, mesh)
            if not any(_same(face.box, other.box) for other in kept):
                kept.append(face)
        return kept

    def _mesh(self, picture: Pixels, candidates: Candidates, i: int) -> Mesh:
        points = candidates.points[i]
        return self._landmarks.mesh(picture, candidates.boxes[i], points[0], points[1])

    def embed(self, picture: Pixels, faces: Sequence[FoundFace]) -> Floats:
        """Embeddings [n,128] of faces that were found in this picture."""
        return embeddings(self._embedding, picture, [face.points for face in faces])

    def placed(self, picture: Pixels, box: Box, points: Sequence[tuple[float, float]]) -> FoundFace:
        """A face that was found before, by its points in fractions of the picture's width and height."""
        height, width = picture.shape[:2]
        scaled = np.array(points, np.float32) * np.array([width, height], np.float32)
        return FoundFace(box, 1.0, scaled, 1.0)

    def locate(self, picture: Pixels, box: Box) -> FoundFace | None:
        """The face in a box that somebody drew, or that was found in another size of the picture."""
        height, width = picture.shape[:2]
        pixels = np.array(
            [box.left * width, box.top * height, box.right * width, box.bottom * height], np.float32
        )
        eyes = np.array([[pixels[0], pixels[1]], [pixels[2], pixels[1]]], np.float32)
        mesh = self._landmarks.mesh(picture, pixels, eyes[0], eyes[1])
        return _found(picture, pixels, mesh.presence, mesh) if mesh.presence >= _FACE else None


def _found(picture: Pixels, box: Floats, score: float, mesh: Mesh) -> FoundFace:
    height, width = picture.shape[:2]
    left, top, right, bottom = (float(v) for v in box)
    fraction = Box(left / width, top / height, (right - left) / width, (bottom - top) / height).clipped()
    across = max(right - left, bottom - top)
    return FoundFace(fraction, score, mesh.five, mesh.presence * min(1.0, across / _SHARP_ENOUGH))


def _same(one: Box, other: Box) -> bool:
    return one.overlap(other) > 0.4
