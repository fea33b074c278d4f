"""Share links: somebody outside sees, for one purpose and some days, what may be used for it that day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from appliance.domain.addresses import is_address
from appliance.domain.collections import CollectionId
from appliance.domain.consent import PUBLICATION, Purpose
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.release import LONGEST_NAME, ParcelId, Recipient
from appliance.domain.wording import Language

USUAL_DAYS = 7
MOST_DOWNLOADS = 10_000
MOST_FAILURES = 20  # wrong passwords in a row; then the link is locked
PASSWORD_SHORTEST = 10
VISIT_LASTS = timedelta(hours=12)
LONGEST_WISH = 1000


class ParcelState(StrEnum):
    """How a link stands."""

    OPEN = "open"
    USED_UP = "used_up"  # it still shows previews; no copy leaves any more
    LOCKED = "locked"  # too many wrong passwords
    EXPIRED = "expired"
    REVOKED = "revoked"


OPENS = frozenset({ParcelState.OPEN, ParcelState.USED_UP})


@dataclass(frozen=True, slots=True)
class Parcel:
    """One link. Its token and password are kept hashed. downloads: how many copies may leave by it.

    collection_id: the collection that it follows: what comes into that, or leaves it, does so here.
    """

    id: ParcelId
    title: str
    purpose: Purpose
    created_at: datetime
    created_by: str
    expires_at: datetime
    recipient: Recipient
    language: Language
    downloads: int
    failures: int = 0
    revoked_at: datetime | None = None
    collection_id: CollectionId | None = None

    def state(self, now: datetime, taken: int) -> ParcelState:
        """How it stands. taken: how many copies left by it."""
        if self.revoked_at is not None:
            return ParcelState.REVOKED
        if now >= self.expires_at:
            return ParcelState.EXPIRED
        if self.failures >= MOST_FAILURES:
            return ParcelState.LOCKED
        return ParcelState.USED_UP if taken >= self.downloads else ParcelState.OPEN


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser behind a link, for some hours: the password was right, and perhaps the code too."""

    parcel_id: ParcelId
    begun_at: datetime
    verified_at: datetime | None = None

    def alive(self, now: datetime) -> bool:
        """Whether it still counts."""
        return now - self.begun_at <= VISIT_LASTS


@dataclass(frozen=True, slots=True)
class Wish:
    """A request for more rights, to the owner of the link."""

    id: str
    parcel_id: ParcelId
    made_at: datetime
    purpose: Purpose
    text: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of a new link. days: until it ends; there is no link without an end."""

    title: str
    purpose: Purpose
    recipient: Recipient
    days: int = USUAL_DAYS
    downloads: int = 20
    language: Language = Language.DUTCH


def require_sensible(terms: Terms, password: str, longest_days: int) -> None:
    """Require terms that the policy allows. longest_days: the most that it does.

    Raises:
        Mistake: naming what to mend.
    """
    for text in (terms.title, terms.recipient.name):
        if not text or len(text) > LONGEST_NAME or not text.isprintable():
            raise Mistake(
                "parcel:bad_text",
                "A link needs a title and the name of its recipient.",
                "Use at most {most} letters each.",
                values={"most": LONGEST_NAME},
            )
    if not is_address(terms.recipient.email):
        raise Mistake(
            "parcel:no_address",
            "The recipient needs an e-mail address.",
            "A code is sent there before a copy leaves.",
        )
    if terms.purpose not in PUBLICATION:
        raise Mistake("release:purpose", "Choose what the copy is for.")
    if not 1 <= terms.days <= longest_days:
        raise Mistake(
            "parcel:days",
            "A link works for 1 to {most} days.",
            "Choose fewer days; make a new link when it ends.",
            values={"most": longest_days},
        )
    if not 0 <= terms.downloads <= MOST_DOWNLOADS:
        raise Mistake(
            "parcel:downloads",
            "That is no number of copies.",
            "Choose 0 to {most}.",
            values={"most": MOST_DOWNLOADS},
        )
    if len(password) < PASSWORD_SHORTEST:
        raise Mistake(
            "parcel:short_password",
            "The password of a link is too short.",
            "Use at least {least} characters, or leave it empty: then the box makes one.",
            values={"least": PASSWORD_SHORTEST},
        )


def require_opens(parcel: Parcel | None, now: datetime, taken: int) -> Parcel:
    """Require a link that opens something. Why it does not is not told: to a stranger it is nothing.

    Raises:
        NotAllowed: when it does not.
    """
    if parcel is None or parcel.state(now, taken) not in OPENS:
        raise NotAllowed("parcel:over", "This link no longer works.", "Ask whoever sent it to you.")
    return parcel
