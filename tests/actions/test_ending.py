"""The end of the safe: nothing opens afterwards, whatever was kept of the disk; and a certificate says so."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.actions import ending
from appliance.actions.backup import add_target
from appliance.actions.ending import Destroyed, destroy, finish, require_name
from appliance.actions.holds import place_hold
from appliance.domain.access import OPERATOR, Permission
from appliance.domain.audit import Event
from appliance.domain.backup import Target, TargetKind
from appliance.domain.erasure import Held
from appliance.domain.errors import Fault, KluisError, Mistake, NotAllowed
from appliance.domain.wording import Language
from appliance.store.connections import connect
from appliance.store.recovery_kit import RecoveryKit
from appliance.wiring import Box, grave_of, open_box, unlock
from tests.actions.scene import fill, log, person, picture, raw, take, two_people
from tests.conftest import config_of
from tests.evidence.conftest import Read, read

__all__ = ["read"]


class Killed(BaseException):
    """As if the process had ended there."""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return tmp_path / "destroyed.pdf"


@pytest.fixture
def full(box: Box, tmp_path: Path) -> Box:
    take(box, fill(tmp_path / "card", {"a.jpg": picture(1), "b.jpg": picture(2)}))
    return box


def act(box: Box, certificate: Path, **how: bool) -> Callable[[], Destroyed]:
    return lambda: destroy(
        box.safe,
        box.sealing,
        grave_of(box.config),
        box.config.database,
        certificate,
        language=Language.ENGLISH,
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
        **how,
    )


def opens(home: Path, kit: RecoveryKit) -> bool:
    """Whether a safe opens with the machine's key, or else with the recovery kit."""
    for way in (lambda: open_box(config_of(home)).close(), lambda: unlock(config_of(home), kit.code)):
        try:
            way()
        except KluisError:
            continue
        return True
    return False


def test_nothing_opens_afterwards(full: Box, kit: RecoveryKit, certificate: Path, tmp_path: Path) -> None:
    home = full.config.home
    kept = tmp_path / "kept"  # what a copy of the disk may have of it, without the keyring
    shutil.copytree(home, kept, ignore=shutil.ignore_patterns("keyring.json"))
    done = two_people(full, act(full, certificate))
    assert done.photos == 2
    assert list(home.iterdir()) == []
    assert not opens(home, kit)
    assert not opens(kept, kit)
    assert len(list(kept.glob("files/*/*"))) == 2
    machine_key = (kept / "machine.key").read_bytes()
    with pytest.raises(Fault, match="does not open with this key"):
        connect(kept / "kluis.db", machine_key)


def test_the_certificate_says_what_stays_in_backups_and_until_when(
    full: Box, certificate: Path, read: Read
) -> None:
    target = Target("datacentre", TargetKind.REST, "https://backup.example/kluis", "NL", user="u", secret="s")
    add_target(full.safe, target, by=OPERATOR, now=full.now())
    two_people(full, act(full, certificate))
    words, data = read(certificate.read_bytes()), certificate.read_bytes()
    assert "Certificate of destruction" in words
    assert "Backup “datacentre” (NL): stays there, encrypted, until 24 December 2026" in words
    assert "Approved by the-administrator" in words
    assert "Photos 2" in words
    assert b"ETSI.CAdES.detached" in data
    assert b"BEGIN CERTIFICATE" in certificate.with_suffix(".pem").read_bytes()


def test_a_hold_or_an_open_recall_stands_in_the_way_unless_told(full: Box, certificate: Path) -> None:
    review = full.today() + timedelta(days=30)
    held = {"reason": "claim", "owner": "legal", "review_on": review, "day": full.today()}
    place_hold(full.safe, Held.PERSON, person(full, "Anna"), by=OPERATOR, now=full.now(), **held)
    with pytest.raises(NotAllowed, match="legal hold") as refused:
        act(full, certificate)()
    assert refused.value.reasons == (f"claim (legal, {review.isoformat()})",)
    with raw(full) as db:
        photo = db.execute("SELECT id FROM photos LIMIT 1").fetchone()[0]
        made = (1, "r", photo, "web", "2026-11-01", "x", "0" * 64, 1, "[]")
        columns = "number, id, photo_id, purpose, made_at, made_by, sha256, bytes, relied_on"
        db.execute(f"INSERT INTO releases ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", made)  # noqa: S608
        db.execute(
            "INSERT INTO recalls (id, release_id, why, opened_at, state) VALUES ('c', 'r', 'x', 'x', 'open')"
        )
    with pytest.raises(NotAllowed, match="answer recalls: 1"):
        act(full, certificate, despite_holds=True)()
    assert log(full)[-1].event.action == "safe:destroy"
    two_people(full, act(full, certificate, despite_holds=True, despite_recalls=True))
    assert certificate.exists()


def test_a_safe_in_use_is_not_destroyed(full: Box, certificate: Path, kit: RecoveryKit) -> None:
    other = open_box(full.config, clock=full.clock)
    with other.safe.store.begin(by=OPERATOR, to=Permission.PHOTO_EDIT, now=full.now()) as tx:
        tx.record(Event("test:change"))  # it has the database open
    with pytest.raises(Fault, match="in use"):
        two_people(full, act(full, certificate))
    other.close()
    assert opens(full.config.home, kit)
    assert not certificate.exists()


def test_broken_off_after_the_keys_it_is_finished(
    full: Box, certificate: Path, kit: RecoveryKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> int:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ending, "_bury", die)
        with pytest.raises(Killed):
            two_people(full, act(full, certificate))
    assert not certificate.exists()
    assert not opens(full.config.home, kit)
    grave = grave_of(full.config)
    assert grave.begun
    assert finish(grave) > 2
    assert certificate.exists()
    assert list(full.config.home.iterdir()) == []


def test_it_takes_the_name_of_the_safe_and_a_place_for_the_certificate(full: Box) -> None:
    require_name(" Gemeente  Voorbeeld ", "Gemeente Voorbeeld")
    with pytest.raises(Mistake, match="not the name"):
        require_name("gemeente voorbeeld", "Gemeente Voorbeeld")
    with pytest.raises(Mistake, match="cannot be written there"):
        act(full, full.config.home / "destroyed.pdf")()
    with pytest.raises(Mistake, match="cannot be written there"):
        act(full, Path("/nowhere/destroyed.pdf"))()
