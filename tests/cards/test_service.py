"""The card service with real file systems: seen, mounted so that nothing changes, handed over, let go of."""

import json
import os
import pwd
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.domain.cards import Card, CardState, removable
from appliance.domain.errors import KluisError
from appliance.sources.card_service import CardService
from appliance.sources.folders import Candidate, open_candidate, photos_in
from tests.cards.bench import USER, Bench, digest, run
from tests.cards.conftest import FILES

KINDS = ["vfat", "exfat", "ext4", "ntfs"]
Images = Callable[..., Path]


def states(bench: Bench) -> list[CardState]:
    return [card.state for card in bench.service.seen().cards]


def problem_with(attempt: Callable[[], object]) -> str:
    with pytest.raises(KluisError) as told:
        attempt()
    return told.value.key


def mount(bench: Bench) -> None:
    with bench.service.mounted(bench.card()):
        pass


@pytest.mark.parametrize("kind", KINDS)
def test_each_file_system_is_read_whole_and_not_a_bit_of_it_changes(
    bench: Bench, card_image: Images, kind: str
) -> None:
    made = card_image(kind)
    before = digest(made)
    bench.serve()
    bench.plug(made)
    card = bench.card()
    assert (card.file_system, card.label, card.state) == (
        kind,
        f"KAART_{kind}".upper()[:11],
        CardState.WAITING,
    )
    with bench.service.mounted(card) as mounted:
        assert states(bench) == [CardState.READING]
        assert not removable(bench.service.seen().cards, card.disk)
        for candidate in photos_in(mounted.folder):
            with open_candidate(candidate) as stream:
                assert stream.read() == FILES[str(candidate.path.relative_to(mounted.folder))]
        assert len(list(photos_in(mounted.folder))) == len(FILES)
        mounted.whole = True
    bench.seen(lambda seen: seen.cards[0].state is CardState.SAFE)
    assert removable(bench.service.seen().cards, card.disk)
    assert str(bench.socket.parent) not in Path("/proc/self/mountinfo").read_text()
    assert digest(made) == before


def test_what_is_mounted_can_be_read_by_one_user_and_written_run_or_opened_as_a_device_by_nobody(
    bench: Bench, card_image: Images
) -> None:
    bench.serve()
    bench.plug(card_image("ext4"))
    with bench.service.mounted(bench.card()) as mounted:
        photo = mounted.sign / next(iter(FILES))  # here the service has no name space of its own
        line = next(
            one for one in Path("/proc/self/mountinfo").read_text().splitlines() if str(mounted.sign) in one
        )
        assert {"ro", "nodev", "nosuid", "noexec"} <= set(line.split()[5].split(","))
        with pytest.raises(OSError, match="Read-only"):
            photo.write_bytes(b"changed")
        with pytest.raises(OSError, match="Read-only"):
            photo.touch()
        assert as_user(USER, "cat", photo) == 0
        assert as_user("daemon", "cat", photo) != 0


def as_user(name: str, *command: object) -> int:
    user = pwd.getpwnam(name)
    words = [str(one) for one in command]
    return subprocess.run(
        words, user=user.pw_uid, group=user.pw_gid, extra_groups=[], check=False, capture_output=True
    ).returncode


def test_a_card_is_read_from_a_service_whose_mounts_nobody_else_sees(
    bench: Bench, card_image: Images
) -> None:
    """As in its unit, which gives it a name space of its own: the open folder is handed over."""
    bench.serve("unshare", "--mount", "--propagation", "slave")
    bench.plug(card_image("ext4"))
    with bench.service.mounted(bench.card()) as mounted:
        assert str(mounted.sign) not in Path("/proc/self/mountinfo").read_text()
        assert list(mounted.sign.iterdir()) == []
        harmless = os.ST_RDONLY | os.ST_NODEV | os.ST_NOSUID | os.ST_NOEXEC
        assert os.statvfs(mounted.folder).f_flag & harmless == harmless
        found = {str(one.path.relative_to(mounted.folder)): read(one) for one in photos_in(mounted.folder)}
        assert found == FILES
        mounted.whole = True
    assert bench.card().state is CardState.SAFE  # nobody has it open any more


