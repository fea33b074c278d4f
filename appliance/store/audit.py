"""Rows of the audit log: added at the end, never changed."""

from collections.abc import Iterator
from datetime import datetime

from appliance.domain.access import Actor
from appliance.domain.audit import ALGORITHM, GENESIS, Entry, Event, Head, Outcome, seal
from appliance.store.rows import Row, Rows, moment, query


class AuditRows(Rows):
    """The chain of entries."""

    def append(self, event: Event, by: Actor, now: datetime) -> Entry:
        """Seal an event to the chain. The caller holds the write lock, so that there are no gaps."""
        head = self.head()
        number = head.number + 1
        mark = seal(number, now, by.kind, by.id, event, head.seal)
        entry = Entry(number, now, by.kind, by.id, event, head.seal, mark)
        self._db.execute(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                now.isoformat(),
                by.kind.value,
                by.id,
                event.action,
                event.thing,
                event.outcome.value,
                event.detail,
                head.seal,
                mark,
                ALGORITHM,
            ),
        )
        return entry

    def head(self) -> Head:
        """The newest entry's number and seal."""
        row = self._first("SELECT number, seal FROM audit ORDER BY number DESC LIMIT 1")
        return Head(row["number"], row["seal"]) if row else Head(0, GENESIS)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Every entry after a number, oldest first, without holding them all in memory."""
        for row in query(self._db, "SELECT * FROM audit WHERE number > ? ORDER BY number", (after,)):
            yield _entry(row)

    def search(self, thing: str = "", actor: str = "", action: str = "", limit: int = 200) -> list[Entry]:
        """The latest entries that fit, newest first. `action` may be the first part: `photo`."""
        rows = self._all(
            "SELECT * FROM audit WHERE (?1 = '' OR thing = ?1) AND (?2 = '' OR actor = ?2)"
            " AND (?3 = '' OR action = ?3 OR substr(action, 1, length(?3) + 1) = ?3 || ':')"
            " ORDER BY number DESC LIMIT ?4",
            thing,
            actor,
            action,
            limit,
        )
        return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    event = Event(row["action"], row["thing"], Outcome(row["outcome"]), row["detail"])
    return Entry(
        number=row["number"],
        at=moment(row["at"]),
        actor_kind=row["actor_kind"],
        actor=row["actor"],
        event=event,
        previous=row["previous"],
        seal=row["seal"],
        algorithm=row["algorithm"],
    )
