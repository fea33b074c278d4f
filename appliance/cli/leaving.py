"""Leaving with everything, and arriving with it."""

from pathlib import Path

import click

from appliance.actions.arriving import import_all
from appliance.actions.leaving import export_all
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.errors import Fault, Mistake


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--all", "everything", is_flag=True, help="Everything that the organisation owns.")
@json_option
@pass_context
def export(context: Context, folder: Path, everything: bool, as_json: bool) -> None:
    """Write the whole safe to a FOLDER, in open formats. Broken off, it is taken up where it was.

    The folder is not encrypted. It can be read without Portretkluis; README.txt in it tells how.
    """
    box = context.box
    if not everything:
        raise Mistake("leaving:all", "An export is of everything.", "Say so with --all.")
    done = export_all(
        box.safe,
        folder,
        home=box.config.home,
        organisation=box.config.organisation,
        by=OPERATOR,
        day=box.today(),
        clock=box.clock,
        on_progress=_progress,
    )
    click.echo(err=True)
    counted = {"photos": done.photos, "people": done.people, "quitclaims": done.quitclaims}
    counted |= {"releases": done.releases, "files": done.files, "bytes": done.bytes}
    show_one(counted | {"damaged": list(done.damaged)}, as_json=as_json)
    if done.damaged:
        raise Fault(
            "leaving:damaged",
            "Some files of the safe are damaged, and are not in the export.",
            "Mend them with `kluis repair`, then export into the same folder again.",
        )


@click.command("import-all")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@json_option
@pass_context
def import_all_command(context: Context, folder: Path, as_json: bool) -> None:
    """Fill a new, empty safe with what `kluis export --all` wrote to a FOLDER.

    Stop the service and the worker first. Nobody but the emergency account signs in until they have a new
    password.
    """
    box = context.box
    done = import_all(box.safe, folder, box.lodging, by=OPERATOR, clock=box.clock, on_progress=_progress)
    click.echo(err=True)
    show_one({"files": done.files, "bytes": done.bytes}, as_json=as_json)
    if not as_json:
        click.echo("Give people a new password with `kluis users password` and `kluis users change`.")


def _progress(done: int, everything: int) -> None:
    click.echo(f"\rCopied {done // 1_000_000} of {everything // 1_000_000} MB", nl=False, err=True)


COMMANDS = (export, import_all_command)
