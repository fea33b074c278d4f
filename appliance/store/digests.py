"""Rows of digests, and what they count."""

from collections.abc import Mapping
from datetime import datetime

from appliance.domain.access import UserId
from appliance.domain.digests import NOTICES_OF, About, Digest, Every
from appliance.domain.notices import NoticeKind
from appliance.store.rows import Row, Rows, instant, moment


class DigestRows(Rows):
    """Digests by user."""

    def put(self, digest: Digest) -> None:
        """Keep what a user chose."""
        self._run(
            "INSERT INTO digests (user_id, address, every, sent_at, about) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (user_id) DO UPDATE SET address = excluded.address, every = excluded.every,"
            " sent_at = excluded.sent_at, about = excluded.about",
            digest.user_id,
            digest.address,
            digest.every.value,
            instant(digest.sent_at),
            " ".join(sorted(digest.about)),
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

    def happened(self, user_id: UserId, since: datetime) -> Mapping[About, int]:
        """What happened since a moment, as far as it concerns a user. Of notices, those not seen yet."""
        after = instant(since)
        unseen = self._unseen(user_id, after)
        told = {about: sum(unseen.get(kind, 0) for kind in kinds) for about, kinds in NOTICES_OF.items()}
        told[About.COLLECTIONS] = self._collections(user_id, after)
        told[About.PHOTOS] = self._number(
            "SELECT count(*) FROM photos WHERE arrived_at > ? AND quarantined = 0 AND variant_of IS NULL",
            after,
        )
        return told

    def _unseen(self, user_id: UserId, after: str | None) -> Mapping[NoticeKind, int]:
        rows = self._all(
            "SELECT kind, count(*) AS notices FROM notices"
            " WHERE user_id = ? AND seen_at IS NULL AND made_at > ? GROUP BY kind",
            user_id,
            after,
        )
        return {NoticeKind(row["kind"]): row["notices"] for row in rows}

    def _collections(self, user_id: UserId, after: str | None) -> int:
        """Those in which one takes part, where somebody else changed or said something."""
        return self._number(
            "SELECT count(DISTINCT collection) FROM (SELECT collection FROM collection_changes AS one"
            " JOIN collections ON collections.id = collection"
            " WHERE one.made_at > ?1 AND made_by <> ?2 AND (owner = ?2 OR EXISTS"
            "  (SELECT 1 FROM collection_changes AS mine WHERE mine.collection = one.collection"
            "   AND mine.made_by = ?2))"
            " UNION SELECT collections.id FROM notices JOIN collections ON collections.id = collection_id"
            " WHERE user_id = ?2 AND kind = ?3 AND seen_at IS NULL AND notices.made_at > ?1)",
            after,
            user_id,
            NoticeKind.COMMENTED.value,
        )


def _digest(row: Row) -> Digest:
    about = frozenset(About(one) for one in row["about"].split())
    return Digest(UserId(row["user_id"]), row["address"], Every(row["every"]), moment(row["sent_at"]), about)
