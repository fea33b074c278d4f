"""The restore drill: a backup is put back in a place of its own, and everything in it is tried.

What is found is compared with what the living safe knows, so that a backup of nothing cannot pass.
"""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from appliance.actions.backup import STAGE, TAG, Clock, Shelf
from appliance.actions.erasure import apply_journal
from appliance.backup.restic import Repository
from appliance.domain.access import WORKER, Permission
from appliance.domain.audit import verify
from appliance.domain.backup import Snapshot, Target
from appliance.domain.duties import Duty, Run
from appliance.domain.errors import Fault, KluisError
from appliance.domain.photos import PhotoId, Stage
from appliance.domain.signing import Evidence, EvidenceId
from appliance.store.blobs import Blobs
from appliance.store.copying import integrity
from appliance.store.database import Store, View
from appliance.store.ids import new_id
from appliance.store.keys import Keyring
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe, about
from appliance.store.search import Filter

SAMPLE = 25  # photos; a night's sample of 25 meets a damage to one in ten with 93 in 100
_BATCH = 200
_PLACE = "drill"

_Check = tuple[str, str, str, bytes]  # what a file is sealed to, its place, its hash and its key
_Document = tuple[EvidenceId, Evidence, bytes]

Show = Callable[[Safe, PhotoId], None]


def drill(
    safe: Safe,
    shelf: Shelf,
    target: Target,
    *,
    full: bool,
    open_ring: Callable[[Path], Keyring],
    show: Show,
    day: date,
    clock: Clock,
) -> Run:
    """Put the newest backup back in a place of its own and try all of it, or a sample.

    open_ring: opens the keyring of the backup on this machine. show: starts the pages over the restored
    safe, read-only, and fetches a photo; raises a Fault when they do not come.
    """
    begun = clock()
    duty = Duty.DRILL_FULL if full else Duty.DRILL_SAMPLE
    into = shelf.home / _PLACE
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(mode=0o700)
    try:
        tried = _Drill(safe, shelf, shelf.safe_at(target), into, open_ring, show)
        findings = tried.run(full=full, now=begun, day=day)
    except KluisError as problem:
        return Run(new_id(), duty, begun, clock(), False, target.name, {"problem": problem.key})
    finally:
        shutil.rmtree(into, ignore_errors=True)
    passed = not findings["damaged"] and findings["database"] == "whole"
    return Run(new_id(), duty, begun, clock(), passed, target.name, findings)


