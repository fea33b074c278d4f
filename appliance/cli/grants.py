"""Groups of users, and who may do what where."""

import click

from appliance.actions import grants as actions
from appliance.actions.access import users
from appliance.actions.shoots import shoot_view
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR, User
from appliance.domain.errors import Mistake
from appliance.domain.grants import (
    EVERYTHING,
    PRESETS,
    Effect,
    GrantId,
    Holder,
    HolderKind,
    Preset,
    Right,
    Scope,
    ScopeKind,
)
from appliance.domain.photos import PhotoId, ShootId


@click.group()
def groups() -> None:
    """Users who may do the same."""


@groups.command("list")
@json_option
@pass_context
def list_groups(context: Context, as_json: bool) -> None:
    """Every group, and who is in it."""
    box = context.box
    rows = [
        {
            "id": card.group.id,
            "name": card.group.name,
            "joined by new users": card.group.joined_by_new,
            "members": ", ".join(user.name for user in card.members),
        }
        for card in actions.groups(box.safe, by=OPERATOR, now=box.now())
    ]
    show(rows, as_json=as_json)


_member = click.option(
    "--member", "members", multiple=True, metavar="USER", help="May be given more than once."
)


@groups.command("add")
@click.argument("name")
@_member
@click.option("--new-users", is_flag=True, help="Whoever becomes a user is put into it.")
@json_option
@pass_context
def add_group(context: Context, name: str, members: tuple[str, ...], new_users: bool, as_json: bool) -> None:
    """Add a group of users."""
    chosen = [_user(context, one).id for one in members]
    made = actions.create_group(
        context.box.safe, by=OPERATOR, now=context.now, name=name, members=chosen, joined=new_users
    )
    show_one({"id": made.id, "name": made.name}, as_json=as_json)


@groups.command("change")
@click.argument("name")
@_member
@click.option("--rename", metavar="NAME", help="Give it another name.")
@click.option(
    "--new-users/--no-new-users", default=None, help="Whether whoever becomes a user is put into it."
)
@pass_context
def change_group(
    context: Context, name: str, members: tuple[str, ...], rename: str | None, new_users: bool | None
) -> None:
    """Write who is in a group: those given, and nobody else; without any, who is in it stays."""
    card = _group(context, name)
    chosen = [_user(context, one).id for one in members] or [user.id for user in card.members]
    actions.change_group(
        context.box.safe,
        card.group.id,
        by=OPERATOR,
        now=context.now,
        name=rename or card.group.name,
        members=chosen,
        joined=card.group.joined_by_new if new_users is None else new_users,
    )
    click.echo("Changed.")


@groups.command("remove")
@click.argument("name")
@pass_context
def remove_group(context: Context, name: str) -> None:
    """Delete a group with what was granted to it."""
    actions.remove_group(context.box.safe, _group(context, name).group.id, by=OPERATOR, now=context.now)
    click.echo("Removed.")


@click.group()
def grants() -> None:
    """Who may do what where; deny wins over allow."""


@grants.command("list")
@json_option
@pass_context
def list_grants(context: Context, as_json: bool) -> None:
    """Everything that was granted."""
    box = context.box
    show([_row(card) for card in actions.grants(box.safe, by=OPERATOR, now=box.now())], as_json=as_json)


