"""Whether the machine below the safe is set as `firmware-config/` says. It reads; it changes nothing."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SHIPPED = Path(sys.prefix) / "share" / "portretkluis" / "firmware"
_CHECKOUT = Path(__file__).resolve().parents[2] / "firmware-config"
_SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_SECURE_BOOT_ON = b"\x01"  # after four bytes of attributes (UEFI 2.10, 8.2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. fine: None where the machine has no such thing."""

    check: str
    fine: bool | None
    note: str = ""


def expected_settings() -> Path:
    """The folder with what is expected: as installed, else that of the checkout."""
    return _SHIPPED if _SHIPPED.is_dir() else _CHECKOUT


def check_firmware(home: Path, expected: Path, root: Path = Path("/")) -> tuple[Finding, ...]:
    """Compare a machine with what is expected. root: of its file system, but for tests `/`."""
    checks: tuple[Callable[[], Finding], ...] = (
        lambda: _kernel_settings(root, expected / "linux"),
        lambda: _modules(root, expected / "linux" / "modprobe.conf"),
        lambda: _command_line(root, expected / "linux" / "cmdline.txt"),
        lambda: _journal(root),
        lambda: _watchdog(root),
        lambda: _random(root),
        lambda: _radios(root),
        lambda: _tpm(root),
        lambda: _secure_boot(root),
        lambda: _encrypted(root, home),
        lambda: _pi_firmware(root, expected / "raspberry-pi" / "config.txt"),
    )
    return tuple(check() for check in checks)


def _kernel_settings(root: Path, folder: Path) -> Finding:
    wanted = dict(_pairs(folder / "sysctl.conf")) | dict(_pairs(folder / "coredump.conf"))
    wrong = [
        f"{name} is {found}, not {value}"
        for name, value in wanted.items()
        if (found := _text(root / "proc/sys" / name.replace(".", "/"))) not in (None, value)
    ]
    return Finding("kernel settings", not wrong, "; ".join(wrong) or f"{len(wanted)} as they should be")


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()


def _modules(root: Path, path: Path) -> Finding:
    blocked = {
        line.split()[1] for line in path.read_text("utf-8").splitlines() if line.startswith("install ")
    }
    loaded = {line.split()[0] for line in (_text(root / "proc/modules") or "").splitlines()}
    if there := sorted(blocked & loaded):
        return Finding("drivers", fine=False, note=f"loaded, though not needed: {', '.join(there)}")
    installed = _text(root / "etc/modprobe.d/portretkluis.conf")
    if installed != path.read_text("utf-8").strip():
        return Finding("drivers", fine=False, note="the list in /etc/modprobe.d is missing or another")
    return Finding("drivers", fine=True, note=f"{len(blocked)} are never loaded")


def _command_line(root: Path, path: Path) -> Finding:
    given = set((_text(root / "proc/cmdline") or "").split())
    missing = [word for word in path.read_text("utf-8").split() if word not in given]
    return Finding("kernel command line", not missing, f"missing: {' '.join(missing)}" if missing else "")


def _journal(root: Path) -> Finding:
    on_disk = (root / "var/log/journal").is_dir() and any((root / "var/log/journal").iterdir())
    return Finding("journal in memory", not on_disk, "it is on the disk" if on_disk else "")


def _watchdog(root: Path) -> Finding:
    found = sorted((root / "sys/class/watchdog").glob("watchdog*"))
    if not found:
        return Finding("watchdog", fine=False, note="the machine has none, or its driver is not loaded")
    active = any(_text(one / "state") == "active" for one in found)
    return Finding("watchdog", active, "" if active else "nobody feeds it: see linux/watchdog.conf")


def _random(root: Path) -> Finding:
    source = _text(root / "sys/class/misc/hw_random/rng_current")
    by_processor = "rdrand" in (_text(root / "proc/cpuinfo") or "").split()
    fine = by_processor or source not in (None, "", "none")
    return Finding("hardware random numbers", fine, source or ("processor" if by_processor else "none"))


def _radios(root: Path) -> Finding:
    found = [
        path.name for kind in ("ieee80211", "bluetooth") for path in (root / "sys/class" / kind).glob("*")
    ]
    return Finding("radios", not found, f"switched on: {', '.join(found)}" if found else "none")


def _tpm(root: Path) -> Finding:
    there = (root / "sys/class/tpmrm").is_dir() and any((root / "sys/class/tpmrm").iterdir())
    return Finding("TPM", there, "" if there else "none: the key lies on a disk beside what it opens")


def _secure_boot(root: Path) -> Finding:
    if not (root / "sys/firmware/efi").is_dir():
        return Finding("secure boot", fine=None, note="not started by UEFI")
    try:
        on = (root / _SECURE_BOOT).read_bytes()[4:] == _SECURE_BOOT_ON
    except OSError:
        on = False
    return Finding("secure boot", on, "" if on else "off: another system could be started")


def _encrypted(root: Path, home: Path) -> Finding:
    """Whether the disk of the safe, or the one below that, is opened by LUKS."""
    device = _device_of(root, home)
    if device is None:
        return Finding("encrypted disk", fine=None, note="the disk of the safe is not known")
    uuids = [_text(path / "dm/uuid") or "" for path in _below(root / "sys/class/block" / device)]
    fine = any(uuid.startswith("CRYPT-LUKS") for uuid in uuids)
    return Finding("encrypted disk", fine, "" if fine else f"{device} is not; the files of the safe are")


def _device_of(root: Path, home: Path) -> str | None:
    best = ("", "")
    for line in (_text(root / "proc/self/mounts") or "").splitlines():
        source, place, *_ = line.split()
        if home.is_relative_to(place) and len(place) >= len(best[1]) and source.startswith("/dev/"):
            best = (source, place)
    return (root / best[0].lstrip("/")).resolve().name if best[0] else None


def _below(device: Path) -> Iterator[Path]:
    yield device
    for slave in (device / "slaves").glob("*"):
        yield from _below(device.parent / slave.name)


def _pi_firmware(root: Path, path: Path) -> Finding:
    if not (_text(root / "proc/device-tree/model") or "").startswith("Raspberry Pi"):
        return Finding("Raspberry Pi firmware", fine=None, note="this is none")
    given = set((_text(root / "boot/firmware/config.txt") or "").splitlines())
    wanted = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    missing = [line for line in wanted if line not in given]
    return Finding("Raspberry Pi firmware", not missing, f"missing: {'; '.join(missing)}" if missing else "")


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", errors="replace").strip("\n\0 \t")
    except OSError:
        return None
