"""Sending, to a real server on this machine: what arrives, and what each refusal is called."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.errors import Mistake
from appliance.domain.wording import Language
from appliance.mail.messages import Message, MessageKind
from appliance.mail.smtp import (
    GIVE_UP_AFTER,
    Delivery,
    MailSettings,
    Outcome,
    Security,
    require_sensible,
    send,
    wait_after,
)
from tests.mail.servers import PASSWORD, USER, Authority, Postbox, free_port, saying, serving

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
MESSAGE = Message(
    MessageKind.REQUEST,
    "anna@example.nl",
    Language.DUTCH,
    "Mogen wij foto's van u gebruiken? Eén vraag",
    "Beste Anna,\n\nÉén vraag.\n.\nhttps://kluis.example/f/abc\n",
)
Settings = Callable[..., MailSettings]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def context(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return authority.context(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


def settings(port: int, **more: Any) -> MailSettings:
    plain = MailSettings("localhost", port, Security.STARTTLS, "kluis@example.nl", "De fotokluis")
    return replace(plain, **more)


def deliver(where: MailSettings, message: Message = MESSAGE) -> Delivery:
    return send(where, message, message_id="abcdefgh", at=AT)


def encrypted(postbox: Postbox, context: ssl.SSLContext, **more: Any) -> AbstractContextManager[int]:
    return serving(
        postbox, tls_context=context, require_starttls=True, authenticator=postbox.authenticate, **more
    )


@pytest.fixture
def port(postbox: Postbox, context: ssl.SSLContext) -> Iterator[int]:
    with encrypted(postbox, context) as port:
        yield port


def test_what_is_sent_arrives_whole(postbox: Postbox, port: int, authority: Authority) -> None:
    done = deliver(settings(port, authority=authority.pem))
    assert done == Delivery(Outcome.SENT, 250)
    assert done.sent
    assert done.problem is None
    assert (postbox.senders, postbox.receivers) == (["kluis@example.nl"], ["anna@example.nl"])
    assert postbox.secure == [True]
    letter = message_from_bytes(postbox.got[0], policy=policy.default)
    assert isinstance(letter, EmailMessage)
    assert letter["Subject"] == MESSAGE.subject
    assert letter["From"].addresses[0].display_name == "De fotokluis"
    assert letter["Message-ID"] == "<kluis.abcdefgh@example.nl>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == AT
    body = letter.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == MESSAGE.text


def test_the_box_does_not_tell_its_name(postbox: Postbox, port: int, authority: Authority) -> None:
    assert deliver(settings(port, authority=authority.pem)).sent
    assert set(postbox.names) == {"[127.0.0.1]"}


def test_encrypted_from_the_first_byte(
    postbox: Postbox, context: ssl.SSLContext, authority: Authority
) -> None:
    with serving(postbox, ssl_context=context) as port:
        assert deliver(settings(port, security=Security.TLS, authority=authority.pem)).sent
    assert len(postbox.got) == 1


def test_in_clear_to_this_machine_itself(postbox: Postbox) -> None:
    with serving(postbox) as port:
        assert deliver(settings(port, security=Security.NONE)).sent
        assert deliver(settings(port, security=Security.NONE, host="127.0.0.1")).sent
    assert postbox.secure == [False, False]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_signing_in(postbox: Postbox, context: ssl.SSLContext, authority: Authority, mechanism: str) -> None:
    other = "LOGIN" if mechanism == "PLAIN" else "PLAIN"
    where = {"user": USER, "password": PASSWORD, "authority": authority.pem}
    with encrypted(postbox, context, auth_required=True, auth_exclude_mechanism=[other]) as port:
        assert deliver(settings(port, **where)).sent
        wrong = deliver(settings(port, **where | {"password": "something else"}))
    assert wrong.outcome is Outcome.WRONG_PASSWORD
    assert wrong.code == 535
    assert wrong.settings_wrong
    assert not wrong.try_again
    assert postbox.users == [f"{mechanism} {USER}"] * 2
    assert len(postbox.got) == 1


def test_a_server_that_wants_a_password(
    postbox: Postbox, context: ssl.SSLContext, authority: Authority
) -> None:
    with encrypted(postbox, context, auth_required=True) as port:
        refused = deliver(settings(port, authority=authority.pem))
    assert (refused.outcome, refused.code) == (Outcome.PASSWORD_WANTED, 530)


def test_a_server_that_lets_nobody_sign_in(
    postbox: Postbox, context: ssl.SSLContext, authority: Authority
) -> None:
    with encrypted(postbox, context, auth_exclude_mechanism=["PLAIN", "LOGIN"]) as port:
        refused = deliver(settings(port, authority=authority.pem, user=USER, password=PASSWORD))
    assert refused.outcome is Outcome.NO_SIGN_IN
    assert postbox.got == []


# The step at which the server answers so, and what that is.
ANSWERS: dict[str, tuple[str, str, Outcome, int]] = {
    "nobody of that name": ("RCPT", "550 5.1.1 No such user", Outcome.REFUSED, 550),
    "a full mailbox, for now": ("RCPT", "452 4.2.2 Mailbox full", Outcome.LATER, 452),
    "grey-listed": ("RCPT", "451 4.7.1 Come back later", Outcome.LATER, 451),
    "taken for spam": ("DATA", "554 5.7.1 Spam", Outcome.REFUSED, 554),
    "no room for now": ("DATA", "452 4.3.1 Out of memory", Outcome.LATER, 452),
    "a sender that may not": ("MAIL", "553 5.7.1 Not your address", Outcome.SENDER_REFUSED, 553),
    "a sender that must wait": ("MAIL", "421 4.7.0 Too many", Outcome.LATER, 421),
}


@pytest.mark.parametrize("case", ANSWERS.values(), ids=ANSWERS)
def test_each_answer_has_its_name(
    postbox: Postbox, port: int, authority: Authority, case: tuple[str, str, Outcome, int]
) -> None:
    step, reply, outcome, code = case
    postbox.answers[step] = reply
    done = deliver(settings(port, authority=authority.pem))
    assert (done.outcome, done.code) == (outcome, code)
    assert reply.partition(" ")[2] in done.said
    assert done.try_again == (outcome is Outcome.LATER)
    assert done.settings_wrong == (outcome is Outcome.SENDER_REFUSED)
    assert postbox.got == []
    problem = done.problem
    assert problem is not None
    assert problem.key == f"mail:{outcome}"
    assert problem.hint


def test_signing_in_that_must_wait(postbox: Postbox, port: int, authority: Authority) -> None:
    postbox.answers["AUTH"] = "454 4.7.0 Temporary authentication failure"
    done = deliver(settings(port, authority=authority.pem, user=USER, password=PASSWORD))
    assert (done.outcome, done.code) == (Outcome.LATER, 454)


def test_a_quarrel_at_parting_changes_nothing(postbox: Postbox, port: int, authority: Authority) -> None:
    postbox.answers["QUIT"] = "500 What?"
    assert deliver(settings(port, authority=authority.pem)).sent
    assert len(postbox.got) == 1


def test_an_authority_that_nobody_knows(postbox: Postbox, port: int) -> None:
    done = deliver(settings(port))
    assert done.outcome is Outcome.NOT_TRUSTED
    assert done.settings_wrong
    assert done.said
    assert postbox.got == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize(
    ("host", "days", "outcome"),
    [
        ("mail.example.nl", 1, Outcome.CERTIFICATE_OF_ANOTHER),
        ("localhost", -1, Outcome.CERTIFICATE_EXPIRED),
    ],
)
def test_a_certificate_that_does_not_hold(
    postbox: Postbox,
    authority: Authority,
    tmp_path: Path,
    security: Security,
    host: str,
    days: int,
    outcome: Outcome,
) -> None:
    context = authority.context(tmp_path, host, days=days)
    how = {"ssl_context": context} if security is Security.TLS else {"tls_context": context}
    with serving(postbox, **how) as port:
        done = deliver(settings(port, security=security, authority=authority.pem))
    assert done.outcome is outcome
    assert postbox.got == []


def test_a_server_without_encryption_gets_nothing(postbox: Postbox) -> None:
    with serving(postbox) as port:
        begun_in_clear = deliver(settings(port, user=USER, password=PASSWORD))
        from_the_first_byte = deliver(settings(port, security=Security.TLS))
    assert begun_in_clear.outcome is Outcome.NOT_ENCRYPTED
    assert from_the_first_byte.outcome is Outcome.NOT_ENCRYPTED
    assert postbox.users == []
    assert postbox.got == []


def test_a_server_that_hangs(authority: Authority) -> None:
    with saying(None) as port:
        for security in Security:
            done = deliver(settings(port, security=security, timeout=0.2))
            assert done.outcome is Outcome.TIMED_OUT
            assert done.try_again


@pytest.mark.parametrize(
    ("greeting", "outcome", "code"),
    [
        (b"554 No service for you\r\n", Outcome.NOT_WELCOME, 554),
        (b"421 Too busy\r\n", Outcome.LATER, 421),
        (b"", Outcome.BROKE_OFF, 0),
        (b"220 Hello\r\n", Outcome.BROKE_OFF, 0),
    ],
)
def test_a_server_that_does_not_begin(greeting: bytes, outcome: Outcome, code: int) -> None:
    with saying(greeting) as port:
        done = deliver(settings(port, timeout=5))
    assert (done.outcome, done.code) == (outcome, code)


def test_a_box_that_is_not_welcome(postbox: Postbox) -> None:
    postbox.answers = {"EHLO": "550 Not you", "HELO": "550 Not you"}
    with serving(postbox) as port:
        done = deliver(settings(port, security=Security.NONE))
    assert (done.outcome, done.code) == (Outcome.NOT_WELCOME, 550)


def test_nobody_there() -> None:
    done = deliver(settings(free_port()))
    assert done.outcome is Outcome.NO_CONNECTION
    assert done.try_again


def test_a_host_that_does_not_exist() -> None:
    assert deliver(settings(587, host="mail.invalid")).outcome is Outcome.NO_SUCH_HOST


@pytest.mark.parametrize("address", ["", "anna", "anna@", "a b@example.nl", "anna@example.nl\r\nDATA"])
def test_what_is_no_address_is_not_tried(postbox: Postbox, port: int, address: str) -> None:
    done = deliver(settings(port), replace(MESSAGE, address=address))
    assert done.outcome is Outcome.BAD_ADDRESS
    assert not done.try_again
    assert not done.settings_wrong


def test_letters_of_every_script(postbox: Postbox) -> None:
    with serving(postbox, enable_SMTPUTF8=True) as port:
        here = settings(port, security=Security.NONE)
        assert deliver(here, replace(MESSAGE, address="anna@münchen.example")).sent
        assert deliver(here, replace(MESSAGE, address="jürgen@münchen.example")).sent
    assert postbox.receivers == ["anna@xn--mnchen-3ya.example", "jürgen@xn--mnchen-3ya.example"]
    with serving(postbox, enable_SMTPUTF8=False) as port:
        here = settings(port, security=Security.NONE)
        done = deliver(here, replace(MESSAGE, address="jürgen@example.nl"))
    assert done.outcome is Outcome.ADDRESS_NOT_SUPPORTED


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"host": ""}, "mail:no_host"),
        ({"host": "mail\r\nexample"}, "mail:no_host"),
        ({"port": 0}, "mail:bad_port"),
        ({"security": Security.NONE, "host": "mail.example.nl"}, "mail:in_clear"),
        ({"security": Security.NONE, "host": "192.168.1.2"}, "mail:in_clear"),
        ({"security": Security.NONE, "host": "127.0.0.1.example.nl"}, "mail:in_clear"),
        ({"user": "kluis"}, "mail:half_sign_in"),
        ({"password": "secret"}, "mail:half_sign_in"),
        ({"timeout": 0}, "mail:bad_timeout"),
        ({"sender": "kluis"}, "mail:bad_address"),
        ({"authority": "no certificate"}, "mail:bad_authority"),
        (
            {"authority": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
            "mail:bad_authority",
        ),
    ],
)
def test_settings_that_cannot_be(change: dict[str, Any], key: str) -> None:
    with pytest.raises(Mistake) as caught:
        require_sensible(replace(settings(587), **change))
    assert caught.value.key == key
    assert caught.value.hint


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.3.2.1", "::1"])
def test_in_clear_on_this_machine_is_sensible(host: str) -> None:
    require_sensible(settings(25, security=Security.NONE, host=host))


def test_the_password_is_not_shown() -> None:
    assert "geheim" not in repr(settings(587, user="kluis", password="geheim"))


def test_every_outcome_says_what_to_do() -> None:
    for outcome in Outcome:
        done = Delivery(outcome, 599)
        assert sum((done.sent, done.try_again, done.settings_wrong)) <= 1
        assert (done.problem is None) == (outcome is Outcome.SENT)
        if done.problem is not None:
            assert done.problem.message.endswith(".")
            assert done.problem.hint.endswith(".")
            assert "{" not in str(done.problem)


def test_waiting_grows_and_ends() -> None:
    waits = [wait_after(tries) for tries in range(1, 100)]
    kept = [wait for wait in waits if wait is not None]
    assert kept == sorted(kept)
    assert kept[0] == timedelta(minutes=1)
    assert kept[-1] == timedelta(hours=6)
    assert GIVE_UP_AFTER <= sum(kept, timedelta()) < GIVE_UP_AFTER + timedelta(days=1)
    assert waits[len(kept) :] == [None] * (len(waits) - len(kept))
