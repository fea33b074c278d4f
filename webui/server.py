"""The two ways to serve the pages: on loopback for one person, and over TLS 1.3 for the office."""

import signal
import socket
import ssl
from collections.abc import Callable
from enum import StrEnum
from types import FrameType
from typing import Any

import waitress
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from appliance.actions.health import require_answer
from appliance.config import Config
from appliance.domain.errors import Mistake
from appliance.notify import listens_already, pulse_while
from appliance.tasks import open_ringing_box
from appliance.wiring import Box, system_clock
from webui import create_app
from webui.certificate import ensure_certificate
from webui.door import create_door
from webui.guards import LARGEST_UPLOAD
from webui.news import MOST_STREAMS, stopping
from webui.practice import Mount

LOOPBACK = "127.0.0.1"
_WORKERS, _THREADS = 2, 4 + MOST_STREAMS
_SECONDS = 120


class Site(StrEnum):
    """What is served: the pages of the staff, or the subject's door; each in processes of its own."""

    PAGES = "pages"
    DOOR = "door"


def _port(config: Config, site: Site) -> int:
    return config.port if site is Site.PAGES else config.door_port


def _application(config: Config, site: Site, *, https: bool) -> Flask:
    box = open_ringing_box(config)
    if site is Site.DOOR:
        return create_door(box, https=https)
    app = create_app(box, https=https)
    app.wsgi_app = Mount(app.wsgi_app, box, https=https)  # type: ignore[method-assign]
    return app


def serve_loopback(config: Config, site: Site, ready: Callable[[str], None]) -> None:
    """Serve on this machine alone, until stopped. ready: is told the address."""
    app, port = _application(config, site, https=False), _port(config, site)
    _require_port(LOOPBACK, port)
    for number in (signal.SIGINT, signal.SIGTERM):
        _ends_streams_at(number, app)
    server = waitress.create_server(
        app,
        host=LOOPBACK,
        port=port,
        threads=_THREADS * 2,
        ident="",
        clear_untrusted_proxy_headers=True,
        # What does not fit is spilled to the disk in the clear, so all of it must fit.
        max_request_body_size=LARGEST_UPLOAD,
        inbuf_overflow=2 * LARGEST_UPLOAD,
        outbuf_overflow=2 * LARGEST_UPLOAD,
    )
    ready(f"http://{LOOPBACK}:{port}/")
    server.run()


def _ends_streams_at(number: signal.Signals, app: Flask) -> None:
    """End the streams of open pages first, so that a server that is told to stop need not wait for them."""
    before = signal.getsignal(number)

    def stop(given: int, frame: FrameType | None) -> None:
        stopping(app).set()
        if not callable(before):
            raise SystemExit(0)
        before(given, frame)

    signal.signal(number, stop)


def _require_port(address: str, port: int) -> None:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address, port))
        except OSError as problem:
            raise Mistake(
                "serve:no_port",
                "Port {port} cannot be used: another program may have it.",
                "Stop that, or set another port in kluis.toml.",
                values={"port": port},
            ) from problem


def serve_lan(config: Config, site: Site, address: str) -> None:
    """Serve the office over TLS 1.3, until stopped. address: on which to listen."""
    if not listens_already():
        _require_port(address, _port(config, site))
    certificate, key = ensure_certificate(config.home / "tls", config.hosts, now=system_clock())
    settings: dict[str, Any] = {
        "bind": f"{address}:{_port(config, site)}",
        "workers": _WORKERS,
        "threads": _THREADS,
        "worker_class": "gthread",
        "timeout": _SECONDS,
        "certfile": str(certificate),
        "keyfile": str(key),
        "ssl_context": _tls_1_3,
        "control_socket_disable": True,
        "accesslog": None,  # it would hold addresses of photos and people
        "loglevel": "warning",
        "logger_class": _Log,
        "proc_name": "kluis",
        "forwarded_allow_ips": "",
    }
    _Lan(config, site, settings).run()


def _tls_1_3(_settings: object, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


class _Log(Logger):  # type: ignore[misc]
    """Gunicorn repeats strange requests word for word; our log has that one came, and no word of it."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class _Lan(BaseApplication):  # type: ignore[misc]
    def __init__(self, config: Config, site: Site, settings: dict[str, Any]) -> None:
        self._config = config
        self._site = site
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for key, value in self._settings.items():
            self.cfg.set(key, value)

    def load(self) -> object:
        """In each worker, after the fork: a database connection must not be shared."""
        app = _application(self._config, self._site, https=True)
        box: Box = app.extensions["box"]
        _ends_streams_at(signal.SIGTERM, app)
        pulse_while(lambda: require_answer(box.safe, now=box.now()))
        return app
