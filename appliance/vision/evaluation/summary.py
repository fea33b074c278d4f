"""All figures of an evaluation as lines of a table: for the command line, the report and the model card."""

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.vision.evaluation.detection import Detection
from appliance.vision.evaluation.figures import Accepted, Share
from appliance.vision.evaluation.recognition import Everybody, Identification, Verification

AS_THEY_ARE, HARDER = "group photos and others", "portraits made harder"
_SHOWN_RATE = 1e-3


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. data: the name of the data set. value, low, high: parts of one, or plain numbers where
    the interval is unknown. of: how many cases it rests on. key: of those that the model card opens with.
    """

    data: str
    what: str
    value: float | None
    low: float | None
    high: float | None
    of: int
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What was measured on one data set; None where it has nothing for it."""

    data: str
    detection: Detection | None = None
    variants: Detection | None = None
    verification: Verification | None = None
    everybody: Everybody | None = None
    identification: Identification | None = None
    nearness: tuple[tuple[float, float], ...] = ()


def lines(results: Results) -> Iterator[Line]:
    """Every figure of one data set."""
    data = results.data
    if results.detection:
        yield from _detection(data, results.detection, AS_THEY_ARE)
    if results.variants:
        yield from _detection(data, results.variants, HARDER)
    if results.verification:
        yield from _verification(data, results.verification)
    if results.everybody:
        yield from _everybody(data, results.everybody)
    if results.identification:
        yield from _identification(data, results.identification)
    for distance, rate in results.nearness:
        what = f"distance to a person that one stranger in {round(1 / rate):,} is within"
        yield Line(data, what, round(distance, 4), None, None, round(1 / rate), "for `rates` in a manifest")


def _share(data: str, what: str, share: Share, note: str = "", key: str = "") -> Line:
    low, high = share.interval if share.of else (None, None)
    return Line(data, what, share.value, low, high, share.of, note, key)


def _detection(data: str, found: Detection, where: str) -> Iterator[Line]:
    yield _share(data, f"faces of 24 px or more found, {where}", found.recall, where, "recall")
    yield _share(data, f"boxes that are faces, {where}", found.precision)
    extra = f"{found.extra} in {found.photos} photos"
    what = f"false boxes in ten photos, {where}"
    yield Line(data, what, found.extra_in_ten, None, None, found.photos, extra, "false_boxes")
    unnoticed = Share(found.unnoticed, found.photos)
    what = f"photos with people in which nothing was noticed, {where}"
    yield _share(data, what, unnoticed, where, "unnoticed")
    yield _share(data, f"photos with a doubt, {where}", Share(found.doubted, found.photos))
    for kind, share in found.by_kind.items():
        yield _share(data, f"faces found: {kind}", share)


def _verification(data: str, found: Verification) -> Iterator[Line]:
    note = f"{found.accuracy.folds} folds, threshold {found.accuracy.threshold:.3f}"
    if found.accuracy.folds > 1:
        note += f", standard deviation of the folds {found.accuracy.spread:.4f}"
    yield _share(data, "pairs judged rightly", found.accuracy.right, note, "accuracy")
    for accepted in found.accepted:
        if accepted.measurable and accepted.found.of:
            yield _share(data, f"same people accepted at {_odds(accepted)}", accepted.found, _at(accepted))
    strictest = found.accepted[-1]
    if not strictest.measurable and strictest.found.of:
        yield _share(data, "same people accepted with no false one", strictest.found, _at(strictest))
    yield Line(data, "photos without a face found", found.unmeasured, None, None, found.pairs)


def _everybody(data: str, found: Everybody) -> Iterator[Line]:
    for accepted, (low, high) in found.accepted:
        if not accepted.measurable:
            continue
        what = f"same people accepted at {_odds(accepted)}, every photo with every other"
        key = "accepted" if accepted.rate == _SHOWN_RATE else ""
        yield Line(data, what, accepted.found.value, low, high, accepted.found.of, _at(accepted), key)
    for (accepted, _), share in zip(found.accepted, found.pairs_at, strict=False):
        if accepted.measurable:
            what = f"same people accepted at {_odds(accepted)} among all, pairs of the list"
            yield _share(data, what, share, _at(accepted))


def _identification(data: str, found: Identification) -> Iterator[Line]:
    gallery = f"{found.people} people enrolled with {found.references} photos"
    yield _share(data, "nearest person is the right one", found.rank_one, gallery)
    within = f"{gallery}, within {found.threshold:.3f}"
    yield _share(data, "right name suggested", found.suggested, within, "suggested")
    yield _share(data, "wrong name suggested to somebody enrolled", found.wrong, within)
    yield _share(data, "false suggestions to strangers", found.false, within, "false_suggestions")


def _odds(accepted: Accepted) -> str:
    return f"one stranger in {round(1 / accepted.rate):,}"


def _at(accepted: Accepted) -> str:
    return f"threshold {accepted.threshold:.3f}, {accepted.false.hits} of {accepted.false.of:,} strangers"
