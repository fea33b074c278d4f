"""What is put on a share comes into the safe by itself, once it is whole; what is done is done once."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import watcher
from appliance.actions import intake, shares
from appliance.actions.shoots import create_shoot
from appliance.domain.access import OPERATOR
from appliance.domain.errors import KluisError, NotAllowed
from appliance.domain.photos import ImportReport
from appliance.domain.shares import After, Share
from appliance.imaging.decode import Decoder
from appliance.sources.shares import PUT_ASIDE
from appliance.store.photos import BlobKind
from appliance.watcher import ShareWatch
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, EDITOR, fill, named, original, picture, rows, told
from tests.sources.smb import PASSWORD, USER, missing, serving

WHOLE = picture(1)


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as made:
        yield made


def added(box: Box, folder: Path, **more: object) -> Share:
    folder.mkdir(exist_ok=True)
    share = Share(shares.new_share_id(), "Studio", str(folder))
    return shares.put_share(box.safe, replace(share, **more), by=ADMINISTRATOR, now=box.now())  # type: ignore[arg-type]


class Looker:
    """Looks at a share as the watch does, on a clock of its own."""

    def __init__(self, box: Box, decoder: Decoder, share: Share) -> None:
        self.box, self.decoder, self.share = box, decoder, share
        self.stillness = shares.Stillness(10)
        self.at = 0.0

    def look(self, after: float = 0) -> shares.Look:
        self.at += after
        return shares.look_at(
            self.box.safe,
            self.decoder,
            self.share,
            self.stillness,
            clock=self.box.clock,
            at=self.at,
            bell=self.box.bell,
        )


def reports(box: Box) -> tuple[ImportReport, ...]:
    return intake.imports(box.safe, by=OPERATOR, now=box.now())


def names(box: Box) -> list[str]:
    return sorted(str(row["name"]) for row in rows(box, "SELECT name FROM photos"))


def test_a_file_is_taken_once_it_has_been_still_and_only_once(
    box: Box, decoder: Decoder, tmp_path: Path
) -> None:
    shoot = create_shoot(box.safe, by=OPERATOR, now=box.now(), name="Open dag", day=box.today())
    looker = Looker(box, decoder, added(box, tmp_path / "share", shoot_id=shoot.id))
    files = fill(tmp_path / "share", {"a/IMG_1.JPG": WHOLE, "a/IMG_1.xmp": b"<x:xmpmeta/>"})
    assert (looker.look().waiting, names(box)) == (1, [])
    assert (looker.look(after=9).waiting, names(box)) == (1, [])
    assert (looker.look(after=1).waiting, names(box)) == (0, ["IMG_1.JPG"])
    assert original(box, named(box, "IMG_1.JPG"), BlobKind.SIDECAR) == b"<x:xmpmeta/>"
    assert rows(box, "SELECT shoot_id FROM photos") == [{"shoot_id": shoot.id}]
    (report,) = reports(box)
    assert (report.source, report.found, report.stored, report.problem) == ("Studio", 1, 1, "")
    assert report.finished_at is not None
    looker.look(after=60)
    assert len(reports(box)) == 1
    assert (files / "a/IMG_1.JPG").read_bytes() == WHOLE


def test_a_file_that_is_being_copied_waits_however_slowly_it_comes(
    box: Box, decoder: Decoder, tmp_path: Path
) -> None:
    looker = Looker(box, decoder, added(box, tmp_path / "share"))
    target = tmp_path / "share" / "IMG_1.JPG"
    for part in range(4):
        target.write_bytes(WHOLE[: (part + 1) * len(WHOLE) // 5])
        assert looker.look(after=9).waiting == 1
    # The copying hangs: still for long enough, and half a photo.
    look = looker.look(after=10)
    assert (look.waiting, look.refused, names(box)) == (0, 1, [])
    assert looker.look(after=100).refused == 1
    target.write_bytes(WHOLE)
    assert (looker.look(after=1).waiting, looker.look(after=10).waiting) == (1, 0)
    assert original(box, named(box, "IMG_1.JPG")) == WHOLE


def test_a_file_without_its_end_that_still_is_a_picture_to_some_is_no_photo_here(
    box: Box, decoder: Decoder, tmp_path: Path
) -> None:
    looker = Looker(box, decoder, added(box, tmp_path / "share"))
    fill(
        tmp_path / "share",
        {"half.jpg": WHOLE[: len(WHOLE) // 2], "text.png": b"no picture", "empty.jpg": b""},
    )
    looker.look()
    look = looker.look(after=10)
    assert (look.refused, names(box), reports(box)) == (3, [], ())


def test_files_that_are_moved_are_in_the_safe_first(box: Box, decoder: Decoder, tmp_path: Path) -> None:
    looker = Looker(box, decoder, added(box, tmp_path / "share", after=After.MOVE))
    share = fill(tmp_path / "share", {"a/IMG_1.JPG": WHOLE, "a/IMG_1.xmp": b"<x/>", "bad.jpg": b"no photo"})
    looker.look()
    looker.look(after=10)
    assert sorted(str(path.relative_to(share)) for path in share.rglob("*.*")) == [
        f"{PUT_ASIDE}/a/IMG_1.JPG",
        f"{PUT_ASIDE}/a/IMG_1.xmp",
        "bad.jpg",
    ]
    assert original(box, named(box, "IMG_1.JPG")) == WHOLE


def test_a_file_that_is_in_the_safe_and_was_not_moved_is_moved_at_the_next_look(
    box: Box, decoder: Decoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a power cut between the two."""
    looker = Looker(box, decoder, added(box, tmp_path / "share", after=After.MOVE))
    share = fill(tmp_path / "share", {"IMG_1.JPG": WHOLE})
    looker.look()
    with monkeypatch.context() as cut:
        cut.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError("not now")))
        assert looker.look(after=10).problem == "share:not_moved"
    assert (names(box), (share / "IMG_1.JPG").exists()) == (["IMG_1.JPG"], True)
    assert looker.look(after=1).problem == ""
    assert (len(names(box)), (share / PUT_ASIDE / "IMG_1.JPG").exists()) == (1, True)


