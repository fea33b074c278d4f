"""Shares and folders: set by an administrator, and looked at by the box, which takes in what is whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.actions.bell import Bell
from appliance.actions.intake import (
    LARGEST_FILE,
    LARGEST_SIDECAR,
    Clock,
    Mark,
    close_import,
    import_shared,
    start_import,
)
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import KluisError, Mistake, Unreadable
from appliance.domain.photos import ImportReport
from appliance.domain.shares import After, Share, ShareId, require_sensible
from appliance.imaging.decode import Decoder
from appliance.sources.shares import SharedFile, Source, connected
from appliance.sources.stillness import Stillness
from appliance.store.ids import new_id
from appliance.store.safe import Safe
from appliance.store.shares import Look

__all__ = ["Look", "Stillness"]

_ENOUGH_TO_DECODE = 256  # pixels of the long side: it is only asked whether it is whole
_AT_ONCE = 500  # files taken in at one look


def shares(safe: Safe, *, by: Actor, now: datetime) -> tuple[tuple[Share, Look], ...]:
    """Every share with what was found last; passwords are left out."""
    with safe.store.look(by=by, to=Permission.SETTING_EDIT, now=now) as view:
        return tuple((replace(share, password=""), look) for share, look in view.shares.all())


def put_share(safe: Safe, share: Share, *, by: Actor, now: datetime) -> Share:
    """Add a share, or change it. An empty password keeps the one that was given for the same place and user.

    Raises:
        Mistake: naming what to mend.
    """
    with safe.store.begin(by=by, to=Permission.SETTING_EDIT, now=now, on=share.id) as tx:
        before = next((one for one, _ in tx.shares.all() if one.id == share.id), None)
        if before and not share.password and (before.place, before.user) == (share.place, share.user):
            share = replace(share, password=before.password)
        require_sensible(share)
        if tx.shares.named(share.name) not in (None, share.id):
            raise Mistake("share:name_taken", "Another share has that name.", "Choose another.")
        if share.shoot_id is not None:
            tx.shoots.get(share.shoot_id)
        if share.collection_id is not None:
            tx.collections.get(share.collection_id)
        if before and before.place != share.place:
            tx.taken_files.forget(share.id)
        tx.shares.put(share)
        rule = f"smb={share.smb is not None} after={share.after} active={share.active}"
        if share.collection_id is not None:
            rule += f" collection={share.collection_id}"
        tx.record(Event("share:put", share.id, detail=rule))
    return share


def new_share_id() -> ShareId:
    """An id for a share to be added."""
    return ShareId(new_id())


def remove_share(safe: Safe, share_id: ShareId, *, by: Actor, now: datetime) -> None:
    """Forget a share with its password. Photos that came from it stay.

    Raises:
        Mistake: when there is none of that id.
    """
    with safe.store.begin(by=by, to=Permission.SETTING_EDIT, now=now, on=share_id) as tx:
        tx.shares.get(share_id)
        tx.shares.delete(share_id)
        tx.taken_files.forget(share_id)
        tx.record(Event("share:remove", share_id))


def try_share(safe: Safe, share_id: ShareId, *, by: Actor, now: datetime) -> int:
    """Connect now, and count the files that may be photos.

    Raises:
        Mistake, Fault: when that does not work, with what to mend.
    """
    with safe.store.begin(by=by, to=Permission.SETTING_EDIT, now=now, on=share_id) as tx:
        share = tx.shares.get(share_id)
        tx.record(Event("share:try", share_id))
    with connected(share) as source:
        return len(source.files())


def active_shares(safe: Safe, *, now: datetime) -> tuple[Share, ...]:
    """The shares that are looked at, for the watch."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_IMPORT, now=now) as view:
        return tuple(share for share, _ in view.shares.all() if share.active)


def look_at(
    safe: Safe,
    decoder: Decoder,
    share: Share,
    stillness: Stillness,
    *,
    clock: Clock,
    at: float,
    bell: Bell,
) -> Look:
    """Look at a share once: take in what has been still and is a whole photo, and put aside what is in.

    at: seconds of a monotonic clock. What goes wrong with the share is noted with it, and comes back in the
    answer; what goes wrong with one file leaves the rest.
    """
    try:
        with connected(share) as source:
            look = _Looking(safe, decoder, share, stillness, source, clock, bell).take(source.files(), at)
    except KluisError as problem:
        look = Look(clock(), problem.key)
    _note(safe, share, look, now=clock())
    return look


