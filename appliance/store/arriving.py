"""A database made of the tables of an export, beside an empty safe's own, and then put in its place.

It is made at the version at which the tables were written, and then brought up to date as any older database
is: so an export outlives the program that wrote it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from appliance.domain.access import Actor, Kind
from appliance.domain.audit import Event
from appliance.domain.errors import Fault
from appliance.domain.leaving import SETTINGS, TABLES, FileKind, Travel
from appliance.store.audit import AuditRows
from appliance.store.connections import DatabaseError, connect, disk_errors
from appliance.store.erasures import SHELL
from appliance.store.keys import Keyring
from appliance.store.migrations import all_migrations, migrate
from appliance.store.rekey import unused
from appliance.store.rows import Row, instant, query
from appliance.store.tables import TableRows

# A new safe's own rows of these are the same as those of the safe that left, or fewer.
_REPLACED = ("grants", "group_members", "groups")
_PHOTO_FILES = (FileKind.ORIGINAL, FileKind.SIDECAR, FileKind.PROXY, FileKind.THUMBNAIL)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file of an export that lies encrypted in the safe."""

    kind: FileKind
    thing: str
    place: str
    size: int
    sha256: str
    wrapped_key: bytes


class Coming:
    """The tables of an export, as they go into the database: keys and places of today's added."""

    def __init__(self, folder: Path, files: Iterable[Arrived], now: datetime) -> None:
        self._folder, self.now = folder, now
        self._files = tuple(files)
        self._by_thing = {one.thing: one for one in self._files}

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table; none when the export has no such table."""
        path = self._folder / f"{table}.jsonl"
        if not path.is_file():
            return
        with path.open("rb") as lines:
            for line in lines:
                row = self._as_of_today(table, json.loads(line))
                if row is not None:
                    yield row

    def files(self) -> Iterator[Row]:
        """The rows of the files of photos."""
        for one in self._files:
            if one.kind in _PHOTO_FILES:
                row: Row = {"photo_id": one.thing, "kind": one.kind.value, "place": one.place}
                yield row | {"bytes": one.size, "sha256": one.sha256}

    def _as_of_today(self, table: str, row: Row) -> Row | None:
        """A row as a new safe begins with it; None for what it has of its own, or must not take."""
        if table == "users" and row["emergency"]:
            return None
        if table == "settings" and row["key"] not in SETTINGS:
            return None
        return row | self._anew(table, row)

    def _anew(self, table: str, row: Row) -> Row:
        """What is another in a new safe: keys and places, nobody signs in yet, nothing is on its way."""
        changed: Row = {}
        match table:
            case "photos":
                file = self._by_thing.get(row["id"])
                changed = {"wrapped_key": file.wrapped_key if file else b""}
                changed |= {} if row["set_aside_for"] == SHELL else {"lights_until": ""}
            case "evidence" | "scans":
                file = self._by_thing[row["id"]]
                changed = {"place": file.place, "wrapped_key": file.wrapped_key}
            case "cameras" | "tags":
                changed = {"photos": 0}  # counted again as they come
            case "users":
                changed = {"active": 0, "must_change": 1}
            case "shares":
                changed = {"active": 0}
            case "parcels":
                changed = {"revoked_at": row["revoked_at"] or instant(self.now)}
            case "imports" if row["finished_at"] is None:
                changed = {"finished_at": instant(self.now), "problem": "import:broken"}
            case "moves" if row["stage"] in ("counting", "trying", "moving"):
                changed = {"stage": "stopped", "problem": "import:broken"}
        return changed


def build(
    path: Path, ring: Keyring, coming: Coming, version: int, live: Path, event: Event, by: Actor
) -> None:
    """Make the database. live: the empty safe's own, whose emergency account, settings and log go along.

    Raises:
        Fault: when the tables do not fit together.
    """
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    steps = all_migrations()
    db = connect(path, ring.database_key)
    try:
        migrate(db, steps[:version])
        with disk_errors():
            db.execute("BEGIN IMMEDIATE")
            _load(TableRows(db), coming)
            db.execute("COMMIT")
            migrate(db, steps)
            db.execute("BEGIN IMMEDIATE")
            _take_along(db, live, ring)
            AuditRows(db).append(event, by, coming.now)
            db.execute("COMMIT")
            db.execute("PRAGMA journal_mode = DELETE")  # one file, to be renamed
    except (DatabaseError, ValueError, LookupError, TypeError) as problem:
        raise _damaged() from problem
    finally:
        db.close()


def _load(tables: TableRows, coming: Coming) -> None:
    there = set(tables.names())
    for table in _REPLACED:
        if table in there:
            tables.empty(table)
    for table, travel in TABLES.items():
        if travel is Travel.WHOLE and table in there:
            tables.load(table, coming.rows(table))
    tables.load("files", coming.files())
    if tables.loose():
        raise _damaged()


def _take_along(db: Database, live: Path, ring: Keyring) -> None:
    """What the new safe has of its own: its emergency account, settings, and entries of its log."""
    own = connect(live, ring.database_key)
    try:
        tables = TableRows(db)
        tables.load("users", query(own, "SELECT * FROM users"))
        for row in query(own, "SELECT key, value FROM settings"):
            db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (row["key"], row["value"]))
        log = AuditRows(db)
        for entry in AuditRows(own).entries():
            log.append(entry.event, Actor(Kind(entry.actor_kind), entry.actor, source=entry.source), entry.at)
    finally:
        own.close()


def put_in_place(built: Path, database: Path, ring: Keyring, files: Mapping[Path, Path]) -> None:
    """Put a database that was built in the place of an empty one, and the files that it speaks of in theirs.

    files: from where to where. Broken off, it can be done again: the database comes last.

    Raises:
        Fault: when the safe is in use.
    """
    with unused(database, ring), disk_errors():
        for source, target in files.items():
            if source.exists():
                target.parent.mkdir(mode=0o700, exist_ok=True)
                source.replace(target)
        built.replace(database)


def _damaged() -> Fault:
    return Fault(
        "arriving:damaged",
        "This export is damaged: its tables do not fit together.",
        "Check it with `sha256sum -c SHA256SUMS`, and take another copy.",
    )
