"""What the disk under the safe tells of itself, by smartctl (smartmontools, `smartctl --json`).

Only root may ask a disk, and the programs of the safe are not root. So one that is asks it now and then, and
leaves the answer where the others read it. No serial number is asked for.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from appliance.domain.health import Drive, DriveReport, DriveState, judge_drives

PROGRAM = "smartctl"
REPORT = Path("run/kluis-disk/health.json")
_DEVICES = "sys/dev/block"
_SECONDS = 60  # a disk that sleeps takes some to wake
# What makers of flash disks for ATA call what is left of its life, in percent.
_LIFE_LEFT = frozenset(
    {"Wear_Leveling_Count", "Media_Wearout_Indicator", "SSD_Life_Left", "Percent_Lifetime_Remain"}
)
_REMAPPED, _PENDING, _UNCORRECTABLE = 5, 197, 198  # sectors, by their number in the ATA table


def disks_below(home: Path, root: Path = Path("/")) -> tuple[str, ...]:
    """The whole disks that a folder lies on, by their devices: below partitions, LVM and LUKS."""
    number = home.stat().st_dev
    start = (root / _DEVICES / f"{os.major(number)}:{os.minor(number)}").resolve()
    return tuple(sorted(set(_below(start))))


def _below(device: Path) -> Iterator[str]:
    slaves = sorted((device / "slaves").glob("*"))
    for slave in slaves:
        yield from _below(slave.resolve())
    if not slaves and device.is_dir():
        yield device.parent.name if (device / "partition").exists() else device.name


def ask_disks(names: Iterable[str], *, program: str = PROGRAM) -> list[object]:
    """What smartctl tells of each disk; it writes JSON even of one that it cannot open.

    Raises:
        FileNotFoundError: when smartctl is not installed.
    """
    found = []
    for name in names:
        command = [program, "--json", "--health", "--attributes", f"/dev/{name}"]
        asked = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
        found.append(_parsed(asked.stdout))
    return found


def leave_report(told: list[object], path: Path, *, now: datetime) -> None:
    """Write the answers, whole or not at all, for everybody on the box to read."""
    made = path.with_name(f".{path.name}.new")
    made.write_text(json.dumps({"asked_at": now.astimezone(UTC).isoformat(), "disks": told}), "utf-8")
    made.chmod(0o644)
    made.replace(path)


def read_drive(root: Path = Path("/")) -> Drive:
    """How the disk is, from the last report; plainly so when there is none."""
    try:
        text = (root / REPORT).read_bytes()
    except OSError:
        missing = shutil.which(PROGRAM) is None
        return Drive(DriveState.NO_PROGRAM if missing else DriveState.NOT_ASKED)
    return drive_in(text)


def drive_in(text: bytes) -> Drive:
    """How the disks of a report are, the worst of them. What is not understood tells nothing."""
    kept = _mapping(_parsed(text))
    disks = kept.get("disks")
    reports = [report_in(_mapping(one)) for one in disks] if isinstance(disks, list) else []
    return judge_drives(reports, _moment(kept.get("asked_at")))


def report_in(told: Mapping[str, Any]) -> DriveReport:
    """One disk, from the JSON of smartctl: of NVMe (log page 02h) or of ATA."""
    log = _mapping(told.get("nvme_smart_health_information_log"))
    table = _mapping(told.get("ata_smart_attributes")).get("table")
    rows = [_mapping(row) for row in table] if isinstance(table, list) else []
    raw = {row.get("id"): _whole(_mapping(row.get("raw")).get("value")) for row in rows}
    passed = _mapping(told.get("smart_status")).get("passed")
    return DriveReport(
        passed=passed if isinstance(passed, bool) else None,
        warning=bool(_whole(log.get("critical_warning"))),
        wear=_first(_whole(log.get("percentage_used")), _wear_of(rows)),
        errors=_sum(_whole(log.get("media_errors")), raw.get(_PENDING), raw.get(_UNCORRECTABLE)),
        remapped=raw.get(_REMAPPED),
        temperature=_whole(_mapping(told.get("temperature")).get("current")),
        hours=_whole(_mapping(told.get("power_on_time")).get("hours")),
    )


def _wear_of(rows: Iterable[Mapping[str, Any]]) -> int | None:
    left = (_whole(row.get("value")) for row in rows if row.get("name") in _LIFE_LEFT)
    return next((max(0, 100 - one) for one in left if one is not None), None)


def _first(*values: int | None) -> int | None:
    return next((one for one in values if one is not None), None)


def _sum(*values: int | None) -> int | None:
    known = [one for one in values if one is not None]
    return sum(known) if known else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _parsed(text: bytes) -> object:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
