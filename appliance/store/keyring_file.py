"""The keyring on disk: the root key in two slots, each of which opens it, and never in the clear.

Every record names its algorithm. The file is replaced whole; a crash leaves the old one or the new one.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw

from appliance.domain.errors import Fault, Mistake
from appliance.store.keys import KEY, Keyring, sealed, unsealed
from appliance.store.recovery_kit import RecoveryKit, normalised

FORMAT = 1
_ARGON2 = "argon2id-v19+aes-256-gcm"
_DIRECT = "aes-256-gcm"
# 128 MiB and four passes: about half a second on a Pi 4, which has room for it beside everything else.
# The code itself has 160 random bits; the stretching only protects a copy of which part was seen.
_MEMORY_KIB, _PASSES, _LANES = 131_072, 4, 2
_MOST_MEMORY_KIB, _MOST_PASSES, _MOST_LANES = 1_048_576, 16, 8


@dataclass(frozen=True, slots=True)
class MachineSlot:
    """The root key under the machine's key."""

    box: str
    algorithm: str = _DIRECT

    @classmethod
    def seal(cls, keys: bytes, machine_key: bytes) -> "MachineSlot":
        """Put the keys in."""
        return cls(_text(sealed(machine_key, keys, "machine slot")))

    def open(self, machine_key: bytes) -> bytes:
        """Take the keys out; ValueError when the key does not fit."""
        _require(self.algorithm, _DIRECT)
        return unsealed(machine_key, _raw(self.box), "machine slot")


@dataclass(frozen=True, slots=True)
class RecoverySlot:
    """The root key under the recovery code, stretched by Argon2id (RFC 9106)."""

    salt: str
    box: str
    memory_kib: int
    passes: int
    lanes: int
    algorithm: str = _ARGON2

    @classmethod
    def seal(cls, keys: bytes, code: str) -> "RecoverySlot":
        """Put the keys in."""
        salt = secrets.token_bytes(16)
        stretched = _stretched(code, salt, _MEMORY_KIB, _PASSES, _LANES)
        box = sealed(stretched, keys, "recovery slot")
        return cls(_text(salt), _text(box), _MEMORY_KIB, _PASSES, _LANES)

    def open(self, code: str) -> bytes:
        """Take the keys out; ValueError when the code does not fit."""
        _require(self.algorithm, _ARGON2)
        if not (
            8 <= self.memory_kib <= _MOST_MEMORY_KIB
            and 1 <= self.passes <= _MOST_PASSES
            and 1 <= self.lanes <= _MOST_LANES
        ):
            raise ValueError("parameters out of range")
        stretched = _stretched(code, _raw(self.salt), self.memory_kib, self.passes, self.lanes)
        return unsealed(stretched, _raw(self.box), "recovery slot")


@dataclass(frozen=True, slots=True)
class Slots:
    """One generation of the root key.

    handover: while a rekey is under way, the same keys under the root key before, so that whoever opens the
    old slots opens these too.
    """

    generation: int
    machine: MachineSlot
    recovery: RecoverySlot
    handover: str = ""


