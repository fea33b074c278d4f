"""Users, for the administrator."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import access as actions
from appliance.actions import openid, second_steps, self_audit, sign_in_rules
from appliance.domain.access import Role, UserId
from appliance.domain.errors import Mistake
from appliance.domain.sign_in import ALWAYS_SECOND, PASSWORD_SHORTEST, Rules
from webui.current import asking, box, user
from webui.display import may
from webui.language import gettext

pages = Blueprint("users", __name__)


@pages.get("/users")
def index() -> ResponseReturnValue:
    """Everybody who can sign in."""
    return render_template(
        "users/index.html",
        users=actions.users(box().safe, **asking()),
        roles=tuple(Role),
        shortest=PASSWORD_SHORTEST,
        second=second_steps.second_steps_of_all(box().safe, **asking()),
        seen=self_audit.last_seen(box().safe, **asking()),
        rules=sign_in_rules.rules(box().safe, **asking()),
        always_second=ALWAYS_SECOND,
        provider=openid.provider(box().safe, **asking()),
        return_address=url_for("openid.finish", _external=True),
    )


@pages.post("/users")
def add() -> ResponseReturnValue:
    """Add a user."""
    form = request.form
    actions.create_user(
        box().safe,
        name=form.get("name", ""),
        password=form.get("password", ""),
        role=_role(),
        language=form.get("language", box().config.language),
        **asking(),
    )
    return _done()


@pages.post("/users/<user_id>")
def change(user_id: str) -> ResponseReturnValue:
    """Change a user's role, or whether they may sign in."""
    found = next((u for u in actions.users(box().safe, **asking()) if u.id == user_id), None)
    if found is None:
        raise Mistake("user:unknown", "There is no such user.", "Choose one from the list.")
    changed = replace(found, role=_role(), active=request.form.get("active") == "1")
    actions.change_user(box().safe, changed, **asking())
    return _done()


@pages.post("/users/<user_id>/password")
def password(user_id: str) -> ResponseReturnValue:
    """Give a user a new password."""
    actions.set_password(box().safe, UserId(user_id), request.form.get("password", ""), **asking())
    return _done()


@pages.post("/users/<user_id>/second-steps")
def reset_second(user_id: str) -> ResponseReturnValue:
    """Take the second steps of somebody away who lost them."""
    second_steps.reset_second_steps(box().safe, UserId(user_id), **asking())
    return _done()


@pages.post("/users/rules")
def change_rules() -> ResponseReturnValue:
    """Set who needs two steps, and from which networks a role may come."""
    form = request.form
    second = frozenset(role for role in Role if role.value in form.getlist("second"))
    networks = {role: form.get(f"networks-{role.value}", "").split() for role in Role}
    sign_in_rules.change_rules(box().safe, Rules(second, networks), **asking())
    return _done()


@pages.post("/users/openid")
def change_provider() -> ResponseReturnValue:
    """Set the office's own provider, or switch it off."""
    form = request.form
    if form.get("drop"):
        openid.drop_provider(box().safe, **asking())
        return _done()
    groups = {role: _listed(form.get(f"groups-{role.value}", "")) for role in Role}
    provider = openid.Provider(
        issuer=form.get("issuer", "").strip(),
        client_id=form.get("client", "").strip(),
        client_secret=form.get("secret", ""),
        name=form.get("label", "").strip(),
        claim=form.get("claim", "").strip() or "groups",
        groups={role: names for role, names in groups.items() if names},
    )
    openid.change_provider(box().safe, provider, **asking())
    return _done()


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def names() -> dict[str, str]:
    """The names of users by id, for whoever may know them; of oneself for everybody."""
    someone = user()
    if may("user:view"):
        return {one.id: one.name for one in actions.users(box().safe, **asking())}
    return {someone.id: someone.name} if someone else {}


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError as problem:
        raise Mistake("user:role", "Choose a role.") from problem


def _done() -> ResponseReturnValue:
    flash(gettext("Saved."), "done")
    return redirect(url_for("users.index"), HTTPStatus.SEE_OTHER)
