"""Old permissions from a list: rows to people and quitclaims, as a plan to be looked at before it is done.

Doubt is not consent: a cell that is not a clear yes is never one. A row with a problem brings nothing in, and
neither do the other rows about the same person, for the row that is not understood may say no.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

from appliance.domain.addresses import is_address
from appliance.domain.consent import Answer, Basis, Purpose, Term
from appliance.domain.people import Person
from appliance.domain.permission_cells import read_answer, read_day
from appliance.domain.permission_columns import DATES, ColumnMapping, Field, require_usable
from appliance.domain.permission_people import NOBODY, Known, PlannedPerson, is_minor, recognised, together
from appliance.domain.permission_problems import LONGEST_VALUE, Problem, ProblemKind, Unclear
from appliance.domain.permission_table import Row, Table
from appliance.domain.templates import until

ListId = NewType("ListId", str)

LONGEST_NAME = 200
SAMPLE = 20  # rows to try a mapping on
OLDEST = 120  # years

_FILE = re.compile(r"\.\w{2,5}$")


class ListState(StrEnum):
    """How a list stands."""

    OPEN = "open"
    COMMITTED = "committed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list would bring in. Each row is part of one planned person, or has a problem.

    may_be: by line, who of the safe may be meant, where a user has to decide.
    """

    basis: Basis
    balancing: str
    people: tuple[PlannedPerson, ...]
    problems: tuple[Problem, ...]
    rows: int
    may_be: Mapping[int, tuple[Person, ...]] = field(default_factory=dict)

    @property
    def rows_left_out(self) -> int:
        """How many rows bring nothing in."""
        return len({problem.line for problem in self.problems})

    @property
    def quitclaims(self) -> int:
        """How many quitclaims would be recorded."""
        return sum(1 for person in self.people if person.terms)


def plan(table: Table, mapping: ColumnMapping, day: date, known: Known = NOBODY) -> Plan:
    """Read a list by a mapping. Nothing is done; the same list gives the same plan.

    day: the day on which it would be recorded. What somebody said in the safe is never spoken over: the
    statement recorded last decides, and an old list would be recorded last.

    Raises:
        Mistake: when the mapping is not usable.
    """
    require_usable(mapping, table)
    read = [_read(row, table, mapping, day) for row in table.rows]
    problems = [problem for _, found in read for problem in found]
    faulty = {problem.line for problem in problems}
    people, more = together([person for person, _ in read], faulty, mapping)
    known_people, clashes = recognised(people, mapping, known, day)
    return Plan(
        basis=mapping.basis,
        balancing=mapping.balancing.strip(),
        people=known_people,
        problems=tuple(sorted({*problems, *more, *clashes}, key=lambda p: (p.line, p.kind, p.column))),
        rows=len(table.rows),
        may_be=_may_be(people, clashes, known),
    )


def _may_be(
    people: Iterable[PlannedPerson], clashes: Iterable[Problem], known: Known
) -> dict[int, tuple[Person, ...]]:
    undecided = {ProblemKind.MAY_BE_KNOWN, ProblemKind.OTHER_NAME}
    doubtful = {problem.line for problem in clashes if problem.kind in undecided}
    return {line: known.like(one) for one in people for line in one.lines if line in doubtful}


def _read(
    row: Row, table: Table, mapping: ColumnMapping, day: date
) -> tuple[PlannedPerson, tuple[Problem, ...]]:
    reader = _Reader(row, table, mapping)
    name, email = reader.name(), reader.text(Field.EMAIL)
    if email and not is_address(email):
        reader.tell(ProblemKind.BAD_EMAIL, mapping.columns(Field.EMAIL), email)
        email = ""
    born = reader.birth_date(day)
    terms = tuple(term for purpose in mapping.purposes if (term := reader.term(purpose, day)))
    person = PlannedPerson(
        lines=(row.line,),
        name=name,
        email=email,
        department=reader.text(Field.DEPARTMENT),
        birth_date=born,
        terms=terms,
        photos=photo_names(reader.cell(column) for column in mapping.columns(Field.PHOTO)),
        note=reader.text(Field.NOTE),
        expired=_expired(terms, day),
        minor=is_minor(mapping, born, day),
    )
    return person, tuple(reader.problems)


def _expired(terms: Sequence[Term], day: date) -> bool:
    ends = [term.valid_until for term in terms if term.answer is Answer.GRANTED]
    return bool(ends) and all(end is not None and end < day for end in ends)


def photo_names(cells: Iterable[str]) -> tuple[str, ...]:
    """The file names in some cells, each once; folders are kept, with strokes that lean forward."""
    parts = (part.strip() for cell in cells for part in re.split(r"[;|\n]", cell))
    names = (name.replace("\\", "/") for part in parts for name in _apart(part))
    return tuple(dict.fromkeys(name for name in names if name))


