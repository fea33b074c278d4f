"""The seal of the box: a key, and the certificate that says whose it is.

The certificate is signed by itself: no authority vouches for it. Whoever checks a document compares its
fingerprint with the one that the organisation shows. The algorithms are named in the certificate.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from appliance.domain.errors import Mistake, Tampered

LASTS = timedelta(days=20 * 365 + 5)
LONGEST_NAME = 64  # of an organisation, by RFC 5280
_COMMON_NAME = "Portretkluis"
_GROUP = 4


@dataclass(frozen=True, slots=True)
class Seal:
    """An ECDSA key on P-256 and its certificate."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate (DER), hexadecimal, lower case."""
        return fingerprint(self.certificate)

    @property
    def pem(self) -> bytes:
        """The certificate, to be handed out."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def organisation(self) -> str:
        """The organisation that the certificate names."""
        (name,) = self.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        return str(name.value)

    def to_bytes(self) -> bytes:
        """Key (PKCS#8) and certificate as PEM, in clear: for the encrypted database alone."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.pem

    @classmethod
    def from_bytes(cls, data: bytes) -> "Seal":
        """What `to_bytes` gave.

        Raises:
            Tampered: when it is something else, or key and certificate are not a pair.
        """
        try:
            key = load_pem_private_key(data, password=None)
            certificate = x509.load_pem_x509_certificate(data)
        except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as problem:
            raise _unreadable() from problem
        if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.public_key() != key.public_key():
            raise _unreadable()
        return cls(certificate, key)

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256 over the data (DER). Deterministic (RFC 6979): it leans on no random number."""
        return self.key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))


def new_seal(organisation: str, *, now: datetime) -> Seal:
    """A fresh key and a certificate for it, valid for twenty years: for signing documents, and nothing else.

    Raises:
        Mistake: when the name cannot stand in a certificate.
    """
    name = " ".join(organisation.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Mistake(
            "seal:bad_name",
            "The seal needs the name of the organisation.",
            "Use 1 to {most} letters.",
            values={"most": LONGEST_NAME},
        )
    key = ec.generate_private_key(ec.SECP256R1())
    return Seal(_certificate(name, key, now.replace(microsecond=0)), key)


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.COMMON_NAME, _COMMON_NAME),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,  # once called nonRepudiation
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate (DER), hexadecimal, lower case."""
    return certificate.fingerprint(SHA256()).hex()


def in_groups(fingerprint: str) -> str:
    """A fingerprint for people to compare: groups of four."""
    return " ".join(fingerprint[i : i + _GROUP] for i in range(0, len(fingerprint), _GROUP)).upper()


def _unreadable() -> Tampered:
    return Tampered(
        "seal:unreadable", "The seal of the box is damaged.", "Restore the database from a backup."
    )
