"""Every table as rows of plain values, for leaving with everything and for arriving with it."""

import base64
from collections.abc import Iterable, Iterator, Mapping

from appliance.domain.leaving import HIDDEN, FileKind, Kept
from appliance.store.migrations import version
from appliance.store.rows import Row, Rows, query

_BASE64 = "base64"


class TableRows(Rows):
    """Tables, whatever they hold. Names of tables are those of the program or of the database itself."""

    def version(self) -> int:
        """The version of the schema."""
        return version(self._db)

    def names(self) -> list[str]:
        """Every table."""
        rows = self._all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        return [str(row["name"]) for row in rows]

    def columns(self, table: str) -> list[str]:
        """The columns of a table that are written, and not computed from others."""
        return [str(row[1]) for row in self._db.execute(f'PRAGMA table_info("{table}")').fetchall()]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return self._number(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names are not a user's

    def rows(self, table: str) -> Iterator[Row]:
        """Every row of a table as JSON knows it, in the order in which they came, secrets left out."""
        hidden = HIDDEN.get(table, {})
        columns = [one for one in self.columns(table) if hidden.get(one, "") is not None]
        listed = ", ".join(f'"{one}"' for one in columns)
        for row in query(self._db, f'SELECT {listed} FROM "{table}"'):  # noqa: S608 - as above
            yield {name: hidden.get(name, _as_json(value)) for name, value in row.items()}

    def load(self, table: str, rows: Iterable[Mapping[str, object]]) -> int:
        """Add rows as `rows` gave them. Returns how many.

        What they point to may come later in the same transaction.
        """
        self._run("PRAGMA defer_foreign_keys = ON")
        known = set(self.columns(table))
        number = 0
        for number, row in enumerate(rows, start=1):  # noqa: B007 - it is what is returned
            self._add(f'"{table}"', {name: _from_json(value) for name, value in row.items() if name in known})
        return number

    def empty(self, table: str) -> None:
        """Take every row out of a table."""
        self._run(f'DELETE FROM "{table}"')  # noqa: S608 - as above

    def loose(self) -> int:
        """How many rows point to what is not there."""
        return len(self._db.execute("PRAGMA foreign_key_check").fetchall())

    def kept(self) -> Iterator[Kept]:
        """Every encrypted file, photos in the order in which they came."""
        for row in query(
            self._db,
            "SELECT kind, photos.id AS thing, place, files.bytes AS size, files.sha256, wrapped_key, day,"
            " name FROM photos JOIN files ON files.photo_id = photos.id ORDER BY number, kind",
        ):
            yield _kept(row, FileKind(row["kind"]))
        for table, kind in (("evidence", FileKind.DOCUMENT), ("scans", FileKind.SCAN)):
            sql = f"SELECT id AS thing, place, bytes AS size, sha256, wrapped_key FROM {table} ORDER BY id"  # noqa: S608
            for row in query(self._db, sql):
                yield _kept(row, kind)


def _kept(row: Row, kind: FileKind) -> Kept:
    return Kept(
        kind,
        row["thing"],
        row["place"],
        row["size"],
        row["sha256"],
        bytes(row["wrapped_key"]),
        row.get("day") or "",
        row.get("name") or "",
    )


def _as_json(value: object) -> object:
    return {_BASE64: base64.b64encode(value).decode("ascii")} if isinstance(value, bytes) else value


def _from_json(value: object) -> object:
    return base64.b64decode(value[_BASE64]) if isinstance(value, Mapping) else value
