"""Signing in and out, step by step. Every other page wants somebody whose session is open."""

from http import HTTPStatus

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from appliance.actions import openid, second_steps
from appliance.actions import sign_in as actions
from appliance.actions.access import strong
from appliance.domain.access import User
from appliance.domain.errors import KluisError
from appliance.domain.sign_in import PASSWORD_SHORTEST, Session, Step
from webui.current import asking, box, https, is_own, signed_in_so_far, site, user, where
from webui.errors import wants_json
from webui.guards import limiter
from webui.language import gettext, language

pages = Blueprint("access", __name__)

PUBLIC = frozenset(
    {
        *("static", "access.sign_in_page", "access.sign_in_now", "language.choose", "appearance.choose"),
        *("access.passkey_options", "access.passkey_now", "openid.begin", "openid.finish"),
        "health.show",
    }
)
# What answers at each step before a session is open, beside what is public.
_AT_STEP = {
    Step.SECOND: frozenset({"access.second_page", "access.second_now"}),
    Step.RENEW: frozenset({"access.password_page", "access.password_now", "account.strength_now"}),
    Step.ENROL: frozenset(
        {
            *("access.set_up_page", "account.begin_authenticator", "account.finish_authenticator"),
            *("account.passkey_options", "account.add_passkey"),
        }
    ),
}
_PAGE_OF = {
    Step.SECOND: "access.second_page",
    Step.RENEW: "access.password_page",
    Step.ENROL: "access.set_up_page",
}
_YEAR = 365 * 24 * 3600


def know_who() -> ResponseReturnValue | None:
    """Find whose session it is; until it is open, only the pages of its next step answer."""
    found = (
        actions.signed_in(box().safe, token(), now=box().now(), address=where().address) if token() else None
    )
    g.signed_in = found
    g.user = found.user if found is not None and found.session.step is Step.OPEN else None
    if g.user is not None or request.endpoint in PUBLIC:
        return None
    if found is not None and request.endpoint in _AT_STEP[found.session.step] | {"access.sign_out_now"}:
        return None
    if not request.accept_mimetypes.accept_html or wants_json():
        return {"error": gettext("Sign in first."), "key": "access:signed_out"}, HTTPStatus.UNAUTHORIZED
    to = request.full_path.rstrip("?") if request.method == "GET" else ""
    page = _PAGE_OF[found.session.step] if found is not None else "access.sign_in_page"
    return redirect(url_for(page, to=to or None), HTTPStatus.SEE_OTHER)


def only_look(viewer: User) -> ResponseReturnValue | None:
    """Whoever asks is this user, and may look and nothing else."""
    now = box().now()
    g.signed_in = actions.SignedIn(viewer, Session(viewer.id, now, now))
    g.user = viewer
    if request.method not in ("GET", "HEAD"):
        return {"error": gettext("This is a copy, to look at.")}, HTTPStatus.METHOD_NOT_ALLOWED
    return None


@pages.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    """The form."""
    if user() is not None:
        return redirect(url_for("library.show"))
    return _sign_in_form()


def _sign_in_form(name: str = "", problem: KluisError | None = None) -> str:
    return render_template(
        "access/sign_in.html",
        to=request.values.get("to", ""),
        name=name,
        problem=problem,
        openid=_openid(),
    )


def _openid() -> str:
    return openid.provider_name(box().safe, now=box().now())


@pages.post("/sign-in")
@limiter.limit("30/minute")
def sign_in_now() -> ResponseReturnValue:
    """Begin a session, or say that name and password do not fit."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    mark = request.cookies.get(_device_cookie(), "")
    try:
        _, begun = actions.sign_in(box().safe, name, password, now=box().now(), where=where(), device=mark)
    except KluisError as problem:
        return _sign_in_form(name, problem), HTTPStatus.FORBIDDEN
    return go_on(begun)


@pages.post("/sign-in/passkey/options")
@limiter.limit("30/minute")
def passkey_options() -> ResponseReturnValue:
    """What the browser needs to ask for a passkey."""
    question = second_steps.ask_for_passkey(box().safe, site(), token(), now=box().now(), where=where())
    return {"options": question.options, "ticket": question.ticket}


@pages.post("/sign-in/passkey")
@limiter.limit("30/minute")
def passkey_now() -> ResponseReturnValue:
    """Take both steps, or the second, with a passkey."""
    found = signed_in_so_far()
    try:
        _, begun = second_steps.pass_with_passkey(
            box().safe,
            site(),
            token() if found else "",
            request.form.get("ticket", ""),
            request.form.get("answer", ""),
            now=box().now(),
            where=where(),
        )
    except KluisError as problem:
        page = _second_form(problem) if found else _sign_in_form("", problem)
        return page, HTTPStatus.FORBIDDEN
    return go_on(begun)


@pages.get("/sign-in/second")
def second_page() -> ResponseReturnValue:
    """Ask for the second step."""
    return redirect(url_for("library.show")) if user() else _second_form()


def _second_form(problem: KluisError | None = None) -> str:
    return render_template("access/second.html", to=request.values.get("to", ""), problem=problem)


@pages.post("/sign-in/second")
@limiter.limit("30/minute")
def second_now() -> ResponseReturnValue:
    """Take the second step with a code."""
    code = request.form.get("code", "")
    try:
        begun = second_steps.pass_with_code(box().safe, token(), code, now=box().now(), where=where())
    except KluisError as problem:
        return _second_form(problem), HTTPStatus.FORBIDDEN
    return go_on(begun)


@pages.get("/sign-in/password")
def password_page() -> ResponseReturnValue:
    """Ask for a password of one's own."""
    return redirect(url_for("library.show")) if user() else _password_form()


