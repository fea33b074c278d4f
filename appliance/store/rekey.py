"""Changing the root key: every photo's key is wrapped anew and the database is keyed anew.

Originals are not touched. The order makes a crash harmless at any point:

1. the new slots are written as `pending`; the old root still opens everything;
2. one transaction wraps every photo's key under the new root and says so;
3. the database is keyed anew, which SQLCipher does in one transaction of its own;
4. the pending slots become the current ones.

`settle` finds out where it stopped, and finishes. Until then the recovery kit before is the one that
opens the safe: the pending slots are handed over to whoever opens the current ones.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from appliance.domain.access import OPERATOR
from appliance.domain.audit import Event
from appliance.domain.errors import Fault
from appliance.store.audit import AuditRows
from appliance.store.connections import connect, disk_errors
from appliance.store.evidence import EvidenceRows
from appliance.store.keyring_file import KeyringFile, following_slots, ring
from appliance.store.keys import Keyring
from appliance.store.photos import PhotoRows
from appliance.store.recovery_kit import RecoveryKit
from appliance.store.scans import ScanRows
from appliance.store.settings import SettingRows
from appliance.store.uploads import UploadRows

_GENERATION = "keyring_generation"


def rekey(path: Path, database: Path, machine_key: bytes, kit: RecoveryKit, *, now: datetime) -> Keyring:
    """Put a fresh root key in place, opened by this machine and by a new recovery kit.

    The kit before opens nothing afterwards, so prove that the new one was noted first.

    Raises:
        Fault: when the safe is in use, or does not open.
    """
    with _alone(path):
        file = KeyringFile.read(path)
        if file.pending is not None:
            _finish(file, database, machine_key, now)  # it opens with an earlier kit, not with this one
        keys = file.machine_keys(file.current, machine_key)
        with unused(database, ring(file.current, keys)):
            pass  # before anything is written: nobody else has it open
        file.pending = following_slots(file.current, keys, machine_key, kit)
        file.write()
        return _finish(file, database, machine_key, now)


def settle(path: Path, database: Path, machine_key: bytes, *, now: datetime) -> Keyring:
    """Open the keyring with this machine's key; finish a change of the root key that broke off.

    Raises:
        Mistake: when there is no keyring.
        Fault: when it does not open.
    """
    file = KeyringFile.read(path)
    if file.pending is None:
        return file.open_with_machine_key(machine_key)
    with _alone(path):
        file = KeyringFile.read(path)
        return _finish(file, database, machine_key, now)


def _finish(file: KeyringFile, database: Path, machine_key: bytes, now: datetime) -> Keyring:
    old = file.open_with_machine_key(machine_key)
    if file.pending is None:
        return old
    new = ring(file.pending, file.machine_keys(file.pending, machine_key))
    if not _opens(database, new):
        with unused(database, old) as db:
            _wrap_again(db, old, new, now)
            db.execute(f"PRAGMA rekey = \"x'{new.database_key.hex()}'\"")
    file.current, file.pending = replace(file.pending, handover=""), None
    file.write()
    return new


def _opens(database: Path, keys: Keyring) -> bool:
    try:
        connect(database, keys.database_key).close()
    except Fault as problem:
        if problem.key != "store:wrong_key":
            raise
        return False
    return True


def _wrap_again(db: Database, old: Keyring, new: Keyring, now: datetime) -> None:
    settings = SettingRows(db)
    if settings.get(_GENERATION) == str(new.generation):
        return
    db.execute("BEGIN IMMEDIATE")
    count = PhotoRows(db).rewrap(lambda photo_id, kept: new.wrap(old.unwrap(kept, photo_id), photo_id))
    EvidenceRows(db).rewrap(lambda one, kept: new.wrap(old.unwrap(kept, one), one))
    UploadRows(db).rewrap(lambda one, kept: new.wrap(old.unwrap(kept, one), one))
    ScanRows(db).rewrap(lambda one, kept: new.wrap(old.unwrap(kept, one), one))
    settings.put(_GENERATION, str(new.generation))
    event = Event("keys:rekey", detail=f"generation={new.generation} photos={count}")
    AuditRows(db).append(event, OPERATOR, now)
    db.execute("COMMIT")


@contextmanager
def unused(database: Path, keys: Keyring) -> Iterator[Database]:
    """A connection that nobody else shares; leaving write-ahead mode works only then.

    Raises:
        Fault: when somebody has the database open.
    """
    db = connect(database, keys.database_key)
    try:
        with disk_errors():
            db.execute("PRAGMA busy_timeout = 2000")
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            mode = db.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
            if mode != "delete":
                raise _in_use()
            yield db
    except Fault as problem:
        if problem.key != "store:busy":
            raise
        raise _in_use() from problem
    finally:
        db.close()


def _in_use() -> Fault:
    return Fault("keys:in_use", "The safe is in use.", "Stop the service and the worker, then try again.")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one process changes the keyring at a time."""
    handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
