"""Who a face may be: the nearest of those who agreed to recognition, each at most once in a photo."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from appliance.domain.people import PersonId
from appliance.vision.crops import Floats


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody a face may be; distance: Euclidean, between embeddings; smaller is more alike."""

    person_id: PersonId
    distance: float


class Gallery:
    """Templates of people who agreed to recognition; each may have several, of which the best counts."""

    def __init__(self, templates: Sequence[tuple[PersonId, Floats]]) -> None:
        self._people = sorted({person_id for person_id, _ in templates})
        self._owners = np.array([self._people.index(p) for p, _ in templates], np.intp)
        self._vectors = np.stack([v for _, v in templates]) if templates else np.zeros((0, 128), np.float32)

    def __len__(self) -> int:
        return len(self._people)

    def distances(self, embeddings: Floats) -> Floats:
        """[faces, people]: the smallest distance of each face to each person's templates."""
        squares = (
            (embeddings**2).sum(axis=1)[:, None]
            + (self._vectors**2).sum(axis=1)[None]
            - 2 * embeddings @ self._vectors.T
        )
        each = np.sqrt(np.maximum(squares, 0))
        best = np.full((len(embeddings), len(self._people)), np.inf, np.float32)
        for column, owner in enumerate(self._owners):
            best[:, owner] = np.minimum(best[:, owner], each[:, column])
        return best

    def assign(
        self, embeddings: Floats, threshold: float, barred: Sequence[AbstractSet[PersonId]]
    ) -> list[Match | None]:
        """A match or none for each face, nearest pairs first, so that nobody is suggested twice (P7).

        embeddings: [n,128] of the faces of one photo. threshold: the largest distance that still is a
        match. barred: for each face, who it cannot be.
        """
        found: list[Match | None] = [None] * len(embeddings)
        if not len(self) or not len(embeddings):
            return found
        best = self.distances(embeddings)
        for row, nobody in enumerate(barred):
            best[row, [i for i, person in enumerate(self._people) if person in nobody]] = np.inf
        while (nearest := float(best.min())) <= threshold:
            face, column = divmod(int(best.argmin()), len(self._people))
            found[face] = Match(self._people[column], round(nearest, 4))
            best[face, :] = np.inf
            best[:, column] = np.inf
        return found


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
