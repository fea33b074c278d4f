"""Connections to the encrypted database: SQLCipher under sqlite-utils, keyed and set up one way."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlcipher3

# sqlite-utils takes its exception classes from a module of this name when there is one; without it,
# it would not recognise the errors that SQLCipher raises.
sys.modules.setdefault("pysqlite3", sqlcipher3)
sys.modules.setdefault("pysqlite3.dbapi2", sqlcipher3.dbapi2)

from sqlite_utils import Database  # noqa: E402

from appliance.domain.errors import Fault  # noqa: E402
from appliance.store.rows import folded  # noqa: E402

DatabaseError = sqlcipher3.DatabaseError
IntegrityError = sqlcipher3.IntegrityError
OperationalError = sqlcipher3.OperationalError

_SETTINGS = (
    "PRAGMA temp_store = MEMORY",  # nothing in plain text beside the database
    "PRAGMA secure_delete = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA busy_timeout = 30000",
    "PRAGMA cache_size = -16000",
)


def connect(path: Path, key: bytes) -> Database:
    """Open the database with its raw 32-byte key.

    Raises:
        Fault: when the key does not fit, the file is damaged, or the disk does not let it be opened.
    """
    with disk_errors():
        connection = sqlcipher3.connect(str(path), check_same_thread=False, isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to standard error
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_schema")
        for setting in _SETTINGS:
            connection.execute(setting)
    except DatabaseError as problem:
        connection.close()
        raise _meaning(problem) or Fault(
            "store:wrong_key",
            "The database does not open with this key, or it is damaged.",
            "Check that the key belongs to this safe; else restore a backup.",
        ) from problem
    connection.create_function("folded", 1, folded, deterministic=True)
    return Database(connection, execute_plugins=False)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Tell what the disk or another process does to the database; errors of the program pass as they are.

    Raises:
        Fault: when the disk is full or broken, or the database is damaged or stays locked.
    """
    try:
        yield
    except DatabaseError as problem:
        if meaning := _meaning(problem):
            raise meaning from problem
        raise


def _meaning(problem: Exception) -> Fault | None:
    told = str(problem)
    if "locked" in told:
        return Fault("store:busy", "The safe is busy.", "Try again in a minute.")
    if "is full" in told or "disk I/O" in told or "unable to open" in told:
        return Fault("store:disk", "The disk is full or cannot be written.", "Make room, or check the disk.")
    if "malformed" in told:
        return Fault("store:damaged", "The database is damaged.", "Restore it from a backup.")
    return None
