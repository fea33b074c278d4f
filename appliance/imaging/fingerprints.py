"""Perceptual fingerprints: pictures that look alike have fingerprints that differ in few bits."""

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from appliance.imaging.scaling import reduced

_SIDE = 128  # the hash reduces to 32 anyway; this makes that step cheap


def fingerprint(pixels: NDArray[np.uint8]) -> str:
    """The perceptual hash (DCT) of a picture [height,width,3]: 16 hexadecimal characters."""
    return str(imagehash.phash(Image.fromarray(reduced(pixels, _SIDE, _SIDE))))


def distance(one: str, other: str) -> int:
    """In how many of 64 bits two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
