"""What is left of an invisible mark after what people do to pictures; how well it hides; what it costs."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import click
import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from appliance.imaging.invisible import SMALLEST, Pixels, has_room, marked, read
from appliance.imaging.scaling import within
from bench.report import Json, Report, table
from bench.safes import Progress

LONG_SIDE = 1600
_KEY = bytes(range(32))
_OTHERS = 100_000  # ids that are tried besides the right one
_FEW = 1000
_BACKDROP = (236, 236, 240)


def _saved(image: Image.Image, quality: int) -> Image.Image:
    written = BytesIO()
    image.save(written, "JPEG", quality=quality)
    return Image.open(written).convert("RGB")


def _scaled(image: Image.Image, by: float) -> Image.Image:
    size = (max(1, round(image.width * by)), max(1, round(image.height * by)))
    return image.resize(size, Image.Resampling.BICUBIC)


def _part(image: Image.Image, of: float) -> Image.Image:
    """A part with so much of the area, off the middle."""
    across, down = round(image.width * of**0.5), round(image.height * of**0.5)
    left, top = round((image.width - across) * 0.3), round((image.height - down) * 0.6)
    return image.crop((left, top, left + across, top + down))


def _on_a_screen(image: Image.Image) -> Image.Image:
    """A screenshot: shown at an odd size on a page, with the page around it, and saved as JPEG."""
    shown = _scaled(image, 900 / max(image.size))
    page = Image.new("RGB", (1280, max(800, shown.height + 120)), _BACKDROP)
    page.paste(shown, (190, 70))
    return _saved(page, 80)


def _brighter(image: Image.Image) -> Image.Image:
    return _saved(image.point(lambda value: min(255, round(value * 1.3))), 90)


def _turned(image: Image.Image, by: float) -> Image.Image:
    return image.rotate(by, Image.Resampling.BICUBIC)


ATTACKS: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "as it left, quality 92": lambda image: _saved(image, 92),
    "quality 90": lambda image: _saved(image, 90),
    "quality 75": lambda image: _saved(image, 75),
    "quality 50": lambda image: _saved(image, 50),
    "quality 30": lambda image: _saved(image, 30),
    "1.5 times the size": lambda image: _saved(_scaled(image, 1.5), 85),
    "0.75 of the size": lambda image: _saved(_scaled(image, 0.75), 85),
    "half the size": lambda image: _saved(_scaled(image, 0.5), 85),
    "a quarter of the size": lambda image: _saved(_scaled(image, 0.25), 85),
    "cropped to half": lambda image: _saved(_part(image, 0.5), 90),
    "cropped to a quarter": lambda image: _saved(_part(image, 0.25), 90),
    "cropped to a quarter, quality 50": lambda image: _saved(_part(image, 0.25), 50),
    "cropped to an eighth": lambda image: _saved(_part(image, 0.125), 90),
    "cropped to a quarter at half the size": lambda image: _saved(_scaled(_part(image, 0.25), 0.5), 85),
    "30 % brighter": _brighter,
    "grey": lambda image: _saved(image.convert("L").convert("RGB"), 90),
    "screenshot of a page with it": _on_a_screen,
    "turned by half a degree": lambda image: _turned(image, 0.5),
    "turned by two degrees": lambda image: _turned(image, 2.0),
    "mirrored": ImageOps.mirror,
}


@dataclass(frozen=True, slots=True)
class _Marked:
    """A picture before and after."""

    before: Pixels
    after: Pixels
    of: str
    cpu_ms: float


def measure(data: Path, most: int, report: Report, progress: Progress) -> None:
    """data: a folder of real photos, searched to its depths. most: how many are used."""
    pictures = [_mark(pixels, f"copy {number}") for number, pixels in enumerate(_photos(data, most))]
    if not pictures:
        raise click.UsageError(f"no photo of {SMALLEST} pixels or more in {data}")
    report.add("hidden", _hidden(pictures))
    report.add("left", _left(pictures, progress))
    report.add("unmarked", _unmarked([one.before for one in pictures], progress))


def _photos(data: Path, most: int) -> Iterator[Pixels]:
    found = 0
    for path in sorted(data.rglob("*")):
        if found == most or path.suffix.lower() not in {".jpg", ".jpeg", ".png"}:
            continue
        try:
            image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
            continue  # a broken file is no photo
        if has_room(np.asarray(image)):
            found += 1
            yield within(np.asarray(image), LONG_SIDE, fine=True)


def _mark(pixels: Pixels, of: str) -> _Marked:
    before = time.process_time()
    after = marked(pixels, _KEY, of)
    return _Marked(pixels, after, of, (time.process_time() - before) * 1e3)


def _hidden(pictures: list[_Marked]) -> Json:
    noise = [_psnr(one.before, one.after) for one in pictures]
    alike = [_ssim(one.before, one.after) for one in pictures]
    cost = [one.cpu_ms for one in pictures]
    click.echo(f"\n{len(pictures)} pictures, long side at most {LONG_SIDE}: {np.median(cost):.0f} ms to mark")
    click.echo(f"PSNR {np.median(noise):.1f} dB (worst {min(noise):.1f})")
    click.echo(f"SSIM {np.median(alike):.4f} (worst {min(alike):.4f})")
    return {
        "pictures": len(pictures),
        "mark_cpu_ms": float(np.median(cost)),
        "psnr": float(np.median(noise)),
        "psnr_worst": min(noise),
        "ssim": float(np.median(alike)),
        "ssim_worst": min(alike),
    }


def _psnr(one: Pixels, other: Pixels) -> float:
    error = float(np.mean((one.astype(np.float32) - other.astype(np.float32)) ** 2))
    return float(10 * np.log10(255**2 / error))


def _ssim(one: Pixels, other: Pixels) -> float:
    """Wang, Bovik, Sheikh and Simoncelli 2004, of the brightness, with their window and constants."""
    x, y = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float32) for each in (one, other))
    mean_x, mean_y = _smooth(x), _smooth(y)
    var_x, var_y = _smooth(x * x) - mean_x**2, _smooth(y * y) - mean_y**2
    both = _smooth(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    upper = (2 * mean_x * mean_y + c1) * (2 * both + c2)
    return float(np.mean(upper / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))))


def _smooth(of: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return cv2.GaussianBlur(of, (11, 11), 1.5)


def _left(pictures: list[_Marked], progress: Progress) -> Json:
    large = [one for one in pictures if max(one.before.shape[:2]) >= 2 * SMALLEST]
    small = [one for one in pictures if max(one.before.shape[:2]) < 2 * SMALLEST]
    figures: Json = {}
    rows = []
    for name, change in ATTACKS.items():
        progress(f"Reading: {name}")
        found = [sum(_reads(one, change) for one in group) for group in (large, small)]
        figures[name] = {"large": [found[0], len(large)], "small": [found[1], len(small)]}
        rows.append((name, f"{found[0]} of {len(large)}", f"{found[1]} of {len(small)}"))
    click.echo("\nPictures whose mark is read")
    table(("what was done", f"{2 * SMALLEST} pixels and more", "smaller"), rows)
    return figures


def _reads(picture: _Marked, change: Callable[[Image.Image], Image.Image]) -> bool:
    ids = [picture.of, *(f"other {number}" for number in range(_FEW))]
    pixels = np.asarray(change(Image.fromarray(picture.after)))
    fit = read(pixels, _KEY, ids)
    if fit is not None and fit.id != picture.of:
        raise RuntimeError("a wrong copy was named")
    return fit is not None


def _unmarked(pictures: list[Pixels], progress: Progress) -> Json:
    """Many ids tried on pictures without a mark: none may fit."""
    progress(f"Reading pictures without a mark, {_OTHERS} ids each")
    ids = [f"copy {number}" for number in range(_OTHERS)]
    before = time.process_time()
    wrong = sum(read(pixels, _KEY, ids) is not None for pixels in pictures)
    took = (time.process_time() - before) * 1e3 / len(pictures)
    before = time.process_time()
    for pixels in pictures[:5]:
        read(pixels, _KEY, ids[:1])
    alone = (time.process_time() - before) * 1e3 / len(pictures[:5])
    tried = len(pictures) * _OTHERS
    click.echo(f"\nWithout a mark: {wrong} of {len(pictures)} named a copy; {tried} ids tried on them")
    click.echo(f"Reading takes {alone:.0f} ms with one id to try, {took:.0f} ms with {_OTHERS}")
    return {"pictures": len(pictures), "wrong": wrong, "tried": tried, "one_ms": alone, "many_ms": took}
