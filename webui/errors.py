"""Errors as pages: a sentence that says what happened and what to do, never a traceback."""

from http import HTTPStatus

import structlog
from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from appliance.domain.errors import KluisError, Mistake, NotAllowed
from appliance.domain.proposals import SecondNeeded
from webui.language import gettext, marked
from webui.proposals import propose_instead
from webui.words import hint, message

_log = structlog.get_logger()

_KNOWN = {
    HTTPStatus.NOT_FOUND: (marked("This page does not exist."), marked("Start from the library.")),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        marked("That is too much at once."),
        marked("Send fewer or smaller files."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        marked("Too many failed tries."),
        marked("Wait a minute, then try again."),
    ),
}
_OTHER = (marked("That request is not understood."), marked("Start from the library."))
_FORGED = (
    marked("This form is too old, or it did not come from this page."),
    marked("Go back, load the page again and try once more."),
)
_BROKEN = (
    marked("Something went wrong on the box. Nothing was lost."),
    marked("Try again; if it stays, tell whoever looks after the box."),
)


def set_up_errors(app: Flask) -> None:
    """Answer every error with a page, or with JSON where a script asks."""
    app.register_error_handler(KluisError, _product_error)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _product_error(problem: KluisError) -> ResponseReturnValue:
    status, told = _status(problem), (message(problem), hint(problem))
    if wants_json():
        return {"error": told[0], "hint": told[1], "key": problem.key}, status
    if problem.key == "access:confirm":
        return redirect(url_for("access.confirm_page", to=_page_before()), HTTPStatus.SEE_OTHER)
    if isinstance(problem, SecondNeeded):
        return propose_instead(problem)
    if isinstance(problem, Mistake) and request.method == "POST" and _came_from_here():
        flash(" ".join(told).strip(), "problem")
        return redirect(request.referrer or "/", HTTPStatus.SEE_OTHER)
    return _page(told, status, getattr(problem, "reasons", ()))


def _status(problem: KluisError) -> HTTPStatus:
    if isinstance(problem, NotAllowed):
        return HTTPStatus.FORBIDDEN
    if problem.key == "upload:offset":
        return HTTPStatus.CONFLICT  # as the protocol of uploads has it
    if isinstance(problem, Mistake):
        return HTTPStatus.NOT_FOUND if problem.key.endswith(":unknown") else HTTPStatus.BAD_REQUEST
    _log.error("fault", key=problem.key, endpoint=request.endpoint)
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _page_before() -> str:
    """The page to come back to: the one asked for, or the one whose form was sent."""
    if request.method == "GET":
        return request.script_root + request.full_path.rstrip("?")
    return (request.referrer or "/").removeprefix(request.host_url.rstrip("/")) if _came_from_here() else "/"


def _came_from_here() -> bool:
    return bool(request.referrer and request.referrer.startswith(request.host_url))


def _forged(_problem: CSRFError) -> ResponseReturnValue:
    return _translated(_FORGED, HTTPStatus.BAD_REQUEST)


def _http_error(problem: HTTPException) -> ResponseReturnValue:
    status = HTTPStatus(problem.code or 500)
    return _translated(_KNOWN.get(status, _OTHER), status)


def _unexpected(problem: Exception) -> ResponseReturnValue:
    _log.error("unexpected", kind=type(problem).__name__, endpoint=request.endpoint)
    return _translated(_BROKEN, HTTPStatus.INTERNAL_SERVER_ERROR)


def _translated(told: tuple[str, str], status: HTTPStatus) -> ResponseReturnValue:
    return _page((gettext(told[0]), gettext(told[1])), status)


def _page(told: tuple[str, str], status: HTTPStatus, reasons: tuple[str, ...] = ()) -> ResponseReturnValue:
    if wants_json():
        return {"error": told[0], "hint": told[1]}, status
    template = current_app.config.get("KLUIS_ERROR_PAGE", "error.html")
    page = render_template(template, message=told[0], hint=told[1], reasons=reasons, status=status)
    return page, status


def wants_json() -> bool:
    """Whether a script asks."""
    return request.accept_mimetypes.best == "application/json"
