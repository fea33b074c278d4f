"""Who may do what where: groups, what was granted, and what somebody may see and why."""

from collections.abc import Sequence
from http import HTTPStatus
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import grants as actions
from appliance.actions.access import users
from appliance.domain.access import UserId
from appliance.domain.errors import Mistake
from appliance.domain.grants import (
    EVERYTHING,
    PRESETS,
    Effect,
    GrantId,
    GroupId,
    Holder,
    HolderKind,
    Preset,
    Right,
    Scope,
    ScopeKind,
    is_held_back,
    preset_of,
    rights_of_role,
)
from appliance.domain.photos import PhotoId
from webui.current import asking, box
from webui.language import gettext

pages = Blueprint("grants", __name__)
OWN_CHOICE = "own"  # rights that are ticked one by one


@pages.get("/grants")
def index() -> ResponseReturnValue:
    """What was granted, by place, and the form for more."""
    wanted = _scope(request.args.get("scope", "")) if request.args.get("scope") else None
    choices = actions.choices(box().safe, **asking())
    return render_template(
        "grants/index.html",
        places=_by_place(actions.grants(box().safe, scope=wanted, **asking())),
        choices=choices,
        scopes={kind: [one for one in choices.scopes if one[0].kind is kind] for kind in ScopeKind},
        wanted=wanted,
        presets=PRESETS,
        preset_of=preset_of,
        every_right=tuple(Right),
        own_choice=OWN_CHOICE,
    )


def _by_place(cards: Sequence[actions.GrantCard]) -> list[tuple[actions.GrantCard, list[actions.GrantCard]]]:
    """The grants of each place, with one of them to tell which it is; everything first, then by name."""

    def place(card: actions.GrantCard) -> tuple[bool, str, str, str]:
        scope = card.grant.scope
        return scope != EVERYTHING, scope.kind, card.scope.casefold(), scope.id

    ordered = sorted(cards, key=lambda card: (place(card), card.grant.effect, card.holder.casefold()))
    return [(found[0], found) for found in (list(some) for _, some in groupby(ordered, key=place))]


@pages.post("/grants")
def put() -> ResponseReturnValue:
    """Allow or deny somebody some rights somewhere."""
    form = request.form
    kind, _, holder = form.get("holder", "").partition(":")
    try:
        given = Holder(HolderKind(kind), holder)
        effect = Effect(form.get("effect", ""))
    except ValueError as problem:
        raise Mistake("grant:holder", "Say to whom.", "Choose a user or a group.") from problem
    actions.put_grant(box().safe, given, _scope(form.get("scope", "")), effect, _rights(), **asking())
    return _done("grants.index")


def _rights() -> frozenset[Right]:
    chosen = request.form.get("preset", OWN_CHOICE)
    if chosen in set(Preset):
        return PRESETS[Preset(chosen)]
    ticked = request.form.getlist("right")
    return frozenset(right for right in Right if right.value in ticked)


def _scope(text: str) -> Scope:
    """A place as an address or form names it, such as `shoot:k2v7x3m5`."""
    kind, _, thing = text.partition(":")
    if kind not in set(ScopeKind) or bool(thing) is (kind == ScopeKind.EVERYTHING):
        raise Mistake("grant:scope", "Say where it holds.", "Choose a shoot, a collection or a department.")
    return Scope(ScopeKind(kind), thing)


@pages.post("/grants/<grant_id>/remove")
def remove(grant_id: str) -> ResponseReturnValue:
    """Take a rule away."""
    actions.remove_grant(box().safe, GrantId(grant_id), **asking())
    return _done("grants.index")


@pages.get("/groups")
def groups() -> ResponseReturnValue:
    """Groups, and who is in them."""
    return render_template(
        "grants/groups.html",
        groups=actions.groups(box().safe, **asking()),
        everybody=[one for one in users(box().safe, **asking()) if not one.emergency],
        longest=actions.LONGEST_NAME,
    )


@pages.post("/groups")
def add_group() -> ResponseReturnValue:
    """Make a group."""
    actions.create_group(box().safe, name=_name(), members=_members(), joined=_joined(), **asking())
    return _done("grants.groups")


@pages.post("/groups/<group_id>")
def change_group(group_id: str) -> ResponseReturnValue:
    """Write a group anew."""
    actions.change_group(
        box().safe, GroupId(group_id), name=_name(), members=_members(), joined=_joined(), **asking()
    )
    return _done("grants.groups")


@pages.post("/groups/<group_id>/remove")
def remove_group(group_id: str) -> ResponseReturnValue:
    """Delete a group with what was granted to it."""
    actions.remove_group(box().safe, GroupId(group_id), **asking())
    return _done("grants.groups")


def _name() -> str:
    return request.form.get("name", "")


def _members() -> list[UserId]:
    return [UserId(one) for one in request.form.getlist("member")]


def _joined() -> bool:
    return request.form.get("joined") == "1"


@pages.get("/users/<user_id>/reach")
def explain(user_id: str) -> ResponseReturnValue:
    """What somebody may see and do, each right with the rules that give or deny it; also of one photo."""
    told = actions.explain(box().safe, UserId(user_id), **asking())
    # The address of a photo's page does as well as its id.
    photo = request.args.get("photo", "").strip().rstrip("/").partition("?")[0].rpartition("/")[2]
    of_role = rights_of_role(told.user.role)
    held_back = is_held_back(told.user.role)
    why = actions.why(box().safe, UserId(user_id), PhotoId(photo), **asking()) if photo else None
    return render_template(
        "grants/explain.html",
        told=told,
        held_back=held_back,
        rights=[
            (
                right,
                right in of_role,
                [one for one in told.grants if one.grant.gives(right)],
                [one for one in told.grants if one.grant.takes(right)],
            )
            for right in Right
        ],
        why=why,
        theirs=of_role & why.rights if why and held_back else of_role,
        every_right=tuple(Right),
        preset_of=preset_of,
    )


def administers() -> bool:
    """Whether whoever is signed in may say who may do what, here or there."""
    return actions.administers(box().safe, **asking())


def _done(endpoint: str) -> ResponseReturnValue:
    flash(gettext("Saved."), "done")
    return redirect(url_for(endpoint), HTTPStatus.SEE_OTHER)
