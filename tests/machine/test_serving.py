"""Serving for real: on loopback for one person, over TLS 1.3 for the office, and nothing on the disk or in
the logs that is not meant to be there."""

import http.client
import re
import socket
import sqlite3
import ssl
import urllib.parse
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from appliance.vision.manifest import Pack
from appliance.wiring import open_box
from tests.actions.scene import fill, named, person, picture, rows, take
from tests.conftest import config_of
from tests.machine.served import PASSWORD, Answer, Served, ask, plain, prepared, secure, serving
from tests.machine.spawning import Running, answers

SECRETS = ("Wilhelmina", "Plantinga", "Geheim", "geheim", PASSWORD)


def listening(served: Served) -> set[str]:
    """Every address on which it, or a process of it, listens."""
    leader = psutil.Process(served.running.pid)
    return {
        f"{found.laddr.ip}:{found.laddr.port}"
        for process in (leader, *leader.children(recursive=True))
        for found in process.net_connections("inet")
        if found.status == psutil.CONN_LISTEN
    }


GUARDS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


def test_loopback_answers_on_this_machine_alone(loopback: Served) -> None:
    assert listening(loopback) == {f"127.0.0.1:{loopback.port}"}
    assert f"Open http://127.0.0.1:{loopback.port}/" in loopback.running.out
    shown = ask(plain(loopback), "GET", "/")
    assert (shown.status, shown.headers["location"]) == (303, "/sign-in?to=/")
    assert GUARDS.items() <= shown.headers.items()
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "strict-transport-security" not in shown.headers
    assert "server" not in shown.headers


def test_under_a_name_that_is_not_the_boxs_nothing_answers(loopback: Served) -> None:
    """Else a page elsewhere could reach it by a name that leads here."""
    refused = ask(plain(loopback), "GET", "/sign-in", headers={"Host": "attacker.example"})
    assert refused.status == 400
    assert b"form" not in refused.body


def test_whoever_is_not_signed_in_gets_nothing(loopback: Served) -> None:
    for path in ("/", "/people", "/box", "/audit", "/imports", "/photos/x"):
        assert ask(plain(loopback), "GET", path).status in (303, 404)
        assert ask(plain(loopback), "GET", path, headers={"Accept": "image/jpeg"}).status in (401, 404)


def signed_in(served: Served, connect: Callable[[Served], http.client.HTTPConnection] = plain) -> Answer:
    """Sign in as a browser does, with the form's own token."""
    form = ask(connect(served), "GET", "/sign-in")
    assert form.status == 200
    token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', form.body)
    assert token is not None
    fields = {"name": "Wilhelmina", "password": PASSWORD, "csrf_token": token[1].decode(), "to": ""}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": next(iter(form.cookies.values())).partition(";")[0],
        "Referer": f"https://localhost:{served.port}/sign-in",
    }
    return ask(connect(served), "POST", "/sign-in", urllib.parse.urlencode(fields), headers)


