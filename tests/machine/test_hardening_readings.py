"""How the machine is guarded, as it is read: files, certificates, and what other programs say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from appliance.machine.hardening import certificate_facts, exposures, open_files, security_updates

ENDS = datetime(2027, 1, 1, tzinfo=UTC)
HOSTS = ["portretkluis.local", "foto.waterdam.example", "127.0.0.1"]

APT = """\
NOTE: This is only a simulation!
Inst base-files [13.1] (13.2 Debian:13.2/stable [arm64])
Inst libssl3 [3.5.1-1] (3.5.4-1 Debian:13.2/stable, Debian-Security:13/stable-security [arm64]) []
Inst openssl [3.5.1-1] (3.5.4-1 Debian-Security:13/stable-security [arm64])
Inst security-tools [1.0] (1.1 Debian:13.2/stable [arm64])
Conf openssl (3.5.4-1 Debian-Security:13/stable-security [arm64])
"""


def test_security_updates_are_counted_and_others_are_not() -> None:
    assert security_updates(APT) == 2
    assert security_updates("") == 0


def test_the_exposure_of_our_units_is_read_and_of_no_other() -> None:
    told = (
        '[{"unit":"kluis-web.service","exposure":"1.3","predicate":"OK","happy":"x"},'
        '{"unit":"ssh.service","exposure":"9.6","predicate":"UNSAFE","happy":"x"},'
        '{"unit":"kluis-worker.service","exposure":2.1,"predicate":"OK","happy":"x"}]'
    )
    assert exposures(told) == {"kluis-web.service": 1.3, "kluis-worker.service": 2.1}


@pytest.mark.parametrize("told", ["", "no json", "[]", '{"unit": 1}', '[{"unit":"kluis-web.service"}]'])
def test_what_is_not_understood_is_not_taken_for_safe(told: str) -> None:
    assert exposures(told) is None


def test_files_that_others_may_use_are_found(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for folder in (home, home / "files", home / "models"):
        folder.mkdir(mode=0o700)
    for name, mode in {"kluis.db": 0o600, "files/a": 0o640, "files/b": 0o602, "models/m": 0o644}.items():
        (home / name).touch()
        (home / name).chmod(mode)
    (home / "link").symlink_to("kluis.db")  # its own mode means nothing
    assert list(open_files(home, [home / "models"])) == ["files/a", "files/b"]
    home.chmod(0o755)
    assert next(open_files(home, [home / "models"])) == "."


Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def certificate(path: Path, key: Key, names: list[str]) -> Path:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kluis")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, ENDS - timedelta(days=90), ENDS)
    made = made.add_extension(
        x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False
    )
    hashed = None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256()
    path.write_bytes(made.sign(key, hashed).public_bytes(Encoding.PEM))
    return path


def test_strong_and_weak_certificates_are_told_apart(tmp_path: Path) -> None:
    keys = {
        ec.generate_private_key(ec.SECP256R1()): True,
        ed25519.Ed25519PrivateKey.generate(): True,
        rsa.generate_private_key(65537, 2048): False,
        ec.generate_private_key(ec.SECP224R1()): False,
    }
    for key, strong in keys.items():
        found = certificate_facts(certificate(tmp_path / "c.pem", key, ["*.waterdam.example"]), HOSTS)
        assert found is not None
        assert (found.strong, found.ends_at) == (strong, ENDS)
        assert found.missing_hosts == ["portretkluis.local", "127.0.0.1"]


def test_no_certificate_is_no_finding(tmp_path: Path) -> None:
    assert certificate_facts(tmp_path / "none.pem", HOSTS) is None
    (tmp_path / "broken.pem").write_text("no certificate")
    assert certificate_facts(tmp_path / "broken.pem", HOSTS) is None
