"""Releases: a copy that left the safe for a purpose, and the proof that it was allowed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.addresses import is_address
from appliance.domain.consent import Light, Purpose, Reason, Reliance, Verdict
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.photos import Box, PhotoId

ReleaseId = NewType("ReleaseId", str)
ParcelId = NewType("ParcelId", str)

LONGEST_NAME = 200
PRINT_DPI = 300
_INCH = 25.4  # millimetres


class Size(StrEnum):
    """How large a copy is at most. No copy is larger than the photo."""

    ORIGINAL = "original"  # the photo's own pixels
    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    A3 = "a3"
    A4 = "a4"
    A5 = "a5"


def _print(millimetres: int) -> int:
    return round(millimetres / _INCH * PRINT_DPI)


# The long side in pixels; None keeps the photo's own size. Paper (ISO 216) is printed at 300 dots an inch.
LONG_SIDE: dict[Size, int | None] = {
    Size.ORIGINAL: None,
    Size.LARGE: 2048,
    Size.MEDIUM: 1600,
    Size.SMALL: 800,
    Size.A3: _print(420),
    Size.A4: _print(297),
    Size.A5: _print(210),
}
PRINTED = frozenset({Size.A3, Size.A4, Size.A5})

USUAL_SIZE: dict[Purpose, Size] = {
    Purpose.WEB: Size.LARGE,
    Purpose.SOCIAL_MEDIA: Size.MEDIUM,
    Purpose.INTRANET: Size.LARGE,
    Purpose.PRINT: Size.ORIGINAL,
    Purpose.PRESS: Size.ORIGINAL,
}


# What a recipient may choose from behind a share link, the usual size first: none larger than is needed.
SHARED_SIZES: dict[Purpose, tuple[Size, ...]] = {
    Purpose.WEB: (Size.LARGE, Size.SMALL),
    Purpose.SOCIAL_MEDIA: (Size.MEDIUM, Size.SMALL),
    Purpose.INTRANET: (Size.LARGE, Size.SMALL),
    Purpose.PRINT: (Size.ORIGINAL, Size.A4, Size.A5, Size.LARGE),
    Purpose.PRESS: (Size.ORIGINAL, Size.A4, Size.LARGE),
}


class Crop(StrEnum):
    """Which part of the photo is copied. A part is chosen so that faces stay whole."""

    WHOLE = "whole"
    SQUARE = "square"
    UPRIGHT = "upright"  # 4 : 5
    WIDE = "wide"  # 16 : 9
    BADGE = "badge"  # 35 : 45 around the largest face


_RATIO: dict[Crop, float] = {Crop.SQUARE: 1.0, Crop.UPRIGHT: 4 / 5, Crop.WIDE: 16 / 9, Crop.BADGE: 35 / 45}
_BADGE_HEIGHT = 2.2  # of the face: about what identity photos show (ICAO 9303 asks a head of 70 to 80 %)
_EYES = 0.42  # how far from the top of a crop the middle of the faces comes


class FileFormat(StrEnum):
    """How a copy is written."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"


SUFFIX: dict[FileFormat, str] = {
    FileFormat.JPEG: "jpg",
    FileFormat.PNG: "png",
    FileFormat.WEBP: "webp",
    FileFormat.TIFF: "tif",
}


class ColourSpace(StrEnum):
    """What the numbers of a colour mean. Printing houses ask for the larger space of Adobe RGB (1998)."""

    SRGB = "srgb"
    ADOBE_RGB = "adobe_rgb"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a copy is made."""

    size: Size = Size.ORIGINAL
    crop: Crop = Crop.WHOLE
    format: FileFormat = FileFormat.JPEG
    colours: ColourSpace = ColourSpace.SRGB

    @property
    def media_type(self) -> str:
        """By RFC 6838."""
        return f"image/{self.format.value}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a copy. Both may be empty: then it stays with whoever released it."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked: a copy for a purpose, of a shape, for a recipient, who will use it in a medium."""

    purpose: Purpose
    shape: Shape
    recipient: Recipient = Recipient()
    medium: str = ""  # where it will appear: the newspaper, the website


def usual_order(purpose: Purpose) -> Order:
    """A copy of the usual size for a purpose."""
    return Order(purpose, Shape(USUAL_SIZE.get(purpose, Size.ORIGINAL)))


