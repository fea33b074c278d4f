"""Taking photos in: each file once, whole, told as it is; whatever goes wrong with one leaves the rest."""

import errno
import io
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Barrier, Thread

import pytest

from appliance.actions import intake
from appliance.actions.bell import Silent
from appliance.actions.uploads import finish_upload
from appliance.domain.access import OPERATOR
from appliance.domain.errors import Fault, Mistake, Unreadable
from appliance.domain.photos import FaceId, ImportId, ImportReport, PhotoId
from appliance.sources import folders
from appliance.sources.folders import Medium
from appliance.store.blobs import Blob
from appliance.store.photos import BlobKind
from appliance.wiring import Box, open_box
from tests.actions.scene import (
    EDITOR,
    files_known,
    files_on_disk,
    fill,
    named,
    original,
    picture,
    raw,
    rows,
    take,
    told,
)
from tests.conftest import Clock

FOUR = {f"DCIM/100KLUIS/IMG_{number:04}.JPG": picture(number) for number in range(1, 5)}


class Listener(Silent):
    """A bell that remembers."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def analyse(self, photo_id: PhotoId) -> None:
        self.rung.append(photo_id)

    def enrol(self, face_id: FaceId) -> None:
        raise AssertionError(face_id)


def counts(report: ImportReport) -> dict[str, int]:
    return {key: getattr(report, key) for key in ("found", "stored", "known", "failed")}


def stored_hashes(box: Box) -> list[str]:
    return sorted(str(row["sha256"]) for row in rows(box, "SELECT sha256 FROM photos"))


def hashes(files: Mapping[str, bytes]) -> list[str]:
    return sorted({sha256(data).hexdigest() for data in files.values()})


def test_a_card_is_taken_in_byte_for_byte_and_told(box: Box, tmp_path: Path) -> None:
    box.bell = Listener()
    report = take(box, fill(tmp_path / "card", FOUR))

    assert counts(report) == {"found": 4, "stored": 4, "known": 0, "failed": 0}
    assert report.bytes == sum(map(len, FOUR.values()))
    assert report.finished_at == box.now()
    ids = [named(box, Path(name).name) for name in FOUR]
    assert [original(box, photo_id) for photo_id in ids] == list(FOUR.values())
    assert box.bell.rung == ids
    assert told(box) == [
        f"operator import:start {report.id} done",
        f"operator import:count {report.id} done found=4",
        *(f"operator photo:import {photo_id} done import={report.id}" for photo_id in ids),
        f"operator import:finish {report.id} done found=4 stored=4 known=0 failed=0",
    ]


def test_the_same_card_twice_adds_nothing(box: Box, tmp_path: Path) -> None:
    card = fill(tmp_path / "card", FOUR)
    take(box, card)
    before, files = told(box), files_on_disk(box)
    box.bell = Listener()
    report = take(box, card)

    assert counts(report) == {"found": 4, "stored": 0, "known": 4, "failed": 0}
    assert stored_hashes(box) == hashes(FOUR)
    assert files_on_disk(box) == files == files_known(box)
    assert box.bell.rung == []
    assert [line.split()[1] for line in told(box, len(before))].count("photo:known") == 4


@pytest.mark.parametrize("second", ["100KLUIS/IMG_0002.JPG", "101KLUIS/IMG_0001.JPG"])
def test_the_same_picture_in_two_files_counts_once(box: Box, tmp_path: Path, second: str) -> None:
    data = picture(1)
    report = take(box, fill(tmp_path / "card", {"100KLUIS/IMG_0001.JPG": data, second: data}))
    assert counts(report) == {"found": 2, "stored": 1, "known": 1, "failed": 0}
    assert stored_hashes(box) == [sha256(data).hexdigest()]


def test_two_imports_of_one_card_at_once_store_each_photo_once(box: Box, tmp_path: Path) -> None:
    files = {f"IMG_{number:04}.JPG": picture(number) for number in range(12)}
    card = fill(tmp_path / "card", files)
    other = open_box(box.config, clock=box.clock)
    together, reports = Barrier(2), []

    def run(mine: Box) -> None:
        together.wait()
        reports.append(take(mine, card))

    threads = [Thread(target=run, args=(one,)) for one in (box, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()

    assert stored_hashes(box) == hashes(files)
    assert [r.stored + r.known for r in reports] == [12, 12]
    assert sum(r.stored for r in reports) == 12
    assert files_on_disk(box) == files_known(box)


def test_an_empty_file_is_counted_and_the_rest_goes_on(box: Box, tmp_path: Path) -> None:
    report = take(box, fill(tmp_path / "card", FOUR | {"DCIM/100KLUIS/IMG_0002.JPG": b""}))
    assert counts(report) == {"found": 4, "stored": 3, "known": 0, "failed": 1}
    assert f"operator photo:unreadable {report.id} done photo:empty" in told(box)
    assert files_on_disk(box) == files_known(box)


def test_a_file_that_is_too_large_is_counted_and_the_rest_goes_on(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGEST_FILE", 100_000)
    report = take(box, fill(tmp_path / "card", FOUR | {"DCIM/100KLUIS/IMG_0002.JPG": bytes(100_001)}))
    assert counts(report) == {"found": 4, "stored": 3, "known": 0, "failed": 1}
    assert f"operator photo:unreadable {report.id} done photo:too_large" in told(box)
    assert files_on_disk(box) == files_known(box)


def test_a_file_that_cannot_be_read_is_counted_and_the_rest_goes_on(box: Box, tmp_path: Path) -> None:
    card = fill(tmp_path / "card", FOUR)
    opened = intake.start_import(box.safe, str(card), by=OPERATOR, now=box.now())

    def remove_the_last(_report: ImportReport) -> None:
        (card / "DCIM/100KLUIS/IMG_0004.JPG").unlink(missing_ok=True)

    report = carry_out(box, opened, remove_the_last)
    assert counts(report) == {"found": 4, "stored": 3, "known": 0, "failed": 1}
    assert f"operator photo:unreadable {report.id} done photo:unreadable" in told(box)


def carry_out(
    box: Box, opened: ImportReport, on_progress: Callable[[ImportReport], None] = lambda _report: None
) -> ImportReport:
    return intake.carry_out(
        box.safe, opened.id, by=OPERATOR, clock=box.clock, bell=box.bell, on_progress=on_progress
    )


def test_what_is_no_photo_by_its_name_hidden_or_a_link_stays_out(box: Box, tmp_path: Path) -> None:
    outside = fill(tmp_path / "outside", {"SECRET.JPG": picture(9)})
    card = fill(
        tmp_path / "card", {"IMG_0001.JPG": picture(1), ".IMG_0002.JPG": picture(2), "notes.txt": b"x"}
    )
    (card / "LINK.JPG").symlink_to(outside / "SECRET.JPG")
    (card / "FOLDER").symlink_to(outside)
    os.mkfifo(card / "PIPE.JPG")
    report = take(box, card)
    assert counts(report) == {"found": 1, "stored": 1, "known": 0, "failed": 0}


def test_a_name_that_is_no_text_is_no_reason_to_leave_a_photo_out(box: Box, tmp_path: Path) -> None:
    card = fill(tmp_path / "card", {})
    card.mkdir()
    path = os.path.join(os.fsencode(card), b"IMG_\xff.JPG")  # noqa: PTH118 - a path of bytes
    with open(path, "wb") as stream:  # noqa: PTH123
        stream.write(picture(1))
    assert take(box, card).stored == 1
    assert named(box, "IMG_\ufffd.JPG")


def test_a_sidecar_is_kept_with_its_photo(box: Box, tmp_path: Path) -> None:
    sidecar = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    take(box, fill(tmp_path / "card", {"IMG_0001.CR2": picture(1), "IMG_0001.xmp": sidecar}))
    assert original(box, named(box, "IMG_0001.CR2"), BlobKind.SIDECAR) == sidecar


def empty(sidecar: Path) -> None:
    sidecar.write_bytes(b"")


def too_large(sidecar: Path) -> None:
    sidecar.write_bytes(bytes(intake.LARGEST_SIDECAR + 1))


def a_link(sidecar: Path) -> None:
    sidecar.symlink_to("/etc/passwd")


def a_pipe(sidecar: Path) -> None:
    os.mkfifo(sidecar)


@pytest.mark.parametrize("broken", [empty, too_large, a_link, a_pipe])
def test_a_broken_sidecar_does_not_cost_the_photo(
    box: Box, tmp_path: Path, broken: Callable[[Path], None]
) -> None:
    card = fill(tmp_path / "card", {"IMG_0001.JPG": picture(1)})
    broken(card / "IMG_0001.xmp")
    assert counts(take(box, card)) == {"found": 1, "stored": 1, "known": 0, "failed": 0}
    assert [row["kind"] for row in rows(box, "SELECT kind FROM files")] == ["original"]


# A pulled card: the system answers with EIO or ENOENT, when a file is opened or in the middle of it.


def one_bad_file(moment: str) -> Callable[..., int]:
    """What opening files answers when the third of them is bad."""
    really_open = os.open

    def bad(path: str | Path, flags: int, mode: int = 0o777, **more: int) -> int:
        if not str(path).endswith("IMG_0003.JPG"):
            return really_open(path, flags, mode, **more)
        if moment == "opening":
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        return really_open("/proc/self/mem", os.O_RDONLY)  # opens, and answers EIO when read

    return bad


@pytest.mark.parametrize("moment", ["opening", "reading"])
def test_a_pulled_card_keeps_what_was_copied_and_the_next_import_brings_the_rest(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    card = fill(tmp_path / "card", FOUR)
    opened = intake.start_import(box.safe, str(card), by=OPERATOR, now=box.now())
    reported: list[int] = []
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", one_bad_file(moment))
        patched.setattr(Medium, "is_there", lambda _medium: False)
        with pytest.raises(Fault) as problem:
            carry_out(box, opened, lambda report: reported.append(report.stored))

    assert problem.value.key == "card:gone"
    assert reported == [1, 2]
    report = intake.import_report(box.safe, opened.id, by=OPERATOR, now=box.now())
    assert counts(report) == {"found": 4, "stored": 2, "known": 0, "failed": 0}
    assert (report.problem, report.left, report.finished_at is not None) == ("card:gone", 2, True)
    assert told(box)[-1].endswith("found=4 stored=2 known=0 failed=0 card:gone")
    assert files_on_disk(box) == files_known(box)

    whole = take(box, card)
    assert counts(whole) == {"found": 4, "stored": 2, "known": 2, "failed": 0}
    assert (whole.problem, whole.left) == ("", 0)
    assert stored_hashes(box) == hashes(FOUR)


@pytest.mark.parametrize("moment", ["opening", "reading"])
def test_one_bad_file_on_a_card_that_is_there_is_counted_and_the_rest_goes_on(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setattr(folders, "_SETTLES", 0.0)
    monkeypatch.setattr(os, "open", one_bad_file(moment))
    report = take(box, fill(tmp_path / "card", FOUR))
    assert counts(report) == {"found": 4, "stored": 3, "known": 0, "failed": 1}
    assert (report.problem, report.left) == ("", 0)
    assert f"operator photo:unreadable {report.id} done photo:unreadable" in told(box)


def test_a_folder_that_cannot_be_read_is_counted_as_failed(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = fill(tmp_path / "card", FOUR | {"DCIM/101KLUIS/IMG_0009.JPG": picture(9)})
    really = os.scandir

    def closed(path: str | Path) -> object:
        if Path(path).name == "101KLUIS":
            raise PermissionError(errno.EACCES, "closed", str(path))
        return really(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert counts(take(box, card)) == {"found": 5, "stored": 4, "known": 0, "failed": 1}


def test_a_disk_that_is_full_breaks_the_import_off_and_is_told(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = fill(tmp_path / "card", FOUR)
    really, written = box.safe.blobs.write, []

    def full(*given: object, **named: object) -> object:
        if len(written) == 3:
            raise Fault("store:disk", "The disk is full.")
        written.append(None)
        return really(*given, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(type(box.safe.blobs), "write", lambda _blobs, *given, **named: full(*given, **named))
        with pytest.raises(Fault):
            take(box, card)
    (report,) = intake.imports(box.safe, by=OPERATOR, now=box.now())
    assert (report.stored, report.left, report.problem) == (3, 1, "store:disk")
    assert counts(take(box, card)) == {"found": 4, "stored": 1, "known": 3, "failed": 0}


def test_a_file_that_a_sweep_took_for_an_orphan_is_never_reported(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the clock jumps by a day meanwhile: to the sweep it is old, and no row knows it."""
    card = fill(tmp_path / "card", FOUR)
    really = box.safe.blobs.write

    def written_a_day_ago(*given: object, **named: object) -> Blob:
        blob = really(*given, **named)  # type: ignore[arg-type]
        if len(files_on_disk(box)) == 3:
            grow_old(box.config.files / blob.place)
            assert intake.sweep_files(box.safe, now=box.now()) == 1
        return blob

    with monkeypatch.context() as patched:
        patched.setattr(
            type(box.safe.blobs), "write", lambda _b, *given, **named: written_a_day_ago(*given, **named)
        )
        with pytest.raises(Fault) as problem:
            take(box, card)
    assert problem.value.key == "store:swept"
    assert files_on_disk(box) == files_known(box)
    assert counts(take(box, card)) == {"found": 4, "stored": 2, "known": 2, "failed": 0}
    assert files_on_disk(box) == files_known(box)