def _apart(part: str) -> list[str]:
    """Commas part file names where each piece is one: a comma may stand in a name too."""
    pieces = [piece.strip() for piece in part.split(",")]
    return pieces if all(_FILE.search(piece) for piece in pieces) else [part]


class _Reader:
    """Reads the cells of one row, and keeps what is wrong with them."""

    def __init__(self, row: Row, table: Table, mapping: ColumnMapping) -> None:
        self._row, self._table, self._mapping = row, table, mapping
        self.problems: list[Problem] = []
        self._days = {column: self._day(column) for kind in DATES for column in mapping.columns(kind)}
        self._require_width()

    def cell(self, column: int) -> str:
        """What stands in a column; a cell that is not there is empty."""
        return self._row.cells[column] if column < len(self._row.cells) else ""

    def text(self, wanted: Field) -> str:
        """The one cell of a field, on one line."""
        return " ".join(" ".join(self.cell(column).split()) for column in self._mapping.columns(wanted))

    def tell(self, kind: ProblemKind, columns: Sequence[int] = (), value: str = "") -> None:
        """Keep a problem."""
        headings = ", ".join(self._table.columns[column] for column in columns)
        self.problems.append(Problem(self._row.line, kind, headings, value[:LONGEST_VALUE]))

    def _require_width(self) -> None:
        """More cells than columns, or none where answers and days belong: the row may have slipped."""
        width = len(self._row.cells)
        beyond = any(self._row.cells[len(self._table.columns) :])
        weighty = {Field.NAME, Field.LAST_NAME, Field.EMAIL, Field.ANSWER, *DATES}
        missing = any(use and use.field in weighty for use in self._mapping.uses[width:])
        if beyond or missing:
            self.tell(ProblemKind.WRONG_WIDTH)

    def name(self) -> str:
        """The whole name, put together where its parts stand apart."""
        apart = (Field.FIRST_NAME, Field.NAME_PREFIX, Field.LAST_NAME)
        fields = (Field.NAME,) if self._mapping.columns(Field.NAME) else apart
        parts = [self.text(wanted) for wanted in fields]
        name = " ".join(part for part in parts if part)
        if not parts[-1]:
            self.tell(ProblemKind.NO_NAME, self._mapping.columns(fields[-1]))
        elif len(name) > LONGEST_NAME or not name.isprintable() or not any(c.isalpha() for c in name):
            self.tell(ProblemKind.BAD_NAME, self._mapping.columns(fields[-1]), name)
        return name

    def birth_date(self, day: date) -> date | None:
        """When somebody was born, where the list says so."""
        columns = self._mapping.columns(Field.BIRTH_DATE)
        born = self._days[columns[0]] if columns else None
        if born is not None and not 0 <= (day - born).days <= OLDEST * 366:
            self.tell(ProblemKind.UNLIKELY_BIRTH_DATE, columns, self.cell(columns[0]))
        return born

    def term(self, purpose: Purpose, day: date) -> Term | None:
        """What the row says of a purpose; None when it says nothing, or nothing clear."""
        answer = self._answer(purpose)
        if answer is None:
            return None
        if answer is not Answer.GRANTED:
            return Term(purpose, answer)
        begin, end = self._first_day(Field.BEGIN, purpose), self._first_day(Field.END, purpose)
        if end is None and self._mapping.months is not None:
            end = until(begin or day, self._mapping.months)
        if begin is not None and end is not None and end < begin:
            self.tell(ProblemKind.ENDS_FIRST, self._mapping.about(Field.END, purpose))
        if end is None and self._mapping.basis is Basis.CONSENT:
            self.tell(ProblemKind.NO_END, self._mapping.about(Field.ANSWER, purpose))
        return Term(purpose, answer, begin, end)

    def _answer(self, purpose: Purpose) -> Answer | None:
        columns = self._mapping.about(Field.ANSWER, purpose)
        said: set[Answer | None] = set()
        for column in columns:
            try:
                said.add(read_answer(self.cell(column), self._mapping.own_words))
            except Unclear as unclear:
                self.tell(unclear.kind, (column,), unclear.value)
                return None
        if len(said) > 1:
            self.tell(ProblemKind.TWO_ANSWERS, columns)
            return None
        return said.pop() if said else None

    def _first_day(self, wanted: Field, purpose: Purpose) -> date | None:
        return next((self._days[column] for column in self._mapping.about(wanted, purpose)), None)

    def _day(self, column: int) -> date | None:
        use = self._mapping.uses[column]
        long_ago = use is not None and use.field is Field.BIRTH_DATE
        try:
            return read_day(self.cell(column), self._mapping.date_order, long_ago=long_ago)
        except Unclear as unclear:
            self.tell(unclear.kind, (column,), unclear.value)
            return None
