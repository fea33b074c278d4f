"""Passwords and session tokens, as they are kept: Argon2id (RFC 9106) and SHA-256 of random tokens."""

import hashlib

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER = PasswordHasher()  # RFC 9106, low-memory profile: 64 MiB, 3 passes; 60 ms on a desktop core
# Of random bytes that nobody kept. Made beforehand: the first try for an unknown name takes no longer either.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$by/RkclGeI4mxugs4CyYiA$s5mAWjB1w1H468l8qgb2TaTjim+Z1ifZRfGWPCTxMQU"


def hash_password(password: str) -> str:
    """The Argon2id record to keep."""
    return _HASHER.hash(password)


def password_fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one kept. Without a record it takes as long, and never fits."""
    try:
        fits = _HASHER.verify(kept if kept is not None else _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return fits and kept is not None


def token_hash(token: str) -> str:
    """What is kept of a session token; the token itself has 256 random bits, so no stretching is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
