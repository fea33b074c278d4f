"""The invisible mark: a pattern under the threshold of seeing that tells which copy a picture came from.

Spread spectrum (Cox, Kilian, Leighton and Shamoon 1997, "Secure spread spectrum watermarking for
multimedia"): a weak pattern that only the key can make, spread over the whole picture and over many
frequencies. It repeats four times along the long side, so that a part of the picture holds it whole and its
repetition tells the size at which it was laid (Kutter 1998, "Watermarking resisting to translation, rotation
and scaling"). One part of the pattern is the same in every copy: by that the place and the size are found.
The other part is a word of a random code, made from the key and the opaque id of what is named.

Nothing is decoded: the reader asks of each id that was ever laid how well its word fits. A word was drawn
without knowledge of the picture, so by the inequality of Hoeffding (1963) a wrong one fits by z or better
with a chance of exp(-z*z/2) at most, whatever the picture; `read` asks for so large a z that all words and
places tried together are wrong once in a million pictures. That takes the place of a checksum.

It does not outlive turning by more than half a degree, mirroring, or the average of copies that several
recipients put together; what else was measured is in docs/invisible-mark.md.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.imaging.scaling import within

Pixels = NDArray[np.uint8]
Reals = NDArray[np.float32]
Waves = NDArray[np.complex64]
Numbers = NDArray[np.int64]

SMALLEST = 480  # pixels of the long side: a smaller picture has no room for the pattern

_TILES = 4  # repetitions along the long side
_SLOWEST, _QUICKEST = 20, 64  # waves across one repetition
_FOUND_BY = 40  # up to so many, half of the waves are the same in every copy
_WORD = 1024  # symbols of a code word; each is carried by four or five waves
_GREY = 0.8  # standard deviation of the pattern where the picture is flat, in grey levels of 256
_BUSY = 8.0  # grey levels of detail at which the pattern is twice as strong
_STRONGEST = 2.4

READ_AT = 1024  # pixels of the long side at which a picture is read
_PADDED = 2048
_SIZES = (0.12, 1.15)  # of one repetition, in long sides of what was found: from a screenshot to a crop
_STEP = 1.004
_TRIED = 3  # places and sizes at which the words are tried
WRONG = 1e-6  # the chance that a picture without a mark is said to have one
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Which waves a key makes. x, y: waves across a repetition; turn: the phase of each, as a unit number.

    found_by: the places of those that are the same in every copy; told_by, symbol: of the others, and the
    symbol that each carries.
    """

    x: Numbers
    y: Numbers
    turn: Waves
    found_by: Numbers
    told_by: Numbers
    symbol: Numbers


@dataclass(frozen=True, slots=True)
class Fit:
    """The id whose word fits a picture. z: how well, in standard deviations of chance."""

    id: str
    z: float


def has_room(pixels: Pixels) -> bool:
    """Whether a picture is large enough for a mark."""
    return bool(max(pixels.shape[:2]) >= SMALLEST)


