"""People in an old list: which rows are about the same person, and who of them is in the safe already.

Rows are put together only when nothing speaks against it. Where two rows may be about one person, or a name
may be one that the safe knows, a user decides.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from appliance.domain.consent import GUARDIAN_UNTIL, Basis, Purpose, Term
from appliance.domain.people import Person, PersonId, age
from appliance.domain.permission_columns import ColumnMapping, Field
from appliance.domain.permission_problems import Problem, ProblemKind


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


class Known:
    """Who is in the safe. answered: about which purposes each of them spoke there already."""

    def __init__(
        self,
        people: Iterable[Person] = (),
        answered: Mapping[PersonId, AbstractSet[Purpose]] = MappingProxyType({}),
    ) -> None:
        self.by_id = {person.id: person for person in people}
        self.names = {_key(person.name) for person in self.by_id.values()}
        self.answered = answered
        self.by_address: dict[str, list[Person]] = {}
        for person in self.by_id.values():
            self.by_address.setdefault(person.email.casefold(), []).append(person)

    def like(self, person: PlannedPerson) -> tuple[Person, ...]:
        """Those of the same name or address, by name."""
        found = [one for one in self.by_id.values() if _key(one.name) == _key(person.name)]
        found += self.by_address.get(person.email.casefold(), []) if person.email else []
        return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.name, one.id)))


NOBODY = Known()


def is_minor(mapping: ColumnMapping, born: date | None, day: date) -> bool:
    """Whether a consent of somebody born then waits for a guardian."""
    return mapping.basis is Basis.CONSENT and born is not None and age(born, day) < GUARDIAN_UNTIL


def together(
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
    """Rows that are or may be about one person: of the same address, or of a name that once has none."""
    without = {_key(row.name) for row in rows if not row.email}
    leader: dict[str, str] = {}

    def first(mark: str) -> str:
        while (above := leader.setdefault(mark, mark)) != mark:
            leader[mark], mark = leader[above], above
        return mark

    groups: dict[str, list[PlannedPerson]] = {}
    marked = [(row, _marks(row, without)) for row in rows]
    for _, marks in marked:
        for mark in marks[1:]:
            leader[first(marks[0])] = first(mark)
    for row, marks in marked:
        groups.setdefault(first(marks[0]), []).append(row)
    return list(groups.values())


def _marks(row: PlannedPerson, without: set[str]) -> list[str]:
    name = _key(row.name)
    marks = [f"address {row.email.casefold()}"] if row.email else []
    marks += [f"name {name}"] if name and name in without else []
    return marks or [f"line {row.lines[0]}"]


def _key(name: str) -> str:
    return name.casefold()


def _quarrel(group: Sequence[PlannedPerson], faulty: set[int], mapping: ColumnMapping) -> ProblemKind | None:
    """Why rows cannot be taken together; None when they can."""
    if any(person.lines[0] in faulty for person in group):
        return ProblemKind.OTHER_ROW
    first, others = group[0], group[1:]
    if not others:
        return None
    one_name = all(_key(person.name) == _key(first.name) for person in others)
    one_address = all(person.email.casefold() == first.email.casefold() for person in others)
    # A list with a row for each photo repeats people; any other list may hold two people of one name.
    told_apart = bool(first.email) or bool(mapping.columns(Field.PHOTO))
    if not (one_name and one_address and told_apart):
        return ProblemKind.SAME_PERSON
    if any(_facts(person) != _facts(first) for person in others):
        return ProblemKind.CONTRADICTS if first.email else ProblemKind.SAME_PERSON
    return None if all(person.terms == first.terms for person in others) else ProblemKind.CONTRADICTS


def _facts(person: PlannedPerson) -> tuple[str, date | None]:
    return person.department.casefold(), person.birth_date


def _merged(group: Sequence[PlannedPerson]) -> PlannedPerson:
    return replace(
        group[0],
        lines=tuple(line for person in group for line in person.lines),
        photos=tuple(dict.fromkeys(photo for person in group for photo in person.photos)),
        note="; ".join(dict.fromkeys(person.note for person in group if person.note)),
    )


def recognised(
    people: Sequence[PlannedPerson], mapping: ColumnMapping, known: Known, day: date
) -> tuple[tuple[PlannedPerson, ...], list[Problem]]:
    """The same people, with who they are in the safe; without those about whom there is doubt."""
    found = [(person, _who(person, mapping, known)) for person in people]
    times = Counter(who for _, who in found if isinstance(who, Person))
    clear, problems = [], []
    for person, who in found:
        kind = who if isinstance(who, ProblemKind) else None
        if isinstance(who, Person):
            kind = _clash(person, who, known, times[who])
        if kind is not None:
            problems += [Problem(line, kind) for line in person.lines]
        else:
            clear.append(_as_known(person, who, mapping, day) if isinstance(who, Person) else person)
    return tuple(clear), problems


def _who(person: PlannedPerson, mapping: ColumnMapping, known: Known) -> Person | ProblemKind | None:
    """The person in the safe; None for somebody new; else why it cannot be told."""
    decided = {mapping.decisions[line] for line in person.lines if line in mapping.decisions}
    if decided:
        chosen = decided.pop()
        doubt = ProblemKind.MAY_BE_KNOWN
        return doubt if decided else None if chosen is None else known.by_id.get(chosen, doubt)
    at_address = known.by_address.get(person.email.casefold(), []) if person.email else []
    same = [one for one in at_address if _key(one.name) == _key(person.name)]
    if len(same) == 1:
        return same[0]
    if at_address:
        return ProblemKind.MAY_BE_KNOWN if same else ProblemKind.OTHER_NAME
    return ProblemKind.MAY_BE_KNOWN if _key(person.name) in known.names else None


def _clash(person: PlannedPerson, who: Person, known: Known, times: int) -> ProblemKind | None:
    if times > 1:
        return ProblemKind.SAME_PERSON
    answered = known.answered.get(who.id, frozenset())
    return ProblemKind.ALREADY_ANSWERED if any(t.purpose in answered for t in person.terms) else None


def _as_known(person: PlannedPerson, who: Person, mapping: ColumnMapping, day: date) -> PlannedPerson:
    born = who.birth_date or person.birth_date
    return replace(person, existing=who.id, minor=is_minor(mapping, born, day))
