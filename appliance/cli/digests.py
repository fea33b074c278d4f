"""Digests by e-mail to whoever wants them."""

import click

from appliance.actions.digests import send_digests
from appliance.cli.context import Context, pass_context
from appliance.domain.access import OPERATOR
from appliance.tasks import office_of


@click.group()
def digest() -> None:
    """What happened, by e-mail to users who want it."""


@digest.command("send")
@pass_context
def send_command(context: Context) -> None:
    """Mail the digests that are due. The worker does so each morning by itself."""
    box = context.box
    sent = send_digests(box.safe, office_of(context.config), by=OPERATOR, now=box.now(), bell=box.bell)
    click.echo(f"{sent} {'digest waits' if sent == 1 else 'digests wait'} to be sent.")


COMMANDS = (digest,)
