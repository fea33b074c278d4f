"""Moving an archive in: a tree of folders is counted first, tried with a few photos, then taken in whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from appliance.domain.errors import Mistake
from appliance.domain.photos import ImportId

MoveId = NewType("MoveId", str)

LOOKED_AT = 200  # photos that are opened to count faces and dates, unless somebody wants more
TRIED = 50
MOST = 1_000_000


class MoveStage(StrEnum):
    """How far an archive is."""

    COUNTING = "counting"
    COUNTED = "counted"
    TRYING = "trying"
    TRIED = "tried"
    MOVING = "moving"
    MOVED = "moved"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Inventory:
    """What lies in a tree. Counted of all files; from `looked_at` on, of the photos that were opened alone.

    formats: photos by the ending of their names. others: the same of files that are no photos, and stay.
    repeated: photos whose bytes lie in the tree already. known: photos that the safe has. unreadable: files
    that could not be read, or not be decoded. undated: without a date of the camera. faces: in all of them.
    """

    folders: int = 0
    photos: int = 0
    bytes: int = 0
    formats: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)
    sidecars: int = 0
    repeated: int = 0
    known: int = 0
    looked_at: int = 0
    unreadable: int = 0
    undated: int = 0
    faces: int = 0
    faceless: int = 0
    seconds: float = 0.0  # that opening them took

    @property
    def new(self) -> int:
        """Photos that would come in: each once, and those that the safe has left out."""
        return self.photos - self.repeated - self.known


@dataclass(frozen=True, slots=True)
class Move:
    """An archive on its way in. problem: the key of the error that stopped it."""

    id: MoveId
    folder: str
    begun_by: str
    begun_at: datetime
    stage: MoveStage
    looked_at: int  # photos that are to be opened
    inventory: Inventory | None = None
    trial_import: ImportId | None = None
    whole_import: ImportId | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an import of an archive. waiting: photos still to be examined. took: so far."""

    found: int
    stored: int
    known: int
    failed: int
    waiting: int
    set_aside: Mapping[str, int]
    suspects: int
    variants: int
    faces: int
    faceless: int
    undated: int
    took: timedelta
    finished: bool

    @property
    def an_hour(self) -> int:
        """How many photos were copied and examined in an hour, by what was done so far."""
        done = self.stored + self.known + self.failed - self.waiting
        return round(done * 3600 / self.took.total_seconds()) if self.took else 0


def require_stage(move: Move, *allowed: MoveStage) -> None:
    """Require that an archive has come so far and no further.

    Raises:
        Mistake: when something else is to be done first, or it is being done.
    """
    if move.stage not in allowed:
        raise Mistake(
            "move:not_now",
            "That cannot be done with this archive now.",
            "Count it first, then try some photos; wait until that is done.",
        )


def sensible_number(number: int) -> int:
    """A number of photos.

    Raises:
        Mistake: when it is none.
    """
    if not 1 <= number <= MOST:
        raise Mistake("move:number", "That is not a number of photos.", "Fill in 1 or more.")
    return number
