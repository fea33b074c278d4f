"""Signing in and out. Every other page wants somebody who is signed in."""

from http import HTTPStatus

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from appliance.actions.access import sign_in, sign_out, who
from appliance.domain.errors import KluisError
from webui.current import box, https, is_own, user
from webui.errors import wants_json
from webui.guards import limiter
from webui.language import gettext, language

pages = Blueprint("access", __name__)

PUBLIC = frozenset(
    {
        "static",
        "health.show",
        "access.sign_in_page",
        "access.sign_in_now",
        "language.choose",
        "appearance.choose",
    }
)


def know_who() -> ResponseReturnValue | None:
    """Find the user of the session; without one, only the sign-in page answers."""
    token = request.cookies.get(_cookie(), "")
    g.user = who(box().safe, token, now=box().now()) if token else None
    if g.user is not None or request.endpoint in PUBLIC:
        return None
    if request.accept_mimetypes.accept_html and not wants_json():
        to = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("access.sign_in_page", to=to or None), HTTPStatus.SEE_OTHER)
    return {"error": gettext("Sign in first."), "key": "access:signed_out"}, HTTPStatus.UNAUTHORIZED


@pages.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    """The form."""
    if user() is not None:
        return redirect(url_for("library.show"))
    return render_template("access/sign_in.html", to=request.args.get("to", ""), name="", problem=None)


@pages.post("/sign-in")
@limiter.limit("30/minute")
def sign_in_now() -> ResponseReturnValue:
    """Open a session, or say that name and password do not fit."""
    to, name = request.form.get("to", ""), request.form.get("name", "")
    try:
        _, token = sign_in(box().safe, name, request.form.get("password", ""), now=box().now())
    except KluisError as problem:
        page = render_template("access/sign_in.html", to=to, name=name, problem=problem)
        return page, HTTPStatus.FORBIDDEN
    session.clear()
    answer = redirect(to if is_own(to) else url_for("library.show"), HTTPStatus.SEE_OTHER)
    return _with_cookie(answer, token)


@pages.post("/sign-out")
def sign_out_now() -> ResponseReturnValue:
    """End the session; only the language stays, for the page that follows."""
    spoken = language().value
    sign_out(box().safe, request.cookies.get(_cookie(), ""), now=box().now())
    session.clear()
    session["language"] = spoken
    answer = redirect(url_for("access.sign_in_page"), HTTPStatus.SEE_OTHER)
    answer.delete_cookie(_cookie(), path="/", secure=https(), httponly=True, samesite="Strict")
    return answer


def _with_cookie(answer: Response, token: str) -> Response:
    answer.set_cookie(_cookie(), token, path="/", secure=https(), httponly=True, samesite="Strict")
    return answer


def _cookie() -> str:
    return "__Host-kluis" if https() else "kluis"
