"""Mail that came back, handed over by the mail server of the sender's address."""

from typing import BinaryIO

import click

from appliance.actions.mailing import note_bounce
from appliance.cli.context import Context, pass_context
from appliance.domain.access import OPERATOR


@click.command()
@click.argument("letter", type=click.File("rb"))
@pass_context
def bounce(context: Context, letter: BinaryIO) -> None:
    """Read a LETTER to the sender's address, and show the e-mail that came back with it as failed.

    - reads it from standard input, as a mail server gives it through a pipe.
    """
    box = context.box
    ours = note_bounce(box.safe, letter.read(), by=OPERATOR, now=box.now())
    click.echo("An e-mail of this box came back." if ours else "No e-mail of this box came back with it.")


COMMANDS = (bounce,)