def _password_form(problem: KluisError | None = None) -> str:
    return render_template(
        "access/password.html", to=request.values.get("to", ""), problem=problem, shortest=PASSWORD_SHORTEST
    )


@pages.post("/sign-in/password")
@limiter.limit("30/minute")
def password_now() -> ResponseReturnValue:
    """Keep a password of one's own."""
    found = signed_in_so_far()
    try:
        chosen = strong(request.form.get("password", ""), found.user.name if found else "")
        hashed = actions.own_password_hash(chosen)
        begun = actions.choose_password(box().safe, token(), hashed, now=box().now(), where=where())
    except KluisError as problem:
        return _password_form(problem), HTTPStatus.FORBIDDEN
    return go_on(begun)


@pages.get("/sign-in/set-up")
def set_up_page() -> ResponseReturnValue:
    """Lead through setting up a second step."""
    if user() is not None:
        return redirect(url_for("account.index"))
    return render_template("access/set_up.html", to=request.args.get("to", ""))


@pages.get("/confirm")
def confirm_page() -> ResponseReturnValue:
    """Ask somebody who is signed in to prove it once more."""
    return _confirm_form()


def _confirm_form(problem: KluisError | None = None) -> str:
    has = second_steps.second_steps(box().safe, **asking())
    return render_template(
        "access/confirm.html",
        to=request.values.get("to", ""),
        problem=problem,
        second=has.any,
        openid=_openid(),
    )


@pages.post("/confirm")
@limiter.limit("30/minute")
def confirm_now() -> ResponseReturnValue:
    """Note that it is them, and go back to what they wanted to do."""
    form, now = request.form, box().now()
    try:
        if answer := form.get("answer"):
            second_steps.confirm_with_passkey(
                box().safe, site(), token(), form.get("ticket", ""), answer, now=now, where=where()
            )
        elif "code" in form:
            second_steps.confirm_with_code(box().safe, token(), form["code"], now=now, where=where())
        else:
            password = form.get("password", "")
            actions.confirm_with_password(box().safe, token(), password, now=now, where=where())
    except KluisError as problem:
        return _confirm_form(problem), HTTPStatus.FORBIDDEN
    return redirect(_wanted(), HTTPStatus.SEE_OTHER)


@pages.post("/sign-out")
def sign_out_now() -> ResponseReturnValue:
    """End the session; only the language stays, for the page that follows."""
    return signed_out(redirect(url_for("access.sign_in_page"), HTTPStatus.SEE_OTHER))


def signed_out(page: str | Response) -> Response:
    """A page as the answer that ends the session."""
    spoken = language().value
    actions.sign_out(box().safe, token(), now=box().now(), where=where())
    session.clear()
    session["language"] = spoken
    answer: Response = make_response(page)
    answer.delete_cookie(_cookie(), path="/", secure=https(), httponly=True, samesite="Strict")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # cookies that stay hold no more than a choice
    return answer


def token() -> str:
    """The token of this browser's session; empty without one."""
    return request.cookies.get(_cookie(), "")


def go_on(begun: str) -> Response:
    """Lead to the next step, or to the page that was wanted, with the session's new token."""
    found = actions.signed_in(box().safe, begun, now=box().now(), address=where().address)
    if found is None or found.session.step is Step.OPEN:
        answer = redirect(_wanted(), HTTPStatus.SEE_OTHER)
    else:
        page = url_for(_PAGE_OF[found.session.step], to=request.values.get("to") or None)
        answer = redirect(page, HTTPStatus.SEE_OTHER)
    return keep_session(answer, begun, found.user if found else None)


def keep_session(answer: Response, begun: str, someone: User | None) -> Response:
    """Give the browser its session; nothing that it held before goes with it, but for its language."""
    spoken = session.get("language")
    session.clear()
    if spoken:
        session["language"] = spoken
    if someone is not None and not someone.emergency:
        mark = actions.device_mark(box().safe, someone)
        _set(answer, _device_cookie(), mark, _YEAR)
    return _set(answer, _cookie(), begun)


def _wanted() -> str:
    to = request.values.get("to", "")
    return to if is_own(to) else url_for("library.show")


def _set(answer: Response, name: str, value: str, age: int | None = None) -> Response:
    answer.set_cookie(name, value, age, path="/", secure=https(), httponly=True, samesite="Strict")
    return answer


def _cookie() -> str:
    return "__Host-kluis" if https() else "kluis"


def _device_cookie() -> str:
    return "__Host-device" if https() else "device"