def shared_shape(purpose: Purpose, size: Size | None) -> Shape:
    """How a copy behind a share link is made. size: the recipient's choice; None for the usual one.

    Raises:
        Mistake: when the purpose does not need that size.
    """
    offered = SHARED_SIZES.get(purpose, (Size.LARGE,))
    if size is not None and size not in offered:
        raise Mistake("release:shape", "Choose how the copy is made.", "Choose from the lists.")
    return Shape(size or offered[0])


def require_sensible(order: Order) -> None:
    """Require texts that can be kept.

    Raises:
        Mistake: naming what to mend.
    """
    for text in (order.recipient.name, order.medium):
        if len(text) > LONGEST_NAME or not (text.isprintable()):
            raise Mistake(
                "release:bad_text",
                "That is not a name.",
                "Use at most {most} letters on one line.",
                values={"most": LONGEST_NAME},
            )
    if order.recipient.email and not is_address(order.recipient.email):
        raise Mistake("release:bad_address", "That is not an e-mail address.", "Check it, or leave it empty.")


@dataclass(frozen=True, slots=True)
class Release:
    """One copy handed out. `sha256` and `fingerprint` are of the copy, so that it can be recognised later.

    parcel_id: the link by which it left; None when staff made it. made_by: who released it, or owns the link.
    marked: whether it carries an invisible mark that names it.
    """

    id: ReleaseId
    photo_id: PhotoId
    purpose: Purpose
    made_at: datetime
    made_by: str
    sha256: str
    bytes: int
    relied_on: tuple[Reliance, ...]
    shape: Shape = Shape()
    recipient: Recipient = Recipient()
    medium: str = ""
    fingerprint: str = ""
    receipt: str = ""
    parcel_id: ParcelId | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the proof of a release says, ordered as ISO/IEC TS 27560:2023 orders a consent record.

    people, relied_on: pseudonyms that hold within this receipt alone, so that two receipts do not show that
    they are about the same person. reasons: of the green light.
    """

    release_id: ReleaseId
    controller: str
    sha256: str
    bytes: int
    media_type: str
    order: Order
    day: date
    made_at: datetime
    light: Light
    reasons: tuple[Reason, ...]
    people: tuple[str, ...]
    relied_on: tuple[tuple[str, int], ...]


def require_green(verdict: Verdict, reasons: tuple[str, ...]) -> None:
    """Let a release pass only on green.

    Raises:
        NotAllowed: with every reason, when the light is amber or red.
    """
    if verdict.light is not Light.GREEN:
        raise NotAllowed(
            "release:not_green",
            "This photo may not be released for {purpose}: its light is {light}.",
            "Resolve the reasons below first.",
            reasons,
            values={"purpose": verdict.purpose, "light": verdict.light},
        )


def part_of(crop: Crop, width: int, height: int, faces: Sequence[Box]) -> Box:
    """The part of a photo that a crop shows, in fractions; it lies within the photo.

    width, height: of the photo in pixels. faces: those to keep whole. It is as large as can be, but for a
    badge; where not all faces fit, their middle stays.
    """
    ratio = _RATIO.get(crop)
    if ratio is None or not width or not height:
        return Box(0.0, 0.0, 1.0, 1.0)
    kept = [face for face in (face.clipped() for face in faces) if face.width and face.height]
    if crop is Crop.BADGE and kept:
        kept = [max(kept, key=lambda face: face.width * face.height)]
        across, down = _within(ratio, width, height, kept[0].height * _BADGE_HEIGHT)
    else:
        across, down = _within(ratio, width, height, 1.0)
    x, y = _middle(kept)
    left = min(max(x - across / 2, 0.0), 1.0 - across)
    top = min(max(y - down * (_EYES if kept else 0.5), 0.0), 1.0 - down)
    return Box(left, top, across, down)


def _within(ratio: float, width: int, height: int, tallest: float) -> tuple[float, float]:
    """The largest part of a ratio, at most so tall: its fractions of the width and of the height."""
    down = min(1.0, tallest, width / (ratio * height))
    return min(1.0, down * height * ratio / width), down


def _middle(faces: Sequence[Box]) -> tuple[float, float]:
    if not faces:
        return 0.5, 0.5
    left, right = min(f.left for f in faces), max(f.right for f in faces)
    top, bottom = min(f.top for f in faces), max(f.bottom for f in faces)
    return (left + right) / 2, (top + bottom) / 2
