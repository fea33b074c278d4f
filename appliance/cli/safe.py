"""Making the safe, opening it on another machine, and changing its root key."""

import sys
from pathlib import Path

import click

from appliance.actions.access import seal_emergency_account
from appliance.cli.context import Context, pass_context
from appliance.cli.secrets import read_secret, secret_options, write_alone
from appliance.config import Config
from appliance.domain.access import OPERATOR
from appliance.domain.errors import Mistake
from appliance.store.recovery_kit import RecoveryKit
from appliance.wiring import change_root_key, make_safe, open_box, require_no_safe, unlock


@click.command()
@click.option(
    "--kit", type=click.Path(path_type=Path), help="Write the recovery kit to this file, to print it."
)
@click.option("--kit-noted", is_flag=True, help="The kit in the file will be kept: ask for no proof.")
@pass_context
def init(context: Context, kit: Path | None, kit_noted: bool) -> None:
    """Make a new safe and its recovery kit.

    The kit is the only way in when this machine is lost. It is shown once; type it back to prove that it
    was noted, before anything is stored.
    """
    require_no_safe(context.config)
    made = RecoveryKit.new()
    _hand_over(made, kit, kit_noted)
    make_safe(context.config, made)
    _seal_emergency(context.config, made)
    click.echo(f"The safe is ready in {context.config.home}")


@click.command()
@secret_options("code")
@pass_context
def unlock_command(context: Context, code_file: Path | None, code_fd: int | None) -> None:
    """Let this machine open the safe, with the recovery kit.

    The machine that could open it before no longer can.
    """
    unlock(context.config, read_secret("recovery code", code_file, code_fd))
    click.echo("This machine opens the safe from now on.")


@click.command()
@click.option("--kit", type=click.Path(path_type=Path), help="Write the new recovery kit to this file.")
@click.option("--kit-noted", is_flag=True, help="The kit in the file will be kept: ask for no proof.")
@pass_context
def rekey(context: Context, kit: Path | None, kit_noted: bool) -> None:
    """Change the root key. Originals stay as they are; the old recovery kit opens nothing afterwards."""
    open_box(context.config).close()  # nobody is given a kit for a safe that does not open
    made = RecoveryKit.new()
    _hand_over(made, kit, kit_noted)
    change_root_key(context.config, made)
    _seal_emergency(context.config, made)
    click.echo("The root key was changed. Destroy the old recovery kit.")


def _seal_emergency(config: Config, kit: RecoveryKit) -> None:
    """The emergency account of a kit, for when no administrator can sign in."""
    box = open_box(config)
    try:
        seal_emergency_account(box.safe, kit.emergency, by=OPERATOR, now=box.now())
    finally:
        box.close()


def _hand_over(kit: RecoveryKit, file: Path | None, noted: bool) -> None:
    """Give the kit out, and have it proved that somebody has it."""
    proved = noted and file is not None
    if not proved and not sys.stdin.isatty():
        raise Mistake(
            "keys:kit_not_noted",
            "Nobody can prove that the recovery kit was noted.",
            "Run this at a terminal, or give --kit FILE together with --kit-noted.",
        )
    if file is not None:
        write_alone(file, kit.html() if file.suffix == ".html" else kit.text())
        click.echo(f"The recovery kit is in {file}. Print it, put it away and delete the file.")
    else:
        click.echo(kit.text())
    while not proved:
        typed = click.prompt("Type the recovery code to prove that it was noted")
        proved = kit.proof_matches(str(typed))
        if not proved:
            click.echo("That is not the code. Compare it group by group.")


unlock_command.name = "unlock"
COMMANDS = (init, unlock_command, rekey)
