"""Digests: how often a user hears by e-mail what happened in the safe, in numbers alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from appliance.domain.access import UserId
from appliance.domain.addresses import is_address
from appliance.domain.errors import Mistake


class Every(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"


# A little less than the whole, so that a run that is some minutes early tells all the same.
_AFTER: Mapping[Every, timedelta] = {
    Every.DAILY: timedelta(hours=22),
    Every.WEEKLY: timedelta(days=6, hours=22),
}


@dataclass(frozen=True, slots=True)
class Digest:
    """What one user chose. sent_at: until when they were told."""

    user_id: UserId
    address: str
    every: Every
    sent_at: datetime

    def due(self, now: datetime) -> bool:
        """Whether it is time again."""
        return now - self.sent_at >= _AFTER[self.every]


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened. notices: not seen. photos: that came in. collections: of one's own that changed."""

    notices: int
    photos: int
    collections: int

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.notices or self.photos or self.collections)


def require_address(address: str) -> str:
    """Require an e-mail address.

    Raises:
        Mistake: when it is none.
    """
    if not is_address(address):
        raise Mistake("digest:no_address", "That is no e-mail address.", "Fill in where the mail goes.")
    return address
