"""From a file's bytes to upright pixels in sRGB: every format, by what it holds and not by its name."""

from collections.abc import Callable
from datetime import datetime

import cv2
import exiv2
import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

from appliance.domain.errors import Unreadable
from appliance.domain.photos import Capture
from appliance.imaging.decode import Decoder
from tests.imaging.pictures import (
    ADOBE_RGB,
    COLOURS,
    DISPLAY_P3,
    Space,
    as_dng,
    as_jpeg,
    close,
    colours_of,
    in_srgb,
    noise,
    profile,
    quarters,
    with_orientation,
    written,
)

BEST = {"quality": 95}
QUALITY = {"JPEG": BEST | {"subsampling": 0}, "WEBP": BEST, "HEIF": BEST, "AVIF": BEST}
KINDS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
    "AVIF": "image/avif",
}


def file_of(kind: str, image: Image.Image, **how: object) -> bytes:
    return written(image, kind, **QUALITY.get(kind, {}), **how)


def sixteen_bits(ending: str, grey: bool) -> bytes:
    pixels = quarters().astype(np.uint16) * 257
    return cv2.imencode(ending, pixels[:, :, 0] if grey else pixels[:, :, ::-1])[1].tobytes()


PICTURE = Image.fromarray(quarters())
GREYS = [(colour[0],) * 3 for colour in COLOURS]  # by the red channel

