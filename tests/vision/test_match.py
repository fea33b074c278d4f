"""Matching: the nearest of those who agreed, each at most once in a photo, nobody who cannot be (P7)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.domain.people import PersonId
from appliance.vision.match import Gallery

ANNA, BEA, CARL = PersonId("anna"), PersonId("bea"), PersonId("carl")
THRESHOLD = 0.55


def at(*values: float) -> NDArray[np.float32]:
    """An embedding with these first numbers."""
    vector = np.zeros(128, np.float32)
    vector[: len(values)] = values
    return vector


def faces(*vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack(vectors)


KNOWN = Gallery([(ANNA, at(0)), (ANNA, at(0, 0.5)), (BEA, at(1)), (CARL, at(0, 0, 3))])


def assigned(
    *vectors: NDArray[np.float32], barred: dict[int, set[PersonId]] | None = None
) -> list[str | None]:
    nobody = [(barred or {}).get(i, set()) for i in range(len(vectors))]
    return [match.person_id if match else None for match in KNOWN.assign(faces(*vectors), THRESHOLD, nobody)]


def test_the_nearest_within_the_threshold_is_meant() -> None:
    assert assigned(at(0.1), at(0.9), at(0, 0, 2.8)) == [ANNA, BEA, CARL]


def test_somebody_too_far_away_is_nobody() -> None:
    assert assigned(at(0, 0, 0, 2)) == [None]


def test_the_best_of_several_templates_counts() -> None:
    assert assigned(at(0, 0.9)) == [ANNA]


def test_one_person_stands_in_a_photo_once_and_the_nearer_face_wins() -> None:
    assert assigned(at(0.3), at(0.1)) == [None, ANNA]


def test_whoever_it_cannot_be_is_never_meant() -> None:
    assert assigned(at(0.1), barred={0: {ANNA}}) == [None]
    assert assigned(at(0.4), barred={0: {ANNA}}) == [None]
    assert assigned(at(0.5), barred={0: {ANNA}}) == [BEA]


def test_without_anybody_there_is_no_match() -> None:
    assert Gallery(()).assign(faces(at(0)), THRESHOLD, [set()]) == [None]
    assert KNOWN.assign(np.zeros((0, 128), np.float32), THRESHOLD, []) == []


some_vector = st.lists(st.floats(-1, 1, width=16), min_size=3, max_size=3).map(lambda v: at(*v))
people = st.sampled_from([ANNA, BEA, CARL])


@given(
    st.lists(st.tuples(people, some_vector), min_size=1, max_size=8),
    st.lists(some_vector, min_size=1, max_size=5),
    st.data(),
)
def test_every_match_is_allowed_near_enough_and_alone(
    templates: list[tuple[PersonId, NDArray[np.float32]]],
    shown: list[NDArray[np.float32]],
    data: st.DataObject,
) -> None:
    barred = [data.draw(st.sets(people)) for _ in shown]
    found = Gallery(templates).assign(faces(*shown), THRESHOLD, barred)
    meant = [match.person_id for match in found if match is not None]
    assert len(set(meant)) == len(meant)
    for face, match, nobody in zip(shown, found, barred, strict=True):
        if match is None:
            continue
        assert match.person_id not in nobody
        nearest = min(np.linalg.norm(face - vector) for who, vector in templates if who == match.person_id)
        assert match.distance == pytest.approx(nearest, abs=2e-3)
        assert match.distance <= THRESHOLD


def test_a_large_gallery_answers_as_a_small_one() -> None:
    """From some thousands on, most are screened out by a few directions; none that is near is."""
    chance = np.random.default_rng(7)
    vectors = chance.normal(0, 0.12, (6000, 128)).astype(np.float32)
    owners = [PersonId(f"person {i // 3}") for i in range(len(vectors))]
    asked = vectors[::500] + chance.normal(0, 0.02, (12, 128)).astype(np.float32)
    large = Gallery(list(zip(owners, vectors, strict=True)))
    found = large.assign(asked, THRESHOLD, [set()] * len(asked))
    for row, match in zip(asked, found, strict=True):
        distances = np.linalg.norm(vectors - row, axis=1)
        assert match is not None
        assert match.person_id == owners[int(distances.argmin())]
        assert match.distance == pytest.approx(float(distances.min()), abs=2e-3)
