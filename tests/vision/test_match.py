"""Matching: the nearest of those who agreed, each at most once in a photo, nobody who cannot be (P7)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.domain.people import PersonId
from appliance.vision.match import Gallery, alike, typical

ANNA, BEA, CARL = PersonId("anna"), PersonId("bea"), PersonId("carl")
THRESHOLD = 0.55


def at(*values: float) -> NDArray[np.float32]:
    """An embedding with these first numbers."""
    vector = np.zeros(128, np.float32)
    vector[: len(values)] = values
    return vector


def faces(*vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack(vectors)


def unit(*values: float) -> NDArray[np.float32]:
    """An embedding of unit length in this direction."""
    vector = at(*values)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


KNOWN = Gallery([(ANNA, unit(1)), (BEA, unit(1, 1)), (CARL, unit(0, 0, 1))])


def assigned(
    *vectors: NDArray[np.float32], barred: dict[int, set[PersonId]] | None = None
) -> list[str | None]:
    nobody = [(barred or {}).get(i, set()) for i in range(len(vectors))]
    return [match.person_id if match else None for match in KNOWN.assign(faces(*vectors), THRESHOLD, nobody)]


def test_the_nearest_within_the_threshold_is_meant() -> None:
    assert assigned(unit(1, 0.1), unit(1, 0.9), unit(0.1, 0, 1)) == [ANNA, BEA, CARL]


def test_somebody_too_far_away_is_nobody() -> None:
    assert assigned(unit(0, 0, 0, 1)) == [None]


def test_a_person_is_where_most_of_their_templates_point() -> None:
    """Between two pictures of one person lies a third, nearer to their mean than to either."""
    known = Gallery([(ANNA, unit(1, 0.2)), (ANNA, unit(1, -0.2)), (BEA, unit(0, 1))])
    assert known.distances(faces(unit(1)))[0].tolist() == pytest.approx([0, np.sqrt(2)], abs=1e-3)


def test_a_template_of_somebody_else_does_not_move_a_person() -> None:
    right = [unit(1, 0.1), unit(1, -0.1), unit(1, 0, 0.1)]
    before = typical(np.stack(right))
    assert np.linalg.norm(typical(np.stack([*right, unit(0, 0, 0, 1)])) - before) < 1e-6


@given(st.lists(st.lists(st.floats(-1, 1, width=16), min_size=4, max_size=4), min_size=1, max_size=6))
def test_what_stands_for_a_person_has_unit_length_and_is_near_one_of_the_templates(
    values: list[list[float]],
) -> None:
    templates = np.stack([unit(1.5, *row) for row in values])
    one = typical(templates)
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(templates - one, axis=1).min() < 0.45


def test_one_person_stands_in_a_photo_once_and_the_nearer_face_wins() -> None:
    assert assigned(unit(1, -0.3), unit(1, -0.1)) == [None, ANNA]


def test_whoever_it_cannot_be_is_never_meant() -> None:
    assert assigned(unit(1, -0.1), barred={0: {ANNA}}) == [None]
    assert assigned(unit(1, 0.45), barred={0: {ANNA}}) == [BEA]


def test_without_anybody_there_is_no_match() -> None:
    assert Gallery(()).assign(faces(at(0)), THRESHOLD, [set()]) == [None]
    assert KNOWN.assign(np.zeros((0, 128), np.float32), THRESHOLD, []) == []


some_vector = st.lists(st.floats(-1, 1, width=16), min_size=3, max_size=3).map(lambda v: unit(1.1, *v))
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
        own = np.stack([vector for who, vector in templates if who == match.person_id])
        assert match.distance == pytest.approx(float(np.linalg.norm(face - typical(own))), abs=2e-3)
        assert match.distance <= THRESHOLD


def test_a_large_gallery_answers_as_a_small_one() -> None:
    """From some thousands on, most are screened out by a few directions; none that is near is."""
    chance = np.random.default_rng(7)
    vectors = chance.normal(0, 0.12, (6000, 128)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    owners = [PersonId(f"person {i:04d}") for i in range(len(vectors))]
    asked = vectors[::500] + chance.normal(0, 0.02, (12, 128)).astype(np.float32)
    large = Gallery(list(zip(owners, vectors, strict=True)))
    found = large.assign(asked, THRESHOLD, [set()] * len(asked))
    for row, match in zip(asked, found, strict=True):
        distances = np.linalg.norm(vectors - row, axis=1)
        assert match is not None
        assert match.person_id == owners[int(distances.argmin())]
        assert match.distance == pytest.approx(float(distances.min()), abs=2e-3)
    assert np.allclose(
        large.distances(asked), np.linalg.norm(vectors[None] - asked[:, None], axis=2), atol=2e-3
    )


@given(st.lists(some_vector, min_size=1, max_size=4), st.floats(0.2, 0.6))
def test_only_faces_near_the_threshold_are_looked_at_again(
    shown: list[NDArray[np.float32]], threshold: float
) -> None:
    asked = faces(*shown)
    nearest = KNOWN.distances(asked).min(axis=1)
    for distance, again in zip(nearest, KNOWN.undecided(asked, threshold), strict=True):
        if abs(distance - threshold) < 0.015:
            assert again
        if abs(distance - threshold) > 0.04:
            assert not again


def test_faces_that_look_alike_are_grouped_and_one_doubtful_face_joins_nobody() -> None:
    chain = faces(at(0), at(0.1), at(3), at(3.1), at(0.6), at(9))
    assert alike(chain, THRESHOLD) == [[0, 1], [2, 3]]


@given(st.lists(some_vector, min_size=1, max_size=20), st.floats(0.02, 1.5))
def test_a_first_look_passes_over_nobody_who_would_match_though_it_is_wrong_by_a_little(
    shown: list[NDArray[np.float32]], threshold: float
) -> None:
    asked = faces(*shown)
    near = KNOWN.distances(asked).min(axis=1)
    for distance, likely in zip(near, KNOWN.likely(asked, threshold), strict=True):
        assert likely or distance > threshold + 0.063
        assert not likely or distance < threshold + 0.11
