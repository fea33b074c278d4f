"""The face analyser: finds faces in a picture, and measures them for recognition when that is asked."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from appliance.domain.photos import Box, Sign
from appliance.vision.bodies import BodyDetector
from appliance.vision.chips import quick_chip
from appliance.vision.crops import Floats, Pixels
from appliance.vision.detail import Detail
from appliance.vision.detect import Detector, Passes
from appliance.vision.dlib_points import Forests, PointPredictor
from appliance.vision.embed import embeddings, glances
from appliance.vision.findings import Findings, FoundDoubt, FoundFace
from appliance.vision.landmarks import Landmarker, Mesh
from appliance.vision.manifest import Pack
from appliance.vision.match import Gallery
from appliance.vision.runtime import Network
from appliance.vision.sightings import OUTLINE, Sightings
from appliance.vision.windows import View

# Parts of the picture's long side.
SMALL = 0.045  # a face this small may have smaller ones beside it
TINY = 0.03  # a face this small mostly is one of a crowd
MAIN = 0.12  # a face this large is what the photo is about
LARGE = 0.45  # a face this large may be cut by the picture's edge
_SHARP_ENOUGH = 80.0  # pixels across, from which a face is as good as larger ones
_UPRIGHT = 1 - 6e-6  # presence that no head had that was turned otherwise than the network was told
_TURNS = (0.0, np.pi / 2, -np.pi / 2, np.pi)


class FaceAnalyser:
    """The networks of a model pack, loaded once; not safe to share between threads."""

    def __init__(self, pack: Pack, threads: int = 1) -> None:
        def network(role: str) -> Network:
            return Network(pack.path(role), threads)

        self.pack_name = pack.key
        self.match_threshold = pack.thresholds.match
        self.match_among = pack.thresholds.match_among
        self._passes = Passes(
            Detector(network("detector"), 192, ((4, 1),), pack.thresholds.detection),
            Detector(network("near_detector"), 128, ((8, 2), (16, 6)), pack.thresholds.detection),
        )
        self._landmarks = Landmarker(network("landmarks"))
        self._bodies = BodyDetector(network("bodies")) if pack.has("bodies") else None
        self._points = PointPredictor(Forests.load(pack.path("points"))) if pack.has("points") else None
        self._embedding = network("embedding")

    def examine(self, picture: Pixels) -> Findings:
        """Faces and doubts of an upright picture [height,width,3], RGB.

        Photos with a face to see take the fewest passes; the less is seen, the closer it looks.
        """
        view = View(picture)
        seen = Sightings(picture, self._landmarks)
        detail = Detail(picture)
        seen.add(self._passes.frame(view))
        detail.hide(face.box for face in seen.faces if face.plain and face.side > MAIN * view.long_side)
        seen.add(self._passes.tiled(view, 3, detail))
        if not seen.plain or max(face.side for face in seen.faces) > LARGE * view.long_side:
            seen.add(self._passes.close_up(view))
        if not seen.plain:
            seen.add(self._passes.tiled(view, 4, detail))
        elif _smallest(seen) < SMALL * view.long_side:
            seen.add(self._passes.tiled(view, 5, detail))
            if _smallest(seen) < TINY * view.long_side:
                seen.add(self._passes.tiled(view, 8, detail))
        if not seen.plain:
            seen.add(self._passes.on_its_side(view))
        faces = sorted(seen.faces, key=lambda face: -face.side)
        return Findings(
            faces=tuple(_found(picture, face.box, face.score, face.mesh) for face in faces),
            doubts=tuple(sorted(self._doubts(view, seen), key=lambda doubt: -doubt.score)),
        )

    def _doubts(self, view: View, seen: Sightings) -> Iterator[FoundDoubt]:
        for one in seen.unclear:
            yield FoundDoubt(_fractions(view.picture, one.box), Sign.UNCLEAR_FACE, one.score)
        if self._bodies is None or seen.plain:
            return
        faces = np.array([face.box for face in seen.faces], np.float32).reshape(-1, 4)
        boxes, scores = self._bodies.without_face(view, faces)
        for box, score in zip(boxes, scores, strict=True):
            yield FoundDoubt(_fractions(view.picture, box), Sign.BODY_WITHOUT_FACE, float(score))

    def find(self, picture: Pixels) -> list[FoundFace]:
        """The faces of an upright picture [height,width,3], RGB, largest first."""
        return list(self.examine(picture).faces)

    def embed(self, picture: Pixels, faces: Sequence[FoundFace]) -> Floats:
        """Embeddings [n,128] of faces that were found in this picture."""
        return embeddings(self._embedding, picture, self._aligned(picture, faces))

    def embed_for(self, known: Gallery, picture: Pixels, faces: Sequence[FoundFace]) -> Floats:
        """As `embed`, quicker, and good enough to look these people up: not for templates.

        A face is looked at a second time only where that may change who is suggested.
        """
        threshold = self.match_among(len(known))
        return embeddings(
            self._embedding,
            picture,
            self._aligned(picture, faces),
            again=lambda once: known.undecided(once, threshold),
        )

    def cut_out(self, picture: Pixels, face: FoundFace) -> Pixels:
        """A face of this picture as `glance` sees it."""
        return quick_chip(picture, face.points)

    def glance(self, known: Gallery, faces: Sequence[Pixels]) -> NDArray[np.bool_]:
        """Which faces [n], cut out of whatever pictures, are to be measured: they may be somebody known.

        A first look at half the price. It passes over who is farther off than looks mostly are wrong by.
        """
        return known.likely(glances(self._embedding, faces), self.match_among(len(known)))

    def _aligned(self, picture: Pixels, faces: Sequence[FoundFace]) -> list[Floats]:
        points = [face.points for face in faces]
        return points if self._points is None else self._points.corrected(picture, points)

    def placed(self, picture: Pixels, box: Box, points: Sequence[tuple[float, float]]) -> FoundFace:
        """A face that was found before, by its points in fractions of the picture's width and height."""
        height, width = picture.shape[:2]
        scaled = np.array(points, np.float32) * np.array([width, height], np.float32)
        return FoundFace(box, 1.0, scaled, 1.0)

    def locate(self, picture: Pixels, box: Box) -> FoundFace | None:
        """The face in a box that somebody drew, or that was found in another size of the picture."""
        height, width = picture.shape[:2]
        sides = np.array([width, height, width, height], np.float32)
        pixels = np.array([box.left, box.top, box.right, box.bottom], np.float32) * sides
        # Most heads are upright. Told the wrong way up, the mesh network sees a face too, but is less sure.
        best: Mesh | None = None
        for turn in _TURNS:
            across = np.array([np.cos(turn), np.sin(turn)], np.float32)
            mesh = self._landmarks.mesh(picture, pixels, -across, across)
            if best is None or mesh.presence > best.presence:
                best = mesh
            if best.presence >= _UPRIGHT:
                break
        if best is None or best.presence < OUTLINE:
            return None
        return _found(picture, pixels, best.presence, best)


def _smallest(seen: Sightings) -> float:
    return min(face.side for face in seen.faces)


def _found(picture: Pixels, box: Floats, score: float, mesh: Mesh) -> FoundFace:
    quality = mesh.presence * min(1.0, float((box[2:] - box[:2]).max()) / _SHARP_ENOUGH)
    return FoundFace(_fractions(picture, box), score, mesh.five, quality)


def _fractions(picture: Pixels, box: Floats) -> Box:
    height, width = picture.shape[:2]
    left, top, right, bottom = (float(v) for v in box)
    return Box(left / width, top / height, (right - left) / width, (bottom - top) / height).clipped()