def test_an_import_whose_card_is_gone_keeps_its_counts(box: Box, tmp_path: Path) -> None:
    opened = broken_off(box, fill(tmp_path / "card", FOUR), after=2)
    (tmp_path / "card").rename(tmp_path / "elsewhere")
    with pytest.raises(Fault) as problem:
        carry_out(box, opened)
    assert problem.value.key == "card:gone"
    report = intake.import_report(box.safe, opened.id, by=OPERATOR, now=box.now())
    assert counts(report) == {"found": 4, "stored": 2, "known": 0, "failed": 0}


def broken_off(box: Box, card: Path, after: int) -> ImportReport:
    """An import that was stopped from outside when so many files were reported."""
    opened = intake.start_import(box.safe, str(card), by=OPERATOR, now=box.now())

    def stop(report: ImportReport) -> None:
        if report.stored + report.known == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(box, opened, stop)
    return opened


def test_an_import_that_was_broken_off_stays_open_and_is_taken_up(box: Box, tmp_path: Path) -> None:
    again = {"DCIM/101KLUIS/IMG_0001.JPG": FOUR["DCIM/100KLUIS/IMG_0001.JPG"]}
    opened = broken_off(box, fill(tmp_path / "card", FOUR | again), after=2)
    assert [r.id for r in intake.unfinished(box.safe, by=OPERATOR, now=box.now())] == [opened.id]

    assert counts(carry_out(box, opened)) == {"found": 5, "stored": 4, "known": 1, "failed": 0}
    assert stored_hashes(box) == hashes(FOUR)
    assert files_on_disk(box) == files_known(box)
    assert intake.unfinished(box.safe, by=OPERATOR, now=box.now()) == ()


