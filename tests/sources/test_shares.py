"""Files on a share: a folder and a real file server keep the same contract."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import Fault, KluisError, Mistake, Unreadable
from appliance.domain.shares import Share, ShareId, SmbPlace, require_sensible, smb_address, smb_place
from appliance.sources.changes import tells_of_changes
from appliance.sources.shares import PUT_ASIDE, Source, connected
from appliance.sources.stillness import Stillness
from tests.sources.smb import PASSWORD, USER, Server, missing, serving


@dataclass(frozen=True, slots=True)
class Shared:
    """A share, and its folder as whoever puts files there sees it."""

    share: Share
    folder: Path

    def connected(self) -> AbstractContextManager[Source]:
        return connected(self.share)

    def put(self, name: str, data: bytes = b"photo") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if why := missing():
        pytest.skip(f"NO FILE SERVER CAN RUN HERE: {why}")
    with serving() as made:
        yield made


@pytest.fixture(params=["folder", "smb"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Shared:
    if request.param == "folder":
        return Shared(Share(ShareId("one"), "Studio", str(tmp_path)), tmp_path)
    server: Server = request.getfixturevalue("server")
    folder = server.folder / tmp_path.name
    folder.mkdir()
    return Shared(Share(ShareId("one"), "Studio", server.address(tmp_path.name), USER, PASSWORD), folder)


def test_photos_are_listed_with_size_time_and_sidecars(shared: Shared) -> None:
    path = shared.put("b/IMG_1.CR2", b"12345")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    for name in (
        "b/IMG_1.xmp",
        "b/IMG_1.CR2.xmp",
        "Één foto.jpg",
        "notes.txt",
        ".hidden.jpg",
        ".trash/x.jpg",
    ):
        shared.put(name)
    with shared.connected() as source:
        found = {file.path: file for file in source.files()}
    assert set(found) == {"b/IMG_1.CR2", "Één foto.jpg"}
    raw = found["b/IMG_1.CR2"]
    assert (raw.name, raw.bytes, int(raw.modified_at)) == ("IMG_1.CR2", 5, 1_700_000_000)
    assert raw.sidecars == ("b/IMG_1.CR2.xmp", "b/IMG_1.xmp")


def test_a_state_differs_when_the_file_or_its_sidecar_does(shared: Shared) -> None:
    shared.put("a.jpg")
    states = []
    for change in (
        lambda: None,
        lambda: shared.put("a.jpg", b"longer photo"),
        lambda: shared.put("a.xmp", b"<x/>"),
    ):
        change()
        with shared.connected() as source:
            states.append(source.files()[0].state)
    assert len(set(states)) == 3


def test_a_file_is_read_whole_or_not_at_all(shared: Shared) -> None:
    shared.put("a.jpg", bytes(range(256)) * 9000)
    with shared.connected() as source:
        source.files()
        assert source.read("a.jpg", 10_000_000) == bytes(range(256)) * 9000
        for name, most in (("a.jpg", 100), ("gone.jpg", 100)):
            with pytest.raises(Unreadable):
                source.read(name, most)


def test_files_are_put_aside_with_their_sidecars_and_overwrite_nothing(shared: Shared) -> None:
    for data in (b"first", b"second"):
        shared.put("b/IMG_1.jpg", data)
        shared.put("b/IMG_1.xmp", b"of " + data)
        with shared.connected() as source:
            (file,) = source.files()
            source.put_aside(file)
            assert source.files() == []
    aside = shared.folder / PUT_ASIDE / "b"
    assert {path.name: path.read_bytes() for path in aside.iterdir()} == {
        "IMG_1.jpg": b"first",
        "IMG_1.xmp": b"of first",
        "IMG_1 (2).jpg": b"second",
        "IMG_1 (2).xmp": b"of second",
    }


def test_a_link_that_leads_out_is_not_followed(
    shared: Shared, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.jpg"
    outside.write_bytes(b"secret")
    (shared.folder / "link.jpg").symlink_to(outside)
    shared.put("real.jpg")
    with shared.connected() as source:
        assert [file.path for file in source.files()] == ["real.jpg"]


def told(share: Share) -> str:
    with pytest.raises(KluisError) as problem, connected(share) as source:
        source.files()
    return problem.value.key


def test_a_server_that_refuses_or_is_not_there_is_told(server: Server) -> None:
    share = Share(ShareId("one"), "Studio", server.address(), USER, PASSWORD)
    assert told(replace(share, password="wrong")) == "share:refused"
    assert told(replace(share, place=server.address("no such folder"))) == "share:no_folder"
    assert told(replace(share, place=server.address().replace("fotos", "dicht"))) == "share:refused"
    assert told(replace(share, place=server.address().replace("fotos", "nowhere"))) == "share:no_folder"
    assert told(replace(share, place="smb://127.0.0.1:9/fotos")) == "share:gone"
    assert told(Share(ShareId("one"), "Studio", "/nowhere/at/all")) == "share:gone"


def test_a_server_that_goes_while_it_is_read_is_told() -> None:
    if why := missing():
        pytest.skip(f"NO FILE SERVER CAN RUN HERE: {why}")
    with serving() as server:
        (server.folder / "a.jpg").write_bytes(b"photo")
        share = Share(ShareId("one"), "Studio", server.address(), USER, PASSWORD)
        with connected(share) as source:
            assert len(source.files()) == 1
            server.stop()
            with pytest.raises(Fault) as problem:
                source.read("a.jpg", 100)
    assert problem.value.key == "share:gone"


def test_a_server_that_does_not_encrypt_is_not_spoken_to() -> None:
    if why := missing():
        pytest.skip(f"NO FILE SERVER CAN RUN HERE: {why}")
    with serving(encryption="off") as server:
        assert told(Share(ShareId("one"), "Studio", server.address(), USER, PASSWORD)) == "share:gone"


# Addresses.

PLACES = {
    "smb://server/share": SmbPlace("server", 445, "share", ""),
    "smb://server:4450/share/a/b": SmbPlace("server", 4450, "share", "a/b"),
    "smb://server/share/met%20spatie/": SmbPlace("server", 445, "share", "met spatie"),
    "smb://[fd00::1]/share": SmbPlace("fd00::1", 445, "share", ""),
}
NO_PLACES = [
    "smb://server",
    "smb:///share",
    "smb://server/",
    "smb://user:word@server/share",
    "smb://server/share/../other",
    "smb://server/share/a%5Cb",
    "smb://server/share?x=1",
    "smb://server:99999/share",
    "smb://ser ver/share",
    "smb://server/share//a",
]


@pytest.mark.parametrize("address", PLACES)
def test_an_address_is_understood(address: str) -> None:
    assert smb_place(address) == PLACES[address]
    assert smb_place(smb_address(PLACES[address])) == PLACES[address]


@pytest.mark.parametrize("address", NO_PLACES)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Mistake):
        smb_place(address)


@given(st.text(max_size=40))
def test_no_address_leads_up_or_holds_a_backslash(text: str) -> None:
    try:
        place = smb_place(f"smb://server/share/{text}")
    except Mistake:
        return
    assert not {"", ".", ".."} & set(place.folder.split("/")) or place.folder == ""
    assert "\\" not in place.folder


SENSIBLE = {
    "a folder": (Share(ShareId("1"), "Studio", "/mnt/studio"), True),
    "a server": (Share(ShareId("1"), "Studio", "smb://server/share", "anna", "secret"), True),
    "a server without a password": (Share(ShareId("1"), "Studio", "smb://server/share", "anna"), False),
    "no name": (Share(ShareId("1"), " ", "/mnt/studio"), False),
    "a folder from here": (Share(ShareId("1"), "Studio", "studio"), False),
    "a folder that goes up": (Share(ShareId("1"), "Studio", "/mnt/../etc"), False),
    "another protocol": (Share(ShareId("1"), "Studio", "ftp://server/share"), False),
}


@pytest.mark.parametrize("case", SENSIBLE)
def test_a_share_that_cannot_work_is_refused(case: str) -> None:
    share, fine = SENSIBLE[case]
    if fine:
        require_sensible(share)
    else:
        with pytest.raises(Mistake):
            require_sensible(share)


# Stillness.


def test_a_file_is_still_when_it_has_not_changed_for_long_enough() -> None:
    stillness = Stillness(10)
    assert stillness.still({"a": 1, "b": 1}, 0) == []
    assert stillness.still({"a": 1, "b": 2}, 9.9) == []
    assert stillness.still({"a": 1, "b": 2, "c": 1}, 10) == ["a"]
    assert stillness.still({"a": 2, "b": 2, "c": 1}, 20) == ["b", "c"]
    assert stillness.still({"a": 2}, 30) == ["a"]


def test_what_was_refused_is_left_alone_until_it_changes() -> None:
    stillness = Stillness(0)
    assert stillness.still({"a": 1}, 0) == ["a"]
    stillness.refuse("a")
    assert (stillness.still({"a": 1}, 1), stillness.refused) == ([], 1)
    assert (stillness.still({"a": 2}, 2), stillness.refused) == (["a"], 0)
    assert stillness.still({}, 3) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.1, 5)), min_size=1, max_size=30), st.floats(0.1, 10))
def test_nothing_is_taken_that_changed_within_the_time(
    looks: list[tuple[int, float]], seconds: float
) -> None:
    stillness, at, changed_at, before = Stillness(seconds), 0.0, 0.0, None
    for state, step in looks:
        at += step
        if state != before:
            changed_at, before = at, state
        assert (stillness.still({"a": state}, at) == ["a"]) == (at - changed_at >= seconds)


def test_the_kernel_tells_of_changes_in_a_folder_of_this_disk_and_not_of_what_is_gone(tmp_path: Path) -> None:
    assert tells_of_changes(tmp_path)
    assert not tells_of_changes(tmp_path / "gone")
    assert not tells_of_changes(Path("/proc/self"))
