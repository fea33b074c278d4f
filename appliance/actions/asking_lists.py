"""Whom to ask, from a list: names with their addresses as a spreadsheet writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from appliance.domain.access import Actor, Permission
from appliance.domain.addresses import is_address
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId
from appliance.domain.permission_columns import Field, guess
from appliance.domain.permission_list import LONGEST_NAME
from appliance.domain.permission_table import read_table
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe

MOST = 500
_SHOWN = 8  # lines that an error names
_EVERYBODY = 1_000_000


@dataclass(frozen=True, slots=True)
class _Listed:
    line: int
    name: str
    email: str


def people_of_list(safe: Safe, data: bytes, *, add: bool, by: Actor, now: datetime) -> tuple[PersonId, ...]:
    """The people of a list (CSV with headings), each once: found by address, else by name.

    add: whether somebody who is not known is added; else the list is refused.

    Raises:
        Mistake: when it is no list with a column of names, is too long, or a line is not clear. Then nobody
            is added.
    """
    listed = _read(data)
    with safe.store.begin(by=by, to=Permission.PERSON_EDIT, now=now) as tx:
        known = tx.people.all("", after=None, limit=_EVERYBODY)
        found = [(one, _who(one, known)) for one in listed]
        several = [one.line for one, who in found if len(who) > 1]
        unknown = [one.line for one, who in found if not who]
        if several:
            raise Mistake(
                "request:several",
                "Several people may be meant in these lines: {lines}.",
                "Write their e-mail addresses in the list, or tick them by hand.",
                values={"lines": _shown(several)},
            )
        if unknown and not add:
            raise Mistake(
                "request:not_known",
                "Nobody of that name is known in these lines: {lines}.",
                "Mend the list, or have new people added.",
                values={"lines": _shown(unknown)},
            )
        ids = [who[0].id if who else _added(tx, one) for one, who in found]
        tx.record(Event("request:list", detail=f"people={len(ids)}"))
    return tuple(dict.fromkeys(ids))


def _read(data: bytes) -> list[_Listed]:
    table = read_table(data)
    mapping = guess(table)
    whole, first, last = (mapping.columns(f) for f in (Field.NAME, Field.FIRST_NAME, Field.LAST_NAME))
    names = whole or (*first, *mapping.columns(Field.NAME_PREFIX), *last)
    if not names:
        raise Mistake("list:no_name", "No column holds the name.", "Choose the column with the names.")
    if len(table.rows) > MOST:
        raise Mistake(
            "request:too_many",
            "That is too many at once.",
            "Ask at most {most} people.",
            values={"most": MOST},
        )
    emails = mapping.columns(Field.EMAIL)
    listed = [_Listed(row.line, _joined(row.cells, names), _joined(row.cells, emails)) for row in table.rows]
    bad = [one.line for one in listed if not _sensible(one)]
    if bad:
        raise Mistake(
            "request:bad_lines",
            "The name is missing or the e-mail address is none in these lines: {lines}.",
            "Mend the list.",
            values={"lines": _shown(bad)},
        )
    return listed


def _joined(cells: Sequence[str], columns: Sequence[int]) -> str:
    parts = (" ".join(cells[column].split()) for column in columns if column < len(cells))
    return " ".join(part for part in parts if part)


def _who(listed: _Listed, known: Sequence[Person]) -> list[Person]:
    """Who may be meant: one at that address, else everybody of that name whose address is no other."""
    if listed.email:
        at = [one for one in known if one.email.casefold() == listed.email.casefold()]
        if at:
            return at
    same = [one for one in known if one.name.casefold() == listed.name.casefold()]
    return [one for one in same if not (listed.email and one.email)]


def _sensible(listed: _Listed) -> bool:
    named = 0 < len(listed.name) <= LONGEST_NAME and listed.name.isprintable()
    return named and (not listed.email or is_address(listed.email))


def _shown(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:_SHOWN])) + (", …" if len(lines) > _SHOWN else "")


def _added(tx: Transaction, listed: _Listed) -> PersonId:
    person = Person(PersonId(new_id()), listed.name, "", listed.email)
    tx.people.add(person)
    tx.record(Event("person:add", person.id))
    return person.id
