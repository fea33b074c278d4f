"""Rows of users and sessions."""

from datetime import datetime

from appliance.domain.access import Role, User, UserId
from appliance.domain.errors import Mistake
from appliance.domain.sign_in import Session, Step, Where
from appliance.store.rows import Row, Rows, instant, maybe_moment, moment


class AccessRows(Rows):
    """Users, their sessions, and failed tries at signing in."""

    def add(self, user: User, password_hash: str) -> None:
        """Add a user, who joins the groups that new users join."""
        self._add("users", _row(user) | {"id": user.id, "password_hash": password_hash})
        self._run("INSERT INTO group_members SELECT id, ? FROM groups WHERE joined_by_new = 1", user.id)

    def get(self, user_id: UserId) -> User:
        """One user.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM users WHERE id = ?", user_id)
        if row is None:
            raise Mistake("user:unknown", "There is no such user.", "Choose one from the list.")
        return _user(row)

    def by_name(self, name: str) -> tuple[User, str] | None:
        """A user and the hash of the password, by name, capitals aside; None for an unknown name."""
        row = self._first("SELECT * FROM users WHERE sign_in_name = ?", _folded(name))
        return (_user(row), str(row["password_hash"])) if row else None

    def all(self) -> list[User]:
        """Every user, by name."""
        return [_user(row) for row in self._all("SELECT * FROM users ORDER BY sign_in_name")]

    def replace(self, user: User) -> None:
        """Write a user anew."""
        self._change("users", user.id, _row(user))

    def password(self, user_id: UserId) -> str:
        """The hash of a user's password."""
        row = self._first("SELECT password_hash FROM users WHERE id = ?", user_id)
        return str(row["password_hash"]) if row else ""

    def set_password(self, user_id: UserId, password_hash: str, *, must_change: bool = False) -> None:
        """Replace a password. must_change: whether it opens nothing but the choice of another."""
        self._change("users", user_id, {"password_hash": password_hash, "must_change": int(must_change)})

    def by_openid(self, openid: str) -> User | None:
        """The user whom another's word stands for; openid: issuer and subject."""
        row = self._first("SELECT * FROM users WHERE openid = ?", openid)
        return _user(row) if row else None

    def set_openid(self, user_id: UserId, openid: str) -> None:
        """Note whose word stands for a user."""
        self._change("users", user_id, {"openid": openid})

    def with_openid(self) -> set[UserId]:
        """The users for whom another's word stands."""
        return {UserId(row["id"]) for row in self._all("SELECT id FROM users WHERE openid IS NOT NULL")}

    def note_seen(self, user_id: UserId, now: datetime) -> None:
        """Note that a user signed in."""
        self._change("users", user_id, {"seen_at": instant(now)})

    def last_seen(self) -> dict[UserId, datetime]:
        """When each user was last there; who never was is not in it."""
        rows = self._all("SELECT id, seen_at FROM users WHERE seen_at IS NOT NULL")
        return {UserId(row["id"]): moment(row["seen_at"]) for row in rows}

    def open_session(self, token_hash: str, session: Session) -> None:
        """Add a session."""
        self._add(
            "sessions",
            {
                "token_hash": token_hash,
                "user_id": session.user_id,
                "begun_at": instant(session.begun_at),
                "seen_at": instant(session.seen_at),
                "step": session.step.value,
                "confirmed_at": instant(session.confirmed_at),
                "address": session.where.address,
                "device": session.where.device,
            },
        )

    def confirm_session(self, token_hash: str, now: datetime) -> None:
        """Note that its user proved to be who they are."""
        self._run("UPDATE sessions SET confirmed_at = ? WHERE token_hash = ?", instant(now), token_hash)

    def sessions(self, user_id: UserId) -> dict[str, Session]:
        """The sessions of a user by the hash of their tokens, the latest first."""
        rows = self._all("SELECT * FROM sessions WHERE user_id = ? ORDER BY seen_at DESC", user_id)
        return {row["token_hash"]: _session(row) for row in rows}

    def session(self, token_hash: str) -> Session | None:
        """The session of a token; None when there is none."""
        row = self._first("SELECT * FROM sessions WHERE token_hash = ?", token_hash)
        return _session(row) if row else None

    def touch(self, token_hash: str, now: datetime) -> None:
        """Note that a session is in use, and once it is open, its user."""
        self._run("UPDATE sessions SET seen_at = ? WHERE token_hash = ?", instant(now), token_hash)
        self._run(
            "UPDATE users SET seen_at = ? WHERE id = (SELECT user_id FROM sessions WHERE token_hash = ?"
            " AND step = 'open')",
            instant(now),
            token_hash,
        )

    def close_session(self, token_hash: str) -> None:
        """End one session."""
        self._run("DELETE FROM sessions WHERE token_hash = ?", token_hash)

    def close_sessions(self, user_id: UserId) -> int:
        """End all of a user's sessions. Returns how many there were."""
        return self._run("DELETE FROM sessions WHERE user_id = ?", user_id)

    def close_sessions_before(self, begun: datetime) -> int:
        """End the sessions that began before a time. Returns how many there were."""
        return self._run("DELETE FROM sessions WHERE begun_at < ?", instant(begun))

    def close_sessions_unseen(self, seen: datetime) -> int:
        """End the sessions that were not in use since a time. Returns how many there were."""
        return self._run("DELETE FROM sessions WHERE seen_at < ?", instant(seen))

    def failures(self, name_key: str, since: datetime) -> list[datetime]:
        """When signing in under a name failed, from a time on."""
        rows = self._all(
            "SELECT at FROM sign_in_failures WHERE name_key = ? AND at >= ?", name_key, instant(since)
        )
        return [moment(row["at"]) for row in rows]

    def note_failure(self, name_key: str, at: datetime) -> None:
        """Note a failed try; name_key: a pseudonym of the name."""
        self._run("INSERT INTO sign_in_failures VALUES (?, ?)", name_key, instant(at))

    def clear_failures(self, name_key: str) -> None:
        """Forget the failed tries of a name."""
        self._run("DELETE FROM sign_in_failures WHERE name_key = ?", name_key)


def _session(row: Row) -> Session:
    return Session(
        UserId(row["user_id"]),
        moment(row["begun_at"]),
        moment(row["seen_at"]),
        Step(row["step"]),
        maybe_moment(row["confirmed_at"]),
        Where(row["address"], row["device"]),
    )


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _row(user: User) -> Row:
    return {
        "name": user.name,
        "sign_in_name": _folded(user.name),
        "role": user.role.value,
        "active": int(user.active),
        "language": user.language,
        "emergency": int(user.emergency),
        "must_change": int(user.must_change),
    }


def _user(row: Row) -> User:
    return User(
        UserId(row["id"]),
        row["name"],
        Role(row["role"]),
        bool(row["active"]),
        row["language"],
        bool(row["emergency"]),
        bool(row["must_change"]),
    )
