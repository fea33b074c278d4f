"""How far somebody came in the practice safe."""

from datetime import datetime

from appliance.domain.access import Actor, Permission
from appliance.domain.practice import Exercise, progress
from appliance.store.safe import Safe

_LATEST = 2000  # entries: more than all exercises leave


def exercises(safe: Safe, *, by: Actor, now: datetime) -> dict[Exercise, bool]:
    """Which exercises were done, in their order."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        return progress(view.audit.search(actor=by.id, limit=_LATEST))
