"""Shoots: an occasion at which photos are taken, who was invited to it, and whether people are recognised."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import ShootId

LONGEST_NAME = 200


class Scope(StrEnum):
    """For whom recognition looks in a shoot."""

    INVITED = "invited"  # whoever was invited and agreed: the default (P4)
    AGREED = "agreed"  # everybody who agreed


@dataclass(frozen=True, slots=True)
class ShootRecognition:
    """Recognition is on for a shoot: for whom, and who switched it on when."""

    scope: Scope
    enabled_by: str
    enabled_at: datetime


@dataclass(frozen=True, slots=True)
class Shoot:
    """An occasion. recognition: None while it is off, as it is at first."""

    id: ShootId
    name: str
    day: date
    invited: frozenset[PersonId] = frozenset()
    recognition: ShootRecognition | None = None


def sensible(shoot_id: ShootId, name: str, day: date, invited: Iterable[PersonId] = ()) -> Shoot:
    """A shoot without recognition.

    Raises:
        Mistake: without a name that can be one.
    """
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise Mistake(
            "shoot:bad_name",
            "A shoot needs a name.",
            "Use 1 to {most} letters.",
            values={"most": LONGEST_NAME},
        )
    return Shoot(shoot_id, plain, day, frozenset(invited))
