"""Rows of share links: what was chosen for them, who is behind them, and what they ask for."""

from dataclasses import dataclass
from datetime import datetime

from appliance.domain.consent import Purpose
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.release import Recipient, ShareId
from appliance.domain.sharing import Share, Visit, Wish
from appliance.domain.wording import Language
from appliance.store.rows import Row, Rows, instant, maybe_moment, moment


@dataclass(frozen=True, slots=True)
class Chosen:
    """A photo of a link, under its name within that link."""

    ref: str
    photo_id: PhotoId


class ShareRows(Rows):
    """Share links."""

    def add(self, share: Share, token_hash: str, password_hash: str, chosen: list[Chosen]) -> None:
        """Add a link with the photos chosen for it, in order."""
        self._add("shares", _row(share) | {"token_hash": token_hash, "password_hash": password_hash})
        for position, one in enumerate(chosen):
            self._run(
                "INSERT INTO share_photos VALUES (?, ?, ?, ?)", share.id, position, one.ref, one.photo_id
            )

    def replace(self, share: Share) -> None:
        """Write how a link stands now."""
        self._change("shares", share.id, _row(share))

    def get(self, share_id: ShareId) -> Share:
        """One link.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM shares WHERE id = ?", share_id)
        if row is None:
            raise Mistake("share:unknown", "There is no such link.", "Choose one from the list.")
        return _share(row)

    def by_token(self, token_hash: str) -> Share | None:
        """The link of a token."""
        row = self._first("SELECT * FROM shares WHERE token_hash = ?", token_hash)
        return _share(row) if row else None

    def password_hash(self, share_id: ShareId) -> str:
        """The record of a link's password."""
        row = self._first("SELECT password_hash FROM shares WHERE id = ?", share_id)
        return str(row["password_hash"]) if row else ""

    def recent(self, limit: int) -> list[Share]:
        """The latest links, newest first."""
        rows = self._all("SELECT * FROM shares ORDER BY created_at DESC, id LIMIT ?", limit)
        return [_share(row) for row in rows]

    def chosen(self, share_id: ShareId) -> list[Chosen]:
        """The photos chosen for a link, in order."""
        rows = self._all(
            "SELECT ref, photo_id FROM share_photos WHERE share_id = ? ORDER BY position", share_id
        )
        return [Chosen(row["ref"], PhotoId(row["photo_id"])) for row in rows]

    def count_failure(self, share_id: ShareId, failures: int) -> None:
        """Write how many wrong passwords there were in a row."""
        self._run("UPDATE shares SET failures = ? WHERE id = ?", failures, share_id)

    def begin_visit(self, token_hash: str, share_id: ShareId, now: datetime) -> None:
        """A browser gave the password."""
        self._run("INSERT INTO share_visits VALUES (?, ?, ?, NULL)", token_hash, share_id, instant(now))

    def visit(self, token_hash: str) -> Visit | None:
        """The visit of a browser."""
        row = self._first("SELECT * FROM share_visits WHERE token_hash = ?", token_hash)
        if row is None:
            return None
        return Visit(ShareId(row["share_id"]), moment(row["begun_at"]), maybe_moment(row["verified_at"]))

    def verify_visit(self, token_hash: str, now: datetime) -> None:
        """The code from the e-mail was right."""
        self._run("UPDATE share_visits SET verified_at = ? WHERE token_hash = ?", instant(now), token_hash)

    def end_visits(self, share_id: ShareId) -> int:
        """Close every browser behind a link. Returns how many there were."""
        return self._run("DELETE FROM share_visits WHERE share_id = ?", share_id)

    def add_wish(self, wish: Wish) -> None:
        """Add a request for more rights."""
        self._add(
            "share_wishes",
            {
                "id": wish.id,
                "share_id": wish.share_id,
                "made_at": instant(wish.made_at),
                "purpose": wish.purpose.value,
                "text": wish.text,
            },
        )

    def wishes(self, share_id: ShareId) -> list[Wish]:
        """What a link's recipient asked for, newest first."""
        rows = self._all("SELECT * FROM share_wishes WHERE share_id = ? ORDER BY made_at DESC", share_id)
        return [
            Wish(
                row["id"],
                ShareId(row["share_id"]),
                moment(row["made_at"]),
                Purpose(row["purpose"]),
                row["text"],
            )
            for row in rows
        ]


def _row(share: Share) -> Row:
    return {
        "id": share.id,
        "title": share.title,
        "purpose": share.purpose.value,
        "created_at": instant(share.created_at),
        "created_by": share.created_by,
        "expires_at": instant(share.expires_at),
        "recipient": share.recipient.name,
        "email": share.recipient.email,
        "language": share.language.value,
        "downloads": share.downloads,
        "failures": share.failures,
        "revoked_at": instant(share.revoked_at),
    }


def _share(row: Row) -> Share:
    return Share(
        id=ShareId(row["id"]),
        title=row["title"],
        purpose=Purpose(row["purpose"]),
        created_at=moment(row["created_at"]),
        created_by=row["created_by"],
        expires_at=moment(row["expires_at"]),
        recipient=Recipient(row["recipient"], row["email"]),
        language=Language(row["language"]),
        downloads=row["downloads"],
        failures=row["failures"],
        revoked_at=maybe_moment(row["revoked_at"]),
    )
