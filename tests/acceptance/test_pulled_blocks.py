"""The disk is pulled out after the whole product was used on it: every block of it is searched (P24).

The data directory, the queue, temporary files, what the programs print and a backup lie on a file system of
their own, on a loop device. When all is stopped and unmounted its image is read from end to end: files, freed
blocks, the journal of ext4 and the slack behind short files. What was planted is looked for as it is, and as
UTF-16, base64, hexadecimal and deflated. The machine's key lies elsewhere, as docs/operations.md asks.
"""

import io
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.util import get_temp_dir
from pathlib import Path

import pytest
from PIL import Image

from appliance.actions.analysis import analyse, waiting
from appliance.actions.backup import back_up
from appliance.actions.consent import record
from appliance.actions.intake import import_folder
from appliance.actions.own_data import export_person
from appliance.actions.parcels import create_parcel
from appliance.actions.people import change_person, create_person
from appliance.actions.permission_lists import receive_list
from appliance.actions.photos import BlobKind, Filter, library, picture
from appliance.actions.release import release
from appliance.actions.sign_in import sign_in
from appliance.demo.story import agree, name_and_enrol
from appliance.domain.access import OPERATOR, Permission, Role
from appliance.domain.consent import Purpose
from appliance.domain.parcels import Terms
from appliance.domain.people import Person
from appliance.domain.photos import PhotoId
from appliance.domain.release import Recipient, usual_order
from appliance.domain.signing import Mark, Signature
from appliance.domain.wording import Language
from appliance.store.recovery_kit import RecoveryKit
from appliance.tasks import Bell, Jobs
from appliance.vision.manifest import Pack
from appliance.wiring import Box, make_backup_key, open_box
from tests.actions.paperwork import asked, filled, form, sign_it
from tests.actions.scene import granted, raw, rows
from tests.backup.servers import disk as disk_target
from tests.conftest import Clock, config_of, user_of
from tests.machine.served import PASSWORD, Served, ask, plain
from tests.machine.spawning import Running, answers, free_port
from tests.store.searching import found
from tests.webui.browser import Browser
from webui import create_app

pytestmark = pytest.mark.acceptance

MEGABYTES = 96
NEEDED = ("mkfs.ext4", "losetup", "mount", "umount")
PERSON, LAST = "Wilhelmina van Plantinga", "Plantinga"
TEXTS = [
    *(PERSON, LAST, "Herkenbare Afdeling", "w.plantinga@geheim.example", "notitie over de scheiding"),
    *("KLUI0001", "KLUI0004", "Onthullende Camera", "bijschrift dat niemand mag zien", "Barack Obama"),
    *("Joe Biden", "Redactie van De Geheime Krant", "foto@geheimekrant.example", "Vertrouwelijke opening"),
    *("oudelijst-van-hr", "gezocht met deze woorden", "wachtwoord van de deellink"),
    *(PASSWORD, "Getypte Handtekening"),
]


