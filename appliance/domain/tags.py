"""Tags: the keywords of photos, each once and under an id, to find photos by."""

from dataclasses import dataclass
from typing import NewType

from appliance.domain.descriptions import LONGEST_KEYWORD, keywords_in
from appliance.domain.errors import Mistake

TagId = NewType("TagId", str)


@dataclass(frozen=True, slots=True)
class Tag:
    """A keyword as it was written first. photos: how many have it, accents and capitals aside."""

    id: TagId
    name: str
    photos: int = 0


def sensible_tag(typed: str) -> str:
    """A tag as it is kept.

    Raises:
        Mistake: when it is no keyword, or more than one.
    """
    name, *more = keywords_in(typed) or ("",)
    if not name or more or len(" ".join(typed.split())) > LONGEST_KEYWORD:
        raise Mistake(
            "tag:bad",
            "That cannot be a keyword.",
            "Use one to {most} letters, without a comma.",
            values={"most": LONGEST_KEYWORD},
        )
    return name
