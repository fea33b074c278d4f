"""Leaving with everything, and arriving with it: export, a new box, import, and it is the same library."""

import csv
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from appliance.actions.arriving import Filled, import_all
from appliance.actions.audit import check
from appliance.actions.consent import withdraw
from appliance.actions.descriptions import describe
from appliance.actions.erasure import erase_person, erase_photo
from appliance.actions.evidence import add_document, document, keep_document
from appliance.actions.faces import add_face
from appliance.actions.leaving import Exported, export_all
from appliance.domain.access import OPERATOR, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Light, Purpose
from appliance.domain.descriptions import Description
from appliance.domain.erasure import Cause
from appliance.domain.errors import Fault, Mistake
from appliance.domain.leaving import FileKind, Kept, outgoing, safe_name
from appliance.domain.photos import Box as FaceBox
from appliance.imaging.written import description_of_sidecar
from appliance.leaving.folder import ExportFolder
from appliance.store.journal import read_journal
from appliance.wiring import Box, open_box
from tests.actions.scene import (
    files_known,
    files_on_disk,
    fill,
    named,
    original,
    person,
    picture,
    rows,
    signed,
    take,
    told,
    two_people,
    verdict_of,
)
from tests.conftest import Clock, config_of

TITLE = "Open day & <more>"


class Killed(BaseException):
    """As if the process had ended there."""


@dataclass
class World:
    """A safe with something of everything, what it exported, and where a new, empty safe can be had."""

    home: Path
    folder: Path
    empty: Path
    done: Exported
    document: str


def opened(home: Path) -> Box:
    return open_box(config_of(home), clock=Clock())


def export(
    box: Box,
    folder: Path,
    progress: Callable[[int, int], None] = lambda _d, _a: None,
    *,
    again: bool = False,
) -> Exported:
    """Approved by somebody else; again: what was broken off needs no second approval."""

    def leave() -> Exported:
        return export_all(
            box.safe,
            folder,
            home=box.config.home,
            organisation="Waterdam",
            by=OPERATOR,
            day=box.today(),
            clock=box.clock,
            on_progress=progress,
        )

    return leave() if again else two_people(box, leave)


def arrive(box: Box, folder: Path, progress: Callable[[int, int], None] = lambda _d, _a: None) -> Filled:
    return import_all(box.safe, folder, box.lodging, by=OPERATOR, clock=box.clock, on_progress=progress)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, photo_home: Path, empty_home: Path) -> World:
    place = tmp_path_factory.mktemp("leaving")
    box = opened(Path(shutil.copytree(photo_home, place / "home")))
    card = {"a/IMG 2é.JPG": picture(2), "b/IMG 2é.JPG": picture(3), "c.jpg": picture(4), "c.xmp": b"<x/>"}
    take(box, fill(place / "card", card))
    acting = {"by": OPERATOR, "now": box.now()}
    photo, anna, bert = named(box, "IMG_0001.JPG"), person(box, "Anna Álvarez"), person(box, "Bert Bos")
    add_face(
        box.safe,
        photo,
        FaceBox(0.25, 0.25, 0.5, 0.5),
        person_id=anna,
        day=box.today(),
        bell=box.bell,
        **acting,
    )
    describe(box.safe, photo, Description(title=TITLE, keywords=("care", "ouders")), **acting)
    quitclaim = signed(box, anna, Purpose.WEB, Purpose.PRINT)
    withdraw(box.safe, quitclaim.id, [Purpose.PRINT], day=box.today(), **acting)
    kept = keep_document(box.safe, b"%PDF signed", "signed", quitclaim.id, 1, "0" * 64, now=box.now())
    with box.safe.store.begin(to=Permission.QUITCLAIM_EDIT, **acting) as tx:
        add_document(tx, kept)
        tx.record(Event("test:document"))
    journal = box.config.journal
    two_people(box, lambda: erase_person(box.safe, journal, bert, Cause.REQUEST, day=box.today(), **acting))
    done = export(box, place / "out")
    box.close()
    return World(place / "home", place / "out", empty_home, done, kept.evidence.id)


