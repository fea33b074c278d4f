"""The exercises of the practice safe, and how it shows that they were done: by what its log says."""

from collections.abc import Iterable
from enum import StrEnum

from appliance.domain.audit import Entry, Outcome


class Exercise(StrEnum):
    """In the order of doing."""

    BRING = "bring"  # bring in the portrait that comes with it
    NAME = "name"
    RECORD = "record"  # a quitclaim for whoever is in it
    REFUSED = "refused"  # be refused a release
    RENEW = "renew"  # what has ended, by a new quitclaim
    RELEASE = "release"
    WITHDRAW = "withdraw"


# The action that shows it, how that ended, and how often it takes.
_SHOWN_BY = {
    Exercise.BRING: ("photo:import", Outcome.DONE, 1),
    Exercise.NAME: ("face:confirm", Outcome.DONE, 1),
    Exercise.RECORD: ("quitclaim:record", Outcome.DONE, 1),
    Exercise.REFUSED: ("release:make", Outcome.REFUSED, 1),
    Exercise.RENEW: ("quitclaim:record", Outcome.DONE, 2),
    Exercise.RELEASE: ("release:make", Outcome.DONE, 1),
    Exercise.WITHDRAW: ("quitclaim:withdraw", Outcome.DONE, 1),
}


def progress(entries: Iterable[Entry]) -> dict[Exercise, bool]:
    """Which exercises somebody did. entries: what the log of the practice safe has of them."""
    seen: dict[tuple[str, Outcome], int] = {}
    for entry in entries:
        key = (entry.event.action, entry.event.outcome)
        seen[key] = seen.get(key, 0) + 1
    return {one: seen.get((action, how), 0) >= often for one, (action, how, often) in _SHOWN_BY.items()}
