"""What held on a past day: answered from what was known then, and from nothing later (P13, S19)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from appliance.domain.consent import Light, PhotoFacts, Purpose, Quitclaim, Reason, Verdict, Why, verdict
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import Photo, PhotoId
from appliance.store.database import View


def facts_on(view: View, photos: Sequence[Photo], day: date) -> dict[PhotoId, PhotoFacts]:
    """All that a verdict about a past day may know; photos that were not in the safe then are left out."""
    known = view.history.on(photos, day)
    people = {person_id for facts in known.values() for person_id in facts.people}
    names = view.people.many(people)
    quitclaims = {person_id: tuple(view.consent.of_person(person_id)) for person_id in people}
    return {photo_id: _whole(facts, names, quitclaims) for photo_id, facts in known.items()}


def _whole(
    facts: PhotoFacts, names: dict[PersonId, Person], quitclaims: dict[PersonId, tuple[Quitclaim, ...]]
) -> PhotoFacts:
    """With today's names, to say who is meant; wishes and birth dates stay as they were known then."""
    people = {p: replace(then, name=names[p].name if p in names else "") for p, then in facts.people.items()}
    return replace(facts, people=people, quitclaims={p: quitclaims[p] for p in people})


def verdict_on(facts: PhotoFacts | None, purpose: Purpose, day: date) -> Verdict:
    """The verdict of a past day; without facts the photo was not in the safe."""
    if facts is None:
        return Verdict(purpose, day, Light.RED, (Reason(Why.NOT_IN_THE_SAFE),))
    return verdict(facts, purpose, day)
