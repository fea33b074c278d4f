"""Reading everything again, and mending one photo."""

from functools import partial

import click

from appliance.actions import durability as actions
from appliance.cli.backup import chosen
from appliance.cli.context import Context, pass_context
from appliance.cli.duties import carry_out
from appliance.cli.printing import json_option
from appliance.domain.access import OPERATOR
from appliance.domain.errors import Fault
from appliance.domain.photos import PhotoId


@click.command()
@json_option
@pass_context
def scrub(context: Context, as_json: bool) -> None:
    """Open every file and check every page of the database. For a timer each month."""
    box = context.box
    job = partial(actions.scrub, box.safe, box.config.database, by=OPERATOR, clock=box.clock)
    carry_out(context, "scrub", [job], as_json=as_json)


@click.command()
@click.argument("photo_id")
@click.option("--target", "only", help="From this target alone.")
@pass_context
def repair(context: Context, photo_id: str, only: str | None) -> None:
    """Put the damaged files of one photo right, from a backup that has them whole."""
    box = context.box
    problem: Fault | None = None
    for target in chosen(box, only):
        try:
            mended = actions.repair(
                box.safe, box.shelf, target, PhotoId(photo_id), by=OPERATOR, now=box.now()
            )
        except Fault as found:
            problem = found
            continue
        click.echo(f"Mended from {target.name}: {', '.join(mended)}.")
        return
    if problem is not None:
        raise problem


COMMANDS = (scrub, repair)
