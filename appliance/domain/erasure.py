"""Erasing a photo or a person, and what stands in the way of it (GDPR article 17).

What was erased is remembered by its opaque id alone, so that a backup that is put back is made to forget
it again before anything is served (P20).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

ErasureId = NewType("ErasureId", str)
HoldId = NewType("HoldId", str)

# Claims for damages lapse after five years (Dutch Civil Code, book 3, article 310): so long the proof of
# what somebody permitted may be needed to defend a claim (GDPR article 17, paragraph 3, point e).
PROOF_YEARS = 5


class Erased(StrEnum):
    """What was erased."""

    PHOTO = "photo"
    PERSON = "person"


class Cause(StrEnum):
    """Why."""

    REQUEST = "request"  # the subject asked for it
    RETENTION = "retention"  # its time was over
    DECISION = "decision"  # the organisation no longer wants it


class Together(StrEnum):
    """What becomes of photos in which the erased person stands with others."""

    ERASE = "erase"
    BLUR = "blur"  # the name goes, and the face is blurred in every copy and preview made from then on


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure. thing: opaque id. counts: what went. proof_until: when the proof goes; None: with it."""

    id: ErasureId
    kind: Erased
    thing: str
    at: datetime
    by: str
    cause: Cause
    counts: Mapping[str, int] = field(default_factory=dict)
    together: Together = Together.ERASE
    proof_until: date | None = None


class Held(StrEnum):
    """What a legal hold is on."""

    PHOTO = "photo"
    PERSON = "person"
    SHOOT = "shoot"


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold: it blocks purge and erasure until somebody ends it. owner: who answers for it."""

    id: HoldId
    kind: Held
    thing: str
    reason: str
    owner: str
    review_on: date
    begun_at: datetime
    begun_by: str
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def in_force(self) -> bool:
        """Whether it still blocks."""
        return self.ended_at is None
