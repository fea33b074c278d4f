"""Numbered steps from an empty file to the schema of today; each runs once, in one transaction."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from sqlite_utils import Database

from appliance.domain.errors import Fault


@dataclass(frozen=True, slots=True)
class Migration:
    """One step. `number` is the version of the schema that it leads to."""

    number: int
    name: str
    sql: str


def all_migrations() -> tuple[Migration, ...]:
    """Every migration, in order, from the SQL files beside this module."""
    files = sorted(
        (f for f in resources.files(__name__).iterdir() if f.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    return tuple(
        Migration(number, file.name.removesuffix(".sql"), file.read_text("utf-8"))
        for number, file in enumerate(files, start=1)
    )


def migrate(db: Database, migrations: Sequence[Migration]) -> int:
    """Bring a database up to the newest version. Returns how many steps were taken.

    Two processes may start at once: the version is read again under the write lock.

    Raises:
        Fault: when the database is newer than this program.
    """
    if version(db) == len(migrations):
        return 0
    db.execute("BEGIN IMMEDIATE")
    try:
        missing = migrations[version(db) :]
        _require_not_newer(db, migrations)
        for step in missing:
            for statement in _statements(step.sql):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {step.number:d}")
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    return len(missing)


def version(db: Database) -> int:
    """The version of the schema; 0 for an empty file."""
    row = db.execute("PRAGMA user_version").fetchone()
    return int(row[0])


def _require_not_newer(db: Database, migrations: Sequence[Migration]) -> None:
    if version(db) > len(migrations):
        raise Fault(
            "store:newer",
            "This safe was written by a newer version of Portretkluis.",
            "Install that version, or restore a backup made before it.",
        )


def _statements(sql: str) -> Iterator[str]:
    """Single statements; a trigger, with semicolons inside, stays whole."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement  # a last one without its semicolon is not left out
