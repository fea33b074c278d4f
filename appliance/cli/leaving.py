"""Leaving with everything, and arriving with it."""

import sys
from pathlib import Path

import click

from appliance.actions.arriving import import_all
from appliance.actions.ending import destroy, finish, require_name
from appliance.actions.leaving import export_all
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.errors import Fault, Mistake
from appliance.domain.wording import Language
from appliance.wiring import grave_of


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


@click.command()
@click.argument("certificate", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--confirm", metavar="NAME", help="The name of the safe's organisation; asked for without it.")
@click.option("--despite-holds", is_flag=True, help="Though legal holds are in force.")
@click.option("--despite-recalls", is_flag=True, help="Though recipients did not answer recalls yet.")
@click.option("--language", type=click.Choice([one.value for one in Language]), default="nl")
@pass_context
def destroy_command(
    context: Context,
    certificate: Path,
    confirm: str | None,
    despite_holds: bool,
    despite_recalls: bool,
    language: str,
) -> None:
    """Destroy the safe for good: its keys, then its files. A sealed CERTIFICATE (PDF) is written.

    Stop the service and the worker first. What was begun and broken off is finished without asking.
    """
    grave = grave_of(context.config)
    if grave.begun:
        click.echo(f"Finished: {finish(grave)} files removed.")
        return
    box = context.box
    require_name(confirm if confirm is not None else _typed(box.config.organisation), box.config.organisation)
    done = destroy(
        box.safe,
        box.sealing,
        grave,
        box.config.database,
        certificate,
        despite_holds=despite_holds,
        despite_recalls=despite_recalls,
        language=Language(language),
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
    )
    click.echo(f"Destroyed: {done.photos} photos, {done.files} files. The certificate is in {certificate}.")
    for path in done.left:
        click.echo(f"This key could not be removed; it opens nothing any more: {path}", err=True)


def _typed(organisation: str) -> str:
    if not sys.stdin.isatty():
        raise Mistake(
            "ending:unconfirmed",
            "Nobody confirmed that the safe is to be destroyed.",
            "Run this at a terminal, or give --confirm with the name of the organisation.",
        )
    click.echo("This destroys every photo, name and quitclaim in the safe. It cannot be taken back.")
    return str(click.prompt(f'To go on, type "{organisation}"'))


def _progress(done: int, everything: int) -> None:
    click.echo(f"\rCopied {done // 1_000_000} of {everything // 1_000_000} MB", nl=False, err=True)


destroy_command.name = "destroy"
COMMANDS = (export, import_all_command, destroy_command)
