"""Sending over SMTP: one message, one connection, one clear outcome.

The connection is encrypted and the server's certificate is checked; only to this machine itself may mail go
in clear. An outcome is a value, for a mail that cannot be sent now is no fault of the box.
"""

import base64
import contextlib
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from ipaddress import ip_address

from appliance.domain.errors import Mistake
from appliance.mail.messages import Message, one_line
from appliance.mail.mime import assemble, wire_address

TIME_OUT = 20.0  # seconds, for each answer of the server
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=2)  # as long as mail servers themselves commonly try
LONGEST_REPLY = 300


class Security(StrEnum):
    """How the connection is protected."""

    STARTTLS = "starttls"  # port 587: begins in clear, and is encrypted before anything is said
    TLS = "tls"  # port 465: encrypted from the first byte
    NONE = "none"  # to this machine itself only


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server of the office, and as whom to send.

    authority: PEM of a certificate authority to trust beside the system's own, for a server of the office.
    timeout: seconds, for each answer.
    """

    host: str
    port: int
    security: Security
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""
    timeout: float = TIME_OUT


class Outcome(StrEnum):
    """What came of sending."""

    SENT = "sent"
    # this message will not go, however often it is tried
    REFUSED = "refused"
    BAD_ADDRESS = "bad_address"
    ADDRESS_NOT_SUPPORTED = "address_not_supported"
    BOUNCED = "bounced"  # a server took it, and another sent it back
    # not now
    LATER = "later"
    NO_SUCH_HOST = "no_such_host"
    NO_CONNECTION = "no_connection"
    TIMED_OUT = "timed_out"
    BROKE_OFF = "broke_off"
    # no message will go until somebody mends the settings
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - what happened
    PASSWORD_WANTED = "password_wanted"  # noqa: S105 - what happened
    NO_SIGN_IN = "no_sign_in"
    NOT_TRUSTED = "not_trusted"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_OF_ANOTHER = "certificate_of_another"
    NOT_ENCRYPTED = "not_encrypted"
    SENDER_REFUSED = "sender_refused"
    NOT_WELCOME = "not_welcome"


_LATER = frozenset(
    {Outcome.LATER, Outcome.NO_SUCH_HOST, Outcome.NO_CONNECTION, Outcome.TIMED_OUT, Outcome.BROKE_OFF}
)
_REFUSED = frozenset({Outcome.REFUSED, Outcome.BAD_ADDRESS, Outcome.ADDRESS_NOT_SUPPORTED, Outcome.BOUNCED})

# What a reply of 500 or more means at each step; at any other step the server does not want us at all.
_REFUSED_AS: Mapping[type[OSError], Outcome] = {
    smtplib.SMTPSenderRefused: Outcome.SENDER_REFUSED,
    smtplib.SMTPDataError: Outcome.REFUSED,
}

_SENTENCES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.REFUSED: (
        "The mail server refused this e-mail for good (code {code}).",
        "Check the address; below is what the server said.",
    ),
    Outcome.BAD_ADDRESS: ("That is not an e-mail address.", "Correct it."),
    Outcome.ADDRESS_NOT_SUPPORTED: (
        "The mail server cannot write to an address with these letters.",
        "Ask for an address with plain letters only.",
    ),
    Outcome.BOUNCED: ("This e-mail came back: nobody received it.", "Check the address."),
    Outcome.LATER: (
        "The mail server cannot take this e-mail now (code {code}).",
        "It is tried again by itself.",
    ),
    Outcome.NO_SUCH_HOST: (
        "The mail server's name is not found.",
        "Check the name in the mail settings, and whether the box can reach a name server.",
    ),
    Outcome.NO_CONNECTION: (
        "The mail server does not answer.",
        "Check the port (587 for STARTTLS, 465 for TLS), and whether the firewall lets the box through.",
    ),
    Outcome.TIMED_OUT: (
        "The mail server took too long to answer.",
        "If it always does, port and encryption may not fit: 587 goes with STARTTLS, 465 with TLS.",
    ),
    Outcome.BROKE_OFF: ("The mail server broke off the connection.", "It is tried again by itself."),
    Outcome.WRONG_PASSWORD: (
        "The mail server does not accept the user name or the password.",
        "Type them anew; some providers want a password made for this box (an app password).",
    ),
    Outcome.PASSWORD_WANTED: (
        "The mail server wants a user name and a password.",
        "Fill them in, or let IT allow the box's address without them.",
    ),
    Outcome.NO_SIGN_IN: (
        "The mail server lets nobody sign in here.",
        "Let IT switch on SMTP sign-in for this mailbox, or leave the user name empty.",
    ),
    Outcome.NOT_TRUSTED: (
        "The mail server's certificate comes from an authority that is not known here.",
        "If the server is your own, add the certificate of its authority to the mail settings.",
    ),
    Outcome.CERTIFICATE_EXPIRED: (
        "The mail server's certificate is not valid on this day.",
        "Let IT renew it, and check the clock of the box.",
    ),
    Outcome.CERTIFICATE_OF_ANOTHER: (
        "The mail server's certificate is for another name.",
        "Fill in the server's name as it stands in its certificate.",
    ),
    Outcome.NOT_ENCRYPTED: (
        "The mail server offers no encryption on this port.",
        "Port and encryption must fit: 587 goes with STARTTLS, 465 with TLS.",
    ),
    Outcome.SENDER_REFUSED: (
        "The mail server does not let this user send from this address (code {code}).",
        "Use the address of the mailbox as the sender, or let IT grant the right to send as it.",
    ),
    Outcome.NOT_WELCOME: (
        "The mail server does not take mail from this box (code {code}).",
        "Let IT allow the box's address at the mail server.",
    ),
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of sending one message.

    code: the server's reply code (RFC 5321, section 4.2); 0 when it gave none.
    said: the server's own words, on one line. They may hold an address: for the screen, never for a log.
    """

    outcome: Outcome
    code: int = 0
    said: str = ""

    @property
    def sent(self) -> bool:
        """Whether the server took the message over."""
        return self.outcome is Outcome.SENT

    @property
    def try_again(self) -> bool:
        """Whether the same message may go later."""
        return self.outcome in _LATER

    @property
    def settings_wrong(self) -> bool:
        """Whether no message will go until somebody mends the settings."""
        return not self.sent and self.outcome not in _LATER | _REFUSED

    @property
    def problem(self) -> Mistake | None:
        """What went wrong and what to do, in words; None when it was sent."""
        if self.sent:
            return None
        message, hint = _SENTENCES[self.outcome]
        return Mistake("mail:" + self.outcome, message, hint, values={"code": self.code})


