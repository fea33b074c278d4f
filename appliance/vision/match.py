"""Who a face may be: the nearest of those who agreed to recognition, each at most once in a photo."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.domain.people import PersonId
from appliance.vision.crops import Floats

Indices = NDArray[np.intp]

_AT_ONCE = 16  # faces, so that a crowd takes no more memory than a portrait
_SCREENED = 5_000  # people, from which it pays to look at some directions first
_DIRECTIONS = 32
# How much farther, or nearer, the mirror image may bring a face: more than it did in 1,600 photos of LFW.
_LESS_SURE, _SURER = 0.035, 0.02
# How much farther a first look may bring a face; in 700 pairs of LFW it was 0.063 at most.
_GLANCE = 0.1
_AGREE = 0.45  # distance of two pictures from which they hardly are of one person


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody a face may be; distance: Euclidean, between embeddings; smaller is more alike."""

    person_id: PersonId
    distance: float


class Gallery:
    """People who agreed to recognition, each by one vector made of their templates.

    The search is exact. With many people a face is first compared by the few directions in which they
    differ most: a part of a distance is never more than the whole, so whoever is too far by that part is
    too far, and a hundred thousand vectors need not all be read.
    """

    def __init__(self, templates: Sequence[tuple[PersonId, Floats]]) -> None:
        of_person: dict[PersonId, list[Floats]] = {}
        for person_id, vector in templates:
            of_person.setdefault(person_id, []).append(vector)
        self._people = sorted(of_person)
        self._vectors = np.array([typical(np.stack(of_person[one])) for one in self._people], np.float32)
        self._half_squares = _half_squares(self._vectors)
        self._screen = _Screen(self._vectors) if len(self._vectors) > _SCREENED else None

    def __len__(self) -> int:
        return len(self._people)

    def distances(self, embeddings: Floats) -> Floats:
        """[faces, people]: the distance of each face to each person, people by id."""
        if not len(self) or not len(embeddings):
            return np.zeros((len(embeddings), len(self)), np.float32)
        return np.concatenate([self._nearest(block) for _, block in _blocks(embeddings)])

    def _nearest(self, embeddings: Floats) -> Floats:
        # |e - v|^2 = |e|^2 + 2 (|v|^2 / 2 - e.v): only the bracket depends on the template.
        each = self._half_squares - embeddings @ self._vectors.T
        squares = 2 * each + 2 * _half_squares(embeddings)[:, None]
        return np.asarray(np.sqrt(np.maximum(squares, 0)), np.float32)

    def assign(
        self, embeddings: Floats, threshold: float, barred: Sequence[AbstractSet[PersonId]]
    ) -> list[Match | None]:
        """A match or none for each face, nearest pairs first, so that nobody is suggested twice (P7).

        embeddings: [n,128] of the faces of one photo. threshold: the largest distance that still is a
        match. barred: for each face, who it cannot be.
        """
        found: list[Match | None] = [None] * len(embeddings)
        taken: set[int] = set()
        for distance, face, column in sorted(self._within(embeddings, threshold)):
            person_id = self._people[column]
            if found[face] is None and column not in taken and person_id not in barred[face]:
                found[face] = Match(person_id, round(distance, 4))
                taken.add(column)
        return found

    def undecided(self, embeddings: Floats, threshold: float) -> NDArray[np.bool_]:
        """Which faces [n] are so near to the threshold that a second look at them may change the answer."""
        nearest = np.full(len(embeddings), np.inf)
        for distance, face, _ in self._within(embeddings, threshold + _LESS_SURE):
            nearest[face] = min(nearest[face], distance)
        return (nearest > threshold - _SURER) & (nearest <= threshold + _LESS_SURE)

    def likely(self, embeddings: Floats, threshold: float) -> NDArray[np.bool_]:
        """Which faces [n], seen by a first look alone, may be somebody when they are measured."""
        near = np.zeros(len(embeddings), bool)
        for _, face, _ in self._within(embeddings, threshold + _GLANCE):
            near[face] = True
        return near

    def _within(self, embeddings: Floats, threshold: float) -> Iterator[tuple[float, int, int]]:
        """Distance, face and person of every pair that is near enough."""
        if not len(self):
            return
        for first, block in _blocks(embeddings):
            if self._screen is None:
                near = self._nearest(block)
                faces, columns = np.nonzero(near <= threshold)
                distances = near[faces, columns]
            else:
                faces, columns = self._screen.candidates(block, threshold)
                distances = np.linalg.norm(block[faces] - self._vectors[columns], axis=1)
            for distance, face, column in zip(distances, faces, columns, strict=True):
                if distance <= threshold:
                    yield float(distance), first + int(face), int(column)


def typical(templates: Floats) -> Floats:
    """The one vector [128] that stands for the templates [n,128] of a person.

    Of those that agree with the most central one, the mean direction: nearer to new pictures than any
    single template, and a picture of somebody else that was confirmed by mistake does not move it.
    """
    apart = np.linalg.norm(templates[:, None] - templates[None], axis=2)
    central = int(apart.sum(axis=1).argmin())
    mean = templates[apart[central] <= _AGREE].mean(axis=0)
    length = np.linalg.norm(mean)
    return np.asarray(mean / length if length > 0 else mean, np.float32)


class _Screen:
    """The directions in which people differ most (principal components of their vectors)."""

    def __init__(self, vectors: Floats) -> None:
        centred = vectors - vectors.mean(axis=0)
        _, directions = np.linalg.eigh(centred.T @ centred)
        self._directions = np.ascontiguousarray(directions[:, -_DIRECTIONS:], np.float32)
        self._seen = np.ascontiguousarray((vectors @ self._directions).T)
        self._half_squares = _half_squares(self._seen.T)

    def candidates(self, embeddings: Floats, threshold: float) -> tuple[Indices, Indices]:
        """Faces and people that may be within a distance; none that is, is left out."""
        seen = embeddings @ self._directions
        # The slack is for rounding: both sides are sums of a few dozen products of numbers below two.
        limit = (threshold**2 + 1e-4) / 2 - _half_squares(seen)[:, None]
        each = seen @ self._seen
        np.subtract(self._half_squares, each, out=each)
        faces, people = np.nonzero(each <= limit)
        return faces, people


def _half_squares(vectors: Floats) -> Floats:
    return np.asarray((vectors**2).sum(axis=-1) / 2, np.float32)


def _blocks(embeddings: NDArray[np.float32]) -> Iterator[tuple[int, Floats]]:
    for first in range(0, len(embeddings), _AT_ONCE):
        yield first, embeddings[first : first + _AT_ONCE]


def alike(embeddings: Floats, threshold: float) -> list[list[int]]:
    """Groups of faces that look like one person: indices of two or more, each face in one group at most.

    Complete linkage: a face joins only when it is within the threshold of every member, so that one
    doubtful face does not join two people.
    """
    squares = (embeddings**2).sum(axis=1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * embeddings @ embeddings.T, 0))
    groups: list[list[int]] = []
    for face in range(len(embeddings)):
        fitting = [group for group in groups if distances[face, group].max() <= threshold]
        if fitting:
            min(fitting, key=lambda group: float(distances[face, group].mean())).append(face)
        else:
            groups.append([face])
    return [group for group in groups if len(group) > 1]
