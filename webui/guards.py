"""What stands in front of every page: cookies, forged requests, headers, hosts, and how much may be sent."""

from io import BytesIO
from typing import IO

from flask import Flask, Request, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from appliance.wiring import Box

LARGEST_UPLOAD = 650_000_000
_LARGEST_FIELDS = 1_000_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
forgery = CSRFProtect()


class MemoryRequest(Request):
    """A request whose uploaded files stay in memory: photos are never on the disk in the clear."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def set_up_guards(app: Flask, box: Box, *, https: bool) -> None:
    """Put every guard in place."""
    app.request_class = MemoryRequest
    app.config.update(
        SECRET_KEY=box.safe.ring.secret("session"),
        SESSION_COOKIE_NAME="__Host-form" if https else "form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=https,
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        MAX_FORM_MEMORY_SIZE=_LARGEST_FIELDS,
        TRUSTED_HOSTS=[*box.config.hosts],
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
        WTF_CSRF_SSL_STRICT=https,
        KLUIS_HTTPS=https,
    )
    forgery.init_app(app)
    limiter.init_app(app)
    app.after_request(_with_headers)


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
