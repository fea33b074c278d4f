"""What stands in front of every page: cookies, forged requests, headers, hosts, and how much may be sent."""

from http import HTTPStatus
from io import BytesIO
from typing import IO, Any

from flask import Flask, Request, Response, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import SecurityError

from appliance.domain.uploads import LARGEST_PART
from appliance.wiring import Box
from webui.current import user

LARGEST_UPLOAD = 650_000_000
LARGEST_LIST = 11_000_000
LARGEST_SCAN = 100_000_000
LARGEST_FORM = 1_000_000
LARGEST_LOGO = 10_000_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_UPLOADS = {
    "imports.from_browser": LARGEST_UPLOAD,
    "permission_lists.receive": LARGEST_LIST,
    "uploads.begin": LARGEST_PART,
    "uploads.take_part": LARGEST_PART,
    "paper.send": LARGEST_SCAN,
    "releases.recognise": LARGEST_UPLOAD,
    "watermark.change": LARGEST_LOGO,
}

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
forgery = CSRFProtect()


class MemoryRequest(Request):
    """A request whose uploaded files stay in memory: photos are never on the disk in the clear."""

    def _get_file_stream(self, *_args: Any, **_named: Any) -> IO[bytes]:
        return BytesIO()


def set_up_requests(app: Flask, box: Box, *, https: bool) -> None:
    """Say what a request may be: its size, its host, its cookies."""
    app.request_class = MemoryRequest
    app.config.update(
        SECRET_KEY=box.safe.ring.secret("session"),
        SESSION_COOKIE_NAME="__Host-form" if https else "form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=https,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        TRUSTED_HOSTS=[*box.config.hosts],
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
        WTF_CSRF_SSL_STRICT=https,
        KLUIS_HTTPS=https,
    )
    app.before_request(_refuse_strange_hosts)


def _refuse_strange_hosts() -> ResponseReturnValue | None:
    """Under a name that is not the box's, nothing answers; not even a page, which would need addresses.

    No name at all is refused too (RFC 9112, 3.2): the server's own would be taken for it.
    """
    nameless = not request.headers.get("Host")
    if nameless or isinstance(request.routing_exception, SecurityError):
        return "This is not the name of the box.\n", HTTPStatus.BAD_REQUEST, {"Content-Type": "text/plain"}
    return None


def set_up_guards(app: Flask) -> None:
    """Put the guards in place, behind the question who asks."""
    app.before_request(_let_files_in)
    forgery.init_app(app)
    limiter.init_app(app)
    app.after_request(_with_headers)


def _let_files_in() -> None:
    """Only somebody who is signed in may send more than a form, and only where files are taken in."""
    if request.endpoint in _UPLOADS and user() is not None:
        request.max_content_length = _UPLOADS[request.endpoint]


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response
