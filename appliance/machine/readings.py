"""What Linux tells of the machine, from the files in which it tells it. Nothing here asks a network."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from appliance.domain.health import Readings
from appliance.machine.disk_health import read_drive

_THERMAL = "sys/class/thermal"
_TIME_SERVICE = "run/systemd/timesync"
_CLOCK_SET = "run/systemd/timesync/synchronized"
_UPDATED = "var/lib/apt/periodic/update-success-stamp"
_RESTART = "run/reboot-required"
_DEVICES = "sys/dev/block"
_EXT4 = "sys/fs/ext4"


def read_machine(home: Path, certificate: Path, root: Path = Path("/")) -> Readings:
    """How the machine is. home: where the safe is. root: of the file system, but for tests `/`."""
    disk = shutil.disk_usage(home)
    return Readings(
        disk_free=disk.free,
        disk_total=disk.total,
        temperature=_temperature(root / _THERMAL),
        certificate_ends=_end_of(certificate),
        clock_set=_clock_set(root),
        updated_at=_changed_at(root / _UPDATED),
        restart=(root / _RESTART).exists(),
        file_system_errors=_file_system_errors(home, root),
        drive=read_drive(root),
    )


def _temperature(folder: Path) -> float | None:
    """The hottest zone. The kernel writes thousandths of a degree."""
    found = [value for zone in folder.glob("thermal_zone*/temp") if (value := _number(zone)) is not None]
    return max(found) / 1000 if found else None


def _file_system_errors(home: Path, root: Path) -> int | None:
    """What ext4 counts until it is checked (kernel, sysfs-fs-ext4); of the safe's own, not of a card's."""
    number = home.stat().st_dev
    device = root / _DEVICES / f"{os.major(number)}:{os.minor(number)}"
    return _number(root / _EXT4 / device.resolve().name / "errors_count")


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        return None  # a sensor that does not answer now


def _end_of(certificate: Path) -> datetime | None:
    try:
        return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None


def _clock_set(root: Path) -> bool | None:
    """systemd-timesyncd leaves a mark when it has set the clock; other services are not asked."""
    if (root / _CLOCK_SET).exists():
        return True
    return False if (root / _TIME_SERVICE).is_dir() else None


def _changed_at(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