def _note(safe: Safe, share: Share, look: Look, *, now: datetime) -> None:
    """Keep what was found when it is news: there is a look every few seconds."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_IMPORT, now=now, on=share.id) as view:
        before = next((found for one, found in view.shares.all() if one.id == share.id), look)
    if before.at is not None and replace(before, at=look.at) == look:
        return
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_IMPORT, now=now, on=share.id) as tx:
        tx.shares.note(share.id, look)
        detail = look.problem or f"waiting={look.waiting} refused={look.refused}"
        tx.record(Event("share:look", share.id, detail=detail))


@dataclass(frozen=True, slots=True)
class _Looking:
    """One look at one share, with its equipment."""

    safe: Safe
    decoder: Decoder
    share: Share
    stillness: Stillness
    source: Source
    clock: Clock
    bell: Bell

    def take(self, files: Sequence[SharedFile], at: float) -> Look:
        """Take in what is whole. Returns what was found."""
        fresh = self._fresh(files)
        if self.share.after is After.MOVE:  # what a crash left between taking it in and moving it
            for file in files:
                if file.mark not in fresh:
                    self.source.put_aside(file)
        coming = {file.path: file for file in files if file.mark in fresh}
        still = self.stillness.still({path: file.state for path, file in coming.items()}, at)
        taken = self._take_in([coming[path] for path in still[:_AT_ONCE]])
        refused = self.stillness.refused
        return Look(self.clock(), waiting=len(coming) - taken - refused, refused=refused)

    def _fresh(self, files: Sequence[SharedFile]) -> set[str]:
        with self.safe.store.look(by=WORKER, to=Permission.PHOTO_IMPORT, now=self.clock()) as view:
            return view.taken_files.new(self.share.id, [file.mark for file in files])

    def _take_in(self, files: Sequence[SharedFile]) -> int:
        """Take these in, as one import; none is opened when none of them is whole. Returns how many."""
        report: ImportReport | None = None
        taken = 0
        try:
            for file in files:
                found = self._whole(file)
                if found is not None:
                    report = report or self._begin()
                    taken += self._keep(file, *found, report)
        finally:
            if report is not None:
                close_import(self.safe, report.id, by=WORKER, now=self.clock())
        return taken

    def _begin(self) -> ImportReport:
        share = self.share  # what a crash leaves undone is found at the next look
        return start_import(
            self.safe,
            share.name,
            by=WORKER,
            now=self.clock(),
            shoot_id=share.shoot_id,
            share_id=share.id,
            collection_id=share.collection_id,
        )

    def _whole(self, file: SharedFile) -> tuple[bytes, bytes] | None:
        """The bytes of a file and its sidecar; None when it is no whole photo, until it changes."""
        try:
            data = self.source.read(file.path, LARGEST_FILE)
        except Unreadable:
            return None  # somebody may have it open still; it is tried at each look
        if len(data) != file.bytes:
            return None  # it has just changed
        try:
            self.decoder.decode(data, at_least=_ENOUGH_TO_DECODE)
        except Unreadable:
            self.stillness.refuse(file.path)
            return None
        return data, self._sidecar(file)

    def _sidecar(self, file: SharedFile) -> bytes:
        for path in file.sidecars:
            try:
                if data := self.source.read(path, LARGEST_SIDECAR):
                    return data
            except Unreadable:
                continue  # a broken one never costs the photo
        return b""

    def _keep(self, file: SharedFile, data: bytes, sidecar: bytes, report: ImportReport) -> bool:
        mark = Mark(self.share.id, file.mark)
        try:
            import_shared(
                self.safe,
                file.name,
                data,
                sidecar,
                report.id,
                mark,
                by=WORKER,
                now=self.clock(),
                bell=self.bell,
            )
        except Unreadable:
            self.stillness.refuse(file.path)
            return False
        if self.share.after is After.MOVE:
            self.source.put_aside(file)
        return True
