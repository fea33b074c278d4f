"""Shoots, and recognition in them."""

from datetime import datetime

import click

from appliance.actions import shoots as actions
from appliance.actions.recognition import propose_recognition, recognition, stop_recognition
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId, ShootId
from appliance.domain.shoots import Scope


@click.group()
def shoot() -> None:
    """Occasions at which photos are taken, and who was invited."""


@shoot.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """Every shoot, the latest first."""
    box = context.box
    rows = [
        {
            "id": card.shoot.id,
            "name": card.shoot.name,
            "day": card.shoot.day,
            "photos": card.photos,
            "invited": len(card.shoot.invited),
            "recognition": card.shoot.recognition.scope.value if card.shoot.recognition else "off",
        }
        for card in actions.shoots(box.safe, by=OPERATOR, now=box.now())
    ]
    show(rows, as_json=as_json)


@shoot.command("add")
@click.argument("name")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Today when left out.")
@click.option("--invite", "people", multiple=True, metavar="PERSON", help="May be given more than once.")
@json_option
@pass_context
def add_command(
    context: Context, name: str, day: datetime | None, people: tuple[str, ...], as_json: bool
) -> None:
    """Add a shoot, and invite people to it."""
    box = context.box
    made = actions.create_shoot(
        box.safe,
        by=OPERATOR,
        now=box.now(),
        name=name,
        day=day.date() if day else box.today(),
        invited=[PersonId(person) for person in people],
    )
    show_one({"id": made.id, "name": made.name, "day": made.day}, as_json=as_json)


@shoot.command("recognise")
@click.argument("shoot_id", metavar="SHOOT")
@click.option("--scope", type=click.Choice([*(s.value for s in Scope), "off"]), default=Scope.INVITED.value)
@pass_context
def recognise_command(context: Context, shoot_id: str, scope: str) -> None:
    """Recognise people in the photos of a SHOOT, or no longer."""
    box = context.box
    wanted = None if scope == "off" else Scope(scope)
    actions.switch_shoot_recognition(
        box.safe, ShootId(shoot_id), wanted, by=OPERATOR, now=box.now(), day=box.today()
    )
    click.echo(
        "Recognition is off for this shoot." if wanted is None else "Recognition is on for this shoot."
    )


@shoot.command("put")
@click.argument("shoot_id", metavar="SHOOT")
@click.argument("photos", metavar="PHOTO...", nargs=-1, required=True)
@pass_context
def put_command(context: Context, shoot_id: str, photos: tuple[str, ...]) -> None:
    """Put photos in a SHOOT, or in `none`."""
    box = context.box
    wanted = None if shoot_id == "none" else ShootId(shoot_id)
    chosen = [PhotoId(photo) for photo in photos]
    actions.put_in_shoot(box.safe, chosen, wanted, by=OPERATOR, now=box.now(), day=box.today())
    where = "in that shoot" if wanted else "without a shoot"
    click.echo(f"Photos {where} now: {len(chosen)}.")


@click.group("recognition")
def recognition_group() -> None:
    """Recognition for the whole box: proposed here or by an administrator, approved by a privacy officer."""


@recognition_group.command("show")
@json_option
@pass_context
def show_command(context: Context, as_json: bool) -> None:
    """Whether it is on, on which assessment, and by whom."""
    box = context.box
    now = recognition(box.safe, by=OPERATOR, now=box.now())
    show_one(
        {
            "switch": now.switch.value,
            "dpia": now.dpia or None,
            "proposed_by": now.proposed_by or None,
            "proposed_at": now.proposed_at,
            "approved_by": now.approved_by or None,
            "approved_at": now.approved_at,
        },
        as_json=as_json,
    )


@recognition_group.command("propose")
@click.argument("dpia")
@pass_context
def propose_command(context: Context, dpia: str) -> None:
    """Propose recognition, on the assessment filed under DPIA; a privacy officer approves in the browser."""
    propose_recognition(context.box.safe, dpia, by=OPERATOR, now=context.now)
    click.echo("Proposed. A privacy officer has to approve it.")


@recognition_group.command("stop")
@pass_context
def stop_command(context: Context) -> None:
    """Switch recognition off. Every template goes, and every suggestion that nobody answered."""
    stop_recognition(context.box.safe, by=OPERATOR, now=context.now, day=context.today)
    click.echo("Recognition is off, and every template is gone.")


COMMANDS = (shoot, recognition_group)
