"""Rows of requests to sign, of the subject's own links, and of confirmation codes. Tokens are kept hashed."""

from dataclasses import asdict
from datetime import datetime

from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.signing import Channel, Request, RequestId
from appliance.domain.wording import Language
from appliance.store.rows import Row, Rows, instant, maybe_moment, moment


class RequestRows(Rows):
    """Requests, own links and codes."""

    def add(self, request: Request, token_hash: str) -> None:
        """Add a request."""
        self._add("requests", _row(request) | {"token_hash": token_hash})

    def replace(self, request: Request) -> None:
        """Write how a request stands anew."""
        self._change("requests", request.id, _row(request))

    def get(self, request_id: RequestId) -> Request:
        """One request.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM requests WHERE id = ?", request_id)
        if row is None:
            raise Mistake("request:unknown", "There is no such request.", "It may have been removed.")
        return _request(row)

    def by_token(self, token_hash: str) -> Request | None:
        """The request that a link opens; None for a link that opens nothing."""
        row = self._first("SELECT * FROM requests WHERE token_hash = ?", token_hash)
        return _request(row) if row else None

    def renew_token(self, request_id: RequestId, token_hash: str) -> None:
        """Give a request another link; the one before opens nothing."""
        self._run("UPDATE requests SET token_hash = ? WHERE id = ?", token_hash, request_id)

    def of_person(self, person_id: PersonId) -> list[Request]:
        """What somebody was asked, newest first."""
        rows = self._all(
            "SELECT requests.* FROM people JOIN requests ON requests.person_id = people.id"
            " WHERE identity = ? ORDER BY created_at DESC",
            person_id,
        )
        return [_request(row) for row in rows]

    def open_renewals(self, now: datetime) -> list[Request]:
        """Requests to renew that can still be answered."""
        rows = self._all(
            "SELECT * FROM requests WHERE renews IS NOT NULL AND answered_at IS NULL"
            " AND cancelled_at IS NULL AND expires_at > ?",
            instant(now),
        )
        return [_request(row) for row in rows]

    def recent(self, limit: int) -> list[Request]:
        """The latest requests, newest first."""
        return [
            _request(r) for r in self._all("SELECT * FROM requests ORDER BY created_at DESC LIMIT ?", limit)
        ]

    def open_own_link(self, token_hash: str, person_id: PersonId, now: datetime, until: datetime) -> None:
        """Give somebody a link to their own page."""
        self._run(
            "INSERT INTO own_links VALUES (?, ?, ?, ?)", token_hash, person_id, instant(now), instant(until)
        )

    def own_link(self, token_hash: str, now: datetime) -> PersonId | None:
        """Whose page a link opens; None when it opens nothing (any more)."""
        row = self._first(
            "SELECT identity FROM own_links JOIN people ON people.id = person_id"
            " WHERE token_hash = ? AND expires_at > ?",
            token_hash,
            instant(now),
        )
        return PersonId(row["identity"]) if row else None

    def put_code(self, token_hash: str, code_hash: str, now: datetime) -> None:
        """Keep a confirmation code that was sent; one sent before counts no more."""
        self._run("INSERT OR REPLACE INTO codes VALUES (?, ?, ?, 0)", token_hash, code_hash, instant(now))

    def code(self, token_hash: str) -> tuple[str, datetime, int] | None:
        """Hash, time and tries so far of the code sent for a link; None when none was."""
        row = self._first("SELECT * FROM codes WHERE token_hash = ?", token_hash)
        return (row["code_hash"], moment(row["made_at"]), row["tries"]) if row else None

    def note_try(self, token_hash: str) -> None:
        """Count a try at a code."""
        self._run("UPDATE codes SET tries = tries + 1 WHERE token_hash = ?", token_hash)

    def forget_code(self, token_hash: str) -> None:
        """A code counts once."""
        self._run("DELETE FROM codes WHERE token_hash = ?", token_hash)


def _row(request: Request) -> Row:
    times = ("created_at", "expires_at", "answered_at", "cancelled_at")
    row = asdict(request)
    return (
        row
        | {key: instant(row[key]) for key in times}
        | {
            "channel": request.channel.value,
            "language": request.language.value,
        }
    )


def _request(row: Row) -> Request:
    kept = {key: value for key, value in row.items() if key != "token_hash"}
    return Request(
        **kept
        | {
            "channel": Channel(row["channel"]),
            "language": Language(row["language"]),
            "created_at": moment(row["created_at"]),
            "expires_at": moment(row["expires_at"]),
            "answered_at": maybe_moment(row["answered_at"]),
            "cancelled_at": maybe_moment(row["cancelled_at"]),
        }
    )
