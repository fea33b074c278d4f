"""Rows of the audit log: added at the end, never changed."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from appliance.domain.access import Actor
from appliance.domain.audit import (
    ALGORITHM,
    GENESIS,
    LOOKS,
    Entry,
    Event,
    Head,
    Look,
    Outcome,
    in_one_line,
    seal,
)
from appliance.domain.audit_head import SignedHead
from appliance.store.rows import Row, Rows, many, moment, query

_NUMBERS = "SELECT number FROM audit"


class AuditRows(Rows):
    """The chain of entries."""

    def append(self, event: Event, by: Actor, now: datetime) -> Entry:
        """Seal an event to the chain. The caller holds the write lock, so that there are no gaps."""
        event = in_one_line(event)
        head = self.head()
        number = head.number + 1
        mark = seal(number, now, by.kind, by.id, event, head.seal, by.source)
        entry = Entry(number, now, by.kind, by.id, event, head.seal, mark, source=by.source)
        self._db.execute(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                by.source,
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

    def batch(self, after: int, limit: int) -> list[Entry]:
        """Some entries after a number, oldest first."""
        sql = "SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?"
        return [_entry(row) for row in self._all(sql, after, limit)]

    def add_signed(self, signed: SignedHead) -> None:
        """Keep a signed head."""
        self._add(
            "audit_heads",
            {
                "number": signed.head.number,
                "seal": signed.head.seal,
                "at": signed.at,
                "algorithm": signed.algorithm,
                "public_key": signed.public_key,
                "signature": signed.signature,
            },
        )

    def signed(self) -> list[SignedHead]:
        """The signed heads that were kept, oldest first."""
        return [
            SignedHead(
                Head(row["number"], row["seal"]),
                row["at"],
                row["public_key"],
                row["signature"],
                row["algorithm"],
            )
            for row in self._all("SELECT * FROM audit_heads ORDER BY number")
        ]

    def looks(self, things: Iterable[str]) -> list[Look]:
        """Who looked at some things, how often, and when last; the latest first."""
        rows = self._all(
            "SELECT l.actor, l.looks, audit.actor_kind, audit.at FROM (SELECT actor, count(*) AS looks,"
            " max(number) AS latest FROM audit INDEXED BY audit_looks WHERE thing IN (SELECT value"
            " FROM json_each(?)) AND action IN (SELECT value FROM json_each(?)) AND outcome = 'done'"
            " GROUP BY actor) AS l JOIN audit ON audit.number = l.latest ORDER BY l.latest DESC",
            many(things),
            many(LOOKS),
        )
        return [Look(row["actor_kind"], row["actor"], row["looks"], moment(row["at"])) for row in rows]

    def first_at(self, thing: str, action: str) -> datetime | None:
        """When an action was first done to a thing."""
        row = self._first(
            "SELECT at FROM audit INDEXED BY audit_by_thing WHERE thing = ? AND action = ?"
            " ORDER BY number LIMIT 1",
            thing,
            action,
        )
        return moment(row["at"]) if row else None

    def things_of(self, action: str) -> set[str]:
        """What an action was ever done to."""
        rows = self._all("SELECT DISTINCT thing FROM audit WHERE action = ? AND outcome = 'done'", action)
        return {str(row["thing"]) for row in rows}

    def actions_of(self, actor: str, since: datetime) -> frozenset[str]:
        """What somebody did since a time; what was refused they did not do."""
        rows = self._all(
            "SELECT DISTINCT action FROM audit WHERE actor = ? AND at >= ? AND outcome = 'done'",
            actor,
            since.isoformat(),
        )
        return frozenset(row["action"] for row in rows)

    def search(self, thing: str = "", actor: str = "", action: str = "", limit: int = 200) -> list[Entry]:
        """The latest entries that fit, newest first. `action` may be the first part: `photo`."""
        if thing:
            numbers = self._numbers_of_thing(thing, actor, action, limit)
        elif action or actor:
            found = (self._numbers_of_action(one, actor, limit) for one in self._actions(action))
            numbers = sorted((number for some in found for number in some), reverse=True)[:limit]
        else:
            numbers = [row["number"] for row in self._all(f"{_NUMBERS} ORDER BY number DESC LIMIT ?", limit)]
        rows = self._all(
            "SELECT * FROM audit WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number DESC",
            many(numbers),
        )
        return [_entry(row) for row in rows]

    def _numbers_of_thing(self, thing: str, actor: str, action: str, limit: int) -> list[int]:
        rows = self._all(
            f"{_NUMBERS} INDEXED BY audit_by_thing WHERE thing = ?1 AND (?2 = '' OR actor = ?2)"
            " AND (?3 = '' OR action = ?3 OR substr(action, 1, length(?3) + 1) = ?3 || ':')"
            " ORDER BY number DESC LIMIT ?4",
            thing,
            actor,
            action,
            limit,
        )
        return [row["number"] for row in rows]

    def _numbers_of_action(self, action: str, actor: str, limit: int) -> list[int]:
        where, values = ("action = ? AND actor = ?", (action, actor)) if actor else ("action = ?", (action,))
        rows = self._all(f"{_NUMBERS} WHERE {where} ORDER BY number DESC LIMIT ?", *values, limit)
        return [row["number"] for row in rows]

    def _actions(self, action: str) -> list[str]:
        """The actions that fit and that the log has: few, and the index steps from one to the next."""
        rows = self._all(
            "WITH RECURSIVE known (action) AS (SELECT min(action) FROM audit UNION ALL"
            " SELECT (SELECT min(action) FROM audit WHERE action > known.action) FROM known"
            " WHERE known.action IS NOT NULL) SELECT action FROM known WHERE action IS NOT NULL"
        )
        known = [str(row["action"]) for row in rows]
        return [one for one in known if not action or one == action or one.startswith(f"{action}:")]


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
        source=row["source"],
    )
