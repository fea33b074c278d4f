"""Receipts: checked with the public key alone; no byte of them can be another."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.consent import Basis, Light, Purpose, Reason, Why
from appliance.domain.errors import Mistake, Tampered
from appliance.domain.release import Order, Receipt, Recipient, ReleaseId, Shape
from appliance.evidence.receipts import receipt_json, verify_copy, verify_receipt
from appliance.evidence.seals import new_seal
from tests.conftest import NOON

SEAL = new_seal("Gemeente Kluisdam", now=NOON)
COPY = b"the bytes of a copy"
RECEIPT = Receipt(
    release_id=ReleaseId("abcdefgh"),
    controller=SEAL.organisation,
    sha256="de5fcba55c4b06bc5e24a16e2f7ea3ed9d6e6f3d7b61cbbde1d1c6b4e9d0e9f1",
    bytes=len(COPY),
    media_type="image/jpeg",
    order=Order(Purpose.PRESS, Shape(), Recipient("De Krant", "foto@krant.example"), "page 1"),
    day=date(2026, 11, 24),
    made_at=NOON,
    light=Light.GREEN,
    reasons=(Reason(Why.PERMITTED, None, None, date(2027, 1, 1), Basis.CONSENT),),
    people=("1234",),
    relied_on=(("5678", 2),),
)


def receipt() -> bytes:
    return receipt_json(replace(RECEIPT, sha256=hashlib.sha256(COPY).hexdigest()), SEAL)


GOOD = receipt()


def test_it_says_what_was_allowed_and_nothing_of_an_address() -> None:
    checked = verify_copy(COPY, GOOD, SEAL.pem)
    assert (checked.purpose, checked.recipient, checked.controller, checked.day) == (
        "press",
        "De Krant",
        "Gemeente Kluisdam",
        "2026-11-24",
    )
    assert b"krant.example" not in GOOD
    assert b"ISO/IEC TS 27560:2023" in GOOD


def test_the_bare_public_key_is_enough() -> None:
    public = SEAL.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert verify_receipt(GOOD, public) == verify_receipt(GOOD, SEAL.pem)


def test_the_same_release_gives_the_same_bytes() -> None:
    assert receipt() == GOOD


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80])
def test_one_flipped_byte_of_the_receipt_fails_wherever_it_is(flip: int) -> None:
    for at in range(len(GOOD)):
        changed = GOOD[:at] + bytes([GOOD[at] ^ flip]) + GOOD[at + 1 :]
        with pytest.raises(Tampered):
            verify_receipt(changed, SEAL.pem)


@pytest.mark.parametrize("at", range(len(COPY)))
def test_one_flipped_byte_of_the_copy_fails(at: int) -> None:
    changed = COPY[:at] + bytes([COPY[at] ^ 1]) + COPY[at + 1 :]
    with pytest.raises(Tampered) as told:
        verify_copy(changed, GOOD, SEAL.pem)
    assert told.value.key == "receipt:other_file"


@pytest.mark.parametrize("change", [lambda b: b + b"\n", lambda b: b" " + b, lambda b: b[:-1], lambda _: b""])
def test_another_spelling_of_the_same_is_refused(change: object) -> None:
    with pytest.raises(Tampered):
        verify_receipt(change(GOOD), SEAL.pem)  # type: ignore[operator]


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    with pytest.raises(Tampered):
        verify_receipt(data, SEAL.pem)


def test_another_box_did_not_seal_it() -> None:
    other = new_seal("Gemeente Kluisdam", now=NOON)
    with pytest.raises(Tampered):
        verify_receipt(GOOD, other.pem)
    with pytest.raises(Mistake) as told:
        verify_receipt(GOOD, b"-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n")
    assert told.value.key == "receipt:no_key"
