"""Opaque ids: 128 random bits that say nothing of what they name."""

import base64
import secrets


def new_id() -> str:
    """A fresh id: 26 characters of lower-case base32, safe in paths, addresses and logs."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()
