"""People, and how their permissions stand."""

from http import HTTPStatus

from appliance.actions import people as person_actions
from appliance.domain.access import Permission
from appliance.domain.people import Person, PersonId
from webui.api import schemas, telling
from webui.api.operations import Resource
from webui.current import asking, asking_today, box

people = Resource("people")


@people.get("/people", Permission.PERSON_VIEW)
def list_people(asked: schemas.Paged) -> schemas.PeoplePage:
    """List people, by name."""
    return _page(asked, "")


@people.post("/search/people", Permission.PERSON_VIEW, HTTPStatus.OK)
def search_people(body: schemas.PeopleSearch) -> schemas.PeoplePage:
    """Search people by part of the name or department.

    What is searched for is posted, so that no name stands in an address.
    """
    return _page(body, body.text)


def _page(asked: schemas.Paged, text: str) -> schemas.PeoplePage:
    found = person_actions.people(
        box().safe,
        text=text,
        after=PersonId(asked.after) if asked.after else None,
        limit=asked.limit + 1,
        **asking_today(),
    )
    shown = [telling.person_card(one) for one in found[: asked.limit]]
    return schemas.PeoplePage(people=shown, after=shown[-1].id if len(found) > asked.limit else None)


@people.get("/people/{person}", Permission.PERSON_VIEW)
def show_person(person: str) -> schemas.PersonTold:
    """Show one person: how the permissions stand, and where they are."""
    return telling.person(person_actions.person_view(box().safe, PersonId(person), **asking_today()))


@people.post("/people", Permission.PERSON_EDIT)
def add_person(body: schemas.PersonWanted) -> schemas.PersonKnown:
    """Add a person."""
    made = person_actions.create_person(
        box().safe,
        name=body.name,
        department=body.department,
        email=body.email,
        birth_date=body.birth_date,
        **asking(),
    )
    return telling.person_known(made)


@people.put("/people/{person}", Permission.PERSON_EDIT)
def change_person(person: str, body: schemas.PersonChanged) -> schemas.PersonKnown:
    """Write what is known of a person, whole; a standing wish reaches all photos at once."""
    changed = Person(PersonId(person), body.name, body.department, body.email, body.birth_date, body.standing)
    return telling.person_known(person_actions.change_person(box().safe, changed, **asking_today()))