@grants.command("put")
@click.argument("effect", type=click.Choice([one.value for one in Effect]))
@click.option("--user", metavar="NAME", help="To whom: a user.")
@click.option("--group", metavar="NAME", help="To whom: a group.")
@click.option("--shoot", metavar="ID", help="Where: a shoot. Without a place it holds everywhere.")
@click.option("--collection", metavar="ID", help="Where: a collection.")
@click.option("--department", metavar="NAME", help="Where: people of a department, and photos with them.")
@click.option("--preset", type=click.Choice([one.value for one in Preset]), help="Rights that go together.")
@click.option(
    "--right",
    "rights",
    multiple=True,
    type=click.Choice([one.value for one in Right]),
    help="May be given more than once.",
)
@json_option
@pass_context
def put_grant(
    context: Context,
    effect: str,
    user: str | None,
    group: str | None,
    shoot: str | None,
    collection: str | None,
    department: str | None,
    preset: str | None,
    rights: tuple[str, ...],
    as_json: bool,
) -> None:
    """Allow or deny a user or group some rights."""
    wanted = frozenset(Right(one) for one in rights) | (PRESETS[Preset(preset)] if preset else frozenset())
    made = actions.put_grant(
        context.box.safe,
        _holder(context, user, group),
        _scope(context, shoot, collection, department),
        Effect(effect),
        wanted,
        by=OPERATOR,
        now=context.now,
    )
    show_one({"id": made.id, "effect": made.effect.value, "rights": _rights(made.rights)}, as_json=as_json)


@grants.command("remove")
@click.argument("grant_id")
@pass_context
def remove_grant(context: Context, grant_id: str) -> None:
    """Take a grant away, by the id that the list tells."""
    actions.remove_grant(context.box.safe, GrantId(grant_id), by=OPERATOR, now=context.now)
    click.echo("Removed.")


@grants.command("explain")
@click.argument("user")
@click.option("--photo", metavar="ID", help="Of one photo: what they may do with it, and why.")
@json_option
@pass_context
def explain(context: Context, user: str, photo: str | None, as_json: bool) -> None:
    """What somebody may see, and the grants that say so."""
    safe, found = context.box.safe, _user(context, user)
    if photo:
        answer = actions.why(safe, found.id, PhotoId(photo), by=OPERATOR, now=context.now)
        click.echo(f"Rights: {_rights(answer.rights) or 'none'}.", err=True)
        show([_row(card) for card in answer.grants], as_json=as_json)
        return
    told = actions.explain(safe, found.id, by=OPERATOR, now=context.now)
    click.echo(f"{found.name} may see {told.photos} of {told.of_all} photos.", err=True)
    show([_row(card) for card in told.grants], as_json=as_json)


def _row(card: actions.GrantCard) -> dict[str, object]:
    grant = card.grant
    return {
        "id": grant.id,
        "effect": grant.effect.value,
        "rights": _rights(grant.rights),
        "to": f"{grant.holder.kind.value} {card.holder}",
        "where": f"{grant.scope.kind.value} {card.scope or grant.scope.id}".strip(),
    }


def _rights(rights: frozenset[Right]) -> str:
    return ", ".join(right.value for right in Right if right in rights)


def _holder(context: Context, user: str | None, group: str | None) -> Holder:
    if (user is None) == (group is None):
        raise Mistake("grant:holder", "Say to whom.", "Choose a user or a group.")
    if user is not None:
        return Holder(HolderKind.USER, _user(context, user).id)
    return Holder(HolderKind.GROUP, _group(context, group or "").group.id)


def _scope(context: Context, shoot: str | None, collection: str | None, department: str | None) -> Scope:
    if shoot is not None:
        found = shoot_view(context.box.safe, ShootId(shoot), by=OPERATOR, now=context.now)
        return Scope(ScopeKind.SHOOT, found.shoot.id)
    if collection is not None:
        return Scope(ScopeKind.COLLECTION, collection)
    return EVERYTHING if department is None else actions.department(department)


def _user(context: Context, name: str) -> User:
    for user in users(context.box.safe, by=OPERATOR, now=context.now):
        if user.name.casefold() == name.casefold():
            return user
    raise Mistake("user:unknown", "There is no user of that name.", "See `kluis users list`.")


def _group(context: Context, name: str) -> actions.GroupCard:
    for card in actions.groups(context.box.safe, by=OPERATOR, now=context.now):
        if card.group.name.casefold() == name.casefold():
            return card
    raise Mistake("group:unknown", "There is no group of that name.", "See `kluis groups list`.")


COMMANDS = (groups, grants)
