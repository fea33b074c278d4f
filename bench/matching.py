"""How long it takes to tell who a face may be, by how many people are enrolled."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.domain.people import PersonId
from appliance.vision.embed import LENGTH
from appliance.vision.match import Gallery

PEOPLE = (100, 1_000, 10_000, 100_000)
_FACES, _TIMES, _THRESHOLD = 8, 30, 0.317
# As 360 photos of 125 people of LFW are spread: about one direction, and around it along the rest, ever less.
_MIDDLE, _VARIANCE = 0.915, 0.162
_SHARES = np.exp(-0.45 * np.sqrt(np.arange(LENGTH)))


@dataclass(frozen=True, slots=True)
class Matching:
    """One number of people, in processor milliseconds. face: one alone. faces: each of eight of one photo."""

    people: int
    face: Sequence[float]
    faces: Sequence[float]


def measure() -> list[Matching]:
    """Each number of people, with as many templates."""
    return [_among(people) for people in PEOPLE]


def _among(people: int) -> Matching:
    chance = np.random.default_rng(people)
    vectors = _near_each_other(chance, people)
    gallery = Gallery([(PersonId(f"person {i:06d}"), vector) for i, vector in enumerate(vectors)])
    known = vectors[chance.integers(0, people, _FACES)] + chance.normal(0, 0.02, (_FACES, LENGTH))
    asked = np.concatenate([known[: _FACES // 2], _near_each_other(chance, _FACES // 2)]).astype(np.float32)
    return Matching(
        people,
        [_milliseconds(gallery, asked[i % _FACES][None]) for i in range(_TIMES)],
        [_milliseconds(gallery, asked) / _FACES for _ in range(_TIMES)],
    )


def _near_each_other(chance: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Vectors of unit length, as far from each other as those of strangers are."""
    middle = np.full(LENGTH, _MIDDLE / np.sqrt(LENGTH))
    along = chance.standard_normal((count, LENGTH)) * np.sqrt(_VARIANCE * _SHARES / _SHARES.sum())
    turned, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((LENGTH, LENGTH)))
    vectors = middle + along @ turned
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _milliseconds(gallery: Gallery, asked: NDArray[np.float32]) -> float:
    began = time.process_time()
    gallery.assign(asked, _THRESHOLD, [set()] * len(asked))
    return (time.process_time() - began) * 1e3
