"""A card or a folder: which files are photos, and what is said when it does not let itself be read."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.domain.errors import Fault, KluisError, Unreadable
from appliance.sources import folders
from appliance.sources.folders import PHOTO, Candidate, Medium, open_candidate, photos_in, read_sidecar

GONE = [errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.ENOMEDIUM]
EITHER = [errno.EIO, errno.ENOENT, errno.ESTALE, errno.EREMOTEIO]  # of one file, or of a card that is gone
HERE = [errno.EACCES, errno.ELOOP, *EITHER]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here is pulled by hand, so nothing has to settle."""
    monkeypatch.setattr(folders, "_SETTLES", 0.0)


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def found(folder: Path) -> list[str]:
    return [str(one.path.relative_to(folder)) for one in photos_in(folder)]


def only(folder: Path) -> Candidate:
    (candidate,) = photos_in(folder)
    return candidate


def test_photos_are_found_below_a_folder_in_the_order_of_their_names(tmp_path: Path) -> None:
    fill(tmp_path, "b.jpg", "DCIM/100KLUIS/IMG_2.JPG", "DCIM/100KLUIS/IMG_10.JPG", "DCIM/099/z.heic", "a.PNG")
    assert found(tmp_path) == [
        "a.PNG",
        "b.jpg",
        "DCIM/099/z.heic",
        "DCIM/100KLUIS/IMG_10.JPG",
        "DCIM/100KLUIS/IMG_2.JPG",
    ]


def test_a_candidate_tells_its_size_and_time_and_opens_to_its_bytes(tmp_path: Path) -> None:
    fill(tmp_path, "a.jpg")
    os.utime(tmp_path / "a.jpg", (1_700_000_000, 1_700_000_000.25))
    candidate = only(tmp_path)
    assert (candidate.bytes, candidate.modified_at, candidate.name) == (5, 1_700_000_000.25, "a.jpg")
    with open_candidate(candidate) as stream:
        assert stream.read() == b"a.jpg"


def test_every_kind_of_photo_counts_whatever_the_case_of_its_ending(tmp_path: Path) -> None:
    names = [f"photo{number}{ending}" for number, ending in enumerate(sorted(PHOTO))]
    fill(tmp_path, *names, *(f"upper{ending.upper()}" for ending in PHOTO))
    assert len(found(tmp_path)) == 2 * len(PHOTO)
    assert {".jpg", ".heic", ".png", ".tif", ".cr3", ".nef", ".arw", ".dng"} <= PHOTO


NOT_TAKEN = {
    "a hidden file": ".IMG_1.JPG",
    "the shadow of a file that macOS leaves": "._IMG_1.JPG",
    "a photo in a hidden folder": ".Trashes/IMG_1.JPG",
    "a photo in a folder of the system": ".Spotlight-V100/x/IMG_1.JPG",
    "a photo that was deleted": "$RECYCLE.BIN/x/IMG_1.JPG",
    "a file that a repair found": "lost+found/IMG_1.JPG",
    "a film": "MVI_1.MP4",
    "a document": "photos.pdf",
    "a name without an ending": "jpg",
    "an ending alone": ".jpg",
    "another ending behind it": "IMG_1.JPG.txt",
}


@pytest.mark.parametrize("case", NOT_TAKEN)
def test_what_is_no_photo_by_its_name_stays_out(tmp_path: Path, case: str) -> None:
    fill(tmp_path, NOT_TAKEN[case], "taken.jpg")
    assert found(tmp_path) == ["taken.jpg"]


ODD = [
    "with space.jpg",
    "Één ünïcode 照片.jpg",
    "e\u0301 apart.jpg",
    "-rf.jpg",
    "quote'\".jpg",
    "new\nline.jpg",
    "%s{x}$HOME`id`.jpg",
    "a" * 250 + ".jpg",
    "two..dots.jpg",
]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_names(tmp_path: Path, name: str) -> None:
    fill(tmp_path, name)
    candidate = only(tmp_path)
    assert candidate.name == name
    with open_candidate(candidate) as stream:
        assert stream.read() == name.encode()


def test_a_name_that_is_no_text_is_told_as_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"x")
    assert only(tmp_path).name == "caf\ufffd.jpg"
    only(tmp_path).name.encode()


# Links and things that are no files.


def test_no_link_is_followed(tmp_path: Path) -> None:
    outside = fill(tmp_path / "outside", "secret.jpg", "folder/secret.jpg", "secret.xmp")
    card = fill(tmp_path / "card", "real.jpg")
    (card / "link.jpg").symlink_to(outside / "secret.jpg")
    (card / "folder").symlink_to(outside / "folder")
    (card / "broken.jpg").symlink_to(outside / "nowhere")
    (card / "loop.jpg").symlink_to("loop.jpg")
    (card / "real.xmp").symlink_to(outside / "secret.xmp")
    assert found(card) == ["real.jpg"]
    assert only(card).sidecars == ()


