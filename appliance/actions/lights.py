"""Verdicts in bulk, and the index that lets the library be searched by light.

The index serves searching alone. Whatever is shown or released is decided anew from the facts.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from appliance.actions.recalls import settle
from appliance.domain.access import WORKER, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import PUBLICATION, PhotoFacts, Purpose, Verdict, Weighing, next_change, verdict
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.store.database import Transaction, View
from appliance.store.safe import Safe

_BATCH = 1000

Decided = Mapping[Purpose, Verdict]


def verdicts_of(facts: PhotoFacts, day: date, weighing: Weighing | None = None) -> tuple[Verdict, ...]:
    """One verdict for each purpose of publication, in their usual order."""
    weighing = weighing or Weighing()
    return tuple(verdict(facts, purpose, day, weighing) for purpose in PUBLICATION)


def decide_all(view: View, photo_ids: Sequence[PhotoId], day: date) -> Iterator[tuple[PhotoFacts, Decided]]:
    """Every verdict of many photos, with the facts that they rest on; unknown photos are left out."""
    weighing = Weighing()
    for start in range(0, len(photo_ids), _BATCH):
        for facts in view.photos.facts(photo_ids[start : start + _BATCH]).values():
            yield facts, {v.purpose: v for v in verdicts_of(facts, day, weighing)}


def refresh(tx: Transaction, photo_ids: Sequence[PhotoId], day: date) -> None:
    """Bring index and recalls up to date for photos that the transaction changed; note what is known."""
    changes: dict[PersonId, date | None] = {}  # of people, who mostly stand in more than one of the photos
    for facts, decided in decide_all(tx, photo_ids, day):
        settle(tx, facts, decided)
        lights = {purpose: v.light for purpose, v in decided.items()}
        tx.lights.put(facts.photo.id, lights, _until(facts, day, changes))
        tx.history.note(facts, day)


def _until(facts: PhotoFacts, day: date, changes: dict[PersonId, date | None]) -> date | None:
    """The first day on which the calendar alone may change one of the photo's lights."""
    for person_id, versions in facts.quitclaims.items():
        if person_id not in changes:
            person = facts.people.get(person_id)
            changes[person_id] = next_change(versions, day, person.birth_date if person else None)
    coming = (changes[person_id] for person_id in facts.quitclaims)
    return min((change for change in coming if change is not None), default=None)


def refresh_stale(safe: Safe, *, now: datetime, day: date, limit: int = 1000) -> int:
    """Bring the index up to date where the calendar moved on. Returns how many photos were refreshed."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        stale = view.lights.stale(day, limit)
    if not stale:
        return 0
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as tx:
        refresh(tx, stale, day)
        tx.record(Event("lights:refresh", detail=f"photos={len(stale)}"))
    return len(stale)
