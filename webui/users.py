"""Users, for the administrator."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import access as actions
from appliance.domain.access import PASSWORD_SHORTEST, Role, UserId
from appliance.domain.errors import Mistake
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
