"""Signatures of the box (Ed25519, RFC 8032) under what it says of itself, such as heads of its audit log."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from appliance.store.keys import Keyring

_PURPOSE = "signing heads and reports"


def _key(ring: Keyring) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(ring.lasting_secret(_PURPOSE))


def public_key(ring: Keyring) -> str:
    """The key that anybody can check signatures with, hexadecimal; it stays when the root key changes."""
    return _key(ring).public_key().public_bytes_raw().hex()


def signature(ring: Keyring, data: bytes) -> str:
    """A signature, hexadecimal."""
    return _key(ring).sign(data).hex()


def fits(public: str, signed: str, data: bytes) -> bool:
    """Whether a signature is of this key over these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signed), data)
    except (InvalidSignature, ValueError):
        return False
    return True
