"""Finding faces: portraits that fill the frame, small ones, turned ones, and none where nobody is."""

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.demo.card import SHOTS
from appliance.domain.photos import Box
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.manifest import Pack

WITH_A_FACE = [shot.file for shot in SHOTS if shot.who]
NOBODY = next(shot.file for shot in SHOTS if not shot.who)
Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def analyser(pack: Pack) -> FaceAnalyser:
    return FaceAnalyser(pack)


@pytest.mark.parametrize("name", WITH_A_FACE)
def test_each_portrait_has_its_one_face(
    name: str, analyser: FaceAnalyser, portraits: dict[str, Pixels]
) -> None:
    assert len(analyser.find(portraits[name])) == 1


def test_in_a_landscape_nobody_is_found(analyser: FaceAnalyser, portraits: dict[str, Pixels]) -> None:
    assert analyser.find(portraits[NOBODY]) == []


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_face_that_lies_on_its_side_is_found_where_it_is(
    turns: int, analyser: FaceAnalyser, portraits: dict[str, Pixels]
) -> None:
    picture = portraits["KLUI0007.JPG"]
    upright = analyser.find(picture)[0].box
    turned = analyser.find(np.ascontiguousarray(np.rot90(picture, turns)))
    assert len(turned) == 1
    assert turned[0].box.overlap(_turned(upright, turns)) > 0.4


def _turned(box: Box, turns: int) -> Box:
    """Where a box of a picture is, in fractions, after `np.rot90`."""
    for _ in range(turns):
        box = Box(box.top, 1 - box.right, box.height, box.width)
    return box


def test_a_small_face_in_a_large_picture_is_found(
    analyser: FaceAnalyser, portraits: dict[str, Pixels]
) -> None:
    face = portraits["KLUI0007.JPG"][:300, 60:360]
    small = np.ascontiguousarray(face[::5, ::5])
    canvas = np.full((960, 1440, 3), 128, np.uint8)
    canvas[600 : 600 + len(small), 1000 : 1000 + small.shape[1]] = small
    found = analyser.find(canvas)
    assert len(found) == 1
    assert 1000 / 1440 <= found[0].box.left <= 1060 / 1440


def test_a_face_that_fills_the_picture_is_found(analyser: FaceAnalyser, portraits: dict[str, Pixels]) -> None:
    picture = portraits["KLUI0007.JPG"]
    box = analyser.find(picture)[0].box
    height, width = picture.shape[:2]
    top, bottom = int(box.top * height), int(box.bottom * height)
    left, right = int(box.left * width), int(box.right * width)
    assert len(analyser.find(np.ascontiguousarray(picture[top:bottom, left:right]))) == 1
