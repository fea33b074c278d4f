"""Signing in and out. Every other page wants somebody who is signed in."""

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from appliance.actions.access import choose_language, sign_in, sign_out, who
from appliance.domain.errors import KluisError
from webui.current import asking, box, user
from webui.guards import limiter

pages = Blueprint("access", __name__)

PUBLIC = frozenset({"static", "access.sign_in_page", "access.sign_in_now"})


@pages.before_app_request
def know_who() -> ResponseReturnValue | None:
    """Find the user of the session; without one, only the sign-in page answers."""
    token = request.cookies.get(_cookie(), "")
    g.user = who(box().safe, token, now=box().now()) if token else None
    if g.user is not None or request.endpoint in PUBLIC:
        return None
    if request.method == "GET" and request.accept_mimetypes.accept_html:
        return redirect(url_for("access.sign_in_page", to=request.full_path.rstrip("?")))
    return {"error": "sign in first"}, 401


@pages.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    """The form."""
    if user() is not None:
        return redirect(url_for("library.show"))
    return render_template("access/sign_in.html", to=request.args.get("to", ""))


@pages.post("/sign-in")
@limiter.limit("30/minute")
def sign_in_now() -> ResponseReturnValue:
    """Open a session, or say that name and password do not fit."""
    to, name = request.form.get("to", ""), request.form.get("name", "")
    try:
        _, token = sign_in(box().safe, name, request.form.get("password", ""), now=box().now())
    except KluisError as problem:
        return render_template("access/sign_in.html", to=to, name=name, problem=problem), 403
    session.clear()
    answer = redirect(to if _is_own(to) else url_for("library.show"))
    return _with_cookie(answer, token)


@pages.post("/sign-out")
def sign_out_now() -> ResponseReturnValue:
    """End the session."""
    sign_out(box().safe, request.cookies.get(_cookie(), ""), now=box().now())
    session.clear()
    answer = redirect(url_for("access.sign_in_page"))
    answer.delete_cookie(_cookie(), path="/", secure=_https(), httponly=True, samesite="Strict")
    return answer


@pages.post("/language")
def language() -> ResponseReturnValue:
    """Choose the language of one's own pages."""
    someone = user()
    if someone is not None:
        choose_language(box().safe, someone.id, request.form.get("language", ""), **asking())
    to = request.form.get("to", "")
    return redirect(to if _is_own(to) else url_for("library.show"))


def _is_own(address: str) -> bool:
    """Whether an address leads to a page of ours, so that nobody is sent elsewhere."""
    return address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address


def _with_cookie(answer: Response, token: str) -> Response:
    answer.set_cookie(_cookie(), token, path="/", secure=_https(), httponly=True, samesite="Strict")
    return answer


def _cookie() -> str:
    return "__Host-kluis" if _https() else "kluis"


def _https() -> bool:
    app: Flask = current_app
    return bool(app.config["KLUIS_HTTPS"])
