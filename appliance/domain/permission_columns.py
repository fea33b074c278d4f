"""Which column of an old list is what: guessed from its heading and cells, and corrected by whoever knows.

A guess is a proposal. Headings that deny something ("geen toestemming web") are never guessed, for an x under
them means the opposite; nor is face recognition, which an old list cannot prove.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.domain.addresses import is_address
from appliance.domain.consent import Answer, Basis, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.permission_cells import DateOrder, date_order, read_answer, read_day
from appliance.domain.permission_table import Table


class Field(StrEnum):
    """What a column holds."""

    NAME = "name"
    FIRST_NAME = "first_name"
    NAME_PREFIX = "name_prefix"  # tussenvoegsel: van, de, van der
    LAST_NAME = "last_name"
    EMAIL = "email"
    DEPARTMENT = "department"
    BIRTH_DATE = "birth_date"
    ANSWER = "answer"  # yes or no to some purposes
    BEGIN = "begin"  # the first day, or the day of signing
    END = "end"  # the last day
    PHOTO = "photo"  # file names
    NOTE = "note"


DATES = frozenset({Field.BIRTH_DATE, Field.BEGIN, Field.END})
_OF_PURPOSES = frozenset({Field.ANSWER, Field.BEGIN, Field.END})


@dataclass(frozen=True, slots=True)
class Use:
    """How a column is read. purposes: of an answer, those it speaks of; of a day, none means all."""

    field: Field
    purposes: tuple[Purpose, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How a list is read. Made by `guess`, corrected by a user, checked by `require_usable`.

    uses: one for each column; None for a column that is left alone.
    date_order: how days in numbers are read; None refuses those that may be two days.
    months: how long a yes counts that has no end date, from its begin or else from today; None refuses it.
    own_words: what words of this list mean, beside the usual ones; keys as `permission_cells.plain` gives.
    decisions: by line, who a person is that may be in the safe already; None for somebody new.
    """

    uses: tuple[Use | None, ...]
    date_order: DateOrder | None = None
    basis: Basis = Basis.CONSENT
    balancing: str = ""
    months: int | None = None
    own_words: Mapping[str, Answer] = field(default_factory=dict)
    decisions: Mapping[int, PersonId | None] = field(default_factory=dict)

    def columns(self, wanted: Field) -> tuple[int, ...]:
        """The columns that hold something, from 0."""
        return tuple(i for i, use in enumerate(self.uses) if use is not None and use.field is wanted)

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """What the list speaks of, in the usual order."""
        spoken = {p for i in self.columns(Field.ANSWER) for p in self._use(i).purposes}
        return tuple(purpose for purpose in Purpose if purpose in spoken)

    def about(self, wanted: Field, purpose: Purpose) -> tuple[int, ...]:
        """The columns of answers or days about a purpose; days of its own come before those of all."""
        own = tuple(i for i in self.columns(wanted) if purpose in self._use(i).purposes)
        return own or tuple(i for i in self.columns(wanted) if not self._use(i).purposes)

    def _use(self, column: int) -> Use:
        use = self.uses[column]
        assert use is not None  # noqa: S101 - only columns in use are asked
        return use


_HEADINGS: Mapping[Field, tuple[str, ...]] = {
    Field.NAME: (
        *("naam", "volledige naam", "naam medewerker", "naam persoon", "persoon", "medewerker", "wie"),
        *("name", "full name", "person", "employee", "model"),
    ),
    Field.FIRST_NAME: ("voornaam", "voornamen", "roepnaam", "first name", "given name"),
    Field.NAME_PREFIX: ("tussenvoegsel", "tussenvoegsels", "voorvoegsel", "voorvoegsels", "name prefix"),
    Field.LAST_NAME: ("achternaam", "familienaam", "last name", "surname", "family name"),
    Field.EMAIL: ("e mail", "email", "mail", "e mailadres", "emailadres", "mailadres", "email address"),
    Field.DEPARTMENT: ("afdeling", "dienst", "team", "department"),
    Field.BIRTH_DATE: ("geboortedatum", "geboren", "geboren op", "date of birth", "birth date", "birthdate"),
    Field.BEGIN: (
        *("datum", "getekend op", "datum getekend", "ondertekend op", "datum ondertekening", "ingangsdatum"),
        *("vanaf", "begin", "begindatum", "startdatum", "geldig vanaf", "datum toestemming", "date"),
        *("signed on", "date signed", "start date", "valid from", "from"),
    ),
    Field.END: (
        *(
            "tot",
            "tot en met",
            "t m",
            "geldig t m",
            "einddatum",
            "einde",
            "geldig tot",
            "geldig tot en met",
            "verloopt op",
        ),
        *("verloopdatum", "vervaldatum", "until", "end", "end date", "valid until", "expires", "expiry date"),
    ),
    Field.PHOTO: (
        *("foto", "foto s", "fotos", "bestand", "bestanden", "bestandsnaam", "afbeelding", "photo", "photos"),
        *("file", "files", "file name", "filename", "image"),
    ),
    Field.NOTE: (
        *("opmerking", "opmerkingen", "notitie", "toelichting", "bijzonderheden", "note", "notes", "remark"),
        *("remarks", "comment", "comments"),
    ),
}
_FIELD_OF = {heading: meant for meant, headings in _HEADINGS.items() for heading in headings}

