"""A consistent copy of the database while it is in use, page by page as it lies on the disk.

SQLite's own backup would write every page anew under a fresh nonce, and the whole database would be new to
the backups each night. Bytes copied as they are stay the same where nothing changed.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

from appliance.domain.errors import Fault
from appliance.store.connections import connect, disk_errors

_LOG = "-wal"


def copy_database(source: Path, key: bytes, target: Path, beside: Callable[[], None] = lambda: None) -> None:
    """Copy the database; nobody writes to it meanwhile. beside: called then, to copy what belongs to it.

    Raises:
        Fault: when the disk is full or broken, or another process does not let go.
    """
    for path in (target, *(target.with_name(target.name + end) for end in (_LOG, "-shm"))):
        path.unlink(missing_ok=True)
    db = connect(source, key)
    try:
        with disk_errors():
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("BEGIN IMMEDIATE")
            try:
                for end in ("", _LOG):
                    _copy(source.with_name(source.name + end), target.with_name(target.name + end))
                beside()
            finally:
                db.rollback()
    finally:
        db.close()
    copy = connect(target, key)
    try:
        with disk_errors():
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        copy.close()


def _copy(source: Path, target: Path) -> None:
    """In a process of its own: closing a database's file would let go of this process's locks on it."""
    if not source.exists():
        return
    command = ["/bin/cp", "--reflink=auto", "--", str(source), str(target)]
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - paths of our own
    if done.returncode != 0:
        raise Fault("store:disk", "The disk is full or cannot be written.", "Make room, or check the disk.")


def integrity(source: Path, key: bytes) -> str:
    """What SQLite finds wrong with a database, its pages' seals included; empty when it is whole."""
    db = connect(source, key)
    try:
        with disk_errors():
            sealed = [str(row[0]) for row in db.execute("PRAGMA cipher_integrity_check")]
            rows = [str(row[0]) for row in db.execute("PRAGMA integrity_check")]
            loose = len(db.execute("PRAGMA foreign_key_check").fetchall())
    finally:
        db.close()
    problems = sealed + [row for row in rows if row != "ok"] + ([f"{loose} loose rows"] if loose else [])
    return "; ".join(problems[:3])
