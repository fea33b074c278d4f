"""The API for other tools: an application of its own below `/api`, that knows tokens and no cookies.

A token is all that opens it, so that a page elsewhere, which can make a browser send cookies, opens nothing.
"""

from collections.abc import Callable
from io import BufferedReader
from ipaddress import ip_address
from typing import Any, BinaryIO, cast

import msgspec
from flask import Flask, Response, g, request
from limits import parse
from msgspec import Struct

from appliance.actions.intake import LARGEST_FILE
from appliance.actions.tokens import bearer, note_wrong_token
from appliance.domain.errors import Mistake, NotAllowed
from appliance.wiring import Box
from webui.api import imports, own, people, photos, quitclaims, releases, verdicts, webhooks
from webui.api.document import document
from webui.api.operations import BODY, DATA, FILE_TYPES, QUERY, Operation
from webui.api.problems import set_up_problems
from webui.current import box as current_box
from webui.current import where
from webui.guards import limiter, set_up_requests
from webui.language import language_asked

__all__ = ["OPERATIONS", "PREFIX", "create_api"]

PREFIX = "/api"
VERSION = "/v1"
_RESOURCES = (
    own.token,
    photos.photos,
    imports.imports,
    verdicts.verdicts,
    people.people,
    quitclaims.quitclaims,
    releases.releases,
    webhooks.webhooks,
)
OPERATIONS: tuple[Operation, ...] = tuple(one for each in _RESOURCES for one in each.operations)
REQUESTS, WRONG_TOKENS = parse("1200/minute"), parse("30/minute")
DOCUMENT = "openapi"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_api(box: Box, *, https: bool) -> Flask:
    """The API of an open box, to be put below `/api`. https: whether it is reached over TLS."""
    api = Flask("webui.api", static_folder=None)
    api.extensions["box"] = box
    set_up_requests(api, box, https=https)
    api.config["SECRET_KEY"] = None  # nothing is kept in a cookie, and none is read
    set_up_problems(api)
    api.before_request(_know_who)
    api.after_request(_with_headers)
    for one in OPERATIONS:
        api.add_url_rule(VERSION + one.rule, one.name, _view(one), methods=[one.method])
    told = msgspec.json.encode(document(OPERATIONS, PREFIX + VERSION))
    api.add_url_rule(f"{VERSION}/openapi.json", DOCUMENT, lambda: Response(told, mimetype="application/json"))
    return api


def _know_who() -> None:
    """Before anything of a request is read: whose token it brings."""
    if request.endpoint == DOCUMENT:
        return
    _require_safe_way()
    now, address = current_box().now(), where().address
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise Mistake("token:missing", "This address wants a token.", "Send it as `Authorization: Bearer`.")
    found = bearer(current_box().safe, text.strip(), now=now, address=address)
    if found is None:
        _slow_down(address)
        note_wrong_token(current_box().safe, now=now, address=address)
        raise Mistake("token:wrong", "This token opens nothing.", "It may have ended; make another.")
    g.bearer, g.user, g.actor = found, found.user, found.actor
    language_asked()
    if not limiter.limiter.hit(REQUESTS, "api", found.token.id):
        raise NotAllowed("api:too_often", "That is too much in one minute.", "Wait a minute, then go on.")


def _require_safe_way() -> None:
    """Over TLS, or on this machine alone: elsewhere a token could be read on its way."""
    address = where().address
    if not request.is_secure and not (address and ip_address(address.partition("%")[0]).is_loopback):
        raise NotAllowed("api:insecure", "Tokens are taken over https alone.", "Use https.")


def _slow_down(address: str) -> None:
    """Whoever guesses is stopped; a token that is right is never made to wait for it."""
    if not limiter.limiter.hit(WRONG_TOKENS, "wrong-token", address):
        raise NotAllowed("token:too_many_tries", "Too many wrong tokens.", "Wait a minute, then try again.")


def _view(one: Operation) -> Callable[..., Response]:
    def view(**parts: str) -> Response:
        if one.query is not None:
            parts[QUERY] = _query(one.query)  # type: ignore[assignment]
        if one.body is not None:
            parts[BODY] = _body(one.body)  # type: ignore[assignment]
        if one.takes_file:
            parts[DATA] = _file()  # type: ignore[assignment]
        found = one.run(**parts)
        if isinstance(found, Response):
            return found
        data = b"" if found is None else msgspec.json.encode(found)
        return Response(data, one.status, mimetype="application/json")

    return view


def _query(wanted: type[Struct]) -> Struct:
    asked = request.args.to_dict(flat=False)
    if any(len(values) > 1 for values in asked.values()):
        raise msgspec.ValidationError("A parameter stands there twice.")
    told = {key: values[0] for key, values in asked.items()}
    absent = {one.encode_name for one in msgspec.structs.fields(wanted) if one.default is None}
    if any(told[key].lower() == "null" for key in absent & set(told)):
        raise msgspec.ValidationError("What is not asked is left out.")
    return msgspec.convert(told, wanted, strict=False)


def _body(wanted: type[Struct]) -> Struct:
    if request.mimetype != "application/json":
        raise Mistake("api:media_type", "The body is of another type than is taken here.", "Send JSON.")
    return msgspec.json.decode(request.get_data(cache=False), type=wanted)


def _file() -> BinaryIO:
    """The body as it comes: it is encrypted part by part, and never whole in memory or on the disk."""
    if request.mimetype != FILE_TYPES[0] and not request.mimetype.startswith("image/"):
        raise Mistake("api:media_type", "The body is of another type than is taken here.", "Send JSON.")
    if request.content_length is None:
        raise Mistake("api:no_length", "The length of the file is not told.", "Send `Content-Length`.")
    request.max_content_length = LARGEST_FILE
    return cast("BinaryIO", BufferedReader(cast("Any", request.stream)))


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
