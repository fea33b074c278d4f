"""Files sent in parts: whatever breaks off, what was acknowledged is kept, and each file comes in once."""

import io
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.actions import intake
from appliance.actions.uploads import (
    begin_upload,
    broken_off,
    drop_upload,
    finish_upload,
    receive,
    upload,
    uploads,
)
from appliance.domain.access import Actor, Kind, Role
from appliance.domain.errors import Fault, Mistake
from appliance.domain.photos import ImportId, ImportReport
from appliance.domain.uploads import (
    LARGEST_PART,
    MOST_OPEN,
    SentFile,
    Upload,
    UploadId,
    UploadState,
    require_place,
)
from appliance.store.blobs import Blobs
from appliance.wiring import Box
from tests.actions.scene import EDITOR, files_known, files_on_disk, named, original, picture, rows, told
from tests.conftest import Clock

ANOTHER = Actor(Kind.USER, "another-editor", Role.EDITOR)
DATA = bytes(range(256)) * 40


@pytest.fixture
def opened(box: Box) -> ImportReport:
    return intake.start_import(box.safe, intake.UPLOAD, by=EDITOR, now=box.now())


def begin(box: Box, opened: ImportReport, data: bytes, name: str = "a.jpg", **more: object) -> Upload:
    file = SentFile(name, "album", len(data), 1_767_225_600_000)
    return begin_upload(box.safe, opened.id, file, **{"by": EDITOR, "now": box.now(), **more})  # type: ignore[arg-type]


def send(
    box: Box, one: Upload, offset: int, part: bytes, length: int | None = None, by: Actor = EDITOR
) -> Upload:
    stream, said = io.BytesIO(part), len(part) if length is None else length
    return receive(box.safe, one.id, offset, said, stream, by=by, now=box.now(), bell=box.bell)


def finish(box: Box, opened: ImportReport) -> ImportReport:
    return finish_upload(box.safe, opened.id, by=EDITOR, now=box.now(), bell=box.bell)


def parts_on_disk(box: Box) -> int:
    return len(files_on_disk(box) - files_known(box))


@pytest.mark.parametrize("cut", [[], [1], [5000], [100, 200, 9000]])
def test_a_file_in_parts_is_the_file(box: Box, opened: ImportReport, cut: list[int]) -> None:
    one = begin(box, opened, DATA)
    for start, end in zip([0, *cut], [*cut, len(DATA)], strict=True):
        assert upload(box.safe, one.id, by=EDITOR, now=box.now()).received == start
        one = send(box, one, start, DATA[start:end])
        assert one.received == end
    assert one.state is UploadState.KEPT
    assert original(box, named(box, "a.jpg")) == DATA
    assert parts_on_disk(box) == 0
    report = finish(box, opened)
    assert (report.found, report.stored, report.failed) == (1, 1, 0)
    assert rows(box, "SELECT * FROM uploads") == []


def test_a_connection_that_breaks_costs_the_part_alone(box: Box, opened: ImportReport) -> None:
    one = send(box, begin(box, opened, DATA), 0, DATA[:4000])
    with pytest.raises(Mistake) as problem:
        send(box, one, 4000, DATA[4000:5000], length=3000)
    assert problem.value.key == "upload:broke_off"
    assert upload(box.safe, one.id, by=EDITOR, now=box.now()).received == 4000
    assert parts_on_disk(box) == 1
    assert send(box, one, 4000, DATA[4000:]).state is UploadState.KEPT
    assert original(box, named(box, "a.jpg")) == DATA


def test_a_whole_file_that_breaks_off_leaves_nothing(box: Box, opened: ImportReport) -> None:
    one = begin(box, opened, DATA)
    with pytest.raises(Mistake):
        send(box, one, 0, DATA[:100], length=len(DATA))
    assert files_on_disk(box) == set()
    assert send(box, one, 0, DATA).state is UploadState.KEPT


