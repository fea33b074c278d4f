"""Passwords and session tokens, as they are kept: Argon2id (RFC 9106) and SHA-256 of random tokens."""

import hashlib
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER = PasswordHasher()  # RFC 9106, low-memory profile: 64 MiB, 3 passes; 60 ms on a desktop core


def hash_password(password: str) -> str:
    """The Argon2id record to keep."""
    return _HASHER.hash(password)


def password_fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one kept. Without a record it takes as long, and never fits."""
    try:
        fits = _HASHER.verify(kept if kept is not None else _nobody(), password)
    except (Argon2Error, InvalidHashError):
        return False
    return fits and kept is not None


@cache
def _nobody() -> str:
    return _HASHER.hash("no user has this password")


def token_hash(token: str) -> str:
    """What is kept of a session token; the token itself has 256 random bits, so no stretching is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
