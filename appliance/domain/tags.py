"""Tags: words that somebody gives to photos, to find them again."""

from dataclasses import dataclass
from typing import NewType

from appliance.domain.errors import Mistake

TagId = NewType("TagId", str)

LONGEST_TAG = 60


@dataclass(frozen=True, slots=True)
class Tag:
    """A word for photos. photos: how many have it."""

    id: TagId
    name: str
    photos: int = 0


def sensible_tag(typed: str) -> str:
    """A tag as it is kept: one line, without spaces around it.

    Raises:
        Mistake: when nothing is left, or it is too long.
    """
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_TAG or not name.isprintable():
        raise Mistake(
            "tag:bad",
            "That cannot be a tag.",
            "Use one to {most} letters.",
            values={"most": LONGEST_TAG},
        )
    return name
