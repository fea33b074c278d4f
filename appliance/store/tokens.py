"""Rows of tokens: of the secret, its hash alone."""

from datetime import datetime

from appliance.domain.access import Permission, UserId
from appliance.domain.errors import Mistake
from appliance.domain.tokens import Token, TokenId
from appliance.store.rows import Row, Rows, instant, maybe_moment, moment


class TokenRows(Rows):
    """Tokens by which programs act for users."""

    def add(self, token: Token, secret_hash: str) -> None:
        """Add a token."""
        self._add(
            "tokens",
            {
                "id": token.id,
                "user_id": token.user_id,
                "secret_hash": secret_hash,
                "label": token.label,
                "scopes": " ".join(sorted(token.scopes)),
                "made_at": instant(token.made_at),
                "expires_at": instant(token.expires_at),
            },
        )

    def with_hash(self, token_id: TokenId) -> tuple[Token, str] | None:
        """A token and the hash of its secret; None when there is none."""
        row = self._first("SELECT * FROM tokens WHERE id = ?", token_id)
        return (_token(row), str(row["secret_hash"])) if row else None

    def get(self, token_id: TokenId) -> Token:
        """One token.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM tokens WHERE id = ?", token_id)
        if row is None:
            raise Mistake("token:unknown", "There is no such token.", "It may be gone already.")
        return _token(row)

    def of(self, user_id: UserId) -> list[Token]:
        """A user's tokens, the latest first."""
        sql = "SELECT * FROM tokens WHERE user_id = ? ORDER BY made_at DESC, id"
        return [_token(row) for row in self._all(sql, user_id)]

    def all(self) -> list[Token]:
        """Everybody's tokens, the latest first."""
        return [_token(row) for row in self._all("SELECT * FROM tokens ORDER BY made_at DESC, id")]

    def touch(self, token_id: TokenId, now: datetime) -> None:
        """Note that a token is in use."""
        self._change("tokens", token_id, {"used_at": instant(now)})

    def revoke(self, token_id: TokenId, now: datetime) -> None:
        """End a token."""
        sql = "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
        self._run(sql, instant(now), token_id)

    def revoke_all(self, user_id: UserId, now: datetime) -> int:
        """End all of a user's tokens. Returns how many there were."""
        sql = "UPDATE tokens SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL"
        return self._run(sql, instant(now), user_id)


def _token(row: Row) -> Token:
    return Token(
        id=TokenId(row["id"]),
        user_id=UserId(row["user_id"]),
        label=row["label"],
        scopes=frozenset(Permission(one) for one in row["scopes"].split()),
        made_at=moment(row["made_at"]),
        expires_at=moment(row["expires_at"]),
        used_at=maybe_moment(row["used_at"]),
        revoked_at=maybe_moment(row["revoked_at"]),
    )
