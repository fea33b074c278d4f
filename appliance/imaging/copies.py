"""Copies made from pixels to look at: the proxy, the thumbnail, a face."""

from collections.abc import Sequence

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from appliance.domain.photos import Box
from appliance.imaging.scaling import reduced, within

Pixels = NDArray[np.uint8]

PROXY_SIDE, PROXY_QUALITY = 1600, 82
THUMBNAIL_SIDE, THUMBNAIL_QUALITY = 400, 75
PAGE_SIDE, PAGE_QUALITY = 2200, 85
_CELLS = 6  # across a blurred face: what is left of it fits on a few stamps
_MARGIN = 0.2


def proxy(pixels: Pixels, side: int = PROXY_SIDE) -> bytes:
    """A JPEG to look at, its long side at most 1600 pixels, or as many as are asked."""
    return _jpeg(within(pixels, side), PROXY_QUALITY)


def page(pixels: Pixels) -> bytes:
    """A scanned page as JPEG, its long side at most 2200 pixels: handwriting can be read."""
    return _jpeg(within(pixels, PAGE_SIDE, fine=True), PAGE_QUALITY)


def thumbnail(pixels: Pixels) -> bytes:
    """A small JPEG for the library, its long side at most 400 pixels."""
    return _jpeg(within(pixels, THUMBNAIL_SIDE), THUMBNAIL_QUALITY)


def face_crop(pixels: Pixels, box: Box, size: int = 160) -> bytes:
    """A square JPEG around a face; box: in fractions of the picture."""
    height, width = pixels.shape[:2]
    side = max(box.width * width, box.height * height) * 1.4
    middle = ((box.left + box.right) / 2 * width, (box.top + box.bottom) / 2 * height)
    side = min(max(side, 8.0), width, height)
    left = int(np.clip(middle[0] - side / 2, 0, width - side))
    top = int(np.clip(middle[1] - side / 2, 0, height - side))
    part = pixels[top : top + int(side), left : left + int(side)]
    return _jpeg(reduced(part, size, size), THUMBNAIL_QUALITY)


def blurred(pixels: Pixels, boxes: Sequence[Box]) -> Pixels:
    """A copy in which faces cannot be recognised: each becomes a few flat cells, blurred together."""
    result = pixels.copy()
    height, width = pixels.shape[:2]
    for box in boxes:
        left = int(max(0, (box.left - _MARGIN * box.width) * width))
        top = int(max(0, (box.top - _MARGIN * box.height) * height))
        right = int(min(width, np.ceil((box.right + _MARGIN * box.width) * width)))
        bottom = int(min(height, np.ceil((box.bottom + _MARGIN * box.height) * height)))
        if right <= left or bottom <= top:
            continue
        cells = cv2.resize(result[top:bottom, left:right], (_CELLS, _CELLS), interpolation=cv2.INTER_AREA)
        large = cv2.resize(cells, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
        smooth = max(3, (right - left) // _CELLS | 1)
        result[top:bottom, left:right] = cv2.GaussianBlur(large, (smooth, smooth), 0)
    return result


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    return bytes(
        simplejpeg.encode_jpeg(
            np.ascontiguousarray(pixels),
            quality=quality,
            colorspace="RGB",
            colorsubsampling="420",
            fastdct=True,
        )
    )