def test_somebody_signs_in_and_sees_the_library(loopback: Served) -> None:
    answer = signed_in(loopback)
    assert answer.status in (302, 303)
    cookie = answer.cookies["kluis"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    headers = {"Cookie": cookie.partition(";")[0], "Accept": "text/html"}
    shown = ask(plain(loopback), "GET", "/", headers=headers)
    assert shown.status == 200
    assert b"</html>" in shown.body


def test_a_port_that_is_taken_is_told(loopback: Served, tmp_path: Path) -> None:
    with Running(loopback.home, "serve", folder=tmp_path) as second:
        assert second.ended() == 1
        assert f"Error: Port {loopback.port} cannot be used" in second.err
        assert "Traceback" not in second.err


def test_it_stops_when_it_is_asked(empty_home: Path, tmp_path: Path) -> None:
    home = prepared(empty_home, tmp_path)
    for served in serving(home, tmp_path / "told"):
        served.running.stop()
        assert not answers(served.port)


@pytest.mark.parametrize("way", [(), ("--lan", "--address", "127.0.0.1")])
def test_it_does_not_wait_for_pages_that_listen_for_news(
    empty_home: Path, tmp_path: Path, way: tuple[str, ...]
) -> None:
    home = prepared(empty_home, tmp_path)
    for served in serving(home, tmp_path / "told", *way):
        connect = secure if way else plain
        cookie = signed_in(served, connect).cookies["__Host-kluis" if way else "kluis"].partition(";")[0]
        listener = connect(served)
        listener.request("GET", "/news", headers={"Cookie": cookie})
        stream = listener.getresponse()
        assert stream.readline().startswith(b"retry: ")
        assert served.running.stop() == 0
        assert b"data: " in stream.read()  # to its end: it was closed as one is that ends by itself
        listener.close()


def test_the_worker_beside_it_stops_with_it(empty_home: Path, tmp_path: Path, pack: Pack) -> None:
    home = prepared(empty_home, tmp_path)
    for served in serving(home, tmp_path / "told", "--worker"):
        leader = psutil.Process(served.running.pid)
        served.running.until(lambda of=leader: len(of.children(recursive=True)) >= 3, every=0.05)  # type: ignore[misc]
        family = leader.children(recursive=True)
        assert served.running.stop() == 0
        assert not psutil.wait_procs(family, timeout=60)[1]


# For the office.


def test_the_office_is_served_over_tls_1_3(lan: Served) -> None:
    connection = secure(lan)
    connection.connect()
    assert connection.sock.version() == "TLSv1.3"
    shown = ask(connection, "GET", "/")
    assert (shown.status, shown.headers["location"]) == (303, "/sign-in?to=/")
    assert shown.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert GUARDS.items() <= shown.headers.items()
    assert listening(lan) == {f"127.0.0.1:{lan.port}"}


def test_older_tls_is_refused(lan: Served) -> None:
    with pytest.raises(ssl.SSLError, match=r"protocol version|PROTOCOL_VERSION|alert"):
        secure(lan, most=ssl.TLSVersion.TLSv1_2).connect()


def test_without_tls_nothing_is_said(lan: Served) -> None:
    with socket.create_connection(("127.0.0.1", lan.port), timeout=30) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try:
            answer = raw.recv(4096)
        except ConnectionResetError:
            answer = b""
    assert b"HTTP/1.1 200" not in answer
    assert b"sign-in" not in answer


def test_the_certificate_is_made_once_and_its_key_is_for_its_owner_alone(lan: Served, tmp_path: Path) -> None:
    folder = lan.home / "tls"
    assert (folder.stat().st_mode & 0o777, (folder / "certificate.key").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )
    made = x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes())
    fingerprint = sha256(made.public_bytes(Encoding.DER)).digest().hex(":").upper()
    assert f"Certificate (SHA-256): {fingerprint}" in lan.running.out
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", "127.0.0.1"} <= {str(name.value) for name in names}
    with Running(lan.home, "certificate", "show", folder=tmp_path) as shown:
        assert shown.ended() == 0
        assert shown.out.strip() == fingerprint


def test_cookies_of_the_office_never_travel_in_the_clear(lan: Served) -> None:
    form = ask(secure(lan), "GET", "/sign-in")
    assert form.status == 200
    assert set(form.cookies) == {"__Host-form"}
    assert "Secure" in form.cookies["__Host-form"]


# What is left behind.


def test_everything_in_the_data_directory_is_for_its_owner_alone(lan: Served, loopback: Served) -> None:
    for served in (lan, loopback):
        for path in (served.home, *served.home.rglob("*")):
            wanted = 0o700 if path.is_dir() else 0o600
            assert path.stat().st_mode & 0o777 == wanted, path.relative_to(served.home)


