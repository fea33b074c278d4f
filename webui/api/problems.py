"""What went wrong, as problem details (RFC 9457), with the same sentences as the pages and the same keys."""

from http import HTTPStatus
from typing import Annotated

import msgspec
import structlog
from flask import Flask, Response, request
from msgspec import Meta, Struct
from werkzeug.exceptions import HTTPException

from appliance.domain.errors import KluisError, Mistake, NotAllowed
from webui.language import gettext, marked
from webui.words import hint, message

_log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
_UNAUTHORISED = frozenset({"token:missing", "token:wrong"})
_CONFLICT = frozenset(
    {
        *("release:not_green", "release:quarantined", "release:changed_meanwhile", "upload:closed"),
        *("photo:not_ready", "quitclaim:not_withdrawable", "quitclaim:nothing_to_withdraw"),
    }
)
_MORE = {
    "token:too_many_tries": HTTPStatus.TOO_MANY_REQUESTS,
    "api:too_often": HTTPStatus.TOO_MANY_REQUESTS,
    "api:media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "api:no_length": HTTPStatus.LENGTH_REQUIRED,
    "upload:too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "photo:too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
_KNOWN = {
    HTTPStatus.NOT_FOUND: ("api:no_address", marked("There is nothing at this address.")),
    HTTPStatus.METHOD_NOT_ALLOWED: ("api:method", marked("This address does not answer that method.")),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("api:too_large", marked("That is too much at once.")),
}
_OTHER = ("api:bad_request", marked("That request is not understood."))
_BROKEN = ("api:broken", marked("Something went wrong on the box. Nothing was lost."))


class Problem(Struct, kw_only=True):
    """What went wrong, as RFC 9457 has it."""

    type: Annotated[str, Meta(description="A URI that names the kind of problem. It leads nowhere.")]
    title: Annotated[str, Meta(description="The status in words.")]
    status: Annotated[int, Meta(ge=400, le=599, description="The status of the answer.")]
    detail: Annotated[str, Meta(description="A sentence that says what happened, to show to a person.")]
    hint: Annotated[str, Meta(description="A sentence that says what to do; may be empty.")]
    key: Annotated[str, Meta(description="The error's own name, stable, as docs/errors.md lists them.")]
    reasons: Annotated[list[str], Meta(description="Every reason of a refusal, the gravest first.")] = []


def set_up_problems(api: Flask) -> None:
    """Answer every error as a problem."""
    api.register_error_handler(KluisError, _of_the_product)
    api.register_error_handler(msgspec.ValidationError, _of_the_request)
    api.register_error_handler(msgspec.DecodeError, _of_the_request)
    api.register_error_handler(HTTPException, _of_http)
    api.register_error_handler(Exception, _unexpected)


def _of_the_product(problem: KluisError) -> Response:
    reasons = [*problem.reasons] if isinstance(problem, NotAllowed) else []
    return answer(_status(problem), problem.key, message(problem), hint(problem), reasons)


def _status(problem: KluisError) -> HTTPStatus:
    if problem.key in _UNAUTHORISED:
        return HTTPStatus.UNAUTHORIZED
    if problem.key in _CONFLICT:
        return HTTPStatus.CONFLICT
    if problem.key in _MORE:
        return _MORE[problem.key]
    if isinstance(problem, NotAllowed):
        return HTTPStatus.FORBIDDEN
    if isinstance(problem, Mistake):
        return HTTPStatus.NOT_FOUND if problem.key.endswith(":unknown") else HTTPStatus.UNPROCESSABLE_ENTITY
    _log.error("fault", key=problem.key, endpoint=request.endpoint)
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _of_the_request(problem: msgspec.DecodeError) -> Response:
    """What is not as the document says; where it differs is told in the decoder's own words."""
    key, sentence = _OTHER
    return answer(HTTPStatus.BAD_REQUEST, key, gettext(sentence), str(problem))


def _of_http(problem: HTTPException) -> Response:
    status = HTTPStatus(problem.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    key, sentence = _KNOWN.get(status, _OTHER)
    told = answer(status, key, gettext(sentence), "")
    for name, value in problem.get_headers():
        if name == "Allow":
            told.headers[name] = value
    return told


def _unexpected(problem: Exception) -> Response:
    _log.error("unexpected", kind=type(problem).__name__, endpoint=request.endpoint)
    key, sentence = _BROKEN
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, key, gettext(sentence), "")


def answer(status: HTTPStatus, key: str, sentence: str, what_to_do: str, reasons: list[str] = []) -> Response:  # noqa: B006 - never changed
    """A problem as an answer."""
    told = Problem(
        type=f"tag:portretkluis.local,2026:{key}",
        title=status.phrase,
        status=status.value,
        detail=sentence,
        hint=what_to_do,
        key=key,
        reasons=reasons,
    )
    made = Response(msgspec.json.encode(told), status, content_type=MEDIA_TYPE)
    if status is HTTPStatus.UNAUTHORIZED:
        made.headers["WWW-Authenticate"] = 'Bearer realm="kluis"'
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        made.headers["Retry-After"] = "60"
    return made
