"""How quickly, and how rightly, copies of a picture are found among many.

Rightly: of real photos (`--data`, a folder with `identities.csv` for each set) copies are made in every way
of `copies_of`, and each set's photos of one person are compared with each other.
"""

import csv
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageOps

from appliance.actions.duplicates import MOST, RADIUS
from appliance.domain.duplicates import TINY, Relation, relation
from appliance.domain.photos import ImportId, Photo, PhotoId, Stage
from appliance.imaging.fingerprints import Fingerprints, Pixels, fingerprint, fingerprints_of_crops
from appliance.imaging.likeness import likeness
from bench.copies_of import COPIES, copied
from bench.report import Json, Report, table
from bench.safes import Progress

SIDE = 400  # of a thumbnail, by which photos are compared
LIMIT_MS = 5.0
_SEARCHES = 200
_OF_EACH_SET = 60


@dataclass(frozen=True, slots=True)
class _Picture:
    path: Path
    pixels: Pixels
    mark: str

    @property
    def tiny(self) -> bool:
        return max(self.pixels.shape[:2]) < TINY


def measure(photos: int, data: Path | None, report: Report, progress: Progress) -> None:
    """Search times among so many photos; with photos of real people, what is found and what is not."""
    report.add("search", _search(photos))
    if data is not None:
        sets = dict(_sets(data, progress))
        report.add("copies", _copies(sets, progress))
        report.add("others", _others(sets, progress))


def _search(photos: int) -> Json:
    dice = random.Random(1)
    known = Fingerprints()
    before = time.perf_counter()
    known.add([(number, f"{dice.getrandbits(128):032x}") for number in range(photos)])
    filled = (time.perf_counter() - before) * 1e3
    times, busy = [], []
    for _ in range(_SEARCHES):
        wanted = [f"{dice.getrandbits(128):032x}" for _ in range(5)]  # as many as a photo is looked up by
        before = time.perf_counter(), time.process_time()
        known.near(wanted, RADIUS, MOST)
        times.append((time.perf_counter() - before[0]) * 1e3)
        busy.append((time.process_time() - before[1]) * 1e3)
    p50, p95 = (float(np.percentile(times, part)) for part in (50, 95))
    cpu = float(np.percentile(busy, 50))
    click.echo(f"\nA search among {photos} photos: {p50:.2f} ms, {p95:.2f} at p95 (limit {LIMIT_MS:.0f}),")
    click.echo(f"of which {cpu:.2f} ms of processor time")
    return {"photos": photos, "p50_ms": p50, "p95_ms": p95, "cpu_p50_ms": cpu, "filled_ms": filled}


def _sets(data: Path, progress: Progress) -> Iterator[tuple[str, dict[str, list[_Picture]]]]:
    """Photos by set and person."""
    for table_of in sorted(data.glob("*/identities.csv")):
        progress(f"Reading {table_of.parent.name}")
        people: defaultdict[str, list[_Picture]] = defaultdict(list)
        with table_of.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                path = table_of.parent / row["path"]
                pixels = _opened(path)
                people[row["person"]].append(_Picture(path, pixels, fingerprint(pixels)))
        yield table_of.parent.name, people


def _opened(path: Path) -> Pixels:
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    image.thumbnail((SIDE, SIDE))
    return np.asarray(image, np.uint8)


def _copies(sets: dict[str, dict[str, list[_Picture]]], progress: Progress) -> Json:
    """Of each way of copying: how many copies are found, first by fingerprint, then by likeness."""
    every = ([one for photos in people.values() for one in photos] for people in sets.values())
    chosen = [one for pictures in every for one in _some(pictures)]
    known = Fingerprints()
    known.add([(number, one.mark) for number, one in enumerate(chosen)])
    found: dict[str, dict[str, int]] = {}
    for how in COPIES:
        progress(f"Copies: {how}")
        count: Counter[str] = Counter()
        for number, one in enumerate(chosen):
            kind = "tiny" if one.tiny else "photos"
            copy = copied(one.pixels, how)
            near = number in known.near(fingerprints_of_crops(copy), RADIUS, MOST)
            count[kind] += 1
            count[f"{kind} found"] += near and _judged(one.pixels, copy) is Relation.DUPLICATE
        found[how] = dict(count)
    click.echo("\nCopies that are found")
    head = ("copy", "photos", f"under {TINY} pixels")
    table(
        head,
        [
            (how, *(f"{n[f'{k} found']} of {n[k]}" if k in n else "-" for k in ("photos", "tiny")))
            for how, n in found.items()
        ],
    )
    return found


def _some(pictures: Sequence[_Picture]) -> Sequence[_Picture]:
    return random.Random(2).sample(pictures, min(_OF_EACH_SET, len(pictures)))


def _others(sets: dict[str, dict[str, list[_Picture]]], progress: Progress) -> Json:
    """Of each set: pairs of photos of one person, those near by fingerprint, and those called copies."""
    found: dict[str, dict[str, object]] = {}
    for name, people in sets.items():
        progress(f"Others: {name}")
        pairs = [pair for photos in people.values() for pair in combinations(photos, 2)]
        near = [(a, b) for a, b in pairs if near_enough(a.mark, b.mark)]
        wrong = [[a.path.name, b.path.name] for a, b in near if _judged(a.pixels, b.pixels) is not None]
        found[name] = {"pairs": len(pairs), "near": len(near), "called copies": wrong}
    click.echo("\nDifferent photos of one person")
    rows = [
        (name, str(n["pairs"]), str(n["near"]), str(len(n["called copies"]))) for name, n in found.items()
    ]  # type: ignore[arg-type]
    table(("set", "pairs", "near by fingerprint", "called copies"), rows)
    return found


def near_enough(one: str, other: str) -> bool:
    """Whether two fingerprints are near enough to compare the pictures."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= RADIUS


def _judged(one: Pixels, other: Pixels) -> Relation | None:
    image = Image.fromarray(other)
    image.thumbnail((SIDE, SIDE))
    return relation(_photo(one), _photo(other), likeness(one, np.asarray(image, np.uint8)))


def _photo(pixels: Pixels) -> Photo:
    now, (height, width) = datetime(2026, 1, 1, tzinfo=UTC), pixels.shape[:2]
    made = ("image/jpeg", Stage.ANALYSED, now, width, height)
    return Photo(PhotoId(""), ImportId(""), "one.jpg", "", 1, *made)
