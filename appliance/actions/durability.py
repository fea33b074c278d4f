"""Durability: every file read again each month, and one damaged photo put right from a backup."""

import hashlib
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from appliance.actions.backup import TAG, Clock, Shelf
from appliance.actions.health import damage
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.backup import Target
from appliance.domain.duties import Duty, Run
from appliance.domain.errors import Fault, KluisError, Mistake
from appliance.domain.photos import PhotoId
from appliance.store.blobs import Blobs, cold_absent
from appliance.store.copying import integrity
from appliance.store.ids import new_id
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe, about

_PLACE = "repair"


def scrub(
    safe: Safe,
    database: Path,
    *,
    by: Actor,
    clock: Clock,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> Run:
    """Open every file of every photo, and check the database page by page. For a timer each month."""
    begun = clock()
    found = damage(safe, by=by, now=begun, on_progress=on_progress)
    problem = integrity(database, safe.ring.database_key)
    findings: dict[str, object] = {
        "database": problem or "whole",
        "damaged": sorted({one.photo_id for one in found if one.problem.key != "cold:absent"}),
    }
    if any(one.problem.key == "cold:absent" for one in found):
        findings["problem"] = "cold:absent"
    return Run(new_id(), Duty.SCRUB, begun, clock(), not problem and not found, "", findings)


def repair(
    safe: Safe, shelf: Shelf, target: Target, photo_id: PhotoId, *, by: Actor, now: datetime
) -> tuple[BlobKind, ...]:
    """Put a photo's damaged files right, from the newest backup that has them whole. Returns which.

    A file from a backup is taken only when it opens with the photo's key and has the hash that the
    database knows.

    Raises:
        Mistake: when nothing of the photo is damaged.
        Fault: when no backup has it whole, or the cold archive that it lies in is not connected.
    """
    with safe.store.look(by=by, to=Permission.BACKUP_EDIT, now=now, on=photo_id) as view:
        key = safe.data_key(view, photo_id)
        files = [kept for kind in view.photos.kinds(photo_id) if (kept := view.photos.kept(photo_id, kind))]
    broken = [
        kept for kept in files if _hash(safe.blobs, photo_id, kept.kind, kept.place, key) != kept.sha256
    ]
    if not broken:
        raise Mistake("repair:whole", "Nothing of this photo is damaged.")
    if any(kept.cold for kept in broken) and not safe.blobs.cold_is_there():
        raise cold_absent()  # it is not damaged, and what is put in its place would be hidden by it
    into = shelf.home / _PLACE
    try:
        for kept in broken:
            _mend(shelf, target, into, photo_id, kept.kind, kept.place, kept.sha256, key)
    finally:
        shutil.rmtree(into, ignore_errors=True)
    kinds = tuple(kept.kind for kept in broken)
    with safe.store.begin(by=by, to=Permission.BACKUP_EDIT, now=now, on=photo_id) as tx:
        tx.record(Event("photo:repair", photo_id, detail=" ".join(kinds)))
    return kinds


def _mend(
    shelf: Shelf,
    target: Target,
    into: Path,
    photo_id: PhotoId,
    kind: BlobKind,
    place: str,
    sha256: str,
    key: bytes,
) -> None:
    repository = shelf.safe_at(target)
    for snapshot in reversed(repository.snapshots(TAG)):
        shutil.rmtree(into, ignore_errors=True)
        repository.restore(snapshot.id, into, [f"{shelf.files.name}/{place}"])
        restored = into / shelf.files.name
        if (restored / place).exists() and _hash(Blobs(restored), photo_id, kind, place, key) == sha256:
            (shelf.files / place).parent.mkdir(mode=0o700, exist_ok=True)
            shutil.move(restored / place, shelf.files / place)
            return
    raise Fault("repair:nowhere", "No backup has this file whole.", "Try another target.")


def _hash(blobs: Blobs, photo_id: PhotoId, kind: BlobKind, place: str, key: bytes) -> str:
    """SHA-256 of what a file holds, hexadecimal; empty when it does not open."""
    told = hashlib.sha256()
    try:
        for part in blobs.stream(place, key=key, about=about(photo_id, kind)):
            told.update(part)
    except KluisError:
        return ""
    return told.hexdigest()