def require_sensible(settings: MailSettings) -> None:
    """Refuse settings with which no mail could be sent safely.

    Raises:
        Mistake: naming what to mend.
    """
    if not settings.host or settings.host != one_line(settings.host) or " " in settings.host:
        raise Mistake("mail:no_host", "The mail server has no name.", "Fill it in; IT knows it.")
    if not 1 <= settings.port <= 65535:
        raise Mistake("mail:bad_port", "That is not a port.", "587 goes with STARTTLS, 465 with TLS.")
    if settings.security is Security.NONE and not _is_this_machine(settings.host):
        raise Mistake(
            "mail:in_clear",
            "Mail leaves this machine encrypted only.",
            "Choose STARTTLS or TLS; in clear it may go to a mail server on this machine itself.",
        )
    if bool(settings.user) != bool(settings.password):
        raise Mistake(
            "mail:half_sign_in", "A user name goes with a password.", "Fill in both, or leave both empty."
        )
    if settings.timeout <= 0:
        raise Mistake("mail:bad_timeout", "The time-out must be longer than nothing.", "Use 20 seconds.")
    wire_address(settings.sender)
    _tls(settings)


def send(settings: MailSettings, message: Message, *, message_id: str, at: datetime) -> Delivery:
    """Send one message, and say what came of it.

    message_id: opaque and the same at each try: when the connection is lost just after the last byte nobody
        knows whether the message went, and the receiver can tell a second copy by it.

    Raises:
        Mistake: when the settings are not sensible.
    """
    require_sensible(settings)
    try:
        letter = assemble(
            message,
            sender=settings.sender,
            sender_name=settings.sender_name,
            message_id=message_id,
            at=at,
        )
    except Mistake:
        return Delivery(Outcome.BAD_ADDRESS)
    try:
        return _deliver(settings, letter)
    except OSError as problem:  # smtplib's, ssl's and the sockets' own are all of this kind
        return _ended(problem)


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after some failed tries: a minute, doubling to six hours; None to give up."""
    wait, waited = timedelta(minutes=1), timedelta()
    for _ in range(tries - 1):
        waited += wait
        if waited > GIVE_UP_AFTER:
            return None
        wait = min(2 * wait, LONGEST_WAIT)
    return wait


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _tls(settings: MailSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.authority.strip():
        try:
            context.load_verify_locations(cadata=settings.authority)
        except (ssl.SSLError, ValueError) as problem:
            raise Mistake(
                "mail:bad_authority",
                "That is not the certificate of an authority.",
                "Paste it as PEM: it begins with -----BEGIN CERTIFICATE-----.",
            ) from problem
    return context


def _deliver(settings: MailSettings, letter: EmailMessage) -> Delivery:
    client = _connect(settings)
    try:
        client.local_hostname = _own_literal(client)
        client.ehlo_or_helo_if_needed()
        if settings.security is Security.STARTTLS:
            client.starttls(context=_tls(settings))
            client.ehlo_or_helo_if_needed()
        refused = _sign_in(client, settings) if settings.user else None
        return refused or _hand_over(client, letter)
    finally:
        client.close()


def _connect(settings: MailSettings) -> smtplib.SMTP:
    # Without a name of its own smtplib would ask the name server for one, and tell it to the mail server.
    if settings.security is Security.TLS:
        return smtplib.SMTP_SSL(
            settings.host,
            settings.port,
            local_hostname="localhost",
            timeout=settings.timeout,
            context=_tls(settings),
        )
    return smtplib.SMTP(settings.host, settings.port, local_hostname="localhost", timeout=settings.timeout)


def _own_literal(client: smtplib.SMTP) -> str:
    """The box as an address literal (RFC 5321, section 4.1.3): its name is nobody's business."""
    if client.sock is None:
        raise smtplib.SMTPServerDisconnected
    own = ip_address(client.sock.getsockname()[0].partition("%")[0])
    return f"[{own}]" if own.version == 4 else f"[IPv6:{own}]"


