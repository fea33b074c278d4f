"""Backups: where they go, making one, and the canary that tries to destroy one."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from appliance.actions.cold import cold_is_missing
from appliance.backup import canary
from appliance.backup.locks import extend_locks
from appliance.backup.restic import Progress, Repository, require_program
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.backup import Target, TargetKind, require_sensible
from appliance.domain.duties import Duty, Run
from appliance.domain.errors import KluisError
from appliance.store.backup_key import KitSlot
from appliance.store.copying import copy_database
from appliance.store.ids import new_id
from appliance.store.safe import Safe

__all__ = ["Progress"]

Clock = Callable[[], datetime]

SAFE, KIT = "safe", "kit"  # the repositories at a target
TAG = "safe"
STAGE = "snapshot"
KIT_FILE = "backup-key.json"
# No secret: what lies under it is wrapped for the recovery kit, and restic wants some password.
KIT_PASSWORD = "portretkluis"  # noqa: S105
_SETTINGS = "kluis.toml"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a backup is made of, and the key that it is made with."""

    home: Path
    database: Path
    keyring: Path
    key_file: Path
    files: Path
    journal: Path
    key: bytes = field(repr=False)
    kit: KitSlot

    @property
    def stage(self) -> Path:
        """Where the copy of the database lies, so that what did not change stays the same."""
        return self.home / STAGE

    @property
    def cache(self) -> Path:
        """restic's own cache: encrypted, and made again when it is gone."""
        return self.home / "backup-cache"

    def safe_at(self, target: Target) -> Repository:
        """The safe's backups at a target."""
        return Repository(target, SAFE, self.key.hex(), self.cache)


def kit_at(target: Target, cache: Path) -> Repository:
    """The key for the recovery kit at a target: the one thing that opens without a key."""
    return Repository(target, KIT, KIT_PASSWORD, cache)


def add_target(safe: Safe, target: Target, *, by: Actor, now: datetime) -> None:
    """Add a target for backups, or change it.

    Raises:
        Mistake: when it cannot work, or lies outside the European Union without a reason.
    """
    require_sensible(target)
    with safe.store.begin(by=by, to=Permission.BACKUP_EDIT, now=now, on=target.name) as tx:
        tx.backups.put(target)
        outside = " outside_eu" if target.reason else ""
        tx.record(Event("backup:target", target.name, detail=f"{target.kind} {target.country}{outside}"))


def remove_target(safe: Safe, name: str, *, by: Actor, now: datetime) -> None:
    """Forget a target. What lies there stays, until whoever keeps it deletes it."""
    with safe.store.begin(by=by, to=Permission.BACKUP_EDIT, now=now, on=name) as tx:
        tx.backups.get(name)
        tx.backups.remove(name)
        tx.record(Event("backup:remove", name))


def targets(safe: Safe, *, by: Actor, now: datetime) -> tuple[Target, ...]:
    """Every target, its secret left out."""
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now) as view:
        return tuple(replace(target, secret="") for target in view.backups.all())


def target_of(safe: Safe, name: str, *, by: Actor, now: datetime) -> Target:
    """One target, with its secret.

    Raises:
        Mistake: when there is none of that name.
    """
    with safe.store.look(by=by, to=Permission.BACKUP_EDIT, now=now, on=name) as view:
        return view.backups.get(name)


def back_up(
    safe: Safe,
    shelf: Shelf,
    target: Target,
    *,
    clock: Clock,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
) -> Run:
    """Make tonight's backup at one target. The database is copied first, so every row's file is there.

    Raises:
        Mistake: when restic is not installed.
    """
    require_program()
    begun = clock()
    try:
        findings = _backed_up(safe, shelf, target, begun, on_progress)
    except KluisError as problem:
        return Run(new_id(), Duty.BACKUP, begun, clock(), False, target.name, {"problem": problem.key})
    # What is there was backed up; but a night without the cold archive must not pass for a whole one.
    missing = cold_is_missing(safe, now=begun)
    if missing:
        findings["problem"] = "cold:absent"
    return Run(new_id(), Duty.BACKUP, begun, clock(), not missing, target.name, findings)


def _backed_up(
    safe: Safe, shelf: Shelf, target: Target, now: datetime, on_progress: Callable[[Progress], None]
) -> dict[str, object]:
    repository = shelf.safe_at(target)
    repository.make()
    repository.unlock()
    _hand_over_kit(shelf, target)
    _stage(safe, shelf)
    made = repository.back_up(shelf.home, [STAGE, shelf.files.name], tag=TAG, on_progress=on_progress)
    findings: dict[str, object] = asdict(made)
    if target.kind is TargetKind.S3:
        findings["locked"] = extend_locks(target, now)
    if target.kind is TargetKind.DISK:
        repository.forget(target.days)  # who else would? Guarded targets are pruned by whoever keeps them
    return findings


def _stage(safe: Safe, shelf: Shelf) -> None:
    """Copy the database, and what belongs to it, into the stage."""
    shelf.stage.mkdir(mode=0o700, exist_ok=True)

    def beside() -> None:
        for path in (shelf.keyring, shelf.key_file, shelf.journal, shelf.home / _SETTINGS):
            if path.exists():
                shutil.copyfile(path, shelf.stage / path.name)

    copy_database(shelf.database, safe.ring.database_key, shelf.stage / shelf.database.name, beside)


def _hand_over_kit(shelf: Shelf, target: Target) -> None:
    """Lay the wrapped key beside the backups, when another lies there, or none."""
    told = json.dumps(asdict(shelf.kit), indent=2)
    mark = shelf.home / KIT / f"given-to-{target.name}"
    digest = sha256(f"{target.address}{told}".encode()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return
    repository = kit_at(target, shelf.cache)
    repository.make()
    folder = shelf.home / KIT
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / KIT_FILE).write_text(told)
    repository.back_up(folder, [KIT_FILE], tag=KIT)
    mark.write_text(digest)


def try_canary(target: Target, *, clock: Clock) -> Run:
    """Try to destroy a marker with the box's own credentials. It passes when every attempt was refused."""
    begun = clock()
    try:
        tried = canary.tries(target, begun)
    except KluisError as problem:
        return Run(new_id(), Duty.CANARY, begun, clock(), False, target.name, {"problem": problem.key})
    findings = {one.attempt.value: "refused" if one.refused else "succeeded" for one in tried}
    return Run(new_id(), Duty.CANARY, begun, clock(), all(t.refused for t in tried), target.name, findings)
