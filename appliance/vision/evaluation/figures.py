"""Figures from distances and counts, with their uncertainty. Pure: no files, no networks, no chance.

Distances are numbers for which smaller means more alike. "Strangers" are pairs of two people, "same"
pairs are two pictures of one person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating]
Truths = NDArray[np.bool_]

_Z = 1.959964  # of the normal distribution, for 95 %
_SEED = 20_240_601  # resampling is part of the method, so that a run can be repeated to the digit


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with its 95 % interval; all as parts of one. A share of nothing is unknown."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share itself."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval (Wilson 1927): right for few cases, and for shares near 0 and 1."""
        if not self.of:
            return 0.0, 1.0
        part, z2 = self.hits / self.of, _Z**2
        middle = (part + z2 / (2 * self.of)) / (1 + z2 / self.of)
        reach = _Z / (1 + z2 / self.of)
        reach *= float(np.sqrt(part * (1 - part) / self.of + z2 / (4 * self.of**2)))
        return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many of the same people are recognised when one stranger in so many may be taken for somebody.

    rate: of strangers accepted, as asked. threshold: the largest distance accepted. false: strangers that
    it lets through here. found: same pairs within it.
    measurable: whether there are enough strangers for the rate to mean anything: one false one at least.
    """

    rate: float
    threshold: float
    false: Share
    found: Share
    measurable: bool


def accepted_at(same: Numbers, strangers: Numbers, rate: float) -> Accepted:
    """The largest threshold that lets no more than this rate of strangers through, and what it finds."""
    allowed = int(np.floor(len(strangers) * rate + 1e-9))
    ordered = np.sort(strangers)
    threshold = np.inf
    if allowed < len(ordered):
        # The next number below, of the same precision: a finer one would be rounded when it is compared.
        threshold = float(np.nextafter(ordered[allowed], ordered.dtype.type(-np.inf)))
    return Accepted(
        rate=rate,
        threshold=threshold,
        false=Share(int((strangers <= threshold).sum()), len(strangers)),
        found=Share(int((same <= threshold).sum()), len(same)),
        measurable=allowed >= 1,
    )


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Pairs judged rightly, each fold by the threshold that is best for the others (Huang et al. 2007).

    right: over all folds. threshold: mean of the folds'. spread: standard deviation of the folds'
    accuracies; 0 for one fold.
    """

    right: Share
    threshold: float
    spread: float
    folds: int


def folded_accuracy(distances: Numbers, same: Truths, folds: NDArray[np.integer]) -> Accuracy:
    """Accuracy over folds; with one fold only the threshold is fitted to the pairs it judges."""
    names = np.unique(folds)
    right, shares, thresholds = 0, [], []
    for name in names:
        judged = folds == name
        fitted = ~judged if len(names) > 1 else judged
        threshold = best_threshold(distances[fitted], same[fitted])
        hits = int(((distances[judged] <= threshold) == same[judged]).sum())
        right += hits
        shares.append(hits / int(judged.sum()))
        thresholds.append(threshold)
    spread = float(np.std(shares, ddof=1)) if len(names) > 1 else 0.0
    return Accuracy(Share(right, len(distances)), float(np.mean(thresholds)), spread, len(names))


def best_threshold(distances: Numbers, same: Truths) -> float:
    """The threshold that judges most pairs rightly: the middle of the widest gap that does."""
    order = np.argsort(distances, kind="stable")
    ordered, truth = distances[order], same[order]
    # Accepting the i nearest: the same ones among them are right, and the strangers beyond them.
    accepted = np.concatenate([[0], np.cumsum(truth)])
    refused = (~truth).sum() - np.concatenate([[0], np.cumsum(~truth)])
    right = accepted + refused
    edges = np.concatenate([[ordered[0] - 1e-6], (ordered[:-1] + ordered[1:]) / 2, [ordered[-1]]])
    # Between equal distances no threshold can tell.
    right[1:-1][ordered[:-1] == ordered[1:]] = -1
    best = np.flatnonzero(right == right.max())
    return float(edges[best[len(best) // 2]])


def spread_over_folds(same: Truths, folds: int = 10) -> NDArray[np.intp]:
    """Folds for pairs that have none: same pairs and strangers are dealt out in turn, in their order."""
    given = np.zeros(len(same), np.intp)
    for truth in (False, True):
        chosen = np.flatnonzero(same == truth)
        given[chosen] = np.arange(len(chosen)) % folds
    return given


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a curve: x, y."""

    points: tuple[tuple[float, float], ...]


def roc(same: Numbers, strangers: Numbers, points: int = 200) -> Curve:
    """Part of strangers accepted (x) against part of the same people accepted (y), x in even ratios."""
    if not len(same) or not len(strangers):
        return Curve(())
    rates = np.unique(np.geomspace(1 / len(strangers), 1.0, points))
    limits = np.quantile(strangers, rates, method="lower")
    ordered = np.sort(same)
    found = np.searchsorted(ordered, limits, "right") / len(same)
    return Curve(tuple((float(x), float(y)) for x, y in zip(rates, found, strict=True)))


def resampled(values: Numbers, groups: NDArray[np.integer], rounds: int = 1000) -> tuple[float, float]:
    """95 % interval of the mean of values, by drawing whole groups again (Efron 1979).

    groups: of which person each value is. Pairs of one person are alike, so that drawing single pairs
    would promise too much.
    """
    names, place = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        return 0.0, 1.0
    sums = np.bincount(place, weights=values, minlength=len(names))
    counts = np.bincount(place, minlength=len(names))
    chosen = np.random.default_rng(_SEED).integers(0, len(names), (rounds, len(names)))
    means = sums[chosen].sum(axis=1) / counts[chosen].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def false_suggestions(strangers_rate: float, people: int) -> float:
    """Part of unknown faces that get a false suggestion, when each is compared with so many people."""
    return float(1 - (1 - strangers_rate) ** people)


def shares(hits: Sequence[bool], groups: Sequence[str]) -> dict[str, Share]:
    """The share of hits in each group, by name."""
    found: dict[str, Share] = {}
    for hit, group in zip(hits, groups, strict=True):
        so_far = found.get(group, Share(0, 0))
        found[group] = Share(so_far.hits + bool(hit), so_far.of + 1)
    return dict(sorted(found.items()))
