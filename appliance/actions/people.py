"""People: adding and changing them, and what the safe knows of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.consent import QuitclaimView, views
from appliance.actions.lights import refresh
from appliance.actions.photos import Card, cards
from appliance.actions.recognition import forget_unless_agreed
from appliance.domain.access import Actor, Permission
from appliance.domain.addresses import is_address
from appliance.domain.audit import Event
from appliance.domain.consent import Purpose, Quitclaim, Reason, Status, about_person, permission
from appliance.domain.errors import Mistake
from appliance.domain.people import Limit, Person, PersonId, Standing
from appliance.domain.photos import FaceId
from appliance.store.ids import new_id
from appliance.store.safe import Safe

LONGEST_NAME = 200
MOST_CARDS = 200


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person in the list. `statuses`: how the quitclaims stand; None where nothing was asked."""

    person: Person
    photos: int
    statuses: Mapping[Purpose, Status | None]


@dataclass(frozen=True, slots=True)
class PersonView:
    """All that the page of one person shows. reasons: what each use rests on, or what is against it.

    portrait: a confirmed face to show; None without one.
    """

    person: Person
    statuses: Mapping[Purpose, Status | None]
    reasons: Mapping[Purpose, Reason]
    quitclaims: tuple[QuitclaimView, ...]
    photos: tuple[Card, ...]
    portrait: FaceId | None
    templates: int
    merged: tuple[Person, ...]  # others who turned out to be the same person


def create_person(
    safe: Safe,
    *,
    by: Actor,
    now: datetime,
    name: str,
    department: str = "",
    email: str = "",
    birth_date: date | None = None,
    seen_in: str = "",
) -> Person:
    """Add a person. seen_in: the photo, face or doubt in which they are about to be named.

    Raises:
        Mistake: without a name, or with a name or address that cannot be one.
        NotAllowed: when that photo is out of reach; nobody is added then.
    """
    person = _sensible(Person(PersonId(new_id()), name, department, email, birth_date), now.date())
    with safe.store.begin(by=by, to=Permission.PERSON_EDIT, now=now, on=seen_in or person.id) as tx:
        tx.people.add(person)
        tx.record(Event("person:add", person.id))
    return person


def change_person(safe: Safe, person: Person, *, by: Actor, now: datetime, day: date) -> Person:
    """Replace what is known of a person; a standing wish reaches all photos at once. Returns what is kept."""
    person = _sensible(person, day)
    with safe.store.begin(by=by, to=Permission.PERSON_EDIT, now=now, on=person.id) as tx:
        tx.people.replace(person)
        refresh(tx, tx.people.photos_of(person.id), day)
        tx.record(Event("person:edit", person.id, detail=f"standing={person.standing}"))
    return person


def _sensible(person: Person, day: date) -> Person:
    name = " ".join(person.name.split())
    if not name:
        raise Mistake("person:no_name", "A person needs a name.", "Fill in the name.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Mistake(
            "person:bad_name",
            "That name cannot be kept.",
            "Use at most {most} letters.",
            values={"most": LONGEST_NAME},
        )
    if person.email and not is_address(person.email.strip()):
        raise Mistake("person:bad_email", "That is not an e-mail address.", "Correct it, or leave it empty.")
    if person.birth_date is not None and person.birth_date > day:
        raise Mistake("person:bad_birth_date", "That birth date has not come yet.", "Correct the date.")
    return replace(person, name=name, department=person.department.strip(), email=person.email.strip())


def merge_people(
    safe: Safe, person_id: PersonId, into: PersonId, *, by: Actor, now: datetime, day: date
) -> None:
    """Say that two people are one: the first becomes another name of the second. It can be taken back.

    Raises:
        Mistake: when they are the same already, stand together in a photo, or a wish or birth date of the
            first would be lost.
    """
    with safe.store.begin(by=by, to=Permission.PERSON_EDIT, now=now, on=person_id) as tx:
        one, other = tx.people.get(person_id), tx.people.get(into)
        if one.id == other.id:
            raise Mistake("person:same", "That is the same person already.", "Choose somebody else.")
        _require_alike(one, other)
        if tx.people.together(one.id, other.id) is not None:
            raise Mistake(
                "person:together",
                "These two stand together in a photo, so they are not one person.",
                "Look at the photos that they are both in.",
            )
        tx.people.merge(one.id, other.id)
        forget_unless_agreed(tx, other.id, day)
        refresh(tx, tx.people.photos_of(other.id), day)
        tx.record(Event("person:merge", one.id, detail=f"into={other.id}"))


