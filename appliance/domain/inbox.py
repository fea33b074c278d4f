"""What waits for somebody, and in which order it is shown: what runs out first, then what comes in."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from appliance.domain.access import Permission


class Matter(StrEnum):
    """A kind of work that only a person can do. In the order of showing."""

    BOX = "box"  # duties that failed or are overdue
    RIGHTS = "rights"  # somebody asked what the law lets them ask
    HOLD = "hold"  # legal holds whose day of review has come
    PURGE = "purge"  # photos that retention announced to go
    RETENTION = "retention"  # the yearly review of what is kept
    RECALL = "recall"  # copies that left and may no longer be used
    RECOGNITION = "recognition"  # a proposal to switch it on
    PROPOSALS = "proposals"  # of others, that wait for a second person
    APPROVED = "approved"  # one's own, that can be carried out
    PAPER = "paper"  # signed forms that came back
    ENDING = "ending"  # permissions that end soon, and are not asked for again
    FACES = "faces"  # photos with a face that nobody named or resolved
    DUPLICATES = "duplicates"  # pairs that may be the same photo
    SET_ASIDE = "set_aside"  # files that could not be examined
    AMBER = "amber"  # photos that somebody must look at


# What somebody must be allowed to do to be told of it: the work itself, not the looking.
NEEDS: dict[Matter, Permission] = {
    Matter.BOX: Permission.HEALTH_VIEW,
    Matter.RIGHTS: Permission.RIGHTS_VIEW,
    Matter.HOLD: Permission.HOLD_EDIT,
    Matter.PURGE: Permission.RETENTION_EDIT,
    Matter.RETENTION: Permission.RETENTION_EDIT,
    Matter.RECALL: Permission.RECALL_ANSWER,
    Matter.RECOGNITION: Permission.RECOGNITION_APPROVE,
    Matter.PROPOSALS: Permission.PROPOSAL_ANSWER,
    Matter.APPROVED: Permission.PROPOSAL_VIEW,
    Matter.PAPER: Permission.REQUEST_MAKE,
    Matter.ENDING: Permission.REQUEST_MAKE,
    Matter.FACES: Permission.PHOTO_EDIT,
    Matter.DUPLICATES: Permission.PHOTO_EDIT,
    Matter.SET_ASIDE: Permission.PHOTO_EDIT,
    Matter.AMBER: Permission.PHOTO_EDIT,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind wait. late: of these, how many should have been done by now."""

    matter: Matter
    count: int
    late: int = 0


def in_order(found: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """Those of which something waits: what is late first, else in the order of the kinds."""
    places = {matter: place for place, matter in enumerate(Matter)}
    return tuple(
        sorted((one for one in found if one.count), key=lambda one: (not one.late, places[one.matter]))
    )


class FirstStep(StrEnum):
    """What is done once on a new box, until the first photo may be used. In the order of doing."""

    SECOND_STEP = "second_step"  # one's own second step of signing in
    OFFICERS = "officers"  # an administrator and a privacy officer: two people
    SHOOT = "shoot"
    PHOTOS = "photos"
    NAME = "name"  # somebody has a name in a photo
    QUITCLAIM = "quitclaim"
    GREEN = "green"
    RELEASE = "release"
    BACKUP = "backup"
