"""Faces cut out and aligned as dlib does it, on real faces that dlib itself measured."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from appliance.domain.errors import Fault
from appliance.domain.people import PersonId
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.chips import TEMPLATE, extract_chip
from appliance.vision.convert import convert
from appliance.vision.dlib_points import Forests, PointPredictor, read_forests
from appliance.vision.dlib_weights import FaceNetwork
from appliance.vision.manifest import Pack
from appliance.vision.match import Gallery
from appliance.vision.runtime import Network
from tests.vision.conftest import POINTS, DlibFace

Pixels = NDArray[np.uint8]


def spotted(width: int, height: int, x: float, y: float) -> Pixels:
    """A black picture with a soft white spot."""
    down, across = np.mgrid[0:height, 0:width]
    light = 255 * np.exp(-((across - x) ** 2 + (down - y) ** 2) / (2 * 6.0**2))
    return np.repeat(light[..., None], 3, axis=2).astype(np.uint8)


def middle_of_light(picture: Pixels) -> NDArray[np.float64]:
    light = picture[..., 0].astype(float)
    down, across = np.mgrid[0 : light.shape[0], 0 : light.shape[1]]
    return np.array([(across * light).sum(), (down * light).sum()]) / light.sum()


def test_cut_out_and_network_together_give_dlibs_own_descriptors(
    face_network: FaceNetwork, dlib_faces: list[DlibFace], portraits: dict[str, Pixels], tmp_path: Path
) -> None:
    """From dlib's points on: the halving, the inclusive rectangle, the sampling, and the float32 network."""
    (tmp_path / "float32.tflite").write_bytes(convert(face_network))
    network = Network(tmp_path / "float32.tflite")
    assert len(dlib_faces) >= 5
    for face in dlib_faces:
        chip = extract_chip(portraits[face.file], face.points)
        found = network.run(chip[None].astype(np.float32))[0][0]
        assert np.abs(found - face.descriptor).max() < 1e-3, face.file


@given(
    angle=st.floats(-1, 1), scale=st.floats(0.4, 1.2), shift=st.tuples(st.floats(-20, 20), st.floats(-20, 20))
)
def test_the_points_of_a_face_come_to_lie_on_the_template(
    angle: float, scale: float, shift: tuple[float, float]
) -> None:
    """A spot at a corner of the eye is, in the cut-out, where the template has that corner."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * 100 * scale
    points = (TEMPLATE - 0.5) @ turn.T + 200 + np.array(shift)
    for i in (0, 2, 4):
        chip = extract_chip(spotted(400, 400, *points[i]), points)
        assert middle_of_light(chip) == pytest.approx((0.25 + TEMPLATE[i]) / 1.5 * 150, abs=1.6)


def test_beyond_the_picture_it_is_black() -> None:
    points = TEMPLATE * 60 + np.array([60, 20])  # a face that the right edge cuts
    chip = extract_chip(np.full((100, 100, 3), 200, np.uint8), points)
    assert chip[:, -10:].max() == 0
    assert chip[60:90, 20:50].min() >= 199
    assert extract_chip(np.zeros((1, 1, 3), np.uint8), points).max() == 0


# --- dlib's points ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def predictor(pack: Pack) -> PointPredictor:
    return PointPredictor(Forests.load(pack.path("points")))


def eyes_apart(points: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(points[:2].mean(axis=0) - points[2:4].mean(axis=0)))


@given(move=st.lists(st.floats(-0.06, 0.06), min_size=10, max_size=10))
def test_points_are_drawn_to_where_dlib_has_them(
    move: list[float], predictor: PointPredictor, dlib_faces: list[DlibFace], portraits: dict[str, Pixels]
) -> None:
    """Points that are off by up to a sixteenth of the eyes' distance come back to dlib's own."""
    face = dlib_faces[0]
    size = eyes_apart(face.points)
    given_points = face.points + np.array(move, np.float32).reshape(5, 2) * size
    (found,) = predictor.corrected(portraits[face.file], [given_points])
    assert np.linalg.norm(found - face.points, axis=1).max() < 0.06 * size


def test_all_faces_at_once_are_what_each_is_alone(
    predictor: PointPredictor, dlib_faces: list[DlibFace], portraits: dict[str, Pixels]
) -> None:
    picture, points = portraits[dlib_faces[0].file], dlib_faces[0].points
    several = [points, points + 3, points * 1.01]
    for one, alone in zip(predictor.corrected(picture, several), several, strict=True):
        assert np.allclose(one, predictor.corrected(picture, [alone])[0], atol=1e-3)
    assert predictor.corrected(picture, []) == []


@given(where=st.floats(0, 0.01))
def test_a_predictor_cut_short_is_refused(where: float, dlib_files: dict[str, bytes]) -> None:
    data = dlib_files[POINTS]
    with pytest.raises(Fault) as refused:
        read_forests(data[: int(len(data) * where)])
    assert refused.value.key == "models:damaged"


@given(junk=st.binary(max_size=300))
def test_any_other_file_is_no_predictor(junk: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(Fault):
        read_forests(junk)
    path = tmp_path_factory.mktemp("points") / "points.npz"
    path.write_bytes(junk)
    with pytest.raises(Fault):
        Forests.load(path)


def test_a_first_look_is_near_what_is_measured(analyser: FaceAnalyser, portraits: dict[str, Pixels]) -> None:
    """From the mesh's points and cut out quickly, and from a thumbnail as well as from the picture."""
    for picture in portraits.values():
        found = analyser.find(picture)[:1]
        small = np.asarray(Image.fromarray(picture).resize([n // 2 for n in picture.shape[1::-1]]), np.uint8)
        for one in found:
            known = Gallery([(PersonId("somebody"), analyser.embed(picture, [one])[0])])
            height, width = picture.shape[:2]
            points = [(float(x) / width, float(y) / height) for x, y in one.points]
            cut_outs = [
                analyser.cut_out(picture, one),
                analyser.cut_out(small, analyser.placed(small, one.box, points)),
            ]
            assert analyser.glance(known, cut_outs).all()
    assert not analyser.glance(known, [np.zeros((150, 150, 3), np.uint8)]).any()
