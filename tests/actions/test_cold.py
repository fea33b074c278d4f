"""The cold archive: an original is whole on one of two disks at every moment, and read from where it is."""

import os
from pathlib import Path

import pytest

from appliance.actions import cold
from appliance.actions.cold import cold_archive, fetch_from_cold, move_to_cold, prepare_cold
from appliance.actions.durability import scrub
from appliance.actions.erasure import erase_photo
from appliance.actions.intake import sweep_files
from appliance.actions.photos import look_at
from appliance.actions.retention import apply_retention, put_rule
from appliance.domain.access import OPERATOR
from appliance.domain.erasure import Cause
from appliance.domain.errors import Fault, KluisError, Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.retention import Then
from appliance.store.blobs import Blobs
from appliance.wiring import Box
from tests.actions.scene import (
    files_known,
    files_on_disk,
    fill,
    named,
    original,
    picture,
    rows,
    take,
    told,
    two_people,
)
from tests.conftest import Clock


class Killed(BaseException):
    """As if the process had ended there."""


@pytest.fixture
def photo(box: Box, tmp_path: Path) -> PhotoId:
    take(box, fill(tmp_path / "card", {"a.jpg": picture(1), "b.jpg": picture(2)}))
    prepare_cold(box.safe, by=OPERATOR, now=box.now())
    return named(box, "a.jpg")


def disk(box: Box) -> Path:
    return box.config.files / "cold"


def unplug(box: Box, tmp_path: Path) -> None:
    disk(box).rename(tmp_path / "unplugged")
    disk(box).mkdir()


def plug_in(box: Box, tmp_path: Path) -> None:
    disk(box).rmdir()
    (tmp_path / "unplugged").rename(disk(box))


def move(box: Box, photo: PhotoId) -> bool:
    return move_to_cold(box.safe, photo, by=OPERATOR, now=box.now())


def cold_files(box: Box) -> list[Path]:
    return sorted(disk(box).glob("??/*"))


def age(box: Box) -> None:
    """Files older than what a transaction may still be about."""
    for path in box.config.files.rglob("*"):
        if path.is_file():
            os.utime(path, (1, 1))


def is_cold(box: Box, photo: PhotoId) -> bool:
    return look_at(box.safe, photo, by=OPERATOR, now=box.now(), day=box.today()).cold


def test_an_original_moves_encrypted_as_it_is_and_is_read_from_there(box: Box, photo: PhotoId) -> None:
    (row,) = rows(box, "SELECT place FROM files WHERE photo_id = ?", photo)
    before = (box.config.files / row["place"]).read_bytes()
    assert move(box, photo)
    assert not move(box, photo)  # it is there already
    assert [path.read_bytes() for path in cold_files(box)] == [before]
    assert not (box.config.files / row["place"]).exists()
    assert original(box, photo) == picture(1)
    assert (is_cold(box, photo), is_cold(box, named(box, "b.jpg"))) == (True, False)
    assert told(box)[-3].startswith(f"operator photo:archive {photo} done")
    state = cold_archive(box.safe, by=OPERATOR, now=box.now())
    assert (state.connected, state.photos, state.bytes) == (True, 1, len(picture(1)))
    assert scrub(box.safe, box.config.database, by=OPERATOR, clock=box.clock).passed
    assert fetch_from_cold(box.safe, photo, by=OPERATOR, now=box.now())
    assert original(box, photo) == picture(1)
    assert cold_files(box) == []
    assert not is_cold(box, photo)