FILES: dict[str, tuple[bytes, str]] = {
    **{kind: (file_of(kind, PICTURE), media_type) for kind, media_type in KINDS.items()},
    "progressive JPEG": (file_of("JPEG", PICTURE, progressive=True), "image/jpeg"),
    "JPEG with a second picture in it": (
        written(PICTURE, "MPO", save_all=True, append_images=[PICTURE], quality=95, subsampling=0),
        "image/jpeg",
    ),
    "raw with a preview": (as_dng(as_jpeg(quarters())), "image/x-raw"),
    "CMYK JPEG": (file_of("JPEG", PICTURE.convert("CMYK")), "image/jpeg"),
    "CMYK TIFF": (file_of("TIFF", PICTURE.convert("CMYK")), "image/tiff"),
    "compressed TIFF": (file_of("TIFF", PICTURE, compression="tiff_lzw"), "image/tiff"),
    "JPEG in a TIFF": (file_of("TIFF", PICTURE, compression="jpeg", **BEST), "image/tiff"),
    "TIFF in YCbCr": (file_of("TIFF", PICTURE.convert("YCbCr")), "image/tiff"),
    "sixteen bits PNG": (sixteen_bits(".png", grey=False), "image/png"),
    "sixteen bits TIFF": (sixteen_bits(".tiff", grey=False), "image/tiff"),
    "PNG with a palette": (written(PICTURE.quantize(8), "PNG"), "image/png"),
    "opaque PNG with an alpha channel": (written(PICTURE.convert("RGBA"), "PNG"), "image/png"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_picture_is_decoded_in_its_colours(decoder: Decoder, case: str) -> None:
    data, media_type = FILES[case]
    decoded = decoder.decode(data)
    assert (decoded.media_type, decoded.width, decoded.height) == (media_type, 96, 64)
    assert (decoded.pixels.shape, decoded.pixels.dtype) == ((64, 96, 3), np.uint8)
    assert close(colours_of(decoded.pixels), COLOURS)


GREY = {
    "grey JPEG": as_jpeg(quarters()[:, :, 0]),
    "grey PNG": written(Image.fromarray(quarters()[:, :, 0]), "PNG"),
    "sixteen bits of grey PNG": sixteen_bits(".png", grey=True),
    "sixteen bits of grey TIFF": sixteen_bits(".tiff", grey=True),
    # LibRaw takes it for a mosaic, were it asked.
    "sixteen bits of grey TIFF, not compressed": written(
        Image.fromarray(quarters()[:, :, 0].astype(np.uint16) * 257), "TIFF"
    ),
    "whole numbers TIFF": written(Image.fromarray(quarters()[:, :, 0].astype(np.int32) * 257), "TIFF"),
    "fractions TIFF": written(Image.fromarray(np.float32(quarters()[:, :, 0] / 255)), "TIFF"),
}


@pytest.mark.parametrize("case", GREY)
def test_a_grey_picture_keeps_its_greys(decoder: Decoder, case: str) -> None:
    decoded = decoder.decode(GREY[case])
    assert decoded.pixels.shape == (64, 96, 3)
    assert close(colours_of(decoded.pixels), GREYS, within=2)


def test_what_is_transparent_becomes_white(decoder: Decoder) -> None:
    left_clear = np.dstack([quarters(), np.full((64, 96), 255, np.uint8)])
    left_clear[:, :48, 3] = 0
    for kind in ("PNG", "TIFF", "WEBP", "HEIF", "AVIF"):
        seen = colours_of(decoder.decode(file_of(kind, Image.fromarray(left_clear))).pixels)
        assert close(seen, [(255, 255, 255), COLOURS[1], (255, 255, 255), COLOURS[3]]), kind
    half = Image.new("LA", (96, 64), (0, 127))
    assert close(colours_of(decoder.decode(written(half, "PNG")).pixels), [(128,) * 3] * 4, within=2)


NOT_PHOTOS = {
    "nothing": b"",
    "one byte": b"\xff",
    "the start of a JPEG": b"\xff\xd8\xff",
    "the start of a TIFF": b"II*\0\xff\xff\xff\xff",
    "a TIFF that points at itself": b"II*\0\x08\0\0\0" + b"\xff" * 200,
    "text": b"not a photo" * 100,
    "random bytes": noise(1, 20, 20).tobytes(),
    "a GIF": written(PICTURE, "GIF"),
    "a BMP": written(PICTURE, "BMP"),
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "a PDF": written(PICTURE, "PDF"),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
}


@pytest.mark.parametrize("case", NOT_PHOTOS)
def test_what_is_no_photo_is_unreadable(decoder: Decoder, case: str) -> None:
    with pytest.raises(Unreadable) as problem:
        decoder.decode(NOT_PHOTOS[case])
    assert problem.value.key == "photo:damaged"


WHOLE = {kind: file_of(kind, Image.fromarray(noise(2, 120, 90))) for kind in KINDS}
WHOLE["raw"] = as_dng(as_jpeg(noise(2, 240, 180)))


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("part", [0.02, 0.3, 0.5, 0.7])
def test_a_file_cut_short_is_unreadable(decoder: Decoder, kind: str, part: float) -> None:
    decoder.decode(WHOLE[kind])
    with pytest.raises(Unreadable):
        decoder.decode(WHOLE[kind][: int(len(WHOLE[kind]) * part)])


# Which way is up.

# How the upright picture lies in the file, by the orientation that EXIF then tells (EXIF 2.32, tag 274).
LIES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def lying(orientation: int) -> Image.Image:
    return PICTURE if orientation == 1 else PICTURE.transpose(LIES[orientation])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "CMYK JPEG", "raw"])
def test_however_the_camera_was_held_the_picture_is_upright(
    decoder: Decoder, kind: str, orientation: int
) -> None:
    exif, lies = with_orientation(orientation), lying(orientation)
    lies = lies.convert("CMYK") if "CMYK" in kind else lies
    if kind == "raw":
        data = as_dng(as_jpeg(np.array(lies)), orientation=orientation)
    else:
        data = file_of(
            kind.rsplit(maxsplit=1)[-1], lies.convert("CMYK") if "CMYK" in kind else lies, exif=exif
        )
    for at_least in (None, 40):
        decoded = decoder.decode(data, at_least=at_least)
        assert close(colours_of(decoded.pixels), COLOURS, within=12)
        assert (decoded.width, decoded.height) == (96, 64)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_passed_over(decoder: Decoder, orientation: int) -> None:
    for kind in ("JPEG", "TIFF"):
        decoded = decoder.decode(file_of(kind, PICTURE, exif=with_orientation(orientation)))
        assert close(colours_of(decoded.pixels), COLOURS)


