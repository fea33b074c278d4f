"""Shares and folders from which photos are taken by themselves."""

from dataclasses import replace
from pathlib import Path

import click

from appliance.actions import shares as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show
from appliance.cli.secrets import read_secret, secret_options
from appliance.domain.access import OPERATOR
from appliance.domain.collections import CollectionId
from appliance.domain.errors import Mistake
from appliance.domain.photos import ShootId
from appliance.domain.shares import After, Share
from appliance.wiring import Box


@click.group("shares")
def shares_group() -> None:
    """Shares and folders from which photos are taken by themselves."""


@shares_group.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """Every share with its rule, and what was found last."""
    box = context.box
    rows = [
        {
            "name": share.name,
            "place": share.place,
            "user": share.user,
            "after": share.after.value,
            "shoot": share.shoot_id or "",
            "collection": share.collection_id or "",
            "state": look.problem or ("looked at" if share.active else "paused"),
            "waiting": look.waiting,
            "refused": look.refused,
        }
        for share, look in actions.shares(box.safe, by=OPERATOR, now=box.now())
    ]
    show(rows, as_json=as_json)


@shares_group.command("set")
@click.argument("name")
@click.option("--place", help="A folder, or smb://server/share/folder.")
@click.option("--user", help="Of the file server.")
@secret_options("password")
@click.option("--shoot", metavar="SHOOT", help="The shoot that its photos belong to; empty for none.")
@click.option("--collection", metavar="COLLECTION", help="Where its new photos are put; empty for none.")
@click.option("--after", type=click.Choice([one.value for one in After]), help="Let files stay, or move.")
@click.option("--active/--paused", default=None, help="Whether it is looked at.")
@pass_context
def set_command(
    context: Context,
    name: str,
    place: str | None,
    user: str | None,
    password_file: Path | None,
    password_fd: int | None,
    shoot: str | None,
    collection: str | None,
    after: str | None,
    active: bool | None,
) -> None:
    """Add a share of this NAME, or change it."""
    box = context.box
    share = _named(box, name) or Share(actions.new_share_id(), name, place or "")
    given = password_file is not None or password_fd is not None
    put_in = share.collection_id if collection is None else CollectionId(collection) if collection else None
    changed = replace(
        share,
        place=share.place if place is None else place,
        user=share.user if user is None else user,
        password=read_secret("password", password_file, password_fd) if given else "",
        shoot_id=share.shoot_id if shoot is None else ShootId(shoot) if shoot else None,
        collection_id=put_in,
        after=After(after) if after else share.after,
        active=share.active if active is None else active,
    )
    actions.put_share(box.safe, changed, by=OPERATOR, now=box.now())


@shares_group.command("try")
@click.argument("name")
@pass_context
def try_command(context: Context, name: str) -> None:
    """Connect to a share now, and count its photos."""
    box = context.box
    found = actions.try_share(box.safe, _require(box, name).id, by=OPERATOR, now=box.now())
    click.echo(f"{found} files that may be photos")


@shares_group.command("remove")
@click.argument("name")
@pass_context
def remove_command(context: Context, name: str) -> None:
    """Forget a share with its password. Photos that came from it stay."""
    box = context.box
    actions.remove_share(box.safe, _require(box, name).id, by=OPERATOR, now=box.now())


def _named(box: Box, name: str) -> Share | None:
    known = actions.shares(box.safe, by=OPERATOR, now=box.now())
    return next((share for share, _ in known if share.name == name), None)


def _require(box: Box, name: str) -> Share:
    found = _named(box, name)
    if found is None:
        raise Mistake("share:unknown", "There is no such share.", "Choose one from the list.")
    return found


COMMANDS = (shares_group,)
