"""What the maker of a photo wrote about it, in the words of the IPTC Photo Metadata Standard (2023.2).

It tells what somebody typed, and no more: a name in it is text. It makes nobody a person in the safe, and
no word in it is a consent.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

LONGEST_LINE = 250  # characters of a title, a maker, a credit
LONGEST_NOTICE = 500
LONGEST_CAPTION = 2000  # as the IPTC's first standard has it (IIM 4.2, dataset 2:120)
LONGEST_KEYWORD = 64  # the same, dataset 2:25
MOST_KEYWORDS = 100
# What cameras write where a caption belongs, whatever was photographed.
_BY_CAMERAS = re.compile(r"[A-Z ]*DIGITAL CAMERA|SONY DSC|DCIM[\\\\/].*|default|Exif_JPEG_PICTURE")


@dataclass(frozen=True, slots=True)
class Description:
    """What a photo is said to show, and to whom it is due.

    title: its short name, or headline. creator: who made it. credit: how that is to be told beside it.
    """

    title: str = ""
    caption: str = ""
    keywords: tuple[str, ...] = ()
    creator: str = ""
    credit: str = ""
    copyright_notice: str = ""


NOTHING = Description()


def sensible(described: Description) -> Description:
    """The same without what cannot be read or shown, each part cut at its longest, no keyword twice."""
    caption = "\n".join(_line(line) for line in described.caption.splitlines()).strip()
    return Description(
        title=_line(described.title)[:LONGEST_LINE].strip(),
        caption=caption[:LONGEST_CAPTION].strip(),
        keywords=_each_once(described.keywords),
        creator=_line(described.creator)[:LONGEST_LINE].strip(),
        credit=_line(described.credit)[:LONGEST_LINE].strip(),
        copyright_notice=_line(described.copyright_notice)[:LONGEST_NOTICE].strip(),
    )


def by_a_camera(caption: str) -> bool:
    """Whether a caption is what a camera writes into each photo, so that it tells nothing."""
    return _BY_CAMERAS.fullmatch(caption.strip()) is not None


def united(nearest: Description, other: Description) -> Description:
    """Each part from the nearest that has it; the keywords of both."""
    return replace(
        nearest,
        title=nearest.title or other.title,
        caption=nearest.caption or other.caption,
        keywords=_each_once((*nearest.keywords, *other.keywords)),
        creator=nearest.creator or other.creator,
        credit=nearest.credit or other.credit,
        copyright_notice=nearest.copyright_notice or other.copyright_notice,
    )


def keywords_in(text: str) -> tuple[str, ...]:
    """Keywords that somebody typed, divided by commas, semicolons or lines."""
    return _each_once(text.replace(";", ",").replace("\n", ",").split(","))


def _each_once(keywords: Iterable[str]) -> tuple[str, ...]:
    """The first ones, as they were written first; capitals make no other keyword."""
    found: dict[str, str] = {}
    for word in keywords:
        kept = _line(word)[:LONGEST_KEYWORD].strip()
        if kept and len(found) < MOST_KEYWORDS:
            found.setdefault(kept.casefold(), kept)
    return tuple(found.values())


def _line(text: str) -> str:
    """One line of it: composed, printable (which no mark of direction is), spaces as one."""
    shown = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    return " ".join(shown.split())
