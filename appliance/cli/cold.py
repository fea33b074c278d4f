"""The cold archive."""

import click

from appliance.actions import cold as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.photos import PhotoId


@click.group()
def cold() -> None:
    """The cold archive: originals that are seldom needed, on a disk of their own."""


@cold.command("prepare")
@pass_context
def prepare_command(context: Context) -> None:
    """Make `files/cold` in the data directory, or the disk mounted there, the cold archive."""
    actions.prepare_cold(context.box.safe, by=OPERATOR, now=context.now)
    click.echo("The cold archive is ready.")


@cold.command("status")
@json_option
@pass_context
def status_command(context: Context, as_json: bool) -> None:
    """Whether its disk is connected, and what lies on it."""
    found = actions.cold_archive(context.box.safe, by=OPERATOR, now=context.now)
    row = {"connected": found.connected, "originals": found.photos, "bytes": found.bytes}
    show_one(row, as_json=as_json)


@cold.command("move")
@click.argument("photo_ids", nargs=-1, required=True, metavar="PHOTO...")
@pass_context
def move_command(context: Context, photo_ids: tuple[str, ...]) -> None:
    """Move the originals of photos there. Previews, names and lights stay where they are."""
    box = context.box
    moved = sum(actions.move_to_cold(box.safe, PhotoId(p), by=OPERATOR, now=box.now()) for p in photo_ids)
    click.echo(f"Moved {moved} of {len(photo_ids)}.")


@cold.command("fetch")
@click.argument("photo_ids", nargs=-1, required=True, metavar="PHOTO...")
@pass_context
def fetch_command(context: Context, photo_ids: tuple[str, ...]) -> None:
    """Move the originals of photos back."""
    box = context.box
    moved = sum(actions.fetch_from_cold(box.safe, PhotoId(p), by=OPERATOR, now=box.now()) for p in photo_ids)
    click.echo(f"Fetched {moved} of {len(photo_ids)}.")


COMMANDS = (cold,)
