"""What all row classes share: parameterised queries on one connection."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]


class Rows:
    """The rows of one noun, within one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def _all(self, sql: str, *values: object) -> list[Row]:
        return list(self._db.query(sql, values))

    def _first(self, sql: str, *values: object) -> Row | None:
        return next(iter(self._all(sql, *values)), None)

    def _number(self, sql: str, *values: object) -> int:
        return int(self._db.execute(sql, values).fetchone()[0])

    def _run(self, sql: str, *values: object) -> int:
        """Returns the number of rows changed."""
        return int(self._db.execute(sql, values).rowcount)

    def _add(self, table: str, row: Mapping[str, object]) -> None:
        self._db.table(table).insert(dict(row))

    def _change(self, table: str, key: str, row: Mapping[str, object]) -> None:
        self._db.table(table).update(key, dict(row))


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
