"""Fingerprints: near for the same picture in another form, far for another picture."""

import io
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from appliance.actions.duplicates import MOST, RADIUS
from appliance.imaging.fingerprints import Fingerprints, distance, fingerprint, fingerprints_of_crops
from bench.copies_of import COPIES, copied
from tests.imaging.pictures import Pixels, as_jpeg, patches, quarters

PICTURES = [patches(seed, 640, 480) for seed in range(12)]


def again(image: Image.Image) -> Pixels:
    return np.array(image.convert("RGB"))


FORMS: dict[str, Callable[[Pixels], Pixels]] = {
    "resized": lambda p: again(Image.fromarray(p).resize((300, 225))),
    "enlarged": lambda p: again(Image.fromarray(p).resize((1500, 1125))),
    "compressed hard": lambda p: again(Image.open(io.BytesIO(as_jpeg(p, quality=20)))),
    "brighter": lambda p: again(ImageEnhance.Brightness(Image.fromarray(p)).enhance(1.15)),
    "grey": lambda p: again(Image.fromarray(p).convert("L")),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_picture_in_another_form_is_near(form: str) -> None:
    apart = [distance(fingerprint(p), fingerprint(FORMS[form](p))) for p in PICTURES]
    assert max(apart) <= 20
    assert np.mean(apart) <= 8


def test_other_pictures_are_far() -> None:
    marks = [fingerprint(p) for p in PICTURES]
    assert min(distance(one, other) for one, other in combinations(marks, 2)) > RADIUS


def test_real_portraits_are_far_from_each_other_and_near_their_small_copies(
    portraits: dict[str, Pixels],
) -> None:
    marks = {name: fingerprint(p) for name, p in portraits.items()}
    for name, pixels in portraits.items():
        assert distance(marks[name], fingerprint(FORMS["resized"](pixels))) <= 12, name
    same = [pair for pair in combinations(sorted(marks), 2) if distance(marks[pair[0]], marks[pair[1]]) <= 20]
    assert same == []


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3), (128, 128)])
def test_a_picture_of_any_size_has_a_fingerprint_of_thirty_two_characters(size: tuple[int, int]) -> None:
    mark = fingerprint(quarters(*size))
    assert len(mark) == 32
    assert distance(mark, mark) == 0
    assert distance("0" * 16, "f" * 16) == 64


@pytest.mark.parametrize("how", COPIES)
def test_every_copy_of_a_real_portrait_finds_it(portraits: dict[str, Pixels], how: str) -> None:
    known = Fingerprints()
    known.add([(number, fingerprint(p)) for number, p in enumerate(portraits.values())])
    for number, pixels in enumerate(portraits.values()):
        assert number in known.near(fingerprints_of_crops(copied(pixels, how)), RADIUS, MOST)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2**128 - 1)), max_size=30),
    st.integers(0, 2**128 - 1),
    st.integers(0, 128),
)
def test_what_is_near_is_what_a_plain_search_finds_nearest_first(
    added: list[tuple[int, int]], wanted: int, radius: int
) -> None:
    known = Fingerprints()
    for number, value in added:
        known.add([(number, f"{value:032x}")])
    latest = dict(added)
    assert len(known) == len(latest)
    found = known.near([f"{wanted:032x}"], radius, 99)
    apart = [(latest[number] ^ wanted).bit_count() for number in found]
    assert apart == sorted(
        (v ^ wanted).bit_count() for v in latest.values() if (v ^ wanted).bit_count() <= radius
    )
    assert known.near([f"{wanted:032x}"], radius, 2) == found[:2]
