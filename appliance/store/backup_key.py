"""The key of the backups: random, apart from the keys of the safe, and opened in two ways.

The box opens it with the machine's key, to make backups by itself. Whoever holds the recovery kit opens
it with the kit's code, on a machine that has nothing else. That second slot lies at the target for years,
so it is wrapped by X25519 (RFC 7748) and ML-KEM-768 (FIPS 203) together: it stays shut as long as one of
the two holds. Both private keys come from the code, by Argon2id; the box keeps the public halves only, so
it can wrap a new key without being told the code again.
"""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from appliance.domain.errors import Fault, Mistake
from appliance.store.keys import KEY, sealed, unsealed
from appliance.store.recovery_kit import normalised

ALGORITHM = "argon2id-v19+x25519+ml-kem-768+hkdf-sha256+aes-256-gcm"
_MEMORY_KIB, _PASSES, _LANES = 131_072, 4, 2  # as of the keyring's recovery slot
_SEED = 64  # of ML-KEM: d and z (FIPS 203, section 7.1)
_MACHINE = "backup key machine slot"
_KIT = "backup key recovery slot"


@dataclass(frozen=True, slots=True)
class Recipient:
    """The public halves of the kit's keys. salt: with which they come from the code."""

    salt: bytes
    x25519: bytes
    ml_kem: bytes


def recipient_of(code: str, salt: bytes | None = None) -> Recipient:
    """The public halves that belong to a recovery code.

    Raises:
        Mistake: when it is no recovery code.
    """
    salt = salt or secrets.token_bytes(16)
    classical, quantum = _private_keys(code, salt)
    return Recipient(salt, classical.public_key().public_bytes_raw(), quantum.public_key().public_bytes_raw())


def _private_keys(code: str, salt: bytes) -> tuple[X25519PrivateKey, MLKEM768PrivateKey]:
    stretched = hash_secret_raw(
        normalised(code).encode(),
        salt,
        time_cost=_PASSES,
        memory_cost=_MEMORY_KIB,
        parallelism=_LANES,
        hash_len=KEY + _SEED,
        type=Type.ID,
    )
    return X25519PrivateKey.from_private_bytes(stretched[:KEY]), MLKEM768PrivateKey.from_seed_bytes(
        stretched[KEY:]
    )


@dataclass(frozen=True, slots=True)
class KitSlot:
    """The backup key, wrapped for the recovery kit; every field in base64."""

    salt: str
    x25519: str  # the recipient's public key
    ml_kem: str  # the recipient's public key
    ephemeral: str
    ciphertext: str
    box: str
    algorithm: str = ALGORITHM

    @classmethod
    def seal(cls, key: bytes, to: Recipient) -> "KitSlot":
        """Put the key in."""
        ephemeral = X25519PrivateKey.generate()
        classical = ephemeral.exchange(X25519PublicKey.from_public_bytes(to.x25519))
        quantum, ciphertext = MLKEM768PublicKey.from_public_bytes(to.ml_kem).encapsulate()
        public = ephemeral.public_key().public_bytes_raw()
        both = _combined(classical, quantum, public, ciphertext, to)
        box = sealed(both, key, _KIT)
        return cls(*(_text(part) for part in (to.salt, to.x25519, to.ml_kem, public, ciphertext, box)))

    @property
    def recipient(self) -> Recipient:
        """For whom it was wrapped."""
        return Recipient(_raw(self.salt), _raw(self.x25519), _raw(self.ml_kem))

    def open(self, code: str) -> bytes:
        """Take the key out, with the code of the kit.

        Raises:
            Mistake: when the code is another kit's.
            Fault: when the slot is damaged or of an unknown algorithm.
        """
        if self.algorithm != ALGORITHM:
            raise _unreadable()
        try:
            to = self.recipient
            ephemeral, ciphertext, box = (_raw(part) for part in (self.ephemeral, self.ciphertext, self.box))
            classical_key, quantum_key = _private_keys(code, to.salt)
            classical = classical_key.exchange(X25519PublicKey.from_public_bytes(ephemeral))
            quantum = quantum_key.decapsulate(ciphertext)
        except ValueError as problem:
            raise _unreadable() from problem
        try:
            return unsealed(_combined(classical, quantum, ephemeral, ciphertext, to), box, _KIT)
        except ValueError as problem:
            raise Mistake(
                "backup:wrong_code",
                "The backups do not open with this code.",
                "Use the recovery kit that was in force when they were made.",
            ) from problem


def _combined(classical: bytes, quantum: bytes, ephemeral: bytes, ciphertext: bytes, to: Recipient) -> bytes:
    """One key from both secrets and all that was exchanged: broken only when both are."""
    info = b"portretkluis 1 backup key" + ephemeral + ciphertext + to.x25519 + to.ml_kem
    return HKDF(algorithm=SHA256(), length=KEY, salt=None, info=info).derive(quantum + classical)


class BackupKeyFile:
    """`backup.json`, beside the keyring: the backup key in its two slots."""

    def __init__(self, path: Path, machine: str, kit: KitSlot) -> None:
        self.path = path
        self.machine = machine
        self.kit = kit

    @classmethod
    def create(cls, path: Path, machine_key: bytes, code: str, key: bytes | None = None) -> "BackupKeyFile":
        """Make a backup key, or keep one that is there, and write its slots.

        Raises:
            Mistake: when the code is none.
        """
        key = key or secrets.token_bytes(KEY)
        made = cls(path, _text(sealed(machine_key, key, _MACHINE)), KitSlot.seal(key, recipient_of(code)))
        made.write()
        return made

    @classmethod
    def read(cls, path: Path) -> "BackupKeyFile":
        """Read the file.

        Raises:
            Mistake: when there is none.
            Fault: when it cannot be understood.
        """
        try:
            kept = json.loads(path.read_bytes())
            return cls(path, str(kept["machine"]), kit_slot(kept["kit"]))
        except FileNotFoundError as problem:
            raise Mistake(
                "backup:no_key", "Backups have no key yet.", "Make one with `kluis backup key`."
            ) from problem
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise _unreadable() from problem

    def open(self, machine_key: bytes) -> bytes:
        """The key, opened by this machine.

        Raises:
            Fault: when it is another machine's.
        """
        try:
            return unsealed(machine_key, _raw(self.machine), _MACHINE)
        except ValueError as problem:
            raise Fault(
                "backup:wrong_machine",
                "The key of the backups does not open with this machine's key.",
                "Make it open here with `kluis backup key`.",
            ) from problem

    def write(self) -> None:
        """Replace the file whole, and be sure it is on the disk."""
        partial = self.path.with_suffix(".partial")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as stream:
            json.dump({"machine": self.machine, "kit": asdict(self.kit)}, stream, indent=2)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(self.path)


def kit_slot(kept: dict[str, Any]) -> KitSlot:
    """A slot from its fields.

    Raises:
        TypeError: when they are not those of a slot.
    """
    if not all(isinstance(value, str) for value in kept.values()):
        raise TypeError("not a slot")
    return KitSlot(**kept)


def _unreadable() -> Fault:
    return Fault(
        "backup:key_unreadable",
        "The key of the backups is damaged.",
        "Make it open again with the recovery kit: `kluis backup key`.",
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
