"""What subjects ask: recorded with its last day, answered with one export, closed."""

from datetime import datetime
from pathlib import Path

import click

from appliance.actions import rights as actions
from appliance.actions.own_data import export_person
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show
from appliance.domain.access import OPERATOR
from appliance.domain.people import PersonId
from appliance.domain.rights import ARTICLE, Right, RightsRequestId
from appliance.domain.wording import Language


@click.group()
def rights() -> None:
    """Requests of subjects, with the day until which each is to be answered."""


@rights.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """Every request, the most urgent first."""
    rows: list[dict[str, object]] = [
        {
            "id": view.request.id,
            "right": view.request.right.value,
            "article": ARTICLE[view.request.right],
            "person": view.person.name,
            "received": view.request.received_on,
            "due": view.request.due_on,
            "state": "overdue" if view.overdue else view.request.state.value,
        }
        for view in actions.rights_requests(context.box.safe, by=OPERATOR, now=context.now, day=context.today)
    ]
    show(rows, as_json=as_json, empty="Nobody has asked for anything yet.")


@rights.command("record")
@click.argument("right", type=click.Choice([one.value for one in Right]))
@click.argument("person_id")
@click.option("--received", type=click.DateTime(["%Y-%m-%d"]), help="When it came; today without it.")
@pass_context
def record_command(context: Context, right: str, person_id: str, received: datetime | None) -> None:
    """Record that somebody asked for a RIGHT. Prints its number and last day."""
    request = actions.record_request(
        context.box.safe,
        PersonId(person_id),
        Right(right),
        received.date() if received else context.today,
        by=OPERATOR,
        now=context.now,
        day=context.today,
    )
    click.echo(f"{request.id} {request.due_on.isoformat()}")


@rights.command("extend")
@click.argument("request_id")
@click.option("--note", required=True, help="The reason, as it is told to whoever asked.")
@pass_context
def extend_command(context: Context, request_id: str, note: str) -> None:
    """Take two months more, within the first."""
    longer = actions.extend_request(
        context.box.safe,
        RightsRequestId(request_id),
        note,
        by=OPERATOR,
        now=context.now,
        day=context.today,
    )
    click.echo(longer.due_on.isoformat())


@rights.command("letter")
@click.argument("request_id")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice([one.value for one in Language]), default="nl")
@pass_context
def letter_command(context: Context, request_id: str, file: Path, language: str) -> None:
    """Write the letter that goes with how a request stands now to a FILE (PDF)."""
    box = context.box
    data = actions.sealed_letter(
        box.safe,
        box.sealing,
        RightsRequestId(request_id),
        language=Language(language),
        by=OPERATOR,
        now=box.now(),
    )
    file.write_bytes(data)
    click.echo(f"The letter is in {file}.")


@rights.command("close")
@click.argument("request_id")
@click.option("--note", required=True, help="What was done, or why not.")
@click.option("--refused", is_flag=True, help="It was refused; the note says why.")
@pass_context
def close_command(context: Context, request_id: str, note: str, refused: bool) -> None:
    """Close a request."""
    actions.close_request(
        context.box.safe,
        RightsRequestId(request_id),
        note,
        done=not refused,
        by=OPERATOR,
        now=context.now,
        day=context.today,
    )
    click.echo("The request is closed.")


@rights.command("lift")
@click.argument("request_id")
@click.option("--note", required=True, help="Why it ends; whoever asked was told before.")
@pass_context
def lift_command(context: Context, request_id: str, note: str) -> None:
    """End a restriction or an objection that was granted."""
    actions.lift_limit(
        context.box.safe,
        RightsRequestId(request_id),
        note,
        by=OPERATOR,
        now=context.now,
        day=context.today,
    )
    click.echo("It limits no more.")


@rights.command("export")
@click.argument("person_id")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice([one.value for one in Language]), default="nl")
@pass_context
def export_command(context: Context, person_id: str, file: Path, language: str) -> None:
    """Write everything about one person to a FILE (ZIP), everybody else in the photos blurred."""
    box = context.box
    parts = export_person(
        box.safe,
        box.decoder,
        PersonId(person_id),
        organisation=box.config.organisation,
        language=Language(language),
        zone=box.config.zone,
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
    )
    with file.open("wb") as stream:
        stream.writelines(parts)
    click.echo(f"Everything about this person is in {file}.")


COMMANDS = (rights,)
