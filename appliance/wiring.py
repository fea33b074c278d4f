"""Putting a box together: the only place that chooses which equipment is used."""

import os
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from appliance.actions.arriving import Lodging
from appliance.actions.backup import Shelf
from appliance.actions.bell import Bell, Silent
from appliance.actions.duplicates import Known
from appliance.actions.erasure import apply_journal
from appliance.actions.evidence import Sealing, seal_of
from appliance.config import Config
from appliance.domain.errors import Fault, Mistake
from appliance.domain.health import Readings
from appliance.evidence.sealing import Sealer
from appliance.imaging.decode import Decoder
from appliance.machine.readings import read_machine
from appliance.sources.card_service import CardService
from appliance.store.backup_key import BackupKeyFile
from appliance.store.blobs import Blobs
from appliance.store.database import Store
from appliance.store.ending import Grave, keys_of
from appliance.store.keyring_file import KeyringFile
from appliance.store.keys import Keyring, machine_key_from
from appliance.store.locks import alone
from appliance.store.recovery_kit import RecoveryKit
from appliance.store.rekey import rekey, settle
from appliance.store.safe import Safe
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.packs import load

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass
class Box:
    """An open safe with the equipment around it. One for each process."""

    config: Config
    safe: Safe
    bell: Bell = field(default_factory=Silent)
    clock: Clock = system_clock

    def now(self) -> datetime:
        """The instant, in UTC."""
        return self.clock()

    def today(self) -> date:
        """The day in the office."""
        return self.now().astimezone(self.config.zone).date()

    @cached_property
    def decoder(self) -> Decoder:
        """The decoder; its process starts with the first photo."""
        return Decoder()

    @cached_property
    def analyser(self) -> FaceAnalyser:
        """The face analyser; not safe to share between threads.

        Raises:
            Mistake: when no model pack is installed.
        """
        return FaceAnalyser(load(self.config.models))

    @cached_property
    def known(self) -> Known:
        """The fingerprints of the library, read when they are first needed."""
        return Known()

    @cached_property
    def sealing(self) -> Sealing:
        """What seals signed forms."""
        seal = seal_of(self.safe, self.config.organisation, now=self.now())
        return Sealer(seal, self.config.zone)

    @property
    def shelf(self) -> Shelf:
        """What backups are made of, and the key they are made with.

        Raises:
            Mistake: when they have no key yet.
        """
        config = self.config
        kept = BackupKeyFile.read(config.backup_key)
        return Shelf(
            home=config.home,
            database=config.database,
            keyring=config.keyring,
            key_file=config.backup_key,
            files=config.files,
            journal=config.journal,
            key=kept.open(_machine_key(config)),
            kit=kept.kit,
        )

    @property
    def lodging(self) -> Lodging:
        """Where everything that arrives is put."""
        config = self.config
        return Lodging(config.home, config.files, config.database, config.journal)

    def readings(self) -> Readings:
        """How the machine is, now."""
        return read_machine(self.config.home, self.config.certificate)

    @cached_property
    def card_service(self) -> CardService:
        """The service that mounts cards; asked anew each time."""
        return CardService(self.config.card_service)

    def alone(self, name: str) -> AbstractContextManager[bool]:
        """A lock between this box's processes, by name."""
        return alone(self.config.home / "locks", name)

    def close(self) -> None:
        """Close the database and end the decoder's process."""
        self.safe.store.close()
        if "decoder" in self.__dict__:
            self.decoder.close()


def grave_of(config: Config) -> Grave:
    """What is destroyed when the safe is."""
    return Grave(config.home, keys_of(config.home, config.machine_key))


def require_no_safe(config: Config) -> None:
    """Require that a safe can be made here, before anybody is given a kit that would open nothing.

    Raises:
        Mistake: when there is a safe already.
    """
    if config.keyring.exists():
        raise Mistake("keys:exists", "There is a safe in this data directory already.", "Choose another.")


def make_safe(config: Config, kit: RecoveryKit) -> None:
    """Make a new safe: the machine's key when there is none, the keyring, and an empty database.

    Raises:
        Mistake: when there is a safe already.
    """
    require_no_safe(config)
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not config.machine_key.exists():
        handle = os.open(config.machine_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(32))
    KeyringFile.create(config.keyring, _machine_key(config), kit)
    open_box(config).close()


