"""The figures of the last months, and of those to come. They count, and name nobody."""

from datetime import date, datetime

from appliance.actions.renewals import endings_of
from appliance.domain.access import Actor, Permission
from appliance.domain.figures import MONTHS, Figures, counted, in_months, months_from, months_until
from appliance.store.safe import Safe

_AHEAD = 31 * MONTHS  # days


def figures(safe: Safe, *, by: Actor, now: datetime, day: date) -> Figures:
    """What came in, left and was permitted in the last months, and what ends in those to come."""
    past, ahead = months_until(day), months_from(day)
    with safe.store.look(by=by, to=Permission.QUITCLAIM_VIEW, now=now) as view:
        ends = {(one.person_id, one.last_day) for one in endings_of(view, day, _AHEAD)}
        return Figures(
            photos_in=in_months(view.figures.photos_in(), past),
            bytes_in=in_months(view.figures.bytes_in(), past),
            copies_out=in_months(view.figures.copies_out(), past),
            quitclaims=in_months(view.figures.quitclaims(), past),
            ending=counted((last_day for _, last_day in ends), ahead),
        )
