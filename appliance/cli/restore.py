"""Putting a whole safe back."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from appliance.actions.audit import check
from appliance.actions.health import damage
from appliance.actions.restore import fetch_backup
from appliance.cli.context import Context, pass_context
from appliance.cli.secrets import read_secret, secret_options
from appliance.config import read_config
from appliance.domain.access import OPERATOR
from appliance.domain.backup import Target, TargetKind
from appliance.domain.errors import Fault, Mistake
from appliance.wiring import open_box, require_no_safe, unlock


@click.command()
@click.argument("address")
@click.option(
    "--kind", type=click.Choice([k.value for k in TargetKind]), required=True, help="What the target is."
)
@click.option("--region", default="", help="What the provider calls the place.")
@click.option("--user", default="", help="The user, or access key, at the target.")
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="As it was at the end of that day (UTC).")
@click.option("--snapshot", default="", help="Or this backup, by the beginning of its id.")
@secret_options("code")
@secret_options("secret")
@pass_context
def restore(
    context: Context,
    address: str,
    kind: str,
    region: str,
    user: str,
    at: datetime | None,
    snapshot: str,
    code_file: Path | None,
    code_fd: int | None,
    secret_file: Path | None,
    secret_fd: int | None,
) -> None:
    """Put the safe back from the backups at ADDRESS, onto an empty box, with the recovery kit alone.

    What was erased since is erased again before anything is served.
    """
    begun = time.monotonic()
    config = context.config
    require_no_safe(config)
    home = config.home
    if home.exists() and any(home.iterdir()):
        raise Mistake("restore:not_empty", "The data directory is not empty.", "Choose another.")
    secret = read_secret("secret", secret_file, secret_fd) if user else ""
    code = read_secret("recovery code", code_file, code_fd)
    target = Target("restore", TargetKind(kind), address, "", region, user=user, secret=secret)
    coming = home.with_name(f"{home.name}.restoring")
    if coming.exists():
        raise Mistake(
            "restore:broken_off", "A restore was broken off here.", f"Remove {coming}, then try again."
        )
    until = at.replace(hour=23, minute=59, second=59, tzinfo=UTC) if at else None
    restored = fetch_backup(target, code, coming, at=until, snapshot=snapshot)
    unlock(read_config(coming), code)
    box = open_box(read_config(coming))  # which erases again what was erased since
    try:
        checked = check(box.safe, by=OPERATOR, now=box.now())
        broken = damage(box.safe, by=OPERATOR, now=box.now())
    finally:
        box.close()
    if home.exists():
        home.rmdir()
    coming.rename(home)
    click.echo(f"Put back as of {restored.snapshot.made_at:%Y-%m-%d %H:%M} UTC, into {home}.")
    click.echo(f"Audit log: {checked.entries} entries, {'whole' if checked.whole else checked.problem}.")
    click.echo(f"It took {time.monotonic() - begun:.0f} s.")
    if broken or not checked.whole:
        for one in broken:
            click.echo(f"Damaged: photo {one.photo_id} ({one.kind})", err=True)
        raise Fault("restore:damaged", "Not everything came back whole.", "Try another day or target.")


COMMANDS = (restore,)
