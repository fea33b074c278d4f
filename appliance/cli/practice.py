"""The practice safe, where newcomers try everything on portraits that may be used for it."""

from pathlib import Path

import click

from appliance.cli.context import Context, pass_context
from appliance.demo.practice import make_practice, remove_practice


@click.group()
def practice() -> None:
    """The practice safe: where newcomers try everything, apart from the real photos."""


@practice.command("make")
@click.option("--packages", type=click.Path(path_type=Path), help="Take the pinned packages from here.")
@pass_context
def make(context: Context, packages: Path | None) -> None:
    """Make the safe that every newcomer gets a copy of; copies that exist begin anew."""
    make_practice(context.box.config, packages, lambda line: click.echo(f"· {line}", err=True))
    click.echo("Ready: it stands in the guide of the pages.")


@practice.command("remove")
@pass_context
def remove(context: Context) -> None:
    """Throw every practice safe away."""
    remove_practice(context.box.config)
    click.echo("Removed.")


COMMANDS = (practice,)
