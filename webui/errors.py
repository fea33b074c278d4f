"""Errors as pages: a sentence that says what happened and what to do, never a traceback."""

from http import HTTPStatus

import structlog
from flask import Flask, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from appliance.domain.errors import KluisError, Mistake, NotAllowed
from webui.language import gettext

_log = structlog.get_logger()


def set_up_errors(app: Flask) -> None:
    """Answer every error with a page, or with JSON where a script asks."""
    app.register_error_handler(KluisError, _product_error)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _product_error(problem: KluisError) -> ResponseReturnValue:
    status = _status(problem)
    if wants_json():
        return {"error": gettext(problem.message), "hint": gettext(problem.hint), "key": problem.key}, status
    if isinstance(problem, Mistake) and request.method == "POST" and _came_from_here():
        flash(f"{gettext(problem.message)} {gettext(problem.hint)}".strip(), "problem")
        return redirect(request.referrer or "/", HTTPStatus.SEE_OTHER)
    return _page(problem.message, problem.hint, status, getattr(problem, "reasons", ()))


def _status(problem: KluisError) -> HTTPStatus:
    if isinstance(problem, NotAllowed):
        return HTTPStatus.FORBIDDEN
    if isinstance(problem, Mistake):
        return HTTPStatus.NOT_FOUND if problem.key.endswith(":unknown") else HTTPStatus.BAD_REQUEST
    _log.error("fault", key=problem.key, endpoint=request.endpoint)
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _came_from_here() -> bool:
    return bool(request.referrer and request.referrer.startswith(request.host_url))


def _forged(_problem: CSRFError) -> ResponseReturnValue:
    message = "This form is too old, or it did not come from this page."
    return _page(message, "Go back, load the page again and try once more.", HTTPStatus.BAD_REQUEST)


def _http_error(problem: HTTPException) -> ResponseReturnValue:
    status = HTTPStatus(problem.code or 500)
    known = {
        HTTPStatus.NOT_FOUND: ("This page does not exist.", "Start from the library."),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("That is too much at once.", "Send fewer or smaller files."),
        HTTPStatus.TOO_MANY_REQUESTS: ("Too many failed tries.", "Wait a minute, then try again."),
    }
    message, hint = known.get(status, ("That request is not understood.", "Start from the library."))
    return _page(message, hint, status)


def _unexpected(problem: Exception) -> ResponseReturnValue:
    _log.error("unexpected", kind=type(problem).__name__, endpoint=request.endpoint)
    message = "Something went wrong on the box. Nothing was lost."
    return _page(message, "Try again; if it stays, tell whoever looks after the box.", HTTPStatus(500))


def _page(message: str, hint: str, status: HTTPStatus, reasons: tuple[str, ...] = ()) -> ResponseReturnValue:
    if wants_json():
        return {"error": gettext(message), "hint": gettext(hint)}, status
    return render_template("error.html", message=message, hint=hint, reasons=reasons, status=status), status


def wants_json() -> bool:
    """Whether a script asks."""
    return request.accept_mimetypes.best == "application/json"
