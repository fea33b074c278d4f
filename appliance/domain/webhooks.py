"""Webhooks: another program is told that something happened, by an opaque id; it asks the API for the rest.

Signed and shaped as the Standard Webhooks specification 1.0.0 has it (https://www.standardwebhooks.com).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NewType
from urllib.parse import urlsplit

from appliance.domain.errors import Mistake

WebhookId = NewType("WebhookId", str)
DeliveryId = NewType("DeliveryId", str)

MOST_WEBHOOKS = 20
LONGEST_ADDRESS = 1000
LONGEST_AUTHORITY = 20_000
KEPT_FOR = timedelta(days=30)  # what became of a delivery
_PREFIX = "whsec_"
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# How long each next try waits after one that failed; after the last it is given up, within three days.
_WAITS = (_MINUTE, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 20 * _HOUR, 24 * _HOUR)


class Happening(StrEnum):
    """What can be told."""

    PHOTO_READY = "photo.ready"  # it was examined
    QUITCLAIM_SIGNED = "quitclaim.signed"
    QUITCLAIM_WITHDRAWN = "quitclaim.withdrawn"
    PERSON_WITHDREW = "person.withdrew"  # on their own page: of which quitclaims is asked by the person
    RECALL_OPENED = "recall.opened"
    TRIED = "webhook.tried"  # somebody tries the address


CHOSEN: tuple[Happening, ...] = tuple(one for one in Happening if one is not Happening.TRIED)

# From the audit log: what is told is what was recorded, in the same transaction.
OF_ACTION: Mapping[str, Happening] = {
    "photo:analyse": Happening.PHOTO_READY,
    "quitclaim:sign": Happening.QUITCLAIM_SIGNED,
    "quitclaim:withdraw": Happening.QUITCLAIM_WITHDRAWN,
    "own:withdraw": Happening.PERSON_WITHDREW,
    "recall:open": Happening.RECALL_OPENED,
}


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told. authority: PEM of a certificate authority of the office, or empty."""

    id: WebhookId
    address: str
    happenings: frozenset[Happening]
    made_by: str
    made_at: datetime
    authority: str = ""


class DeliveryState(StrEnum):
    """What became of one thing to tell."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to tell one address. outcome: of the last try, `200` or a word; empty before the first."""

    id: DeliveryId
    webhook_id: WebhookId
    happening: Happening
    thing: str
    happened_at: datetime
    due_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    tries: int = 0
    outcome: str = ""


def require_address(address: str) -> str:
    """An address that can be told.

    Raises:
        Mistake: when it is not over TLS, or none.
    """
    cleaned = address.strip()
    try:
        parts = urlsplit(cleaned)
        fits = parts.scheme == "https" and bool(parts.hostname) and (parts.port or 443) > 0
    except ValueError:
        fits = False
    if not fits or len(cleaned) > LONGEST_ADDRESS or not cleaned.isascii() or not cleaned.isprintable():
        raise Mistake(
            "webhook:bad_address",
            "That is not an address to tell.",
            "Write it as https://cms.example.org/kluis.",
        )
    if " " in cleaned or parts.username is not None or parts.fragment:
        raise Mistake(
            "webhook:bad_address",
            "That is not an address to tell.",
            "Write it as https://cms.example.org/kluis.",
        )
    return cleaned


def body_of(delivery: Delivery) -> bytes:
    """What is sent: what happened, when, and to what, by opaque id. No name, no file, no person."""
    told = {
        "type": delivery.happening.value,
        "timestamp": delivery.happened_at.astimezone(UTC).isoformat(),
        "data": {"id": delivery.thing},
    }
    return json.dumps(told, separators=(",", ":")).encode("ascii")


def written_secret(secret: bytes) -> str:
    """The secret as both sides keep it."""
    return _PREFIX + base64.b64encode(secret).decode("ascii")


def headers_of(delivery: Delivery, secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers by which the receiver knows that it is from this box, and when it was sent."""
    stamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Portretkluis",
        "webhook-id": delivery.id,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(secret, delivery.id, stamp, body),
    }


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over id, time and body, as the specification writes it. stamp: seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    mark = hmac.digest(key, f"{message_id}.{stamp}.".encode("ascii") + body, hashlib.sha256)
    return "v1," + base64.b64encode(mark).decode("ascii")


def wait_after(tries: int) -> timedelta | None:
    """How long after a failed try the next one waits; None when it is given up."""
    return _WAITS[tries - 1] if tries <= len(_WAITS) else None
