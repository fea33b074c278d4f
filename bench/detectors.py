"""What finding faces costs and finds, beside the detectors that OpenCV brings.

All get the same picture, decoded at the size that the product uses. OpenCV's package has its cascades (Haar)
and no network: YuNet is measured where its file is given.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.actions.analysis import LONG_SIDE
from appliance.wiring import Box

Pixels = NDArray[np.uint8]
_CASCADE = "haarcascade_frontalface_default.xml"
YUNET = "KLUIS_BENCH_YUNET"  # a path: OpenCV's face_detection_yunet file


@dataclass(frozen=True, slots=True)
class Detection:
    """One detector. cpu: seconds of processor time for each photo. faces: that it found in each."""

    name: str
    cpu: Sequence[float]
    faces: Sequence[int]


def measure(box: Box, photos: Sequence[Path]) -> list[Detection]:
    """Each detector on all photos, on one thread."""
    pictures = [box.decoder.decode(photo.read_bytes(), at_least=LONG_SIDE).pixels for photo in photos]
    cv2.setNumThreads(1)
    detectors: dict[str, Callable[[Pixels], int]] = {
        "ours, with doubts": lambda picture: len(box.analyser.examine(picture).faces),
        "OpenCV, Haar cascade": _haar(),
    }
    if path := os.environ.get(YUNET):
        detectors["OpenCV, YuNet"] = _yunet(path)
    return [_of(name, find, pictures) for name, find in detectors.items()]


def _of(name: str, find: Callable[[Pixels], int], pictures: Sequence[Pixels]) -> Detection:
    find(pictures[0])
    cpu, faces = [], []
    for picture in pictures:
        began = time.process_time()
        faces.append(find(picture))
        cpu.append(time.process_time() - began)
    return Detection(name, cpu, faces)


def _haar() -> Callable[[Pixels], int]:
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / _CASCADE))
    return lambda picture: len(cascade.detectMultiScale(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)))


def _yunet(path: str) -> Callable[[Pixels], int]:
    network = cv2.FaceDetectorYN.create(path, "", (320, 320))

    def find(picture: Pixels) -> int:
        network.setInputSize((picture.shape[1], picture.shape[0]))
        found = network.detect(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1]
        return 0 if found is None else len(found)

    return find
