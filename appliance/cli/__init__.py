"""The command line: for IT, for the demo, and for whoever holds the key of the box."""

import os
import sys
from importlib import import_module
from pathlib import Path

import click

from appliance import __version__
from appliance.cli.context import Context
from appliance.domain.errors import KluisError, NotAllowed
from appliance.domain.proposals import SecondNeeded

# In which module of this package each command is. A module is imported when one of its commands is wanted:
# all of them together take seconds on a small box.
_MODULES = {
    "accountability": "accountability",
    "audit": "audit",
    "backup": "backup",
    "bounce": "mail",
    "cards": "cards",
    "certificate": "certificate",
    "cold": "cold",
    "courier": "serve",
    "demo": "demo",
    "destroy": "leaving",
    "digest": "digests",
    "doctor": "health",
    "door": "serve",
    "drill": "drill",
    "duties": "duties",
    "erase": "erasure",
    "eval": "evaluation",
    "evidence": "evidence",
    "export": "leaving",
    "grants": "grants",
    "groups": "grants",
    "hold": "erasure",
    "import": "intake",
    "import-all": "leaving",
    "imports": "intake",
    "init": "safe",
    "metrics": "health",
    "migrate": "moves",
    "models": "models",
    "people": "people",
    "practice": "practice",
    "permission-list": "permission_lists",
    "photos": "photos",
    "quitclaim": "quitclaims",
    "proposals": "proposals",
    "recalls": "release",
    "receipt": "receipts",
    "recognise": "release",
    "recognition": "shoots",
    "rekey": "safe",
    "release": "release",
    "releases": "release",
    "repair": "durability",
    "restore": "restore",
    "retention": "retention",
    "rights": "rights",
    "scrub": "durability",
    "search": "photos",
    "self-audit": "self_audit",
    "serve": "serve",
    "shares": "shares",
    "shoot": "shoots",
    "status": "health",
    "tokens": "tokens",
    "unlock": "safe",
    "users": "users",
    "verdict": "release",
    "watch": "cards",
    "worker": "serve",
}


class _Kluis(click.Group):
    """Finds a command when it is wanted; turns the product's errors into a sentence and an exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_MODULES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _MODULES and cmd_name not in self.commands:
            for command in import_module(f"appliance.cli.{_MODULES[cmd_name]}").COMMANDS:
                self.add_command(command)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SecondNeeded as needed:
            _tell(needed)
            click.echo(f"  {_propose(ctx, needed)}", err=True)
            ctx.exit(needed.exit_status)
        except KluisError as problem:
            _tell(problem)
            ctx.exit(problem.exit_status)
        except BrokenPipeError:
            # Whoever read has seen enough. What is left to print goes nowhere, or Python complains of it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


def _propose(ctx: click.Context, needed: SecondNeeded) -> str:
    from appliance.cli.proposals import propose_instead  # noqa: PLC0415 - only needed here

    return propose_instead(ctx.obj, needed)


def _tell(problem: KluisError) -> None:
    click.echo(click.style("Error: ", fg="red", bold=True) + problem.message, err=True)
    if isinstance(problem, NotAllowed):
        for reason in problem.reasons:
            click.echo(f"  - {reason}", err=True)
    if problem.hint:
        click.echo(f"  {problem.hint}", err=True)


@click.group(cls=_Kluis, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="KLUIS_HOME",
    help="The data directory. [env: KLUIS_HOME]",
)
@click.version_option(__version__, prog_name="kluis")
@click.pass_context
def kluis(ctx: click.Context, home: Path | None) -> None:
    """Portretkluis: a safe for portraits that knows who may be published for what.

    Exit status: 0 fine, 1 a mistake to mend, 2 something is broken, 3 not allowed.
    """
    ctx.obj = ctx.with_resource(Context(home))


@kluis.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes a shell complete kluis commands."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only needed here

    found = get_completion_class(shell)
    if found is not None:
        click.echo(found(kluis, {}, "kluis", "_KLUIS_COMPLETE").source())


def main() -> None:
    """Run the command line; click's own mistakes of usage end with 1, as ours do."""
    os.umask(0o077)
    try:
        status = kluis.main(prog_name="kluis", standalone_mode=False)
    except click.exceptions.Exit as done:
        status = done.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        status = 1
    except click.ClickException as problem:
        problem.show()
        status = 1
    sys.exit(status if isinstance(status, int) else 0)
