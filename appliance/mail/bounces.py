"""Mail that came back: which of our messages it was, and why (RFC 3464, delivery status notifications).

The mail server hands such mail over through a pipe (`kluis bounce`). A notification proves nothing about who
wrote it, so all it may do is mark a message of ours as not delivered; and it must know that message's opaque
id to do so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message as Part
from enum import StrEnum

from appliance.mail.messages import one_line
from appliance.mail.mime import our_message_id

LARGEST = 10_000_000  # bytes; some servers send all of the original back
LONGEST_REASON = 300


class Action(StrEnum):
    """What the server that wrote the notification did (RFC 3464, section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a notification says of one of our messages.

    status: the enhanced code, e.g. 5.1.1 (RFC 3463). reason: the words of the server that refused, on one
    line; they may hold an address, so they are for the screen and never for a log.
    """

    message_id: str
    action: Action
    status: str
    reason: str

    @property
    def undelivered(self) -> bool:
        """Whether the message will not arrive: not merely late."""
        return self.action is Action.FAILED


def read_bounce(data: bytes) -> Bounce | None:
    """Read a mail that arrived for the sender address.

    Returns:
        What it says of a message of ours; the gravest, when it speaks of several addresses. None when it is
        no delivery status notification, or not about a message of ours.
    """
    if len(data) > LARGEST:
        return None
    letter = message_from_bytes(data, policy=policy.compat32)  # forgiving: servers write these by hand
    if letter.get_content_type() != "multipart/report":
        return None
    if str(letter.get_param("report-type") or "").lower() != "delivery-status":
        return None
    message_id = _original(letter)
    told = [found for fields in _recipients(letter) if (found := _told(message_id, fields))]
    order = list(Action)
    return min(told, key=lambda bounce: order.index(bounce.action), default=None)


def _original(letter: Part) -> str:
    """The id of ours, from the original that came back, or from its headers; empty when there is none."""
    for part in letter.walk():
        if part is not letter and (found := our_message_id(_field(part, "Message-ID"))):
            return found
        if part.get_content_type() == "text/rfc822-headers":
            headers = message_from_bytes(_payload(part), policy=policy.compat32)
            if found := our_message_id(_field(headers, "Message-ID")):
                return found
    replied_to = (_field(letter, name) for name in ("In-Reply-To", "References"))
    return next((found for header in replied_to if (found := our_message_id(header))), "")


def _recipients(letter: Part) -> Iterator[Part]:
    """The groups of fields about one recipient each; the first group is about the message as a whole."""
    for part in letter.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            groups = part.get_payload()
            yield from (group for group in groups if isinstance(group, Part) and "Action" in group)


def _told(message_id: str, fields: Part) -> Bounce | None:
    try:
        action = Action(_field(fields, "Action").lower())
    except ValueError:
        return None
    if not message_id:
        return None
    kind, semicolon, words = _field(fields, "Diagnostic-Code").partition(
        ";"
    )  # e.g. smtp; 550 5.1.1 No such user
    reason = words.strip() if semicolon else kind
    return Bounce(message_id, action, _field(fields, "Status")[:12], reason[:LONGEST_REASON])


def _field(part: Part, name: str) -> str:
    return one_line(str(part.get(name, "")))


def _payload(part: Part) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
