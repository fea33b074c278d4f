"""Backups: their key, their targets, making one, and the canary."""

from functools import partial
from pathlib import Path

import click

from appliance.actions import backup as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.duties import carry_out
from appliance.cli.printing import json_option, show
from appliance.cli.secrets import read_secret, secret_options
from appliance.domain.access import OPERATOR
from appliance.domain.backup import KEPT_DAYS, LONGEST_DAYS, Target, TargetKind
from appliance.domain.errors import Mistake
from appliance.wiring import Box, make_backup_key


@click.group()
def backup() -> None:
    """Encrypted backups elsewhere, which the box itself cannot destroy."""


@backup.command("key")
@secret_options("code")
@pass_context
def key_command(context: Context, code_file: Path | None, code_fd: int | None) -> None:
    """Give the backups a key of their own, which the recovery kit opens too.

    Asks for the kit's code once: that also proves that the kit is still there.
    """
    fresh = make_backup_key(context.config, read_secret("recovery code", code_file, code_fd))
    click.echo(
        "The backups have a key of their own." if fresh else "The key of the backups opens here, by this kit."
    )


@backup.command("add")
@click.argument("name")
@click.argument("address")
@click.option(
    "--kind", type=click.Choice([k.value for k in TargetKind]), required=True, help="What the target is."
)
@click.option("--country", required=True, help="Where it stands: two letters, such as NL.")
@click.option("--region", default="", help="What the provider calls the place, such as eu-central-1.")
@click.option("--reason", default="", help="Why outside the European Union all the same.")
@click.option("--user", default="", help="The box's user, or access key, at the target.")
@click.option(
    "--days", type=click.IntRange(1, LONGEST_DAYS), default=KEPT_DAYS, help="How long backups stay."
)
@click.option(
    "--upload", type=click.IntRange(0), default=0, help="At most so many KiB a second; 0: no limit."
)
@secret_options("secret")
@pass_context
def add_command(
    context: Context,
    name: str,
    address: str,
    kind: str,
    country: str,
    region: str,
    reason: str,
    user: str,
    days: int,
    upload: int,
    secret_file: Path | None,
    secret_fd: int | None,
) -> None:
    """Add a target NAME at ADDRESS, or change it: a rest-server, a bucket or a disk."""
    secret = read_secret("secret", secret_file, secret_fd) if user else ""
    target = Target(
        name, TargetKind(kind), address, country.upper(), region, reason, user, secret, days, upload
    )
    actions.add_target(context.box.safe, target, by=OPERATOR, now=context.now)
    click.echo(f"Backups go to {name} from now on.")


@backup.command("remove")
@click.argument("name")
@pass_context
def remove_command(context: Context, name: str) -> None:
    """Make no more backups at a target. What lies there stays."""
    actions.remove_target(context.box.safe, name, by=OPERATOR, now=context.now)
    click.echo(f"No more backups go to {name}.")


@backup.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """The targets, and where they stand."""
    found = actions.targets(context.box.safe, by=OPERATOR, now=context.now)
    rows: list[dict[str, object]] = [
        {
            "name": target.name,
            "kind": target.kind.value,
            "address": target.address,
            "country": target.country,
            "region": target.region or None,
            "days": target.days,
            "guarded": target.guarded,
            "reason": target.reason or None,
        }
        for target in found
    ]
    show(rows, as_json=as_json, empty="No backups are made. Add a target with `kluis backup add`.")


@backup.command("run")
@click.option("--target", "only", help="At this target alone.")
@json_option
@pass_context
def run_command(context: Context, only: str | None, as_json: bool) -> None:
    """Make a backup at every target. For a timer each night."""
    box = context.box
    shelf = box.shelf
    carry_out(
        context,
        "backup",
        [
            partial(actions.back_up, box.safe, shelf, target, clock=box.clock, on_progress=_tell)
            for target in chosen(box, only)
        ],
        as_json=as_json,
    )


@backup.command("canary")
@click.option("--target", "only", help="At this target alone.")
@json_option
@pass_context
def canary_command(context: Context, only: str | None, as_json: bool) -> None:
    """Try to destroy a marker at every guarded target; being refused is the pass. For a timer each night."""
    box = context.box
    guarded = [target for target in chosen(box, only) if target.guarded]
    carry_out(
        context,
        "canary",
        [partial(actions.try_canary, target, clock=box.clock) for target in guarded],
        as_json=as_json,
    )


def chosen(box: Box, only: str | None) -> list[Target]:
    """The targets that are meant: one by name, or all.

    Raises:
        Mistake: when there is none.
    """
    known = [target.name for target in actions.targets(box.safe, by=OPERATOR, now=box.now())]
    if not known:
        raise Mistake("backup:no_target", "Backups have no target yet.", "Add one with `kluis backup add`.")
    names = known if only is None else [only]
    return [actions.target_of(box.safe, name, by=OPERATOR, now=box.now()) for name in names]


def _tell(progress: actions.Progress) -> None:
    done, size = f"{progress.share:.0%}", f"{progress.bytes / 1e6:.0f} MB"
    click.echo(f"\r{done:>4} {progress.files} files, {size}   ", nl=False, err=True)
    if progress.share >= 1:
        click.echo(err=True)


COMMANDS = (backup,)
