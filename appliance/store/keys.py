"""The keys of the safe: one root key, opened by the machine's key or by the recovery code.

The root key exists in memory only. From it come, by HKDF-SHA256 with a label each, the keys for the
database, for wrapping each photo's own key, for pseudonyms and for sessions.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from appliance.domain.errors import Fault, Tampered

KEY = 32
_NONCE = 12


@dataclass(frozen=True, slots=True)
class DataKey:
    """A photo's own key, plain for use and wrapped to keep."""

    plain: bytes
    wrapped: bytes


class Keyring:
    """All keys of an open safe.

    pseudonyms: the key of the pseudonyms. It is kept beside the root key and outlives a change of it,
    for pseudonyms that were written must stay true.
    """

    def __init__(self, root: bytes, pseudonyms: bytes, generation: int) -> None:
        self._root = root
        self._pseudonyms = pseudonyms
        self.generation = generation

    @property
    def database_key(self) -> bytes:
        """The raw 32-byte key of the database."""
        return self._derived("database")

    def new_data_key(self, about: str) -> DataKey:
        """A fresh key for one photo. about: the photo's id, bound to the wrapped key."""
        plain = secrets.token_bytes(KEY)
        return DataKey(plain, self.wrap(plain, about))

    def wrap(self, plain: bytes, about: str) -> bytes:
        """A photo's key, sealed under the root key."""
        return sealed(self._derived("wrapping"), plain, about)

    def unwrap(self, wrapped: bytes, about: str) -> bytes:
        """A photo's key from what was kept.

        Raises:
            Tampered: when it was not wrapped by this ring for this photo.
        """
        try:
            return unsealed(self._derived("wrapping"), wrapped, about)
        except ValueError as problem:
            raise Tampered(
                "keys:wrong_data_key",
                "A photo's key does not belong to it or to this safe.",
                "Restore the database from a backup.",
            ) from problem

    def pseudonym(self, value: str) -> str:
        """A keyed hash that stands for a value outside the safe (S3): 32 hexadecimal characters."""
        return hmac.new(self._pseudonyms, value.encode(), hashlib.sha256).hexdigest()[:32]

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose, such as signing sessions; others after a rekey."""
        return self._derived(f"secret {purpose}")

    def lasting_secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose that stay the same when the root key changes."""
        info = f"portretkluis 1 lasting {purpose}".encode()
        return HKDFExpand(algorithm=SHA256(), length=KEY, info=info).derive(self._pseudonyms)

    def _derived(self, label: str) -> bytes:
        info = f"portretkluis 1 {label}".encode()
        return HKDFExpand(algorithm=SHA256(), length=KEY, info=info).derive(self._root)


def sealed(key: bytes, plain: bytes, about: str) -> bytes:
    """AES-256-GCM with a random nonce in front; about: associated data."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def unsealed(key: bytes, box: bytes, about: str) -> bytes:
    """What `sealed` sealed.

    Raises:
        ValueError: when the key, the bytes or what they are about do not fit.
    """
    try:
        return AESGCM(key).decrypt(box[:_NONCE], box[_NONCE:], about.encode())
    except InvalidTag as problem:
        raise ValueError("does not open") from problem


def machine_key_from(data: bytes) -> bytes:
    """The machine's key from its file: 32 raw bytes, or 64 hexadecimal characters.

    Raises:
        Fault: when it is neither.
    """
    try:
        key = data if len(data) == KEY else bytes.fromhex(data.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY:
        raise Fault("keys:bad_machine_key", "The machine's key has not 32 bytes.", "Point to the right file.")
    return key
