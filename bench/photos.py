"""Photos to measure with: as large as a camera's, made from the demonstration's portraits.

Enlarging alone gives smooth pictures that compress to a tenth of a camera's file and decode too easily.
So fine texture and sensor noise are added until a file has the size that a camera gives it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import exiv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from appliance.demo.card import make_card

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

QUALITY = 92
BITS_A_PIXEL = (2.9, 3.7)  # 8.7 to 11.1 MB at 24 megapixels
_BASE = 4  # the scene is put together at a quarter of its size, which no portrait of the source exceeds
_STEPS = 8
_BAND = 64  # rows
_TAKEN = datetime(2026, 9, 21, 13, 0, 0)  # noqa: DTZ001 - a camera's clock has no zone
_TALL = 8  # EXIF orientation of a camera held upright


@dataclass(frozen=True, slots=True)
class Scene:
    """What a photo shows. portraits: numbers of the demonstration's files. height: of each, in the frame."""

    portraits: tuple[int, ...]
    height: float
    tall: bool = False


# Of eight photos five are portraits, two are groups and one has nobody in it.
SCENES = (
    Scene((1,), 1.0),
    Scene((4,), 1.0, tall=True),
    Scene((1, 7, 4, 2, 3), 0.62),
    Scene((7,), 0.8),
    Scene((3,), 1.0, tall=True),
    Scene((2, 7, 3, 1, 4, 7, 1, 3), 0.38),
    Scene((2,), 0.9),
    Scene((), 0.0),
)
_NOBODY = 8


def make_photos(
    folder: Path, packages: Path, count: int, size: tuple[int, int], progress: Callable[[str], None]
) -> list[Path]:
    """Fill a folder with photos, no two alike; those that are there stay. size: (width, height) in pixels."""
    width, height = size
    shots = folder / f"{width}x{height}"
    shots.mkdir(parents=True, exist_ok=True)
    made = [shots / f"BNCH{number:04d}.JPG" for number in range(1, count + 1)]
    missing = [(number, path) for number, path in enumerate(made) if not path.exists()]
    if missing:
        sources = _sources(make_card(folder / "card", packages, None, progress))
    for done, (number, path) in enumerate(missing, start=1):
        progress(f"Making photo {done} of {len(missing)}")
        partial = path.with_suffix(".partial")
        partial.write_bytes(_photo(sources, number, size))
        partial.replace(path)
    return made


def _sources(card: Path) -> dict[int, Pixels]:
    files = sorted(card.rglob("KLUI*.JPG"))
    return {int(f.stem[-4:]): np.asarray(Image.open(f).convert("RGB"), np.uint8) for f in files}


def _photo(sources: dict[int, Pixels], number: int, size: tuple[int, int]) -> bytes:
    scene = SCENES[number % len(SCENES)]
    rng = np.random.default_rng(number)
    frame = (size[1], size[0]) if scene.tall else size
    pixels = _enlarged(_composed(sources, scene, frame, rng), frame)
    if scene.tall:  # the sensor lies on its side
        pixels = np.ascontiguousarray(np.rot90(pixels, -1))
    wanted = size[0] * size[1] * float(rng.uniform(*BITS_A_PIXEL)) / 8
    data = _as_camera(pixels, int(wanted), rng)
    return _with_exif(data, number, _TALL if scene.tall else 1)


