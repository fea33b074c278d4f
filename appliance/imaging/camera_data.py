"""What was written into a photo: date, camera, lens, place, which way up it was held, and what it shows.

EXIF counts first. What a program took away from it may stand in XMP or IPTC, where it is looked for then.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import exiv2

from appliance.domain.descriptions import NOTHING, Description
from appliance.imaging.written import description_in

_LONGEST = 100  # characters of a name that a camera gives; more is not a name
_SRGB = b"sRGB"
_TIMES = (
    ("Exif.Photo.DateTimeOriginal", "Exif.Photo.SubSecTimeOriginal"),
    ("Exif.Photo.DateTimeDigitized", "Exif.Photo.SubSecTimeDigitized"),
    ("Exif.Image.DateTime", "Exif.Photo.SubSecTime"),
)
_XMP_TIMES = ("Xmp.exif.DateTimeOriginal", "Xmp.photoshop.DateCreated", "Xmp.xmp.CreateDate")
_IPTC_DAY, _IPTC_TIME = "Iptc.Application2.DateCreated", "Iptc.Application2.TimeCreated"
_DAMAGED = (exiv2.Exiv2Error, ValueError, LookupError, ArithmeticError, RuntimeError)

exiv2.LogMsg.setLevel(exiv2.LogMsg.Level.mute)


@dataclass(frozen=True, slots=True)
class CameraData:
    """orientation: of EXIF, 1 to 8. profile: the ICC profile when it is not sRGB, else empty."""

    orientation: int = 1
    taken_at: datetime | None = None
    camera: str = ""
    lens: str = ""
    latitude: float | None = None
    longitude: float | None = None
    profile: bytes = b""
    description: Description = NOTHING


def camera_data(data: bytes | memoryview) -> CameraData:
    """Read it from a file's bytes. What is missing or damaged is left out; it never costs the photo."""
    try:
        image = exiv2.ImageFactory.open(data)
        image.readMetadata()
        exif, xmp, iptc = image.exifData(), image.xmpData(), image.iptcData()
        profile = bytes(image.iccProfile()) if image.iccProfileDefined() else b""
    except _DAMAGED:
        return CameraData()
    maker = _text(exif, "Exif.Image.Make") or _text(xmp, "Xmp.tiff.Make")
    model = _text(exif, "Exif.Image.Model") or _text(xmp, "Xmp.tiff.Model")
    return CameraData(
        orientation=_orientation(exif),
        taken_at=_taken_at(exif) or _taken_at_by_xmp(xmp) or _taken_at_by_iptc(iptc),
        camera=model if model.startswith(maker) else f"{maker} {model}".strip(),
        lens=_text(exif, "Exif.Photo.LensModel") or _text(xmp, "Xmp.aux.Lens"),
        latitude=_degrees(exif, "Latitude", "S", 90),
        longitude=_degrees(exif, "Longitude", "W", 180),
        profile=b"" if _SRGB in profile[:4096] else profile,
        description=description_in(exif, iptc, xmp),
    )


def _text(data: exiv2.ExifData | exiv2.IptcData | exiv2.XmpData, key: str) -> str:
    try:
        text = str(data[key].print()) if key in data else ""
    except _DAMAGED:
        return ""
    return "".join(c for c in text if c.isprintable()).strip()[:_LONGEST]


def _orientation(exif: exiv2.ExifData) -> int:
    key = "Exif.Image.Orientation"
    try:
        value = int(exif[key].toInt64()) if key in exif else 1
    except _DAMAGED:
        return 1
    return value if 1 <= value <= 8 else 1


def _taken_at(exif: exiv2.ExifData) -> datetime | None:
    for key, fraction in _TIMES:
        try:
            # The camera's clock has no time zone; it is kept as it is, so the zone is taken off again.
            taken = datetime.strptime(_text(exif, key)[:19], "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
        except ValueError:
            continue
        return (taken + _fraction(_text(exif, fraction))).replace(tzinfo=None)
    return None


def _taken_at_by_xmp(xmp: exiv2.XmpData) -> datetime | None:
    """ISO 8601, of which the zone is taken off: the camera's own clock is what counts everywhere else."""
    for key in _XMP_TIMES:
        try:
            return datetime.fromisoformat(_text(xmp, key)).replace(tzinfo=None)
        except ValueError:
            continue
    return None


def _taken_at_by_iptc(iptc: exiv2.IptcData) -> datetime | None:
    """A day, and a time with its zone, each in ISO 8601."""
    try:
        day = datetime.fromisoformat(_text(iptc, _IPTC_DAY))
        return datetime.fromisoformat(f"{day:%Y-%m-%d}T{_text(iptc, _IPTC_TIME)[:8] or '00:00:00'}")
    except ValueError:
        return None


def _fraction(digits: str) -> timedelta:
    """Parts of a second: "5" is half a second, "05" a twentieth."""
    known = digits[:6]
    return timedelta(seconds=float(f"0.{known}")) if known.isdecimal() and known.isascii() else timedelta()


def _degrees(exif: exiv2.ExifData, name: str, negative: str, most: float) -> float | None:
    key = f"Exif.GPSInfo.GPS{name}"
    try:
        parts = [exif[key].toRational(part) for part in range(3)]
        degrees: float = sum(above / below / 60**power for power, (above, below) in enumerate(parts))
    except _DAMAGED:
        return None
    if not 0 <= degrees <= most or f"{key}Ref" not in exif:
        return None
    return -degrees if _text(exif, f"{key}Ref").upper().startswith(negative) else degrees