def test_a_folder_that_is_not_there_is_a_mistake_and_opens_no_import(box: Box, tmp_path: Path) -> None:
    with pytest.raises(Mistake) as problem:
        take(box, tmp_path / "nowhere")
    assert problem.value.key == "import:no_folder"
    assert intake.imports(box.safe, by=OPERATOR, now=box.now()) == ()


# Uploads.


def upload(box: Box, data: bytes, opened: ImportReport, name: str = "from a phone.jpg") -> PhotoId:
    return intake.import_upload(
        box.safe, name, io.BytesIO(data), opened.id, by=EDITOR, now=box.now(), bell=box.bell
    )


def test_an_upload_is_kept_counted_and_told(box: Box) -> None:
    box.bell = Listener()
    opened = intake.start_import(box.safe, intake.UPLOAD, by=EDITOR, now=box.now())
    first, second = upload(box, picture(1), opened), upload(box, picture(2), opened)
    again = upload(box, picture(1), opened)
    report = finish_upload(box.safe, opened.id, by=EDITOR, now=box.now(), bell=box.bell)

    assert again == first != second
    assert box.bell.rung == [first, second]
    assert original(box, second) == picture(2)
    assert counts(report) == {"found": 3, "stored": 2, "known": 1, "failed": 0}
    assert told(box)[1:] == [
        f"the-editor photo:import {first} done import={opened.id}",
        f"the-editor photo:import {second} done import={opened.id}",
        f"the-editor photo:known {first} done import={opened.id}",
        f"the-editor import:finish {opened.id} done found=3 stored=2 known=1 failed=0",
    ]


