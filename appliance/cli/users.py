"""Users who can sign in."""

from dataclasses import replace
from pathlib import Path

import click

from appliance.actions import access as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.cli.secrets import read_secret, secret_options
from appliance.domain.access import OPERATOR, Role, User
from appliance.domain.errors import Mistake


@click.group()
def users() -> None:
    """Who can sign in."""


@users.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """Everybody who can sign in."""
    box = context.box
    rows = [
        {"id": user.id, "name": user.name, "role": user.role.value, "active": user.active}
        for user in actions.users(box.safe, by=OPERATOR, now=box.now())
    ]
    show(rows, as_json=as_json)


@users.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([r.value for r in Role]), default=Role.VIEWER.value)
@secret_options("password")
@json_option
@pass_context
def add_command(
    context: Context,
    name: str,
    role: str,
    password_file: Path | None,
    password_fd: int | None,
    as_json: bool,
) -> None:
    """Add a user."""
    password = read_secret("password", password_file, password_fd, confirm=True)
    box = context.box
    user = actions.create_user(
        box.safe, by=OPERATOR, now=box.now(), name=name, password=password, role=Role(role)
    )
    show_one({"id": user.id, "name": user.name, "role": user.role.value}, as_json=as_json)


@users.command("password")
@click.argument("name")
@secret_options("password")
@pass_context
def password_command(
    context: Context, name: str, password_file: Path | None, password_fd: int | None
) -> None:
    """Give a user a new password; their sessions end."""
    user = _named(context, name)
    password = read_secret("password", password_file, password_fd, confirm=True)
    actions.set_password(context.box.safe, user.id, password, by=OPERATOR, now=context.now)
    click.echo("The password was changed.")


@users.command("change")
@click.argument("name")
@click.option("--role", type=click.Choice([r.value for r in Role]))
@click.option("--active/--inactive", default=None)
@pass_context
def change_command(context: Context, name: str, role: str | None, active: bool | None) -> None:
    """Give a user another role, or stop them signing in."""
    user = _named(context, name)
    changed = replace(
        user,
        role=Role(role) if role else user.role,
        active=user.active if active is None else active,
    )
    actions.change_user(context.box.safe, changed, by=OPERATOR, now=context.now)
    click.echo("Changed.")


def _named(context: Context, name: str) -> User:
    for user in actions.users(context.box.safe, by=OPERATOR, now=context.now):
        if user.name.casefold() == name.casefold():
            return user
    raise Mistake("user:unknown", "There is no user of that name.", "See `kluis users list`.")


COMMANDS = (users,)
