"""The file that leaves: its size, part, format and colours, and the few metadata that travel with it."""

import io

import exiv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from appliance.domain.photos import Box
from appliance.domain.release import ColourSpace, Crop, FileFormat, Shape, Size, part_of
from appliance.imaging.colours import adobe_rgb, srgb
from appliance.imaging.decode import Decoder
from appliance.imaging.releasing import Notice, released, shaped
from tests.imaging.pictures import (
    COLOURS,
    DISPLAY_P3,
    as_jpeg,
    close,
    colours_of,
    in_srgb,
    patches,
    profile,
    quarters,
)

SECRET = "Wilhelmina van Onbekend"
WHOLE = Box(0, 0, 1, 1)
USUAL = Shape()
MODEL_RELEASE = {"Xmp.plus.ModelReleaseStatus", "Xmp.plus.ModelReleaseID"}


def made(pixels: object, shape: Shape = USUAL, credit: str = "", people: bool = True) -> bytes:
    notice = Notice("abcdef", people, credit=credit, copyright_notice=credit)
    return released(shaped(pixels, shape, WHOLE), shape, notice)  # type: ignore[arg-type]


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def metadata(data: bytes) -> dict[str, str]:
    image = exiv2.ImageFactory.open(data)
    image.readMetadata()
    found = {}
    for kind in (image.exifData(), image.iptcData(), image.xmpData()):
        found |= {datum.key(): str(datum.print()) for datum in kind}
    return found | ({"comment": image.comment()} if image.comment() else {})


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (Size.ORIGINAL, (6000, 4000)),
        (Size.LARGE, (2048, 1365)),
        (Size.MEDIUM, (1600, 1067)),
        (Size.SMALL, (800, 533)),
        (Size.A3, (4961, 3307)),
        (Size.A4, (3508, 2339)),
        (Size.A5, (2480, 1653)),
    ],
)
def test_a_copy_has_the_size_that_was_asked(size: Size, expected: tuple[int, int]) -> None:
    image = opened(made(quarters(6000, 4000), Shape(size)))
    assert image.size == expected
    printed = size in (Size.A3, Size.A4, Size.A5)
    assert (image.info.get("dpi") == (300, 300)) is printed
    assert close(colours_of(np.array(image)), COLOURS, within=6)


def test_no_copy_is_larger_than_the_photo() -> None:
    assert opened(made(quarters(300, 200), Shape(Size.A3))).size == (300, 200)


@pytest.mark.parametrize("form", FileFormat)
@pytest.mark.parametrize("colours", ColourSpace)
def test_every_format_in_every_colour_space_shows_the_photo_and_carries_the_notice(
    form: FileFormat, colours: ColourSpace
) -> None:
    data = made(quarters(300, 200), Shape(format=form, colours=colours), credit="Gemeente Één")
    image = opened(data)
    assert image.format == form.value.upper()
    written = metadata(data)
    assert written["Xmp.photoshop.Credit"] == "Gemeente Één"
    assert "Gemeente Één" in written["Xmp.dc.rights"]
    assert written["Xmp.plus.ModelReleaseStatus"] == "Limited or Incomplete Model Releases"
    assert written["Xmp.plus.ModelReleaseID"] == "abcdef"
    kept = image.info.get("icc_profile")
    if colours is ColourSpace.GREY:
        assert kept is None
        expected = [(round(0.299 * r + 0.587 * g + 0.114 * b),) * 3 for r, g, b in COLOURS]
        assert close(colours_of(np.array(image.convert("RGB"))), expected, within=6)
    else:
        assert kept == (srgb() if colours is ColourSpace.SRGB else adobe_rgb())
        back = ImageCms.profileToProfile(image, io.BytesIO(kept), io.BytesIO(srgb()), outputMode="RGB")
        assert back is not None
        assert close(colours_of(np.array(back)), COLOURS, within=8)


def test_the_profile_for_printing_houses_means_what_its_specification_says() -> None:
    """A pure green of Adobe RGB lies outside sRGB; mid grey stays grey in both."""
    opened_profile = ImageCms.ImageCmsProfile(io.BytesIO(adobe_rgb()))
    assert ImageCms.getProfileDescription(opened_profile).strip() == "Compatible with Adobe RGB (1998)"
    red, green, blue = (
        opened_profile.profile.red_colorant,
        opened_profile.profile.green_colorant,
        opened_profile.profile.blue_colorant,
    )
    assert red
    assert green
    assert blue
    white = [sum(parts) for parts in zip(red[0], green[0], blue[0], strict=True)]
    assert white == pytest.approx((0.9642, 1.0, 0.8249), abs=2e-3)
    grey = Image.new("RGB", (1, 1), (128, 128, 128))
    there = ImageCms.profileToProfile(grey, io.BytesIO(srgb()), io.BytesIO(adobe_rgb()))
    assert there is not None
    red_value, green_value, blue_value = there.getpixel((0, 0))  # type: ignore[misc]
    assert max(red_value, green_value, blue_value) - min(red_value, green_value, blue_value) <= 1


def test_nobody_in_it_is_told_as_no_model_release() -> None:
    written = metadata(made(quarters(30, 20), people=False))
    assert written["Xmp.plus.ModelReleaseStatus"] == "Not Applicable"


