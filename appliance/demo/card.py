"""A card as a camera writes it, with portraits that are free to show, taken from pinned packages.

The portraits are official photographs of office holders of the United States and of an astronaut; works
of its federal government, in the public domain there. None is kept in the product.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from appliance.vision.archives import ASTRONAUT, PORTRAITS, Archive, fetch, read_members

FOLDER = Path("DCIM") / "100KLUIS"
_TAKEN = datetime(2026, 9, 14, 10, 2, 30)  # noqa: DTZ001 - a camera's clock has no zone
_DATE_TIME_ORIGINAL, _MODEL, _DATE_TIME, _EXIF = 0x9003, 0x0110, 0x0132, 0x8769


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo of the card: its file, who is in it, and where it comes from (None: drawn by us)."""

    file: str
    who: str
    archive: Archive | None
    member: str = ""


OBAMA, BIDEN, COLLINS = "Barack Obama", "Joe Biden", "Eileen Collins"
SHOTS = (
    Shot("KLUI0001.JPG", OBAMA, PORTRAITS, "obama.jpg"),
    Shot("KLUI0002.JPG", OBAMA, PORTRAITS, "obama2.jpg"),
    Shot("KLUI0003.JPG", OBAMA, PORTRAITS, "obama3.jpg"),
    Shot("KLUI0004.JPG", BIDEN, PORTRAITS, "biden.jpg"),
    Shot("KLUI0005.JPG", OBAMA, PORTRAITS, "obama_partial_face.jpg"),
    Shot("KLUI0006.JPG", OBAMA, PORTRAITS, "obama_partial_face2.jpg"),
    Shot("KLUI0007.JPG", COLLINS, ASTRONAUT, "astronaut.png"),
    Shot("KLUI0008.JPG", "", None),
)


def make_card(card: Path, cache: Path, packages: Path | None, progress: Callable[[str], None]) -> Path:
    """Fill a folder like a camera's card; what is there already stays. Returns the card."""
    folder = card / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for number, shot in enumerate(SHOTS):
        target = folder / shot.file
        if not target.exists():
            partial = target.with_suffix(".partial")
            partial.write_bytes(_photo(shot, number, cache, packages, progress))
            partial.replace(target)
    return card


def _photo(
    shot: Shot, number: int, cache: Path, packages: Path | None, progress: Callable[[str], None]
) -> bytes:
    if shot.archive is None:
        return _as_jpeg(_landscape(), number)
    data = read_members(fetch(shot.archive, cache, packages, progress), [shot.member])[shot.member]
    if shot.member.endswith(".jpg"):
        return data  # as the camera wrote it, with its own date
    return _as_jpeg(Image.open(io.BytesIO(data)).convert("RGB"), number)


def _as_jpeg(image: Image.Image, number: int) -> bytes:
    exif = Image.Exif()
    taken = (_TAKEN + timedelta(minutes=7 * number)).strftime("%Y:%m:%d %H:%M:%S")
    exif[_MODEL] = "Kluis Demo"
    exif[_DATE_TIME] = taken
    exif.get_ifd(_EXIF)[_DATE_TIME_ORIGINAL] = taken
    written = io.BytesIO()
    image.save(written, "JPEG", quality=92, exif=exif)
    return written.getvalue()


def _landscape() -> Image.Image:
    """Sea, sky and a dune: a photo with nobody in it."""
    height, width = 800, 1200
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    noise = np.random.default_rng(8).normal(0, 4, (height, width, 1))
    sky = np.stack([110 + down * 0.15, 160 + down * 0.12, 215 + down * 0.04], axis=-1)
    sea = np.stack([40 + down * 0.04, 90 + down * 0.05, 120 + np.sin(down * 0.4) * 12], axis=-1)
    sand = np.stack([205 + np.sin(across * 0.02) * 6, 185 + down * 0.01, 140 + down * 0.01], axis=-1)
    dune = 640 - 70 * np.sin(across / 260)
    pixels = np.where((down < 400)[..., None], sky, np.where((down < dune)[..., None], sea, sand))
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))
