"""Users who can sign in."""

from dataclasses import replace
from pathlib import Path

import click

from appliance.actions import access as actions
from appliance.actions import second_steps, sign_in_rules
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.cli.secrets import read_secret, secret_options, write_alone
from appliance.domain.access import OPERATOR, Role, User
from appliance.domain.errors import Mistake
from appliance.store.recovery_kit import emergency_lines, new_emergency_password


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


@users.command("codes")
@click.argument("name")
@json_option
@pass_context
def codes_command(context: Context, name: str, as_json: bool) -> None:
    """Print fresh recovery codes for a user who lost app and passkey; each is good once."""
    user = _named(context, name)
    codes = second_steps.new_codes(context.box.safe, user.id, by=OPERATOR, now=context.now)
    show([{"code": code} for code in codes], as_json=as_json)


@users.command("reset-second-step")
@click.argument("name")
@pass_context
def reset_command(context: Context, name: str) -> None:
    """Take a user's second steps away; the next sign-in leads through setting one up."""
    user = _named(context, name)
    second_steps.reset_second_steps(context.box.safe, user.id, by=OPERATOR, now=context.now)
    click.echo("The second steps are gone, and the sessions ended.")


@users.command("emergency")
@click.option(
    "--sheet", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file, to print it."
)
@pass_context
def emergency_command(context: Context, sheet: Path | None) -> None:
    """Make the emergency account anew, with a password for one sign-in, to seal in the recovery kit."""
    password = new_emergency_password()
    text = "\n".join([*emergency_lines(password), ""])
    if sheet is not None:
        write_alone(sheet, text)
    actions.seal_emergency_account(context.box.safe, password, by=OPERATOR, now=context.now)
    click.echo(text if sheet is None else f"It is in {sheet}. Print it, put it in the kit, delete the file.")


@users.command("networks")
@click.argument("role", type=click.Choice([r.value for r in Role]))
@click.argument("networks", nargs=-1)
@pass_context
def networks_command(context: Context, role: str, networks: tuple[str, ...]) -> None:
    """Let a role sign in from these networks alone; without any, from everywhere."""
    box = context.box
    rules = sign_in_rules.rules(box.safe, by=OPERATOR, now=box.now())
    changed = replace(rules, networks={**rules.networks, Role(role): networks})
    sign_in_rules.change_rules(box.safe, changed, by=OPERATOR, now=box.now())
    click.echo("Set.")


def _named(context: Context, name: str) -> User:
    for user in actions.users(context.box.safe, by=OPERATOR, now=context.now):
        if user.name.casefold() == name.casefold():
            return user
    raise Mistake("user:unknown", "There is no user of that name.", "See `kluis users list`.")


COMMANDS = (users,)
