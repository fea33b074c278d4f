"""Rows of recalls."""

from datetime import datetime

from appliance.domain.consent import Why
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.recalls import Recall, RecallId, RecallState
from appliance.domain.release import ReleaseId
from appliance.store.rows import Row, Rows, instant, many, maybe_moment, moment


class RecallRows(Rows):
    """Copies called back."""

    def add(self, recall: Recall) -> None:
        """Open a recall."""
        self._add("recalls", _row(recall))

    def replace(self, recall: Recall) -> None:
        """Write how a recall stands now."""
        self._change("recalls", recall.id, _row(recall))

    def get(self, recall_id: RecallId) -> Recall:
        """One recall.

        Raises:
            Mistake: when there is none of that id.
        """
        self._choose(recall_id)
        row = self._first("SELECT * FROM recalls WHERE id = ?", recall_id)
        if row is None:
            raise Mistake("recall:unknown", "There is no such recall.", "Choose one from the list.")
        return _recall(row)

    def running_of_photo(self, photo_id: PhotoId) -> dict[ReleaseId, Recall]:
        """The recalls of a photo's copies that were not lifted, by release."""
        rows = self._all(
            "SELECT recalls.* FROM recalls JOIN releases ON releases.id = recalls.release_id"
            " WHERE releases.photo_id = ? AND state <> 'lifted'",
            photo_id,
        )
        return {ReleaseId(row["release_id"]): _recall(row) for row in rows}

    def of_releases(self, release_ids: list[ReleaseId]) -> dict[ReleaseId, Recall]:
        """The newest recall of each of some copies."""
        rows = self._all(
            "SELECT * FROM recalls WHERE release_id IN (SELECT value FROM json_each(?)) ORDER BY opened_at",
            many(release_ids),
        )
        return {ReleaseId(row["release_id"]): _recall(row) for row in rows}

    def recent(self, limit: int, state: RecallState | None = None) -> list[Recall]:
        """The latest recalls, newest first."""
        rows = self._all(
            "SELECT * FROM recalls WHERE ?1 IS NULL OR state = ?1 ORDER BY opened_at DESC, id LIMIT ?2",
            state.value if state else None,
            limit,
        )
        return [_recall(row) for row in rows]

    def unanswered(self) -> int:
        """How many recalls nobody answered yet."""
        return self._number("SELECT count(*) FROM recalls WHERE state = 'open'")

    def untold(self, limit: int) -> list[Recall]:
        """Open recalls whose recipient has an address and was not written to, oldest first."""
        rows = self._all(
            "SELECT recalls.* FROM recalls JOIN releases ON releases.id = recalls.release_id"
            " WHERE state = 'open' AND told_at IS NULL AND email <> '' ORDER BY opened_at LIMIT ?",
            limit,
        )
        return [_recall(row) for row in rows]

    def silent(self, before: datetime, most: int, limit: int) -> list[Recall]:
        """Open recalls whose recipient was last written to before a time, fewer than so many times more.

        most: reminders; whoever had that many is left to people. Oldest first.
        """
        rows = self._all(
            "SELECT recalls.* FROM recalls JOIN releases ON releases.id = recalls.release_id"
            " WHERE state = 'open' AND coalesce(reminded_at, told_at) < ? AND reminders < ? AND email <> ''"
            " ORDER BY opened_at LIMIT ?",
            instant(before),
            most,
            limit,
        )
        return [_recall(row) for row in rows]

    def set_token(self, recall_id: RecallId, token_hash: str) -> None:
        """Keep the hash of the link by which the recipient answers; an earlier link ends."""
        self._run("UPDATE recalls SET token_hash = ? WHERE id = ?", token_hash, recall_id)

    def by_token(self, token_hash: str) -> Recall | None:
        """The recall that a link opens."""
        row = self._first("SELECT * FROM recalls WHERE token_hash = ?", token_hash)
        return _recall(row) if row else None


def _row(recall: Recall) -> Row:
    return {
        "id": recall.id,
        "release_id": recall.release_id,
        "why": recall.why.value,
        "opened_at": instant(recall.opened_at),
        "state": recall.state.value,
        "told_at": instant(recall.told_at),
        "answered_at": instant(recall.answered_at),
        "answered_by": recall.answered_by,
        "note": recall.note,
        "reminders": recall.reminders,
        "reminded_at": instant(recall.reminded_at),
    }


def _recall(row: Row) -> Recall:
    return Recall(
        id=RecallId(row["id"]),
        release_id=ReleaseId(row["release_id"]),
        why=Why(row["why"]),
        opened_at=moment(row["opened_at"]),
        state=RecallState(row["state"]),
        told_at=maybe_moment(row["told_at"]),
        answered_at=maybe_moment(row["answered_at"]),
        answered_by=row["answered_by"],
        note=row["note"],
        reminders=row["reminders"],
        reminded_at=maybe_moment(row["reminded_at"]),
    )
