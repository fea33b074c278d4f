"""What somebody wrote into a photo or its sidecar: title, caption, keywords, maker, credit, copyright.

XMP counts first, as programs of today keep it; then IPTC's own records, then EXIF. Names of people shown,
regions of faces and model releases may stand in a file too: they are not read, for a file is no witness.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

import exiv2

from appliance.domain.descriptions import MOST_KEYWORDS, Description, by_a_camera, sensible, united
from appliance.domain.errors import Unreadable

_DAMAGED = (exiv2.Exiv2Error, ValueError, LookupError, ArithmeticError, RuntimeError)
_LONGEST = 20_000  # characters of one value that are looked at, before it is cleaned and cut
_SIDECAR = exiv2.ImageType.xmp
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")  # XMP has none (ISO 16684-1, 7.2); bombs are made of them

_XMP = {
    "title": ("Xmp.dc.title", "Xmp.photoshop.Headline"),
    "caption": ("Xmp.dc.description",),
    "keywords": ("Xmp.dc.subject",),
    "creator": ("Xmp.dc.creator",),
    "credit": ("Xmp.photoshop.Credit",),
    "copyright_notice": ("Xmp.dc.rights",),
}
_IPTC = {
    "title": ("Iptc.Application2.ObjectName", "Iptc.Application2.Headline"),
    "caption": ("Iptc.Application2.Caption",),
    "keywords": ("Iptc.Application2.Keywords",),
    "creator": ("Iptc.Application2.Byline",),
    "credit": ("Iptc.Application2.Credit",),
    "copyright_notice": ("Iptc.Application2.Copyright",),
}
_WINDOWS = "Exif.Image.XP"
_EXIF = {
    "title": ("Exif.Image.XPTitle",),
    "caption": ("Exif.Image.ImageDescription", "Exif.Image.XPComment"),
    "keywords": ("Exif.Image.XPKeywords",),
    "creator": ("Exif.Image.Artist", "Exif.Image.XPAuthor"),
    "copyright_notice": ("Exif.Image.Copyright",),
}


def description_in(exif: exiv2.ExifData, iptc: exiv2.IptcData, xmp: exiv2.XmpData) -> Description:
    """What stands in one file; what is damaged is left out."""
    by_exif = _read(exif, _EXIF)
    return united(_read(xmp, _XMP), united(_read(iptc, _IPTC), by_exif))


def description_of_sidecar(data: bytes | memoryview) -> Description:
    """What stands in a sidecar.

    Raises:
        Unreadable: when it is no XMP.
    """
    text = bytes(data).lstrip()
    if any(one in text for one in _DECLARATIONS):
        raise _no_xmp()
    try:
        image = exiv2.ImageFactory.open(text)
        if image.imageType() != _SIDECAR:
            raise _no_xmp()
        image.readMetadata()
        return _read(image.xmpData(), _XMP)
    except _DAMAGED as problem:
        raise _no_xmp() from problem


def _no_xmp() -> Unreadable:
    return Unreadable("photo:damaged", "The sidecar is damaged, or it is no XMP.")


def _read(
    data: exiv2.ExifData | exiv2.IptcData | exiv2.XmpData, places: Mapping[str, tuple[str, ...]]
) -> Description:
    found = {part: _first(data, keys) for part, keys in places.items()}
    keywords = found.pop("keywords")
    if len(keywords) == 1:  # of Windows, and of programs that write all of them as one
        keywords = keywords[0].split(";")
    text = {
        part: ", ".join(values) if part == "creator" else values[0]
        for part, values in found.items()
        if values
    }
    if by_a_camera(text.get("caption", "")):
        del text["caption"]
    return sensible(Description(**text, keywords=tuple(keywords)))


def _first(data: exiv2.ExifData | exiv2.IptcData | exiv2.XmpData, keys: tuple[str, ...]) -> list[str]:
    """The values under the first of these keys that has any."""
    for key in keys:
        try:
            found = [text for text in islice(_values(data, key), MOST_KEYWORDS) if text.strip()]
        except _DAMAGED:
            continue
        if found:
            return found
    return []


def _values(data: exiv2.ExifData | exiv2.IptcData | exiv2.XmpData, key: str) -> Iterator[str]:
    """Each value under a key: of an array each entry, of a text in several languages the one that leads."""
    for datum in data:
        if datum.key() != key:
            continue
        value = datum.value()
        if isinstance(value, exiv2.LangAltValue):
            spoken = dict(value.items())
            yield _text(spoken.get("x-default") or next(iter(spoken.values()), ""))
        elif isinstance(value, exiv2.XmpArrayValue):
            yield from (_text(value.toString(number)) for number in range(min(value.count(), MOST_KEYWORDS)))
        elif key.startswith(_WINDOWS):
            yield _of_windows(value)
        else:
            yield _text(datum.print())


def _of_windows(value: exiv2.Value) -> str:
    """Two bytes a character, the lower one first, with a zero at the end."""
    size = min(value.size(), 2 * _LONGEST)
    data = bytes(value.toInt64(number) & 0xFF for number in range(size))
    return data.decode("utf-16-le", "replace").split("\0", 1)[0]


def _text(text: str) -> str:
    """Bytes that are no UTF-8 are of an older program, which wrote Windows-1252."""
    known = text[:_LONGEST].encode("utf-8", "surrogateescape")
    return known.decode("utf-8") if _is_utf8(known) else known.decode("cp1252", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
