"""Recalls: a copy that left may no longer be used, and its recipient is asked to take it away (P21)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.consent import LIGHT_OF, Light, Verdict, Why
from appliance.domain.release import ReleaseId

RecallId = NewType("RecallId", str)

LONGEST_NOTE = 500
MOST_REMINDERS = 3  # whoever does not answer then is somebody's to call


class RecallState(StrEnum):
    """How a recall stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"  # they know, and will remove it
    REMOVED = "removed"
    REFUSED = "refused"
    LIFTED = "lifted"  # permitted again: nothing need be done


UNANSWERED = frozenset({RecallState.OPEN, RecallState.ACKNOWLEDGED})

# What a recipient or staff can say; each may follow the others, for people change their minds.
ANSWERS = (RecallState.ACKNOWLEDGED, RecallState.REMOVED, RecallState.REFUSED)

# Red for what was never published, or is about the file alone, calls nothing back.
_OF_NOBODY = frozenset({Why.SET_ASIDE, Why.NOT_A_PUBLICATION, Why.NOT_IN_THE_SAFE})


@dataclass(frozen=True, slots=True)
class Recall:
    """One copy called back. answered_by: opaque id of the user; empty when the recipient answered."""

    id: RecallId
    release_id: ReleaseId
    why: Why
    opened_at: datetime
    state: RecallState = RecallState.OPEN
    told_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str = ""
    note: str = ""
    reminders: int = 0  # how often the recipient was written to once more
    reminded_at: datetime | None = None


def ended(verdict: Verdict) -> Why | None:
    """Why copies for this purpose are called back: the gravest reason of a red light; None for no recall.

    Amber calls nothing back: somebody must look first, and then the light is red or green.
    """
    if verdict.light is not Light.RED:
        return None
    return next(
        (r.why for r in verdict.reasons if LIGHT_OF[r.why] is Light.RED and r.why not in _OF_NOBODY), None
    )
