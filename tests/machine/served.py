"""A running `kluis serve`, and asking it as a browser does."""

import http.client
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.actions import access
from appliance.domain.access import OPERATOR, Role
from appliance.wiring import open_box
from tests.conftest import config_of
from tests.machine.spawning import Running, answers, free_port

PASSWORD = "een geheime zin van Plantinga"


@dataclass(frozen=True, slots=True)
class Served:
    """A running `kluis serve`, and where it answers."""

    running: Running
    home: Path
    port: int


def prepared(empty_home: Path, folder: Path) -> Path:
    """A safe with a user and a port of its own."""
    home = Path(shutil.copytree(empty_home, folder / "home"))
    (home / "kluis.toml").write_text(f'port = {free_port()}\nhosts = ["localhost", "127.0.0.1"]\n')
    box = open_box(config_of(home))
    access.create_user(
        box.safe,
        by=OPERATOR,
        now=box.now(),
        name="Wilhelmina",
        password=PASSWORD,
        role=Role.EDITOR,
    )
    box.close()
    for path in (home, *home.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return home


def serving(home: Path, folder: Path, *options: str) -> Iterator[Served]:
    port = config_of(home).port
    with Running(home, "serve", *options, folder=folder) as running:
        assert running.until(lambda: answers(port), every=0.05), running.err
        yield Served(running, home, port)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    connection.request(method, path, body, headers or {"Accept": "text/html"})
    answer = connection.getresponse()
    cookies = {text.partition("=")[0]: text for text in answer.headers.get_all("Set-Cookie", [])}
    told = {name.lower(): value for name, value in answer.getheaders()}
    found = Answer(answer.status, told, cookies, answer.read())
    connection.close()
    return found


def plain(served: Served) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)


def secure(served: Served, most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> http.client.HTTPSConnection:
    """A browser that trusts the box's own certificate and no other."""
    context = ssl.create_default_context(cafile=served.home / "tls" / "certificate.pem")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, most
    return http.client.HTTPSConnection("localhost", served.port, context=context, timeout=30)
