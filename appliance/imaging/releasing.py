"""The file that leaves with a release: made anew from pixels, with the few metadata that should travel."""

from dataclasses import dataclass
from io import BytesIO

import exiv2
import numpy as np
from numpy.typing import NDArray

from appliance.domain.photos import Box
from appliance.domain.release import LONG_SIDE, PRINT_DPI, PRINTED, FileFormat, Shape
from appliance.imaging.colours import in_space
from appliance.imaging.scaling import within

Pixels = NDArray[np.uint8]

QUALITY = 92
_WRITER: dict[FileFormat, dict[str, object]] = {
    FileFormat.JPEG: {"format": "JPEG", "quality": QUALITY, "subsampling": "4:2:0"},
    FileFormat.PNG: {"format": "PNG", "compress_level": 6},
    FileFormat.WEBP: {"format": "WEBP", "quality": QUALITY, "method": 4},
    FileFormat.TIFF: {"format": "TIFF", "compression": "tiff_lzw"},
}
_PLUS = "http://ns.useplus.org/ldf/vocab/"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is written into a copy. release: its opaque id. people: whether anybody recognisable is in it.

    creator: who made the photo, who has a right to be named (Dutch Copyright Act, article 25).
    """

    release: str
    people: bool
    credit: str = ""
    copyright_notice: str = ""
    creator: str = ""


def shaped(pixels: Pixels, shape: Shape, part: Box) -> Pixels:
    """The part of a picture [height,width,3] that a copy shows, at the copy's size."""
    height, width = pixels.shape[:2]
    left, top = round(part.left * width), round(part.top * height)
    right, bottom = max(left + 1, round(part.right * width)), max(top + 1, round(part.bottom * height))
    long_side = LONG_SIDE[shape.size]
    cut = pixels[top:bottom, left:right]
    return cut if long_side is None else within(cut, long_side, fine=True)


def released(pixels: Pixels, shape: Shape, notice: Notice) -> bytes:
    """The file that leaves. Nothing of the original's metadata goes with it, and the place least of all.

    pixels: what `shaped` gave, sRGB. Written in are maker, credit and copyright (IPTC, EXIF, XMP) and the
    model release fields of IPTC and PLUS (IPTC Photo Metadata 2023.2; PLUS LDF): the status, and the
    release's id.
    """
    image, profile = in_space(np.ascontiguousarray(pixels), shape.colours)
    written = BytesIO()
    options = dict(_WRITER[shape.format])
    if profile:
        options["icc_profile"] = profile
    if shape.size in PRINTED and shape.format is not FileFormat.WEBP:
        options["dpi"] = (PRINT_DPI, PRINT_DPI)
    image.save(written, **options)  # type: ignore[arg-type]
    return _noted(written.getvalue(), notice)


def _noted(data: bytes, notice: Notice) -> bytes:
    image = exiv2.ImageFactory.open(data)
    image.readMetadata()  # what the writer itself needs, such as the rows of a TIFF, stays
    exif, iptc, xmp = image.exifData(), exiv2.IptcData(), exiv2.XmpData()
    # One of PLUS' four: limited, for a purpose and a time; or not applicable, for nobody can be recognised.
    xmp["Xmp.plus.ModelReleaseStatus"] = _PLUS + ("MR-LMR" if notice.people else "MR-NAP")
    xmp["Xmp.plus.ModelReleaseID"] = notice.release
    if notice.creator or notice.credit:
        exif["Exif.Image.Artist"] = notice.creator or notice.credit
        iptc["Iptc.Envelope.CharacterSet"] = "\x1b%G"  # the text is UTF-8
    if notice.creator:
        iptc["Iptc.Application2.Byline"] = notice.creator
        xmp["Xmp.dc.creator"] = notice.creator
    if notice.credit:
        iptc["Iptc.Application2.Credit"] = notice.credit
        xmp["Xmp.photoshop.Credit"] = notice.credit
    if notice.copyright_notice:
        exif["Exif.Image.Copyright"] = notice.copyright_notice
        xmp["Xmp.dc.rights"] = f"lang=x-default {notice.copyright_notice}"
    image.setExifData(exif)
    image.setIptcData(iptc)
    image.setXmpData(xmp)
    image.writeMetadata()
    return bytes(image.io().mmap())
