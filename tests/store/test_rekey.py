"""A new root key: the originals stay as they are, the old kit ends, and no crash does any harm."""

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlite_utils import Database

from appliance.domain.errors import Fault, Mistake
from appliance.store import keyring_file
from appliance.store.blobs import Blobs
from appliance.store.connections import connect
from appliance.store.database import Store
from appliance.store.keyring_file import KeyringFile
from appliance.store.keys import Keyring
from appliance.store.photos import BlobKind
from appliance.store.recovery_kit import RecoveryKit
from appliance.store.rekey import rekey, settle
from appliance.store.safe import Safe
from tests.store.crash import die, in_a_child
from tests.store.shelf import NOW, changing, files_in, keep_photo, looking, read

MACHINE, OTHER_MACHINE = bytes(range(32)), bytes(range(1, 33))
OLD_KIT, NEW_KIT = RecoveryKit.new(), RecoveryKit.new()
PHOTOS = ("one", "two", "three")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretching the code takes long by design; what is tried here does not depend on how long."""
    monkeypatch.setattr(keyring_file, "_MEMORY_KIB", 64)
    monkeypatch.setattr(keyring_file, "_PASSES", 1)


@dataclass(frozen=True)
class Home:
    """A safe on disk, closed."""

    folder: Path

    @property
    def keyring(self) -> Path:
        return self.folder / "keyring.json"

    @property
    def database(self) -> Path:
        return self.folder / "kluis.db"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def settle(self, machine_key: bytes = MACHINE) -> Keyring:
        return settle(self.keyring, self.database, machine_key, now=NOW)

    def rekey(self, kit: RecoveryKit = NEW_KIT) -> Keyring:
        return rekey(self.keyring, self.database, MACHINE, kit, now=NOW)

    def safe(self, ring: Keyring) -> Safe:
        return Safe(Store.open(self.database, ring.database_key), Blobs(self.files), ring)

    def kits_that_open(self) -> set[str]:
        file = KeyringFile.read(self.keyring)
        return {name for name, kit in (("old", OLD_KIT), ("new", NEW_KIT)) if _opens(file, kit)}

    def require_whole(self, machine_key: bytes = MACHINE) -> Keyring:
        """Everything is there and opens; the log is told once of each change of key."""
        ring = self.settle(machine_key)
        safe = self.safe(ring)
        try:
            for name in PHOTOS:
                assert read(safe, name) == f"original {name}".encode()  # type: ignore[arg-type]
            with looking(safe.store) as view:
                changes = [e for e in view.audit.entries() if e.event.action == "keys:rekey"]
            assert len(changes) == ring.generation - 1
        finally:
            safe.store.close()
        return ring


def _opens(file: KeyringFile, kit: RecoveryKit) -> bool:
    try:
        file.open_with_recovery(kit.code)
    except Mistake:
        return False
    return True


@pytest.fixture
def made(tmp_path: Path, quick: None) -> Home:
    """A safe with three photos."""
    home = Home(tmp_path / "home")
    home.folder.mkdir()
    ring = KeyringFile.create(home.keyring, MACHINE, OLD_KIT).open_with_machine_key(MACHINE)
    safe = home.safe(ring)
    for name in PHOTOS:
        keep_photo(safe, name, {BlobKind.ORIGINAL: f"original {name}".encode()})
    safe.store.close()
    return home


def test_the_originals_stay_and_everything_opens_with_the_new_key(made: Home) -> None:
    before, originals = made.settle(), files_in(made.files)
    after = made.rekey()
    assert files_in(made.files) == originals
    assert made.require_whole().database_key == after.database_key != before.database_key
    assert after.generation == 2
    assert after.pseudonym("anna") == before.pseudonym("anna")
    assert after.secret("session") != before.secret("session")


def test_the_old_kit_and_the_old_key_end(made: Home) -> None:
    before = made.settle()
    assert made.kits_that_open() == {"old"}
    made.rekey()
    assert made.kits_that_open() == {"new"}
    assert "handover" not in made.keyring.read_text()
    with pytest.raises(Fault):
        Store.open(made.database, before.database_key)


def test_it_can_be_done_again_and_again(made: Home) -> None:
    for generation in range(2, 5):
        assert made.rekey(RecoveryKit.new()).generation == generation
    made.require_whole()


def test_a_safe_in_use_is_left_alone(made: Home) -> None:
    safe = made.safe(made.settle())
    keyring = made.keyring.read_bytes()
    with looking(safe.store), pytest.raises(Fault) as told:
        made.rekey()
    assert told.value.key == "keys:in_use"
    assert made.keyring.read_bytes() == keyring
    with changing(safe.store) as tx:
        tx.settings.put("still", "here")
    safe.store.close()
    assert made.require_whole().generation == 1


def test_another_machine_cannot_do_it(made: Home) -> None:
    with pytest.raises(Fault):
        rekey(made.keyring, made.database, OTHER_MACHINE, NEW_KIT, now=NOW)
    assert made.kits_that_open() == {"old"}
    made.require_whole()


# Crashes. Whatever changes the disk passes one of these; the process stops just before one of them.

STEPS: tuple[tuple[object, str], ...] = (
    (os, "open"),
    (os, "fsync"),
    (Path, "replace"),
    (Database, "execute"),
)


def stopping_before(step: int, stop: Callable[[], None], patched: pytest.MonkeyPatch) -> None:
    passed = 0
    for owner, name in STEPS:
        really = getattr(owner, name)

        def counted(*given: object, really: Callable[..., object] = really, **more: object) -> object:
            nonlocal passed
            passed += 1
            if passed == step:
                stop()
            return really(*given, **more)

        patched.setattr(owner, name, counted)


class PowerCut(BaseException):
    """Nothing catches it."""


def cut() -> None:
    raise PowerCut


def copies(made: Home, tmp_path: Path) -> Iterator[tuple[int, Home]]:
    """The safe anew for each step, for as long as somebody asks."""
    step = 0
    while True:
        step += 1
        yield step, Home(Path(shutil.copytree(made.folder, tmp_path / f"step{step}")))


def test_an_error_at_any_step_leaves_a_safe_that_opens(
    made: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals = files_in(made.files)
    seen: list[set[str]] = []
    for step, home in copies(made, tmp_path):
        with monkeypatch.context() as patched:
            stopping_before(step, cut, patched)
            try:
                home.rekey()
                break
            except PowerCut:
                pass
        seen.append(home.kits_that_open())
        ring = home.require_whole()
        assert home.kits_that_open() == ({"old"} if ring.generation == 1 else {"new"})
        assert files_in(home.files) == originals
    assert len(seen) > 15, "steps are missed"
    assert seen[0] == {"old"}
    assert all(len(kits) == 1 for kits in seen)


def test_a_process_killed_at_any_step_leaves_a_safe_that_opens_by_machine_or_kit(
    made: Home, tmp_path: Path
) -> None:
    """And when the machine is lost in the same moment, the kit that still opens it opens all of it."""
    killed = 0
    for step, home in copies(made, tmp_path):

        def work(_: object, home: Home = home, step: int = step) -> None:
            stopping_before(step, die, pytest.MonkeyPatch())
            home.rekey()

        if in_a_child(work).ended():
            break
        killed += 1
        lost = Home(Path(shutil.copytree(home.folder, tmp_path / f"lost{step}")))
        home.require_whole()
        (kit,) = lost.kits_that_open()
        code = {"old": OLD_KIT, "new": NEW_KIT}[kit].code
        KeyringFile.read(lost.keyring).replace_machine_slot(code, OTHER_MACHINE)
        lost.require_whole(OTHER_MACHINE)
        with pytest.raises(Fault):
            lost.settle(MACHINE)
    assert killed > 15, "steps are missed"


def heavy(made: Home, megabytes: int) -> None:
    """Make the database so large that keying it anew takes a while."""
    db = connect(made.database, made.settle().database_key)
    db.execute("CREATE TABLE weight (filling BLOB)")
    for _ in range(megabytes):
        db.execute("INSERT INTO weight VALUES (randomblob(1000000))")
    db.close()


def kill_while_the_database_is_keyed_anew(made: Home, tmp_path: Path, times: int) -> None:
    """Kill it at random moments of the one step that the database does by itself."""
    chance = random.Random(7)
    killed, longest = 0, 0.0
    while killed < times:
        home = Home(Path(shutil.copytree(made.folder, tmp_path / "heavy")))

        def work(say: Callable[[bytes], object], home: Home = home) -> None:
            really = Database.execute

            def heard(db: Database, sql: str, *given: object) -> object:
                if sql.startswith("PRAGMA rekey"):
                    say(b".")
                return really(db, sql, *given)

            Database.execute = heard  # type: ignore[method-assign]
            home.rekey()

        child = in_a_child(work)
        os.read(child.said, 1)
        begun = time.monotonic()
        if longest:  # the first is only measured
            time.sleep(chance.random() * longest)
            child.kill()
        if child.ended():
            longest = longest * 0.7 or time.monotonic() - begun
        else:
            killed += 1
        os.close(child.said)
        assert home.require_whole().generation == 2
        shutil.rmtree(home.folder)


def test_a_process_killed_while_the_database_is_keyed_anew_leaves_a_safe_that_opens(
    made: Home, tmp_path: Path
) -> None:
    heavy(made, megabytes=4)
    kill_while_the_database_is_keyed_anew(made, tmp_path, times=6)