class KeyringFile:
    """The file with the slots. `pending`: the next generation, while a rekey is under way."""

    def __init__(self, path: Path, current: Slots, pending: Slots | None = None) -> None:
        self.path = path
        self.current = current
        self.pending = pending

    @classmethod
    def create(cls, path: Path, machine_key: bytes, kit: RecoveryKit) -> "KeyringFile":
        """Make a new root key and write its slots.

        Raises:
            Mistake: when there is a keyring already.
        """
        if path.exists():
            raise Mistake("keys:exists", "There is a keyring here already.", "Choose another data directory.")
        made = cls(path, new_slots(1, secrets.token_bytes(KEY), machine_key, kit))
        made.write()
        return made

    @classmethod
    def read(cls, path: Path) -> "KeyringFile":
        """Read the file.

        Raises:
            Mistake: when there is none.
            Fault: when it cannot be understood.
        """
        try:
            kept = json.loads(path.read_bytes())
            _require(str(kept["format"]), str(FORMAT))
            pending = kept.get("pending")
            return cls(path, _slots(kept["current"]), _slots(pending) if pending else None)
        except FileNotFoundError as problem:
            raise Mistake(
                "keys:no_safe", "There is no safe in this data directory.", "Make one with `kluis init`."
            ) from problem
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
            raise _unreadable() from problem

    def open_with_machine_key(self, machine_key: bytes) -> Keyring:
        """The keys, opened by this machine.

        Raises:
            Fault: when the key is another machine's.
        """
        return ring(self.current, self.machine_keys(self.current, machine_key))

    def machine_keys(self, slots: Slots, machine_key: bytes) -> bytes:
        """The bytes in a machine slot.

        Raises:
            Fault: when the key is another machine's.
        """
        try:
            return slots.machine.open(machine_key)
        except ValueError as problem:
            raise Fault(
                "keys:wrong_machine_key",
                "The safe does not open with this machine's key.",
                "If the machine was replaced, open it with the recovery kit: `kluis unlock`.",
            ) from problem

    def open_with_recovery(self, code: str) -> Keyring:
        """The keys, opened by the code of the recovery kit.

        Raises:
            Mistake: when the code is another safe's.
        """
        return ring(self.current, self._recovered(code))

    def replace_machine_slot(self, code: str, machine_key: bytes) -> None:
        """Let another machine open the safe from now on; the one before no longer can.

        Raises:
            Mistake: when the code is another safe's.
            Fault: when a rekey broke off, and its part of the file is damaged.
        """
        keys = self._recovered(code)
        self.current = replace(self.current, machine=MachineSlot.seal(keys, machine_key))
        if self.pending is not None:
            coming = _handed_over(self.pending, ring(self.current, keys))
            self.pending = replace(self.pending, machine=MachineSlot.seal(coming, machine_key))
        self.write()

    def _recovered(self, code: str) -> bytes:
        try:
            return self.current.recovery.open(normalised(code))
        except ValueError as problem:
            raise Mistake(
                "keys:wrong_code",
                "The safe does not open with this code.",
                "Use its own recovery kit.",
            ) from problem

    def write(self) -> None:
        """Replace the file whole, and be sure it is on the disk."""
        kept: dict[str, Any] = {"format": FORMAT, "current": _row(self.current)}
        if self.pending is not None:
            kept["pending"] = _row(self.pending)
        partial = self.path.with_suffix(".partial")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as stream:
            json.dump(kept, stream, indent=2)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def new_slots(generation: int, pseudonyms: bytes, machine_key: bytes, kit: RecoveryKit) -> Slots:
    """Slots around a fresh root key; pseudonyms: the key that stays."""
    keys = secrets.token_bytes(KEY) + pseudonyms
    return Slots(generation, MachineSlot.seal(keys, machine_key), RecoverySlot.seal(keys, kit.code))


def following_slots(current: Slots, keys: bytes, machine_key: bytes, kit: RecoveryKit) -> Slots:
    """Slots around the next root key. keys: what `current` holds."""
    coming = new_slots(current.generation + 1, keys[KEY:], machine_key, kit)
    box = sealed(_handover_key(ring(current, keys)), coming.machine.open(machine_key), "handover")
    return replace(coming, handover=_text(box))


def _handed_over(slots: Slots, before: Keyring) -> bytes:
    try:
        return unsealed(_handover_key(before), _raw(slots.handover), "handover")
    except ValueError as problem:
        raise _unreadable() from problem


def _handover_key(before: Keyring) -> bytes:
    return before.secret("handover")


def ring(slots: Slots, keys: bytes) -> Keyring:
    """The keyring from the bytes in a slot.

    Raises:
        Fault: when they are no keys.
    """
    if len(keys) != 2 * KEY:
        raise _unreadable()
    return Keyring(keys[:KEY], keys[KEY:], slots.generation)


def _slots(kept: Mapping[str, Any]) -> Slots:
    machine, recovery = MachineSlot(**kept["machine"]), RecoverySlot(**kept["recovery"])
    return _typed(Slots(kept["generation"], _typed(machine), _typed(recovery), kept.get("handover", "")))


_Record = TypeVar("_Record", MachineSlot, RecoverySlot, Slots)


def _typed(record: _Record) -> _Record:
    """The record, when each of its fields is of its type; TypeError else."""
    for field in fields(record):
        if type(getattr(record, field.name)) is not field.type:
            raise TypeError(field.name)
    return record


def _row(slots: Slots) -> dict[str, Any]:
    row = asdict(slots)
    if not slots.handover:
        del row["handover"]
    return row


def _unreadable() -> Fault:
    return Fault(
        "keys:unreadable",
        "The keyring is cut short or changed.",
        "Restore it from a backup.",
    )


def _stretched(code: str, salt: bytes, memory_kib: int, passes: int, lanes: int) -> bytes:
    try:
        return hash_secret_raw(
            code.encode(),
            salt,
            time_cost=passes,
            memory_cost=memory_kib,
            parallelism=lanes,
            hash_len=KEY,
            type=Type.ID,
        )
    except HashingError as problem:  # by parameters that do not go together
        raise ValueError("does not open") from problem


def _require(algorithm: str, known: str) -> None:
    if algorithm != known:
        raise ValueError("a format or an algorithm that is not known")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
