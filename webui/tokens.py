"""Tokens of the API: one's own, and for whoever oversees users everybody's."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import tokens as actions
from appliance.domain.access import Permission
from appliance.domain.errors import Mistake
from appliance.domain.tokens import LONGEST_LABEL, USUAL_DAYS, TokenId, TokenState, scopes_for
from webui import users
from webui.current import asking, box, user
from webui.guards import limiter
from webui.language import gettext

pages = Blueprint("tokens", __name__)


@pages.get("/account/tokens")
def index() -> ResponseReturnValue:
    """One's own tokens, and the form for another."""
    someone = user()
    return render_template(
        "tokens/index.html",
        tokens=actions.own_tokens(box().safe, **asking()),
        scopes=scopes_for(someone.role) if someone and not someone.emergency else (),
        most_days=box().config.token_days,
        usual_days=min(USUAL_DAYS, box().config.token_days),
        longest=LONGEST_LABEL,
        now=box().now(),
        active=TokenState.ACTIVE,
    )


@pages.post("/account/tokens")
@limiter.limit("30/minute")
def make() -> ResponseReturnValue:
    """Make a token, and show it this once."""
    form = request.form
    made = actions.make_token(
        box().safe,
        form.get("label", ""),
        _scopes(form.getlist("scope")),
        box().config.token_days,
        days=_days(form.get("days", "")),
        **asking(),
    )
    return render_template("tokens/made.html", made=made, address=f"{request.host_url}api/v1")


def _scopes(chosen: list[str]) -> frozenset[Permission]:
    try:
        return frozenset(Permission(one) for one in chosen)
    except ValueError as problem:
        raise Mistake("token:no_scope", "Choose what the token is for.") from problem


def _days(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


@pages.post("/account/tokens/<token_id>/revoke")
def revoke_own(token_id: str) -> ResponseReturnValue:
    """End one of one's own tokens."""
    actions.revoke_own_token(box().safe, TokenId(token_id), **asking())
    flash(gettext("The token opens nothing any more."), "done")
    return redirect(url_for("tokens.index"), HTTPStatus.SEE_OTHER)


@pages.get("/users/tokens")
def of_all() -> ResponseReturnValue:
    """Everybody's tokens."""
    return render_template(
        "tokens/of_all.html",
        tokens=actions.tokens(box().safe, **asking()),
        names=users.names(),
        now=box().now(),
        active=TokenState.ACTIVE,
    )


@pages.post("/users/tokens/<token_id>/revoke")
def revoke(token_id: str) -> ResponseReturnValue:
    """End anybody's token."""
    actions.revoke_token(box().safe, TokenId(token_id), **asking())
    flash(gettext("The token opens nothing any more."), "done")
    return redirect(url_for("tokens.of_all"), HTTPStatus.SEE_OTHER)
