"""Requests as no browser sends them, byte by byte, to the servers that really run.

A request whose end two programs could see in different places must not be answered as two; nothing that a
request claims of itself (its host, its method, who forwarded it) is believed; no path leaves its folder.
"""

import socket
import ssl
from contextlib import closing

import pytest

from tests.machine.served import Served

HOST = b"Host: localhost\r\n"
SECOND = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
SIZE = b"%d" % len(SECOND)
POST = b"POST /sign-in HTTP/1.1\r\n" + HOST
CHUNKED = b"Transfer-Encoding: chunked\r\n"
QUIET = 0.3  # seconds without an answer, after which no more is waited for

# Where the first ends is told twice, or not as RFC 9112 (section 6) has it.
AMBIGUOUS = {
    "CL.TE": POST + b"Content-Length: %d\r\n" % (5 + len(SECOND)) + CHUNKED + b"\r\n0\r\n\r\n" + SECOND,
    "TE.CL": POST + CHUNKED + b"Content-Length: 4\r\n\r\n%x\r\n" % len(SECOND) + SECOND + b"\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: " + SIZE + b"\r\n\r\n" + SECOND,
    "a list of lengths": POST + b"Content-Length: 0, " + SIZE + b"\r\n\r\n" + SECOND,
    "a length with a sign": POST + b"Content-Length: +0\r\n\r\n" + SECOND,
    "a length below zero": POST + b"Content-Length: -1\r\n\r\n" + SECOND,
    "a length as Python writes it": POST + b"Content-Length: 0_0\r\n\r\n" + SECOND,
    "a length in hexadecimal": POST + b"Content-Length: 0x0\r\n\r\n" + SECOND,
    "a space before the colon": POST + b"Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n" + SECOND,
    "a folded header": POST
    + b"X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: "
    + SIZE
    + b"\r\n\r\n"
    + SECOND,
    "a folded length": POST + b"Content-Length:\r\n " + SIZE + b"\r\n\r\n" + SECOND,
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n" + SECOND,
    "two codings": POST + CHUNKED + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" + SECOND,
    "chunks in HTTP/1.0": b"POST /sign-in HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n0\r\n\r\n" + SECOND,
    "bare line feeds": b"POST /sign-in HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n" + SECOND,
    "a bare line feed in a header": POST + b"X: a\nContent-Length: 0\r\n\r\n" + SECOND,
    "a bare carriage return": POST + b"X: a\rContent-Length: 0\r\n\r\n" + SECOND,
    "a zero byte": POST + b"X: a\0Content-Length: 0\r\n\r\n" + SECOND,
    "a chunk with a sign": POST + CHUNKED + b"\r\n+0\r\n\r\n" + SECOND,
    "a chunk size with 0x": POST + CHUNKED + b"\r\n0x0\r\n\r\n" + SECOND,
    "chunks ended by line feeds": POST + CHUNKED + b"\r\n1\na\n0\n\n" + SECOND,
    "a line feed in a chunk's extension": POST + CHUNKED + b"\r\n1;a\n0\r\n\r\n" + SECOND,
}


def said(served: Served, data: bytes, *, tls: bool) -> bytes:
    """All that comes back, until the server closes or is silent."""
    raw = socket.create_connection(("127.0.0.1", served.port), timeout=30)
    if tls:
        context = ssl.create_default_context(cafile=served.home / "tls" / "certificate.pem")
        raw = context.wrap_socket(raw, server_hostname="localhost")
    answer = b""
    with closing(raw):
        raw.sendall(data)
        try:
            while part := raw.recv(65536):
                answer += part
                raw.settimeout(QUIET)
        except (TimeoutError, ConnectionResetError, ssl.SSLError):
            pass
    return answer


def statuses(answer: bytes) -> list[int]:
    return [int(line.split()[1]) for line in answer.splitlines() if line.startswith(b"HTTP/1.")]


def test_two_requests_one_behind_the_other_are_two(loopback: Served, lan: Served) -> None:
    """What the tests below look for can be seen."""
    both = b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n" + SECOND
    assert len(statuses(said(loopback, both, tls=False))) == 2
    assert len(statuses(said(lan, both, tls=True))) in (1, 2)


@pytest.mark.parametrize("how", AMBIGUOUS)
def test_the_office_refuses_a_request_whose_end_is_not_clear(lan: Served, how: str) -> None:
    found = statuses(said(lan, AMBIGUOUS[how], tls=True))
    assert found in ([400], [501])


@pytest.mark.parametrize("how", ["CL.TE", "TE.CL", "two lengths", "a folded header", "a folded length"])
def test_on_loopback_one_request_is_answered_at_most(loopback: Served, how: str) -> None:
    found = statuses(said(loopback, AMBIGUOUS[how], tls=False))
    assert found in ([], [400], [501])


