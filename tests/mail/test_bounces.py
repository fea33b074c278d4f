"""Mail that came back, as servers of several makes write it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.wording import Language
from appliance.mail.bounces import LARGEST, Action, Bounce, read_bounce
from appliance.mail.messages import Reader, trial
from appliance.mail.mime import assemble

OURS = "kdm7akgq3vsmxb3cbjpd2yzu4e"
LETTER = assemble(
    trial(Reader("bea@example.org", Language.DUTCH, "Gemeente")),
    sender="kluis@example.nl",
    sender_name="De kluis",
    message_id=OURS,
    at=datetime(2026, 11, 24, 12, tzinfo=UTC),
).as_bytes()
HEADERS = LETTER.partition(b"\r\n\r\n")[0] + b"\r\n"

FAILED = b"""\
Final-Recipient: rfc822; bea@example.org
Original-Recipient: rfc822;bea@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <bea@example.org>:
    Recipient address rejected: nobody here
"""
DELAYED = b"Final-Recipient: rfc822; bea@example.org\r\nAction: Delayed\r\nStatus: 4.4.1\r\n"
DELIVERED = b"Final-Recipient: rfc822; carl@example.org\r\nAction: delivered\r\nStatus: 2.0.0\r\n"
MISSING = Bounce(
    OURS, Action.FAILED, "5.1.1", "550 5.1.1 <bea@example.org>: Recipient address rejected: nobody here"
)


def report(
    *groups: bytes,
    original: bytes = LETTER,
    kind: str = "message/rfc822",
    more: str = "",
    report_type: str = "delivery-status",
) -> bytes:
    """A notification as RFC 3464 lays it out: words for people, fields for machines, the original."""
    fields = b"\r\n".join([b"Reporting-MTA: dns; mail.example.nl\r\n", *groups])
    head = (
        f"From: MAILER-DAEMON@mail.example.nl\r\nTo: kluis@example.nl\r\nSubject: Undelivered\r\n{more}"
        f"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type={report_type};"
        ' boundary="=_b"\r\n\r\n'
    )
    parts = [
        b"Content-Type: text/plain\r\n\r\nYour mail did not arrive.\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n" + fields,
        f"Content-Type: {kind}\r\n\r\n".encode() + original,
    ]
    return head.encode() + b"".join(b"--=_b\r\n" + part + b"\r\n" for part in parts) + b"--=_b--\r\n"


CASES: dict[str, tuple[bytes, Bounce | None]] = {
    "nobody of that name, the original enclosed": (report(FAILED), MISSING),
    "the headers of the original enclosed": (
        report(FAILED, original=HEADERS, kind="text/rfc822-headers"),
        MISSING,
    ),
    "nothing enclosed, but it answers ours": (
        report(FAILED, original=b"", kind="text/plain", more=f"In-Reply-To: <kluis.{OURS}@example.nl>\r\n"),
        MISSING,
    ),
    "referring to ours among others": (
        report(
            FAILED,
            original=b"",
            kind="text/plain",
            more=f"References: <x@example.nl>\r\n <kluis.{OURS}@example.nl>\r\n",
        ),
        MISSING,
    ),
    "late": (report(DELAYED), Bounce(OURS, Action.DELAYED, "4.4.1", "")),
    "one of two failed": (report(DELIVERED, FAILED), MISSING),
    "a reason without its kind": (
        report(
            b"Final-Recipient: rfc822; b@c.nl\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: Gone\r\n"
        ),
        Bounce(OURS, Action.FAILED, "5.0.0", "Gone"),
    ),
    "somebody else's mail": (report(FAILED, original=b"Message-ID: <a@example.nl>\r\n\r\nHi"), None),
    "a notification that only calls itself ours": (
        report(FAILED, original=b"Hi", more=f"Message-ID: <kluis.{OURS}@example.nl>\r\n"),
        None,
    ),
    "an action that is none": (report(FAILED.replace(b"failed", b"eaten")), None),
    "a read receipt": (report(FAILED, report_type="disposition-notification"), None),
    "an ordinary mail": (LETTER, None),
    "an ordinary answer to ours": (
        f"From: bea@example.org\r\nIn-Reply-To: <kluis.{OURS}@example.nl>\r\n\r\nThank you".encode(),
        None,
    ),
    "nothing": (b"", None),
    "no mail at all": (b"\xff\xfe\x00 \r\n\r\n--=_b", None),
    "far too much": (report(FAILED, original=LETTER + b"x" * LARGEST), None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_a_notification_says(case: tuple[bytes, Bounce | None]) -> None:
    data, expected = case
    assert read_bounce(data) == expected


@pytest.mark.parametrize("action", Action)
def test_only_a_failure_is_undelivered(action: Action) -> None:
    assert Bounce(OURS, action, "", "").undelivered == (action is Action.FAILED)


def test_the_reason_is_one_short_line() -> None:
    long = FAILED.replace(b"nobody here", b"nobody here\x1b[31m" + b" at all" * 200)
    found = read_bounce(report(long))
    assert found is not None
    assert len(found.reason) <= 300
    assert found.reason.isprintable()


@given(st.binary(max_size=300), st.integers(0, 2000))
def test_any_bytes_are_read_without_a_fall(junk: bytes, at: int) -> None:
    whole = report(FAILED)
    found = read_bounce(whole[:at] + junk + whole[at:])
    assert found is None or found.message_id.isalnum()