def test_a_share_that_is_gone_is_told_and_comes_back_by_itself(
    box: Box, decoder: Decoder, tmp_path: Path
) -> None:
    looker = Looker(box, decoder, added(box, tmp_path / "share"))
    (tmp_path / "share").rename(tmp_path / "away")
    assert looker.look().problem == "share:gone"
    before = len(told(box))
    assert looker.look().problem == "share:gone"
    assert len(told(box)) == before  # no news
    ((_, look),) = shares.shares(box.safe, by=ADMINISTRATOR, now=box.now())
    assert look.problem == "share:gone"
    fill(tmp_path / "away", {"IMG_1.JPG": WHOLE}).rename(tmp_path / "share")
    looker.look()
    assert (looker.look(after=10).problem, names(box)) == ("", ["IMG_1.JPG"])


def test_a_real_file_server_is_read_by_its_account(box: Box, decoder: Decoder) -> None:
    if why := missing():
        pytest.skip(f"NO FILE SERVER CAN RUN HERE: {why}")
    with serving() as server:
        given = {"place": server.address(), "user": USER, "password": PASSWORD, "after": After.MOVE}
        share = shares.put_share(
            box.safe,
            replace(Share(shares.new_share_id(), "Server", ""), **given),
            by=ADMINISTRATOR,
            now=box.now(),  # type: ignore[arg-type]
        )
        fill(
            server.folder, {"map één/IMG_1.JPG": WHOLE, "map één/IMG_1.xmp": b"<x/>", "IMG_2.JPG": picture(2)}
        )
        assert shares.try_share(box.safe, share.id, by=ADMINISTRATOR, now=box.now()) == 2
        looker = Looker(box, decoder, share)
        looker.look()
        assert looker.look(after=10).problem == ""
        assert names(box) == ["IMG_1.JPG", "IMG_2.JPG"]
        assert original(box, named(box, "IMG_1.JPG"), BlobKind.SIDECAR) == b"<x/>"
        assert (server.folder / PUT_ASIDE / "map één" / "IMG_1.JPG").read_bytes() == WHOLE
        server.stop()
        assert looker.look().problem == "share:gone"


def test_the_password_is_shown_to_nobody_lies_nowhere_in_the_clear_and_goes_to_no_other_server(
    box: Box, tmp_path: Path
) -> None:
    secret = "hetgeheimvandeserver"
    share = Share(shares.new_share_id(), "Server", "smb://server/foto", "kluis", secret)
    shares.put_share(box.safe, share, by=ADMINISTRATOR, now=box.now())
    ((shown, _),) = shares.shares(box.safe, by=ADMINISTRATOR, now=box.now())
    assert shown.password == ""
    for path in box.config.home.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes()
    assert secret not in "".join(told(box))
    kept = shares.put_share(box.safe, replace(shown, name="Anders"), by=ADMINISTRATOR, now=box.now())
    assert kept.password == secret
    with pytest.raises(KluisError) as problem:
        shares.put_share(box.safe, replace(shown, place="smb://other/foto"), by=ADMINISTRATOR, now=box.now())
    assert problem.value.key == "share:no_password"


def test_shares_are_set_by_administrators_alone(box: Box, tmp_path: Path) -> None:
    share = added(box, tmp_path / "share")
    for attempt in (
        lambda: shares.shares(box.safe, by=EDITOR, now=box.now()),
        lambda: shares.put_share(box.safe, share, by=EDITOR, now=box.now()),
        lambda: shares.try_share(box.safe, share.id, by=EDITOR, now=box.now()),
        lambda: shares.remove_share(box.safe, share.id, by=EDITOR, now=box.now()),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    shares.remove_share(box.safe, share.id, by=ADMINISTRATOR, now=box.now())
    assert shares.active_shares(box.safe, now=box.now()) == ()


def test_the_watch_hears_of_a_new_file_at_once_and_takes_it_when_it_is_still(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "STILL_FOR", 0.3)
    monkeypatch.setattr(watcher, "_GLANCES", 0.2)
    monkeypatch.setattr(watcher, "_OFTEN", 0.3)  # while something comes; else nobody looks for five minutes
    added(box, tmp_path / "share")
    stop, watch = threading.Event(), ShareWatch(box)
    thread = threading.Thread(target=watch.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: watch._news.tells_of(tmp_path / "share") and watch._due != {})
        threading.Event().wait(1)
        fill(tmp_path / "share", {"IMG_1.JPG": WHOLE})
        wait_until(lambda: names(box) == ["IMG_1.JPG"])
    finally:
        stop.set()
        thread.join()
        box.decoder.close()


def wait_until(so: object) -> None:
    for _ in range(600):
        if so():  # type: ignore[operator]
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not come about")


def test_two_watches_do_not_take_a_file_twice(box: Box, decoder: Decoder, tmp_path: Path) -> None:
    share = added(box, tmp_path / "share")
    fill(tmp_path / "share", {f"IMG_{n}.JPG": picture(n) for n in range(3)})
    lookers = [Looker(box, decoder, share) for _ in range(2)]
    for looker in lookers:
        looker.look()
    for looker in lookers:
        looker.look(after=10)
    assert len(names(box)) == 3
    assert os.listdir(tmp_path / "share")  # noqa: PTH208 - they stay
