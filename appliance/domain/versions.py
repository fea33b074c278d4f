"""Versions of what is known of a photo: what was told of it, its shoot, its head count and who is in it.

Each is whole, so that two can be compared and an earlier one put back. Names are given to faces, and are
taken back there: a version tells them, and putting one back leaves them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from appliance.domain.descriptions import NOTHING, Description
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId

BY_THE_BOX = "worker"  # who made the first version: it is what came with the file


class Known(StrEnum):
    """A part of what is known of a photo."""

    TITLE = "title"
    CAPTION = "caption"
    KEYWORDS = "keywords"
    CREATOR = "creator"
    CREDIT = "credit"
    COPYRIGHT = "copyright_notice"
    SHOOT = "shoot"
    HEADS = "heads"
    PEOPLE = "people"


# What follows from the faces; they have an undo of their own.
OF_FACES = frozenset({Known.PEOPLE})


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of a photo. shoot: its id, or empty. heads: None while nobody counted."""

    description: Description = NOTHING
    shoot: str = ""
    heads: int | None = None
    people: tuple[PersonId, ...] = ()

    def part(self, which: Known) -> object:
        """One part of it."""
        if which in (Known.SHOOT, Known.HEADS, Known.PEOPLE):
            return getattr(self, which.value)
        return getattr(self.description, which.value)

    def with_part(self, which: Known, value: object) -> "Knowledge":
        """The same with another value of one part."""
        change: dict[str, object] = {which.value: value}
        if which in (Known.SHOOT, Known.HEADS, Known.PEOPLE):
            return replace(self, **change)  # type: ignore[arg-type]
        return replace(self, description=replace(self.description, **change))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class PhotoVersion:
    """What was known from a moment on, and who saw to that. number: from 1 on for each photo."""

    number: int
    made_at: datetime
    made_by: str
    known: Knowledge


@dataclass(frozen=True, slots=True)
class Difference:
    """A part that two versions tell differently."""

    part: Known
    before: object
    after: object


def differences(before: Knowledge, after: Knowledge) -> Iterator[Difference]:
    """The parts that are told differently."""
    for part in Known:
        if before.part(part) != after.part(part):
            yield Difference(part, before.part(part), after.part(part))


def without(now: Knowledge, before: Knowledge, after: Knowledge) -> Knowledge:
    """What is known once the change from before to after is taken back; other parts stay as they are now.

    Raises:
        Mistake: when one of the parts was changed again since, or nothing in it can be taken back here.
    """
    changed = [one for one in differences(before, after) if one.part not in OF_FACES]
    if not changed:
        raise Mistake("version:of_faces", "Names are given to faces.", "Change them on the photo's page.")
    for one in changed:
        if now.part(one.part) != one.after:
            raise Mistake("change:overtaken", "That was changed again since.", "Look at the photo first.")
        now = now.with_part(one.part, one.before)
    return now
