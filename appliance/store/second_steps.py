"""Rows of second steps: authenticator apps, passkeys, recovery codes, and what browsers have to answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appliance.domain.access import UserId
from appliance.store.rows import Rows, instant, maybe_moment, moment


@dataclass(frozen=True, slots=True)
class Authenticator:
    """An app that makes codes. last_step: the newest time step whose code was used."""

    secret: str
    last_step: int


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as it is kept. name: what its user calls it."""

    id: str
    user_id: UserId
    name: str
    public_key: bytes
    sign_count: int
    added_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SecondSteps:
    """What second steps a user has."""

    authenticator: bool
    passkeys: tuple[Passkey, ...]
    codes_left: int

    @property
    def any(self) -> bool:
        """Whether one of them can be taken."""
        return self.authenticator or bool(self.passkeys) or self.codes_left > 0


class SecondStepRows(Rows):
    """The second steps of users, and challenges."""

    def of(self, user_id: UserId) -> SecondSteps:
        """What a user has."""
        return SecondSteps(
            self.authenticator(user_id) is not None,
            tuple(self.passkeys(user_id)),
            self._number("SELECT count(*) FROM recovery_codes WHERE user_id = ?", user_id),
        )

    def authenticator(self, user_id: UserId) -> Authenticator | None:
        """The app of a user; None without one."""
        row = self._first("SELECT secret, last_step FROM authenticators WHERE user_id = ?", user_id)
        return Authenticator(row["secret"], row["last_step"]) if row else None

    def set_authenticator(self, user_id: UserId, secret: str, step: int, now: datetime) -> None:
        """Give a user an app, in the place of one before. step: of the code that proved it."""
        self._run(
            "INSERT OR REPLACE INTO authenticators VALUES (?, ?, ?, ?)",
            user_id,
            secret,
            instant(now),
            step,
        )

    def spend_step(self, user_id: UserId, step: int) -> None:
        """Note that the code of a time step was used."""
        self._run("UPDATE authenticators SET last_step = ? WHERE user_id = ?", step, user_id)

    def drop_authenticator(self, user_id: UserId) -> int:
        """Take a user's app away. Returns 1, or 0 without one."""
        return self._run("DELETE FROM authenticators WHERE user_id = ?", user_id)

    def passkeys(self, user_id: UserId) -> list[Passkey]:
        """The passkeys of a user, oldest first."""
        rows = self._all("SELECT * FROM passkeys WHERE user_id = ? ORDER BY added_at, id", user_id)
        return [_passkey(row) for row in rows]

    def passkey(self, passkey_id: str) -> Passkey | None:
        """A passkey by its id."""
        row = self._first("SELECT * FROM passkeys WHERE id = ?", passkey_id)
        return _passkey(row) if row else None

    def add_passkey(self, passkey: Passkey) -> None:
        """Keep a new passkey."""
        self._add(
            "passkeys",
            {
                "id": passkey.id,
                "user_id": passkey.user_id,
                "name": passkey.name,
                "public_key": passkey.public_key,
                "sign_count": passkey.sign_count,
                "added_at": instant(passkey.added_at),
                "used_at": instant(passkey.used_at),
            },
        )

    def use_passkey(self, passkey_id: str, sign_count: int, now: datetime) -> None:
        """Note that a passkey was used."""
        self._change("passkeys", passkey_id, {"sign_count": sign_count, "used_at": instant(now)})

    def drop_passkey(self, user_id: UserId, passkey_id: str) -> int:
        """Take one of a user's passkeys away. Returns how many there were of that id."""
        return self._run("DELETE FROM passkeys WHERE user_id = ? AND id = ?", user_id, passkey_id)

    def set_codes(self, user_id: UserId, code_keys: Sequence[str], now: datetime) -> None:
        """Give a user recovery codes in the place of those before; code_keys: keyed hashes of them."""
        self._run("DELETE FROM recovery_codes WHERE user_id = ?", user_id)
        for key in code_keys:
            self._run("INSERT INTO recovery_codes VALUES (?, ?, ?)", key, user_id, instant(now))

    def spend_code(self, user_id: UserId, code_key: str) -> bool:
        """Use a recovery code up. Returns whether it was one."""
        spent = self._run("DELETE FROM recovery_codes WHERE user_id = ? AND code_key = ?", user_id, code_key)
        return spent == 1

    def drop_all(self, user_id: UserId) -> None:
        """Take every second step of a user away."""
        self.drop_authenticator(user_id)
        self._run("DELETE FROM passkeys WHERE user_id = ?", user_id)
        self._run("DELETE FROM recovery_codes WHERE user_id = ?", user_id)

    def ask(self, token_hash: str, kind: str, value: Mapping[str, Any], now: datetime) -> None:
        """Keep what a browser has to answer."""
        self._run(
            "INSERT INTO challenges VALUES (?, ?, ?, ?)", token_hash, kind, json.dumps(value), instant(now)
        )

    def answered(self, token_hash: str, kind: str, since: datetime) -> dict[str, Any] | None:
        """Take a challenge out, to be answered once; None when there is none, or it is too old."""
        row = self._first(
            "DELETE FROM challenges WHERE token_hash = ? AND kind = ? RETURNING value, made_at",
            token_hash,
            kind,
        )
        return json.loads(row["value"]) if row and moment(row["made_at"]) >= since else None

    def forget_challenges(self, before: datetime) -> int:
        """Delete the challenges that are too old. Returns how many."""
        return self._run("DELETE FROM challenges WHERE made_at < ?", instant(before))


def _passkey(row: dict[str, Any]) -> Passkey:
    return Passkey(
        row["id"],
        UserId(row["user_id"]),
        row["name"],
        row["public_key"],
        row["sign_count"],
        moment(row["added_at"]),
        maybe_moment(row["used_at"]),
    )
