"""Old permissions from a list: rows to people and quitclaims, as a plan that can be looked at before it is done.

Doubt is not consent: a cell that is not a clear yes is never one. A row with a problem brings nothing in, and
neither do the other rows about the same person, for the row that is not understood may say no.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from appliance.domain.addresses import is_address
from appliance.domain.consent import GUARDIAN_UNTIL, Answer, Basis, Purpose, Term
from appliance.domain.people import Person, PersonId, age
from appliance.domain.permission_cells import read_answer, read_day
from appliance.domain.permission_columns import DATES, ColumnMapping, Field, require_usable
from appliance.domain.permission_problems import LONGEST_VALUE, Problem, ProblemKind, Unclear
from appliance.domain.permission_table import Row, Table
from appliance.domain.templates import until

LONGEST_NAME = 200
OLDEST = 120  # years

_PHOTO = re.compile(r"\s*[;|\n]\s*|\s*,\s*(?=[^,]*\.\w{2,5}(?:\s*,|$))")


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """Somebody with what they permit, as it would be recorded. lines: the rows it was read from.

    existing: who it is in the safe; None for somebody new. terms: none when the list says nothing of them.
    photos: file names as they stand in the list. expired: whether every yes has ended already.
    minor: under sixteen: a list does not show that a guardian signed, so it stays amber until one does (P15).
    """

    lines: tuple[int, ...]
    name: str
    email: str = ""
    department: str = ""
    birth_date: date | None = None
    existing: PersonId | None = None
    terms: tuple[Term, ...] = ()
    photos: tuple[str, ...] = ()
    note: str = ""
    expired: bool = False
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list would bring in. Each row is part of one planned person, or has a problem."""

    basis: Basis
    balancing: str
    people: tuple[PlannedPerson, ...]
    problems: tuple[Problem, ...]
    rows: int

    @property
    def rows_left_out(self) -> int:
        """How many rows bring nothing in."""
        return len({problem.line for problem in self.problems})

    @property
    def quitclaims(self) -> int:
        """How many quitclaims would be recorded."""
        return sum(1 for person in self.people if person.terms)


def plan(table: Table, mapping: ColumnMapping, day: date, known: Iterable[Person] = ()) -> Plan:
    """Read a list by a mapping. Nothing is done; the same list gives the same plan.

    day: the day on which it would be recorded. known: everybody in the safe.

    Raises:
        Mistake: when the mapping is not usable.
    """
    require_usable(mapping, table)
    read = [_read(row, table, mapping, day) for row in table.rows]
    problems = [problem for _, found in read for problem in found]
    faulty = {problem.line for problem in problems}
    people, more = _together([person for person, _ in read], faulty, mapping)
    known_people, clashes = _recognised(people, mapping, tuple(known))
    return Plan(
        basis=mapping.basis,
        balancing=mapping.balancing.strip(),
        people=known_people,
        problems=tuple(sorted({*problems, *more, *clashes}, key=lambda p: (p.line, p.kind, p.column))),
        rows=len(table.rows),
    )


# One row.


def _read(
    row: Row, table: Table, mapping: ColumnMapping, day: date
) -> tuple[PlannedPerson, tuple[Problem, ...]]:
    reader = _Reader(row, table, mapping)
    name, email = reader.name(), reader.text(Field.EMAIL)
    if email and not is_address(email):
        reader.tell(ProblemKind.BAD_EMAIL, mapping.columns(Field.EMAIL), email)
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
        minor=mapping.basis is Basis.CONSENT and born is not None and age(born, day) < GUARDIAN_UNTIL,
    )
    return person, tuple(reader.problems)


def _expired(terms: Sequence[Term], day: date) -> bool:
    ends = [term.valid_until for term in terms if term.answer is Answer.GRANTED]
    return bool(ends) and all(end is not None and end < day for end in ends)


def photo_names(cells: Iterable[str]) -> tuple[str, ...]:
    """The file names in some cells, each once; folders are kept, with strokes that lean forward."""
    names = (name.replace("\\", "/") for cell in cells for name in _PHOTO.split(cell))
    return tuple(dict.fromkeys(name for name in names if name))


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
        for column in self._mapping.columns(Field.BIRTH_DATE):
            born = self._days[column]
            if born is not None and not 0 <= day.year - born.year <= OLDEST or (born and born > day):
                self.tell(ProblemKind.UNLIKELY_BIRTH_DATE, (column,), self.cell(column))
                return None
            return born
        return None

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


# Rows about the same person.


def _together(
    rows: Sequence[PlannedPerson], faulty: set[int], mapping: ColumnMapping
) -> tuple[list[PlannedPerson], list[Problem]]:
    """One planned person for the rows about each, where they agree."""
    people, problems = [], []
    for group in _groups(rows):
        kind = _quarrel(group, faulty, mapping)
        if kind is None:
            people.append(_merged(group))
        else:
            problems += [
                Problem(person.lines[0], kind)
                for person in group
                if kind is not ProblemKind.OTHER_ROW or person.lines[0] not in faulty
            ]
    return people, problems


def _groups(rows: Sequence[PlannedPerson]) -> list[list[PlannedPerson]]:
    """Rows that are, or may be, about the same person: of one address, or of one name without an address."""
    nameless = {_key(row.name) for row in rows if not row.email}
    addresses: dict[str, list[str]] = {}
    for row in rows:
        if row.email and _key(row.name) in nameless:
            addresses.setdefault(row.email.casefold(), []).append(_key(row.name))
    groups: dict[str, list[PlannedPerson]] = {}
    for row in rows:
        name, address = _key(row.name), row.email.casefold()
        # A name that also stands somewhere without an address pulls its addressed rows into one group.
        key = f"name {name}" if name in nameless else f"address {address}"
        shared = addresses.get(address, [])
        if address and shared:
            key = f"name {shared[0]}"
        groups.setdefault(key if name or address else f"line {row.lines[0]}", []).append(row)
    return list(groups.values())
