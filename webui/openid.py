"""Signing in by the word of the office's own provider."""

from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import openid as actions
from webui import access
from webui.current import box, https, is_own, where
from webui.guards import limiter

pages = Blueprint("openid", __name__)

_MINUTES = 15


@pages.get("/sign-in/openid")
@limiter.limit("30/minute")
def begin() -> ResponseReturnValue:
    """Send the browser to the provider."""
    to = request.args.get("to", "")
    again = request.args.get("again") == "1"
    begun = actions.begin(box().safe, _back(), to if is_own(to) else "/", again=again, now=box().now())
    answer = redirect(begun.address, HTTPStatus.SEE_OTHER)
    # Lax: it has to come along when the provider sends the browser back.
    answer.set_cookie(
        _cookie(), begun.ticket, _MINUTES * 60, path="/", secure=https(), httponly=True, samesite="Lax"
    )
    return answer


@pages.get("/sign-in/openid/back")
@limiter.limit("30/minute")
def finish() -> ResponseReturnValue:
    """Let in whoever comes back, over a page between: strict cookies do not come along from elsewhere."""
    asked = request.args
    user, token, to = actions.finish(
        box().safe,
        _back(),
        request.cookies.get(_cookie(), ""),
        asked.get("state", ""),
        asked.get("code", ""),
        now=box().now(),
        where=where(),
    )
    answer = make_response(render_template("access/arrived.html", to=to if is_own(to) else "/"))
    answer.delete_cookie(_cookie(), path="/", secure=https(), httponly=True, samesite="Lax")
    return access.keep_session(answer, token, user)


def _back() -> str:
    return url_for("openid.finish", _external=True)


def _cookie() -> str:
    return "__Host-openid" if https() else "openid"