def test_logs_hold_no_names_file_names_passwords_or_tokens(
    empty_home: Path, tmp_path: Path, pack: Pack
) -> None:
    """S3: of the server and the worker, also when things go wrong."""
    home = prepared(empty_home, tmp_path)
    box = open_box(config_of(home))
    files = {f"Wilhelmina_Plantinga_{n}.JPG": picture(n) for n in range(3)}
    take(box, fill(tmp_path / "Geheime map", files | {"Plantinga_stuk.JPG": b"Plantinga"}))
    person(box, "Wilhelmina Plantinga")
    harmed = named(box, "Wilhelmina_Plantinga_1.JPG")
    (row,) = rows(box, "SELECT place FROM files WHERE photo_id = ?", harmed)
    place = box.config.files / str(row["place"])
    place.write_bytes(place.read_bytes()[:-1])
    ids = [str(row["id"]) for row in rows(box, "SELECT id FROM photos")]
    box.close()

    told = ""
    with Running(home, "worker", "--workers", 1, folder=tmp_path / "worker") as worker:
        worker.until(worker.works, every=0.05)
        plant_in_the_queue(home)
        worker.until(lambda: "job_failed" in worker.err, every=0.05)
        worker.until(lambda: waiting(home) == 1, every=0.05)  # the harmed one
        worker.stop()
        told += worker.err
        assert harmed in told  # an opaque id is there to find it by
    for served in serving(home, tmp_path / "served"):
        answer = signed_in(served)
        token = answer.cookies["kluis"].partition(";")[0]
        for path in (
            "/?text=Wilhelmina+Plantinga",
            "/people?text=Plantinga",
            "/Wilhelmina/Plantinga",
            f"/photos/{ids[0]}?from=Geheime+map",
            "/photos/Plantinga",
        ):
            ask(plain(served), "GET", path, headers={"Cookie": token, "Accept": "text/html"})
        ask(plain(served), "POST", "/sign-in", "name=Wilhelmina&password=" + "x" * 20)
        strange(served, b"GET /Plantinga HTTP/9.9\r\nX-Name: Wilhelmina\r\n\r\n")
        strange(served, b"Wilhelmina Plantinga\r\n\r\n")
        served.running.stop()
        told += served.running.err + served.running.out
        assert token.partition("=")[2] not in told
    assert not [word for word in SECRETS if word in told], told
    assert "Traceback" not in told


def plant_in_the_queue(home: Path) -> None:
    """As whoever can write to the queue's file could: jobs that are none, and no job at all."""
    planted = [
        '["Plantinga", "Wilhelmina", null, 0, 0, null, ["Geheim"], {}, null, null, null, null]',
        "Geheim",
    ]
    with sqlite3.connect(home / "queue.db", timeout=30) as queue:
        for data in planted:
            queue.execute("INSERT INTO task (queue, data, priority) VALUES ('kluis', ?, 9)", (data.encode(),))
    queue.close()


def waiting(home: Path) -> int:
    box = open_box(config_of(home))
    count = len(rows(box, "SELECT id FROM photos WHERE stage = 'stored'"))
    box.close()
    return count


def strange(served: Served, data: bytes) -> None:
    """What no browser sends."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as raw:
        raw.sendall(data)
        raw.recv(4096)


def test_strange_requests_to_the_office_are_not_repeated_in_the_log(lan: Served) -> None:
    context = ssl.create_default_context(cafile=lan.home / "tls" / "certificate.pem")
    for data in (
        b"GET /Plantinga HTTP/9.9\r\nX-Name: Wilhelmina\r\n\r\n",
        b"Wilhelmina Plantinga\r\n\r\n",
        b"GET /?text=Plantinga HTTP/1.1\r\nHost: localhost\r\nWilhelmina\r\n\r\n",
    ):
        with (
            socket.create_connection(("127.0.0.1", lan.port), timeout=30) as raw,
            context.wrap_socket(raw, server_hostname="localhost") as tls,
        ):
            tls.sendall(data)
            tls.recv(4096)
    told = lan.running.err + lan.running.out
    assert not [word for word in SECRETS if word in told], told
    assert "gunicorn.error" in told  # that something came is worth knowing