STRANGE_HOSTS = {
    "none": b"GET /sign-in HTTP/1.1\r\n\r\n",
    "another": b"GET /sign-in HTTP/1.1\r\nHost: attacker.example\r\n\r\n",
    "two": b"GET /sign-in HTTP/1.1\r\n" + HOST + b"Host: attacker.example\r\n\r\n",
    "one with a path": b"GET /sign-in HTTP/1.1\r\nHost: localhost/attacker.example\r\n\r\n",
    "one with a name before it": b"GET /sign-in HTTP/1.1\r\nHost: attacker.example@localhost\r\n\r\n",
    "empty": b"GET /sign-in HTTP/1.1\r\nHost: \r\n\r\n",
}


@pytest.mark.parametrize("which", STRANGE_HOSTS)
def test_under_a_strange_host_nothing_answers(lan: Served, loopback: Served, which: str) -> None:
    for served in (lan, loopback):
        answer = said(served, STRANGE_HOSTS[which], tls=served is lan)
        assert set(statuses(answer)) <= {400}
        assert b"<form" not in answer


def test_what_a_request_says_of_who_forwarded_it_is_not_believed(lan: Served, loopback: Served) -> None:
    claims = (
        b"X-Forwarded-Host: attacker.example\r\nX-Forwarded-Proto: gopher\r\n"
        b"X-Forwarded-For: 203.0.113.9\r\nForwarded: host=attacker.example;for=203.0.113.9\r\n"
        b"X-Original-URL: /health\r\nX-Rewrite-URL: /health\r\nX_Forwarded_Host: attacker.example\r\n"
        b"X-Forwarded-Prefix: //attacker.example\r\nConnection: close\r\n"
    )
    for served in (lan, loopback):
        asked = b"GET /people HTTP/1.1\r\n" + HOST + b"Accept: text/html\r\n" + claims + b"\r\n"
        answer = said(served, asked, tls=served is lan)
        assert statuses(answer) == [303]
        assert b"Location: /sign-in?to=/people\r\n" in answer
        assert b"attacker.example" not in answer
        absolute = b"GET http://attacker.example/people HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
        assert b"attacker.example" not in said(served, absolute, tls=served is lan)


@pytest.mark.parametrize("name", [b"X-HTTP-Method-Override", b"X-Method-Override", b"X-HTTP-Method"])
def test_the_method_is_the_one_of_the_request_itself(lan: Served, name: bytes) -> None:
    asked = b"POST /sign-in?_method=GET HTTP/1.1\r\n" + HOST + name + b": GET\r\nContent-Length: 0\r\n\r\n"
    answer = said(lan, asked, tls=True)
    assert statuses(answer) == [400]  # a form without its token, and not the page


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"PROPFIND", b"DEBUG"])
def test_other_methods_open_nothing_and_repeat_nothing(lan: Served, method: bytes) -> None:
    asked = method + b" / HTTP/1.1\r\n" + HOST + b"X-Secret: gefluister\r\nConnection: close\r\n\r\n"
    answer = said(lan, asked, tls=True)
    assert not set(statuses(answer)) & {200, 204}
    assert b"gefluister" not in answer


OUTSIDE = [
    *(
        "/static/../../pyproject.toml",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/static/..%2f..%2fpyproject.toml",
    ),
    *("/static/..%5c..%5cpyproject.toml", "/static/%252e%252e/__init__.py", "/static//etc/passwd"),
    *("/static/css/../../__init__.py", "/static/..;/__init__.py", "/static/logo.svg%00.py", "/static/.."),
    *("//etc/passwd", "/static/\xc0\xae\xc0\xae/__init__.py"),
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leaves_its_folder(lan: Served, path: str) -> None:
    asked = (
        b"GET "
        + path.encode("latin-1")
        + b" HTTP/1.1\r\n"
        + HOST
        + b"Accept: text/html\r\nConnection: close\r\n\r\n"
    )
    answer = said(lan, asked, tls=True)
    assert set(statuses(answer)) <= {303, 400, 404}
    assert b"[project]" not in answer
    assert b"import " not in answer
    assert b"root:" not in answer


def test_headers_that_guard_are_on_refusals_too(lan: Served) -> None:
    for asked in (
        b"GET /static/none HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
        b"DELETE /sign-in HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
        POST + b"Content-Length: 0\r\nConnection: close\r\n\r\n",
        b"GET /sign-in HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n",
    ):
        answer = said(lan, asked, tls=True)
        assert statuses(answer)[0] >= 400
        for wanted in (
            b"Content-Security-Policy: default-src 'none'",
            b"X-Content-Type-Options: nosniff",
            b"Strict-Transport-Security: max-age=31536000; includeSubDomains",
            b"Cache-Control: no-store",
        ):
            assert wanted in answer, asked
        assert b"Server: " not in answer.replace(b"Server: gunicorn\r\n", b"")
