"""Taking photos in from a card, a folder or a browser: copied, encrypted, kept; nothing reported is lost.

The order of writes is the guarantee: the encrypted file first (synced and renamed), then its row, then
the bell. A file without a row is an orphan and is swept; a row without its file cannot come about.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from appliance.actions.bell import Bell
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.cards import CardId
from appliance.domain.collections import CollectionId
from appliance.domain.errors import Fault, KluisError, Mistake, Unreadable
from appliance.domain.photos import ImportId, ImportReport, Photo, PhotoId, ShootId, Stage
from appliance.domain.shares import ShareId
from appliance.sources.card_service import Mounted
from appliance.sources.folders import Candidate, open_candidate, photos_in, read_sidecar
from appliance.store.blobs import Blob
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.photos import BlobKind, Kept
from appliance.store.safe import Safe, about
from appliance.store.search import Filter

LARGEST_FILE = 600_000_000
LARGEST_SIDECAR = 4_000_000
UNKNOWN_TYPE = "application/octet-stream"  # until the decoder has looked at the content

Clock = Callable[[], datetime]


class Also(Protocol):
    """What is written with an upload's end, in the same transaction."""

    def __call__(self, tx: Transaction, *, kept: bool) -> None:
        """Kept: whether the safe has the file now."""


UPLOAD = ""  # the source of an import that a browser fills
_UPLOAD_LASTS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Mark:
    """By which a file is known again. place: id of its card or share. file: a hash of where it lies there."""

    place: str
    file: str


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What came of one file: the photo, whether the safe had it already, and the import's counts."""

    photo_id: PhotoId
    known: bool
    report: ImportReport


def start_import(
    safe: Safe,
    source: str,
    *,
    by: Actor,
    now: datetime,
    import_id: ImportId | None = None,
    shoot_id: ShootId | None = None,
    card_id: CardId | None = None,
    share_id: ShareId | None = None,
    collection_id: CollectionId | None = None,
    at_most: int | None = None,
) -> ImportReport:
    """Open an import, so that it can be watched and, after a crash, taken up again.

    import_id: for whoever locks the import before anybody can see it; else a fresh one. shoot_id: at
    which shoot its photos were taken. card_id: the card that the card service will mount for it. share_id:
    the share it comes from. collection_id: where its photos are put once they are examined. at_most: so many
    photos are taken in, spread over the folder.
    """
    report = ImportReport(
        import_id or ImportId(new_id()),
        source,
        started_at=now,
        finished_at=None,
        shoot_id=shoot_id,
        card_id=card_id,
        share_id=share_id,
        collection_id=collection_id,
        at_most=at_most,
    )
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=report.id) as tx:
        if shoot_id is not None:
            tx.shoots.get(shoot_id)
        tx.imports.begin(report)
        tx.record(Event("import:start", report.id))
    return report


def import_folder(
    safe: Safe,
    folder: Path,
    *,
    by: Actor,
    clock: Clock,
    bell: Bell,
    on_progress: Callable[[ImportReport], None] = lambda _report: None,
    shoot_id: ShootId | None = None,
) -> ImportReport:
    """Import all photos below a folder. Doing it twice adds nothing the second time.

    Raises:
        Mistake: when there is no such folder.
        Fault: when the card was pulled; what was reported stored is safe.
    """
    if not folder.is_dir():
        raise Mistake(
            "import:no_folder", "There is no such folder.", "Check the path, or that the card is in."
        )
    report = start_import(safe, str(folder), by=by, now=clock(), shoot_id=shoot_id)
    return carry_out(safe, report.id, by=by, clock=clock, bell=bell, on_progress=on_progress)