def test_after_a_reload_the_same_file_goes_on_where_it_was(box: Box, opened: ImportReport) -> None:
    first = send(box, begin(box, opened, DATA), 0, DATA[:4000])
    kept = begin(box, opened, picture(3), "b.jpg")
    send(box, kept, 0, picture(3))
    assert begin(box, opened, DATA).id == first.id
    begun = {
        one.file.name: (one.received, one.state)
        for one in uploads(box.safe, opened.id, by=EDITOR, now=box.now())
    }
    assert begun == {"a.jpg": (4000, "open"), "b.jpg": (len(picture(3)), "kept")}
    assert [(r.id, n) for r, n in broken_off(box.safe, by=EDITOR, now=box.now())] == [(opened.id, 1)]
    finish(box, opened)
    assert broken_off(box.safe, by=EDITOR, now=box.now()) == ()


@pytest.mark.parametrize(
    ("offset", "part", "key"),
    [
        (0, DATA[:10], "upload:offset"),
        (4001, DATA[4001:], "upload:offset"),
        (4000, b"", "upload:bad_part"),
        (4000, DATA[4000:] + b"more", "upload:bad_part"),
    ],
)
def test_a_part_that_does_not_fit_is_refused(
    box: Box, opened: ImportReport, offset: int, part: bytes, key: str
) -> None:
    one = send(box, begin(box, opened, DATA), 0, DATA[:4000])
    with pytest.raises(Mistake) as problem:
        send(box, one, offset, part)
    assert problem.value.key == key
    assert upload(box.safe, one.id, by=EDITOR, now=box.now()).received == 4000