def open_box(config: Config, bell: Bell | None = None, clock: Clock = system_clock) -> Box:
    """Open the safe with this machine's key.

    Raises:
        Mistake: when there is no safe.
        Fault: when it does not open.
    """
    key = _machine_key(config)
    _require_database(config)
    ring = settle(config.keyring, config.database, key, now=clock())
    config.files.mkdir(mode=0o700, exist_ok=True)
    store = Store.open(config.database, ring.database_key)
    box = Box(
        config,
        Safe(store, Blobs(config.files, ring.pseudonym("cold archive")), ring),
        bell or Silent(),
        clock,
    )
    apply_journal(box.safe, config.journal, now=box.now(), day=box.today())  # before anything is served
    return box


def _require_database(config: Config) -> None:
    """Where there are photos there was a database: a new one would make orphans of them, to be swept."""
    if not config.database.exists() and any(config.files.glob("*/*")):
        raise Fault(
            "store:missing",
            "The database is gone; the photos are still there.",
            "Restore the database from a backup, beside them.",
        )


def unlock(config: Config, code: str) -> None:
    """Let this machine open the safe, by the recovery kit's code.

    Raises:
        Mistake: when the code is not this safe's.
    """
    file = KeyringFile.read(config.keyring)
    file.open_with_recovery(code)
    if not config.machine_key.exists():
        config.machine_key.write_bytes(secrets.token_bytes(32))
        config.machine_key.chmod(0o600)
    file.replace_machine_slot(code, _machine_key(config))
    if config.backup_key.exists():
        key = BackupKeyFile.read(config.backup_key).kit.open(code)
        BackupKeyFile.create(config.backup_key, _machine_key(config), code, key)


def open_keyring(config: Config, keyring: Path) -> Keyring:
    """A keyring of this safe's, from a backup, opened by this machine.

    Raises:
        Fault: when it is another machine's.
    """
    return KeyringFile.read(keyring).open_with_machine_key(_machine_key(config))


def make_backup_key(config: Config, code: str) -> bool:
    """Give the backups a key of their own, which the recovery kit opens too. Returns whether it is a new one.

    One that is there stays, and is wrapped anew for this machine and this kit.

    Raises:
        Mistake: when the code is not this safe's.
    """
    KeyringFile.read(config.keyring).open_with_recovery(code)
    machine_key = _machine_key(config)
    if not config.backup_key.exists():
        BackupKeyFile.create(config.backup_key, machine_key, code)
        return True
    kept = BackupKeyFile.read(config.backup_key)
    try:
        key = kept.open(machine_key)
    except Fault:
        key = kept.kit.open(code)
    BackupKeyFile.create(config.backup_key, machine_key, code, key)
    return False


def try_recovery_code(config: Config, code: str) -> tuple[str, ...]:
    """Open with the recovery kit whatever it has to open, and change nothing. Returns what that was.

    Raises:
        Mistake: when the code is not this safe's.
    """
    KeyringFile.read(config.keyring).open_with_recovery(code)
    if not config.backup_key.exists():
        return ("safe",)
    BackupKeyFile.read(config.backup_key).kit.open(code)
    return ("safe", "backups")


def change_root_key(config: Config, kit: RecoveryKit) -> None:
    """Rotate the root key; originals are not touched.

    Raises:
        Fault: when the safe is in use.
    """
    rekey(config.keyring, config.database, _machine_key(config), kit, now=system_clock())
    if config.backup_key.exists():  # the kit before opens the backups made with it, and no later ones
        make_backup_key(config, kit.code)


def _machine_key(config: Config) -> bytes:
    if not config.keyring.exists() and not config.machine_key.exists():
        raise Mistake(
            "keys:no_safe", "There is no safe in this data directory.", "Make one with `kluis init`."
        )
    try:
        return machine_key_from(config.machine_key.read_bytes())
    except OSError as problem:
        raise Fault(
            "keys:no_machine_key",
            "The machine's key cannot be read.",
            "Check the file's rights; if the machine was replaced, use `kluis unlock`.",
        ) from problem
