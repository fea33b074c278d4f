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
_SCREENED = 5_000  # templates, from which it pays to look at some directions first
_DIRECTIONS = 32


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody a face may be; distance: Euclidean, between embeddings; smaller is more alike."""

    person_id: PersonId
    distance: float


class Gallery:
    """Templates of people who agreed to recognition; each may have several, of which the best counts.

    The search is exact. With many templates a face is first compared by the few directions in which they
    differ most: a part of a distance is never more than the whole, so whoever is too far by that part is
    too far, and a hundred thousand templates need not all be read.
    """

    def __init__(self, templates: Sequence[tuple[PersonId, Floats]]) -> None:
        ordered = sorted(templates, key=lambda template: template[0])
        self._people, starts, owners = np.unique(
            [person_id for person_id, _ in ordered], return_index=True, return_inverse=True
        )
        self._starts, self._owners = starts.astype(np.intp), owners.reshape(-1)
        self._vectors = np.array([vector for _, vector in ordered], np.float32)
        self._half_squares = _half_squares(self._vectors)
        self._screen = _Screen(self._vectors) if len(self._vectors) > _SCREENED else None

    def __len__(self) -> int:
        return len(self._people)

    def distances(self, embeddings: Floats) -> Floats:
        """[faces, people]: the smallest distance of each face to each person's templates, people by id."""
        if not len(self) or not len(embeddings):
            return np.zeros((len(embeddings), len(self)), np.float32)
        return np.concatenate([self._nearest(block) for _, block in _blocks(embeddings)])

    def _nearest(self, embeddings: Floats) -> Floats:
        # |e - v|^2 = |e|^2 + 2 (|v|^2 / 2 - e.v): only the bracket depends on the template.
        each = self._half_squares - embeddings @ self._vectors.T
        best = np.minimum.reduceat(each, self._starts, axis=1)
        squares = 2 * best + 2 * _half_squares(embeddings)[:, None]
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
            person_id = PersonId(str(self._people[column]))
            if found[face] is None and column not in taken and person_id not in barred[face]:
                found[face] = Match(person_id, round(distance, 4))
                taken.add(column)
        return found

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
                faces, rows = self._screen.candidates(block, threshold)
                distances = np.linalg.norm(block[faces] - self._vectors[rows], axis=1)
                columns = self._owners[rows]
            for distance, face, column in zip(distances, faces, columns, strict=True):
                if distance <= threshold:
                    yield float(distance), first + int(face), int(column)


class _Screen:
    """The directions in which the templates differ most (their principal components)."""

    def __init__(self, vectors: Floats) -> None:
        centred = vectors - vectors.mean(axis=0)
        _, directions = np.linalg.eigh(centred.T @ centred)
        self._directions = np.ascontiguousarray(directions[:, -_DIRECTIONS:], np.float32)
        self._seen = np.ascontiguousarray((vectors @ self._directions).T)
        self._half_squares = _half_squares(self._seen.T)

    def candidates(self, embeddings: Floats, threshold: float) -> tuple[Indices, Indices]:
        """Faces and templates that may be within a distance; none that is, is left out."""
        seen = embeddings @ self._directions
        # The slack is for rounding: both sides are sums of a few dozen products of numbers below two.
        limit = (threshold**2 + 1e-4) / 2 - _half_squares(seen)[:, None]
        each = seen @ self._seen
        np.subtract(self._half_squares, each, out=each)
        faces, rows = np.nonzero(each <= limit)
        return faces, rows


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
