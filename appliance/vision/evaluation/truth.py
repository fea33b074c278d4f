"""Photos with ground truth, as they come: in our own CSV files, or laid out as LFW, WIDER FACE and FDDB."""

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from appliance.domain.errors import Mistake

Item = TypeVar("Item")
_BLUR = ("clear", "somewhat blurred", "very blurred")
_POSE = ("usual pose", "unusual pose")
_COVERED = ("not covered", "partly covered", "mostly covered")


@dataclass(frozen=True, slots=True)
class TrueFace:
    """A face that is there: left, top, right, bottom in pixels of the whole photo.

    counts: False for one that need not be found, and is no error when it is.
    """

    bounds: tuple[float, float, float, float]
    kinds: tuple[str, ...] = ()
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo and all faces in it."""

    path: Path
    faces: tuple[TrueFace, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos, and whether they show the same person. fold: to which it belongs; empty for none."""

    one: Path
    other: Path
    same: bool
    fold: str = ""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A photo of one person."""

    path: Path
    person: str


Reader = Callable[[Path, Path], Iterator[Item]]  # of a data folder and one of its files


def scenes(folder: Path) -> list[Scene]:
    """Photos with all their faces: faces.csv, WIDER FACE or FDDB; none when there is no such file.

    Raises:
        Mistake: when a file is not in its format.
    """
    return (
        _read(folder, "faces.csv", _csv_scenes)
        or _read(folder, "**/wider_face_val_bbx_gt.txt", _wider_scenes)
        or _read(folder, "**/FDDB-fold-*-ellipseList.txt", _fddb_scenes)
    )


def pairs(folder: Path) -> list[Pair]:
    """Labelled pairs: pairs.csv or LFW's pairs.txt; none when there is no such file.

    Raises:
        Mistake: when a file is not in its format.
    """
    return _read(folder, "pairs.csv", _csv_pairs) or _read(folder, "pairs.txt", _lfw_pairs)


def portraits(folder: Path) -> list[Portrait]:
    """Photos with the name of the one person in them: identities.csv, or LFW's folder for each person.

    Raises:
        Mistake: when a file is not in its format.
    """
    return _read(folder, "identities.csv", _csv_portraits) or _read(folder, "pairs.txt", _lfw_portraits)


def _read(folder: Path, pattern: str, reader: Reader[Item]) -> list[Item]:
    items: list[Item] = []
    for file in sorted(folder.glob(pattern)):
        try:
            items += reader(folder, file)
        except (KeyError, ValueError, IndexError, TypeError, StopIteration, RuntimeError) as problem:
            raise Mistake(
                "eval:format",
                "{file} is not in the format that was expected.",
                "docs/evaluation.md describes the formats.",
                values={"file": Path(file.name)},  # a text would lose its underscores
            ) from problem
    return items


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _csv_scenes(folder: Path, file: Path) -> Iterator[Scene]:
    """faces.csv: path, x, y, w, h. images.csv, where it is there, also names photos without faces."""
    faces: dict[str, list[TrueFace]] = {}
    if (listed := folder / "images.csv").exists():
        faces = {row["path"]: [] for row in _rows(listed)}
    for row in _rows(file):
        x, y, width, height = (float(row[key]) for key in ("x", "y", "w", "h"))
        faces.setdefault(row["path"], []).append(TrueFace((x, y, x + width, y + height)))
    for path, found in faces.items():
        yield Scene(folder / path, tuple(found))


def _csv_pairs(folder: Path, file: Path) -> Iterator[Pair]:
    for row in _rows(file):
        same = {"0": False, "1": True}[row["same"]]
        yield Pair(folder / row["path_a"], folder / row["path_b"], same, row.get("fold") or "")


def _csv_portraits(folder: Path, file: Path) -> Iterator[Portrait]:
    for row in _rows(file):
        yield Portrait(folder / row["path"], row["person"])


def _lfw_pairs(folder: Path, file: Path) -> Iterator[Pair]:
    """The number of folds and of pairs, then for each fold the same people and the strangers."""
    lines = [line.split() for line in file.read_text("utf-8").splitlines() if line.strip()]
    folds, each = (int(lines[0][0]), int(lines[0][1])) if len(lines[0]) == 2 else (1, int(lines[0][0]))
    if len(lines) != 1 + folds * each * 2:
        raise ValueError("number of pairs")
    for number, line in enumerate(lines[1:]):
        same = len(line) == 3
        name, first, *other = line
        other_name, second = (name, other[0]) if same else (other[0], other[1])
        one, two = _lfw_photo(folder, name, int(first)), _lfw_photo(folder, other_name, int(second))
        yield Pair(one, two, same, str(number // (2 * each) + 1) if folds > 1 else "")


def _lfw_portraits(folder: Path, _file: Path) -> Iterator[Portrait]:
    for path in sorted(_first(folder, ("lfw", "lfw-deepfunneled", "images", ".")).glob("*/*_[0-9]*.jpg")):
        yield Portrait(path, path.parent.name)


def _lfw_photo(folder: Path, name: str, number: int) -> Path:
    return _first(folder, ("lfw", "lfw-deepfunneled", "images", ".")) / name / f"{name}_{number:04d}.jpg"


def _wider_scenes(folder: Path, file: Path) -> Iterator[Scene]:
    """A path, the number of faces, and a line for each: x y w h blur expression illumination invalid
    occlusion pose. A photo without faces has one line of zeros all the same."""
    root = _first(folder, ("WIDER_val/images", "images", "."))
    lines = iter(file.read_text("utf-8").splitlines())
    for name in lines:
        count = int(next(lines))
        marked = [[int(value) for value in next(lines).split()] for _ in range(max(count, 1))]
        yield Scene(root / name, tuple(_wider_face(values) for values in marked[:count]))


def _wider_face(values: list[int]) -> TrueFace:
    x, y, width, height, blur, _, _, invalid, occlusion, pose = values
    kinds = (_BLUR[blur], _COVERED[occlusion], _POSE[pose])
    return TrueFace((x, y, x + width, y + height), kinds, counts=not invalid and min(width, height) > 0)


def _fddb_scenes(folder: Path, file: Path) -> Iterator[Scene]:
    """A path without its ending, the number of faces, and an ellipse for each: long and short radius,
    angle of the long one in radians, centre x and y, and 1."""
    root = _first(folder, ("originalPics", "images", "."))
    lines = iter(file.read_text("utf-8").splitlines())
    for name in lines:
        found = [[float(value) for value in next(lines).split()] for _ in range(int(next(lines)))]
        yield Scene(root / f"{name.strip()}.jpg", tuple(_fddb_face(values) for values in found))


def _fddb_face(values: list[float]) -> TrueFace:
    long, short, angle, x, y, _ = values
    across = math.hypot(long * math.cos(angle), short * math.sin(angle))
    down = math.hypot(long * math.sin(angle), short * math.cos(angle))
    return TrueFace((x - across, y - down, x + across, y + down))


def _first(folder: Path, choices: Sequence[str]) -> Path:
    """The first of these folders that is there."""
    return next(folder / choice for choice in choices if (folder / choice).is_dir())