_PURPOSE_WORDS: Mapping[Purpose, str] = {
    Purpose.WEB: r"web|website|websites|internet|site|homepage",
    Purpose.SOCIAL_MEDIA: r"social|socials|sociale media|social media|facebook|instagram|linkedin",
    Purpose.PRINT: r"print|drukwerk|gedrukt|folder|folders|flyer|flyers|brochure|brochures|magazine",
    Purpose.PRESS: r"pers|press|krant|kranten|newspaper|newspapers",
    Purpose.INTRANET: r"intranet",
}
_PURPOSE_OF = {purpose: re.compile(rf"\b(?:{words})\b") for purpose, words in _PURPOSE_WORDS.items()}
_DENIAL = re.compile(
    r"\b(?:geen|niet|nee|zonder|bezwaar|weiger\w*|geweigerd|ingetrokken|behalve|no|not|without|refuse\w*|"
    r"declin\w*|object\w*|withdrawn|except|gezichtsherkenning|herkenning|recognition)\b"
)
_EITHER = re.compile(r"\b(?:ja nee|yes no|j n|y n)\b")  # "Website (ja/nee)" denies nothing
_ENDS = re.compile(r"\b(?:tot|t m|eind\w*|verloop\w*|verval\w*|until|end|ends|expir\w*)\b")
_BEGINS = re.compile(r"\b(?:vanaf|sinds|begin\w*|start\w*|datum|getekend|from|since|signed|date)\b")
_MOSTLY = 0.5  # the share of cells that must fit what the heading says


def guess(table: Table) -> ColumnMapping:
    """Propose how a list is read, from its headings, checked against its cells."""
    uses: list[Use | None] = []
    for column, heading in enumerate(table.columns):
        cells = tuple(filled_cells(table, column))
        use = _use_of(heading)
        once = use is not None and use.field is not Field.ANSWER and use in uses
        uses.append(use if use is not None and not once and _plausible(use, cells) else None)
    uses = _with_address(table, _with_whole_names(uses))
    days = [
        cell
        for column, use in enumerate(uses)
        if use is not None and use.field in DATES
        for cell in filled_cells(table, column)
    ]
    return ColumnMapping(tuple(uses), date_order(days))


def filled_cells(table: Table, column: int) -> Iterable[str]:
    """What stands in a column, empty cells left out."""
    return (row.cells[column] for row in table.rows if column < len(row.cells) and row.cells[column])


def _use_of(heading: str) -> Use | None:
    words = _words(heading)
    if _DENIAL.search(words):
        return None
    purposes = tuple(purpose for purpose in Purpose if _speaks_of(words, purpose))
    if not purposes:
        meant = _FIELD_OF.get(words)
        return Use(meant) if meant else None
    if _ENDS.search(words):
        return Use(Field.END, purposes)
    return Use(Field.BEGIN if _BEGINS.search(words) else Field.ANSWER, purposes)


def _speaks_of(words: str, purpose: Purpose) -> bool:
    return purpose in _PURPOSE_OF and _PURPOSE_OF[purpose].search(words) is not None


