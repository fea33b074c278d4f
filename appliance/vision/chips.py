"""Faces cut out and aligned as dlib does it, so that its network sees what it was trained on.

The geometry is dlib's `get_face_chip_details` and `extract_image_chips`: a similarity transform to a
template, and a picture that is halved until the cut-out is fine enough for bilinear sampling. Skipping
the halving alone moves the embedding of a large face by a tenth of the distance that tells people apart.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.vision.crops import square

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Samples = NDArray[np.float32]

# Left eye's outer and inner corner, right eye's outer and inner, base of the nose; of the face's square.
TEMPLATE = np.array(
    [
        [0.8595674595992, 0.2134981538014],
        [0.6460604764104, 0.2289674387677],
        [0.1205750620789, 0.2137274526848],
        [0.3340850613712, 0.2290642403242],
        [0.4901123135679, 0.6277975316475],
    ]
)
_POINTS = TEMPLATE @ (1, 1j)
_PADDING = 0.25
_BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32)


def extract_chip(
    picture: Pixels, points: NDArray[np.floating], size: int = 150, padding: float = _PADDING
) -> Pixels:
    """The face [size,size,3] whose five points [5,2] are given in pixels; black beyond the picture.

    padding: room around the face's square, as part of its side.
    """
    centre, scale, turn = _similarity(points, size, padding)
    half = (size * scale - 1) / 2
    corners = np.array([[-half, -half], [half, -half], [-half, half]]) @ turn.T + centre
    part, origin, levels = _surroundings(picture, centre, half, turn, size)
    for _ in range(levels):
        part = _halved(part)
    # Centre, turn and side follow the halvings: a rectangle's corners move as p/2 - (1.25, 0.75).
    middle, side = centre - origin, 2 * half
    low, high = middle - side / 2, middle + side / 2
    for _ in range(levels):
        low, high = low / 2 - (1.25, 0.75), high / 2 - (1.25, 0.75)
    reach = (high - low) / 2
    corners = np.array([[-reach[0], -reach[1]], [reach[0], -reach[1]], [-reach[0], reach[1]]])
    return _sampled(part, corners @ turn.T + (low + high) / 2, size)


def quick_chip(picture: Pixels, points: NDArray[np.floating], size: int = 150) -> Pixels:
    """About what `extract_chip` gives, at a fifth of its cost: enough for a first look, not to measure by."""
    centre, scale, turn = _similarity(points, size, _PADDING)
    angle = float(np.arctan2(turn[1, 0], turn[0, 0]))
    return square(picture, (float(centre[0]), float(centre[1])), size * scale, angle, size)[0]


def _similarity(points: NDArray[np.floating], size: int, padding: float) -> tuple[Floats, float, Floats]:
    """Centre, scale and turn of the template's least-squares fit to the points (Umeyama 1991).

    In the complex plane a similarity is a product, and the fit a quotient.
    """
    fit = (complex(padding, padding) + _POINTS) / (2 * padding + 1) * size
    to = np.asarray(points, np.float64) @ (1, 1j)
    a, b = fit - fit.sum() / len(fit), to - to.sum() / len(to)
    factor = np.vdot(a, b) / np.vdot(a, a).real
    centre = to.sum() / len(to) + factor * (complex(size, size) / 2 - fit.sum() / len(fit))
    scale = abs(factor)
    turn = factor / scale
    matrix = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.array([centre.real, centre.imag]), float(scale), matrix


def _surroundings(
    picture: Pixels, centre: Floats, half: float, turn: Floats, size: int
) -> tuple[Pixels, Floats, int]:
    """The part of the picture that matters, its top left corner, and how often it must be halved."""
    levels, grow = 0, 2.0
    low, high = centre - half, centre + half
    low, high = low / 2 - (1.25, 0.75), high / 2 - (1.25, 0.75)
    while np.prod(high - low + 1) > size * size:
        low, high = low / 2 - (1.25, 0.75), high / 2 - (1.25, 0.75)
        levels += 1
        grow = grow * 2 + 2
    square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]]) @ turn.T + centre
    height, width = picture.shape[:2]
    first = np.clip(np.floor(square.min(axis=0) - grow + 0.5), 0, (width - 1, height - 1)).astype(int)
    last = np.clip(np.floor(square.max(axis=0) + grow + 0.5), 0, (width - 1, height - 1)).astype(int)
    part = picture[first[1] : last[1] + 1, first[0] : last[0] + 1]
    return part, first.astype(np.float64), levels


def _halved(picture: Pixels) -> Pixels:
    """Every other pixel after a binomial blur, without the border; fractions are cut off."""
    height, width = ((n - 3) // 2 for n in picture.shape[:2])
    if height < 1 or width < 1:
        return np.zeros((1, 1, 3), np.uint8)
    sums = cv2.sepFilter2D(picture, cv2.CV_32F, _BINOMIAL, _BINOMIAL)
    chosen = sums[2 : 2 + 2 * height : 2, 2 : 2 + 2 * width : 2]
    return np.asarray(chosen / 256, np.float32).astype(np.uint8)


def _sampled(picture: Pixels, corners: Floats, size: int) -> Pixels:
    """Bilinear samples of the parallelogram with these corners (top left, top right, bottom left)."""
    height, width = picture.shape[:2]
    if height < 2 or width < 2:
        return np.zeros((size, size, 3), np.uint8)
    steps = np.arange(size) / (size - 1)
    across, down = corners[1] - corners[0], corners[2] - corners[0]
    x, y = (corners[0][i] + steps * across[i] + (steps * down[i])[:, None] for i in (0, 1))
    left, top = np.floor(x), np.floor(y)
    inside = ((left >= 0) & (top >= 0) & (left + 1 < width) & (top + 1 < height)).ravel()
    first = np.where(inside, (top * width + left).ravel(), 0).astype(np.intp)
    right_part = (x - left).astype(np.float32).ravel()
    lower_part = (y - top).astype(np.float32).ravel()
    # A pixel is fetched as one number, and its colours are worked on as three long rows.
    pixels = cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA).view(np.uint32).ravel()
    drawn = _between(pixels, first, right_part)
    drawn *= 1 - lower_part
    lower = _between(pixels, first + width, right_part)
    lower *= lower_part
    drawn += lower
    drawn *= inside
    return np.ascontiguousarray(drawn.astype(np.uint8).T).reshape(size, size, 3)


def _between(pixels: NDArray[np.uint32], first: NDArray[np.intp], part: Samples) -> Samples:
    """Colours [3,n] between some pixels and their right neighbours."""
    left, right = (_colours(pixels.take(places)) for places in (first, first + 1))
    left *= 1 - part
    right *= part
    left += right
    return left


def _colours(pixels: NDArray[np.uint32]) -> Samples:
    return pixels.view(np.uint8).reshape(-1, 4).T[:3].astype(np.float32, order="C")
