"""Rows of notices to staff."""

from dataclasses import asdict
from datetime import datetime

from appliance.domain.access import UserId
from appliance.domain.collections import CollectionId
from appliance.domain.consent import Purpose
from appliance.domain.notices import Notice, NoticeId, NoticeKind
from appliance.domain.release import ParcelId
from appliance.store.rows import Rows, instant, maybe_moment, moment


class NoticeRows(Rows):
    """Notices by user."""

    def add(self, notice: Notice) -> None:
        """Add a notice."""
        times = {"made_at": instant(notice.made_at), "seen_at": instant(notice.seen_at)}
        values = {"kind": notice.kind.value, "purpose": notice.purpose.value if notice.purpose else None}
        self._add("notices", asdict(notice) | times | values)

    def of(self, user_id: UserId, limit: int = 100) -> list[Notice]:
        """Somebody's notices, the newest first."""
        rows = self._all(
            "SELECT * FROM notices WHERE user_id = ? ORDER BY made_at DESC, id LIMIT ?", user_id, limit
        )
        return [
            Notice(
                **row
                | {
                    "id": NoticeId(row["id"]),
                    "parcel_id": ParcelId(row["parcel_id"]) if row["parcel_id"] else None,
                    "collection_id": CollectionId(row["collection_id"]) if row["collection_id"] else None,
                    "kind": NoticeKind(row["kind"]),
                    "purpose": Purpose(row["purpose"]) if row["purpose"] else None,
                    "made_at": moment(row["made_at"]),
                    "seen_at": maybe_moment(row["seen_at"]),
                }
            )
            for row in rows
        ]

    def waits(self, user_id: UserId, kind: NoticeKind, collection_id: CollectionId) -> bool:
        """Whether somebody has a notice of this kind about a collection that they have not seen yet."""
        sql = (
            "SELECT 1 FROM main.notices INDEXED BY notices_unseen WHERE user_id = ? AND seen_at IS NULL"
            " AND kind = ? AND collection_id = ?"
        )
        return self._first(sql, user_id, kind.value, collection_id) is not None

    def unseen(self, user_id: UserId) -> int:
        """How many notices somebody has not seen."""
        return self._number("SELECT count(*) FROM notices WHERE user_id = ? AND seen_at IS NULL", user_id)

    def mark_seen(self, user_id: UserId, at: datetime) -> int:
        """Note that somebody saw all notices. Returns how many were new."""
        return self._run(
            "UPDATE main.notices SET seen_at = ? WHERE user_id = ? AND seen_at IS NULL", instant(at), user_id
        )
