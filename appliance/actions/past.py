"""What held on a past day: answered from what was known then, and from nothing later (P13, S19)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from appliance.domain.consent import Light, PhotoFacts, Purpose, Quitclaim, Reason, Verdict, Why, verdict
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import Photo, PhotoId
from appliance.store.database import View
from appliance.store.history import Known


def facts_on(view: View, photos: Sequence[Photo], day: date) -> dict[PhotoId, PhotoFacts]:
    """All that a verdict about a past day may know; photos that were not in the safe then are left out."""
    known = view.history.on(photos, day)
    ids = {one for past in known.values() for names in past.names.values() for one in names}
    people, quitclaims = view.people.many(ids), view.consent.under(ids)
    return {photo_id: _whole(past, people, quitclaims) for photo_id, past in known.items()}


def _whole(
    past: Known, today: Mapping[PersonId, Person], quitclaims: Mapping[PersonId, Sequence[Quitclaim]]
) -> PhotoFacts:
    """With today's names, to say who is meant; wishes, birth dates and who is who stay as known then."""
    people = {
        p: replace(then, name=today[p].name if p in today else "") for p, then in past.facts.people.items()
    }
    theirs = {p: [q for one in past.names[p] for q in quitclaims.get(one, ())] for p in people}
    return replace(past.facts, people=people, quitclaims=theirs)


def verdict_on(facts: PhotoFacts | None, purpose: Purpose, day: date) -> Verdict:
    """The verdict of a past day; without facts the photo was not in the safe."""
    if facts is None:
        return Verdict(purpose, day, Light.RED, (Reason(Why.NOT_IN_THE_SAFE),))
    return verdict(facts, purpose, day)