def _composed(
    sources: dict[int, Pixels], scene: Scene, frame: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """The scene at a quarter of its size: portraits side by side before a backdrop."""
    width, height = frame[0] // _BASE, frame[1] // _BASE
    if not scene.portraits:
        return _fitted(sources[_NOBODY], width, height).astype(np.float32)
    canvas = _backdrop(width, height, rng)
    each = width / len(scene.portraits)
    for place, source in enumerate(scene.portraits):
        tall = int(height * scene.height)
        wide = int(min(each * 0.94, tall * 0.8))
        left = int(each * (place + 0.5) - wide / 2 + rng.integers(-3, 4))
        top = height - tall if scene.height > 0.6 else int((height - tall) * rng.uniform(0.3, 0.7))
        _paste(canvas, _fitted(sources[source], wide, tall), max(0, left), max(0, top))
    return canvas


def _fitted(picture: Pixels, width: int, height: int) -> Pixels:
    """The top middle of a picture in these proportions: where a portrait has its face."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    wide, high = (
        max(n, round(s * scale)) for n, s in ((width, picture.shape[1]), (height, picture.shape[0]))
    )
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    large = cv2.resize(picture, (wide, high), interpolation=how)
    left = (wide - width) // 2
    return np.asarray(large[:height, left : left + width], np.uint8)


def _backdrop(width: int, height: int, rng: np.random.Generator) -> Floats:
    colour = rng.uniform(90, 170, 3).astype(np.float32)
    fall = np.linspace(1.15, 0.75, height, dtype=np.float32)[:, None, None]
    return np.broadcast_to(colour * fall, (height, width, 3)).copy()


def _paste(canvas: Floats, portrait: Pixels, left: int, top: int) -> None:
    """Lay a portrait on the canvas with soft edges."""
    height = min(portrait.shape[0], canvas.shape[0] - top)
    width = min(portrait.shape[1], canvas.shape[1] - left)
    mask = np.zeros((height, width), np.float32)
    mask[6:, 6:-6] = 1
    mask = cv2.blur(mask, (9, 9))[..., None]
    part = canvas[top : top + height, left : left + width]
    part[:] = part * (1 - mask) + portrait[:height, :width] * mask


def _enlarged(scene: Floats, frame: tuple[int, int]) -> Floats:
    large = cv2.resize(scene, frame, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(large, 0, 255), np.float32)


def _as_camera(pixels: Floats, wanted: int, rng: np.random.Generator) -> bytes:
    """Texture and noise, as strong as it takes for about the wanted number of bytes."""
    grain = _grain(pixels, rng)
    bands = _bands(pixels), _bands(grain)
    share = bands[0].size / pixels.size
    low, high = 0.0, 4.0
    for _ in range(_STEPS):
        strength = (low + high) / 2
        small = len(_jpeg(bands[0] + bands[1] * strength)) < wanted * share
        low, high = (strength, high) if small else (low, strength)
    grain *= (low + high) / 2
    grain += pixels
    return _jpeg(grain)


def _bands(picture: Floats) -> Floats:
    """Strips from all over the picture, to try a strength on."""
    return np.concatenate([picture[top : top + _BAND] for top in range(0, len(picture), _BAND * 8)])


def _grain(pixels: Floats, rng: np.random.Generator) -> Floats:
    """What a lens and a sensor add: fine texture, and noise that grows with the light."""
    height, width = pixels.shape[:2]
    field = rng.standard_normal((height // 2 + 1, width // 2 + 1), np.float32)
    grey = np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC), np.float32) * 3
    grey += rng.standard_normal((height, width), np.float32) * 8
    colour = rng.standard_normal(pixels.shape, np.float32) * 2
    light: Floats = np.sqrt(pixels.mean(axis=2, dtype=np.float32) / 255 + 0.02)
    colour += (grey * light)[..., None]
    return colour


def _jpeg(pixels: Floats) -> bytes:
    whole = np.clip(pixels, 0, 255).astype(np.uint8)
    return bytes(simplejpeg.encode_jpeg(whole, quality=QUALITY, colorspace="RGB", colorsubsampling="420"))


def _with_exif(data: bytes, number: int, orientation: int) -> bytes:
    image = exiv2.ImageFactory.open(data)
    exif = exiv2.ExifData()
    exif["Exif.Image.Make"] = "Kluis"
    exif["Exif.Image.Model"] = "Bench 24"
    exif["Exif.Image.Orientation"] = exiv2.UShortValue(orientation)
    taken = _TAKEN + timedelta(seconds=37 * number)
    exif["Exif.Photo.DateTimeOriginal"] = taken.strftime("%Y:%m:%d %H:%M:%S")
    image.setExifData(exif)
    image.writeMetadata()
    return bytes(image.io().mmap())


def sizes(photos: Sequence[Path]) -> list[int]:
    """The sizes of the files, in bytes."""
    return [photo.stat().st_size for photo in photos]
