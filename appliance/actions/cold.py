"""The cold archive: originals that are seldom needed, encrypted as they are, on a disk of their own.

What is looked at stays where it is: previews, names, lights. An original is read from the cold archive when
it is needed. The copy is synced and compared with its hash before the other one goes; files that a crash
leaves behind are orphans, as everywhere, and swept.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Fault, KluisError, Mistake
from appliance.domain.photos import PhotoId
from appliance.store.blobs import cold_absent
from appliance.store.photos import BlobKind, Kept
from appliance.store.safe import Safe, about

_SPARE = 64_000_000  # bytes that stay free where a file is copied to


@dataclass(frozen=True, slots=True)
class ColdArchive:
    """How the cold archive is: whether its disk is there, and how many originals lie on it."""

    connected: bool
    photos: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Cooled:
    """What a rule moved. problem: key of the error that broke it off; empty when there was none."""

    moved: int
    waiting: int
    problem: str

    @property
    def told(self) -> dict[str, object]:
        """The problem as a finding."""
        return {"problem": self.problem} if self.problem else {}


def prepare_cold(safe: Safe, *, by: Actor, now: datetime) -> None:
    """Make the folder `files/cold`, or the disk that is mounted there, the cold archive of this safe.

    Raises:
        Mistake: when it is another safe's.
        Fault: when a disk of this safe is missing, or it cannot be written.
    """
    with safe.store.begin(by=by, to=Permission.SETTING_EDIT, now=now) as tx:
        if tx.photos.cold()[0] and not safe.blobs.cold_is_there():
            raise cold_absent()  # an empty folder in its place would hide that
        safe.blobs.prepare_cold()
        tx.record(Event("cold:prepare"))


def cold_archive(safe: Safe, *, by: Actor, now: datetime) -> ColdArchive:
    """How the cold archive is."""
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now) as view:
        return ColdArchive(safe.blobs.cold_is_there(), *view.photos.cold())


def cold_is_missing(safe: Safe, *, now: datetime) -> bool:
    """Whether something lies in the cold archive, and its disk is not there."""
    found = cold_archive(safe, by=WORKER, now=now)
    return bool(found.photos) and not found.connected


def move_to_cold(
    safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime, to: Permission = Permission.RETENTION_EDIT
) -> bool:
    """Move a photo's original to the cold archive. Returns whether it was not there already.

    Raises:
        Fault: when the cold archive is not there or full; the original is where it was.
        Tampered: when the original, or its copy, is not what was written.
    """
    return _move(safe, photo_id, cold=True, by=by, now=now, to=to)


def fetch_from_cold(
    safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime, to: Permission = Permission.RETENTION_EDIT
) -> bool:
    """Move a photo's original back. Returns whether it was in the cold archive.

    Raises:
        Fault, Tampered: as `move_to_cold` does.
    """
    return _move(safe, photo_id, cold=False, by=by, now=now, to=to)


def _move(safe: Safe, photo_id: PhotoId, *, cold: bool, by: Actor, now: datetime, to: Permission) -> bool:
    with safe.store.look(by=by, to=to, now=now, on=photo_id) as view:
        view.photos.get(photo_id)
        kept = view.photos.kept(photo_id, BlobKind.ORIGINAL)
        key = safe.data_key(view, photo_id) if kept else b""
    if kept is None or kept.cold is cold:
        return False
    if not safe.blobs.cold_is_there():
        raise cold_absent()
    _require_room(safe, kept, cold=cold)
    place = safe.blobs.copy(kept.place, cold=cold)
    try:
        _require_same(safe, photo_id, kept, place, key)
        with safe.store.begin(by=by, to=to, now=now, on=photo_id) as tx:
            _require_unchanged(tx.photos.kept(photo_id, BlobKind.ORIGINAL), kept)
            tx.photos.keep(photo_id, replace(kept, place=place))
            tx.record(Event("photo:archive" if cold else "photo:fetch", photo_id))
    except BaseException:
        safe.blobs.delete(place)
        raise
    safe.blobs.delete(kept.place)
    return True


def _require_unchanged(now: Kept | None, before: Kept) -> None:
    if now != before:
        raise Mistake("cold:changed", "This photo was changed just now.", "Try again.")


def _require_room(safe: Safe, kept: Kept, *, cold: bool) -> None:
    room = safe.blobs.cold_room() if cold else safe.blobs.room()
    if room < kept.bytes + _SPARE:
        raise Fault("cold:no_room", "The disk that it should move to is full.", "Make room there.")


def _require_same(safe: Safe, photo_id: PhotoId, kept: Kept, place: str, key: bytes) -> None:
    """Read the copy back; the original goes only when it opens and has the hash that the database knows."""
    told = hashlib.sha256()
    for part in safe.blobs.stream(place, key=key, about=about(photo_id, BlobKind.ORIGINAL)):
        told.update(part)
    if told.hexdigest() != kept.sha256:
        raise Fault("cold:copy", "The copy is not the same as the original.", "Check both disks.")


def cool(safe: Safe, photo_ids: Iterable[PhotoId], *, by: Actor, clock: Callable[[], datetime]) -> Cooled:
    """Move what a rule archives. Where there is no cold archive it waits; a damaged photo stops no other."""
    with safe.store.look(by=by, to=Permission.DUTY_RUN, now=clock()) as view:
        found = {one: view.photos.kept(one, BlobKind.ORIGINAL) for one in photo_ids}
        used = bool(view.photos.cold()[0])
    hot = [one for one, kept in found.items() if kept is not None and not kept.cold]
    if hot and not safe.blobs.cold_is_there():
        return Cooled(0, len(hot), "cold:absent" if used else "")
    moved, problem = 0, ""
    for photo_id in hot:
        try:
            moved += move_to_cold(safe, photo_id, by=by, now=clock(), to=Permission.DUTY_RUN)
        except KluisError as found_wrong:
            problem = found_wrong.key
            if problem in ("cold:no_room", "cold:absent", "store:disk"):
                break
    return Cooled(moved, len(hot) - moved, problem)
