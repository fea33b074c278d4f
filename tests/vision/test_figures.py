"""Figures and their uncertainty: rules that hold whatever was measured, and cases worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.vision.evaluation.figures import (
    Share,
    accepted_at,
    best_threshold,
    false_suggestions,
    folded_accuracy,
    resampled,
    roc,
    shares,
    spread_over_folds,
)

distances = st.lists(st.floats(0, 2, width=32), min_size=1, max_size=60).map(
    lambda v: np.array(v, np.float32)
)


def test_the_interval_of_a_share_is_wilsons() -> None:
    """Worked out for 98 of 100, and for none missed of 43 (Wilson 1927)."""
    assert Share(98, 100).interval == pytest.approx((0.93, 0.9945), abs=5e-4)
    assert Share(43, 43).interval == pytest.approx((0.918, 1.0), abs=5e-4)
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0.0, 1.0)


@given(of=st.integers(1, 10_000), data=st.data())
def test_the_interval_holds_the_share_and_narrows_with_more_cases(of: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, of))
    low, high = Share(hits, of).interval
    assert 0 <= low <= hits / of + 1e-12
    assert hits / of - 1e-12 <= high <= 1
    more_low, more_high = Share(hits * 10, of * 10).interval
    assert more_high - more_low < high - low


@given(same=distances, strangers=distances, rate=st.sampled_from([1e-3, 1e-2, 0.1, 0.5]))
def test_no_more_strangers_are_let_through_than_asked(
    same: np.ndarray, strangers: np.ndarray, rate: float
) -> None:
    found = accepted_at(same, strangers, rate)
    assert found.false.hits <= rate * len(strangers) + 1e-9
    assert found.measurable == (rate * len(strangers) >= 1 - 1e-9)
    assert found.found.hits == (same <= found.threshold).sum()
    # The threshold cannot be larger: one more stranger would be one too many.
    tied = np.sort(strangers)[int(np.floor(rate * len(strangers) + 1e-9))]
    assert (strangers <= tied).sum() > rate * len(strangers) - 1e-9


def test_a_threshold_found_in_single_precision_lets_none_too_many_through() -> None:
    strangers = np.array([0.4, 0.5, 0.6], np.float32)
    assert accepted_at(strangers, strangers, 0.001).false.hits == 0
    assert accepted_at(np.array([0.3, 0.45], np.float32), strangers, 0.34).found == Share(2, 2)


@given(data=st.lists(st.tuples(st.floats(0, 2, width=32), st.booleans()), min_size=1, max_size=40))
def test_no_threshold_judges_more_pairs_rightly_than_the_best(data: list[tuple[float, bool]]) -> None:
    values, same = np.array([d for d, _ in data]), np.array([s for _, s in data])

    def right(threshold: float) -> int:
        return int(((values <= threshold) == same).sum())

    best = right(best_threshold(values, same))
    for other in (*values, *(values - 1e-6), *(values + 1e-6), -1.0, 3.0):
        assert right(float(other)) <= best


def test_each_fold_is_judged_by_the_threshold_of_the_others() -> None:
    """Perfect in itself, but the other fold's threshold lies elsewhere: half of each fold is wrong."""
    values = np.array([0.1, 0.2, 1.1, 1.2])
    same = np.array([True, False, True, False])
    folds = np.array([0, 0, 1, 1])
    apart = folded_accuracy(values, same, folds)
    assert apart.right == Share(2, 4)
    assert apart.folds == 2
    together = folded_accuracy(values[:2], same[:2], folds[:2])
    assert together.right == Share(2, 2)
    assert together.threshold == pytest.approx(0.15)


@given(same=st.lists(st.booleans(), min_size=20, max_size=60))
def test_pairs_without_folds_are_dealt_out_evenly(same: list[bool]) -> None:
    truth = np.array(same)
    folds = spread_over_folds(truth)
    for value in (True, False):
        counts = np.bincount(folds[truth == value], minlength=10)
        assert counts.max() - counts.min() <= 1


@given(same=distances, strangers=distances)
def test_the_curve_rises_from_left_to_right(same: np.ndarray, strangers: np.ndarray) -> None:
    points = roc(same, strangers).points
    assert list(points) == sorted(points)
    assert [y for _, y in points] == sorted(y for _, y in points)
    assert points[-1][0] == pytest.approx(1)


def test_drawing_people_again_gives_an_interval_around_the_mean_and_the_same_one_each_time() -> None:
    chance = np.random.default_rng(5)
    groups = np.repeat(np.arange(40), 5)
    values = (chance.random(200) < 0.8).astype(float)
    low, high = resampled(values, groups)
    assert low < values.mean() < high
    assert (low, high) == resampled(values, groups)
    # Values of one person that go together say less than as many of different people.
    alike = np.repeat((chance.random(40) < 0.8).astype(float), 5)
    wide_low, wide_high = resampled(alike, groups)
    assert wide_high - wide_low > high - low
    assert resampled(values[:5], groups[:5]) == (0.0, 1.0)


def test_false_suggestions_add_up_over_people() -> None:
    assert false_suggestions(0.001, 1) == pytest.approx(0.001)
    assert false_suggestions(0.001, 1000) == pytest.approx(0.632, abs=1e-3)


def test_shares_are_counted_by_group() -> None:
    assert shares([True, False, True], ["b", "a", "b"]) == {"a": Share(0, 1), "b": Share(2, 2)}
