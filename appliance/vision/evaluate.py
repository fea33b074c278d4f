"""How well faces are found and told apart, on photos with ground truth; pure figures, no pictures."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appliance.domain.photos import Box
from appliance.vision.analyser import FaceAnalyser, FoundFace
from appliance.vision.crops import Floats, Pixels

Reader = Callable[[Path], Pixels]
HIT = 0.4  # intersection over union from which a found face is the true one


@dataclass(frozen=True, slots=True)
class Detection:
    """faces: in the ground truth. found: of those. extra: boxes that are no face there."""

    photos: int
    faces: int
    found: int
    extra: int
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """Pairs of photos of one person or of two.

    accuracy: at the best threshold of the other folds, 0 to 1. accepted: part of the same people that
    is accepted at one false match in a thousand. unmeasured: photos without a face found.
    """

    pairs: int
    accuracy: float
    threshold: float
    accepted: float
    accepted_at: float
    unmeasured: int


def detection(analyser: FaceAnalyser, folder: Path, read: Reader, smallest: float = 24) -> Detection:
    """Compare with faces.csv: path, x, y, w, h in pixels. smallest: of the faces that count, in pixels."""
    truth: dict[str, list[tuple[float, ...]]] = {}
    for row in _rows(folder / "faces.csv"):
        truth.setdefault(row["path"], []).append(tuple(float(row[k]) for k in "xywh"))
    faces = found = extra = 0
    missed = []
    for path, boxes in sorted(truth.items()):
        picture = read(folder / path)
        seen = analyser.find(picture)
        wanted = [_box(b, picture) for b in boxes]
        hits = _hits(wanted, seen)
        counted = [i for i, b in enumerate(boxes) if max(b[2], b[3]) >= smallest]
        faces += len(counted)
        found += sum(i in hits for i in counted)
        missed += [f"{path} {boxes[i]}" for i in counted if i not in hits]
        extra += len(seen) - len(hits)
    return Detection(len(truth), faces, found, extra, tuple(missed))


def _box(pixels: Sequence[float], picture: Pixels) -> Box:
    height, width = picture.shape[:2]
    return Box(pixels[0] / width, pixels[1] / height, pixels[2] / width, pixels[3] / height)


def _hits(wanted: Sequence[Box], seen: Sequence[FoundFace]) -> set[int]:
    """Which true boxes are found; each found face counts once."""
    pairs = sorted(
        ((box.overlap(face.box), i, j) for i, box in enumerate(wanted) for j, face in enumerate(seen)),
        reverse=True,
    )
    hits: set[int] = set()
    used: set[int] = set()
    for overlap, i, j in pairs:
        if overlap >= HIT and i not in hits and j not in used:
            hits.add(i)
            used.add(j)
    return hits


def verification(analyser: FaceAnalyser, folder: Path, read: Reader) -> Verification:
    """Compare with pairs.csv: path_a, path_b, same, fold."""
    rows = _rows(folder / "pairs.csv")
    vectors: dict[str, Floats | None] = {}
    for path in sorted({row[key] for row in rows for key in ("path_a", "path_b")}):
        vectors[path] = _central(analyser, read(folder / path))
    distances, same, folds = [], [], []
    for row in rows:
        a, b = vectors[row["path_a"]], vectors[row["path_b"]]
        distances.append(float(np.linalg.norm(a - b)) if a is not None and b is not None else 10.0)
        same.append(row["same"] == "1")
        folds.append(row.get("fold", "1"))
    unmeasured = sum(v is None for v in vectors.values())
    return _figures(np.array(distances), np.array(same), np.array(folds), unmeasured)


def _central(analyser: FaceAnalyser, picture: Pixels) -> Floats | None:
    """The embedding of the face nearest to the middle: the one that a portrait is about."""
    faces = analyser.find(picture)
    if not faces:
        return None
    middle = min(faces, key=lambda f: abs(f.box.left + f.box.right - 1) + abs(f.box.top + f.box.bottom - 1))
    return np.asarray(analyser.embed(picture, [middle])[0], np.float32)


def _figures(distances: Floats, same: Floats, folds: Floats, unmeasured: int) -> Verification:
    names = sorted(set(folds.tolist()))
    scores, thresholds = [], []
    for fold in names:
        others = folds != fold if len(names) > 1 else folds == fold
        threshold = _best(distances[others], same[others])
        thresholds.append(threshold)
        scores.append(np.mean((distances[folds == fold] <= threshold) == same[folds == fold]))
    strangers = np.sort(distances[~same.astype(bool)])
    limit = float(strangers[int(len(strangers) * 0.001)]) - 1e-6
    return Verification(
        pairs=len(distances),
        accuracy=float(np.mean(scores)),
        threshold=float(np.mean(thresholds)),
        accepted=float(np.mean(distances[same.astype(bool)] <= limit)),
        accepted_at=limit,
        unmeasured=unmeasured,
    )


def _best(distances: Floats, same: Floats) -> float:
    candidates = np.arange(0.3, 0.9, 0.005)
    return float(max(candidates, key=lambda t: np.mean((distances <= t) == same)))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
