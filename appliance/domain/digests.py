"""Digests: how often a user hears by e-mail what happened in the safe, in numbers alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from appliance.domain.access import UserId
from appliance.domain.addresses import is_address
from appliance.domain.errors import Mistake
from appliance.domain.notices import NoticeKind


class Every(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"


class About(StrEnum):
    """What a digest can tell of, in the order in which it tells it."""

    ANSWERS = "answers"  # to the forms that one sent
    WITHDRAWALS = "withdrawals"  # of photos that one released
    LINKS = "links"  # recipients of one's share links who ask for more
    COLLECTIONS = "collections"  # in which one takes part: changes and comments
    PHOTOS = "photos"  # that came in
    SAFETY = "safety"  # of the accounts


# What else a digest counts is not told by notices: new photos.
NOTICES_OF: Mapping[About, frozenset[NoticeKind]] = {
    About.ANSWERS: frozenset({NoticeKind.ANSWERED, NoticeKind.DECLINED}),
    About.WITHDRAWALS: frozenset({NoticeKind.WITHDRAWN}),
    About.LINKS: frozenset({NoticeKind.MORE_RIGHTS}),
    About.COLLECTIONS: frozenset({NoticeKind.COLLECTION, NoticeKind.COMMENTED}),
    About.SAFETY: frozenset({NoticeKind.EMERGENCY, NoticeKind.SECOND_STEP_RESET}),
}

# A little less than the whole, so that a run that is some minutes early tells all the same.
_AFTER: Mapping[Every, timedelta] = {
    Every.DAILY: timedelta(hours=22),
    Every.WEEKLY: timedelta(days=6, hours=22),
}


@dataclass(frozen=True, slots=True)
class Digest:
    """What one user chose. sent_at: until when they were told. about: what they want to hear of."""

    user_id: UserId
    address: str
    every: Every
    sent_at: datetime
    about: frozenset[About] = frozenset(About)

    def due(self, now: datetime) -> bool:
        """Whether it is time again."""
        return now - self.sent_at >= _AFTER[self.every]

    def of(self, happened: Mapping[About, int]) -> Mapping[About, int]:
        """What of all that happened is told: what was asked for, and did happen."""
        return {one: happened[one] for one in About if one in self.about and happened.get(one)}


def require_choice(about: frozenset[About]) -> frozenset[About]:
    """Require that somebody who wants a digest wants to hear of something.

    Raises:
        Mistake: when nothing was chosen.
    """
    if not about:
        raise Mistake("digest:nothing", "Choose what the e-mail tells of.", "Or choose never.")
    return about


def require_address(address: str) -> str:
    """Require an e-mail address.

    Raises:
        Mistake: when it is none.
    """
    if not is_address(address):
        raise Mistake("digest:no_address", "That is no e-mail address.", "Fill in where the mail goes.")
    return address