class _Drill:
    """One drill, in its own place."""

    def __init__(
        self,
        live: Safe,
        shelf: Shelf,
        repository: Repository,
        into: Path,
        open_ring: Callable[[Path], Keyring],
        show: Show,
    ) -> None:
        self._live, self._shelf, self._repository = live, shelf, repository
        self._into, self._open_ring, self._show = into, open_ring, show

    def run(self, *, full: bool, now: datetime, day: date) -> dict[str, object]:
        snapshot = newest(self._repository)
        self._repository.restore(snapshot.id, self._into, [STAGE])
        stage = self._into / STAGE
        ring = self._open_ring(stage / self._shelf.keyring.name)
        database = stage / self._shelf.database.name
        problem = integrity(database, ring.database_key)
        store = Store.open(database, ring.database_key)
        try:
            with store.look(by=WORKER, to=Permission.DUTY_RUN, now=now) as view:
                entries = self._audit(view, now)  # as it was, before erasures are applied again
            restored = Safe(store, Blobs(self._into / self._shelf.files.name), ring)
            erased = apply_journal(restored, self._shelf.journal, now=now, day=day)
            with store.look(by=WORKER, to=Permission.DUTY_RUN, now=now) as view:
                return {
                    "snapshot": snapshot.id,
                    "made_at": snapshot.made_at.isoformat(timespec="seconds"),
                    "database": problem or "whole",
                    "audit_entries": entries,
                    "quitclaims": len(view.consent.all_current()),
                    "erased_again": erased,
                    **self._contents(restored, view, snapshot, full=full),
                }
        finally:
            store.close()

    def _audit(self, view: View, now: datetime) -> int:
        """Walk the chain of the backup, and find its head in the living one."""
        checked = verify(view.audit.entries())
        with self._live.store.look(by=WORKER, to=Permission.DUTY_RUN, now=now) as live:
            continued = verify(live.audit.entries(), checked.head)
        if not checked.whole or not continued.whole:
            raise Fault("drill:audit", "The audit log of the backup is not the safe's.", "Find out why.")
        return checked.entries

    def _contents(self, restored: Safe, view: View, snapshot: Snapshot, *, full: bool) -> dict[str, object]:
        photos = list(_photos(view))
        if not full:
            photos = secrets.SystemRandom().sample(photos, min(SAMPLE, len(photos)))
        documents = view.evidence.all()
        damaged: list[str] = []
        files = 0
        for names, batch in self._parts(view, photos, documents, full=full):
            self._repository.restore(snapshot.id, self._into, names)
            for thing, place, sha256, key in batch:
                files += 1
                if not _whole(restored, thing, place, sha256, key):
                    damaged.append(thing.partition("/")[0])
            if damaged and not full:
                break
        shown = self._fetch(restored, view, photos, damaged, snapshot)
        return {
            "photos": len(photos),
            "files": files,
            "documents": len(documents) if full else min(len(documents), SAMPLE),
            "damaged": sorted(set(damaged)),
            "pages": shown,
        }

    def _parts(
        self,
        view: View,
        photos: Sequence[PhotoId],
        documents: Sequence[tuple[EvidenceId, Evidence, bytes]],
        *,
        full: bool,
    ) -> Iterator[tuple[list[str], list[_Check]]]:
        """What to restore and check at a time, so that little room is needed: names in the backup, files."""
        wanted = documents if full else documents[:SAMPLE]
        checks: list[_Check] = [
            (f"{one}/document", kept.place, kept.sha256, self._ring_key(wrapped, one))
            for one, kept, wrapped in wanted
        ]
        for photo_id in photos:
            key = self._ring_key(view.photos.wrapped_key(photo_id), photo_id)
            for kind in view.photos.kinds(photo_id):
                kept = view.photos.kept(photo_id, kind)
                if kept is not None:
                    checks.append((about(photo_id, kind), kept.place, kept.sha256, key))
        for start in range(0, len(checks), _BATCH):
            batch = checks[start : start + _BATCH]
            yield [f"{self._shelf.files.name}/{place}" for _, place, _, _ in batch], batch

    def _ring_key(self, wrapped: bytes, thing: str) -> bytes:
        return self._open_ring(self._into / STAGE / self._shelf.keyring.name).unwrap(wrapped, thing)

    def _fetch(
        self,
        restored: Safe,
        view: View,
        photos: Sequence[PhotoId],
        damaged: Sequence[str],
        snapshot: Snapshot,
    ) -> str:
        """Have the pages show one of the photos that were checked."""
        for photo_id in photos:
            kept = view.photos.kept(photo_id, BlobKind.PROXY)
            if kept is not None and photo_id not in damaged:
                self._repository.restore(snapshot.id, self._into, [f"{self._shelf.files.name}/{kept.place}"])
                self._show(restored, photo_id)
                return photo_id
        return ""


def newest(repository: Repository) -> Snapshot:
    """The newest backup.

    Raises:
        Fault: when there is none.
    """
    found = repository.snapshots(TAG)
    if not found:
        raise Fault("backup:none", "There are no backups at this target.", "Check its address.")
    return found[-1]


def _photos(view: View) -> Iterator[PhotoId]:
    after: PhotoId | None = None
    while batch := view.photos.page(Filter(), after=after, limit=_BATCH):
        yield from (photo.id for photo in batch if photo.stage is not Stage.SET_ASIDE or photo.bytes)
        after = batch[-1].id


def _whole(restored: Safe, thing: str, place: str, sha256: str, key: bytes) -> bool:
    told = hashlib.sha256()
    try:
        for part in restored.blobs.stream(place, key=key, about=thing):
            told.update(part)
    except KluisError:
        return False
    return told.hexdigest() == sha256