def carry_out(
    safe: Safe,
    import_id: ImportId,
    *,
    by: Actor,
    clock: Clock,
    bell: Bell,
    on_progress: Callable[[ImportReport], None] = lambda _report: None,
    card: Mounted | None = None,
) -> ImportReport:
    """Do, or take up again, an import that was opened. What it stored before counts as stored.

    card: what it is of; else its source is the folder. An import that is broken off from
    outside stays open, to be taken up.

    Raises:
        Fault: when the card was pulled or the disk is full; the report says so, and how far it came.
    """
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=clock(), on=import_id) as view:
        opened = view.imports.get(import_id)
    try:
        closed: list[None] = []
        folder, sign = (card.folder, card.sign) if card else (Path(opened.source), None)
        found = list(photos_in(folder, lambda: closed.append(None), sign))
        candidates = spread(found, opened.at_most)
        uncounted = _begin_counting(safe, opened, len(candidates), len(closed), by=by, now=clock())
        for candidate in candidates:
            on_progress(_take_candidate(safe, candidate, opened, uncounted, by=by, clock=clock, bell=bell))
    except KluisError as problem:
        close_import(safe, import_id, by=by, now=clock(), problem=problem.key)
        raise
    except Exception:
        close_import(safe, import_id, by=by, now=clock(), problem="import:broken")
        raise
    return close_import(safe, import_id, by=by, now=clock())


def spread(candidates: Sequence[Candidate], at_most: int | None) -> Sequence[Candidate]:
    """At most so many of them, evenly from first to last; the same ones each time."""
    if at_most is None or len(candidates) <= at_most:
        return candidates
    return [candidates[number * len(candidates) // at_most] for number in range(at_most)]


def _begin_counting(
    safe: Safe, opened: ImportReport, found: int, closed: int, *, by: Actor, now: datetime
) -> set[PhotoId]:
    """Count from the start. Returns what this import stored before a crash: each counts as stored once.

    closed: folders that cannot be read. Each counts as one that failed, for nobody knows what it holds.
    """
    fresh = replace(
        opened,
        found=found + closed,
        stored=0,
        known=0,
        failed=closed,
        bytes=0,
        finished_at=None,
        problem="",
    )
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=opened.id) as tx:
        tx.imports.replace(fresh)
        tx.record(Event("import:count", opened.id, detail=f"found={fresh.found}"))
        return set(tx.photos.of_import(opened.id))


def _take_candidate(
    safe: Safe,
    candidate: Candidate,
    opened: ImportReport,
    uncounted: set[PhotoId],
    *,
    by: Actor,
    clock: Clock,
    bell: Bell,
) -> ImportReport:
    """Take one file in; a file that cannot be kept is counted, and does not stop the rest."""
    import_id, card_id = opened.id, opened.card_id
    try:
        with open_candidate(candidate) as stream:
            arrival = _take_in(
                safe,
                candidate.name,
                stream,
                import_id,
                _sidecar_of(candidate),
                by=by,
                now=clock(),
                uncounted=uncounted,
                mark=Mark(card_id, candidate.mark) if card_id else None,
            )
    except Unreadable as problem:
        return _note_failure(safe, import_id, problem, by=by, now=clock())
    uncounted.discard(arrival.photo_id)
    if not arrival.known:
        bell.analyse(arrival.photo_id)
    return arrival.report


def import_upload(
    safe: Safe,
    name: str,
    stream: BinaryIO | Iterable[bytes],
    import_id: ImportId,
    *,
    by: Actor,
    now: datetime,
    bell: Bell,
    also: Also | None = None,
) -> PhotoId:
    """Take one file in that a browser sends, as part of an opened import. The id is of the photo kept.

    also: what is written in the same transaction, told whether the file was kept.

    Raises:
        Unreadable: when it is empty or larger than the limit; the import counts it as failed.
    """
    return _take_one(safe, name, stream, import_id, b"", by=by, now=now, bell=bell, also=also)


def import_shared(
    safe: Safe,
    name: str,
    data: bytes,
    sidecar: bytes,
    import_id: ImportId,
    mark: Mark,
    *,
    by: Actor,
    now: datetime,
    bell: Bell,
) -> PhotoId:
    """Take one file in that was read from a share. The id is of the photo kept.

    Raises:
        Unreadable: when it is empty or larger than the limit; the import counts it as failed.
    """
    return _take_one(safe, name, io.BytesIO(data), import_id, sidecar, by=by, now=now, bell=bell, mark=mark)


def _take_one(
    safe: Safe,
    name: str,
    stream: BinaryIO | Iterable[bytes],
    import_id: ImportId,
    sidecar: bytes,
    *,
    by: Actor,
    now: datetime,
    bell: Bell,
    mark: Mark | None = None,
    also: Also | None = None,
) -> PhotoId:
    """Take in one file of an import whose files were not counted before, and have it examined."""
    kept = None if also is None else partial(also, kept=True)
    failed = None if also is None else partial(also, kept=False)
    try:
        arrival = _take_in(
            safe, name, stream, import_id, sidecar, by=by, now=now, announced=False, mark=mark, also=kept
        )
    except Unreadable as problem:
        _note_failure(safe, import_id, problem, by=by, now=now, announced=False, also=failed)
        raise
    if not arrival.known:
        bell.analyse(arrival.photo_id)
    return arrival.photo_id


def _take_in(
    safe: Safe,
    name: str,
    stream: BinaryIO | Iterable[bytes],
    import_id: ImportId,
    sidecar: bytes,
    *,
    by: Actor,
    now: datetime,
    announced: bool = True,
    uncounted: AbstractSet[PhotoId] = frozenset(),
    mark: Mark | None = None,
    also: Callable[[Transaction], None] | None = None,
) -> _Arrival:
    """Encrypt one file, then write its row and the import's count in one transaction.

    mark: by which the file is known again on its card or share. also: what is written in that transaction
    too. A file that was deleted as a duplicate is not kept again.
    """
    photo_id = PhotoId(new_id())
    key = safe.ring.new_data_key(photo_id)
    original = safe.blobs.write(
        stream, key=key.plain, about=about(photo_id, BlobKind.ORIGINAL), limit=LARGEST_FILE
    )
    kept = [Kept(BlobKind.ORIGINAL, original.place, original.bytes, original.sha256)]
    if sidecar:
        kept.append(safe.keep(photo_id, BlobKind.SIDECAR, sidecar, key.plain))
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=photo_id) as tx:
        opened = tx.imports.get(import_id)
        known = tx.photos.find_by_sha256(original.sha256)
        refused = None if known else tx.duplicates.blocked(original.sha256)
        if refused is not None:
            tx.record(Event("photo:blocked", refused, detail=f"import={import_id}"))
        elif known is None:
            _require_kept(safe, kept)
            tx.photos.add(_new_photo(photo_id, opened, name, original, now), key.wrapped, kept)
            tx.record(Event("photo:import", photo_id, detail=f"import={import_id}"))
        else:
            tx.record(Event("photo:known", known, detail=f"import={import_id}"))
        known = known or refused
        ours = known is None or (known in uncounted and refused is None)
        report = _counted(opened, original.bytes, ours=ours, announced=announced)
        tx.imports.replace(report)
        if mark is not None:
            tx.taken_files.add(mark.place, mark.file)
        if also is not None:
            also(tx)
    if known is not None:
        for row in kept:
            safe.blobs.delete(row.place)
    return _Arrival(known or photo_id, known is not None, report)


