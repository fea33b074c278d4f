"""What all row classes share: parameterised queries on one connection."""

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]


def query(db: Database, sql: str, values: Sequence[object] = ()) -> Iterator[Row]:
    """Rows by column name.

    sqlite-utils has this too, but opens a savepoint around each question, and reads the schema before
    each insert: a photo would take three times as many statements.
    """
    found = db.execute(sql, values)
    names = [column[0] for column in found.description]
    return (dict(zip(names, row, strict=True)) for row in found)


class Rows:
    """The rows of one noun, within one transaction."""

    def __init__(self, db: Database, chosen: Callable[[str], None] | None = None) -> None:
        """chosen: is told the id of what somebody chose to change, and refuses what they may not."""
        self._db = db
        self._chosen = chosen

    def _choose(self, thing: str) -> None:
        if self._chosen is not None:
            self._chosen(thing)

    def _all(self, sql: str, *values: object) -> list[Row]:
        return list(query(self._db, sql, values))

    def _first(self, sql: str, *values: object) -> Row | None:
        return next(iter(self._all(sql, *values)), None)

    def _number(self, sql: str, *values: object) -> int:
        return int(self._db.execute(sql, values).fetchone()[0])

    def _run(self, sql: str, *values: object) -> int:
        """Returns the number of rows changed."""
        return int(self._db.execute(sql, values).rowcount)

    # Names of tables and columns are constants of the program; every value is a parameter.

    def _add(self, table: str, row: Mapping[str, object]) -> None:
        columns = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        self._run(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *row.values())  # noqa: S608

    def _change(self, table: str, row_id: str, row: Mapping[str, object]) -> None:
        """Write these columns of the row with this id anew."""
        columns = ", ".join(f'"{name}" = ?' for name in row)
        self._run(f"UPDATE {table} SET {columns} WHERE id = ?", *row.values(), row_id)  # noqa: S608


def folded(text: str) -> str:
    """Lower case without accents, to search and sort by."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def many(values: Iterable[object]) -> str:
    """Values for `IN (SELECT value FROM json_each(?))`: any number of them as one parameter."""
    return json.dumps(list(values))


def instant(value: datetime | None) -> str | None:
    """A time as it is stored: UTC, so that text order is time order."""
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """A stored time."""
    return datetime.fromisoformat(text)


def maybe_moment(text: str | None) -> datetime | None:
    """A stored time, or none."""
    return None if text is None else datetime.fromisoformat(text)


def day_text(value: date | None) -> str | None:
    """A day as it is stored."""
    return None if value is None else value.isoformat()


def maybe_day(text: str | None) -> date | None:
    """A stored day, or none."""
    return None if text is None else date.fromisoformat(text)
