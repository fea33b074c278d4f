"""The seal of the box: what its certificate says, and that it comes back from the database as it went in."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from appliance.domain.errors import Mistake, Tampered
from appliance.evidence.seals import Seal, in_groups, new_seal
from tests.conftest import NOON


def test_a_certificate_names_the_organisation_and_is_for_signing_alone(seal: Seal) -> None:
    certificate = seal.certificate
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert [name.value for name in names] == ["Gemeente Waterdam"]
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.content_commitment) == (True, True)
    assert not usage.value.key_cert_sign
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_certificate_holds_a_p256_key_and_is_valid_for_twenty_years() -> None:
    certificate = new_seal("Waterdam", now=NOON).certificate
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    assert certificate.not_valid_before_utc == NOON
    assert certificate.not_valid_after_utc == datetime(2046, 11, 24, 12, tzinfo=UTC)
    certificate.verify_directly_issued_by(certificate)


def test_a_seal_comes_back_as_it_went_in(seal: Seal) -> None:
    again = Seal.from_bytes(seal.to_bytes())
    assert again.certificate == seal.certificate
    assert again.sign(b"data") == seal.sign(b"data")
    assert again.fingerprint == seal.fingerprint


def test_a_signature_fits_the_certificate(seal: Seal) -> None:
    key = seal.certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(seal.sign(b"data"), b"data", ec.ECDSA(SHA256()))


@pytest.mark.parametrize("what", ["nothing", "half", "another certificate", "certificate alone"])
def test_a_damaged_seal_is_refused(what: str, seal: Seal, other_seal: Seal) -> None:
    whole = seal.to_bytes()
    damaged = {
        "nothing": b"",
        "half": whole[: len(whole) // 2],
        "another certificate": whole.replace(seal.pem, other_seal.pem),
        "certificate alone": seal.pem,
    }[what]
    with pytest.raises(Tampered) as caught:
        Seal.from_bytes(damaged)
    assert caught.value.key == "seal:unreadable"


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "Water\0dam"])
def test_a_name_that_cannot_stand_in_a_certificate_is_refused(name: str) -> None:
    with pytest.raises(Mistake) as caught:
        new_seal(name, now=NOON)
    assert caught.value.key == "seal:bad_name"


def test_two_seals_of_one_organisation_differ(seal: Seal, other_seal: Seal) -> None:
    assert seal.certificate.subject == other_seal.certificate.subject
    assert seal.fingerprint != other_seal.fingerprint


def test_the_key_does_not_show(seal: Seal) -> None:
    assert "key" not in repr(seal)


def test_a_fingerprint_is_shown_in_groups_of_four() -> None:
    assert in_groups("0123abcd" * 8).split(" ") == ["0123", "ABCD"] * 8


def test_a_moment_within_a_second_is_before_the_certificate_ends() -> None:
    now = NOON + timedelta(microseconds=999_999)
    certificate = new_seal("Waterdam", now=now).certificate
    assert certificate.not_valid_before_utc <= now