def _counted(report: ImportReport, size: int, *, ours: bool, announced: bool) -> ImportReport:
    """The report with one more file in it. `ours`: this import stored it, now or before a crash."""
    return replace(
        report,
        found=report.found + (not announced),
        stored=report.stored + ours,
        known=report.known + (not ours),
        bytes=report.bytes + (size if ours else 0),
    )


def _new_photo(photo_id: PhotoId, opened: ImportReport, name: str, original: Blob, now: datetime) -> Photo:
    return Photo(
        id=photo_id,
        import_id=opened.id,
        shoot_id=opened.shoot_id,
        name=name,
        sha256=original.sha256,
        bytes=original.bytes,
        media_type=UNKNOWN_TYPE,
        stage=Stage.STORED,
        arrived_at=now,
    )


def _require_kept(safe: Safe, kept: Sequence[Kept]) -> None:
    """The sweep takes files for orphans by their time, and clocks jump; under the write lock it is certain.

    Raises:
        Fault: when a file went before its row could be written; the photo is not reported.
    """
    if not all(safe.blobs.has(row.place) for row in kept):
        raise Fault("store:swept", "A file went before it was noted.", "Import it again.")


def _sidecar_of(candidate: Candidate) -> bytes:
    """The first sidecar that holds something; a broken one never costs the photo."""
    sidecars = (read_sidecar(path, LARGEST_SIDECAR, candidate.medium) for path in candidate.sidecars)
    return next(filter(None, sidecars), b"")


