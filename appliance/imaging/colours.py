"""Colour spaces of released copies: their ICC profiles, and pixels brought over to them."""

import struct
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from appliance.domain.release import ColourSpace

Pixels = NDArray[np.uint8]

# Adobe RGB (1998), version 2005-05, chapter 4.3: primaries adapted to D50, and a gamma of 563/256.
_WHITE = (0.9642, 1.0, 0.8249)  # D50, as the profile connection space wants it
_PRIMARIES = {
    b"rXYZ": (0.60974, 0.31111, 0.01947),
    b"gXYZ": (0.20528, 0.62567, 0.06087),
    b"bXYZ": (0.14919, 0.06322, 0.74457),
}
_GAMMA = 563
_ADOBE_NAME = b"Compatible with Adobe RGB (1998)"
_VERSION_2_4 = 0x02400000
_CREATED = (2000, 1, 1, 0, 0, 0)  # fixed, so that the same profile is the same bytes
_CREATED_AT = slice(24, 36)


def in_space(pixels: Pixels, space: ColourSpace) -> tuple[Image.Image, bytes]:
    """A picture [height,width,3] in sRGB as an image in a colour space, and its ICC profile; b"" for grey."""
    image = Image.fromarray(pixels)
    match space:
        case ColourSpace.SRGB:
            return image, srgb()
        case ColourSpace.GREY:
            return image.convert("L"), b""
        case ColourSpace.ADOBE_RGB:
            brought = _to_adobe_rgb().apply(image)
            return brought, adobe_rgb()


@cache
def srgb() -> bytes:
    """The ICC profile of sRGB (IEC 61966-2-1), with a fixed date."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_CREATED_AT] = struct.pack(">6H", *_CREATED)
    return bytes(profile)


@cache
def _to_adobe_rgb() -> ImageCms.ImageCmsTransform:
    from io import BytesIO  # noqa: PLC0415 - only here

    return ImageCms.buildTransform(BytesIO(srgb()), BytesIO(adobe_rgb()), "RGB", "RGB")


@cache
def adobe_rgb() -> bytes:
    """A profile of three primaries and a gamma (ICC.1:2001-04, 6.3.2), compatible with Adobe RGB (1998)."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, _GAMMA) + bytes(2)
    tags = {
        b"desc": _description(_ADOBE_NAME),
        b"cprt": b"text" + bytes(4) + b"No copyright\0",
        b"wtpt": _xyz(_WHITE),
        **{name: _xyz(value) for name, value in _PRIMARIES.items()},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _profile(tags)


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(struct.pack(">i", round(part * 65536)) for part in value)


def _description(name: bytes) -> bytes:
    text = name + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    start = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    header = struct.pack(
        ">I4sI4s4s4s6H4s4sI4s4sQI3i4s44x",
        start + len(data),
        bytes(4),
        _VERSION_2_4,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        *_CREATED,
        b"acsp",
        bytes(4),
        0,
        bytes(4),
        bytes(4),
        0,
        0,
        *(round(part * 65536) for part in _WHITE),
        bytes(4),
    )
    return header + table + data
