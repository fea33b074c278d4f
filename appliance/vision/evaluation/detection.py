"""How many faces are found, and how many boxes are no face: by size, and by what else is known of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appliance.vision.analyser import FaceAnalyser
from appliance.vision.crops import Pixels
from appliance.vision.evaluation.figures import Share, shares
from appliance.vision.evaluation.truth import Scene, TrueFace
from appliance.vision.findings import Findings

Bounds = tuple[float, float, float, float]
# Reads a photo as the product does: its pixels, reduced, and their scale to the whole photo's.
Reader = Callable[[Path], tuple[Pixels, float]]

HIT = 0.4  # intersection over union from which a found face is the true one
SMALLEST = 24.0  # longer side in pixels of the picture as it is searched, from which a face counts
CROWD = 20
_SIZES = ((24, "under 24 px"), (32, "24 to 32 px"), (48, "32 to 48 px"), (96, "48 to 96 px"))


@dataclass(frozen=True, slots=True)
class Failure:
    """A picture in which something went wrong. missed, extra: bounds in its pixels."""

    name: str
    picture: Pixels
    missed: tuple[Bounds, ...]
    extra: tuple[Bounds, ...]


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found in photos of which every face is known.

    recall: of the faces that count. precision: of the boxes. by_kind: recall by size and kind.
    extra: boxes that are no face. doubted: photos in which a doubt was raised. unnoticed: photos with faces
    in which there was neither a face nor a doubt.
    """

    photos: int
    recall: Share
    precision: Share
    by_kind: dict[str, Share]
    extra: int
    doubted: int
    unnoticed: int
    failures: tuple[Failure, ...]

    @property
    def extra_in_ten(self) -> float:
        """False boxes in ten photos."""
        return 10 * self.extra / self.photos if self.photos else 0.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """One picture, searched: which true faces were found, and which boxes are no face."""

    faces: tuple[TrueFace, ...]
    found: frozenset[int]
    boxes: int
    extra: tuple[Bounds, ...]
    kinds: tuple[str, ...]
    doubts: int
    failure: Failure | None


def measure_scenes(
    analyser: FaceAnalyser, scenes: Iterable[Scene], read: Reader, on_progress: Callable[[int], None]
) -> Detection:
    """Search photos of which every face is known."""

    def searched() -> Iterator[_Seen]:
        for number, scene in enumerate(scenes, 1):
            picture, scale = read(scene.path)
            faces = tuple(_scaled(face, scale) for face in scene.faces)
            crowd = (f"groups of {CROWD} or more",) if len(faces) >= CROWD else ()
            yield _search(analyser, scene.path.name, picture, faces, crowd)
            on_progress(number)

    return _together(list(searched()))


def measure_pictures(
    analyser: FaceAnalyser, pictures: Iterable[tuple[str, str, Pixels, Bounds]]
) -> Detection:
    """Search pictures of one face each: name, kind, pixels, bounds."""
    seen = [
        _search(analyser, name, picture, (TrueFace(bounds),), (kind,))
        for name, kind, picture, bounds in pictures
    ]
    return _together(seen)


def _scaled(face: TrueFace, scale: float) -> TrueFace:
    left, top, right, bottom = (value * scale for value in face.bounds)
    return TrueFace((left, top, right, bottom), face.kinds, face.counts)


def _search(
    analyser: FaceAnalyser, name: str, picture: Pixels, faces: tuple[TrueFace, ...], kinds: tuple[str, ...]
) -> _Seen:
    findings = analyser.examine(picture)
    boxes = _boxes(findings, picture)
    matched = assigned([face.bounds for face in faces], boxes)
    extra = tuple(box for i, box in enumerate(boxes) if i not in matched.values())
    missed = tuple(
        face.bounds for i, face in enumerate(faces) if i not in matched and face.counts and _counts(face)
    )
    failure = Failure(name, picture, missed, extra) if missed or extra else None
    doubts = len(findings.doubts)
    return _Seen(faces, frozenset(matched), len(boxes), extra, kinds, doubts, failure)


def _boxes(findings: Findings, picture: Pixels) -> list[Bounds]:
    height, width = picture.shape[:2]
    return [
        (f.box.left * width, f.box.top * height, f.box.right * width, f.box.bottom * height)
        for f in findings.faces
    ]


def assigned(truth: Sequence[Bounds], boxes: Sequence[Bounds], least: float = HIT) -> dict[int, int]:
    """Which box is which true face, best overlaps first; each box and each face once."""
    overlaps = [(overlap(true, box), i, j) for i, true in enumerate(truth) for j, box in enumerate(boxes)]
    found: dict[int, int] = {}
    for shared, i, j in sorted(overlaps, reverse=True):
        if shared >= least and i not in found and j not in found.values():
            found[i] = j
    return found


def overlap(one: Bounds, other: Bounds) -> float:
    """Intersection over union, 0 to 1."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)]
    return shared / (sum(areas) - shared)


def _counts(face: TrueFace) -> bool:
    return _side(face) >= SMALLEST


def _side(face: TrueFace) -> float:
    left, top, right, bottom = face.bounds
    return max(right - left, bottom - top)


def _size(face: TrueFace) -> str:
    return next((name for limit, name in _SIZES if _side(face) < limit), "96 px or more")


def _together(seen: Sequence[_Seen]) -> Detection:
    hits: list[bool] = []
    groups: list[str] = []
    counted: list[bool] = []
    for one in seen:
        for i, face in enumerate(one.faces):
            if not face.counts:
                continue
            for kind in (_size(face), *face.kinds, *one.kinds):
                hits.append(i in one.found)
                groups.append(kind)
            if _counts(face):
                counted.append(i in one.found)
    extra = sum(len(one.extra) for one in seen)
    boxes = sum(one.boxes for one in seen)
    return Detection(
        photos=len(seen),
        recall=Share(sum(counted), len(counted)),
        precision=Share(boxes - extra, boxes),
        by_kind=shares(hits, groups),
        extra=extra,
        doubted=sum(one.doubts > 0 for one in seen),
        unnoticed=sum(bool(one.faces) and not one.boxes and not one.doubts for one in seen),
        failures=tuple(one.failure for one in seen if one.failure is not None),
    )


def middle_face(findings: Findings) -> int | None:
    """Which face is nearest to the middle: the one that a portrait is about. None without faces."""
    if not findings.faces:
        return None
    away = [np.hypot(f.box.left + f.box.right - 1, f.box.top + f.box.bottom - 1) for f in findings.faces]
    return int(np.argmin(away))