def test_folders_pipes_and_sockets_are_no_photos(tmp_path: Path) -> None:
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(tmp_path / "real.xmp")
    fill(tmp_path, "real.jpg", "folder.jpg/inside.jpg")
    assert found(tmp_path) == ["real.jpg", "folder.jpg/inside.jpg"]
    assert next(iter(photos_in(tmp_path))).sidecars == ()


def test_a_photo_that_became_a_link_since_it_was_found_is_not_opened(tmp_path: Path) -> None:
    fill(tmp_path, "a.jpg", "secret.txt")
    candidate = only(tmp_path)
    candidate.path.unlink()
    candidate.path.symlink_to(tmp_path / "secret.txt")
    with pytest.raises(Unreadable), open_candidate(candidate):
        pytest.fail("it was opened")


# Sidecars.

SIDECARS = {
    "by the photo's stem": ("IMG_1.CR2", ["IMG_1.xmp"], ["IMG_1.xmp"]),
    "by the photo's whole name": ("IMG_1.CR2", ["IMG_1.CR2.xmp"], ["IMG_1.CR2.xmp"]),
    "the nearest first": ("IMG_1.CR2", ["IMG_1.xmp", "IMG_1.CR2.XMP"], ["IMG_1.CR2.XMP", "IMG_1.xmp"]),
    "whatever the case": ("img_1.jpg", ["IMG_1.XMP"], ["IMG_1.XMP"]),
    "of another photo": ("IMG_1.JPG", ["IMG_10.xmp", "IMG_1.txt", "._IMG_1.xmp"], []),
}


@pytest.mark.parametrize("case", SIDECARS)
def test_sidecars_stand_beside_their_photo(tmp_path: Path, case: str) -> None:
    name, beside, expected = SIDECARS[case]
    fill(tmp_path, name, *beside)
    assert [path.name for path in only(tmp_path).sidecars] == expected


def test_a_sidecar_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    fill(tmp_path, "a.xmp", "empty.xmp")
    (tmp_path / "empty.xmp").write_bytes(b"")
    (tmp_path / "link.xmp").symlink_to(tmp_path / "a.xmp")
    medium = Medium.of(tmp_path)
    assert read_sidecar(tmp_path / "a.xmp", 5, medium) == b"a.xmp"
    assert read_sidecar(tmp_path / "a.xmp", 4, medium) == b""
    for name in ("empty.xmp", "link.xmp", "gone.xmp"):
        assert read_sidecar(tmp_path / name, 100, medium) == b""


# What the operating system says of a card that was pulled, or of a file that cannot be read.


def answering(code: int) -> Callable[..., int]:
    def fails(*_: object, **__: object) -> int:
        raise OSError(code, os.strerror(code))

    return fails


