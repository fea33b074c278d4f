"""What tests of the vision room share: networks, dlib's own files, and faces that dlib itself measured."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.vision.analyser import FaceAnalyser
from appliance.vision.archives import FACE_MODELS, read_members
from appliance.vision.dlib_weights import FaceNetwork, read_face_network
from appliance.vision.manifest import Pack
from tests.conftest import PACKAGES

NETWORK = "dlib_face_recognition_resnet_model_v1.dat"
POINTS = "shape_predictor_5_face_landmarks.dat"
FACES = Path(__file__).parent / "dlib_faces.json"


@pytest.fixture(scope="session")
def dlib_files(pack: Pack) -> dict[str, bytes]:
    """dlib's files, out of the package that the pack was made of; it is there when the pack is."""
    return read_members(PACKAGES / FACE_MODELS.file, [NETWORK, POINTS])


@pytest.fixture(scope="session")
def face_network(dlib_files: dict[str, bytes]) -> FaceNetwork:
    """dlib's face network, read."""
    return read_face_network(dlib_files[NETWORK])


@pytest.fixture(scope="session")
def analyser(pack: Pack) -> FaceAnalyser:
    """The default pack's networks."""
    return FaceAnalyser(pack)


@dataclass(frozen=True)
class DlibFace:
    """One face as dlib itself measured it: its detector's box, its points, its descriptor."""

    file: str
    box: Sequence[int]
    points: NDArray[np.float32]
    descriptor: NDArray[np.float32]


@pytest.fixture(scope="session")
def dlib_faces() -> list[DlibFace]:
    """Real faces of the demonstration, measured by dlib 20.0.1; the file says how."""
    return [
        DlibFace(
            face["file"],
            face["box"],
            np.array(face["points"], np.float32),
            np.array(face["descriptor"], np.float32),
        )
        for face in json.loads(FACES.read_text("utf-8"))["faces"]
    ]
