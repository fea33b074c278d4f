"""People who stand in photos, and how a face is linked to one of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.photos import FaceId

PersonId = NewType("PersonId", str)


class Standing(StrEnum):
    """A person's standing wish, stronger than any quitclaim (P16)."""

    NONE = "none"
    PHOTOGRAPH_NOT_PUBLISH = "photograph_not_publish"
    NEVER_PHOTOGRAPH = "never_photograph"


class Limit(StrEnum):
    """What somebody's request limits, until it is lifted. The later one is the stricter."""

    NONE = "none"
    OBJECTED = "objected"  # to what rests on an interest or a task of ours (GDPR, article 21)
    RESTRICTED = "restricted"  # photos may be kept and nothing else (GDPR, article 18)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the organisation knows by name."""

    id: PersonId
    name: str
    department: str = ""
    email: str = ""
    birth_date: date | None = None
    standing: Standing = Standing.NONE
    limited: Limit = Limit.NONE


def age(born: date, day: date) -> int:
    """Whole years on a day; whoever was born on 29 February has a birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    """The first day on which somebody is so many years old."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


class LinkState(StrEnum):
    """A machine's match is a suggestion until a named user confirms it; a rejected one never returns (P7)."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Link:
    """One face, one person, and what is thought or known of the pair."""

    face_id: FaceId
    person_id: PersonId
    state: LinkState
    distance: float | None = None  # Euclidean, between embeddings; None when named by hand
    changed_at: datetime | None = None