def _require_alike(one: Person, other: Person) -> None:
    """Let no wish or birth date of the first be lost: what holds for the second holds for both."""
    if one.standing not in (Standing.NONE, other.standing):
        raise Mistake(
            "person:other_wish",
            "These two have different standing wishes.",
            "Set the wish of the one who stays first; the stricter one counts.",
        )
    if [*Limit].index(one.limited) > [*Limit].index(other.limited):
        raise Mistake(
            "person:limited",
            "A request of the first one limits what may be done with photos.",
            "Record the same request for the one who stays.",
        )
    if one.birth_date not in (None, other.birth_date):
        raise Mistake(
            "person:other_birth_date",
            "These two have different birth dates.",
            "If they are one person, correct the birth date of the one who stays first.",
        )


def unmerge_people(safe: Safe, person_id: PersonId, *, by: Actor, now: datetime, day: date) -> None:
    """Take a merge back: names, quitclaims and photos are again whose they were."""
    with safe.store.begin(by=by, to=Permission.PERSON_EDIT, now=now, on=person_id) as tx:
        other = tx.people.unmerge(person_id)
        for one in (person_id, other):
            forget_unless_agreed(tx, one, day)
            refresh(tx, tx.people.photos_of(one), day)
        tx.record(Event("person:unmerge", person_id, detail=f"from={other}"))


def people(
    safe: Safe,
    *,
    by: Actor,
    now: datetime,
    day: date,
    text: str = "",
    after: PersonId | None = None,
    limit: int = 100,
) -> tuple[PersonCard, ...]:
    """People by name, those whose name or department holds the text."""
    with safe.store.begin(by=by, to=Permission.PERSON_VIEW, now=now, durable=False) as view:
        found = view.people.all(text, after=after, limit=limit)
        view.record(_listed(found))
        ids = [person.id for person in found]
        counts, quitclaims = view.people.photo_counts(ids), view.consent.of_people(ids)
        return tuple(
            PersonCard(p, counts.get(p.id, 0), statuses(quitclaims.get(p.id, ()), day, p.birth_date))
            for p in found
        )


def statuses(
    versions: Sequence[Quitclaim], day: date, born: date | None = None
) -> Mapping[Purpose, Status | None]:
    """How somebody's quitclaims stand on a day, for each purpose."""
    return {purpose: permission(versions, purpose, day, born).status for purpose in Purpose}


def person_view(
    safe: Safe, person_id: PersonId, *, by: Actor, now: datetime, day: date, most: int = MOST_CARDS
) -> PersonView:
    """One person with quitclaims and photos. most: of the latest photos; the library finds them all."""
    with safe.store.begin(by=by, to=Permission.PERSON_VIEW, now=now, on=person_id, durable=False) as view:
        person = view.people.get(person_id)
        person_id = person.id
        versions = view.consent.of_person(person_id)
        seen = PersonView(
            person=person,
            statuses=statuses(versions, day, person.birth_date),
            reasons={purpose: about_person(person, versions, purpose, day) for purpose in Purpose},
            quitclaims=views(versions, day),
            photos=cards(view, view.people.photos_of(person_id, most), day),
            portrait=view.people.portrait(person_id),
            templates=view.people.template_count(person_id),
            merged=tuple(view.people.merged(person_id)),
        )
        view.record(Event("person:view", person_id))
    return seen


def person_names(
    safe: Safe, *, by: Actor, now: datetime, text: str = "", limit: int = 5000
) -> tuple[Person, ...]:
    """People by name to choose from: everybody, or those whose name or department holds the text."""
    with safe.store.begin(by=by, to=Permission.PERSON_VIEW, now=now, durable=False) as view:
        found = view.people.all(text, after=None, limit=limit)
        view.record(_listed(found))
    return tuple(found)


def _listed(found: Sequence[Person]) -> Event:
    return Event("person:list", detail=f"people={len(found)}")
