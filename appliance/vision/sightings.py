"""The faces of one picture, gathered pass by pass: each is judged by the mesh network, and kept once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appliance.vision.anchors import Candidates, covered
from appliance.vision.crops import Floats, Pixels
from appliance.vision.landmarks import LIKE_DETECTOR, Landmarker, Mesh

# What the mesh network says of a face is close to 1, of anything else close to 0; in between it is a part
# of a face, or one that is not the way up that it was told. So its word counts more than the detectors'.
FACE = 0.95  # presence
SURE, PLAIN = 0.8, 0.5  # detectors' scores: enough alone; beyond doubt, with FACE
POSSIBLE, POSSIBLE_SMALL, SMALL = 0.4, 0.3, 64.0  # enough with FACE; of boxes smaller than so many pixels
# Of what is no face, a person must look at what a detector is nearly sure of, or both networks see a little.
NEARLY_SURE, HALF_SURE, HINT = 0.7, 0.5, 0.2  # score alone; score, with this presence
OUTLINE = 0.5  # presence from which the mesh's outline is nearer to the face than the detectors' box
SMALLEST = 12.0  # pixels; less is no face that anybody could recognise
# Pixels below which the networks cannot be held to agree on where eyes, nose and mouth are; and well.
TINY, CLEAR = 32.0, 100.0
STEADY, STEADY_SMALL = 0.3, 0.65  # so far apart at most, in distances of the eyes; in smaller faces
LARGER, MUCH_LARGER = 1.1, 1.6  # of two sightings of one face: times as large
MUCH_SURER = 0.25  # higher in score
SAME = 0.55  # part of the smaller box that two boxes share when they are one face


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """Something that may be a face.

    box [4]: left, top, right, bottom in pixels. score: the detector's. apart: how far eyes, nose and
    mouth are where the detector sees them from where the mesh network does, in distances of the eyes.
    """

    box: Floats
    score: float
    mesh: Mesh
    apart: float

    @property
    def certain(self) -> bool:
        """Whether it is a face."""
        if self.side < SMALLEST:
            return False
        enough = POSSIBLE_SMALL if self.side < SMALL else POSSIBLE
        both = self.mesh.presence >= FACE and (self.score >= PLAIN or (self.score >= enough and self.steady))
        return both or self.score >= SURE

    @property
    def steady(self) -> bool:
        """Whether both networks see the same face; a small one's eyes are harder to place."""
        if self.side < TINY:
            return True
        return self.apart <= (STEADY if self.side >= CLEAR else STEADY_SMALL)

    @property
    def plain(self) -> bool:
        """Whether both networks see a face, the right way up."""
        return self.certain and self.steady and self.mesh.presence >= FACE and self.score >= PLAIN

    @property
    def unclear(self) -> bool:
        """Whether it may be a face, though it is not certain."""
        seen = self.score >= NEARLY_SURE or (self.score >= HALF_SURE and self.mesh.presence >= HINT)
        return seen and self.side >= SMALLEST

    @property
    def side(self) -> float:
        """The longer side of its box, in pixels."""
        return _side(self.box)


class Sightings:
    """What was seen in a picture so far."""

    def __init__(self, picture: Pixels, landmarks: Landmarker) -> None:
        self._picture = picture
        self._landmarks = landmarks
        self._unclear: list[Sighting] = []
        self.faces: list[Sighting] = []

    def add(self, candidates: Candidates) -> None:
        """Judge candidates, the likeliest first; those at a face that is plain already are passed over."""
        for i in np.argsort(-candidates.scores):
            box = candidates.boxes[i]
            # A box much larger than a face that is known may be the face of which that is a part.
            known = [face for face in self.faces if face.plain and _side(box) < MUCH_LARGER * face.side]
            if not at_one_of(box, known):
                self._judge(self._look(candidates, int(i)))

    @property
    def plain(self) -> bool:
        """Whether any face was seen beyond doubt."""
        return any(face.plain for face in self.faces)

    @property
    def unclear(self) -> list[Sighting]:
        """What may be faces and is at none of them, each once, the likeliest first."""
        kept: list[Sighting] = []
        for seen in sorted(self._unclear, key=lambda one: -one.score):
            if not at_one_of(seen.box, [*self.faces, *kept]):
                kept.append(seen)
        return kept

    def _look(self, candidates: Candidates, i: int) -> Sighting:
        box, points = candidates.boxes[i], candidates.points[i]
        mesh = self._landmarks.mesh(self._picture, box, points[0], points[1])
        outline = np.array(mesh.bounds, np.float32) if mesh.presence >= OUTLINE else box
        apart = np.linalg.norm(points[:4] - mesh.points[list(LIKE_DETECTOR)], axis=1).mean()
        eyes = np.linalg.norm(points[0] - points[1])
        return Sighting(outline, float(candidates.scores[i]), mesh, float(apart / max(eyes, 1.0)))

    def _judge(self, seen: Sighting) -> None:
        if not seen.certain:
            if seen.unclear:
                self._unclear.append(seen)
            return
        rivals = [face for face in self.faces if at_one_of(face.box, [seen])]
        if all(_better(seen, rival) for rival in rivals):
            self.faces = [face for face in self.faces if face not in rivals] + [seen]


def _side(box: Floats) -> float:
    return float((box[2:] - box[:2]).max())


def at_one_of(box: Floats, known: Sequence[Sighting]) -> bool:
    """Whether a box is where one of these is."""
    return bool(known) and bool((covered(box, np.stack([one.box for one in known])) >= SAME).any())


def _better(seen: Sighting, rival: Sighting) -> bool:
    """The whole of a face, the right way up, rather than a part of it or one that lies on its side."""
    if (seen.mesh.presence >= FACE) != (rival.mesh.presence >= FACE):
        return seen.mesh.presence >= FACE
    surer = seen.score - rival.score
    return surer > MUCH_SURER or (seen.side > LARGER * rival.side and surer > -MUCH_SURER)
