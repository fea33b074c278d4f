"""Rows of digests, and what they count."""

from datetime import datetime

from appliance.domain.access import UserId
from appliance.domain.digests import Digest, Every, Happened
from appliance.store.rows import Row, Rows, instant, moment


class DigestRows(Rows):
    """Digests by user."""

    def put(self, digest: Digest) -> None:
        """Keep what a user chose."""
        self._run(
            "INSERT INTO digests VALUES (?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET"
            " address = excluded.address, every = excluded.every, sent_at = excluded.sent_at",
            digest.user_id,
            digest.address,
            digest.every.value,
            instant(digest.sent_at),
        )

    def remove(self, user_id: UserId) -> None:
        """Forget what a user chose: they get none."""
        self._run("DELETE FROM digests WHERE user_id = ?", user_id)

    def of(self, user_id: UserId) -> Digest | None:
        """What a user chose."""
        row = self._first("SELECT * FROM digests WHERE user_id = ?", user_id)
        return _digest(row) if row else None

    def of_active(self) -> list[Digest]:
        """Those of everybody who may sign in."""
        rows = self._all(
            "SELECT digests.* FROM digests JOIN users ON users.id = user_id WHERE active = 1 ORDER BY user_id"
        )
        return [_digest(row) for row in rows]

    def happened(self, user_id: UserId, since: datetime) -> Happened:
        """What happened since a moment, as far as it concerns a user."""
        after = instant(since)
        return Happened(
            notices=self._number(
                "SELECT count(*) FROM notices WHERE user_id = ? AND seen_at IS NULL AND made_at > ?",
                user_id,
                after,
            ),
            photos=self._number(
                "SELECT count(*) FROM photos WHERE arrived_at > ? AND quarantined = 0 AND variant_of IS NULL",
                after,
            ),
            collections=self._number(
                "SELECT count(DISTINCT collection) FROM collection_changes AS one"
                " JOIN collections ON collections.id = collection"
                " WHERE one.made_at > ?1 AND made_by <> ?2 AND (owner = ?2 OR EXISTS"
                "  (SELECT 1 FROM collection_changes AS mine WHERE mine.collection = one.collection"
                "   AND mine.made_by = ?2))",
                after,
                user_id,
            ),
        )


def _digest(row: Row) -> Digest:
    return Digest(UserId(row["user_id"]), row["address"], Every(row["every"]), moment(row["sent_at"]))
