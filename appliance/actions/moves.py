"""Moving an archive in: counted, tried with some photos, then all of it; each step can be taken up again."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from appliance.actions.bell import Bell
from appliance.actions.intake import spread, start_import
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import KluisError, Mistake, Unreadable
from appliance.domain.moves import (
    LOOKED_AT,
    TRIED,
    Inventory,
    Move,
    MoveId,
    MoveStage,
    Outcome,
    require_stage,
    sensible_number,
)
from appliance.domain.photos import ImportId, ShootId
from appliance.imaging.decode import Decoder
from appliance.sources.folders import Candidate, open_candidate
from appliance.sources.trees import Tree, hashes, sizes_that_repeat, tree
from appliance.store.database import View
from appliance.store.ids import new_id
from appliance.store.safe import Safe
from appliance.vision.analyser import FaceAnalyser

_LONG_SIDE = 1440  # as photos are examined
_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class MoveView:
    """An archive with what came of its trial, and of all of it."""

    move: Move
    trial: Outcome | None
    whole: Outcome | None


def start_move(
    safe: Safe, folder: Path, *, by: Actor, now: datetime, bell: Bell, looked_at: int = LOOKED_AT
) -> Move:
    """Note that an archive is to be moved in; the worker counts it. Nothing is copied yet.

    looked_at: how many of its photos are opened, to count faces and missing dates.

    Raises:
        Mistake: when there is no such folder.
    """
    if not folder.is_dir():
        raise Mistake(
            "import:no_folder", "There is no such folder.", "Check the path, or that the card is in."
        )
    sensible_number(looked_at)
    move = Move(MoveId(new_id()), str(folder), by.id, now, MoveStage.COUNTING, looked_at)
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=move.id) as tx:
        tx.moves.add(move)
        tx.record(Event("move:start", move.id))
    bell.count(move.id)
    return move


def to_count(safe: Safe, *, now: datetime) -> list[MoveId]:
    """Archives that wait to be counted."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_IMPORT, now=now) as view:
        return view.moves.to_count()


def count(
    safe: Safe,
    decoder: Decoder,
    analyser: FaceAnalyser,
    move_id: MoveId,
    *,
    by: Actor,
    clock: Callable[[], datetime],
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Move:
    """Count what lies in an archive. May be done again after a crash: it keeps nothing but the numbers.

    Raises:
        Fault: when the folder cannot be read; the archive is then stopped, with the reason.
    """
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=clock(), on=move_id) as view:
        move = view.moves.get(move_id)
        sizes = view.moves.sizes()
    if move.stage is not MoveStage.COUNTING:
        return move
    try:
        found = tree(Path(move.folder))
        chosen = spread(found.photos, move.looked_at)
        looked = _look_at(decoder, analyser, chosen, on_progress)
        inventory = _counted(safe, found, sizes, looked, by=by, now=clock())
    except KluisError as problem:
        _write(safe, replace(move, stage=MoveStage.STOPPED, problem=problem.key), "move:stop", by, clock())
        raise
    move = replace(move, stage=MoveStage.COUNTED, inventory=inventory, problem="")
    _write(safe, move, "move:count", by, clock())
    return move


def _write(safe: Safe, move: Move, action: str, by: Actor, now: datetime) -> None:
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=move.id) as tx:
        tx.moves.replace(move)
        if action == "move:stop":
            tx.record(Event("move:stop", move.id, detail=move.problem))
        else:
            tx.record(Event("move:count", move.id))


def _counted(
    safe: Safe, found: Tree, sizes: set[int], looked: Inventory, *, by: Actor, now: datetime
) -> Inventory:
    """Of all files: how many there are of each kind, and which of them would not come in anew."""
    marks = list(hashes(found.photos, sizes | sizes_that_repeat(found.photos)))
    once = set(marks)
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now) as view:
        known = sum(_is_known(view, mark) for mark in once)
    return replace(
        looked,
        folders=found.folders,
        photos=len(found.photos),
        bytes=sum(one.bytes for one in found.photos),
        formats=found.formats,
        others=found.others,
        sidecars=sum(bool(one.sidecars) for one in found.photos),
        repeated=len(marks) - len(once),
        known=known,
    )


def _is_known(view: View, sha256: str) -> bool:
    return view.photos.find_by_sha256(sha256) is not None or view.duplicates.blocked(sha256) is not None


