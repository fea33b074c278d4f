"""How the disk is: found below what lies on it, asked by smartctl, judged, and told plainly when unknown.

What smartctl writes is made here after its documentation; no disk of the machine is asked.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.health import Drive, DriveState
from appliance.machine.disk_health import (
    REPORT,
    ask_disks,
    disks_below,
    drive_in,
    leave_report,
    read_drive,
)
from tests.conftest import NOON

NVME = {
    "json_format_version": [1, 0],
    "smartctl": {"version": [7, 4], "exit_status": 0},
    "device": {"name": "/dev/nvme0n1", "type": "nvme", "protocol": "NVMe"},
    "smart_status": {"passed": True, "nvme": {"value": 0}},
    "nvme_smart_health_information_log": {
        "critical_warning": 0,
        "temperature": 41,
        "available_spare": 100,
        "available_spare_threshold": 10,
        "percentage_used": 3,
        "media_errors": 0,
        "power_on_hours": 9121,
    },
    "temperature": {"current": 41},
    "power_on_time": {"hours": 9121},
}


def nvme(**log: int) -> dict[str, object]:
    return {**NVME, "nvme_smart_health_information_log": {**NVME["nvme_smart_health_information_log"], **log}}  # type: ignore[dict-item]


def ata(*rows: tuple[int, str, int, int], passed: bool = True) -> dict[str, object]:
    """rows: number, name, value and raw value of an attribute."""
    table = [
        {"id": number, "name": name, "value": value, "worst": value, "thresh": 0, "raw": {"value": raw}}
        for number, name, value, raw in rows
    ]
    return {
        "smartctl": {"exit_status": 0 if passed else 8},
        "device": {"name": "/dev/sda", "type": "sat", "protocol": "ATA"},
        "smart_status": {"passed": passed},
        "ata_smart_attributes": {"revision": 16, "table": table},
    }


CARD = {
    "smartctl": {
        "exit_status": 1,
        "messages": [{"string": "/dev/mmcblk0: Unable to detect device type", "severity": "error"}],
    }
}
CASES = {
    "a disk that is well": (nvme(), DriveState.WELL),
    "hardly any life left": (nvme(percentage_used=97), DriveState.AILING),
    "errors that it could not mend": (nvme(media_errors=2), DriveState.AILING),
    "a warning of its own": (nvme(critical_warning=4), DriveState.FAILING),
    "a disk with spare sectors": (ata((5, "Reallocated_Sector_Ct", 100, 0)), DriveState.WELL),
    "sectors that were replaced": (ata((5, "Reallocated_Sector_Ct", 98, 16)), DriveState.AILING),
    "sectors that cannot be read": (ata((197, "Current_Pending_Sector", 100, 8)), DriveState.AILING),
    "flash that wears": (ata((177, "Wear_Leveling_Count", 4, 2900)), DriveState.AILING),
    "a disk that says that it fails": (ata(passed=False), DriveState.FAILING),
    "a card, which tells nothing": (CARD, DriveState.SILENT),
}


def judged(*disks: object) -> Drive:
    return drive_in(json.dumps({"asked_at": NOON.isoformat(), "disks": disks}).encode())


@pytest.mark.parametrize("case", CASES)
def test_what_a_disk_tells_is_judged(case: str) -> None:
    told, wanted = CASES[case]
    assert judged(told).state is wanted


def test_of_several_disks_the_worst_counts() -> None:
    assert judged(nvme(), ata(passed=False), CARD).state is DriveState.FAILING
    assert judged(nvme(percentage_used=3), nvme(percentage_used=12)).wear == 12
    assert judged().state is DriveState.SILENT


def test_its_figures_are_kept() -> None:
    found = judged(nvme())
    assert (found.wear, found.errors, found.temperature, found.hours) == (3, 0, 41, 9121)
    assert found.asked_at == NOON


@given(
    st.binary()
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["disks", "smart_status", "passed", "ata_smart_attributes", "table", "raw", "asked_at"]
                ),
                inner,
            )
        ),
    ).map(lambda one: json.dumps(one).encode())
)
def test_whatever_stands_in_the_report_it_is_read(text: bytes) -> None:
    assert drive_in(text).state in DriveState


def test_without_a_report_it_is_said_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_drive(tmp_path) == Drive(DriveState.NO_PROGRAM)
    program(tmp_path, "")
    assert read_drive(tmp_path) == Drive(DriveState.NOT_ASKED)


def program(folder: Path, told: str) -> Path:
    """Something that answers as smartctl does."""
    found = folder / "smartctl"
    found.write_text(f"#!/bin/sh\necho \"$@\" >>{folder}/asked\ncat <<'END'\n{told}\nEND\nexit 4\n")
    found.chmod(0o755)
    return found


def test_a_disk_is_asked_and_its_answer_left_for_the_others(tmp_path: Path) -> None:
    asked = ask_disks(["nvme0n1"], program=str(program(tmp_path, json.dumps(nvme(percentage_used=5)))))
    (tmp_path / REPORT).parent.mkdir(parents=True)
    leave_report(asked, tmp_path / REPORT, now=NOON)
    assert (tmp_path / "asked").read_text() == "--json --health --attributes /dev/nvme0n1\n"
    assert (tmp_path / REPORT).stat().st_mode & 0o777 == 0o644
    found = read_drive(tmp_path)
    assert (found.state, found.wear) == (DriveState.WELL, 5)
    assert found.asked_at == datetime(NOON.year, NOON.month, NOON.day, NOON.hour, tzinfo=UTC)


def test_the_disk_is_found_below_a_partition_and_what_encrypts_it(tmp_path: Path) -> None:
    number = tmp_path.stat().st_dev
    disk = tmp_path / "sys/devices/pci/block/nvme0n1"
    mapped = tmp_path / "sys/devices/virtual/block/dm-0"
    for folder in (disk / "nvme0n1p2" / "slaves", disk / "slaves", mapped / "slaves"):
        folder.mkdir(parents=True)
    (disk / "nvme0n1p2" / "partition").write_text("2\n")
    (mapped / "slaves" / "nvme0n1p2").symlink_to(disk / "nvme0n1p2")
    place = tmp_path / "sys/dev/block"
    place.mkdir(parents=True)
    (place / f"{os.major(number)}:{os.minor(number)}").symlink_to(mapped)
    assert disks_below(tmp_path, tmp_path) == ("nvme0n1",)
    assert disks_below(tmp_path, tmp_path / "elsewhere") == ()