def test_in_heic_the_picture_itself_says_how_it_lies_and_exif_does_not_turn_it_again(
    decoder: Decoder,
) -> None:
    """ISO/IEC 23008-12: rotation is a property of the image; what EXIF says of it is for information."""
    data = file_of("HEIF", PICTURE, exif=with_orientation(6))
    assert close(colours_of(decoder.decode(data).pixels), COLOURS)


# Size.


@pytest.mark.parametrize("kind", [*KINDS, "CMYK JPEG", "raw", "raw without a preview"])
def test_a_smaller_size_is_large_enough_and_the_whole_size_is_told(decoder: Decoder, kind: str) -> None:
    large = Image.fromarray(quarters(960, 640))
    if kind.startswith("raw"):
        preview = None if "without" in kind else as_jpeg(np.array(large))
        data = as_dng(preview, 960, 640)
    else:
        data = file_of(kind.rsplit(maxsplit=1)[-1], large.convert("CMYK") if "CMYK" in kind else large)
    for at_least in (1, 100, 240, 241, 480, 959, 960, 5000):
        decoded = decoder.decode(data, at_least=at_least)
        assert (decoded.width, decoded.height) == (960, 640)
        side = max(decoded.pixels.shape)
        assert min(at_least, 960) <= side <= 960
        assert at_least < 8 or side <= 2 * at_least
    assert decoder.decode(data).pixels.shape == (640, 960, 3)


# Colour.


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("space", [DISPLAY_P3, ADOBE_RGB], ids=["Display P3", "Adobe RGB"])
def test_colours_of_another_space_become_those_of_srgb(decoder: Decoder, kind: str, space: Space) -> None:
    data = file_of(kind, PICTURE, icc_profile=profile(space))
    seen = colours_of(decoder.decode(data).pixels)
    assert close(seen, [in_srgb(colour, space) for colour in COLOURS])
    assert not close(seen, COLOURS, within=15)


@pytest.mark.parametrize(
    "kept",
    [
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        b"",
        b"no profile",
        profile(DISPLAY_P3)[:200],
        bytes(4000),
    ],
    ids=["sRGB", "none", "text", "cut short", "zeros"],
)
def test_a_profile_that_says_nothing_new_or_nothing_at_all_is_passed_over(
    decoder: Decoder, kept: bytes
) -> None:
    for kind in ("JPEG", "PNG", "TIFF"):
        seen = colours_of(decoder.decode(file_of(kind, PICTURE, icc_profile=kept)).pixels)
        assert close(seen, COLOURS), kind


# What the camera wrote.


def by_a_camera(**more: object) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Canon", "Canon EOS R5", "2026:03:01 10:11:12"
    exif.get_ifd(0x8769).update({0x9003: "2026:02:27 15:30:00", 0x9291: "25", 0xA434: "RF50mm F1.2 L USM"})
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 4.0, 12.5), 3: "W", 4: (4.0, 18.0, 0.0)})
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_what_the_camera_wrote_is_read(decoder: Decoder, kind: str) -> None:
    capture = decoder.decode(file_of(kind, PICTURE, exif=by_a_camera())).capture
    assert capture == Capture(
        taken_at=datetime(2026, 2, 27, 15, 30, 0, 250_000),  # noqa: DTZ001
        camera="Canon EOS R5",
        lens="RF50mm F1.2 L USM",
        latitude=pytest.approx(52 + 4 / 60 + 12.5 / 3600),
        longitude=pytest.approx(-4.3),
    )


def set_to(tag: int, value: object, ifd: int | None = None) -> Callable[[Image.Exif], None]:
    def change(exif: Image.Exif) -> None:
        (exif if ifd is None else exif.get_ifd(ifd))[tag] = value

    return change


