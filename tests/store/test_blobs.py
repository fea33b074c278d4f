"""Encrypted files: whole or not there, sealed to what they are, and told when the disk gives up."""

import errno
import hashlib
import itertools
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.errors import Fault, Tampered, Unreadable
from appliance.store.blobs import Blobs
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe
from appliance.store.segments import FIRST_PLAIN, PLAIN
from tests.store.crash import die, in_a_child
from tests.store.room import little_room
from tests.store.shelf import SLOW_OR_SHARED, files_in, keep_photo, looking, read

KEY, ABOUT = bytes(range(32)), "photo/original"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def blobs(folder: Path) -> Blobs:
    return Blobs(folder)


around_borders = st.sampled_from([FIRST_PLAIN, FIRST_PLAIN + PLAIN]).flatmap(
    lambda border: st.integers(border - 2, border + 2)
)


@settings(max_examples=25, suppress_health_check=SLOW_OR_SHARED)
@given(st.integers(1, 5000) | around_borders, st.sampled_from([1 << 16, 1 << 20, 999_983, 5 << 20]))
def test_what_is_read_is_what_was_written(blobs: Blobs, size: int, part: int) -> None:
    data = hashlib.sha256(str(size).encode()).digest() * (size // 32 + 1)
    data = data[:size]
    blob = blobs.write([data[i : i + part] for i in range(0, size, part)], key=KEY, about=ABOUT)
    assert (blob.bytes, blob.sha256) == (size, hashlib.sha256(data).hexdigest())
    assert blobs.read(blob.place, key=KEY, about=ABOUT) == data


def test_names_and_rights_of_files_say_nothing_and_give_nothing(blobs: Blobs, folder: Path) -> None:
    blob = blobs.write([b"words"], key=KEY, about="Anna/original")
    assert "anna" not in blob.place.lower()
    assert stat.S_IMODE((folder / blob.place).parent.stat().st_mode) == 0o700
    assert blobs.write([b"words"], key=KEY, about="Anna/original").place != blob.place


@pytest.mark.parametrize(
    ("source", "key"), [([b"x" * 11], "photo:too_large"), ([], "photo:empty"), ([b"", b""], "photo:empty")]
)
def test_what_may_not_be_kept_leaves_no_file(
    blobs: Blobs, folder: Path, source: list[bytes], key: str
) -> None:
    with pytest.raises(Unreadable) as problem:
        blobs.write(source, key=KEY, about=ABOUT, limit=10)
    assert problem.value.key == key
    assert files_in(folder) == {}


def test_as_much_as_the_limit_is_kept(blobs: Blobs) -> None:
    assert blobs.write([b"x" * 10], key=KEY, about=ABOUT, limit=10).bytes == 10


@pytest.mark.parametrize("problem", [OSError(errno.EIO, "pulled"), KeyboardInterrupt(), ValueError()])
def test_a_source_that_breaks_off_leaves_no_file_and_speaks_for_itself(
    blobs: Blobs, folder: Path, problem: BaseException
) -> None:
    def breaks_off() -> Iterator[bytes]:
        yield bytes(3 << 20)
        raise problem

    with pytest.raises(type(problem)) as told:
        blobs.write(breaks_off(), key=KEY, about=ABOUT)
    assert told.value is problem
    assert files_in(folder) == {}


def test_a_file_that_is_being_written_is_not_there_yet(blobs: Blobs, folder: Path) -> None:
    seen: list[set[str]] = []

    def watched() -> Iterator[bytes]:
        for _ in range(3):
            yield bytes(1 << 20)
            seen.append(set(files_in(folder)))

    blob = blobs.write(watched(), key=KEY, about=ABOUT)
    assert set().union(*seen) == {f"{blob.place}.partial"}
    assert set(files_in(folder)) == {blob.place}


def test_a_writer_that_is_killed_leaves_only_a_part_which_is_an_orphan(blobs: Blobs, folder: Path) -> None:
    kept = blobs.write([b"kept"], key=KEY, about=ABOUT)

    def source() -> Iterator[bytes]:
        yield bytes(3 << 20)
        die()

    assert not in_a_child(lambda _: blobs.write(source(), key=KEY, about=ABOUT) and None).ended()
    (left,) = set(files_in(folder)) - {kept.place}
    assert left.endswith(".partial")
    assert blobs.orphans({kept.place}) == set()  # a young file may still be written
    long_ago = time.time() - 7200
    for path in folder.rglob("*"):
        os.utime(path, (long_ago, long_ago))
    assert blobs.orphans({kept.place}) == {left}
    blobs.delete(left)
    assert blobs.has(kept.place)
    assert not blobs.has(left)


def test_a_full_disk_is_told_and_leaves_no_part(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    with little_room(folder, 2_000_000):
        blobs = Blobs(folder)
        kept = blobs.write([bytes(500_000)], key=KEY, about=ABOUT)
        with pytest.raises(Fault) as full:
            blobs.write([bytes(1 << 20)] * 4, key=KEY, about=ABOUT)
        assert full.value.key == "store:disk"
        assert set(files_in(folder)) == {kept.place}
        assert blobs.read(kept.place, key=KEY, about=ABOUT) == bytes(500_000)
        blobs.write([bytes(500_000)], key=KEY, about=ABOUT)


def test_a_file_that_is_gone_or_cannot_be_read_is_told(blobs: Blobs, folder: Path) -> None:
    blob = blobs.write([b"words"], key=KEY, about=ABOUT)
    blobs.delete(blob.place)
    with pytest.raises(Tampered):
        blobs.read(blob.place, key=KEY, about=ABOUT)
    (folder / blob.place).mkdir()
    with pytest.raises(Fault) as problem:
        blobs.read(blob.place, key=KEY, about=ABOUT)
    assert problem.value.key == "store:disk"


# In the safe, a file opens as what it is and for whom it is, in no other place.

FILES = {BlobKind.ORIGINAL: b"the original", BlobKind.PROXY: b"the proxy", BlobKind.SIDECAR: b"the sidecar"}


def paths(safe: Safe, folder: Path) -> dict[tuple[str, BlobKind], Path]:
    with looking(safe.store) as view:
        found = {
            (photo.id, kind): view.photos.kept(photo.id, kind)
            for photo in map(view.photos.get, ("one", "two"))  # type: ignore[arg-type]
            for kind in FILES
        }
    return {key: folder / kept.place for key, kept in found.items() if kept is not None}


def test_a_file_in_the_place_of_any_other_is_found(safe: Safe, folder: Path) -> None:
    for name in ("one", "two"):
        keep_photo(safe, name, {kind: data + name.encode() for kind, data in FILES.items()})
    places = paths(safe, folder)
    bytes_of = {key: path.read_bytes() for key, path in places.items()}
    for (here, path), there in itertools.product(places.items(), places):
        path.write_bytes(bytes_of[there])
        if here == there:
            assert read(safe, *here).startswith(FILES[here[1]])  # type: ignore[arg-type]
        else:
            with pytest.raises(Tampered):
                read(safe, *here)  # type: ignore[arg-type]
        path.write_bytes(bytes_of[here])


def test_a_key_in_the_place_of_another_photos_key_is_found(safe: Safe) -> None:
    one = keep_photo(safe, "one", FILES)
    two = keep_photo(safe, "two", FILES)
    with looking(safe.store) as view:
        wrapped = view.photos.wrapped_key(one.id)
        assert safe.ring.unwrap(wrapped, one.id) == safe.data_key(view, one.id)
    with pytest.raises(Tampered):
        safe.ring.unwrap(wrapped, two.id)
    for changed in (wrapped[:-1], b"", bytes(len(wrapped)), wrapped[:20] + b"x" + wrapped[21:]):
        with pytest.raises(Tampered):
            safe.ring.unwrap(changed, one.id)


def test_a_picture_that_is_not_there_yet_says_so(safe: Safe) -> None:
    one = keep_photo(safe, "one", {BlobKind.ORIGINAL: b"original"})
    with pytest.raises(Fault) as problem:
        read(safe, one.id, BlobKind.PROXY)
    assert problem.value.key == "photo:not_ready"
