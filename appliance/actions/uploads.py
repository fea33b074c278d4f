"""Files that a browser sends in parts: each part is encrypted and on the disk before it is acknowledged.

A file that comes in one part goes straight into the safe. Of a larger one the parts wait, encrypted under a
key of their own, until the last is there; then they become one photo, and are gone.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import BinaryIO

from appliance.actions.bell import Bell
from appliance.actions.intake import LARGEST_FILE, UPLOAD, close_import, import_upload
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake, Unreadable
from appliance.domain.photos import ImportId, ImportReport, PhotoId
from appliance.domain.uploads import (
    MOST_FILES,
    MOST_OPEN,
    ROOM,
    SentFile,
    Upload,
    UploadId,
    UploadState,
    require_place,
)
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.safe import Safe
from appliance.store.uploads import Part


def begin_upload(safe: Safe, import_id: ImportId, file: SentFile, *, by: Actor, now: datetime) -> Upload:
    """Announce a file. One that this import knows already is given back as it stands, not sent twice.

    Raises:
        Mistake: when the import is closed, the limits are reached, or the file is too large.
    """
    upload_id = UploadId(new_id())
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=import_id) as tx:
        _require_open(tx, import_id)
        tx.record(Event("upload:begin", upload_id, detail=f"import={import_id}"))
        known = tx.uploads.find(import_id, file)
        if known is not None and known.begun_by == by.id:
            return known
        _require_within_limits(safe, tx, import_id, file)
        upload = Upload(upload_id, import_id, by.id, file, 0, UploadState.OPEN, now)
        tx.uploads.add(upload, safe.ring.new_data_key(upload_id).wrapped)
    return upload


def _require_open(view: View, import_id: ImportId) -> None:
    opened = view.imports.get(import_id)
    if opened.source != UPLOAD or opened.finished_at is not None:
        raise Mistake("upload:closed", "This import takes no more files.", "Choose the files again.")


def _require_within_limits(safe: Safe, view: View, import_id: ImportId, file: SentFile) -> None:
    if not 0 <= file.bytes <= LARGEST_FILE:
        raise Mistake("upload:too_large", "The file is larger than is allowed.", "Make it smaller first.")
    if view.uploads.count(import_id) >= MOST_FILES:
        raise Mistake(
            "upload:too_many", "That is too many files for one import.", "Send the rest as another import."
        )
    if view.uploads.count(import_id, UploadState.OPEN) >= MOST_OPEN:
        raise Mistake(
            "upload:too_many_open", "Too many files are on their way.", "Send the ones that were begun first."
        )
    if safe.blobs.room() < file.bytes + ROOM:
        raise Mistake("upload:no_room", "The disk of the box is nearly full.", "Make room first.")


def send_whole(
    safe: Safe,
    import_id: ImportId,
    file: SentFile,
    stream: BinaryIO,
    *,
    by: Actor,
    now: datetime,
    bell: Bell,
) -> PhotoId:
    """Take a file that a program sends in one go. The same bytes give the same photo each time.

    Raises:
        Mistake: when the import is closed or somebody else's limits are reached, or the connection broke.
        Unreadable: when the file cannot be kept; the import counts it as failed.
    """
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=import_id) as view:
        _require_open(view, import_id)
        _require_within_limits(safe, view, import_id, file)
    parts = _exactly(stream, file.bytes)
    return import_upload(safe, file.name, parts, import_id, by=by, now=now, bell=bell)


def upload(safe: Safe, upload_id: UploadId, *, by: Actor, now: datetime) -> Upload:
    """How far a file is.

    Raises:
        Mistake: when there is none, or somebody else sends it.
    """
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=upload_id) as view:
        return _own(view, upload_id, by)


def uploads(safe: Safe, import_id: ImportId, *, by: Actor, now: datetime) -> tuple[Upload, ...]:
    """The files of an import that one sends oneself, to go on with them after a reload."""
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=import_id) as view:
        view.imports.get(import_id)
        return tuple(one for one in view.uploads.of_import(import_id) if one.begun_by == by.id)


def broken_off(safe: Safe, *, by: Actor, now: datetime) -> tuple[tuple[ImportReport, int], ...]:
    """One's own uploads that were not finished, newest first, with how many files of each are in the safe."""
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now) as view:
        return tuple((view.imports.get(one), kept) for one, kept in view.uploads.begun_by(by.id).items())


def receive(
    safe: Safe,
    upload_id: UploadId,
    offset: int,
    length: int,
    stream: BinaryIO,
    *,
    by: Actor,
    now: datetime,
    bell: Bell,
) -> Upload:
    """Take the next part of a file; with the last one the file becomes a photo.

    offset: at which byte of the file it begins. length: bytes that the stream must give.

    Raises:
        Mistake: when it does not go on where the file ends, or broke off; nothing of it is kept then.
        Unreadable: when the file cannot be kept; the import counts it as failed.
    """
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=upload_id) as view:
        known = _own(view, upload_id, by)
        require_place(known, offset, length)
    if length == known.file.bytes:
        _keep(safe, known, _exactly(stream, length), by=by, now=now, bell=bell)
    else:
        known = _take_part(safe, known, _exactly(stream, length), by=by, now=now)
        if known.whole:
            _put_together(safe, known, by=by, now=now, bell=bell)
    return upload(safe, upload_id, by=by, now=now)


