"""Tokens by which other programs use the API."""

import click

from appliance.actions import access
from appliance.actions import tokens as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import FOR_TOKENS, OPERATOR, Permission
from appliance.domain.errors import Mistake
from appliance.domain.tokens import USUAL_DAYS, TokenId


@click.group()
def tokens() -> None:
    """Tokens by which other programs use the API."""


@tokens.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """Everybody's tokens, those that ended too."""
    box = context.box
    names = {user.id: user.name for user in access.users(box.safe, by=OPERATOR, now=box.now())}
    rows = [
        {
            "id": one.id,
            "user": names.get(one.user_id, ""),
            "label": one.label,
            "state": one.state(box.now()).value,
            "scopes": " ".join(sorted(one.scopes)),
            "expires_at": one.expires_at.isoformat(),
            "used_at": one.used_at.isoformat() if one.used_at else "",
        }
        for one in actions.tokens(box.safe, by=OPERATOR, now=box.now())
    ]
    show(rows, as_json=as_json)


@tokens.command("add")
@click.argument("user")
@click.argument("label")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([one.value for one in sorted(FOR_TOKENS)]),
    multiple=True,
    required=True,
    help="What it is for; may be given more than once.",
)
@click.option("--days", type=int, default=USUAL_DAYS, show_default=True, help="How long it works.")
@json_option
@pass_context
def add_command(
    context: Context, user: str, label: str, scopes: tuple[str, ...], days: int, as_json: bool
) -> None:
    """Make a token that acts for a user, and print it; it is shown this once."""
    box = context.box
    known = {one.name.casefold(): one for one in access.users(box.safe, by=OPERATOR, now=box.now())}
    if user.casefold() not in known:
        raise Mistake("user:unknown", "There is no user of that name.", "See `kluis users list`.")
    made = actions.make_token(
        box.safe,
        label,
        {Permission(one) for one in scopes},
        box.config.token_days,
        by=OPERATOR,
        now=box.now(),
        days=days,
        user_id=known[user.casefold()].id,
    )
    ends = made.token.expires_at.isoformat()
    show_one({"id": made.token.id, "token": made.text, "expires_at": ends}, as_json=as_json)


@tokens.command("revoke")
@click.argument("identity", metavar="TOKEN")
@pass_context
def revoke_command(context: Context, identity: str) -> None:
    """End a token at once. TOKEN: its id."""
    actions.revoke_token(context.box.safe, TokenId(identity), by=OPERATOR, now=context.now)
    click.echo("It opens nothing any more.")


COMMANDS = (tokens,)
