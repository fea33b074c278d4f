"""Perceptual fingerprints: pictures that look alike have fingerprints that differ in few bits.

Two hashes of 64 bits each: of the frequencies (pHash, by DCT) and of the gradients (dHash). Neither is an
answer: they find the few pictures among many that are worth comparing (see `likeness`).
"""

from collections.abc import Sequence
from typing import cast

import cv2
import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from appliance.imaging.scaling import reduced

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.int64]

_SIDE = 128  # the hashes reduce to 32 and 9 anyway; this makes that step cheap
_AT_ONCE = 16_384  # fingerprints, so that they stay in the processor's cache
_CROPS = (0.025, 0.05)  # of each side: the crops that are allowed for, both ways


def fingerprint(pixels: Pixels) -> str:
    """The fingerprint of a picture [height,width,3]: 32 hexadecimal characters."""
    picture = Image.fromarray(reduced(pixels, _SIDE, _SIDE))
    return f"{imagehash.phash(picture)}{imagehash.dhash(picture)}"


def distance(one: str, other: str) -> int:
    """In how many of 128 bits two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def fingerprints_of_crops(pixels: Pixels) -> tuple[str, ...]:
    """The picture's fingerprint, and those of it slightly cropped, or as if it were a crop of another."""
    small = reduced(pixels, 2 * _SIDE, 2 * _SIDE)
    views = [small]
    for part in _CROPS:
        edge = max(1, round(small.shape[0] * part))
        views.append(np.ascontiguousarray(small[edge:-edge, edge:-edge]))
        grown = cv2.copyMakeBorder(small, edge, edge, edge, edge, cv2.BORDER_REFLECT_101)
        views.append(np.asarray(grown, np.uint8))
    return tuple(fingerprint(view) for view in views)


class Fingerprints:
    """Fingerprints in memory, to find those near one: all of them are looked at, which is quick enough.

    A hundred thousand take 2.4 MB, and a search a millisecond or two; an index would have to be kept right.
    """

    def __init__(self) -> None:
        self._values = np.zeros((2, 0), np.uint64)
        self._numbers = np.zeros(0, np.int64)
        self._filled = 0

    def __len__(self) -> int:
        return self._filled

    def add(self, known: Sequence[tuple[int, str]]) -> None:
        """Add fingerprints by their numbers. One that is added twice is found once, by its later value."""
        if not known:
            return
        numbers = np.array([number for number, _ in known], np.int64)
        values = np.array([_halves(value) for _, value in known], np.uint64).T
        again = np.isin(self._numbers[: self._filled], numbers)
        if again.any():
            self._keep(~again)
        self._make_room(len(known))
        end = self._filled + len(known)
        self._numbers[self._filled : end], self._values[:, self._filled : end] = numbers, values
        self._filled = end

    def _keep(self, chosen: NDArray[np.bool_]) -> None:
        filled = int(chosen.sum())
        self._numbers[:filled] = self._numbers[: self._filled][chosen]
        self._values[:, :filled] = self._values[:, : self._filled][:, chosen]
        self._filled = filled

    def _make_room(self, more: int) -> None:
        if self._filled + more > len(self._numbers):
            size = max(1024, 2 * (self._filled + more))
            grown = size - len(self._numbers)
            self._numbers = np.pad(self._numbers, (0, grown))
            self._values = np.pad(self._values, ((0, 0), (0, grown)))

    def near(self, wanted: Sequence[str], radius: int, most: int) -> list[int]:
        """Numbers of fingerprints within a radius of any of these, nearest first.

        radius: in how many of 128 bits they may differ. most: how many are given at most.
        """
        if not wanted:
            return []
        halves = [_halves(value) for value in wanted]
        nearest = np.full(self._filled, 128, np.uint8)
        for start in range(0, self._filled, _AT_ONCE):
            end = min(start + _AT_ONCE, self._filled)
            high, low = self._values[0, start:end], self._values[1, start:end]
            for first, second in halves:
                bits = np.bitwise_count(high ^ np.uint64(first))
                bits += np.bitwise_count(low ^ np.uint64(second))
                np.minimum(nearest[start:end], bits, out=nearest[start:end])
        within = np.flatnonzero(nearest <= radius)
        order = within[np.argsort(nearest[within], kind="stable")][:most]
        return cast("list[int]", self._numbers[order].tolist())


def _halves(value: str) -> tuple[int, int]:
    return int(value[:16], 16), int(value[16:], 16)
