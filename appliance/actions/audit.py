"""Reading and checking the audit log."""

from datetime import datetime

from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Check, Entry, Event, Head, verify
from appliance.store.safe import Safe


def check(safe: Safe, *, by: Actor, now: datetime, known: Head | None = None) -> Check:
    """Walk the whole chain. `known`: a head that was kept outside the box. The check itself is logged."""
    with safe.store.begin(by=by, to=Permission.AUDIT_VIEW, now=now) as tx:
        checked = verify(tx.audit.entries(), known)
        tx.record(Event("audit:check", detail="whole" if checked.whole else f"broken_at={checked.broken_at}"))
    return checked


def recent(
    safe: Safe,
    *,
    by: Actor,
    now: datetime,
    thing: str = "",
    actor: str = "",
    action: str = "",
    limit: int = 200,
) -> tuple[Entry, ...]:
    """The latest entries that fit, newest first. Looking at the log is logged too."""
    with safe.store.begin(by=by, to=Permission.AUDIT_VIEW, now=now, durable=False) as tx:
        found = tuple(tx.audit.search(thing=thing, actor=actor, action=action, limit=limit))
        tx.record(Event("audit:view", thing))
    return found