def telling_photo() -> bytes:
    """A photo whose file tells much: camera, place, captions in every form, a thumbnail, more behind it."""
    exif = Image.Exif()
    exif[0x010F], exif[0x010E], exif[0x013B] = "Canon", SECRET, SECRET
    exif.get_ifd(0x8769)[0x9286] = SECRET.encode()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 4.0, 12.5), 3: "E", 4: (4.0, 18.0, 0.0)})
    data = as_jpeg(patches(1), exif=exif, comment=SECRET.encode())
    image = exiv2.ImageFactory.open(data)
    image.readMetadata()
    exiv2.ExifThumb(image.exifData()).setJpegThumbnail(as_jpeg(patches(1, 64, 48)))
    image.iptcData()["Iptc.Application2.Caption"] = SECRET
    image.xmpData()["Xmp.dc.description"] = f"lang=x-default {SECRET}"
    image.writeMetadata()
    return bytes(image.io().mmap()) + SECRET.encode()


CREDIT = {
    "Exif.Image.Artist",
    "Exif.Image.Copyright",
    "Iptc.Envelope.CharacterSet",
    "Iptc.Application2.Credit",
    "Xmp.photoshop.Credit",
    "Xmp.dc.rights",
}


@pytest.mark.parametrize("form", FileFormat)
@pytest.mark.parametrize(("credit", "keys"), [("", set()), ("Foto: Gemeente Één", CREDIT)])
def test_nothing_of_the_originals_data_leaves_with_a_copy(
    decoder: Decoder, form: FileFormat, credit: str, keys: set[str]
) -> None:
    original = telling_photo()
    assert {"Exif.GPSInfo.GPSLatitude", "Iptc.Application2.Caption", "Xmp.dc.description", "comment"} <= set(
        metadata(original)
    )
    data = made(decoder.decode(original).pixels, Shape(format=form), credit=credit)
    found = metadata(data)
    # A TIFF keeps its own rows in the same place; nothing else may stand there.
    own = {key for key in found if form is FileFormat.TIFF and key.startswith("Exif.Image.")} - CREDIT
    assert not {key for key in own if key.split(".")[-1] in ("Make", "Model", "ImageDescription", "GPSTag")}
    written = set(found) - own - {"Exif.Image.ExifTag"}
    assert written <= keys | MODEL_RELEASE
    assert written >= MODEL_RELEASE
    assert ("Xmp.dc.rights" in written) == bool(credit)
    for trace in (SECRET.encode(), b"Canon", b"GPSL", original[2:40]):
        assert trace not in data
    if form is FileFormat.JPEG:
        assert data.count(b"\xff\xd8\xff") == 1, "there is a thumbnail"
        assert data.endswith(b"\xff\xd9")


def test_a_copy_of_a_photo_with_a_profile_is_in_srgb_and_says_so(decoder: Decoder) -> None:
    original = as_jpeg(quarters(), icc_profile=profile(DISPLAY_P3))
    data = made(decoder.decode(original).pixels)
    assert set(metadata(data)) == MODEL_RELEASE
    assert opened(data).info["icc_profile"] == srgb()
    seen = colours_of(np.array(opened(data)))
    assert close(seen, [in_srgb(colour, DISPLAY_P3) for colour in COLOURS], within=12)


# Which part of a photo is copied.

fractions = st.floats(0, 1)
faces = st.lists(
    st.builds(
        lambda left, top, width, height: Box(left * (1 - width), top * (1 - height), width, height),
        *(fractions, fractions),
        *(st.floats(0.01, 0.5), st.floats(0.01, 0.5)),
    ),
    max_size=4,
)
RATIOS = {Crop.SQUARE: 1.0, Crop.UPRIGHT: 0.8, Crop.WIDE: 16 / 9, Crop.BADGE: 35 / 45}


@given(st.sampled_from(Crop), st.integers(10, 9000), st.integers(10, 9000), faces)
def test_a_part_lies_within_the_photo_and_has_its_ratio(
    crop: Crop, width: int, height: int, shown: list[Box]
) -> None:
    part = part_of(crop, width, height, shown)
    assert part.left >= -1e-9
    assert part.top >= -1e-9
    assert part.right <= 1 + 1e-9
    assert part.bottom <= 1 + 1e-9
    if crop is Crop.WHOLE:
        assert part == WHOLE
    else:
        assert part.width * width / (part.height * height) == pytest.approx(RATIOS[crop], rel=1e-6)


@given(
    st.sampled_from([Crop.SQUARE, Crop.UPRIGHT, Crop.WIDE]),
    st.integers(100, 9000),
    st.integers(100, 9000),
    faces,
)
def test_faces_that_fit_are_whole_and_the_part_is_as_large_as_can_be(
    crop: Crop, width: int, height: int, shown: list[Box]
) -> None:
    part = part_of(crop, width, height, shown)
    assert max(part.width, part.height) == pytest.approx(1.0)
    if not shown:
        return
    left, right = min(f.left for f in shown), max(f.right for f in shown)
    if right - left <= part.width:
        assert part.left <= left + 1e-9
        assert part.right >= right - 1e-9


def test_a_badge_is_cut_around_the_largest_face() -> None:
    small, large = Box(0.1, 0.1, 0.05, 0.05), Box(0.6, 0.3, 0.1, 0.2)
    part = part_of(Crop.BADGE, 4000, 3000, [small, large])
    assert part.height == pytest.approx(0.44)
    assert part.left <= large.left
    assert part.right >= large.right
    assert part.top <= large.top
    assert part.bottom >= large.bottom
    assert small.right < part.left