@pytest.fixture
def old(world: World) -> Box:
    box = opened(world.home)
    yield box
    box.close()


@pytest.fixture
def new(world: World, tmp_path: Path) -> Box:
    box = opened(Path(shutil.copytree(world.empty, tmp_path / "new")))
    yield box
    box.close()


def library(box: Box) -> dict[str, tuple[str, str]]:
    found = rows(box, "SELECT sha256, name, coalesce(taken_at, '') AS taken_at FROM photos")
    return {row["sha256"]: (row["name"], row["taken_at"]) for row in found}


def test_export_and_import_give_the_same_library(world: World, old: Box, new: Box) -> None:
    arrive(new, world.folder)
    again = opened(new.config.home)
    try:
        assert library(again) == library(old)
        for sql in (
            "SELECT id, name, standing, erased_at FROM people",
            "SELECT * FROM quitclaims",
            "SELECT * FROM faces",
            "SELECT * FROM keywords",
            "SELECT thing, cause FROM erasures",
        ):
            assert rows(again, sql) == rows(old, sql), sql
            assert rows(again, sql), sql
        for photo in (row["id"] for row in rows(old, "SELECT id FROM photos")):
            assert original(again, photo) == original(old, photo)
            for purpose in (Purpose.WEB, Purpose.PRINT, Purpose.PRESS):
                assert verdict_of(again, photo, purpose) == verdict_of(old, photo, purpose)
        assert verdict_of(again, named(again, "IMG_0001.JPG")).light is Light.GREEN
        assert document(again.safe, world.document, by=OPERATOR, now=again.now())[1] == b"%PDF signed"
        assert files_on_disk(again) >= files_known(again)
        assert read_journal(again.config.journal) == read_journal(old.config.journal)
    finally:
        again.close()


def test_the_log_goes_on_where_it_was(world: World, old: Box, new: Box) -> None:
    before, own = told(old), told(new)
    arrive(new, world.folder)
    again = opened(new.config.home)
    try:
        log = told(again)
        assert check(again.safe, by=OPERATOR, now=again.now()).whole
        (head,) = re.findall(r"head 1 ed25519 (\d+)", (world.folder / "audit/head.txt").read_text())
        assert log[: int(head)] == before[: int(head)]
        assert re.fullmatch(r"operator safe:fill {2}done files=8 bytes=\d+ schema=\d+", log[-1])
        assert log[-2] == "operator safe:fill  done begun"
        assert [entry for entry in own if entry in log] == own
    finally:
        again.close()


