"""An archive is counted, tried and taken in; broken off at any step, it goes on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.actions import intake
from appliance.actions.moves import (
    count,
    count_again,
    move_all,
    move_view,
    moves,
    start_move,
    to_count,
    try_some,
)
from appliance.domain.access import OPERATOR, WORKER
from appliance.domain.errors import Fault, Mistake
from appliance.domain.moves import Inventory, Move, MoveId, MoveStage, Outcome
from appliance.domain.photos import ImportId
from appliance.sources.trees import tree
from appliance.wiring import Box
from tests.actions.scene import EDITOR, examine, files_on_disk, fill, picture, rows, take

ARCHIVE: Mapping[str, bytes] = {
    **{f"2019/{n:02}.JPG": picture(200 + n) for n in range(6)},
    "2019/00.xmp": b"<x:xmpmeta/>",
    "2020/again.jpg": picture(200),
    "2020/broken.jpeg": b"\xff\xd8\xff no photo",
    "2020/list.xlsx": b"names",
    "2020/film.mov": b"film",
    ".hidden/x.jpg": picture(1),
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return fill(tmp_path / "archive", ARCHIVE)


def begun(box: Box, folder: Path) -> Move:
    return start_move(box.safe, folder, by=EDITOR, now=box.now(), bell=box.bell)


def counted(box: Box, folder: Path) -> Move:
    move = begun(box, folder)
    return count(box.safe, box.decoder, box.analyser, move.id, by=WORKER, clock=box.clock)


def carried_out(box: Box, import_id: ImportId) -> None:
    intake.carry_out(box.safe, import_id, by=WORKER, clock=box.clock, bell=box.bell)


def seen(box: Box, move: Move) -> Move:
    return move_view(box.safe, move.id, by=EDITOR, now=box.now()).move


def test_an_archive_is_counted_and_nothing_is_copied(photo_box: Box, archive: Path, tmp_path: Path) -> None:
    box = photo_box
    take(box, fill(tmp_path / "before", {"in the safe.jpg": picture(203)}))
    before, there = files_on_disk(box), tree(archive)
    assert to_count(box.safe, now=box.now()) == []
    move = begun(box, archive)
    assert to_count(box.safe, now=box.now()) == [move.id]
    found = count(box.safe, box.decoder, box.analyser, move.id, by=WORKER, clock=box.clock).inventory
    assert found is not None
    assert (found.folders, found.photos, found.sidecars) == (3, 8, 1)
    assert found.formats == {"jpg": 7, "jpeg": 1}
    assert found.others == {"xlsx": 1, "mov": 1}
    assert (found.repeated, found.known, found.new) == (1, 1, 6)
    assert (found.looked_at, found.unreadable, found.undated, found.faceless) == (8, 1, 7, 7)
    assert found.bytes == sum(one.bytes for one in there.photos)
    assert files_on_disk(box) == before
    assert seen(box, move).stage is MoveStage.COUNTED
    assert to_count(box.safe, now=box.now()) == []


def test_some_are_tried_and_then_all_come_each_once(photo_box: Box, archive: Path) -> None:
    box = photo_box
    move = counted(box, archive)
    trial = try_some(box.safe, move.id, by=EDITOR, now=box.now(), bell=box.bell, photos=3)
    assert seen(box, move).stage is MoveStage.TRYING
    box.clock.advance(minutes=1)  # type: ignore[attr-defined]
    carried_out(box, trial)
    assert seen(box, move).stage is MoveStage.TRYING  # not examined yet
    examine(box)
    view = move_view(box.safe, move.id, by=EDITOR, now=box.now())
    assert view.move.stage is MoveStage.TRIED
    assert view.trial is not None
    assert (view.trial.found, view.trial.stored, view.trial.waiting) == (3, 3, 0)
    assert view.trial.an_hour == 180

    whole = move_all(box.safe, move.id, by=EDITOR, now=box.now(), bell=box.bell)
    carried_out(box, whole)
    examine(box)
    view = move_view(box.safe, move.id, by=EDITOR, now=box.now())
    assert view.move.stage is MoveStage.MOVED
    assert view.whole is not None
    assert (view.whole.found, view.whole.stored, view.whole.known) == (8, 4, 4)
    assert view.whole.set_aside == {"photo:damaged": 1} or sum(view.trial.set_aside.values()) == 1  # type: ignore[union-attr]
    assert [one.id for one in moves(box.safe, by=EDITOR, now=box.now())] == [move.id]


def test_a_trial_that_was_broken_off_takes_no_more_than_it_was_to(
    photo_box: Box, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = photo_box
    move = counted(box, archive)
    trial = try_some(box.safe, move.id, by=EDITOR, now=box.now(), bell=box.bell, photos=4)
    taken = intake._take_candidate
    with monkeypatch.context() as patched:
        patched.setattr(intake, "_take_candidate", _stops_after(2, taken))
        with pytest.raises(KeyboardInterrupt):
            carried_out(box, trial)
    (again,) = intake.unfinished(box.safe, by=WORKER, now=box.now())
    assert again.id == trial
    carried_out(box, trial)
    (done,) = rows(box, "SELECT found, stored + known AS safe FROM imports WHERE id = ?", trial)
    assert done == {"found": 4, "safe": 4}


def _stops_after(count_: int, taken: object) -> object:
    left = iter(range(count_))

    def take_one(*arguments: object, **named: object) -> object:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return taken(*arguments, **named)  # type: ignore[operator]

    return take_one


def test_steps_are_taken_in_their_order(photo_box: Box, archive: Path) -> None:
    box = photo_box
    move = begun(box, archive)
    named = {"by": EDITOR, "now": box.now(), "bell": box.bell}
    for early in (try_some, move_all, count_again):
        with pytest.raises(Mistake) as problem:
            early(box.safe, move.id, **named)  # type: ignore[operator]
        assert problem.value.key == "move:not_now"
    count(box.safe, box.decoder, box.analyser, move.id, by=WORKER, clock=box.clock)
    with pytest.raises(Mistake):
        move_all(box.safe, move.id, by=EDITOR, now=box.now(), bell=box.bell)
    with pytest.raises(Mistake) as problem:
        try_some(box.safe, move.id, by=EDITOR, now=box.now(), bell=box.bell, photos=0)
    assert problem.value.key == "move:number"
    with pytest.raises(Mistake) as problem:
        move_view(box.safe, MoveId("none"), by=EDITOR, now=box.now())
    assert problem.value.key == "move:unknown"


def test_a_folder_that_is_gone_stops_the_counting_which_can_be_done_again(
    photo_box: Box, archive: Path, tmp_path: Path
) -> None:
    box = photo_box
    move = begun(box, archive)
    elsewhere = archive.rename(tmp_path / "unplugged")
    with pytest.raises(Fault):
        count(box.safe, box.decoder, box.analyser, move.id, by=WORKER, clock=box.clock)
    assert seen(box, move).stage is MoveStage.STOPPED
    assert seen(box, move).problem
    elsewhere.rename(archive)
    count_again(box.safe, move.id, by=EDITOR, now=box.now(), bell=box.bell)
    assert to_count(box.safe, now=box.now()) == [move.id]
    count(box.safe, box.decoder, box.analyser, move.id, by=WORKER, clock=box.clock)
    assert seen(box, move).stage is MoveStage.COUNTED


@pytest.mark.parametrize("at_most", [1, 2, 3, 7, 50, None])
def test_a_trial_is_spread_over_the_whole(archive: Path, at_most: int | None) -> None:
    every = list(tree(archive).photos)
    chosen = intake.spread(every, at_most)
    assert len(chosen) == min(len(every), at_most or len(every))
    assert list(chosen) == [one for one in every if one in chosen]
    assert chosen[0] == every[0]


def test_how_many_an_hour_follows_from_what_is_done() -> None:
    none = Outcome(10, 6, 2, 1, 3, {}, 0, 0, 0, 0, 0, timedelta(), finished=False)
    assert none.an_hour == 0
    assert replace(none, took=timedelta(minutes=2)).an_hour == 180
    assert Inventory(photos=9, repeated=2, known=3).new == 4


def test_there_must_be_a_folder(box: Box, tmp_path: Path) -> None:
    with pytest.raises(Mistake) as problem:
        start_move(box.safe, tmp_path / "nowhere", by=OPERATOR, now=box.now(), bell=box.bell)
    assert problem.value.key == "import:no_folder"
