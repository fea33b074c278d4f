"""Runs in the peer's environment: finds and encodes faces as face_recognition's own examples do."""

import argparse
import json
import resource
import sys
import time
from typing import Any

import face_recognition
import numpy as np
from PIL import Image

_QUARTER = 4


def main() -> None:
    """Print one JSON object: each photo's costs (wall, processor seconds) and the number of faces."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reduced", action="store_true")
    parser.add_argument("--model", choices=("hog", "cnn"), default="hog")
    parser.add_argument("photos", nargs="+")
    arguments = parser.parse_args()
    begun = time.monotonic()
    photos = [_photo(path, arguments.reduced, arguments.model) for path in arguments.photos]
    answer = {
        "photos": photos,
        "begun": begun,
        "ended": time.monotonic(),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    json.dump(answer, sys.stdout)


def _photo(path: str, reduced: bool, model: str) -> dict[str, Any]:
    start = _now()
    picture = _reduced(path) if reduced else face_recognition.load_image_file(path)
    loaded = _now()
    places = face_recognition.face_locations(picture, model=model)
    located = _now()
    face_recognition.face_encodings(picture, known_face_locations=places)
    encoded = _now()
    return {
        "load": _between(start, loaded),
        "locate": _between(loaded, located),
        "encode": _between(located, encoded),
        "faces": len(places),
    }


def _reduced(path: str) -> Any:
    with Image.open(path) as image:
        image.draft("RGB", (image.width // _QUARTER, image.height // _QUARTER))
        return np.array(image.convert("RGB"))


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _between(start: tuple[float, float], end: tuple[float, float]) -> list[float]:
    return [end[0] - start[0], end[1] - start[1]]


if __name__ == "__main__":
    main()
