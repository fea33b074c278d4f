"""What one cell of an old list says: an answer or a day. What is not clear is refused, never guessed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from appliance.domain.consent import Answer
from appliance.domain.permission_problems import ProblemKind, Unclear

_ANSWERS: Mapping[Answer, tuple[str, ...]] = {
    Answer.GRANTED: (
        *("ja", "j", "yes", "y", "x", "1", "ok", "oke", "akkoord", "true", "waar", "mag", "goed", "agreed"),
        *("granted", "toestemming", "geeft toestemming", "wel toestemming", "✓", "✔", "☑"),
    ),
    Answer.DECLINED: (
        *("nee", "neen", "n", "no", "0", "niet", "niet akkoord", "geen", "geen toestemming", "mag niet"),
        *("false", "onwaar", "geweigerd", "weigert", "declined", "refused", "not agreed"),
    ),
    Answer.WITHDRAWN: ("ingetrokken", "trekt in", "withdrawn", "revoked"),
}
_SAID = {word: answer for answer, words in _ANSWERS.items() for word in words}
_NOTHING = frozenset({"", "-", "n.v.t", "nvt", "n/a", "☐", "□"})

_MONTH_NAMES = (
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "jan feb mar apr may jun jul aug sept oct nov dec",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "january february march april may june july august september october november december",
)
_MONTHS = {name: number for names in _MONTH_NAMES for number, name in enumerate(names.split(), 1)}
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
_ISO = re.compile(rf"(\d{{4}})([-/.]?)(\d{{2}})\2(\d{{2}}){_TIME}")
_NUMBERS = re.compile(rf"(\d{{1,2}})([-/. ])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_WORDS = re.compile(r"(\d{1,2})[- .]+([a-z]+)\.?[- ]+(\d{4}|\d{2})")
_WORD_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_YEARS = range(1900, 2200)


class DateOrder(StrEnum):
    """What comes first in a day that is written in numbers."""

    DAY_FIRST = "day_first"  # 31-12-2026
    MONTH_FIRST = "month_first"  # 12/31/2026


def read_answer(cell: str, own_words: Mapping[str, Answer] = MappingProxyType({})) -> Answer | None:
    """What a cell says of a purpose; None when it says nothing.

    own_words: what words of this list mean, by the words as `plain` gives them; they come first.

    Raises:
        Unclear: for everything else: a doubt, a condition, a date, a word that is not known.
    """
    word = plain(cell)
    if word in own_words:
        return own_words[word]
    if word in _NOTHING:
        return None
    if word not in _SAID:
        raise Unclear(ProblemKind.UNCLEAR_ANSWER, cell)
    return _SAID[word]


def plain(cell: str) -> str:
    """A cell for comparing: small letters without accents, without one full stop or exclamation mark."""
    apart = unicodedata.normalize("NFKD", cell)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.sub(r"(?<=\w) ?[.!]$", "", " ".join(bare.casefold().split()))


def read_day(cell: str, order: DateOrder | None, *, long_ago: bool = False) -> date | None:
    """The day in a cell, in ISO or as Dutch and English people write it; None where nothing stands.

    order: how numbers are read; with None a day such as 3/4/2026 is refused.
    long_ago: for birth dates, where 05 may be 1905 or 2005.

    Raises:
        Unclear: when it is no day, or may be two.
    """
    text = plain(cell)
    if text in _NOTHING:
        return None
    parts = _parts(text, order)
    if parts is None:
        raise Unclear(ProblemKind.UNKNOWN_DATE, cell)
    if parts is _TWO_DAYS or (long_ago and parts[0] < 100):
        raise Unclear(ProblemKind.AMBIGUOUS_DATE, cell)
    year, month, day = parts
    full = year + 2000 if year < 100 else year
    try:
        found = date(full, month, day)
    except ValueError:
        raise Unclear(ProblemKind.UNKNOWN_DATE, cell) from None
    if found.year not in _YEARS:
        raise Unclear(ProblemKind.UNKNOWN_DATE, cell)
    return found


_TWO_DAYS = (0, 0, 0)


def _parts(text: str, order: DateOrder | None) -> tuple[int, int, int] | None:
    """Year, month and day as they stand there."""
    if found := _ISO.fullmatch(text.upper()):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _WORDS.fullmatch(text):
        return (int(found[3]), _MONTHS[found[2]], int(found[1])) if found[2] in _MONTHS else None
    if found := _WORD_FIRST.fullmatch(text):
        return (int(found[3]), _MONTHS[found[1]], int(found[2])) if found[1] in _MONTHS else None
    if found := _NUMBERS.fullmatch(text.upper()):
        return _ordered(int(found[1]), int(found[3]), int(found[4]), order)
    return None


def _ordered(first: int, second: int, year: int, order: DateOrder | None) -> tuple[int, int, int]:
    if order is DateOrder.MONTH_FIRST:
        return year, first, second
    if order is DateOrder.DAY_FIRST or first > 12 or first == second:
        return year, second, first
    return (year, first, second) if second > 12 else _TWO_DAYS


def date_order(cells: Iterable[str]) -> DateOrder | None:
    """How the days of a list are written, from those that can be read in one way only.

    With dashes or full stops the day comes first, as in Dutch, unless one of them says otherwise. None when
    they contradict each other, or only slashes are seen and none decides.
    """
    numbers = [found for cell in cells if (found := _NUMBERS.fullmatch(plain(cell).upper()))]
    day_first = any(int(found[1]) > 12 for found in numbers)
    month_first = any(int(found[3]) > 12 for found in numbers)
    if day_first or month_first:
        return None if day_first and month_first else _decided(month_first=month_first)
    return None if any(found[2] == "/" for found in numbers) else DateOrder.DAY_FIRST


def _decided(*, month_first: bool) -> DateOrder:
    return DateOrder.MONTH_FIRST if month_first else DateOrder.DAY_FIRST
