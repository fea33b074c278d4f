"""Erasing photos and people, certificates of it, and legal holds."""

from datetime import date, datetime
from pathlib import Path

import click

from appliance.actions import erasure as actions
from appliance.actions import holds as hold_actions
from appliance.actions.certificates import erasure_certificate
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.erasure import Cause, ErasureId, Held, HoldId, Together
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.wording import Language

_causes = click.option(
    "--cause", type=click.Choice([one.value for one in Cause]), default="request", help="Why it is erased."
)


@click.group()
def erase() -> None:
    """Erasing for good: keys destroyed, files removed, and again after every restore."""


@erase.command("photo")
@click.argument("photo_id")
@_causes
@json_option
@pass_context
def photo_command(context: Context, photo_id: str, cause: str, as_json: bool) -> None:
    """Erase the photo PHOTO_ID."""
    box = context.box
    erased = actions.erase_photo(
        box.safe, box.config.journal, PhotoId(photo_id), Cause(cause), by=OPERATOR, now=box.now()
    )
    show_one({"id": erased.id, **erased.counts}, as_json=as_json)


@erase.command("person")
@click.argument("person_id")
@_causes
@click.option("--blur-groups", is_flag=True, help="Keep photos with others in them, the face blurred.")
@click.option("--with-proof", is_flag=True, help="Also, at once, what proves what they permitted.")
@json_option
@pass_context
def person_command(
    context: Context, person_id: str, cause: str, blur_groups: bool, with_proof: bool, as_json: bool
) -> None:
    """Erase the person PERSON_ID, and the photos they are in."""
    box = context.box
    erased = actions.erase_person(
        box.safe,
        box.config.journal,
        PersonId(person_id),
        Cause(cause),
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
        together=Together.BLUR if blur_groups else Together.ERASE,
        with_proof=with_proof,
    )
    show_one({"id": erased.id, **erased.counts, "proof_until": erased.proof_until}, as_json=as_json)


@erase.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """Every erasure, oldest first."""
    found = actions.erasures(context.box.safe, by=OPERATOR, now=context.now)
    rows: list[dict[str, object]] = [
        {"id": e.id, "kind": e.kind.value, "thing": e.thing, "at": e.at, "cause": e.cause.value}
        for e in found
    ]
    show(rows, as_json=as_json)


@erase.command("certificate")
@click.argument("erasure_id")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice([one.value for one in Language]), default="nl")
@pass_context
def certificate_command(context: Context, erasure_id: str, file: Path, language: str) -> None:
    """Write the sealed certificate of an erasure to a FILE (PDF)."""
    box = context.box
    data = erasure_certificate(
        box.safe,
        box.sealing,
        ErasureId(erasure_id),
        language=Language(language),
        by=OPERATOR,
        now=box.now(),
    )
    file.write_bytes(data)
    click.echo(f"The certificate is in {file}.")


@click.group()
def hold() -> None:
    """Legal holds, which block purge and erasure."""


@hold.command("place")
@click.argument("kind", type=click.Choice([one.value for one in Held]))
@click.argument("thing")
@click.option("--reason", required=True, help="Why it must be kept.")
@click.option("--owner", required=True, help="Who answers for it.")
@click.option(
    "--review", type=click.DateTime(["%Y-%m-%d"]), required=True, help="When it is looked at again."
)
@pass_context
def place_command(context: Context, kind: str, thing: str, reason: str, owner: str, review: datetime) -> None:
    """Put a hold on a photo, person or shoot, by its id."""
    box = context.box
    day: date = review.date()
    placed = hold_actions.place_hold(
        box.safe,
        Held(kind),
        thing,
        reason=reason,
        owner=owner,
        review_on=day,
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
    )
    click.echo(placed.id)


@hold.command("review")
@click.argument("hold_id")
@click.option(
    "--review", type=click.DateTime(["%Y-%m-%d"]), required=True, help="When it is looked at again."
)
@pass_context
def review_command(context: Context, hold_id: str, review: datetime) -> None:
    """Say that a hold was looked at, and goes on until another day."""
    box = context.box
    hold_actions.review_hold(
        box.safe, HoldId(hold_id), review_on=review.date(), by=OPERATOR, now=box.now(), day=box.today()
    )
    click.echo("The hold goes on.")


@hold.command("end")
@click.argument("hold_id")
@pass_context
def end_command(context: Context, hold_id: str) -> None:
    """End a hold."""
    hold_actions.end_hold(context.box.safe, HoldId(hold_id), by=OPERATOR, now=context.now)
    click.echo("The hold has ended.")


@hold.command("list")
@json_option
@pass_context
def holds_command(context: Context, as_json: bool) -> None:
    """Every hold, the first to be reviewed first."""
    rows: list[dict[str, object]] = [
        {
            "id": one.id,
            "kind": one.kind.value,
            "thing": one.thing,
            "review": one.review_on,
            "owner": one.owner,
            "reason": one.reason,
            "in_force": one.in_force,
        }
        for one in hold_actions.holds(context.box.safe, by=OPERATOR, now=context.now)
    ]
    show(rows, as_json=as_json)


COMMANDS = (erase, hold)
