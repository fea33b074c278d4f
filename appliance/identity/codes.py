"""Codes that a person types: of an authenticator app (TOTP, RFC 6238) and for when it is lost."""

import hmac
import secrets
from datetime import datetime, timedelta

import pyotp

_SECONDS = 30
_DRIFT = 1  # steps that a clock may be off, either way

# Crockford's base 32, without the letters that paper and ear mistake for others.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
HOW_MANY = 10
_LENGTH = 10  # 50 random bits


def new_secret() -> str:
    """A secret for an authenticator app: 160 random bits in base 32, as RFC 4226 recommends."""
    return pyotp.random_base32()


def setup_address(secret: str, name: str, issuer: str) -> str:
    """The `otpauth:` address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def fitting_step(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The time step whose code this is, so that it can be used up; None when none fits.

    after: the last step that was used; it and those before are spent (RFC 6238, section 5.2).
    """
    typed = "".join(code.split())
    if not typed.isascii() or not typed.isdecimal():
        return None
    app = pyotp.TOTP(secret)
    step = int(now.timestamp()) // _SECONDS
    found = None
    for one in range(step - _DRIFT, step + _DRIFT + 1):
        if hmac.compare_digest(app.at(one * _SECONDS), typed) and one > after:
            found = one
    return found


def code_now(secret: str, now: datetime, later: timedelta = timedelta()) -> str:
    """What the app shows."""
    return pyotp.TOTP(secret).at(int((now + later).timestamp()))


def new_recovery_codes() -> tuple[str, ...]:
    """Codes for when the app or the passkey is lost, each good once."""
    return tuple(
        _grouped("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))) for _ in range(HOW_MANY)
    )


def as_printed(typed: str) -> str:
    """A recovery code as it was printed, from however it was typed."""
    return _grouped("".join(c for c in typed.upper().translate(_LOOKALIKES) if c.isascii() and c.isalnum()))


def _grouped(letters: str) -> str:
    return f"{letters[:5]}-{letters[5:]}"
