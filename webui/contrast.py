"""The colours of the pages, and how well each pair that is used together can be told apart (WCAG 2.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from webui.language import marked

TOKENS = Path(__file__).parent / "static" / "css" / "tokens.css"
TEXT, MARK = 4.5, 3.0  # the least ratio for text (1.4.3), and for marks and edges of controls (1.4.11)
_PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")


@dataclass(frozen=True, slots=True)
class Use:
    """One colour upon another, and what for."""

    front: str
    ground: str
    least: float
    what: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A use with its colours and ratios, when light and when dark."""

    use: Use
    fronts: tuple[str, str]
    grounds: tuple[str, str]
    ratios: tuple[float, float]

    @property
    def enough(self) -> bool:
        """Whether it can be told apart both ways."""
        return min(self.ratios) >= self.use.least


USES = (
    Use("ink", "paper", TEXT, marked("text on a page")),
    Use("ink", "surface", TEXT, marked("text on a panel")),
    Use("ink", "accent-soft", TEXT, marked("text on what is chosen")),
    Use("ink-soft", "paper", TEXT, marked("soft text on a page")),
    Use("ink-soft", "surface", TEXT, marked("soft text on a panel")),
    Use("ink-soft", "sunken", TEXT, marked("soft text on what lies deeper")),
    Use("accent", "paper", TEXT, marked("links on a page")),
    Use("accent", "surface", TEXT, marked("links on a panel")),
    Use("accent-ink", "accent", TEXT, marked("the main button")),
    Use("green", "green-soft", TEXT, marked("the word green")),
    Use("amber", "amber-soft", TEXT, marked("the word amber")),
    Use("red", "red-soft", TEXT, marked("the word red")),
    Use("red", "surface", TEXT, marked("a button with danger")),
    Use("green-glyph", "surface", MARK, marked("the shape of green")),
    Use("amber-glyph", "surface", MARK, marked("the shape of amber")),
    Use("red-glyph", "surface", MARK, marked("the shape of red")),
    Use("on-glyph", "green-glyph", MARK, marked("the mark in green")),
    Use("on-glyph", "amber-glyph", MARK, marked("the mark in amber")),
    Use("on-glyph", "red-glyph", MARK, marked("the mark in red")),
    Use("line-strong", "surface", MARK, marked("edges of fields and buttons")),
)


@cache
def colours() -> Mapping[str, tuple[str, str]]:
    """Each colour by its name: light, dark; as #rrggbb."""
    return {name: (light, dark) for name, light, dark in _PAIR.findall(TOKENS.read_text("utf-8"))}


def seen() -> tuple[Seen, ...]:
    """Every use with its ratios."""
    known = colours()
    return tuple(
        Seen(
            use,
            known[use.front],
            known[use.ground],
            (
                contrast(known[use.front][0], known[use.ground][0]),
                contrast(known[use.front][1], known[use.ground][1]),
            ),
        )
        for use in USES
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21; as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, from 0 to 1."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
