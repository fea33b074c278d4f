"""People."""

import click

from appliance.actions import people as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.people import PersonId


@click.group()
def people() -> None:
    """The people in the photos."""


@people.command("list")
@click.argument("text", default="")
@json_option
@pass_context
def list_command(context: Context, text: str, as_json: bool) -> None:
    """People whose name or department holds TEXT, and how their quitclaims stand."""
    box = context.box
    found = actions.people(box.safe, by=OPERATOR, now=box.now(), day=box.today(), text=text, limit=1000)
    rows = [
        {"id": card.person.id, "name": card.person.name, "photos": card.photos}
        | {purpose.value: status.value if status else None for purpose, status in card.statuses.items()}
        for card in found
    ]
    show(rows, as_json=as_json)


@people.command("add")
@click.argument("name")
@click.option("--department", default="")
@click.option("--email", default="")
@json_option
@pass_context
def add_command(context: Context, name: str, department: str, email: str, as_json: bool) -> None:
    """Add a person."""
    box = context.box
    person = actions.create_person(
        box.safe, by=OPERATOR, now=box.now(), name=name, department=department, email=email
    )
    show_one({"id": person.id, "name": person.name}, as_json=as_json)


@people.command("show")
@click.argument("person")
@json_option
@pass_context
def show_command(context: Context, person: str, as_json: bool) -> None:
    """One PERSON with quitclaims and photos."""
    box = context.box
    view = actions.person_view(box.safe, PersonId(person), by=OPERATOR, now=box.now(), day=box.today())
    show_one(
        {
            "id": view.person.id,
            "name": view.person.name,
            "department": view.person.department,
            "standing": view.person.standing.value,
            "templates": view.templates,
            "photos": [card.photo.id for card in view.photos],
            "quitclaims": [one.current.id for one in view.quitclaims],
        },
        as_json=as_json,
    )


COMMANDS = (people,)
