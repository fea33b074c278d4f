"""Webhooks: what is told, to whom, signed how, tried how often, and never to a place inside."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from appliance.actions.consent import withdraw
from appliance.actions.webhooks import (
    MadeWebhook,
    add_webhook,
    deliveries,
    forget_deliveries,
    is_due,
    remove_webhook,
    tell,
    try_webhook,
    webhooks,
)
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Purpose
from appliance.domain.errors import Mistake
from appliance.domain.webhooks import (
    KEPT_FOR,
    DeliveryState,
    Happening,
    require_address,
    signature,
    wait_after,
)
from appliance.webhooks import posting
from appliance.webhooks.posting import may_be_reached, post
from appliance.wiring import Box
from tests.actions.scene import everything, person, signed, told
from tests.conftest import Clock
from tests.mail.servers import Authority

HERE = ("127.0.0.0/8", "::1/128")


class Receiver:
    """Another program that is told. status: what it answers."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority()
        self.status, self.got = 204, list[tuple[dict[str, str], bytes]]()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.status)
                if receiver.status == 302:
                    self.send_header("Location", receiver.address + "elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing: the test looks at what came."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = self.authority.context(folder).wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.address = f"https://localhost:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    opened = Receiver(tmp_path)
    yield opened
    opened.close()


def add(box: Box, receiver: Receiver, *happenings: Happening) -> MadeWebhook:
    return add_webhook(
        box.safe,
        receiver.address + "kluis",
        set(happenings),
        authority=receiver.authority.pem,
        by=OPERATOR,
        now=box.now(),
    )


def test_a_withdrawal_is_told_signed_and_by_opaque_id(box: Box, receiver: Receiver) -> None:
    made = add(box, receiver, Happening.QUITCLAIM_WITHDRAWN)
    quitclaim = signed(box, person(box, "Anna"), Purpose.WEB)
    assert not is_due(box.safe, now=box.now())  # it asked for withdrawals alone
    withdraw(box.safe, quitclaim.id, by=OPERATOR, now=box.now(), day=box.today())
    assert tell(box.safe, HERE, now=box.now()) == 1
    ((headers, body),) = receiver.got
    assert json.loads(body) == {
        "type": "quitclaim.withdrawn",
        "timestamp": "2026-11-24T12:00:00+00:00",
        "data": {"id": quitclaim.id},
    }
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    assert len(key) == 32
    sealed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mark = base64.b64encode(hmac.digest(key, sealed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{mark}"
    assert int(headers["webhook-timestamp"]) == int(box.now().timestamp())
    (kept,) = deliveries(box.safe, made.webhook.id, by=OPERATOR, now=box.now())
    assert (kept.state, kept.outcome, kept.id) == (DeliveryState.DELIVERED, "204", headers["webhook-id"])
    assert tell(box.safe, HERE, now=box.now()) == 0
    assert made.secret not in " ".join(told(box))


def test_the_signature_is_that_of_the_specification() -> None:
    """The known answer that its reference implementations are tested with."""
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    made = signature(secret, message, "1614265330", b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_refused_is_tried_again_later_and_later_then_given_up(
    box: Box, receiver: Receiver, clock: Clock
) -> None:
    made = add(box, receiver, Happening.PHOTO_READY)
    try_webhook(box.safe, made.webhook.id, by=OPERATOR, now=box.now())
    receiver.status, tries, begun = 500, 0, box.now()
    while True:
        assert tell(box.safe, HERE, now=box.now()) == 0
        tries += 1
        (kept,) = deliveries(box.safe, made.webhook.id, by=OPERATOR, now=box.now())
        assert (kept.tries, kept.outcome) == (tries, "500")
        if kept.state is DeliveryState.GIVEN_UP:
            break
        assert kept.due_at - box.now() == wait_after(tries)
        assert tell(box.safe, HERE, now=box.now()) == 0  # not before its time
        clock.now = kept.due_at
    assert len(receiver.got) == tries
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {kept.id}
    assert timedelta(days=2) < box.now() - begun < timedelta(days=3)
    assert not is_due(box.safe, now=box.now() + timedelta(days=30))
    clock.now += KEPT_FOR
    assert forget_deliveries(box.safe, now=box.now()) == 1


def test_a_receiver_that_is_gone_is_told_nothing_any_more(box: Box, receiver: Receiver) -> None:
    made = add(box, receiver, Happening.PHOTO_READY)
    try_webhook(box.safe, made.webhook.id, by=OPERATOR, now=box.now())
    receiver.status = 410
    assert tell(box.safe, HERE, now=box.now()) == 0
    assert webhooks(box.safe, by=OPERATOR, now=box.now()) == ()


def test_what_waits_goes_with_its_address(box: Box, receiver: Receiver) -> None:
    made = add(box, receiver, Happening.PHOTO_READY)
    try_webhook(box.safe, made.webhook.id, by=OPERATOR, now=box.now())
    remove_webhook(box.safe, made.webhook.id, by=OPERATOR, now=box.now())
    assert tell(box.safe, HERE, now=box.now()) == 0
    assert not receiver.got


# --- where to ---------------------------------------------------------------------------------------------

INSIDE = [
    *("127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1"),
    *(
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
    ),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%eth0"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "64:ff9b::a00:1", "localhost", "", "1.2.3", "2130706433"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_place_inside_is_reached(address: str) -> None:
    assert not may_be_reached(address)


def test_the_open_internet_and_what_is_allowed_are_reached() -> None:
    for address in ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"):
        assert may_be_reached(address)
    assert may_be_reached("10.20.3.4", ["10.20.0.0/16"])
    assert may_be_reached("::ffff:10.20.3.4", ["10.20.0.0/16"])
    assert not may_be_reached("10.21.3.4", ["10.20.0.0/16"])


def test_without_leave_nothing_here_is_reached(receiver: Receiver) -> None:
    answer = post(receiver.address, b"{}", {}, (), receiver.authority.pem)
    assert answer.outcome == "private_address"
    assert not receiver.got


def test_a_name_of_which_one_place_is_inside_is_not_reached(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(posting.socket, "getaddrinfo", lambda *_, **__: found)
    assert post("https://cms.example.org/", b"{}", {}).outcome == "private_address"


def test_a_name_is_looked_up_once_and_the_connection_goes_to_that_place(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere at a second look leads nowhere."""
    places = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]])
    looked_up = socket.getaddrinfo

    def once(host: str, *rest: object, **named: object) -> object:
        return next(places) if host == "localhost" else looked_up(host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(posting.socket, "getaddrinfo", once)
    assert post(receiver.address, b"{}", {}, HERE, receiver.authority.pem).taken
    assert len(receiver.got) == 1


def test_no_redirect_is_followed(receiver: Receiver) -> None:
    receiver.status = 302
    answer = post(receiver.address, b"{}", {}, HERE, receiver.authority.pem)
    assert (answer.outcome, answer.taken) == ("302", False)
    assert len(receiver.got) == 1


def test_a_certificate_that_is_not_trusted_is_told_nothing(receiver: Receiver) -> None:
    assert post(receiver.address, b"{}", {}, HERE).outcome == "not_trusted"
    elsewhere = receiver.address.replace("localhost", "localhost.localdomain")
    assert post(elsewhere, b"{}", {}, HERE, receiver.authority.pem).outcome in ("not_trusted", "no_such_host")
    assert not receiver.got


def test_nobody_there_is_an_outcome() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert post(f"https://localhost:{port}/", b"{}", {}, HERE).outcome == "no_connection"
    assert post("https://nowhere.invalid/", b"{}", {}).outcome == "no_such_host"


@pytest.mark.parametrize(
    "address",
    [
        *("http://cms.example.org/", "cms.example.org", "", "https://", "ftp://cms.example.org"),
        *("https://user:password@cms.example.org/", "https://cms.example.org/#part", "https://a b.example/"),
        *(
            "https://cms.example.org:99999/",
            "https://[::1",
            "https://cms.example.org/\r\nX: y",
            "https://é.example/",
        ),
        "https://cms.example.org/" + "a" * 1000,
    ],
)
def test_what_is_no_address_is_not_registered(box: Box, address: str) -> None:
    before = everything(box)
    with pytest.raises(Mistake):
        add_webhook(box.safe, address, {Happening.PHOTO_READY}, by=OPERATOR, now=box.now())
    assert everything(box) == before
    assert require_address(" https://cms.example.org/kluis?of=1 ") == "https://cms.example.org/kluis?of=1"


def test_nothing_and_no_certificate_are_not_registered(box: Box) -> None:
    for happenings, authority in ((set[Happening](), ""), ({Happening.PHOTO_READY}, "no certificate")):
        with pytest.raises(Mistake):
            add_webhook(
                box.safe,
                "https://cms.example.org",
                happenings,
                authority=authority,
                by=OPERATOR,
                now=box.now(),
            )
