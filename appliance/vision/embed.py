"""From aligned faces to embeddings, in which a distance says how alike two faces are."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from appliance.vision.chips import extract_chip
from appliance.vision.crops import Floats, Pixels
from appliance.vision.runtime import Network

LENGTH = 128
_BATCH = 16  # faces at a time, so that a crowd takes no more memory than a few


def embeddings(
    network: Network,
    picture: Pixels,
    faces: Sequence[Floats],
    again: Callable[[Floats], NDArray[np.bool_]] = lambda once: np.ones(len(once), bool),
) -> Floats:
    """Embeddings [n,128] of unit length, of the faces whose five points [5,2] are given.

    Each face is seen as it is and mirrored, and the two are averaged. The direction of the network's
    output says who it is; its length says how good the picture is, and is left out. What each of these
    is worth is measured in docs/decisions/0003-alignment-and-averaging.md.

    again: given embeddings made of the faces as they are, which of them need the mirror image too; all,
    if it is left out.
    """
    found = np.zeros((len(faces), LENGTH), np.float32)
    for part in _parts(len(faces)):
        chips = np.stack([extract_chip(picture, points) for points in faces[part]])
        once = network.run(chips.astype(np.float32))[0]
        chosen = again(_unit(once))
        if chosen.any():
            once[chosen] += network.run(chips[chosen, :, ::-1].astype(np.float32))[0]
        found[part] = _unit(once)
    return found


def glances(network: Network, chips: Sequence[Pixels]) -> Floats:
    """Embeddings [n,128] of faces cut out quickly, each seen once: to tell who is worth measuring."""
    return _unit(network.run(np.stack(chips).astype(np.float32))[0])


def _parts(count: int) -> Iterator[slice]:
    return (slice(first, first + _BATCH) for first in range(0, count, _BATCH))


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