def _note_failure(
    safe: Safe,
    import_id: ImportId,
    problem: KluisError,
    *,
    by: Actor,
    now: datetime,
    announced: bool = True,
    also: Callable[[Transaction], None] | None = None,
) -> ImportReport:
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=import_id) as tx:
        before = tx.imports.get(import_id)
        report = replace(before, found=before.found + (not announced), failed=before.failed + 1)
        tx.imports.replace(report)
        tx.record(Event("photo:unreadable", import_id, detail=problem.key))
        if also is not None:
            also(tx)
    return report


def close_import(
    safe: Safe, import_id: ImportId, *, by: Actor, now: datetime, problem: str = ""
) -> ImportReport:
    """Close an import. problem: the key of what broke it off; empty when it came to its end."""
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=import_id) as tx:
        closed = replace(tx.imports.get(import_id), finished_at=now, problem=problem)
        tx.imports.replace(closed)
        tx.uploads.forget(import_id)
        tx.record(Event("import:finish", import_id, detail=f"{_counts(closed)} {problem}".strip()))
    return closed


def unfinished(safe: Safe, *, by: Actor, now: datetime) -> tuple[ImportReport, ...]:
    """Imports of cards and folders that were asked for or broken off by a crash, to be taken up."""
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now) as view:
        return tuple(r for r in view.imports.open() if r.source and r.share_id is None)


def abandoned(safe: Safe, *, by: Actor, now: datetime) -> tuple[ImportReport, ...]:
    """Uploads whose browser went away, and looks at shares that a crash broke off: to be closed."""
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now) as view:
        return tuple(
            report
            for report in view.imports.open()
            if (not report.source or report.share_id is not None)
            and now - report.started_at > _UPLOAD_LASTS
            and not view.uploads.touched_since(report.id, now - _UPLOAD_LASTS)
        )


def _counts(report: ImportReport) -> str:
    return f"found={report.found} stored={report.stored} known={report.known} failed={report.failed}"


def imports(safe: Safe, *, by: Actor, now: datetime, limit: int = 50) -> tuple[ImportReport, ...]:
    """The latest imports, newest first."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return tuple(view.imports.recent(limit))


def import_report(safe: Safe, import_id: ImportId, *, by: Actor, now: datetime) -> ImportReport:
    """How an import stands."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now, on=import_id) as view:
        return view.imports.get(import_id)


def file_problems(safe: Safe, import_id: ImportId, *, by: Actor, now: datetime) -> tuple[Photo, ...]:
    """The photos of an import that were set aside; `set_aside_for` says why."""
    wanted = Filter(import_id=import_id, stage=Stage.SET_ASIDE)
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now, on=import_id) as view:
        return tuple(view.photos.page(wanted, after=None, limit=500))


def unexamined(safe: Safe, *, by: Actor, now: datetime, import_id: ImportId | None = None) -> int:
    """How many photos are still to be examined: of one import, or of all."""
    wanted = Filter(import_id=import_id, stage=Stage.STORED)
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return view.photos.count(wanted)


def sweep_files(safe: Safe, *, now: datetime) -> int:
    """Delete files that a crash left without a row. Returns how many.

    What looks like an orphan is looked up again under the write lock, where no row can be on its way.
    """
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        orphans = safe.blobs.orphans(view.photos.known_places())
    if not orphans:
        return 0
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as tx:
        orphans -= tx.photos.known_places()
        for place in orphans:
            safe.blobs.delete(place)
        tx.record(Event("file:sweep", detail=f"files={len(orphans)}"))
    return len(orphans)