def run(*command: object) -> str:
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stdout.strip()


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system in an image. root: where it is mounted, while it is."""

    image: Path
    root: Path

    def mount(self) -> None:
        run("mount", "-o", "loop,nodev,nosuid", self.image, self.root)

    def pull(self) -> bytes:
        """Unmount it, and read every block that is not empty."""
        run("umount", self.root)
        with self.image.open("rb") as stream:
            blocks = iter(lambda: stream.read(4096), b"")
            return b"".join(block for block in blocks if block.count(0) != len(block))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        pytest.skip(f"NO DISK CAN BE PULLED HERE: {', '.join(missing)} is missing")
    made = Disk(tmp_path / "disk.img", tmp_path / "disk")
    made.root.mkdir()
    with made.image.open("wb") as stream:
        stream.truncate(MEGABYTES << 20)
    run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0", made.image)
    try:
        made.mount()
    except subprocess.CalledProcessError as problem:
        pytest.skip(f"NO DISK CAN BE PULLED HERE: {problem.stderr.strip()}")
    yield made
    if made.root.is_mount():
        run("umount", "--lazy", made.root)  # a test that failed may have left something open


# --- using it ---------------------------------------------------------------------------------------------


def a_card(folder: Path, portraits: Path) -> Path:
    """Two real portraits, whose cameras say too much."""
    folder.mkdir()
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "Onthullende Camera", PERSON
    for name in ("KLUI0001.JPG", "KLUI0004.JPG"):
        with Image.open(next(portraits.rglob(name))) as image:
            image.save(folder / name, "JPEG", quality=92, exif=exif)
    sidecar = "<x:xmpmeta xmlns:x='adobe:ns:meta/'>bijschrift dat niemand mag zien</x:xmpmeta>"
    (folder / "KLUI0001.xmp").write_text(sidecar)
    return folder


def pieces_of(data: bytes) -> list[bytes]:
    """Bytes from within, far from headers that every file has."""
    return [data[start : start + 24] for start in range(len(data) // 3, len(data) - 24, len(data) // 7)]


@dataclass(slots=True)
class Planted:
    """What may nowhere be found."""

    texts: list[str]
    pieces: list[bytes]


def used(box: Box, card: Path, outside: Path) -> Planted:
    """Everything that the office does with photos. Returns what may not be found afterwards."""
    now, day = box.now(), box.today()
    here = {"by": OPERATOR, "now": now}
    user_of(box, Role.EDITOR)
    shoot_id = agree(box, *(user_of(box, role) for role in (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)))
    _, session = sign_in(box.safe, "demo editor", "een lange zin om te onthouden", now=now)
    import_folder(box.safe, card, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_id)
    for photo_id in waiting(box.safe, now=now):
        analyse(box.safe, box.decoder, box.analyser, photo_id, now=now, day=day)
    name_and_enrol(box)
    photos = [one.photo.id for one in library(box.safe, **here, day=day, wanted=Filter()).cards]  # type: ignore[arg-type]
    person = create_person(
        box.safe,
        **here,
        name=PERSON,
        department="Herkenbare Afdeling",
        email="w.plantinga@geheim.example",  # type: ignore[arg-type]
    )
    record(
        box.safe,
        person.id,
        granted(Purpose.WEB),
        **here,  # type: ignore[arg-type]
        day=day,
        note="notitie over de scheiding",
    )
    request = asked(box, form(box), person.id)
    typed = Signature(Mark.TYPED, typed="Getypte Handtekening")
    signed = sign_it(box, request.token, replace(filled(Purpose.WEB), signature=typed))
    copies = released_and_shared(box, photos)
    receive_list(box.safe, f"Name;Web\n{PERSON};yes\n".encode(), "oudelijst-van-hr.csv", **here)  # type: ignore[arg-type]
    exported(box, person, outside)
    searched(box, session)
    return Planted(
        [*TEXTS, session, request.token, signed.own_token, copies.token],
        [*secrets(box, photos), *pieces_of(copies.data)],
    )


@dataclass(frozen=True, slots=True)
class Copies:
    """What left: the bytes of a copy, and the token of a link."""

    data: bytes
    token: str


def released_and_shared(box: Box, photos: list[PhotoId]) -> Copies:
    now, day = box.now(), box.today()
    recipient = Recipient("Redactie van De Geheime Krant", "foto@geheimekrant.example")
    photo_id = next(
        PhotoId(row["id"])
        for row in rows(box, "SELECT id FROM photos JOIN lights ON photo = number WHERE light = 'green'")
    )
    order = replace(usual_order(Purpose.WEB), recipient=recipient)
    copy = release(box.safe, box.decoder, box.sealing, photo_id, order, by=OPERATOR, now=now, day=day)
    terms = Terms("Vertrouwelijke opening", Purpose.WEB, recipient)
    made = create_parcel(box.safe, photos, terms, "wachtwoord van de deellink", 30, by=OPERATOR, now=now)
    return Copies(copy.data, made.token)


def exported(box: Box, person: Person, outside: Path) -> None:
    """Everything about a person, to a place that is not on the disk."""
    now, day = box.now(), box.today()
    data = export_person(
        box.safe, box.decoder, person.id, language=Language.DUTCH, by=OPERATOR, now=now, day=day
    )
    outside.write_bytes(data)
    changed = replace(person, department="")
    change_person(box.safe, changed, by=OPERATOR, now=box.now(), day=box.today())


def searched(box: Box, session: str) -> None:
    """In the pages, with the words in the address and in a file that is sent."""
    browser = Browser(create_app(box, https=False), session)
    words = {"text": "gezocht met deze woorden", "words": f"gezocht met deze woorden {LAST}"}
    assert browser.post("/search", words, follow=True).status_code == 200
    assert LAST in browser.get(f"/people?text={LAST}").get_data(as_text=True)
    file = (io.BytesIO(b"\xff\xd8" + LAST.encode() * 50), f"{LAST}.jpg")
    browser.post("/imports/upload", {"photos": file})


def secrets(box: Box, photos: list[PhotoId]) -> list[bytes]:
    """Keys, vectors and pictures, in the clear as the box has them in memory."""
    with raw(box) as db:
        vectors = [row["vector"] for row in db.query("SELECT vector FROM templates")]
    assert vectors
    pieces = [piece for vector in vectors for piece in (vector[:24], vector[-24:])]
    with box.safe.store.look(by=OPERATOR, to=Permission.PHOTO_VIEW, now=box.now()) as view:
        for photo_id in photos:
            pieces.append(box.safe.data_key(view, photo_id))
            pieces += pieces_of(box.safe.read(view, photo_id, BlobKind.ORIGINAL))
    for photo_id in photos:
        for kind in (BlobKind.PROXY, BlobKind.THUMBNAIL):
            pieces += pieces_of(picture(box.safe, photo_id, kind, by=OPERATOR, now=box.now()))
    return [*pieces, box.safe.ring.database_key]


def served_for_a_while(home: Path, folder: Path) -> None:
    """As a program of its own, whose words and temporary files lie on the disk as well."""
    port = config_of(home).port
    with Running(home, "serve", folder=folder / "told", TMPDIR=str(folder / "tmp")) as running:
        assert running.until(lambda: answers(port), every=0.05), running.err
        tried(Served(running, home, port))
        running.stop()


def tried(served: Served) -> None:
    for path in (f"/?text={LAST}", f"/{LAST}", "/sign-in"):
        assert ask(plain(served), "GET", path).status in (200, 303, 404)
    ask(plain(served), "POST", "/sign-in", f"name={LAST}&password={PASSWORD}" + "x" * 5000)


def test_nothing_of_what_was_used_is_in_any_block_of_the_disk(
    disk: Disk,
    empty_home: Path,
    kit: RecoveryKit,
    card: Path,
    pack: Pack,
    tmp_path: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Path(shutil.copytree(empty_home, disk.root / "home"))
    key = Path(shutil.move(home / "machine.key", tmp_path / "machine.key"))
    (home / "kluis.toml").write_text(f'port = {free_port()}\nmachine_key = "{key}"\n')
    for name in ("tmp", "told", "backups"):
        (disk.root / name).mkdir()
    get_temp_dir()  # of the tests' own processes: first, so that it lies elsewhere
    monkeypatch.setenv("TMPDIR", str(disk.root / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(disk.root / "tmp"))
    box, jobs = open_box(config_of(home), clock=clock), Jobs(config_of(home))
    box.bell = Bell(jobs)
    try:
        planted = used(box, a_card(tmp_path / "card", card), tmp_path / "export.zip")
        make_backup_key(box.config, kit.code)
        assert back_up(box.safe, box.shelf, disk_target(disk.root / "backups"), clock=box.clock).passed
    finally:
        box.close()
        jobs.huey.storage.close()
    served_for_a_while(home, disk.root)
    blocks = disk.pull()
    assert b"SQLite format 3" in blocks  # the queue, which is not encrypted, and holds ids alone
    assert len(blocks) > 1_000_000
    assert found(blocks, planted.texts, planted.pieces) == []

    # The search finds what lay there and was deleted, in whatever dress.
    disk.mount()
    left = disk.root / "left"
    left.write_bytes(zlib.compress(f"{PERSON} ".encode() * 3) + b"\0" * 64 + LAST.encode("utf-16-le"))
    run("sync", "-f", left)
    left.unlink()
    assert len(found(disk.pull(), [PERSON, LAST], [])) >= 2