def test_without_its_disk_it_is_missed_in_plain_words_and_nothing_is_lost(
    box: Box, photo: PhotoId, tmp_path: Path
) -> None:
    move(box, photo)
    unplug(box, tmp_path)
    for attempt in (
        lambda: original(box, photo),
        lambda: move(box, named(box, "b.jpg")),
        lambda: fetch_from_cold(box.safe, photo, by=OPERATOR, now=box.now()),
        lambda: prepare_cold(box.safe, by=OPERATOR, now=box.now()),  # an empty folder is not that disk
    ):
        with pytest.raises(Fault, match="The disk of the cold archive is not connected"):
            attempt()
    run = scrub(box.safe, box.config.database, by=OPERATOR, clock=box.clock)
    assert (run.passed, run.findings["damaged"], run.findings["problem"]) == (False, [], "cold:absent")
    age(box)
    sweep_files(box.safe, now=box.now())
    plug_in(box, tmp_path)
    assert original(box, photo) == picture(1)
    assert original(box, named(box, "b.jpg")) == picture(2)


@pytest.mark.parametrize("at", ["_require_same", "delete"])
def test_killed_in_between_it_is_whole_and_what_is_left_over_is_swept(
    box: Box, photo: PhotoId, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "delete", die)
        if at != "delete":
            patch.setattr(cold, at, die)
        with pytest.raises(Killed):
            move(box, photo)
    assert original(box, photo) == picture(1)
    left = [*files_on_disk(box), *cold_files(box)]
    age(box)
    assert sweep_files(box.safe, now=box.now()) == 1
    assert original(box, photo) == picture(1)
    assert len([*(p for p in files_on_disk(box) if p in files_known(box)), *cold_files(box)]) < len(left)


def test_a_copy_that_is_not_the_same_never_replaces_the_original(
    box: Box, photo: PhotoId, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Blobs.copy

    def careless(blobs: Blobs, place: str, *, cold: bool) -> str:
        to = whole(blobs, place, cold=cold)
        path = box.config.files / to
        path.write_bytes(path.read_bytes()[:-1] + b"\0")
        return to

    monkeypatch.setattr(Blobs, "copy", careless)
    with pytest.raises(KluisError):
        move(box, photo)
    assert cold_files(box) == []
    assert not is_cold(box, photo)
    assert original(box, photo) == picture(1)


def test_the_disk_of_another_safe_is_neither_used_nor_swept(box: Box, photo: PhotoId) -> None:
    (disk(box) / ".portretkluis").write_text("another safe")
    theirs = fill(disk(box), {"ab/abcdef": b"theirs"}) / "ab/abcdef"
    age(box)
    with pytest.raises(Mistake, match="another safe"):
        prepare_cold(box.safe, by=OPERATOR, now=box.now())
    with pytest.raises(Fault, match="not connected"):
        move(box, photo)
    assert sweep_files(box.safe, now=box.now()) == 0
    assert theirs.read_bytes() == b"theirs"


def test_a_rule_moves_what_is_over_and_waits_for_the_disk(
    box: Box, photo: PhotoId, clock: Clock, tmp_path: Path
) -> None:
    def apply() -> dict[str, object]:
        run = apply_retention(box.safe, box.config.journal, by=OPERATOR, day=box.today(), clock=box.clock)
        return {"passed": run.passed} | dict(run.findings)

    two_people(
        box,
        lambda: put_rule(
            box.safe, shoot_id=None, purpose=None, months=6, then=Then.ARCHIVE, by=OPERATOR, now=box.now()
        ),
    )
    assert "archived" not in apply()
    move(box, named(box, "b.jpg"))
    clock.advance(days=200)
    unplug(box, tmp_path)
    found = apply()
    assert (found["passed"], found["waiting_for_archive"], found["problem"]) == (False, 1, "cold:absent")
    plug_in(box, tmp_path)
    found = apply()
    assert (found["passed"], found["archived"], found["waiting_for_archive"]) == (True, 1, 0)
    assert is_cold(box, photo)
    assert "archived" not in apply()


def test_erased_it_is_gone_from_there_too(box: Box, photo: PhotoId) -> None:
    move(box, photo)
    erase_photo(box.safe, box.config.journal, photo, Cause.DECISION, by=OPERATOR, now=box.now())
    assert cold_files(box) == []
