"""One's own account: password, second steps, and where one is signed in."""

from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from appliance.actions import second_steps as actions
from appliance.actions import sign_in
from appliance.actions.access import password_strength, strong
from appliance.domain.errors import KluisError, Mistake
from appliance.domain.sign_in import PASSWORD_SHORTEST, Step
from webui import access
from webui.current import asking, box, signed_in_so_far, site, user, where
from webui.guards import limiter
from webui.language import gettext

pages = Blueprint("account", __name__)


@pages.get("/account")
def index() -> ResponseReturnValue:
    """Everything about one's own account."""
    return render_template(
        "account/index.html",
        second=actions.second_steps(box().safe, **asking()),
        sessions=sign_in.sessions(box().safe, **asking()),
        this_session=sign_in.session_id(access.token()),
        shortest=PASSWORD_SHORTEST,
    )


@pages.post("/account/password")
@limiter.limit("30/minute")
def password() -> ResponseReturnValue:
    """Choose another password."""
    someone = user()
    chosen = strong(request.form.get("password", ""), someone.name if someone else "")
    hashed = sign_in.own_password_hash(chosen)
    current = request.form.get("current", "")
    sign_in.change_own_password(box().safe, access.token(), current, hashed, now=box().now(), where=where())
    return _done(gettext("Your password was changed. Your other sessions ended."))


@pages.post("/account/strength")
@limiter.limit("120/minute")
def strength_now() -> ResponseReturnValue:
    """How strong a password is, from 0 to 4, while it is typed."""
    found = signed_in_so_far()
    names = [request.form.get("name", "")[:100], found.user.name if found else ""]
    return {"strength": password_strength(request.form.get("password", ""), names)}


@pages.post("/account/authenticator")
def begin_authenticator() -> ResponseReturnValue:
    """Show the secret for an app."""
    return _setup_page(actions.begin_authenticator(box().safe, _issuer(), **asking()))


def _setup_page(setup: actions.Setup, problem: KluisError | None = None) -> str:
    return render_template(
        "account/authenticator.html",
        setup=setup,
        picture=actions.qr_picture(setup.address),
        problem=problem,
        to=request.values.get("to", ""),
    )


@pages.post("/account/authenticator/finish")
@limiter.limit("30/minute")
def finish_authenticator() -> ResponseReturnValue:
    """Keep the app, once it showed a code."""
    ticket, code = request.form.get("ticket", ""), request.form.get("code", "")
    try:
        made = actions.finish_authenticator(box().safe, ticket, code, **asking())
    except Mistake as problem:
        if problem.key != "access:wrong_code":
            raise
        setup = actions.same_authenticator(box().safe, ticket, _issuer(), **asking())
        return _setup_page(setup, problem), HTTPStatus.BAD_REQUEST
    return _set_up(made)


@pages.post("/account/passkey/options")
@limiter.limit("30/minute")
def passkey_options() -> ResponseReturnValue:
    """What the browser needs to make a passkey."""
    question = actions.begin_passkey(box().safe, site(), **asking())
    return {"options": question.options, "ticket": question.ticket}


@pages.post("/account/passkey")
@limiter.limit("30/minute")
def add_passkey() -> ResponseReturnValue:
    """Keep a passkey that the browser made."""
    form = request.form
    made = actions.finish_passkey(
        box().safe, site(), form.get("ticket", ""), form.get("answer", ""), form.get("name", ""), **asking()
    )
    return _set_up(made)


def _set_up(made: tuple[str, ...]) -> ResponseReturnValue:
    """Show the recovery codes when there are new ones, and open the session of whoever just began."""
    found = signed_in_so_far()
    if found is None or found.session.step is Step.OPEN:
        return _codes_page(made) if made else _done(gettext("The second step is set up."))
    begun = actions.go_on_enrolled(box().safe, access.token(), now=box().now(), where=where())
    return access.keep_session(_codes_page(made), begun, found.user) if made else access.go_on(begun)


@pages.post("/account/codes")
def codes() -> ResponseReturnValue:
    """Fresh recovery codes."""
    someone = user()
    assert someone is not None  # noqa: S101 - nobody else gets here
    return _codes_page(actions.new_codes(box().safe, someone.id, **asking()))


def _codes_page(made: tuple[str, ...]) -> Response:
    return make_response(render_template("account/codes.html", codes=made, to=request.values.get("to", "")))


@pages.post("/account/authenticator/drop")
def drop_authenticator() -> ResponseReturnValue:
    """Take the app away."""
    actions.drop_authenticator(box().safe, **asking())
    return _done(gettext("The app is no second step any more."))


@pages.post("/account/passkeys/<passkey_id>/drop")
def drop_passkey(passkey_id: str) -> ResponseReturnValue:
    """Take a passkey away."""
    actions.drop_passkey(box().safe, passkey_id, **asking())
    return _done(gettext("The passkey is no second step any more."))


@pages.post("/account/sessions/<session_key>/end")
def end_session(session_key: str) -> ResponseReturnValue:
    """End one session."""
    sign_in.end_session(box().safe, session_key, **asking())
    return _done(gettext("That session ended."))


@pages.post("/account/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """End every session but this one."""
    sign_in.end_other_sessions(box().safe, access.token(), **asking())
    return _done(gettext("Your other sessions ended."))


def _issuer() -> str:
    organisation = box().config.organisation
    return "Portretkluis" if organisation == "Portretkluis" else f"Portretkluis {organisation}"


def _done(told: str) -> ResponseReturnValue:
    flash(told, "done")
    return redirect(url_for("account.index"), HTTPStatus.SEE_OTHER)
