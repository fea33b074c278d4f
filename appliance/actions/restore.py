"""Putting a whole safe back onto an empty box, with the recovery kit and the target and nothing else."""

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.actions.backup import KIT, KIT_FILE, SAFE, STAGE, TAG, kit_at
from appliance.backup.restic import Repository
from appliance.domain.backup import Snapshot, Target
from appliance.domain.errors import Fault, Mistake
from appliance.store.backup_key import kit_slot
from appliance.store.journal import read_journal, write_journal

JOURNAL = "erasures.jsonl"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back. whole: whether restic had no complaint; files are checked one by one afterwards."""

    snapshot: Snapshot
    newest: Snapshot
    whole: bool


def fetch_backup(
    target: Target, code: str, into: Path, *, at: datetime | None = None, snapshot: str = ""
) -> Restored:
    """Fetch a backup into an empty folder, as a safe that is still to be unlocked.

    at: the newest one made until then; snapshot: the one whose id begins so; without either, the newest. What
    was erased is taken from the newest in any case, so that a safe of last week does not bring back who was
    erased since.

    Raises:
        Mistake: when the code opens none of the keys there.
        Fault: when there is no backup, or the target cannot be reached.
    """
    cache = into.with_name(f"{into.name}-cache")
    try:
        repository = Repository(target, SAFE, _key(target, code, cache).hex(), cache)
        snapshots = repository.snapshots(TAG)
        until = [one for one in snapshots if at is None or one.made_at <= at]
        wanted = [one for one in until if one.id.startswith(snapshot)]
        if not wanted:
            raise Fault("backup:none", "There are no backups at this target.", "Check its address.")
        into.mkdir(mode=0o700, parents=True)
        whole = repository.restore(wanted[-1].id, into)
        for path in (into / STAGE).iterdir():
            path.replace(into / path.name)
        (into / STAGE).rmdir()
        _add_journal(repository, snapshots[-1], into, cache)
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    return Restored(wanted[-1], snapshots[-1], whole)


def _key(target: Target, code: str, cache: Path) -> bytes:
    """The backups' key, from the newest slot that the code opens: a kit may have followed it since."""
    beside = kit_at(target, cache)
    slots = reversed(beside.snapshots(KIT))
    refused: Mistake | None = None
    for snapshot in slots:
        folder = cache / "kit"
        shutil.rmtree(folder, ignore_errors=True)
        beside.restore(snapshot.id, folder)
        try:
            return kit_slot(json.loads((folder / KIT_FILE).read_text())).open(code)
        except Mistake as problem:
            refused = problem
        except (OSError, ValueError, TypeError):
            continue
    raise refused or Fault("backup:none", "There are no backups at this target.", "Check its address.")


def _add_journal(repository: Repository, newest: Snapshot, into: Path, cache: Path) -> None:
    """Lay what the newest backup knows to be erased beside an older database."""
    folder = cache / "newest"
    repository.restore(newest.id, folder, [f"{STAGE}/{JOURNAL}"])
    write_journal(into / JOURNAL, read_journal(folder / STAGE / JOURNAL))
