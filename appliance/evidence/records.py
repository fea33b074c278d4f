"""The records that evidence is made of, as canonical JSON: the same record is always the same bytes."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime

from appliance.domain.consent import Quitclaim
from appliance.domain.signing import Signing

SIGNING_FORMAT = "portretkluis-signing-1"
QUITCLAIM_FORMAT = "portretkluis-quitclaim-1"


def signing_json(signing: Signing) -> bytes:
    """Everything about one signing, the strokes of the signature included."""
    return canonical({"format": SIGNING_FORMAT, **_fields(signing)})


def quitclaim_json(quitclaim: Quitclaim) -> bytes:
    """One version of a quitclaim, whole."""
    return canonical({"format": QUITCLAIM_FORMAT, **_fields(quitclaim)})


def canonical(record: Mapping[str, object]) -> bytes:
    """JSON in ASCII, keys sorted, no spaces; instants in UTC, days as ISO 8601 writes them."""
    text = json.dumps(record, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_plain)
    return text.encode("ascii")


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Mapping():
            return dict(value)
    return _fields(value)


def _fields(value: object) -> dict[str, object]:
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no place in a record")
    return {field.name: getattr(value, field.name) for field in fields(value)}
