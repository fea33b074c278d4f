"""Whether two pictures are the same one: laid upon each other, then compared in their detail.

Fingerprints cannot tell: two portraits of one person in one studio may differ in fewer bits than a picture
and its crop. The detail can: in a copy, however it was resized, compressed or greyed, the same hairs and
folds lie in the same places; in another picture, taken a moment later, they do not.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.domain.duplicates import Likeness
from appliance.imaging.scaling import reduced

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

_SIDE, _COARSE = 160, 64  # pixels to which both are drawn
_EDGE = 7  # of the coarse picture: how far a crop may have moved it
_SCALES = (0.9, 0.925, 0.95, 0.975, 1.0)
_BLOCKS = 8  # across and down
_FINE, _BROAD = 1.0, 3.0  # standard deviations between which detail is taken, in pixels
_FLAT = 1.0  # grey levels squared: a block with less detail says nothing
_FEWEST = 8  # blocks that must have detail
_WORTH_LAYING = 0.85  # correlation of the coarse pictures below which the rest is spared
_WHOLE = np.ones((_SIDE, _SIDE), np.uint8)
_ROUNDS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)


@dataclass(frozen=True, slots=True)
class _Laid:
    """Where one picture's points lie on the other, and how well they fit there roughly."""

    fit: float
    matrix: Plane


def likeness(one: Pixels, other: Pixels) -> Likeness:
    """How alike two pictures [height,width,3] are; the smaller changes of a crop are undone first."""
    first, second = _grey(one), _grey(other)
    laid = _found_in(first, second)
    if laid.fit < _WORTH_LAYING:
        return Likeness(laid.fit, 0.0, 0.0)
    try:
        # Enhanced correlation (Evangelidis and Psarakis, 2008) lays them upon each other to part of a pixel.
        _, matrix = cv2.findTransformECC(first, second, laid.matrix, cv2.MOTION_AFFINE, _ROUNDS, _WHOLE, 5)
    except cv2.error:  # it did not come to rest: these are two pictures
        return Likeness(laid.fit, 0.0, 0.0)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(second, matrix, (_SIDE, _SIDE), flags=how, borderMode=cv2.BORDER_REPLICATE)
    return _in_detail(laid.fit, first, np.asarray(moved, np.uint8))


def _grey(pixels: Pixels) -> Pixels:
    small = reduced(pixels, _SIDE, _SIDE, fine=True)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def _found_in(one: Pixels, other: Pixels) -> _Laid:
    """The middle of one picture, looked for in the other at a few sizes."""
    middle, around = _coarse(one)[_EDGE:-_EDGE, _EDGE:-_EDGE], _coarse(other)
    found = [_at_scale(middle, around, scale) for scale in (*_SCALES, *(1 / s for s in _SCALES[:-1]))]
    return max(found, key=lambda laid: laid.fit)


def _coarse(grey: Pixels) -> Pixels:
    return np.asarray(cv2.resize(grey, (_COARSE, _COARSE), interpolation=cv2.INTER_AREA), np.uint8)


def _at_scale(middle: Pixels, picture: Pixels, scale: float) -> _Laid:
    side = round(middle.shape[0] * scale)
    drawn = cv2.resize(middle, (side, side), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    _, fit, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(picture, drawn, cv2.TM_CCOEFF_NORMED))
    scale, larger = side / middle.shape[0], _SIDE / _COARSE
    moved = [[scale, 0, (left - _EDGE * scale) * larger], [0, scale, (top - _EDGE * scale) * larger]]
    return _Laid(float(fit), np.array(moved, np.float32))


def _in_detail(fit: float, one: Pixels, other: Pixels) -> Likeness:
    """The correlation of detail, block by block, away from the edges."""
    first, second = _blocks(_detail(one)), _blocks(_detail(other))
    powers = (first**2).mean(axis=1), (second**2).mean(axis=1)
    telling = np.maximum(*powers) > _FLAT
    if telling.sum() < _FEWEST:
        return Likeness(fit, 0.0, 0.0)
    alike = (first * second).mean(axis=1) / np.sqrt(powers[0] * powers[1] + 1e-6)
    middle, low = np.percentile(alike[telling], (50, 10))
    return Likeness(fit, float(middle), float(low))


def _detail(grey: Pixels) -> Plane:
    plane = grey.astype(np.float32)
    difference = cv2.GaussianBlur(plane, (0, 0), _FINE) - cv2.GaussianBlur(plane, (0, 0), _BROAD)
    return np.asarray(difference, np.float32)


def _blocks(plane: Plane) -> Plane:
    """[64, pixels of a block]."""
    edge = _SIDE // 10
    inner = plane[edge:-edge, edge:-edge]
    side = inner.shape[0] // _BLOCKS
    cut = inner[: side * _BLOCKS, : side * _BLOCKS].reshape(_BLOCKS, side, _BLOCKS, side)
    return np.ascontiguousarray(cut.swapaxes(1, 2).reshape(_BLOCKS * _BLOCKS, -1))
