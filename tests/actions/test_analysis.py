"""Examining photos: upright, with the camera's data, once; what cannot be read is set aside, and why."""

import io
import struct
import zlib
from datetime import datetime
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest
from PIL import Image

from appliance.actions import intake, photos
from appliance.actions.analysis import analyse, set_aside
from appliance.actions.photos import BlobKind, look_at
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Light, Why
from appliance.domain.errors import Fault, Tampered
from appliance.domain.photos import Photo, PhotoId, Stage
from appliance.wiring import Box, open_box
from tests.actions.scene import (
    examine,
    files_known,
    files_on_disk,
    fill,
    log,
    named,
    original,
    picture,
    rows,
    take,
    told,
    verdict_of,
)

pytestmark = pytest.mark.usefixtures("pack")


def seen(box: Box, photo_id: PhotoId) -> Photo:
    return look_at(box.safe, photo_id, by=OPERATOR, now=box.now(), day=box.today()).photo


def exif_of(orientation: int = 1, place: bool = False) -> Image.Exif:
    """What a camera writes: held on its side, with a date, a lens, and where it was."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Kluis", "Kluis Demo II", orientation
    exif.get_ifd(0x8769)[0x9003] = "2026:09:14 10:02:30"
    exif.get_ifd(0x8769)[0xA434] = "35 mm f/2"
    if place:
        exif.get_ifd(0x8825).update(
            {1: "N", 2: (52.0, 22.0, 30.0), 3: "E", 4: (4.0, 54.0, 0.0)},
        )
    return exif


def half_red(orientation: int) -> bytes:
    """80 wide, 40 high as it was taken; the left half is red."""
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, :40, 0] = 255
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "JPEG", quality=95, exif=exif_of(orientation))
    return written.getvalue()


# Where the left of the picture goes to when the camera was held like this (EXIF tag 274).
HELD = {1: ((80, 40), "left"), 3: ((80, 40), "right"), 6: ((40, 80), "top"), 8: ((40, 80), "bottom")}
OPPOSITE = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}


def test_photos_are_turned_upright(box: Box, tmp_path: Path) -> None:
    take(box, fill(tmp_path / "card", {f"HELD_{n}.JPG": half_red(n) for n in HELD}))
    examine(box)
    for orientation, (size, red) in HELD.items():
        photo = seen(box, named(box, f"HELD_{orientation}.JPG"))
        assert (photo.width, photo.height) == size
        for kind in (BlobKind.PROXY, BlobKind.THUMBNAIL):
            shown = np.array(Image.open(io.BytesIO(original(box, photo.id, kind))))
            height, width = shown.shape[:2]
            assert (width, height) == size
            edge = {
                "left": shown[height // 2, 5],
                "right": shown[height // 2, -5],
                "top": shown[5, width // 2],
                "bottom": shown[-5, width // 2],
            }
            assert edge[red][0] > 128 > edge[OPPOSITE[red]][0]


def test_what_the_camera_wrote_is_kept(box: Box, tmp_path: Path) -> None:
    take(box, fill(tmp_path / "card", {"IMG_0001.JPG": picture(1, exif=exif_of(place=True))}))
    (photo_id,) = examine(box)
    photo = seen(box, photo_id)
    assert photo.capture.taken_at == datetime(2026, 9, 14, 10, 2, 30)  # noqa: DTZ001 - a camera's clock
    assert (photo.capture.camera, photo.capture.lens) == ("Kluis Demo II", "35 mm f/2")
    assert [photo.capture.latitude, photo.capture.longitude] == pytest.approx([52.375, 4.9])
    assert photo.media_type == "image/jpeg"
    assert photo.stage is Stage.ANALYSED
    assert photo.fingerprint
    assert told(box)[-2:] == [
        f"worker photo:analyse {photo_id} done faces=0",
        f"operator photo:view {photo_id} done",
    ]


def test_pictures_to_look_at_carry_nothing_of_the_camera(box: Box, tmp_path: Path) -> None:
    take(box, fill(tmp_path / "card", {"IMG_0001.JPG": picture(1, exif=exif_of(place=True))}))
    (photo_id,) = examine(box)
    for kind in (BlobKind.PROXY, BlobKind.THUMBNAIL):
        shown = Image.open(io.BytesIO(original(box, photo_id, kind)))
        assert not shown.getexif()
        assert not {"icc_profile", "exif", "photoshop", "comment"} & set(shown.info)


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 30,000 by 30,000 pixels."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


BROKEN = {
    "no photo.JPG": (b"this is no photo at all", "photo:damaged"),
    "cut short in its header.JPG": (picture(2)[:200], "photo:damaged"),
    "bomb.JPG": (bomb(), "photo:too_large"),
}


def test_what_cannot_be_read_is_set_aside_with_its_reason_and_the_rest_goes_on(
    box: Box, tmp_path: Path
) -> None:
    fine = {"IMG_0001.JPG": picture(1), "zzz.JPG": picture(3)}
    report = take(box, fill(tmp_path / "card", fine | {name: data for name, (data, _) in BROKEN.items()}))
    examine(box)

    for name, (data, why) in BROKEN.items():
        photo = seen(box, named(box, name))
        assert (photo.stage, photo.set_aside_for) == (Stage.SET_ASIDE, why)
        assert original(box, photo.id) == data
        assert f"worker photo:set_aside {photo.id} done {why}" in told(box)
        verdict = verdict_of(box, photo.id)
        assert (verdict.light, [reason.why for reason in verdict.reasons]) == (Light.RED, [Why.SET_ASIDE])
    assert {seen(box, named(box, name)).stage for name in fine} == {Stage.ANALYSED}
    report = intake.import_report(box.safe, report.id, by=OPERATOR, now=box.now())
    assert (report.stored, report.set_aside) == (5, 3)
    problems = intake.file_problems(box.safe, report.id, by=OPERATOR, now=box.now())
    assert {p.name for p in problems} == set(BROKEN)
    assert intake.unexamined(box.safe, by=OPERATOR, now=box.now()) == 0


def test_an_original_that_was_changed_on_the_disk_is_told_and_not_examined(box: Box, tmp_path: Path) -> None:
    take(box, fill(tmp_path / "card", {"IMG_0001.JPG": picture(1)}))
    photo_id = named(box, "IMG_0001.JPG")
    (place,) = files_on_disk(box)
    flip_a_bit(box.config.files / place)
    with pytest.raises(Tampered) as problem:
        examine(box)
    assert problem.value.key == "blob:damaged"
    assert verdict_of(box, photo_id).light is Light.AMBER


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_examining_twice_is_examining_once(box: Box, card: Path, tmp_path: Path) -> None:
    take(box, fill(tmp_path / "card", {"IMG_0001.JPG": (card / "DCIM/100KLUIS/KLUI0004.JPG").read_bytes()}))
    (photo_id,) = examine(box)
    before = look_at(box.safe, photo_id, by=OPERATOR, now=box.now(), day=box.today())
    files = files_on_disk(box)
    analyse(box.safe, box.decoder, box.analyser, photo_id, now=box.now(), day=box.today())

    assert len(before.faces) == 1
    assert look_at(box.safe, photo_id, by=OPERATOR, now=box.now(), day=box.today()) == before
    assert files_on_disk(box) == files == files_known(box)


@pytest.mark.parametrize("readable", [True, False])
def test_two_workers_at_once_examine_once(box: Box, card: Path, tmp_path: Path, readable: bool) -> None:
    data = (card / "DCIM/100KLUIS/KLUI0004.JPG").read_bytes()
    report = take(box, fill(tmp_path / "card", {"IMG_0001.JPG": data if readable else b"no photo"}))
    photo_id = named(box, "IMG_0001.JPG")
    other = open_box(box.config, clock=box.clock)
    together = Barrier(2)

    class Together:
        """Both have decided to examine the photo before either has written anything."""

        def __init__(self, mine: Box) -> None:
            self._decoder = mine.decoder

        def decode(self, *args: object, **more: object) -> object:
            together.wait()
            return self._decoder.decode(*args, **more)  # type: ignore[arg-type]

    def work(mine: Box) -> None:
        analyse(mine.safe, Together(mine), mine.analyser, photo_id, now=mine.now(), day=mine.today())  # type: ignore[arg-type]

    threads = [Thread(target=work, args=(one,)) for one in (box, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()

    faces = rows(box, "SELECT id FROM faces")
    assert len(faces) == (1 if readable else 0)
    assert files_on_disk(box) == files_known(box)
    report = intake.import_report(box.safe, report.id, by=OPERATOR, now=box.now())
    assert report.set_aside == (0 if readable else 1)
    action = "photo:analyse" if readable else "photo:set_aside"
    done = [entry.event.detail for entry in log(box) if entry.event.action == action]
    assert sorted(done) == sorted(["faces=1" if readable else "photo:damaged", "already"])


def test_setting_aside_does_not_undo_what_another_worker_found(photo_box: Box, photo: PhotoId) -> None:
    set_aside(photo_box.safe, photo, "photo:damaged", now=photo_box.now(), day=photo_box.today())
    assert seen(photo_box, photo).stage is Stage.ANALYSED


def test_a_photo_without_pictures_yet_says_so(box: Box, tmp_path: Path) -> None:
    take(box, fill(tmp_path / "card", {"IMG_0001.JPG": picture(1)}))
    with pytest.raises(Fault) as problem:
        photos.picture(box.safe, named(box, "IMG_0001.JPG"), BlobKind.PROXY, by=OPERATOR, now=box.now())
    assert problem.value.key == "photo:not_ready"


def test_without_recognition_nobody_is_measured(
    box: Box, card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P1, P3: a new safe finds faces, and computes no embedding at all."""
    take(box, fill(tmp_path / "card", {"IMG_0001.JPG": (card / "DCIM/100KLUIS/KLUI0004.JPG").read_bytes()}))

    def measured(*_args: object) -> None:
        raise AssertionError("a face was measured")

    monkeypatch.setattr(box.analyser, "embed", measured)
    monkeypatch.setattr(box.analyser, "embed_for", measured)
    examine(box)
    assert len(rows(box, "SELECT id FROM faces")) == 1
    assert rows(box, "SELECT * FROM templates") == rows(box, "SELECT * FROM links") == []
