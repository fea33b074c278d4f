"""The machine and its certificate, typed."""

import re
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from appliance.wiring import Box
from tests.cli.conftest import Run
from tests.conftest import NOON

FIGURE = re.compile(r'kluis_[a-z_]+(\{([a-z_]+="[\w.]*",?)+\})? -?[\d.e+]+')


def test_the_status_tells_what_needs_somebody(kluis: Run, home: Path) -> None:
    assert kluis(home, "certificate", "new").status == 0
    found = kluis(home, "status", "--json").json
    ends = datetime.fromisoformat(found["certificate_ends"])
    assert timedelta(days=820) < ends - datetime.now(UTC) < timedelta(days=830)
    assert "certificate" not in found["needs_somebody"]


def test_figures_are_in_the_format_of_prometheus_and_name_nobody(
    kluis: Run, demo_box: Box, tmp_path: Path
) -> None:
    home = demo_box.config.home
    text = kluis(home, "metrics").out
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(FIGURE.fullmatch(line) for line in lines), [li for li in lines if not FIGURE.fullmatch(li)]
    assert 'kluis_photos{stage="analysed"} 8' in lines
    assert 'kluis_lights{purpose="web",light="green"} 1' in lines
    assert "kluis_people 2" in lines
    assert 'kluis_duty_alarm{duty="scrub"} 1' in lines
    assert not [word for word in ("Obama", "Barack", "KLUI000", str(home)) if word in text]
    file = tmp_path / "kluis.prom"
    assert kluis(home, "metrics", "--file", file).status == 0
    assert file.read_text().splitlines()[0] == text.splitlines()[0]
    assert file.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.glob(".kluis*")) == []


class Authority:
    """The office's own."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Office")])

    def sign(self, request: str, *, host: str = "", days: int = 90) -> bytes:
        asked = x509.load_pem_x509_csr(request.encode())
        names = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if host:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
        built = (
            x509.CertificateBuilder(self.name, asked.subject, asked.public_key(), x509.random_serial_number())
            .not_valid_before(NOON - timedelta(days=200))
            .not_valid_after(NOON + timedelta(days=days))
            .add_extension(names, critical=False)
            .sign(self.key, SHA256())
        )
        return built.public_bytes(Encoding.PEM)


def test_a_certificate_of_the_office_takes_the_place_of_the_boxs_own(
    kluis: Run, home: Path, tmp_path: Path
) -> None:
    own = kluis(home, "certificate", "show").out
    request = kluis(home, "certificate", "request").out
    assert kluis(home, "certificate", "show").out == own  # until the answer comes
    checked = subprocess.run(["openssl", "req", "-verify", "-noout"], input=request, text=True, check=False)
    assert checked.returncode == 0
    signed = tmp_path / "box.pem"
    signed.write_bytes(Authority().sign(request))
    installed = kluis(home, "certificate", "install", signed)
    assert installed.status == 0, installed.err
    assert installed.out == kluis(home, "certificate", "show").out != own
    ssl.create_default_context().load_cert_chain(home / "tls/certificate.pem", home / "tls/certificate.key")
    assert sorted(p.name for p in (home / "tls").iterdir()) == ["certificate.key", "certificate.pem"]
    assert kluis(home, "certificate", "install", signed).status == 1  # its key was used up


@pytest.mark.parametrize("host", ["*.local", "portretkluis.local"])
def test_a_star_stands_for_one_part(kluis: Run, home: Path, tmp_path: Path, host: str) -> None:
    (home / "kluis.toml").write_text('hosts = ["portretkluis.local"]\n')
    signed = tmp_path / "box.pem"
    signed.write_bytes(Authority().sign(kluis(home, "certificate", "request").out, host=host))
    assert kluis(home, "certificate", "install", signed).status == 0


def test_what_browsers_would_refuse_is_refused_first(kluis: Run, home: Path, tmp_path: Path) -> None:
    own = kluis(home, "certificate", "show").out
    request = kluis(home, "certificate", "request").out
    office, file = Authority(), tmp_path / "box.pem"
    other = ec.generate_private_key(ec.SECP256R1())
    key = tmp_path / "other.key"
    key.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for data, options, why in (
        (office.sign(request, days=-1), (), "does not hold today"),
        (office.sign(request, host="elsewhere.example.org"), (), "is not for localhost"),
        (office.sign(request), ("--key", key), "belongs to another key"),
        (b"no certificate", (), "cannot be read"),
    ):
        file.write_bytes(data)
        refused = kluis(home, "certificate", "install", file, *options)
        assert (refused.status, why in refused.err) == (1, True), refused.err
    assert kluis(home, "certificate", "show").out == own