def test_a_journal_is_not_replayed(bench: Bench, card_image: Images) -> None:
    """Mounting a card that was pulled out of a camera would write to it, even read-only."""
    made = card_image("ext4")
    run("debugfs", "-w", "-R", "feature needs_recovery", made)
    before = digest(made)
    bench.serve()
    bench.plug(made)
    with bench.service.mounted(bench.card()) as mounted:
        assert len(list(photos_in(mounted.folder))) == len(FILES)
    assert digest(made) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_system_is_told_and_not_repaired(bench: Bench, card_image: Images, kind: str) -> None:
    made = card_image(kind)
    damage(made, kind)
    before = digest(made)
    bench.serve()
    bench.plug(made)
    assert problem_with(lambda: mount(bench)) in ("card:damaged", "card:no_file_system")
    (card,) = bench.service.seen().cards
    assert (card.state, card.problem != "") == (CardState.UNREADABLE, True)
    assert digest(made) == before


def damage(made: Path, kind: str) -> None:
    """What names the file system stays whole; what it needs to be read is gone."""
    begin, size = {"vfat": (0, 3), "exfat": (512 * 2, 4096), "ext4": (1024 + 0x18, 4), "ntfs": (0x30, 8)}[
        kind
    ]
    with made.open("r+b") as stream:
        stream.seek(begin)
        stream.write(b"\xff" * size)
        if kind in ("vfat", "ntfs"):
            stream.seek(0x0B)
            stream.write(b"\x07\x00")  # bytes in a sector


def test_a_card_without_any_file_system_is_told(bench: Bench, tmp_path: Path) -> None:
    empty = tmp_path / "empty.img"
    empty.write_bytes(bytes(4 << 20))
    bench.serve()
    bench.plug(empty)
    assert (bench.card().state, bench.card().problem) == (CardState.UNREADABLE, "card:no_file_system")
    assert problem_with(lambda: mount(bench)) == "card:no_file_system"


def test_partitions_and_several_cards_are_each_seen_and_read_at_once(
    bench: Bench, card_image: Images
) -> None:
    bench.serve()
    bench.plug_partitions([card_image("vfat"), card_image("ext4")], "1-1", "sdx")
    bench.plug(card_image("exfat"), "1-2", "sdy")
    seen = bench.seen(lambda seen: len(seen.cards) == 3)
    assert sorted((card.disk, card.file_system) for card in seen.cards) == [
        ("sdx", "ext4"),
        ("sdx", "vfat"),
        ("sdy", "exfat"),
    ]
    first, *others = seen.cards
    with (
        bench.service.mounted(first) as one,
        bench.service.mounted(others[0]) as two,
        bench.service.mounted(others[1]),
    ):
        assert len(list(photos_in(one.folder))) == len(list(photos_in(two.folder))) == len(FILES)
        assert states(bench) == [CardState.READING] * 3


def test_one_card_is_mounted_for_one_importer_at_a_time(bench: Bench, card_image: Images) -> None:
    bench.serve()
    bench.plug(card_image())
    with bench.service.mounted(bench.card()):
        assert problem_with(lambda: mount(bench)) == "card:busy"
    bench.seen(lambda seen: seen.cards[0].state is CardState.WAITING)
    mount(bench)


def test_a_card_is_known_again_by_its_volume_and_each_insertion_is_another(
    bench: Bench, card_image: Images
) -> None:
    bench.serve()
    device = bench.plug(card_image())
    first = bench.card()
    bench.pull(device)
    bench.seen(lambda seen: not seen.cards)
    bench.plug_disk(card_image(), f"{bench.hub}/1-1", "sdz")
    again = bench.card()
    assert again.id == first.id
    assert again.insertion != first.insertion
    assert problem_with(lambda: mount_again(bench, first)) == "card:absent"


def mount_again(bench: Bench, card: Card) -> None:
    with bench.service.mounted(card):
        pass


def test_an_importer_that_dies_lets_go_of_the_card(bench: Bench, card_image: Images) -> None:
    bench.serve()
    bench.plug(card_image())
    card = bench.card()
    link = socket.socket(socket.AF_UNIX)
    link.connect(str(bench.socket))
    link.sendall(json.dumps({"do": "mount", "insertion": card.insertion}).encode() + b"\n")
    assert b"folder" in link.recv(4096)
    assert states(bench) == [CardState.READING]
    link.close()
    bench.seen(
        lambda seen: seen.cards[0].state is CardState.WAITING
    )  # not safe: nobody said that it was copied


def test_a_service_that_was_killed_leaves_no_mount_behind_when_it_is_back(
    bench: Bench, card_image: Images
) -> None:
    bench.serve()
    bench.plug(card_image())
    card, mounts = bench.card(), Path("/proc/self/mountinfo")

    def copy() -> None:
        with bench.service.mounted(card) as mounted:
            os.kill(bench.pid, 9)
            bench.until(lambda: problem_with(bench.service.seen) == "card:no_service")
            assert str(mounted.sign) in mounts.read_text()
            mounted.whole = True

    assert problem_with(copy) == "card:no_service"  # nobody says that it is safe
    bench.serve()
    assert str(bench.socket.parent) not in mounts.read_text()
    assert states(bench) == [CardState.WAITING]


