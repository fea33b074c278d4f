"""From a file's bytes to upright pixels. Runs in the decoder's own process, for every photo is hostile.

The content decides what a file is, never its name. Sizes are read and checked before anything is decoded.
"""

import io
import mmap
import struct
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import cv2
import numpy as np
import pillow_heif
import rawpy
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from appliance.domain.errors import Unreadable
from appliance.imaging.camera_data import CameraData, camera_data

Pixels = NDArray[np.uint8]
Data = bytes | memoryview
Room = bytearray | mmap.mmap

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # our own limit is stricter, and checked first
_PILLOW = {"PNG": "image/png", "TIFF": "image/tiff", "WEBP": "image/webp", "JPEG": "image/jpeg"}
_PILLOW |= {"HEIF": "image/heic", "AVIF": "image/avif", "MPO": "image/jpeg"}
_RAW = "image/x-raw"
_SCALES = (8, 4, 2)
_PHOTOMETRIC, _MAKE, _SUB_DIRECTORIES, _DNG_VERSION = 262, 271, 330, 50706
_MOSAICS = (32803, 34892)  # of single colours, or developed but linear


@dataclass(frozen=True, slots=True)
class Picture:
    """pixels [height,width,3] RGB, sRGB, upright. width, height: of the whole photo, upright."""

    pixels: Pixels
    width: int
    height: int
    media_type: str
    camera: CameraData


def decoded(data: Data, at_least: int | None, most_pixels: int) -> Picture:
    """Decode a photo. at_least: the long side in pixels that is enough; None for the full size.

    Raises:
        Unreadable: when it is no photo, is damaged, or is larger than is allowed.
    """
    camera = camera_data(data)
    read = _reader(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pixels, width, height, media_type = read(data, at_least, most_pixels, camera)
    except Unreadable:
        raise
    except MemoryError:
        raise too_large() from None
    except Exception as problem:  # decoders raise whatever they like; all of it means the same
        raise damaged() from problem
    return Picture(_reduced(pixels, at_least), width, height, media_type, camera)


def reopened(
    data: Data, at_least: int | None, most_pixels: int, room: Callable[[int], Room]
) -> tuple[int, ...]:
    """Decode a JPEG that we made: upright and in sRGB, with nothing written into it. Returns its shape.

    room: gives memory of so many bytes for the pixels. At full size, a half, a quarter or an eighth: between
    a half and the full size decoding takes longer than at full size.

    Raises:
        Unreadable: when it is damaged after all.
    """
    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(data)
        _require_size(width, height, most_pixels)
        enough = max(width, height) if at_least is None else at_least
        scale = next((s for s in _SCALES if max(width, height) >= enough * s), 1)
        wide, high = -(-width // scale), -(-height // scale)
        memory = room(wide * high * 3)
        return tuple(simplejpeg.decode_jpeg(data, "RGB", fastdct=True, min_width=wide, buffer=memory).shape)
    except ValueError as problem:
        raise damaged() from problem


Read = tuple[Pixels, int, int, str]
Reader = Callable[[Data, int | None, int, CameraData], Read]


def _reader(data: Data) -> Reader:
    if data[:3] == b"\xff\xd8\xff":
        return _jpeg
    if _is_raw(data):
        return _raw
    return _other


def _is_raw(data: Data) -> bool:
    """Formats that only a raw decoder reads; DNG, NEF, ARW and others look like TIFF, so ask exiv2's way."""
    head = data[:64]
    if head[:15] == b"FUJIFILMCCD-RAW" or head[4:12] == b"ftypcrx " or head[8:10] == b"CR":
        return True
    if head[:4] in (b"IIRO", b"IIRS", b"MMOR", b"IIU\x00"):
        return True
    if head[:4] not in (b"II*\x00", b"MM\x00*") or not _tells_of_a_mosaic(data):
        return False
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            return raw.sizes.raw_width > 0
    except (rawpy.LibRawError, MemoryError):
        return False


def _tells_of_a_mosaic(data: Data) -> bool:
    """Whether a TIFF's first directory is that of a raw file (TIFF 6.0; DNG 1.4, tags 262 and 50706).

    LibRaw would also take a plain TIFF of sixteen-bit grey for one, and develop it.
    """
    order = "<" if data[:2] == b"II" else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, start)
        fields = [struct.unpack_from(f"{order}HHIH", data, start + 2 + 12 * i) for i in range(count)]
    except struct.error:
        return False
    values = {tag: value for tag, _, _, value in fields}
    by_a_camera = _MAKE in values and _SUB_DIRECTORIES in values
    return _DNG_VERSION in values or by_a_camera or values.get(_PHOTOMETRIC) in _MOSAICS


def _jpeg(data: Data, at_least: int | None, most_pixels: int, camera: CameraData) -> Read:
    height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
    _require_size(width, height, most_pixels)
    if colours in ("CMYK", "YCCK"):
        return _other(data, at_least, most_pixels, camera)
    wide, high = _enough(width, height, at_least)
    pixels = simplejpeg.decode_jpeg(data, "RGB", fastdct=True, min_width=wide, min_height=high)
    upright = _upright(_to_srgb(pixels, camera.profile), camera.orientation)
    turned = camera.orientation >= 5
    return upright, height if turned else width, width if turned else height, "image/jpeg"


def _enough(width: int, height: int, at_least: int | None) -> tuple[int, int]:
    """The least size to decode to: the long side decides, the other follows."""
    if at_least is None:
        return 0, 0
    return (at_least, 0) if width >= height else (0, at_least)


def _other(data: Data, at_least: int | None, most_pixels: int, _camera: CameraData) -> Read:
    with Image.open(io.BytesIO(data), formats=[*_PILLOW]) as image:
        media_type = _PILLOW[image.format or ""]
        _require_size(*image.size, most_pixels)
        profile = image.info.get("icc_profile") or b""
        full = image.size
        if image.format in ("JPEG", "MPO") and at_least is not None:
            image.draft(image.mode, (at_least, at_least))
        image.load()
        turned = ImageOps.exif_transpose(image)
        swapped = turned.size != image.size and turned.size == image.size[::-1]
        width, height = full[::-1] if swapped else full
        pixels = _rgb(turned, profile)
    return pixels, width, height, media_type


def _rgb(image: Image.Image, profile: bytes) -> Pixels:
    """Eight bits a channel, on white where it was transparent, in sRGB."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    if image.mode == "CMYK" and profile:
        image = _converted(image, profile)
        profile = b""
    pixels = np.array(image.convert("RGB"), np.uint8)
    return _to_srgb(pixels, b"" if b"sRGB" in profile[:4096] else profile)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Of whole numbers or fractions, whose white the file does not tell: it is the next that cameras use."""
    values = np.nan_to_num(np.asarray(image, np.float64))
    whites = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0)
    white = next((w for w in whites if values.max(initial=0) <= w), whites[-1])
    return Image.fromarray(np.clip(values * (255.0 / white), 0, 255).astype(np.uint8))