def _sign_in(client: smtplib.SMTP, settings: MailSettings) -> Delivery | None:
    """Sign in with PLAIN or LOGIN, in UTF-8 (RFC 4616). None when it worked."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        code, reply = client.docmd("AUTH PLAIN", _base64(f"\0{settings.user}\0{settings.password}"))
    elif "LOGIN" in offered:
        code, reply = client.docmd("AUTH LOGIN", _base64(settings.user))
        if code == 334:
            code, reply = client.docmd(_base64(settings.password))
    else:
        return Delivery(Outcome.NO_SIGN_IN)
    if code in (235, 503):  # signed in, or already was
        return None
    if code in (502, 504):
        return Delivery(Outcome.NO_SIGN_IN, code, _words(reply))
    return Delivery(Outcome.WRONG_PASSWORD if code >= 500 else Outcome.LATER, code, _words(reply))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _hand_over(client: smtplib.SMTP, letter: EmailMessage) -> Delivery:
    sender, receiver = (letter[header].addresses[0].addr_spec for header in ("From", "To"))
    options: tuple[str, ...] = ()
    if not (sender + receiver).isascii():
        if not client.has_extn("smtputf8"):
            return Delivery(Outcome.ADDRESS_NOT_SUPPORTED)
        options = ("SMTPUTF8", "BODY=8BITMIME")
    client.sendmail(sender, [receiver], letter.as_bytes(), mail_options=options)
    with contextlib.suppress(OSError):  # it is the server's from here on, however we part
        client.quit()
    return Delivery(Outcome.SENT, 250)


def _ended(problem: OSError) -> Delivery:
    match problem:
        case smtplib.SMTPRecipientsRefused():
            code, reply = next(iter(problem.recipients.values()))
            return _answered(code, reply, Outcome.REFUSED)
        case smtplib.SMTPResponseException():
            refused = _REFUSED_AS.get(type(problem), Outcome.NOT_WELCOME)
            return _answered(problem.smtp_code, problem.smtp_error, refused)
        case ssl.SSLCertVerificationError():
            return Delivery(_about_certificate(problem.verify_code), 0, _words(problem.verify_message))
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return Delivery(Outcome.NOT_ENCRYPTED, 0, _words(problem.strerror or ""))
        case _:
            return Delivery(_about_connection(problem), 0, _words(problem.strerror or ""))


def _answered(code: int, reply: bytes | str, refused: Outcome) -> Delivery:
    if code == 530:  # RFC 4954, section 6
        return Delivery(Outcome.PASSWORD_WANTED, code, _words(reply))
    return Delivery(refused if code >= 500 else Outcome.LATER, code, _words(reply))


def _about_certificate(verify_code: int) -> Outcome:
    """OpenSSL's numbers: 9 and 10 not yet or no longer valid, 62 to 64 for another host or address."""
    if verify_code in (9, 10):
        return Outcome.CERTIFICATE_EXPIRED
    return Outcome.CERTIFICATE_OF_ANOTHER if verify_code in (62, 63, 64) else Outcome.NOT_TRUSTED


def _about_connection(problem: OSError) -> Outcome:
    if isinstance(problem, TimeoutError) or isinstance(problem.__context__, TimeoutError):
        return Outcome.TIMED_OUT
    if isinstance(problem, socket.gaierror):
        return Outcome.NO_SUCH_HOST
    return Outcome.BROKE_OFF if isinstance(problem, smtplib.SMTPServerDisconnected) else Outcome.NO_CONNECTION


def _words(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return one_line(text)[:LONGEST_REPLY]
