"""Pictures to decode: four colours that show which way is up, written in every format."""

import io
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

pillow_heif.register_heif_opener()

Pixels = NDArray[np.uint8]

# From the top left, reading on.
RED, GREEN, BLUE, GREY = (200, 40, 40), (40, 180, 60), (40, 60, 200), (128, 128, 128)
COLOURS = (RED, GREEN, BLUE, GREY)


def quarters(width: int = 96, height: int = 64, colours: Sequence[tuple[int, ...]] = COLOURS) -> Pixels:
    """A picture [height,width,3] of four colours."""
    pixels = np.zeros((height, width, 3), np.uint8)
    down, across = height // 2, width // 2
    pixels[:down, :across], pixels[:down, across:] = colours[0], colours[1]
    pixels[down:, :across], pixels[down:, across:] = colours[2], colours[3]
    return pixels


def colours_of(pixels: Pixels) -> list[tuple[int, ...]]:
    """The colour in the middle of each quarter."""
    height, width = pixels.shape[:2]
    spots = [(v, h) for v in (height // 4, 3 * height // 4) for h in (width // 4, 3 * width // 4)]
    return [tuple(int(value) for value in pixels[spot]) for spot in spots]


def close(one: Sequence[Sequence[int]], other: Sequence[Sequence[int]], within: int = 8) -> bool:
    """Whether colours differ by no more than a format's losses."""
    return int(np.abs(np.array(one, int) - np.array(other, int)).max()) <= within


def written(image: Image.Image, kind: str, **how: Any) -> bytes:
    """A picture's file, as Pillow writes it."""
    stream = io.BytesIO()
    image.save(stream, kind, **how)
    return stream.getvalue()


def as_jpeg(pixels: Pixels, **how: Any) -> bytes:
    """A JPEG of high quality."""
    return written(Image.fromarray(pixels), "JPEG", **{"quality": 95, "subsampling": 0, **how})


def with_orientation(orientation: int) -> Image.Exif:
    """Camera data that says which way the camera was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def patches(seed: int, width: int = 320, height: int = 240) -> Pixels:
    """A smooth picture that differs for each seed."""
    cells = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return np.array(Image.fromarray(cells).resize((width, height), Image.Resampling.BICUBIC))


def noise(seed: int, width: int, height: int) -> Pixels:
    """Noise: no two pixels have to do with each other."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


# Colour profiles (ICC.1:2001, three-component matrix-based), with the primaries adapted to D50.

DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407), 2.2)
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457), 563 / 256)
_SRGB_D50 = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
_D50 = (0.9642, 1.0, 0.8249)
Space = tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...], float]


def profile(space: Space) -> bytes:
    """An ICC profile of a colour space: its primaries and its gamma."""

    def xyz(values: Sequence[float]) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    *primaries, gamma = space
    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(gamma * 256))
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"Test\0" + bytes(78)
    rights = b"text\0\0\0\0None\0"
    tags = [(b"desc", name), (b"cprt", rights), (b"wtpt", xyz(_D50))]
    tags += [(f"{c}XYZ".encode(), xyz(p)) for c, p in zip("rgb", primaries, strict=True)]
    tags += [(f"{c}TRC".encode(), curve) for c in "rgb"]
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for kind, data in tags:
        table += kind + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(
        ">I4sI4s4s4s12s4s4xIIIIQ3i4s44x",
        start + len(body),
        b"test",
        0x02400000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        bytes(12),
        b"acsp",
        0,
        0,
        0,
        0,
        0,
        *(round(value * 65536) for value in _D50),
        bytes(4),
    )
    return head + table + body


def in_srgb(colour: Sequence[int], space: Space) -> tuple[int, ...]:
    """What a colour of another space is in sRGB (IEC 61966-2-1), by the arithmetic of the standards."""
    *primaries, gamma = space
    linear = (np.array(colour) / 255) ** gamma
    light = np.linalg.inv(np.array(_SRGB_D50).T) @ (np.array(primaries).T @ linear)
    light = np.clip(light, 0, 1)
    shown = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return tuple(round(value) for value in shown * 255)


# A camera's raw file: a DNG (version 1.4) with the camera's own preview, and a mosaic that nobody needs.


def as_dng(preview: bytes | None, width: int = 96, height: int = 64, orientation: int = 1) -> bytes:
    """A little-endian DNG; preview: a JPEG, or none."""
    mosaic = np.full((height, width), 20_000, "<u2").tobytes()
    data = bytearray(struct.pack("<2sHI", b"II", 42, 8))
    raw_fields = _mosaic_fields(width, height, len(mosaic))
    common = [
        (271, "Test"),
        (272, "Camera"),
        (274, [orientation]),
        (50706, bytes([1, 4, 0, 0])),
        (50708, "Test Camera"),
        (
            50721,
            [(10000, 10000), (0, 1), (0, 1), (0, 1), (10000, 10000), (0, 1), (0, 1), (0, 1), (10000, 10000)],
        ),
        (50778, [21]),
    ]
    if preview is None:
        _directory(data, [*raw_fields, *common], {273: mosaic}, {})
        return bytes(data)
    first = [
        (254, 1),
        (256, width),
        (257, height),
        (258, [8, 8, 8]),
        (259, [7]),
        (262, [6]),
        (273, 0),
        (277, [3]),
        (278, height),
        (279, len(preview)),
        (330, 0),
        *common,
    ]
    _directory(data, first, {273: preview}, {330: (raw_fields, {273: mosaic})})
    return bytes(data)


def _mosaic_fields(width: int, height: int, size: int) -> list[tuple[int, Any]]:
    return [
        (254, 0),
        (256, width),
        (257, height),
        (258, [16]),
        (259, [1]),
        (262, [32803]),
        (273, 0),
        (277, [1]),
        (278, height),
        (279, size),
        (33421, [2, 2]),
        (33422, bytes([0, 1, 1, 2])),
        (50714, 0),
        (50717, 65535),
    ]


def _directory(
    data: bytearray,
    fields: list[tuple[int, Any]],
    strips: dict[int, bytes],
    below: dict[int, tuple[list[tuple[int, Any]], dict[int, bytes]]],
) -> None:
    """Write a TIFF directory at the end, then what it points to: values, pixels and directories below."""
    start = len(data)
    ordered = sorted(fields, key=lambda field: field[0])
    data += bytes(2 + 12 * len(ordered) + 4)
    struct.pack_into("<H", data, start, len(ordered))
    for place, (tag, value) in enumerate(ordered):
        if tag in strips:
            value = len(data)  # noqa: PLW2901
            data += strips[tag] + bytes(len(strips[tag]) % 2)
        elif tag in below:
            value = len(data)  # noqa: PLW2901
            _directory(data, *below[tag], {})
        kind, count, packed = _packed(value)
        if len(packed) > 4:
            packed, more = struct.pack("<I", len(data)), packed
            data += more + bytes(len(more) % 2)
        struct.pack_into("<HHI4s", data, start + 2 + 12 * place, tag, kind, count, packed)


def _packed(value: Any) -> tuple[int, int, bytes]:
    """Type, count and bytes: of text, bytes, a long, shorts, or signed fractions."""
    if isinstance(value, str):
        return 2, len(value) + 1, value.encode() + b"\0"
    if isinstance(value, bytes):
        return 1, len(value), value
    if isinstance(value, int):
        return 4, 1, struct.pack("<I", value)
    if isinstance(value[0], tuple):
        return 10, len(value), b"".join(struct.pack("<ii", *pair) for pair in value)
    return 3, len(value), struct.pack(f"<{len(value)}H", *value)