def _words(heading: str) -> str:
    apart = unicodedata.normalize("NFKD", heading.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    words = " ".join(re.sub(r"[^\w]+|_", " ", bare).split())
    return " ".join(_EITHER.sub(" ", words).split())


def _plausible(use: Use, cells: Sequence[str]) -> bool:
    """Whether the cells look like what the heading says; an empty column looks like anything."""
    reads: Mapping[Field, Callable[[str], object]] = {
        Field.ANSWER: read_answer,
        Field.EMAIL: _require_address,
        **dict.fromkeys(DATES, lambda cell: read_day(cell, DateOrder.DAY_FIRST)),
    }
    read = reads.get(use.field)
    if read is None or not cells:
        return True
    either = [_reads(read, cell) or (use.field in DATES and _reads(_month_first, cell)) for cell in cells]
    return sum(either) >= _MOSTLY * len(cells)


def _reads(read: Callable[[str], object], cell: str) -> bool:
    try:
        read(cell)
    except ValueError:
        return False
    return True


def _month_first(cell: str) -> object:
    return read_day(cell, DateOrder.MONTH_FIRST)


def _require_address(cell: str) -> None:
    if not is_address(cell):
        raise ValueError


def _with_whole_names(uses: Sequence[Use | None]) -> list[Use | None]:
    """Beside a first name, "naam" is the last name; beside both, it is left alone."""
    held = {use.field for use in uses if use is not None}
    if Field.NAME not in held or Field.FIRST_NAME not in held:
        return list(uses)
    instead = None if Field.LAST_NAME in held else Use(Field.LAST_NAME)
    return [instead if use == Use(Field.NAME) else use for use in uses]


def _with_address(table: Table, uses: list[Use | None]) -> list[Use | None]:
    """Without a heading for it, the first column of addresses is that of the e-mail."""
    if Use(Field.EMAIL) in uses:
        return uses
    for column, use in enumerate(uses):
        cells = tuple(filled_cells(table, column))
        if use is None and cells and all(is_address(cell) for cell in cells):
            return [*uses[:column], Use(Field.EMAIL), *uses[column + 1 :]]
    return uses


def require_usable(mapping: ColumnMapping, table: Table) -> None:
    """Refuse a mapping by which a list cannot be read, or would say more than it can prove.

    Raises:
        Mistake: naming what to mend.
    """
    if len(mapping.uses) != len(table.columns):
        raise Mistake("list:other_columns", "This list has other columns.", "Start the mapping anew.")
    if not mapping.columns(Field.NAME) and not mapping.columns(Field.LAST_NAME):
        raise Mistake("list:no_name", "No column holds the name.", "Choose the column with the names.")
    if not mapping.purposes:
        raise Mistake(
            "list:no_answers",
            "No column holds an answer.",
            "Choose the columns with yes and no, and what each is about.",
        )
    _require_provable(mapping)
    for wanted in Field:
        _require_once(mapping, wanted)
    if mapping.months is not None and not 1 <= mapping.months <= 240:
        raise Mistake("list:bad_months", "A yes counts for 1 to 240 months.", "Choose fewer months.")


def _require_provable(mapping: ColumnMapping) -> None:
    if Purpose.RECOGNITION in mapping.purposes:
        raise Mistake(
            "list:recognition",
            "An old list cannot prove explicit consent to face recognition.",
            "Leave that column alone, and ask these people anew (GDPR article 9).",
        )
    if mapping.basis is Basis.LEGITIMATE_INTEREST and not mapping.balancing.strip():
        raise Mistake(
            "quitclaim:no_balancing",
            "Legitimate interest needs a balancing text.",
            "Write why our interest outweighs theirs.",
        )


def _require_once(mapping: ColumnMapping, wanted: Field) -> None:
    """Only of answers may several columns speak of the same."""
    uses = [mapping.uses[column] for column in mapping.columns(wanted)]
    if wanted is Field.ANSWER:
        if any(use is not None and not use.purposes for use in uses):
            raise Mistake("list:no_purpose", "An answer must be about a purpose.", "Choose which.")
        return
    spoken = [p for use in uses if use for p in (use.purposes or (None,))]
    if len(set(spoken)) < len(spoken):
        raise Mistake(
            "list:column_twice",
            "Two columns are said to hold the same: {field}.",
            "Leave one of them alone.",
            values={"field": wanted},
        )
