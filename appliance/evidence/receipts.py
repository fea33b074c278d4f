"""Receipts: the sealed proof that a copy was allowed to leave, and checking it without the box.

A receipt is one JSON object in one spelling only, so that no byte of it can be another: its fields in the
order of the alphabet, ASCII, no spaces. The seal is ECDSA on P-256 over the object without its signature.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from appliance.domain.errors import Mistake, Tampered
from appliance.domain.release import Receipt
from appliance.evidence.records import canonical
from appliance.evidence.seals import Seal

FORMAT = "portretkluis-receipt-1"
SCHEMA = "ISO/IEC TS 27560:2023"
ALGORITHM = "ECDSA P-256 with SHA-256"
SUFFIX = ".receipt.json"
LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Checked:
    """A receipt whose seal holds. sha256: of the copy that it is about."""

    release_id: str
    purpose: str
    sha256: str
    day: str
    controller: str
    recipient: str


def receipt_json(receipt: Receipt, seal: Seal) -> bytes:
    """The receipt as the file that goes with a copy."""
    record, by = _record(receipt), {"algorithm": ALGORITHM, "certificate": seal.fingerprint}
    signature = seal.sign(_sealed(record, by))
    return canonical(
        {"receipt": record, "seal": by | {"signature": base64.b64encode(signature).decode("ascii")}}
    )


def _sealed(record: Mapping[str, object], by: Mapping[str, str]) -> bytes:
    """What the signature is over: all but itself."""
    return canonical({"receipt": record, "seal": by})


def _record(receipt: Receipt) -> dict[str, object]:
    order = receipt.order
    return {
        "format": FORMAT,
        "schema_version": SCHEMA,
        "record_id": receipt.release_id,
        "pii_controllers": [{"name": receipt.controller}],
        "pii_principals": list(receipt.people),
        "pii": {
            "sha256": receipt.sha256,
            "bytes": receipt.bytes,
            "media_type": receipt.media_type,
            "shape": {
                "size": order.shape.size,
                "crop": order.shape.crop,
                "colours": order.shape.colours,
            },
        },
        "processing": {
            "purpose": order.purpose,
            "medium": order.medium,
            "recipient": order.recipient.name,
            "lawful_bases": sorted({one.basis.value for one in receipt.reasons if one.basis}),
        },
        "event": {
            "type": "released",
            "time": receipt.made_at,
            "day": receipt.day,
            "verdict": receipt.light,
            "reasons": [{"why": one.why, "until": one.day} for one in receipt.reasons],
            "relied_on": [{"record": record, "version": version} for record, version in receipt.relied_on],
        },
    }


def verify_receipt(data: bytes, public: bytes) -> Checked:
    """Check a receipt with nothing but the box's public key. public: PEM, of the key or its certificate.

    Raises:
        Tampered: when it is not exactly what the box sealed.
        Mistake: when `public` is no key.
    """
    key = _public_key(public)
    try:
        if len(data) > LARGEST:
            raise _tampered()
        whole = json.loads(data)
        record, by = whole["receipt"], dict(whole["seal"])
        written = by.pop("signature")
        signature = base64.b64decode(written, validate=True)
        # Other spellings of the same JSON, or of the signature, are refused: one form, one receipt.
        sound = canonical(whole) == data and base64.b64encode(signature).decode() == written
        if not sound or record["format"] != FORMAT or by["algorithm"] != ALGORITHM:
            raise _tampered()
        key.verify(signature, _sealed(record, by), ec.ECDSA(SHA256()))
        return _checked(record)
    except (ValueError, LookupError, TypeError, RecursionError, InvalidSignature) as problem:
        raise _tampered() from problem


def _checked(record: Mapping[str, Mapping[str, str]]) -> Checked:
    (controller,) = cast("list[dict[str, str]]", record["pii_controllers"])
    return Checked(
        release_id=str(record["record_id"]),
        purpose=record["processing"]["purpose"],
        sha256=record["pii"]["sha256"],
        day=record["event"]["day"],
        controller=controller["name"],
        recipient=record["processing"]["recipient"],
    )


def verify_copy(data: bytes, receipt: bytes, public: bytes) -> Checked:
    """Check a copy together with its receipt.

    Raises:
        Tampered: when the receipt does not hold, or is about other bytes.
        Mistake: when `public` is no key.
    """
    checked = verify_receipt(receipt, public)
    if hashlib.sha256(data).hexdigest() != checked.sha256:
        raise Tampered(
            "receipt:other_file",
            "The receipt holds, but this is not the file that it is about.",
            "The file was changed after it left, or belongs to another receipt.",
        )
    return checked


def _public_key(public: bytes) -> ec.EllipticCurvePublicKey:
    try:
        if b"BEGIN CERTIFICATE" in public:
            key = x509.load_pem_x509_certificate(public).public_key()
        else:
            key = load_pem_public_key(public)  # type: ignore[assignment]
    except ValueError as problem:
        raise _no_key() from problem
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise _no_key()
    return key


def _no_key() -> Mistake:
    return Mistake(
        "receipt:no_key",
        "That file holds no public key.",
        "Give box.pem of the organisation, or its public key as PEM.",
    )


def _tampered() -> Tampered:
    return Tampered(
        "receipt:changed",
        "This receipt is not what the box sealed.",
        "It was changed, or another box made it: compare the certificate.",
    )
