"""How the machine is guarded: files, certificate, units and updates. It reads; it changes nothing."""

import json
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from appliance.domain.health import Readings
from appliance.domain.self_audit import CertificateFacts, Machine

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SYSTEMD = Path("/run/systemd/system")  # there while systemd runs the machine (sd_booted(3))
_SECONDS = 60
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_SMALLEST_RSA, _SMALLEST_CURVE = 3072, 256  # NIST SP 800-57, part 1, for use after 2030
_STRONG_HASHES = (SHA256, SHA384, SHA512)
# As apt-get prints it: Inst openssl [3.0.1-1] (3.0.2-1 Debian-Security:13/stable-security [amd64])
_SECURITY = re.compile(r"^Inst \S+ .*\(.*security", re.IGNORECASE | re.MULTILINE)


def read_hardening(
    home: Path, public: Sequence[Path], certificate: Path, hosts: Sequence[str], readings: Readings
) -> Machine:
    """What the machine tells; None for what it does not.

    public: folders in `home` that hold nothing of anybody. hosts: names that the certificate should have.
    """
    return Machine(
        certificate=certificate_facts(certificate, hosts),
        open_files=tuple(open_files(home, public)),
        units=_units(),
        updates=_updates(),
        updates_asked=readings.updated_at,
    )


def open_files(home: Path, public: Sequence[Path] = ()) -> Iterator[str]:
    """Paths within a folder, and itself, that others than their owner may use; links are not followed."""
    for path in (home, *sorted(home.rglob("*"))):
        if any(path.is_relative_to(folder) for folder in public):
            continue
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            continue  # work goes on meanwhile
        if mode & _OTHERS and not stat.S_ISLNK(mode):
            yield str(path.relative_to(home))


def certificate_facts(path: Path, hosts: Sequence[str]) -> CertificateFacts | None:
    """A certificate that browsers are shown; None when there is none yet."""
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        named = {str(name.value) for name in names}
    except x509.ExtensionNotFound:
        named = set()
    missing = [host for host in hosts if host not in named and not _covered(host, named)]
    return CertificateFacts(found.not_valid_after_utc, _is_strong(found), missing)


def _covered(host: str, named: set[str]) -> bool:
    """By a name with a star for its first label (RFC 9525, 6.3)."""
    return "." in host and f"*.{host.partition('.')[2]}" in named


def _is_strong(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    match key:
        case rsa.RSAPublicKey():
            large = key.key_size >= _SMALLEST_RSA
        case ec.EllipticCurvePublicKey():
            large = key.curve.key_size >= _SMALLEST_CURVE
        case _:
            large = isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)
    hashed = certificate.signature_hash_algorithm  # None where the signature has one of its own
    return large and (hashed is None or isinstance(hashed, _STRONG_HASHES))


def _units() -> Mapping[str, float] | None:
    if not _SYSTEMD.is_dir():
        return None
    told = _told("systemd-analyze", "security", "--no-pager", "--json=short")
    return None if told is None else exposures(told)


def exposures(told: str) -> Mapping[str, float] | None:
    """The exposure of each unit of the box, from what systemd-analyze says in JSON; None when it has none.

    The service that mounts cards has to be root, and is judged with the others all the same.
    """
    try:
        rows = json.loads(told)
        found = {row["unit"]: float(row["exposure"]) for row in rows if row["unit"].startswith("kluis-")}
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return found or None


def _updates() -> int | None:
    """Packages of which a security update is known here and waits. It asks no server."""
    told = _told("apt-get", "--simulate", "-o", "Debug::NoLocking=true", "dist-upgrade")
    return None if told is None else security_updates(told)


def security_updates(told: str) -> int:
    """How many packages with a security update stand in what `apt-get --simulate` says."""
    return len(_SECURITY.findall(told))


def _told(program: str, *arguments: str) -> str | None:
    """What a program of the system says; None where there is no such program, or it fails."""
    found = shutil.which(program, path=_PATH)
    if found is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - programs of the system, found on its own path
            [found, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
            env={"LC_ALL": "C", "PATH": _PATH},
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout if done.returncode == 0 else None
