"""The letters of the documents: Fira Sans, with those of every European language and of Vietnamese.

Fira Sans is free to embed (SIL Open Font License 1.1) and comes in a pinned package. It holds Latin, Greek
and Cyrillic letters. A letter that it lacks is never left out: its code point is written in its place.
"""

import unicodedata
from functools import cache
from importlib.resources import files
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "FiraSans-Regular"
BOLD = "FiraSans-SemiBold"
_ONE_AT_A_TIME = Lock()
_ALIKE = {0x2010: "-", 0x2011: "-"}


def _letters() -> frozenset[int]:
    """The code points that both fonts have; reportlab knows the fonts from then on."""
    with _ONE_AT_A_TIME:  # a second registration would change the fonts under a document that is being drawn
        return _registered()


@cache
def _registered() -> frozenset[int]:
    folder = files("fontpkg_fira_sans") / "files"
    fonts = [TTFont(name, str(folder / f"{name}.ttf")) for name in (REGULAR, BOLD)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    return frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts))


def visible(text: str) -> str:
    """A text in letters that the fonts have; any other stands as its code point, such as [U+6C34]."""
    known = _letters()
    composed = unicodedata.normalize("NFC", text)
    return "".join(_shown(character, known) for character in composed)


def has_letters(text: str) -> bool:
    """Whether a text can be shown as it is."""
    return not any(_shown(one, _letters()).startswith("[U+") for one in unicodedata.normalize("NFC", text))


def _shown(character: str, known: frozenset[int]) -> str:
    if unicodedata.category(character) == "Zs":
        return " "
    if character in "\n\t" or ord(character) in known:
        return character
    return _ALIKE.get(ord(character), f"[U+{ord(character):04X}]")
