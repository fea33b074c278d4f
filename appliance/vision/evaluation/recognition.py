"""How well people are told apart: labelled pairs, everybody with everybody, and a gallery with strangers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.domain.people import PersonId
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.crops import Floats
from appliance.vision.evaluation.detection import Reader, middle_face
from appliance.vision.evaluation.figures import (
    Accepted,
    Accuracy,
    Curve,
    Numbers,
    Share,
    accepted_at,
    folded_accuracy,
    resampled,
    roc,
    spread_over_folds,
)
from appliance.vision.evaluation.truth import Pair, Portrait
from appliance.vision.match import Gallery

RATES = (1e-2, 1e-3, 1e-4)
NO_FACE = 10.0  # a distance larger than any other: a photo without a face is nobody's
_REFERENCES = 3
_PROBES = 5
_DRAWS = 10  # of which photos somebody is enrolled by
_FEWEST = 10  # pairs of strangers on which a rate rests
_RATES = (1e-5, 1e-4, 1e-3, 1e-2)
_ROWS = 256
_SEED = 20_240_602

Embeddings = Mapping[Path, Floats | None]


@dataclass(frozen=True, slots=True)
class Verification:
    """Pairs of photos. worst: the most unlike of the same person; likest: the most alike strangers."""

    pairs: int
    unmeasured: int
    accuracy: Accuracy
    accepted: tuple[Accepted, ...]
    curve: Curve
    worst: tuple[tuple[Pair, float], ...]
    likest: tuple[tuple[Pair, float], ...]


@dataclass(frozen=True, slots=True)
class Everybody:
    """Every photo compared with every other: far more strangers than a list of pairs has.

    accepted: with the 95 % interval of what is found, by drawing people again.
    pairs_at: the same thresholds for the pairs of a list, where there is one.
    """

    people: int
    photos: int
    strangers: int
    accepted: tuple[tuple[Accepted, tuple[float, float]], ...]
    pairs_at: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Identification:
    """A gallery of enrolled people; photos of them, and of strangers, are looked up in it.

    rank_one: the nearest is the right one. suggested: rightly, within the threshold. false: strangers
    that get a suggestion. wrong: enrolled people to whom somebody else is suggested.
    """

    people: int
    references: int
    threshold: float
    rank_one: Share
    suggested: Share
    wrong: Share
    false: Share


def embed_portraits(
    analyser: FaceAnalyser, paths: Sequence[Path], read: Reader, on_progress: Callable[[int], None]
) -> dict[Path, Floats | None]:
    """The embedding of the face in the middle of each photo; None where no face is found."""
    found: dict[Path, Floats | None] = {}
    for number, path in enumerate(paths, 1):
        picture, _ = read(path)
        findings = analyser.examine(picture)
        chosen = middle_face(findings)
        face = None if chosen is None else findings.faces[chosen]
        found[path] = None if face is None else np.asarray(analyser.embed(picture, [face])[0], np.float32)
        on_progress(number)
    return found


def verification(pairs: Sequence[Pair], embeddings: Embeddings) -> Verification:
    """Compare the pairs of a list; folds as the list has them, or ten of equal size."""
    distances = np.array([_distance(embeddings[p.one], embeddings[p.other]) for p in pairs], np.float64)
    same = np.array([p.same for p in pairs], bool)
    named = sorted({p.fold for p in pairs})
    # Two folds cannot show a spread; ten of equal size can, and no pair is judged by itself either way.
    few = len(named) < 5
    folds = spread_over_folds(same) if few else np.array([named.index(p.fold) for p in pairs])
    order = np.argsort(distances)
    shown = [(pairs[i], float(distances[i])) for i in order]
    return Verification(
        pairs=len(pairs),
        unmeasured=sum(vector is None for vector in embeddings.values()),
        accuracy=folded_accuracy(distances, same, folds),
        accepted=tuple(accepted_at(distances[same], distances[~same], rate) for rate in RATES),
        curve=roc(distances[same], distances[~same]),
        worst=tuple(one for one in reversed(shown) if one[0].same)[:24],
        likest=tuple(one for one in shown if not one[0].same)[:24],
    )


def _distance(one: Floats | None, other: Floats | None) -> float:
    return NO_FACE if one is None or other is None else float(np.linalg.norm(one - other))


def everybody(
    portraits: Sequence[Portrait], embeddings: Embeddings, pairs: Sequence[Pair] = ()
) -> Everybody | None:
    """Compare every two photos; None when nobody has two, or there is one person only."""
    kept = [p for p in portraits if embeddings[p.path] is not None]
    names, owners = np.unique([p.person for p in kept], return_inverse=True)
    if len(names) < 2 or len(names) == len(kept):
        return None
    vectors = np.stack([_measured(embeddings, p.path) for p in kept])
    same, groups, strangers = _all_distances(vectors, owners)
    listed = np.array([_distance(embeddings[p.one], embeddings[p.other]) for p in pairs if p.same])
    accepted, pairs_at = [], []
    for rate in RATES:
        one = accepted_at(same, strangers, rate)
        accepted.append((one, resampled((same <= one.threshold).astype(np.float64), groups)))
        if len(listed):
            pairs_at.append(Share(int((listed <= one.threshold).sum()), len(listed)))
    return Everybody(len(names), len(kept), len(strangers), tuple(accepted), tuple(pairs_at))


def nearness(portraits: Sequence[Portrait], embeddings: Embeddings) -> tuple[tuple[float, float], ...]:
    """How near strangers come to people who are enrolled by three photos: pairs of a distance and the part
    of strangers within it, as a pack's manifest has them in `rates`.

    Only rates on which ten pairs of strangers rest are told, all draws together.
    """
    of_person: dict[str, list[Path]] = {}
    for portrait in portraits:
        if embeddings[portrait.path] is not None:
            of_person.setdefault(portrait.person, []).append(portrait.path)
    enrolled = sorted(name for name, paths in of_person.items() if len(paths) >= _REFERENCES)
    if len(enrolled) < 2:
        return ()
    chance = np.random.default_rng(_SEED)
    shown = np.stack([_measured(embeddings, path) for paths in of_person.values() for path in paths])
    owners = np.array([name for name, paths in of_person.items() for _ in paths])
    found = []
    for _ in range(_DRAWS):
        drawn = [chance.permutation(len(of_person[name]))[:_REFERENCES] for name in enrolled]
        known = Gallery(
            [
                (PersonId(name), _measured(embeddings, of_person[name][i]))
                for name, chosen in zip(enrolled, drawn, strict=True)
                for i in chosen
            ]
        )
        found.append(known.distances(shown)[owners[:, None] != np.array(enrolled)])
    distances = np.sort(np.concatenate(found))
    shown_rates = [rate for rate in _RATES if rate * len(distances) >= _FEWEST]
    return tuple((float(distances[int(rate * len(distances))]), rate) for rate in shown_rates)


def _measured(embeddings: Embeddings, path: Path) -> Floats:
    vector = embeddings[path]
    assert vector is not None  # noqa: S101 - whoever calls has left the others out
    return vector


def _all_distances(vectors: Floats, owners: NDArray[np.intp]) -> tuple[Numbers, NDArray[np.intp], Numbers]:
    """Distances of the same people, whose they are, and distances of strangers; each pair once."""
    same, whose, strangers = [], [], []
    for first in range(0, len(vectors), _ROWS):
        block = vectors[first : first + _ROWS]
        squares = 2 - 2 * block @ vectors.T
        later = np.arange(len(vectors)) > np.arange(first, first + len(block))[:, None]
        alike = owners[first : first + len(block), None] == owners
        distances = np.sqrt(np.maximum(squares, 0))
        same.append(distances[later & alike])
        whose.append(np.broadcast_to(owners, alike.shape)[later & alike])
        strangers.append(distances[later & ~alike])
    return np.concatenate(same), np.concatenate(whose), np.concatenate(strangers)


def identification(
    portraits: Sequence[Portrait], embeddings: Embeddings, analyser: FaceAnalyser, people: int
) -> Identification | None:
    """Enrol so many people, each by up to three photos; look up their other photos, and everybody else's.

    None when there are too few people with two photos, or no strangers.
    """
    of_person: dict[str, list[Path]] = {}
    for portrait in portraits:
        if embeddings[portrait.path] is not None:
            of_person.setdefault(portrait.person, []).append(portrait.path)
    chance = np.random.default_rng(_SEED)
    able = sorted(name for name, paths in of_person.items() if len(paths) > 1)
    enrolled = [able[i] for i in chance.permutation(len(able))[:people]]
    if len(enrolled) < min(people, 2) or len(of_person) == len(enrolled):
        return None
    references: list[tuple[PersonId, Floats]] = []
    probes: list[tuple[str, Path]] = []
    for name in enrolled:
        paths = [of_person[name][i] for i in chance.permutation(len(of_person[name]))]
        count = min(_REFERENCES, len(paths) - 1)
        references += [(PersonId(name), _measured(embeddings, path)) for path in paths[:count]]
        probes += [(name, path) for path in paths[count : count + _PROBES]]
    strangers = [paths[0] for name, paths in sorted(of_person.items()) if name not in set(enrolled)]
    return _looked_up(Gallery(references), probes, strangers, embeddings, analyser, len(references))


def _looked_up(
    gallery: Gallery,
    probes: Sequence[tuple[str, Path]],
    strangers: Sequence[Path],
    embeddings: Embeddings,
    analyser: FaceAnalyser,
    references: int,
) -> Identification:
    threshold = analyser.match_among(len(gallery))

    def nearest(path: Path, limit: float) -> str | None:
        (match,) = gallery.assign(_measured(embeddings, path)[None], limit, [set()])
        return match.person_id if match else None

    told = [nearest(path, threshold) for _, path in probes]
    right = [name for name, _ in probes]
    return Identification(
        people=len(gallery),
        references=references,
        threshold=threshold,
        rank_one=Share(sum(nearest(path, np.inf) == name for name, path in probes), len(probes)),
        suggested=Share(sum(one == name for one, name in zip(told, right, strict=True)), len(probes)),
        wrong=Share(sum(one not in {None, name} for one, name in zip(told, right, strict=True)), len(probes)),
        false=Share(sum(nearest(path, threshold) is not None for path in strangers), len(strangers)),
    )