def told(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except KluisError as problem:
        return problem.key
    return "nothing"


def opening(candidate: Candidate) -> Callable[[], object]:
    def attempt() -> bytes:
        with open_candidate(candidate) as stream:
            return stream.read()

    return attempt


def attempts(card: Path, candidate: Candidate) -> list[tuple[object, str, Callable[[], object]]]:
    """Every way in which a card is read, with what of the system answers."""
    return [
        (os, "open", opening(candidate)),
        (os, "open", lambda: read_sidecar(card / "a.xmp", 100, candidate.medium)),
        (os, "scandir", lambda: found(card)),
        (Path, "lstat", lambda: found(card)),
    ]


@pytest.mark.parametrize("code", GONE, ids=errno.errorcode.get)
def test_a_pulled_card_is_told_wherever_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    fill(tmp_path, "a.jpg", "a.xmp", "sub/b.jpg")
    for owner, name, attempt in attempts(tmp_path, next(iter(photos_in(tmp_path)))):
        with monkeypatch.context() as pulled:
            pulled.setattr(owner, name, answering(code))
            answer = told(attempt)
        assert answer == "card:gone", name


@pytest.mark.parametrize("code", EITHER, ids=errno.errorcode.get)
def test_an_error_that_a_bad_file_has_too_is_a_pulled_card_only_when_the_card_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A pulled FAT card says of its files that they are not there; it is seen by its device."""
    fill(tmp_path, "a.jpg", "a.xmp", "sub/b.jpg")
    candidate = next(iter(photos_in(tmp_path)))
    for there, expected in ((True, "photo:unreadable"), (False, "card:gone")):
        with monkeypatch.context() as patched:
            patched.setattr(Medium, "is_there", lambda _medium, there=there: there)
            patched.setattr(os, "open", answering(code))
            assert told(opening(candidate)) == expected
            assert told(lambda: read_sidecar(tmp_path / "a.xmp", 100, candidate.medium)) == (
                "nothing" if there else "card:gone"
            )


def test_news_of_a_pulled_card_may_come_after_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = only(fill(tmp_path, "a.jpg"))
    answers = iter([True, False])
    monkeypatch.setattr(Medium, "is_there", lambda _medium: next(answers))
    monkeypatch.setattr(os, "open", answering(errno.EIO))
    assert told(opening(candidate)) == "card:gone"


def test_a_medium_is_there_while_its_device_its_folder_and_what_is_mounted_on_it_are(tmp_path: Path) -> None:
    medium = Medium.of(tmp_path)
    assert medium.is_there()
    assert not Medium(tmp_path, os.makedev(8, 4095)).is_there()  # no such device
    assert not Medium(tmp_path, os.makedev(0, 4095)).is_there()  # something else is mounted there now
    assert not Medium(tmp_path / "gone", medium.device).is_there()


@pytest.mark.parametrize(("there", "expected"), [(True, "photo:unreadable"), (False, "card:gone")])
def test_an_error_in_the_middle_of_a_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, expected: str
) -> None:
    fill(tmp_path, "a.jpg")
    candidate = only(tmp_path)
    really = os.open
    monkeypatch.setattr(Medium, "is_there", lambda _medium: there)
    # Reading the first page of a process's own memory is answered with EIO, as reading a pulled card is.
    monkeypatch.setattr(os, "open", lambda *_: really("/proc/self/mem", os.O_RDONLY))
    assert told(opening(candidate)) == expected


@pytest.mark.parametrize("code", HERE, ids=errno.errorcode.get)
def test_a_file_that_cannot_be_read_is_told_and_the_card_is_not_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    fill(tmp_path, "a.jpg", "a.xmp")
    candidate = only(tmp_path)
    monkeypatch.setattr(os, "open", answering(code))
    assert told(opening(candidate)) == "photo:unreadable"
    assert read_sidecar(tmp_path / "a.xmp", 100, Medium.of(tmp_path)) == b""


def test_a_file_that_went_while_its_folder_is_there_is_unreadable_and_without_its_folder_the_card_is_gone(
    tmp_path: Path,
) -> None:
    card = fill(tmp_path / "card", "a.jpg")
    candidate = only(card)
    candidate.path.unlink()
    assert told(opening(candidate)) == "photo:unreadable"
    card.rmdir()
    assert told(opening(candidate)) == "card:gone"
    assert told(lambda: found(card)) == "card:gone"


def test_a_file_that_goes_while_the_folder_is_read_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "a.jpg", "b.jpg")
    really = Path.lstat

    def vanishing(path: Path) -> os.stat_result:
        if path.name == "a.jpg":
            raise FileNotFoundError(errno.ENOENT, "gone")
        return really(path)

    monkeypatch.setattr(Path, "lstat", vanishing)
    assert found(tmp_path) == ["b.jpg"]


def test_a_closed_folder_inside_is_passed_over_and_the_folder_itself_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "open/a.jpg", "closed/b.jpg")
    really = os.scandir

    def guarded(path: str | Path) -> object:
        if Path(path).name in closed:
            raise PermissionError(errno.EACCES, "closed", str(path))
        return really(path)

    closed = {"closed"}
    monkeypatch.setattr(os, "scandir", guarded)
    told_of: list[None] = []
    assert [one.name for one in photos_in(tmp_path, lambda: told_of.append(None))] == ["a.jpg"]
    assert len(told_of) == 1  # nobody knows what it holds, so it is not passed over in silence
    closed.add(tmp_path.name)
    with pytest.raises(Fault) as problem:
        found(tmp_path)
    assert problem.value.key == "card:unreadable"


def test_nothing_is_written_to_the_card(tmp_path: Path) -> None:
    card = fill(tmp_path / "card", "a.jpg", "a.xmp", "sub/b.jpg")
    for path in (card / "a.jpg", card / "a.xmp", card / "sub" / "b.jpg", card / "sub", card):
        os.utime(path, (1_600_000_000, 1_600_000_000))

    def state() -> dict[str, tuple[float, float, int]]:
        return {str(p): (p.stat().st_mtime, p.stat().st_ctime, p.stat().st_mode) for p in card.rglob("*")}

    before = state()
    for candidate in photos_in(card):
        opening(candidate)()
        for sidecar in candidate.sidecars:
            read_sidecar(sidecar, 100, candidate.medium)
    assert {
        str(p): (p.stat().st_mtime, p.stat().st_ctime, p.stat().st_mode) for p in card.rglob("*")
    } == before