def test_an_upload_that_cannot_be_kept_is_refused_and_counted(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGEST_FILE", 1000)
    opened = intake.start_import(box.safe, intake.UPLOAD, by=EDITOR, now=box.now())
    for data, key in ((b"", "photo:empty"), (bytes(1001), "photo:too_large")):
        with pytest.raises(Unreadable) as problem:
            upload(box, data, opened)
        assert problem.value.key == key
        assert told(box)[-1] == f"the-editor photo:unreadable {opened.id} done {key}"
    report = finish_upload(box.safe, opened.id, by=EDITOR, now=box.now(), bell=box.bell)
    assert counts(report) == {"found": 2, "stored": 0, "known": 0, "failed": 2}
    assert files_on_disk(box) == set()


def test_an_upload_for_an_import_that_is_unknown_keeps_nothing_but_an_orphan(box: Box) -> None:
    nowhere = replace(intake.start_import(box.safe, "", by=EDITOR, now=box.now()), id=ImportId("unknown"))
    with pytest.raises(Mistake) as problem:
        upload(box, picture(1), nowhere)
    assert problem.value.key == "import:unknown"
    assert rows(box, "SELECT id FROM photos") == []


def test_an_upload_whose_browser_went_away_can_be_closed_after_half_a_day(box: Box, clock: Clock) -> None:
    opened = intake.start_import(box.safe, intake.UPLOAD, by=EDITOR, now=box.now())
    clock.advance(hours=12)
    assert intake.abandoned(box.safe, by=OPERATOR, now=clock()) == ()
    clock.advance(minutes=1)
    assert [r.id for r in intake.abandoned(box.safe, by=OPERATOR, now=clock())] == [opened.id]
    assert intake.unfinished(box.safe, by=OPERATOR, now=clock()) == ()


def test_the_sweep_removes_orphans_that_are_old_and_nothing_else(box: Box, tmp_path: Path) -> None:
    take(box, fill(tmp_path / "card", FOUR))
    known = files_on_disk(box)
    for place in known:
        grow_old(box.config.files / place)
    fill(box.config.files, {"zz/orphan": b"x", "zz/half.partial": b"x", "zz/young": b"x"})
    grow_old(box.config.files / "zz/orphan")
    grow_old(box.config.files / "zz/half.partial")

    assert intake.sweep_files(box.safe, now=box.now()) == 2
    assert files_on_disk(box) == known | {"zz/young"}


def grow_old(path: Path) -> None:
    long_ago = time.time() - 7200
    os.utime(path, (long_ago, long_ago))


def test_a_file_whose_row_cannot_be_written_leaves_only_an_orphan(box: Box, tmp_path: Path) -> None:
    """File first, row second: the other way round, a row could speak of a file that is not there."""
    with raw(box) as db:
        db.execute(
            "CREATE TRIGGER full BEFORE INSERT ON photos WHEN NEW.name = 'IMG_0003.JPG'"
            " BEGIN SELECT RAISE(ABORT, 'not today'); END"
        )
    with pytest.raises(Exception, match="not today"):
        take(box, fill(tmp_path / "card", FOUR))
    assert files_known(box) < files_on_disk(box)
    assert len(files_on_disk(box) - files_known(box)) == 1
    assert [original(box, named(box, f"IMG_000{n}.JPG")) for n in (1, 2)] == [picture(1), picture(2)]