def sheet(world: World, name: str) -> list[dict[str, str]]:
    with (world.folder / f"sheets/{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_it_is_read_without_the_safe(world: World) -> None:
    told = {row["path"]: row for row in sheet(world, "photos")}
    (path,) = (path for path in told if path.endswith("/IMG_0001.JPG"))
    assert (told[path]["title"], told[path]["shown"], told[path]["web"]) == (TITLE, "Anna Álvarez", "green")
    assert (world.folder / path).read_bytes() == picture(1)
    (second,) = (row for one, row in told.items() if "IMG_2e-" in one)
    assert Path(second["path"]).name == f"IMG_2e-{second['id']}.JPG"  # two had that name
    assert (world.folder / path).with_name("c.jpg.camera.xmp").read_bytes() == b"<x/>"
    sidecar = description_of_sidecar((world.folder / f"{path}.xmp").read_bytes())
    assert (sidecar.title, sidecar.keywords) == (TITLE, ("care", "ouders"))
    answers = {(row["version"], row["purpose"]): row["answer"] for row in sheet(world, "quitclaims")}
    assert (answers["1", "print"], answers["2", "print"]) == ("granted", "withdrawn")
    assert {row["documents"] for row in sheet(world, "quitclaims")} == {"", f"documents/{world.document}.pdf"}
    why = {(row["purpose"], row["reason"], row["name"]) for row in sheet(world, "verdicts")}
    assert ("web", "permitted", "Anna Álvarez") in why
    assert world.done.damaged == ()
    for page in ("README.txt", "index.html", "certificate.pem"):
        assert (world.folder / page).stat().st_size


def test_common_tools_check_it(world: World) -> None:
    def run(*command: str) -> bytes:
        return subprocess.run(command, cwd=world.folder, check=True, capture_output=True).stdout

    run("sha256sum", "--strict", "-c", "SHA256SUMS")
    key = world.folder.parent / "key.pem"
    key.write_bytes(run("openssl", "x509", "-in", "certificate.pem", "-pubkey", "-noout"))
    verify = ("openssl", "dgst", "-sha256", "-verify", str(key))
    run(*verify, "-signature", "SHA256SUMS.sig", "SHA256SUMS")
    listed = {line.split("  ")[1] for line in (world.folder / "SHA256SUMS").read_text().splitlines()}
    there = {str(p.relative_to(world.folder)) for p in world.folder.rglob("*") if p.is_file()}
    assert there - listed == {"SHA256SUMS", "SHA256SUMS.sig"}


def test_no_key_and_no_password_leaves(world: World, old: Box) -> None:
    secrets = [row["wrapped_key"] for row in rows(old, "SELECT wrapped_key FROM photos")]
    secrets += [row["password_hash"].encode() for row in rows(old, "SELECT password_hash FROM users")]
    secrets += [b"PRIVATE KEY", old.safe.ring.database_key, old.safe.ring.database_key.hex().encode()]
    written = b"".join(p.read_bytes() for p in world.folder.rglob("*") if p.is_file())
    assert [secret for secret in secrets if secret and secret in written] == []


def test_broken_off_it_is_taken_up_where_it_was(world: World, old: Box, tmp_path: Path) -> None:
    def die(done: int, _everything: int) -> None:
        seen.append(done)
        if len(seen) == 3:
            raise Killed

    seen: list[int] = []
    with pytest.raises(Killed):
        export(old, tmp_path / "out", die)
    there = {p: p.stat().st_ino for p in (tmp_path / "out").rglob("*") if p.suffix.lower() == ".jpg"}
    assert there
    assert not (tmp_path / "out/SHA256SUMS").exists()
    with pytest.raises(Mistake, match="no finished export"):
        arrive(old_copy := opened(Path(shutil.copytree(world.empty, tmp_path / "new"))), tmp_path / "out")
    old_copy.close()
    assert export(old, tmp_path / "out", again=True).photos == 4
    assert {p: p.stat().st_ino for p in there} == there  # not copied twice


def test_an_import_broken_off_is_taken_up_where_it_was(world: World, new: Box) -> None:
    def die(done: int, _everything: int) -> None:
        seen.append(done)
        if len(seen) == 3:
            raise Killed

    seen: list[int] = []
    with pytest.raises(Killed):
        arrive(new, world.folder, die)
    assert rows(new, "SELECT count(*) AS n FROM photos")[0]["n"] == 0
    coming = new.config.home / "arriving/files"
    before = {p.name: p.stat().st_ino for p in coming.glob("*/*")}
    assert arrive(new, world.folder).files == 8
    after = {p.name: p.stat().st_ino for p in new.config.files.glob("*/*")}
    assert before.items() <= after.items()
    assert not coming.exists()


def test_what_was_erased_since_is_taken_out_again(world: World, tmp_path: Path) -> None:
    box = opened(Path(shutil.copytree(world.home, tmp_path / "home")))
    out = Path(shutil.copytree(world.folder, tmp_path / "out"))
    photo = named(box, "IMG_0001.JPG")
    erase_photo(box.safe, box.config.journal, photo, Cause.REQUEST, by=OPERATOR, now=box.now())
    assert export(box, out).photos == 3
    box.close()
    assert not list(out.rglob("IMG_0001*"))
    assert not (out / f"previews/{photo}.jpg").exists()
    assert photo not in (out / "SHA256SUMS").read_text()


def test_a_damaged_photo_is_named_and_does_not_stop_the_rest(world: World, tmp_path: Path) -> None:
    box = opened(Path(shutil.copytree(world.home, tmp_path / "home")))
    sql = "SELECT place FROM files JOIN photos ON photos.id = photo_id WHERE name = 'c.jpg' AND kind = ?"
    (row,) = rows(box, sql, "original")
    place = box.config.files / row["place"]
    place.write_bytes(place.read_bytes()[:-1] + b"\0")
    done = export(box, tmp_path / "out")
    box.close()
    assert [Path(path).name for path in done.damaged] == ["c.jpg"]
    assert done.photos == 3
    assert "c.jpg" in (tmp_path / "out/README.txt").read_text()


def test_an_export_needs_a_folder_of_its_own_with_room(
    old: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Mistake, match="inside the safe"):
        export(old, old.config.home / "out")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/holiday.txt").write_text("sun")
    with pytest.raises(Mistake, match="not empty"):
        export(old, tmp_path / "full")
    with pytest.raises(Mistake, match="another safe"):
        export(old, fill(tmp_path / "other", {"export.json": b'{"safe": "of somebody else"}'}))
    monkeypatch.setattr(ExportFolder, "room", lambda _folder: 10_000)
    with pytest.raises(Mistake, match="too little room: 1 MB more"):
        export(old, tmp_path / "small")
    assert [p.name for p in (tmp_path / "small").rglob("*.jpg")] == []


@pytest.mark.parametrize("path", ["tables/people.jsonl", "photos", "SHA256SUMS"])
def test_an_export_that_was_changed_leaves_the_safe_empty(
    world: World, new: Box, tmp_path: Path, path: str
) -> None:
    out = Path(shutil.copytree(world.folder, tmp_path / "out"))
    place = next(out.rglob("IMG_0001.JPG")) if path == "photos" else out / path
    data = place.read_bytes()
    place.write_bytes(
        data.replace(b"  photos/", b"  ../tos/") if path == "SHA256SUMS" else data[:-2] + b"x\n"
    )
    with pytest.raises((Fault, Mistake), match=r"was changed|out of its folder"):
        arrive(new, out)
    assert rows(new, "SELECT count(*) AS n FROM photos") == [{"n": 0}]


def test_a_safe_that_is_not_empty_is_not_filled(world: World, new: Box) -> None:
    person(new, "Carla")
    with pytest.raises(Mistake, match="not empty"):
        arrive(new, world.folder)
    assert [row["name"] for row in rows(new, "SELECT name FROM people")] == ["Carla"]


NAMES = {
    "IMG_0001.JPG": "IMG_0001.JPG",
    "../../etc/passwd": "passwd",
    "C:\\foto's\\zoë.jpeg": "zoe.jpeg",
    "con.jpg": "photo_con.jpg",
    ".jpg": "photo.jpg",
    "日本.jpg": "photo.jpg",
    "a b;c|d.tar.gz": "a_b_c_d_tar.gz",
    "x" * 300 + ".JPG": "x" * 100 + ".JPG",
}


@pytest.mark.parametrize(("name", "safe"), NAMES.items())
def test_names_are_safe_on_every_file_system(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_two_of_one_name_on_a_day_are_told_apart_capitals_aside() -> None:
    kept = [
        Kept(FileKind.ORIGINAL, one, "", b"", 1, "", "2026-05-12", name)
        for one, name in (("p1", "A.jpg"), ("p2", "a.JPG"), ("p3", "A.jpg"))
    ]
    day = date(2026, 5, 12).isoformat()
    assert [one.path for one in outgoing(kept)] == [
        f"photos/2026/{day}/A.jpg",
        f"photos/2026/{day}/a-p2.JPG",
        f"photos/2026/{day}/A-p3.jpg",
    ]
