"""The face network: converted from dlib's weights, it measures as dlib does; a wrong file is refused.

references.json: what dlib 20.0.1 itself computed, for real faces. `map` takes a pixel of the square of 150 to
the portrait (x = a u - b v + c, y = b u + a v + d, the nearest pixel); `descriptor` is dlib's answer.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.domain.errors import Fault
from appliance.vision.archives import FACE_MODELS, read_members
from appliance.vision.convert import Precision, convert
from appliance.vision.dlib_weights import read_face_network
from appliance.vision.manifest import Pack
from appliance.vision.runtime import Network
from tests.conftest import PACKAGES

REFERENCES = json.loads((Path(__file__).parent / "references.json").read_text())
SIDE = 150
WEIGHTS = "dlib_face_recognition_resnet_model_v1.dat"
SAME_PERSON = 0.6  # dlib's own rule
OBAMA = ("KLUI0001.JPG", "KLUI0002.JPG", "KLUI0003.JPG", "KLUI0005.JPG", "KLUI0006.JPG")
HASHES = {
    Precision.FLOAT32: "d3a08de7f37157d6ccf0b601094ccb16a545744028927a5319cf732ce31b4111",
    Precision.FLOAT16: "74a4b881b3ea595f6ab25d48b2c836f3a1528ecfdaa3c14bc1654dac7d86a70a",
    Precision.INT8: "0fb3cfc733170f4693e93b32d6f239bce7015311c39c9cbf0db4c8dacda43696",
}


@pytest.fixture(scope="module")
def weights(pack: Pack) -> bytes:
    """dlib's file, from the pinned package that the pack was made of."""
    return read_members(PACKAGES / FACE_MODELS.file, [WEIGHTS])[WEIGHTS]


def chip(picture: NDArray[np.uint8], a: float, b: float, c: float, d: float) -> NDArray[np.uint8]:
    u, v = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    x, y = np.rint(a * u - b * v + c).astype(int), np.rint(b * u + a * v + d).astype(int)
    return picture[np.clip(y, 0, len(picture) - 1), np.clip(x, 0, picture.shape[1] - 1)]


@pytest.fixture(scope="module")
def measured(pack: Pack, portraits: dict[str, NDArray[np.uint8]]) -> dict[str, NDArray[np.float32]]:
    network = Network(pack.path("embedding"))
    chips = {name: chip(portraits[name], *reference["map"]) for name, reference in REFERENCES.items()}
    return {name: network.run(one[None].astype(np.float32))[0][0] for name, one in chips.items()}


@pytest.mark.parametrize("name", REFERENCES)
def test_it_measures_a_real_face_as_dlib_does(name: str, measured: dict[str, NDArray[np.float32]]) -> None:
    assert np.abs(measured[name] - REFERENCES[name]["descriptor"]).max() < 1e-3


def test_one_person_is_near_and_strangers_are_not(measured: dict[str, NDArray[np.float32]]) -> None:
    def distance(one: str, other: str) -> float:
        return float(np.linalg.norm(measured[one] - measured[other]))

    others = [name for name in measured if name not in OBAMA]
    assert max(distance(OBAMA[0], name) for name in OBAMA[1:]) < SAME_PERSON
    assert min(distance(OBAMA[0], name) for name in others) > SAME_PERSON


@pytest.mark.parametrize("precision", HASHES)
def test_the_converted_file_is_the_same_everywhere(precision: Precision, weights: bytes) -> None:
    made = convert(read_face_network(weights), precision)
    assert hashlib.sha256(made).hexdigest() == HASHES[precision]


@pytest.mark.parametrize("kept", [0, 1, 1000, 0.5, 0.999, -1], ids=str)
def test_a_file_cut_short_is_refused(kept: float, weights: bytes) -> None:
    length = int(kept * len(weights)) if 0 < kept < 1 else int(kept) % len(weights)
    with pytest.raises(Fault) as refused:
        read_face_network(weights[:length])
    assert refused.value.key == "models:damaged"


def test_a_file_with_more_behind_it_is_refused(weights: bytes) -> None:
    with pytest.raises(Fault):
        read_face_network(weights + b"\0")


@settings(max_examples=60)
@given(st.binary(max_size=4000))
def test_any_other_file_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Fault) as refused:
        read_face_network(data)
    assert refused.value.message


@settings(max_examples=40)
@given(data=st.data())
def test_a_damaged_head_is_refused_or_makes_the_same_structure(data: st.DataObject, weights: bytes) -> None:
    """Whatever the parser cannot judge, the hash of the package has refused before."""
    damaged = bytearray(weights)
    at = data.draw(st.integers(0, 400))
    damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        network = read_face_network(bytes(damaged))
    except Fault:
        return
    assert network.projection.shape == (128, 256)
    assert len(network.blocks) == 14
