"""The certificate of a box in the office: made on first start, and shown by its fingerprint."""

import ipaddress
import os
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.domain.errors import Mistake

_LASTS = timedelta(days=825)
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Portretkluis")])
_PUBLIC = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
_WAITING = "waiting.key"  # of a request that was not answered yet


def ensure_certificate(folder: Path, hosts: Iterable[str], *, now: datetime) -> tuple[Path, Path]:
    """The certificate's and key's files, made when they are not there. IT may put its own in their place."""
    certificate, key = _files(folder)
    if not certificate.exists() or not key.exists():
        new_certificate(folder, hosts, now=now)
    return certificate, key


def new_certificate(folder: Path, hosts: Iterable[str], *, now: datetime) -> Path:
    """Make one of the box's own, in the place of another. Returns the certificate's file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificate, key = _files(folder)
    _make(certificate, key, _names(hosts), now)
    return certificate


def request_certificate(folder: Path, hosts: Iterable[str]) -> str:
    """A signing request (RFC 2986) in PEM, for a new key that stays here until its certificate comes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = ec.generate_private_key(ec.SECP256R1())
    _write(folder / _WAITING, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    built = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(_NAME)
        .add_extension(x509.SubjectAlternativeName([_alternative(h) for h in _names(hosts)]), critical=False)
        .sign(private, SHA256())
    )
    return built.public_bytes(Encoding.PEM).decode("ascii")


def install_certificate(
    folder: Path, file: Path, key_file: Path | None, hosts: Iterable[str], *, now: datetime
) -> Path:
    """Put a certificate in place, with those between it and its authority. Returns its file.

    key_file: its key in PEM; None: that of the last request.

    Raises:
        Mistake: when it is none, has another key, has ended, or is not for the first of the box's names.
    """
    chain, private_pem = file.read_bytes(), _private(folder, key_file)
    try:
        first = x509.load_pem_x509_certificates(chain)[0]
        private = load_pem_private_key(private_pem, password=None)
    except (ValueError, TypeError, IndexError) as problem:
        raise Mistake(
            "certificate:unreadable",
            "The certificate or its key cannot be read.",
            "Both must be in PEM, the key without a password.",
        ) from problem
    _require_fitting(first, private.public_key().public_bytes(*_PUBLIC), next(iter(hosts), ""), now)
    certificate, key = _files(folder)
    _write(key, private_pem)
    _write(certificate, chain)
    (folder / _WAITING).unlink(missing_ok=True)
    return certificate


def _private(folder: Path, key_file: Path | None) -> bytes:
    try:
        return (key_file or folder / _WAITING).read_bytes()
    except OSError as problem:
        raise Mistake(
            "certificate:no_key",
            "There is no key for this certificate.",
            "Make a request first, or give the key with --key.",
        ) from problem


def _require_fitting(certificate: x509.Certificate, public: bytes, host: str, now: datetime) -> None:
    if certificate.public_key().public_bytes(*_PUBLIC) != public:
        raise Mistake(
            "certificate:other_key",
            "The certificate belongs to another key.",
            "Give the key it was made for.",
        )
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        raise Mistake("certificate:ended", "The certificate does not hold today.", "Ask for a new one.")
    if not _is_for(certificate, host):
        raise Mistake(
            "certificate:other_name",
            "The certificate is not for {host}, the first name of the box.",
            "Ask for one with that name, or put the name it has first in the setting hosts.",
            values={"host": host},
        )


def _is_for(certificate: x509.Certificate, host: str) -> bool:
    """By its alternative names only, as browsers do it; a star stands for one part (RFC 6125)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    if _alternative(host) in names:
        return True
    return f"*.{host.partition('.')[2]}" in names.get_values_for_type(x509.DNSName)


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / "certificate.pem", folder / "certificate.key"


def _names(hosts: Iterable[str]) -> list[str]:
    return sorted({*hosts, socket.gethostname()})


def fingerprint(certificate: Path) -> str:
    """SHA-256 of the certificate, as browsers show it."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    return found.fingerprint(SHA256()).hex(":").upper()


def _make(certificate: Path, key: Path, hosts: list[str], now: datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    built = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LASTS)
        .add_extension(x509.SubjectAlternativeName([_alternative(h) for h in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, SHA256())
    )
    _write(key, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _write(certificate, built.public_bytes(Encoding.PEM))


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
