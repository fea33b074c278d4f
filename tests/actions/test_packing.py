"""Many copies as one ZIP that is made while it is sent: what is no longer allowed is not in it (P12)."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.actions import consent
from appliance.actions.packing import CERTIFICATE, README, packed, require_few
from appliance.actions.release import Copy, release
from appliance.domain.consent import Purpose, Quitclaim
from appliance.domain.errors import Fault, Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.release import usual_order
from appliance.evidence.receipts import SUFFIX, verify_copy
from appliance.wiring import Box
from tests.actions.scene import EDITOR, examine, fill, named, person, picture, rows, signed, take
from tests.actions.test_release import add

NAMES = ("ONE.JPG", "TWO.JPG", "THREE.JPG")


@pytest.fixture
def three(photo_box: Box, tmp_path: Path) -> tuple[list[PhotoId], dict[str, Quitclaim]]:
    """Three photos of three people."""
    take(photo_box, fill(tmp_path / "three", {name: picture(n) for n, name in enumerate(NAMES, 50)}))
    examine(photo_box)
    quitclaims = {}
    for name in NAMES:
        who = person(photo_box, name)
        quitclaims[name] = signed(photo_box, who, Purpose.WEB)
        add(photo_box, named(photo_box, name), who)
    return [named(photo_box, name) for name in NAMES], quitclaims


def stream(box: Box, photos: list[PhotoId]) -> Iterator[bytes]:
    def copy(photo_id: PhotoId) -> Copy:
        order = usual_order(Purpose.WEB)
        return release(
            box.safe, box.decoder, box.sealing, photo_id, order, by=EDITOR, now=box.now(), day=box.today()
        )

    return packed(photos, copy, box.sealing.certificate, now=box.now())


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_copy_is_there_with_a_receipt_that_holds(
    photo_box: Box, three: tuple[list[PhotoId], dict[str, Quitclaim]]
) -> None:
    files = unpacked(b"".join(stream(photo_box, three[0])))
    copies = [name for name in files if name.endswith(".jpg")]
    assert len(copies) == 3
    assert set(files) == {*copies, *(name + SUFFIX for name in copies), CERTIFICATE, README}
    for name in copies:
        verify_copy(files[name], files[name + SUFFIX], files[CERTIFICATE])
    assert not [name for name in NAMES if name.encode() in b"".join(files.values())]


def test_a_withdrawal_while_it_is_sent_stops_what_was_not_sent_yet(
    photo_box: Box, three: tuple[list[PhotoId], dict[str, Quitclaim]]
) -> None:
    photos, quitclaims = three
    parts = stream(photo_box, photos)
    sent = [next(parts)]
    now, day = photo_box.now(), photo_box.today()
    consent.withdraw(photo_box.safe, quitclaims["TWO.JPG"].id, by=EDITOR, now=now, day=day)
    files = unpacked(b"".join([*sent, *parts]))
    left = {row["photo_id"] for row in rows(photo_box, "SELECT photo_id FROM releases")}
    assert left == {photos[0], photos[2]}
    assert len([name for name in files if name.endswith(".jpg")]) == 2
    assert b"In this package: 2. Left out, because they are not allowed (any more): 1." in files[README]


def test_a_fault_ends_the_stream_before_its_end(
    photo_box: Box, three: tuple[list[PhotoId], dict[str, Quitclaim]]
) -> None:
    def broken(_photo: PhotoId) -> Copy:
        raise Fault("blob:damaged", "Damaged.")

    parts = packed(three[0], broken, b"", now=photo_box.now())
    with pytest.raises(Fault):
        next(parts)
    assert list(parts) == []


def test_how_many_may_be_asked_at_once() -> None:
    with pytest.raises(Mistake) as none:
        require_few([])
    assert none.value.key == "release:no_photo"
    with pytest.raises(Mistake) as many:
        require_few([PhotoId(str(number)) for number in range(501)])
    assert many.value.key == "release:too_many"
    assert require_few([PhotoId("a"), PhotoId("b"), PhotoId("a")]) == ["a", "b"]
