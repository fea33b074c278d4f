"""The rights of whoever is in the photos, and the days within which they are answered (GDPR, 12 to 21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.people import Limit, PersonId

RightsRequestId = NewType("RightsRequestId", str)
LONGEST_NOTE = 2000


class Right(StrEnum):
    """What somebody may ask."""

    ACCESS = "access"  # article 15
    PORTABILITY = "portability"  # article 20
    RECTIFICATION = "rectification"  # article 16
    RESTRICTION = "restriction"  # article 18
    OBJECTION = "objection"  # article 21
    ERASURE = "erasure"  # article 17


ARTICLE = {
    Right.ACCESS: 15,
    Right.RECTIFICATION: 16,
    Right.ERASURE: 17,
    Right.RESTRICTION: 18,
    Right.PORTABILITY: 20,
    Right.OBJECTION: 21,
}


class RightsState(StrEnum):
    """How a request stands."""

    OPEN = "open"
    EXTENDED = "extended"  # by two months, with the reason told within the first (article 12, paragraph 3)
    DONE = "done"
    REFUSED = "refused"  # with the reason, and the way to the authority (article 12, paragraph 4)


@dataclass(frozen=True, slots=True)
class RightsRequest:
    """One request. note: what was done, or why it was refused. extension: why it took longer than a month.

    lifted_why: why a restriction or an objection ended.
    """

    id: RightsRequestId
    person_id: PersonId
    right: Right
    received_on: date
    due_on: date
    state: RightsState
    note: str
    recorded_at: datetime
    recorded_by: str
    closed_at: datetime | None = None
    lifted_at: datetime | None = None  # of a restriction or an objection: since when it limits no more
    extension: str = ""
    lifted_why: str = ""

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state in (RightsState.OPEN, RightsState.EXTENDED)

    @property
    def extendable(self) -> bool:
        """Whether it was not extended yet, of whatever day."""
        return self.state is RightsState.OPEN

    @property
    def limits(self) -> Limit:
        """What it limits now."""
        return limit_of([self])

    def overdue(self, day: date) -> bool:
        """Whether its last day is over."""
        return self.open and day > self.due_on

    def days_left(self, day: date) -> int:
        """For how many days it can still be answered; less than none when it is overdue."""
        return (self.due_on - day).days


_LIMITS = {Right.OBJECTION: Limit.OBJECTED, Right.RESTRICTION: Limit.RESTRICTED}


def limit_of(requests: Iterable[RightsRequest]) -> Limit:
    """What somebody's requests limit: the strictest.

    From the day one comes in: while it is weighed nothing may be done that could turn out to be wrong (GDPR,
    articles 18 and 21, paragraph 1).
    """
    order = [*Limit]
    found = (
        _LIMITS[one.right]
        for one in requests
        if one.right in _LIMITS and one.state is not RightsState.REFUSED and one.lifted_at is None
    )
    return max(found, key=order.index, default=Limit.NONE)


def due_on(received: date, months: int = 1) -> date:
    """The last day: a month later on the same day of the month, or on the last one that there is.

    Regulation 1182/71, article 3: a period in months ends with the same date as the day it began.
    """
    month = received.month - 1 + months
    year, month = received.year + month // 12, month % 12 + 1
    for day in range(received.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, received.day)