EXIF, GPS = 0x8769, 0x8825
ODD: dict[str, tuple[Callable[[Image.Exif], None], dict[str, object]]] = {
    "another maker": (set_to(0x010F, "Hasselblad"), {"camera": "Hasselblad Canon EOS R5"}),
    "a maker in another alphabet": (set_to(0x010F, b"\xff\xfe\xe9"), {}),
    "an endless name": (set_to(0x0110, "x" * 60_000), {}),
    "a name with control characters": (set_to(0x0110, "Canon\n\x1b[31mR5"), {"camera": "Canon[31mR5"}),
    "no time": (set_to(0x9003, "0000:00:00 00:00:00", EXIF), {"taken_at": datetime(2026, 3, 1, 10, 11, 12)}),  # noqa: DTZ001
    "an impossible time": (set_to(0x9003, "2026:13:45 99:99:99", EXIF), {}),
    "odd parts of a second": (set_to(0x9291, "½", EXIF), {"taken_at": datetime(2026, 2, 27, 15, 30)}),  # noqa: DTZ001
    "latitude beyond the pole": (set_to(2, (91.0, 0.0, 0.0), GPS), {"latitude": None}),
    "latitude without minutes": (set_to(2, (52.0,), GPS), {"latitude": None}),
    "latitude by naught": (set_to(2, (52.0, IFDRational(4, 0), 1.0), GPS), {"latitude": None}),
    "no hemisphere": (set_to(3, "", GPS), {}),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_camera_data_never_costs_the_photo(decoder: Decoder, case: str) -> None:
    change, expected = ODD[case]
    exif = by_a_camera()
    change(exif)
    decoded = decoder.decode(as_jpeg(quarters(), exif=exif))
    assert close(colours_of(decoded.pixels), COLOURS)
    capture = decoded.capture
    assert {key: getattr(capture, key) for key in expected} == expected
    assert len(capture.camera) <= 201
    assert capture.camera.isprintable()


def test_damage_in_one_place_of_the_camera_data_leaves_the_photo_and_its_other_data(decoder: Decoder) -> None:
    """An orientation of no values at all; and camera data that end in the middle, or lie about their size."""
    exif = by_a_camera()
    exif[0x0112] = 1
    data = as_jpeg(quarters(), exif=exif)
    start = data.index(b"Exif\0\0") + 6
    for place in range(start, start + 120):
        for value in (0, 255):
            changed = bytearray(data)
            changed[place] = value
            assert decoder.decode(bytes(changed)).pixels.shape in ((64, 96, 3), (96, 64, 3))


def tagged(exif: str = "", xmp: dict[str, str] | None = None, iptc: dict[str, str] | None = None) -> bytes:
    """A JPEG with a date in one kind of data or in several."""
    image = exiv2.ImageFactory.open(as_jpeg(quarters()))
    if exif:
        found = exiv2.ExifData()
        found["Exif.Photo.DateTimeOriginal"] = exif
        image.setExifData(found)
    for values, data, put in (
        (xmp, exiv2.XmpData(), image.setXmpData),
        (iptc, exiv2.IptcData(), image.setIptcData),
    ):
        for key, value in (values or {}).items():
            data[key] = value
        put(data)
    image.writeMetadata()
    return bytes(image.io().mmap())


IPTC = {"Iptc.Application2.DateCreated": "2019-05-04", "Iptc.Application2.TimeCreated": "13:14:15+02:00"}
XMP = {
    "Xmp.photoshop.DateCreated": "2020-05-04T13:14:15+02:00",
    "Xmp.tiff.Make": "Leica",
    "Xmp.tiff.Model": "Q2",
}


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        (tagged("2021:05:04 13:14:15", XMP, IPTC), datetime(2021, 5, 4, 13, 14, 15)),  # noqa: DTZ001
        (tagged("", XMP, IPTC), datetime(2020, 5, 4, 13, 14, 15)),  # noqa: DTZ001
        (tagged("", None, IPTC), datetime(2019, 5, 4, 13, 14, 15)),  # noqa: DTZ001
        (tagged("", None, {"Iptc.Application2.DateCreated": "2019-05-04"}), datetime(2019, 5, 4)),  # noqa: DTZ001
        (tagged("", {"Xmp.photoshop.DateCreated": "some day in May"}), None),
        (tagged(), None),
    ],
)
def test_a_date_that_exif_lost_is_found_in_xmp_or_iptc(
    decoder: Decoder, written: bytes, taken: datetime | None
) -> None:
    assert decoder.decode(written).capture.taken_at == taken


def test_a_camera_that_exif_lost_is_found_in_xmp(decoder: Decoder) -> None:
    assert decoder.decode(tagged("", XMP)).capture.camera == "Leica Q2"