def _look_at(
    decoder: Decoder,
    analyser: FaceAnalyser,
    chosen: Sequence[Candidate],
    on_progress: Callable[[int, int], None],
) -> Inventory:
    """Open some photos. Faces are found and counted; none is measured, and no picture is kept."""
    seen = Inventory()
    before = time.monotonic()
    for number, one in enumerate(chosen, start=1):
        seen = _with_one_more(seen, decoder, analyser, one)
        on_progress(number, len(chosen))
    return replace(seen, looked_at=len(chosen), seconds=round(time.monotonic() - before, 3))


def _with_one_more(seen: Inventory, decoder: Decoder, analyser: FaceAnalyser, one: Candidate) -> Inventory:
    try:
        with open_candidate(one) as stream:
            decoded = decoder.decode(iter(lambda: stream.read(_PART), b""), at_least=_LONG_SIDE)
    except Unreadable:
        return replace(seen, unreadable=seen.unreadable + 1)
    faces = len(analyser.find(decoded.pixels))
    return replace(
        seen,
        faces=seen.faces + faces,
        faceless=seen.faceless + (not faces),
        undated=seen.undated + (decoded.capture.taken_at is None),
    )


def count_again(safe: Safe, move_id: MoveId, *, by: Actor, now: datetime, bell: Bell) -> None:
    """Count an archive anew: it changed, or counting was stopped."""
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=move_id) as tx:
        move = standing(tx, tx.moves.get(move_id))
        require_stage(move, MoveStage.COUNTED, MoveStage.TRIED, MoveStage.STOPPED, MoveStage.MOVED)
        tx.moves.replace(replace(move, stage=MoveStage.COUNTING, inventory=None, problem=""))
        tx.record(Event("move:start", move_id, detail="again"))
    bell.count(move_id)


def try_some(
    safe: Safe,
    move_id: MoveId,
    *,
    by: Actor,
    now: datetime,
    bell: Bell,
    photos: int = TRIED,
    import_id: ImportId | None = None,
    shoot_id: ShootId | None = None,
) -> ImportId:
    """Take some photos in, spread over the archive, to see what becomes of them before all come.

    import_id: for whoever locks the import before the worker can see it.
    """
    sensible_number(photos)
    move = _ready(safe, move_id, by, now, MoveStage.COUNTED, MoveStage.TRIED)
    report = start_import(
        safe, move.folder, by=by, now=now, import_id=import_id, shoot_id=shoot_id, at_most=photos
    )
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=move_id) as tx:
        tx.moves.replace(replace(move, stage=MoveStage.TRYING, trial_import=report.id))
        tx.record(Event("move:try", move_id, detail=f"import={report.id} photos={photos}"))
    bell.take_in(report.id)
    return report.id


def move_all(
    safe: Safe,
    move_id: MoveId,
    *,
    by: Actor,
    now: datetime,
    bell: Bell,
    import_id: ImportId | None = None,
    shoot_id: ShootId | None = None,
) -> ImportId:
    """Take all of an archive in; what came with the trial is known by then. Broken off, it is taken up again.

    Raises:
        Mistake: when nothing of it was tried yet.
    """
    move = _ready(safe, move_id, by, now, MoveStage.TRIED, MoveStage.MOVED)
    report = start_import(safe, move.folder, by=by, now=now, import_id=import_id, shoot_id=shoot_id)
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now, on=move_id) as tx:
        tx.moves.replace(replace(move, stage=MoveStage.MOVING, whole_import=report.id))
        tx.record(Event("move:all", move_id, detail=f"import={report.id}"))
    bell.take_in(report.id)
    return report.id


def _ready(safe: Safe, move_id: MoveId, by: Actor, now: datetime, *stages: MoveStage) -> Move:
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=move_id) as view:
        move = standing(view, view.moves.get(move_id))
    require_stage(move, *stages)
    return move


def standing(view: View, move: Move) -> Move:
    """The archive as it stands: its trial, or all of it, is done as soon as its import is."""
    running = {MoveStage.TRYING: move.trial_import, MoveStage.MOVING: move.whole_import}.get(move.stage)
    if running is None or not view.moves.outcome(running).finished:
        return move
    done = MoveStage.TRIED if move.stage is MoveStage.TRYING else MoveStage.MOVED
    return replace(move, stage=done)


def moves(safe: Safe, *, by: Actor, now: datetime) -> tuple[Move, ...]:
    """The archives so far, newest first."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return tuple(standing(view, move) for move in view.moves.all())


def move_view(safe: Safe, move_id: MoveId, *, by: Actor, now: datetime) -> MoveView:
    """One archive with its report."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now, on=move_id) as view:
        move = standing(view, view.moves.get(move_id))
        trial, whole = (
            None if one is None else view.moves.outcome(one) for one in (move.trial_import, move.whole_import)
        )
    return MoveView(move, trial, whole)
