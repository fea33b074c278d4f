"""Rows of shares and folders from which photos are taken."""

from dataclasses import asdict, dataclass
from datetime import datetime

from appliance.domain.collections import CollectionId
from appliance.domain.errors import Mistake
from appliance.domain.shares import After, Share, ShareId
from appliance.store.rows import Row, Rows, instant, maybe_moment


@dataclass(frozen=True, slots=True)
class Look:
    """What the last look at a share found. waiting: files not whole yet. refused: still, and no photos."""

    at: datetime | None = None
    problem: str = ""
    waiting: int = 0
    refused: int = 0


class ShareRows(Rows):
    """Shares by their id."""

    def put(self, share: Share) -> None:
        """Add a share, or write it anew; what was found at the last look stays."""
        row = asdict(share) | {"after": share.after.value, "active": int(share.active)}
        if self._first("SELECT 1 FROM shares WHERE id = ?", share.id) is None:
            self._add("shares", row)
        else:
            self._change("shares", share.id, row)

    def get(self, share_id: ShareId) -> Share:
        """One share, its password with it.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM shares WHERE id = ?", share_id)
        if row is None:
            raise Mistake("share:unknown", "There is no such share.", "Choose one from the list.")
        return _share(row)

    def all(self) -> list[tuple[Share, Look]]:
        """Every share by name, with what was found last."""
        rows = self._all("SELECT * FROM shares ORDER BY name, id")
        return [(_share(row), _look(row)) for row in rows]

    def named(self, name: str) -> ShareId | None:
        """The share of a name."""
        row = self._first("SELECT id FROM shares WHERE name = ?", name)
        return ShareId(row["id"]) if row else None

    def note(self, share_id: ShareId, look: Look) -> None:
        """Write what a look found."""
        found = {"looked_at": instant(look.at), "problem": look.problem}
        self._change("shares", share_id, found | {"waiting": look.waiting, "refused": look.refused})

    def delete(self, share_id: ShareId) -> None:
        """Forget a share with its password."""
        self._run("DELETE FROM shares WHERE id = ?", share_id)


def _share(row: Row) -> Share:
    return Share(
        id=ShareId(row["id"]),
        name=row["name"],
        place=row["place"],
        user=row["user"],
        password=row["password"],
        shoot_id=row["shoot_id"],
        collection_id=CollectionId(row["collection_id"]) if row["collection_id"] else None,
        after=After(row["after"]),
        active=bool(row["active"]),
    )


def _look(row: Row) -> Look:
    return Look(maybe_moment(row["looked_at"]), row["problem"], row["waiting"], row["refused"])
