"""The certificate that browsers are shown: the box's own, or one of the office's authority."""

from pathlib import Path

import click

from appliance.cli.context import Context, pass_context
from appliance.config import Config
from appliance.domain.errors import Mistake
from appliance.wiring import system_clock
from webui.certificate import (
    ensure_certificate,
    fingerprint,
    install_certificate,
    new_certificate,
    request_certificate,
)


@click.group()
def certificate() -> None:
    """The certificate that browsers are shown."""


@certificate.command()
@pass_context
def show(context: Context) -> None:
    """The fingerprint of the certificate, to compare in the browser."""
    config = _config(context)
    made, _ = ensure_certificate(config.home / "tls", config.hosts, now=system_clock())
    click.echo(fingerprint(made))


@certificate.command()
@pass_context
def new(context: Context) -> None:
    """Make a new one of the box's own, and print its fingerprint."""
    config = _config(context)
    click.echo(fingerprint(new_certificate(config.home / "tls", config.hosts, now=system_clock())))
    click.echo(_RESTART, err=True)


@certificate.command()
@pass_context
def request(context: Context) -> None:
    """Print a request (PKCS #10) for the office's authority; its key stays on the box."""
    config = _config(context)
    click.echo(request_certificate(config.home / "tls", config.hosts), nl=False)


@certificate.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Its key; without it, that of the last request.",
)
@pass_context
def install(context: Context, file: Path, key: Path | None) -> None:
    """Put a certificate in place, once it is certain that browsers will accept it."""
    config = _config(context)
    made = install_certificate(config.home / "tls", file, key, config.hosts, now=system_clock())
    click.echo(fingerprint(made))
    click.echo(_RESTART, err=True)


_RESTART = "The pages and the door show it once they are started again."


def _config(context: Context) -> Config:
    if not context.config.home.is_dir():
        raise Mistake(
            "keys:no_safe", "There is no safe in this data directory.", "Make one with `kluis init`."
        )
    return context.config


COMMANDS = (certificate,)