def marked(pixels: Pixels, key: bytes, of: str) -> Pixels:
    """The picture [height,width,3] with the mark that names `of`; it must have room."""
    height, width = pixels.shape[:2]
    tile = _tile(key, of, round(max(height, width) / _TILES))
    side = tile.shape[0]
    strength = cv2.resize(_strength(pixels), (width, height), interpolation=cv2.INTER_LINEAR)
    result = np.empty_like(pixels)
    across = np.tile(tile, (1, -(-width // side)))[:, :width]
    for top in range(0, height, side):  # a large picture is never held in memory as fractions
        rows = min(side, height - top)
        added = across[:rows] * (strength[top : top + rows] * np.float32(_STRONGEST / 255))
        shown = pixels[top : top + rows].astype(np.float32) + added[..., None]
        result[top : top + rows] = np.clip(np.rint(shown), 0, 255).astype(np.uint8)
    return result


def _strength(pixels: Pixels) -> Pixels:
    """How strong the pattern may be, 255 for the most: weak where the picture is flat and would show it."""
    small = within(pixels, 800)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = np.sqrt(cv2.blur((grey - cv2.blur(grey, (9, 9))) ** 2, (9, 9)))
    detail = cv2.erode(detail, np.ones((9, 9), np.uint8))  # beside an edge the flat side decides
    wanted = np.clip(_GREY * (1 + cv2.blur(detail, (9, 9)) / _BUSY), 0, _STRONGEST)
    return np.asarray(wanted * (255 / _STRONGEST), np.uint8)


def _tile(key: bytes, of: str, side: int) -> Reals:
    """One repetition of the pattern, [side,side], of standard deviation 1."""
    pattern = _pattern(key)
    waves = pattern.turn.copy()
    waves[pattern.told_by] *= _words(key, [of])[0][pattern.symbol]
    spectrum = np.zeros((side, side // 2 + 1), np.complex64)
    shown = pattern.x <= side // 2 - 1
    spectrum[pattern.y[shown], pattern.x[shown]] = waves[shown]
    tile = np.fft.irfft2(spectrum, s=(side, side)).astype(np.float32)
    return np.asarray(tile / tile.std(), np.float32)


@lru_cache(maxsize=4)
def _pattern(key: bytes) -> _Pattern:
    y, x = np.mgrid[-_QUICKEST : _QUICKEST + 1, 1 : _QUICKEST + 1]  # those to the left are their mirror
    radius = np.hypot(x, y)
    kept = (radius >= _SLOWEST) & (radius <= _QUICKEST)
    x, y, radius = x[kept], y[kept], radius[kept]
    drawn = np.frombuffer(hashlib.shake_256(key + b"pattern").digest(8 * x.size), np.uint32).reshape(2, -1)
    turn = np.exp(2j * np.pi * drawn[0] / 2**32).astype(np.complex64)
    order = np.argsort(drawn[1], kind="stable")
    low = order[radius[order] <= _FOUND_BY]
    found_by = low[: low.size // 2]
    told_by = order[~np.isin(order, found_by)]
    return _Pattern(x, y, turn, found_by, told_by, np.arange(told_by.size) % _WORD)


def _words(key: bytes, ids: Sequence[str]) -> Reals:
    """The code word of each id, [ids,symbols], of 1 and -1."""
    drawn = b"".join(hashlib.shake_256(key + b"word" + of.encode()).digest(_WORD // 8) for of in ids)
    bits = np.unpackbits(np.frombuffer(drawn, np.uint8)).reshape(len(ids), _WORD)
    return bits.astype(np.float32) * 2 - 1


def read(pixels: Pixels, key: bytes, ids: Sequence[str]) -> Fit | None:
    """Which of these ids the mark of a picture names; None when none fits so well that chance is ruled out.

    pixels: [height,width,3], as found, of any size; more than `READ_AT` for the long side is not used.
    """
    symbols = _symbols(pixels, key) if ids else np.empty((0, _WORD), np.float32)
    best = Fit("", 0.0)
    for first in range(0, len(ids) if symbols.size else 0, _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        fits = (_words(key, some) @ symbols.T).max(axis=1)
        here = int(fits.argmax())
        if fits[here] > best.z:
            best = Fit(some[here], float(fits[here]))
    return best if best.z >= needed(len(ids)) else None


def needed(ids: int) -> float:
    """How well a word must fit, in standard deviations, when so many are tried."""
    return math.sqrt(2 * math.log(max(1, ids) * _TRIED / WRONG))


def _symbols(pixels: Pixels, key: bytes) -> Reals:
    """The symbols as read at the likeliest places, [places,symbols], each of length 1."""
    pattern = _pattern(key)
    spectrum = _Spectrum(pixels)
    x, y = pattern.x[pattern.told_by], pattern.y[pattern.told_by]
    found = []
    for place in _places(spectrum, pattern):
        waves = spectrum.at(x, y, place.size) * pattern.turn[pattern.told_by].conj()
        seen = (waves * np.exp(2j * np.pi * (x * place.left + y * place.top))).real
        symbols = np.bincount(pattern.symbol, seen, _WORD)
        length = float(np.linalg.norm(symbols))
        if length:
            found.append(symbols / length)
    return np.asarray(found, np.float32).reshape(-1, _WORD)


class _Spectrum:
    """The waves of a picture, each weighed by how little the picture itself has of its length."""

    def __init__(self, pixels: Pixels) -> None:
        shown = _evened(within(pixels, READ_AT))
        self.long_side = max(shown.shape)
        room = np.zeros((_PADDED, _PADDED), np.float32)
        room[: shown.shape[0], : shown.shape[1]] = shown
        # With its middle in the corner neighbouring waves hardly differ in phase, and can be averaged.
        room = np.roll(room, (-(shown.shape[0] // 2), -(shown.shape[1] // 2)), (0, 1))
        waves = np.fft.rfft2(room).astype(np.complex64)
        ring, members = _rings()
        power = np.bincount(ring.ravel(), (waves.real**2 + waves.imag**2).ravel()) / members
        floor = max(float(power.max()) * 1e-4, 1e-9)  # a flat picture has no waves at all
        self._waves = waves * (1 / (power + floor)).astype(np.float32)[ring]

    def at(self, x: Numbers, y: Numbers, size: float) -> Waves:
        """The waves of so many cycles across and down a repetition of a size, in pixels."""
        across, down = x * (_PADDED / size), y * (_PADDED / size)
        inside = (across < _PADDED // 2 - 1) & (np.abs(down) < _PADDED // 2 - 1)
        across, down = np.where(inside, across, 0), np.where(inside, down, 0)
        left, top = np.floor(across).astype(np.int64), np.floor(down).astype(np.int64)
        right, below = (across - left).astype(np.float32), (down - top).astype(np.float32)
        found = (self._waves[top, left] * (1 - right) + self._waves[top, left + 1] * right) * (1 - below)
        found += (self._waves[top + 1, left] * (1 - right) + self._waves[top + 1, left + 1] * right) * below
        return np.asarray(found * inside, np.complex64)


@lru_cache(maxsize=1)
def _rings() -> tuple[NDArray[np.uint16], Numbers]:
    """Which waves of a spectrum are about as long as each other; and how many each ring has."""
    radius = np.hypot(np.fft.fftfreq(_PADDED)[:, None], np.fft.rfftfreq(_PADDED)[None, :])
    ring = (radius * (_PADDED / 8)).astype(np.uint16)
    return ring, np.bincount(ring.ravel())


def _evened(pixels: Pixels) -> Reals:
    """The fine detail of a picture, as strong everywhere: edges would drown the pattern."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), 8)
    spread = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 8))
    return np.asarray(np.clip(detail / (spread + 1), -2.5, 2.5), np.float32)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a repetition begins, in fractions of it from the picture's middle; its size in pixels."""

    size: float
    left: float
    top: float
    sure: float


def _places(spectrum: _Spectrum, pattern: _Pattern) -> list[_Place]:
    """The likeliest places and sizes of the pattern, by the waves that are the same in every copy."""
    least, most = (side * spectrum.long_side for side in _SIZES)
    steps = int(math.log(most / least) / math.log(_STEP))
    rough = [_placed(spectrum, pattern, least * _STEP**step, 128) for step in range(steps)]
    likely: list[_Place] = []
    for place in sorted(rough, key=lambda one: -one.sure):
        if all(abs(math.log(place.size / one.size)) > 2 * math.log(_STEP) for one in likely):
            likely.append(place)
        if len(likely) == _TRIED:
            break
    return [_sharpened(spectrum, pattern, place) for place in likely]


def _sharpened(spectrum: _Spectrum, pattern: _Pattern, rough: _Place) -> _Place:
    near = np.linspace(1 / _STEP, _STEP, 13)
    return max(
        (_placed(spectrum, pattern, rough.size * float(by), 512) for by in near), key=lambda one: one.sure
    )


def _placed(spectrum: _Spectrum, pattern: _Pattern, size: float, grid: int) -> _Place:
    """The best place of the pattern at a size."""
    x, y = pattern.x[pattern.found_by], pattern.y[pattern.found_by]
    waves = spectrum.at(x, y, size) * pattern.turn[pattern.found_by].conj()
    field = np.zeros((grid, grid // 2 + 1), np.complex64)
    field[y, x] = waves
    surface = np.fft.irfft2(field, s=(grid, grid))
    top, left = np.unravel_index(int(surface.argmax()), surface.shape)
    length = float(np.linalg.norm(waves)) or 1.0
    sure = float(surface[top, left]) * grid * grid / 2 / length
    return _Place(size, float(left) / grid, float(top) / grid, sure)