def test_a_card_that_is_pulled_while_it_is_read_is_gone_for_everybody(
    bench: Bench, card_image: Images
) -> None:
    bench.serve()
    made = card_image()
    device = bench.plug(made)
    card = bench.card()
    with bench.service.mounted(card) as mounted:
        candidates = list(photos_in(mounted.folder, sign=mounted.sign))
        bench.pull(device)
        os.truncate(made, 0)  # else the loop device would read on
        bench.seen(lambda seen: not seen.cards)
        bench.until(lambda: not mounted.sign.exists())
        assert problem_with(lambda: read(candidates[0])) == "card:gone"
    assert problem_with(lambda: mount_again(bench, card)) == "card:absent"
    assert '"while_reading": true' in bench.log()


def read(candidate: Candidate) -> bytes:
    with open_candidate(candidate) as stream:
        return stream.read()


def test_a_reader_whose_medium_is_changed_is_looked_at_again(bench: Bench, card_image: Images) -> None:
    bench.serve()
    device = bench.plug(card_image())
    assert bench.card()
    bench.change(device, {"size": "0"}, {"ID_FS_TYPE": ""})
    bench.seen(lambda seen: not seen.cards)
    bench.change(device, {"size": "81920"}, {"ID_FS_TYPE": "ext4"})
    assert bench.card().state is CardState.WAITING


def test_what_the_box_itself_has_mounted_is_no_card(bench: Bench, card_image: Images, tmp_path: Path) -> None:
    bench.serve()
    made = card_image()
    own = tmp_path / "own"
    own.mkdir()
    run("mount", "-o", "loop,ro,noload", made, own)
    try:
        node = run("findmnt", "--noheadings", "--output", "SOURCE", own)
        bench.plug_usb("1-3", b"")
        bench._block(f"{bench.hub}/1-3", "sdw", "disk", node, 1 << 20, {"ID_FS_TYPE": "ext4"})
        bench.plug(card_image("vfat"), "1-4", "sdv")
        assert bench.card().disk == "sdv"
    finally:
        run("umount", own)


def test_only_root_and_the_user_of_the_box_are_answered(bench: Bench, card_image: Images) -> None:
    bench.serve()
    bench.socket.chmod(0o666)  # so that it is the service that refuses, not the file system
    bench.socket.parent.chmod(0o755)
    program = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
        's.sendall(b\'{"do": "list"}\\n\'); sys.exit(0 if s.recv(9) else 1)'
    )
    assert as_user(USER, "/usr/bin/python3", "-c", program, bench.socket) == 0
    assert as_user("daemon", "/usr/bin/python3", "-c", program, bench.socket) != 0
    assert "peer_refused" in bench.log()


REQUESTS = [
    b"",
    b"\n",
    b"{}\n",
    b"[]\n",
    b"null\n",
    b"\xff\xfe\n",
    b'{"do": "unmount"}\n',
    b'{"do": "mount"}\n',
    b'{"do": "mount", "insertion": "../../etc"}\n',
    b'{"do": "mount", "insertion": {"a": 1}}\n',
    b'{"do": "watch", "after": "x", "seconds": 1}\n',
    b'{"do": "watch", "after": 0, "seconds": "long"}\n',
    b'{"do": "release", "whole": true}\n',
    b"x" * 10_000 + b"\n",
    b'{"do": ' * 700 + b"\n",
]


def test_a_request_that_is_none_mounts_nothing_and_harms_nobody(bench: Bench, card_image: Images) -> None:
    bench.serve()
    bench.plug(card_image())
    bench.card()
    for request in REQUESTS:
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(bench.socket))
            link.sendall(request)
            link.shutdown(socket.SHUT_WR)
            answers = link.recv(4096).splitlines()
        assert all("error" in json.loads(line) for line in answers[:1]), request
    assert states(bench) == [CardState.WAITING]


def test_news_wakes_whoever_waits_for_it(bench: Bench, card_image: Images) -> None:
    bench.serve()
    version = bench.service.seen().version
    bench.plug(card_image())
    seen = bench.service.wait(version, 20)
    assert seen.version > version


def test_without_a_service_it_is_told(tmp_path: Path) -> None:
    assert problem_with(CardService(tmp_path / "nowhere").seen) == "card:no_service"