def _raw(data: Data, at_least: int | None, most_pixels: int, camera: CameraData) -> Read:
    """By the preview that the camera made; only without one is the raw picture developed."""
    with rawpy.imread(io.BytesIO(data)) as raw:
        _require_size(raw.sizes.raw_width, raw.sizes.raw_height, most_pixels)
        try:
            preview = raw.extract_thumb()
        except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
            preview = None
        if preview is None or preview.format != rawpy.ThumbFormat.JPEG:
            half = at_least is not None and max(raw.sizes.width, raw.sizes.height) >= 2 * at_least
            pixels = np.asarray(raw.postprocess(half_size=half, use_camera_wb=True), np.uint8)
            return pixels, pixels.shape[1] << half, pixels.shape[0] << half, _RAW
    jpeg = bytes(preview.data)
    height, width, _, _ = simplejpeg.decode_jpeg_header(jpeg)
    _require_size(width, height, most_pixels)
    wide, high = _enough(width, height, at_least)
    pixels = simplejpeg.decode_jpeg(jpeg, "RGB", min_width=wide, min_height=high)
    upright = _upright(_to_srgb(pixels, camera_data(jpeg).profile), camera.orientation)
    turned = camera.orientation >= 5
    return upright, height if turned else width, width if turned else height, _RAW


def _require_size(width: int, height: int, most_pixels: int) -> None:
    if width <= 0 or height <= 0:
        raise damaged()
    if width * height > most_pixels:
        raise too_large()


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo the way the camera was held (EXIF 2.32, tag 274). OpenCV turns several times as fast as NumPy."""
    turn = _TURNS.get(orientation)
    return pixels if turn is None else np.asarray(turn(pixels), np.uint8)


_TURNS: Mapping[int, Callable[[Pixels], Any]] = {
    2: partial(cv2.flip, flipCode=1),
    3: partial(cv2.rotate, rotateCode=cv2.ROTATE_180),
    4: partial(cv2.flip, flipCode=0),
    5: cv2.transpose,
    6: partial(cv2.rotate, rotateCode=cv2.ROTATE_90_CLOCKWISE),
    7: lambda pixels: cv2.rotate(cv2.transpose(pixels), cv2.ROTATE_180),
    8: partial(cv2.rotate, rotateCode=cv2.ROTATE_90_COUNTERCLOCKWISE),
}


def _to_srgb(pixels: Pixels, profile: bytes) -> Pixels:
    """Colours as a browser shows them; a profile that cannot be read is passed over."""
    if not profile:
        return pixels
    return np.array(_converted(Image.fromarray(pixels), profile).convert("RGB"), np.uint8)


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted if converted is not None else image


def _reduced(pixels: Pixels, at_least: int | None) -> Pixels:
    """Halved while the long side stays long enough: formats that decode at full size only."""
    if at_least is None:
        return pixels
    height, width = pixels.shape[:2]
    scale = next((s for s in _SCALES if max(width, height) >= at_least * s), 1)
    if scale == 1:
        return pixels
    size = (max(1, width // scale), max(1, height // scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def damaged() -> Unreadable:
    """The error for what cannot be decoded."""
    return Unreadable(
        "photo:damaged", "The photo is damaged, or it is no photo.", "Copy it from the camera again."
    )


def too_large() -> Unreadable:
    """The error for what has more pixels than is allowed."""
    return Unreadable("photo:too_large", "The photo is larger than is allowed.", "Make it smaller first.")
