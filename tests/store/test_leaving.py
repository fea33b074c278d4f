"""Tables that leave and arrive: every one is accounted for, no secret is let out, every row comes through."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from appliance.domain.access import OPERATOR
from appliance.domain.audit import Event
from appliance.domain.errors import Fault
from appliance.domain.leaving import HIDDEN, TABLES, FileKind, Travel
from appliance.store.arriving import Arrived, Coming, build
from appliance.store.connections import connect
from appliance.store.database import Store
from appliance.store.migrations import all_migrations, migrate, version
from appliance.store.tables import TableRows
from tests.store.conftest import RING
from tests.store.shelf import NOW

MIGRATIONS = all_migrations()
SNAPSHOTS = Path(__file__).parent / "snapshots"
OLDER = 20  # a version from which an export may come

# Columns that sound like secrets and are none, or that a new safe must have to keep a promise: a link in
# somebody's hand, of which only a hash of 256 random bits is kept, goes on working.
HARMLESS = {
    *("own_links.token_hash", "requests.token_hash", "parcels.token_hash", "recalls.token_hash"),
    *("self_audits.public_key", "audit_heads.public_key", "settings.key", "self_audit_findings.key"),
}
# What a new safe makes another of on purpose.
ANEW = {
    "photos": {"wrapped_key", "lights_until"},
    "evidence": {"place", "wrapped_key"},
    "scans": {"place", "wrapped_key"},
    "users": {"active", "must_change", "password_hash", "openid"},
    "shares": {"active", "password"},
    "parcels": {"revoked_at", "password_hash"},
    "imports": {"finished_at", "problem"},
    "moves": {"stage", "problem"},
}


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    opened = connect(tmp_path / "old.db", RING.database_key)
    yield opened
    opened.close()


def filled(db: Database, number: int) -> TableRows:
    """A database of a version, with rows in each of its tables."""
    migrate(db, MIGRATIONS[:number])
    db.conn.executescript((SNAPSHOTS / f"{number:04}.sql").read_text("utf-8"))
    return TableRows(db)


def exported(tables: TableRows, folder: Path) -> list[Arrived]:
    """Its tables as an export has them; and its files, as if they had come into a new safe."""
    folder.mkdir()
    for table in set(tables.names()) & TABLES.keys():
        if TABLES[table] in (Travel.WHOLE, Travel.TOLD):
            lines = [json.dumps(row) for row in tables.rows(table)]
            (folder / f"{table}.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return [
        Arrived(one.kind, one.thing, f"new/{n}", one.size, one.sha256, b"new key")
        for n, one in enumerate(tables.kept())
    ]


def live(tmp_path: Path) -> Path:
    database = tmp_path / "kluis.db"
    Store.open(database, RING.database_key).close()
    return database


def test_no_column_that_sounds_like_a_secret_leaves(old: Database) -> None:
    migrate(old, MIGRATIONS)
    tables = TableRows(old)
    secret = re.compile(r"secret|password|hash$|key$|vector|openid|token")
    out = {
        f"{table}.{column}"
        for table, how in TABLES.items()
        if how in (Travel.WHOLE, Travel.TOLD)
        for column in tables.columns(table)
        if secret.search(column) and column not in HIDDEN.get(table, {})
    }
    assert out == HARMLESS & out
    assert out == HARMLESS, "one of them is gone"


def test_every_row_comes_through(old: Database, tmp_path: Path) -> None:
    tables = filled(old, len(MIGRATIONS))
    arrived = exported(tables, tmp_path / "tables")
    coming = Coming(tmp_path / "tables", arrived, NOW)
    built = tmp_path / "built.db"
    build(built, RING, coming, len(MIGRATIONS), live(tmp_path), Event("safe:fill"), OPERATOR)
    db = connect(built, RING.database_key)
    found = TableRows(db)
    try:
        for table, how in TABLES.items():
            if how is not Travel.WHOLE or table in ("audit", "settings"):
                continue
            before = [without(row, ANEW.get(table, set())) for row in tables.rows(table)]
            if table == "users":
                before = [row for row in before if not row["emergency"]]
            after = [without(row, ANEW.get(table, set())) for row in found.rows(table)]
            assert before, f"{table}: the snapshot leaves it empty"
            assert after == before, table
        assert found.count("files") == sum(
            one.kind not in (FileKind.DOCUMENT, FileKind.SCAN) for one in arrived
        )
        assert not any(found.count(table) for table, how in TABLES.items() if how is Travel.STAYS)
        assert [row["active"] for row in found.rows("users")] == [0] * found.count("users")
    finally:
        db.close()


def without(row: dict[str, object], columns: set[str]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in columns}


def test_an_export_of_an_older_program_comes_in(old: Database, tmp_path: Path) -> None:
    tables = filled(old, OLDER)
    coming = Coming(tmp_path / "tables", exported(tables, tmp_path / "tables"), NOW)
    built = tmp_path / "built.db"
    build(built, RING, coming, OLDER, live(tmp_path), Event("safe:fill"), OPERATOR)
    db = connect(built, RING.database_key)
    try:
        assert version(db) == len(MIGRATIONS)
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert TableRows(db).count("photos") == tables.count("photos")
        assert TableRows(db).count("quitclaims") == tables.count("quitclaims")
    finally:
        db.close()


def test_tables_that_do_not_fit_together_are_refused(old: Database, tmp_path: Path) -> None:
    tables = filled(old, len(MIGRATIONS))
    arrived = exported(tables, tmp_path / "tables")
    (tmp_path / "tables" / "people.jsonl").write_text("")
    coming = Coming(tmp_path / "tables", arrived, NOW)
    with pytest.raises(Fault, match="do not fit together"):
        build(tmp_path / "b.db", RING, coming, len(MIGRATIONS), live(tmp_path), Event("safe:fill"), OPERATOR)
