"""Faces and doubts: nobody is passed over in silence, and nothing is seen twice."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.demo.card import SHOTS
from appliance.domain.photos import Sign
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.anchors import Candidates
from appliance.vision.evaluation.detection import assigned
from appliance.vision.evaluation.variants import variants
from appliance.vision.findings import Findings
from appliance.vision.landmarks import Mesh
from appliance.vision.sightings import SAME, Sightings

Pixels = NDArray[np.uint8]
ASTRONAUT = "KLUI0007.JPG"
Bounds = tuple[float, float, float, float]


def bounds(findings: Findings, picture: Pixels) -> list[Bounds]:
    height, width = picture.shape[:2]
    boxes = [face.box for face in findings.faces]
    return [(b.left * width, b.top * height, b.right * width, b.bottom * height) for b in boxes]


@pytest.fixture(scope="module")
def sitter(analyser: FaceAnalyser, portraits: dict[str, Pixels]) -> tuple[Pixels, Bounds]:
    """A portrait and where its face is."""
    picture = portraits[ASTRONAUT]
    (face,) = bounds(analyser.examine(picture), picture)
    return picture, face


def test_a_portrait_is_found_however_it_is_cut_turned_or_covered(
    analyser: FaceAnalyser, sitter: tuple[Pixels, Bounds]
) -> None:
    missed = []
    for variant in variants(*sitter):
        found = bounds(analyser.examine(variant.picture), variant.picture)
        if assigned([variant.bounds], found) != {0: 0} or len(found) != 1:
            missed.append(variant.name)
    assert not missed


def test_findings_lie_in_the_picture_largest_first_and_no_doubt_is_at_a_face(
    analyser: FaceAnalyser, portraits: dict[str, Pixels]
) -> None:
    for picture in portraits.values():
        found = analyser.examine(picture)
        sides = [max(f.box.width * picture.shape[1], f.box.height * picture.shape[0]) for f in found.faces]
        assert sides == sorted(sides, reverse=True)
        scores = [doubt.score for doubt in found.doubts]
        assert scores == sorted(scores, reverse=True)
        for one in (*found.faces, *found.doubts):
            assert 0 <= one.box.left < one.box.right <= 1
            assert 0 <= one.box.top < one.box.bottom <= 1
        assert all(f.box.overlap(d.box) < SAME for f in found.faces for d in found.doubts)


def test_finding_is_the_faces_of_examining(analyser: FaceAnalyser, portraits: dict[str, Pixels]) -> None:
    picture = portraits[ASTRONAUT]
    found, examined = analyser.find(picture), analyser.examine(picture).faces
    assert [f.box for f in found] == [f.box for f in examined]


def test_somebody_without_a_face_raises_a_doubt(analyser: FaceAnalyser, portraits: dict[str, Pixels]) -> None:
    """Whoever's face is painted over still has shoulders; "could not tell" is not "nobody"."""
    noticed = []
    for shot in SHOTS:
        if not shot.who:
            continue
        picture = portraits[shot.file].copy()
        for left, top, right, bottom in bounds(analyser.examine(picture), picture):
            middle = (int((left + right) / 2), int((top + bottom) / 2))
            axes = (int((right - left) * 0.5), int((bottom - top) * 0.55))
            cv2.ellipse(picture, middle, axes, 0, 0, 360, (150, 120, 105), -1)
        found = analyser.examine(picture)
        noticed.append(bool(found.doubts or found.faces))
        assert all(doubt.sign in Sign for doubt in found.doubts)
    assert sum(noticed) >= 2


def test_with_a_face_to_see_no_body_is_looked_for(
    analyser: FaceAnalyser, portraits: dict[str, Pixels], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_args: object) -> None:
        raise AssertionError("a body was looked for")

    monkeypatch.setattr(analyser._bodies, "without_face", asked)
    assert len(analyser.find(portraits[ASTRONAUT])) == 1


@pytest.mark.parametrize("shape", [(1, 1), (3, 800), (800, 3), (40, 60)])
def test_pictures_of_any_shape_can_be_examined(analyser: FaceAnalyser, shape: tuple[int, int]) -> None:
    assert analyser.examine(np.full((*shape, 3), 90, np.uint8)).faces == ()


def test_a_face_is_located_in_another_size_of_the_picture_whichever_way_up(
    analyser: FaceAnalyser, sitter: tuple[Pixels, Bounds]
) -> None:
    picture, _ = sitter
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(picture, turns))
        (face,) = analyser.find(turned)
        small = np.ascontiguousarray(turned[::2, ::2])
        located = analyser.locate(small, face.box)
        assert located is not None
        assert np.abs(located.points * 2 - face.points).max() < 12
    assert analyser.locate(np.full((200, 200, 3), 90, np.uint8), face.box) is None


# --- what is seen twice -----------------------------------------------------------------------------------


class _Meshes:
    """Stands for the mesh network: says of each box what it was told to say."""

    def __init__(self, presence: Iterator[float]) -> None:
        self._presence = presence

    def mesh(self, _picture: Pixels, box: NDArray[np.float32], _right: object, _left: object) -> Mesh:
        points = np.zeros((468, 2), np.float32)
        points[:234], points[234:] = box[:2], box[2:]
        points[[33, 263]] = box[:2] + (box[2:] - box[:2]) * [[0.3, 0.4], [0.7, 0.4]]
        return Mesh(points, next(self._presence))


boxes = st.tuples(st.floats(0, 300), st.floats(0, 300), st.floats(20, 150)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[2])
)


@given(
    seen=st.lists(st.tuples(boxes, st.floats(0.3, 1), st.floats(0, 1)), max_size=8),
    passes=st.integers(1, 3),
)
def test_no_face_is_reported_twice_and_no_doubt_at_a_face(
    seen: list[tuple[tuple[float, ...], float, float]], passes: int
) -> None:
    sightings = Sightings(np.zeros((500, 500, 3), np.uint8), _Meshes(p for _, _, p in seen * 3))  # type: ignore[arg-type]
    for i in range(passes):
        part = seen[i::passes]
        found = np.array([box for box, _, _ in part], np.float32).reshape(-1, 4)
        scores = np.array([score for _, score, _ in part], np.float32)
        points = np.zeros((len(part), 6, 2), np.float32)
        points[:, 1] = [30, 0]
        sightings.add(Candidates(found, scores, points))
    faces = [face.box for face in sightings.faces]
    for i, one in enumerate(faces):
        others = np.array([*faces[:i], *faces[i + 1 :]], np.float32).reshape(-1, 4)
        shared = np.minimum(one[2:], others[:, 2:]) - np.maximum(one[:2], others[:, :2])
        area = np.maximum(shared, 0).prod(axis=1)
        smaller = np.minimum((one[2:] - one[:2]).prod(), (others[:, 2:] - others[:, :2]).prod(axis=1))
        assert (area <= SAME * smaller + 1).all()
