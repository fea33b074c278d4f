"""The same picture in another form is told from another picture, however alike the two are."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from appliance.actions.duplicates import RADIUS
from appliance.domain.duplicates import SAME, SAME_WHEN_TINY, TINY, Relation, relation
from appliance.domain.photos import ImportId, Photo, PhotoId, Stage
from appliance.imaging.fingerprints import distance, fingerprint
from appliance.imaging.likeness import likeness
from bench.copies_of import COPIES, copied
from tests.imaging.pictures import Pixels

SIDE = 400  # of a thumbnail, by which photos are compared


def small(pixels: Pixels) -> Pixels:
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE, SIDE))
    return np.asarray(image)


def opened(path: Path) -> Pixels:
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    image.thumbnail((SIDE, SIDE))
    return np.asarray(image)


def shown(pixels: Pixels, name: str = "one") -> Photo:
    """A photo without a date, of which only its picture can tell what it is."""
    height, width = pixels.shape[:2]
    now = datetime(2026, 3, 1, tzinfo=UTC)
    made = Photo(PhotoId(name), ImportId("i"), f"{name}.jpg", "0" * 64, 1, "image/jpeg", Stage.ANALYSED, now)
    return replace(made, width=width, height=height)


def judged(one: Pixels, other: Pixels) -> Relation | None:
    return relation(shown(one), shown(other, "other"), likeness(small(one), small(other)))


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_of_a_real_portrait_is_a_duplicate(portraits: dict[str, Pixels], how: str) -> None:
    assert [
        name for name, p in portraits.items() if judged(p, copied(p, how)) is not Relation.DUPLICATE
    ] == []


def test_portraits_of_different_people_are_no_duplicates(portraits: dict[str, Pixels]) -> None:
    assert [pair for pair in combinations(portraits, 2) if judged(*(portraits[one] for one in pair))] == []


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_picture_without_detail_is_no_reason_for_suspicion(grey: int) -> None:
    picture = np.full((200, 300, 3), grey, np.uint8)
    assert judged(picture, picture) is None


def alike_people(data: Path) -> Iterator[tuple[str, Path, Path]]:
    """Two photos of the same person each, in the same studio or at the same occasion, with their source."""
    for source in ("att", "compreface", "azure-families", "face_recognition"):
        people: defaultdict[str, list[Path]] = defaultdict(list)
        for line in (data / source / "identities.csv").read_text("utf-8").splitlines()[1:]:
            path, _, person = line.rpartition(",")
            people[person].append(data / source / path)
        for photos in people.values():
            yield from ((source, *pair) for pair in combinations(photos, 2))


def test_different_photos_of_one_person_are_never_called_duplicates(evaluation_data: Path) -> None:
    """By fingerprints alone hundreds of these would be: some differ in three bits of 128."""
    pictures: dict[Path, tuple[Pixels, str]] = {}
    near, wrong = 0, []
    for source, one, other in alike_people(evaluation_data):
        for path in (one, other):
            if path not in pictures:
                pixels = opened(path)
                pictures[path] = pixels, fingerprint(pixels)
        (first, mark), (second, second_mark) = pictures[one], pictures[other]
        if distance(mark, second_mark) <= RADIUS:
            near += 1
            if judged(first, second):
                wrong.append((source, one.name, other.name))
    assert near > 150
    assert wrong == []


def test_the_bounds_lie_between_what_was_measured() -> None:
    assert 0.6 < SAME < SAME_WHEN_TINY < 1
    assert TINY <= SIDE