def _own(view: View, upload_id: UploadId, by: Actor) -> Upload:
    found = view.uploads.get(upload_id)
    if found.begun_by != by.id:
        raise Mistake("upload:unknown", "There is no such upload.", "Choose the files again.")
    return found


def _exactly(stream: BinaryIO, length: int) -> Iterator[bytes]:
    """The bytes of a part. A connection that broke gives fewer, and then none of them count."""
    left = length
    while left and (part := stream.read(min(left, 1 << 20))):
        left -= len(part)
        yield part
    if left:
        raise Mistake("upload:broke_off", "The connection broke.", "Go on from what has arrived.")


def _take_part(safe: Safe, known: Upload, source: Iterator[bytes], *, by: Actor, now: datetime) -> Upload:
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=known.id) as view:
        number = len(view.uploads.parts(known.id))
        key = _key(safe, view, known.id)
    blob = safe.blobs.write(source, key=key, about=_about(known.id, number))
    try:
        with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=known.id) as tx:
            require_place(tx.uploads.get(known.id), known.received, blob.bytes)
            tx.uploads.add_part(known, Part(number, blob.place, blob.bytes), now)
            tx.record(Event("upload:receive", known.id, detail=f"bytes={blob.bytes}"))
            return tx.uploads.get(known.id)
    except Mistake:
        safe.blobs.delete(blob.place)
        raise


def _put_together(safe: Safe, known: Upload, *, by: Actor, now: datetime, bell: Bell) -> None:
    """Make one photo of the parts; what a crash left whole is put together when the import is closed."""
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=known.id) as view:
        parts = view.uploads.parts(known.id)
        key = _key(safe, view, known.id)
    whole = (
        data
        for part in parts
        for data in safe.blobs.stream(part.place, key=key, about=_about(known.id, part.number))
    )
    try:
        _keep(safe, known, whole, by=by, now=now, bell=bell)
    finally:
        _delete_what_is_done(safe, known.id, parts, by=by, now=now)


def _delete_what_is_done(
    safe: Safe, upload_id: UploadId, parts: list[Part], *, by: Actor, now: datetime
) -> None:
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=upload_id) as view:
        still = {part.place for part in view.uploads.parts(upload_id)}
    for part in parts:
        if part.place not in still:
            safe.blobs.delete(part.place)


def _keep(
    safe: Safe, known: Upload, source: Iterator[bytes], *, by: Actor, now: datetime, bell: Bell
) -> None:
    also = partial(_end, upload_id=known.id)
    import_upload(safe, known.file.name, source, known.import_id, by=by, now=now, bell=bell, also=also)


def _end(tx: Transaction, *, kept: bool, upload_id: UploadId) -> None:
    if tx.uploads.get(upload_id).state is not UploadState.OPEN:
        raise Mistake(
            "upload:offset",
            "This part does not go on where the file ends so far.",
            "Ask how much of it has arrived, and go on from there.",
        )
    tx.uploads.end(upload_id, UploadState.KEPT if kept else UploadState.FAILED, tx.now)


def _key(safe: Safe, view: View, upload_id: UploadId) -> bytes:
    return safe.ring.unwrap(view.uploads.wrapped_key(upload_id), upload_id)


def _about(upload_id: UploadId, number: int) -> str:
    return f"{upload_id}/part-{number}"


def drop_upload(safe: Safe, upload_id: UploadId, *, by: Actor, now: datetime) -> None:
    """Give a file up: what arrived of it is deleted."""
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=upload_id) as tx:
        known = _own(tx, upload_id, by)
        parts = tx.uploads.parts(known.id)
        tx.uploads.remove(known.id)
        tx.record(Event("upload:drop", upload_id))
    for part in parts:
        safe.blobs.delete(part.place)


def finish_upload(safe: Safe, import_id: ImportId, *, by: Actor, now: datetime, bell: Bell) -> ImportReport:
    """Close an import that a browser filled. What did not arrive whole is counted as failed."""
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=import_id) as view:
        begun = [one for one in view.uploads.of_import(import_id) if one.state is UploadState.OPEN]
    for known in begun:
        if known.whole and known.received:
            _put_together(safe, known, by=by, now=now, bell=bell)
        else:
            _give_up(safe, known, by=by, now=now, bell=bell)
    return close_import(safe, import_id, by=by, now=now)


def _give_up(safe: Safe, known: Upload, *, by: Actor, now: datetime, bell: Bell) -> None:
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=known.id) as view:
        parts = view.uploads.parts(known.id)
    try:
        _keep(safe, known, map(_incomplete, [known]), by=by, now=now, bell=bell)
    except Unreadable:
        _delete_what_is_done(safe, known.id, parts, by=by, now=now)


def _incomplete(_upload: Upload) -> bytes:
    raise Unreadable("photo:incomplete", "Only a part of the file arrived.", "Send it again.")