def test_of_two_that_send_the_same_part_one_counts(
    box: Box, opened: ImportReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = begin(box, opened, DATA)
    write = Blobs.write

    def twice(self: Blobs, source: Iterator[bytes], **named_: object) -> object:
        monkeypatch.setattr(Blobs, "write", write)
        send(box, one, 0, DATA[:4000])  # the other one is quicker
        return write(self, source, **named_)  # type: ignore[arg-type]

    monkeypatch.setattr(Blobs, "write", twice)
    with pytest.raises(Mistake) as problem:
        send(box, one, 0, DATA[:4000])
    assert problem.value.key == "upload:offset"
    assert parts_on_disk(box) == 1
    send(box, one, 4000, DATA[4000:])
    assert original(box, named(box, "a.jpg")) == DATA


def test_what_a_crash_left_whole_is_kept_when_the_import_is_closed(
    box: Box, opened: ImportReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = send(box, begin(box, opened, DATA), 0, DATA[:4000])
    with monkeypatch.context() as patched:
        patched.setattr("appliance.actions.uploads.import_upload", _power_cut)
        with pytest.raises(Fault):
            send(box, one, 4000, DATA[4000:])
    assert upload(box.safe, one.id, by=EDITOR, now=box.now()).whole
    report = finish(box, opened)
    assert (report.stored, report.failed) == (1, 0)
    assert original(box, named(box, "a.jpg")) == DATA
    assert parts_on_disk(box) == 0


def _power_cut(*_: object, **__: object) -> None:
    raise Fault("store:disk", "Gone.")


def test_what_did_not_arrive_is_counted_as_failed(box: Box, opened: ImportReport) -> None:
    send(box, begin(box, opened, DATA), 0, DATA[:4000])
    begin(box, opened, b"", "empty.jpg")
    report = finish(box, opened)
    assert (report.found, report.stored, report.failed) == (2, 0, 2)
    assert parts_on_disk(box) == 0
    assert [line for line in told(box) if "photo:incomplete" in line]


def test_parts_are_no_orphans_while_they_wait_and_lie_encrypted(box: Box, opened: ImportReport) -> None:
    send(box, begin(box, opened, DATA), 0, DATA[:4000])
    with box.safe.store.look(by=EDITOR, to=intake.Permission.PHOTO_IMPORT, now=box.now()) as view:
        assert files_on_disk(box) <= view.photos.known_places()
    (path,) = box.config.files.glob("*/*")
    assert DATA[:64] not in path.read_bytes()


def test_a_file_that_is_given_up_is_gone(box: Box, opened: ImportReport) -> None:
    one = send(box, begin(box, opened, DATA), 0, DATA[:4000])
    drop_upload(box.safe, one.id, by=EDITOR, now=box.now())
    assert files_on_disk(box) == set()
    report = finish(box, opened)
    assert (report.found, report.failed) == (0, 0)


def test_nobody_meddles_with_the_upload_of_somebody_else(box: Box, opened: ImportReport) -> None:
    one = begin(box, opened, DATA)
    for meddle in (
        lambda: upload(box.safe, one.id, by=ANOTHER, now=box.now()),
        lambda: send(box, one, 0, DATA, by=ANOTHER),
        lambda: drop_upload(box.safe, one.id, by=ANOTHER, now=box.now()),
    ):
        with pytest.raises(Mistake) as problem:
            meddle()
        assert problem.value.key == "upload:unknown"
    assert uploads(box.safe, opened.id, by=ANOTHER, now=box.now()) == ()
    assert broken_off(box.safe, by=ANOTHER, now=box.now()) == ()


def test_limits_are_told(box: Box, opened: ImportReport, monkeypatch: pytest.MonkeyPatch) -> None:
    def key(data_size: int = 10, name: str = "x.jpg", import_id: ImportId = opened.id) -> str:
        with pytest.raises(Mistake) as problem:
            begin_upload(box.safe, import_id, SentFile(name, "", data_size, 0), by=EDITOR, now=box.now())
        return problem.value.key

    assert key(intake.LARGEST_FILE + 1) == "upload:too_large"
    for number in range(MOST_OPEN):
        begin(box, opened, DATA, f"{number}.jpg")
    assert key() == "upload:too_many_open"
    monkeypatch.setattr("appliance.actions.uploads.MOST_FILES", MOST_OPEN)
    assert key() == "upload:too_many"
    monkeypatch.undo()
    other = intake.start_import(box.safe, intake.UPLOAD, by=EDITOR, now=box.now())
    monkeypatch.setattr(Blobs, "room", lambda _self: 1000)
    assert key(import_id=other.id) == "upload:no_room"
    finish(box, other)
    assert key(import_id=other.id) == "upload:closed"
    card = intake.start_import(box.safe, "/media/card", by=EDITOR, now=box.now())
    assert key(import_id=card.id) == "upload:closed"


def test_an_upload_in_which_something_still_comes_is_not_abandoned(
    box: Box, opened: ImportReport, clock: Clock
) -> None:
    one = send(box, begin(box, opened, DATA), 0, DATA[:100])
    clock.now += timedelta(hours=11)
    send(box, one, 100, DATA[100:200])
    clock.now += timedelta(hours=2)
    assert intake.abandoned(box.safe, by=EDITOR, now=box.now()) == ()
    clock.now += timedelta(hours=11)
    assert [r.id for r in intake.abandoned(box.safe, by=EDITOR, now=box.now())] == [opened.id]


def test_the_same_bytes_twice_count_as_known(box: Box, opened: ImportReport) -> None:
    for name in ("a.jpg", "b.jpg"):
        send(box, begin(box, opened, DATA, name), 0, DATA)
    report = finish(box, opened)
    assert (report.found, report.stored, report.known) == (2, 1, 1)
    assert rows(box, "SELECT sha256 FROM photos") == [{"sha256": sha256(DATA).hexdigest()}]


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 60), st.sampled_from(UploadState))
def test_a_part_fits_only_where_the_file_ends_and_within_it(
    received: int, offset: int, length: int, state: UploadState
) -> None:
    now = Clock()()
    one = Upload(UploadId("u"), ImportId("i"), "me", SentFile("a", "", 50, 0), received, state, now)
    fits = state is UploadState.OPEN and offset == received and 0 < length <= min(LARGEST_PART, 50 - received)
    try:
        require_place(one, offset, length)
        assert fits
    except Mistake:
        assert not fits
