"""How the machine is: read from its files, judged by a rule, told to whoever looks after it."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.actions.health import condition, tell_concerns
from appliance.actions.mailing import MailSettings, Office, Security, change_mail_settings
from appliance.domain.access import OPERATOR
from appliance.domain.health import Concern, Drive, DriveState, Readings, concerns
from appliance.domain.wording import Language
from appliance.machine.readings import read_machine
from appliance.wiring import Box
from tests.actions.scene import rows, told
from tests.conftest import NOON
from webui.certificate import new_certificate

WELL = Readings(
    disk_free=900,
    disk_total=1000,
    temperature=45.0,
    certificate_ends=NOON + timedelta(days=300),
    clock_set=True,
    updated_at=NOON - timedelta(days=1),
)
CASES: dict[str, tuple[Readings, Concern]] = {
    "a disk that fails": (replace(WELL, drive=Drive(DriveState.FAILING)), Concern.DRIVE_FAILING),
    "a disk that wears out": (replace(WELL, drive=Drive(DriveState.AILING)), Concern.DRIVE_AILING),
    "a file system with errors": (replace(WELL, file_system_errors=1), Concern.FILE_SYSTEM),
    "hardly any room": (replace(WELL, disk_free=99), Concern.DISK),
    "a hot processor": (replace(WELL, temperature=80.0), Concern.TEMPERATURE),
    "a certificate that ends in three weeks": (
        replace(WELL, certificate_ends=NOON + timedelta(days=21)),
        Concern.CERTIFICATE,
    ),
    "a certificate that has ended": (replace(WELL, certificate_ends=NOON), Concern.CERTIFICATE_ENDED),
    "a clock that nobody set": (replace(WELL, clock_set=False), Concern.CLOCK),
    "no updates for two weeks": (replace(WELL, updated_at=NOON - timedelta(days=15)), Concern.UPDATES),
    "an update that waits": (replace(WELL, restart=True), Concern.RESTART),
}


@pytest.mark.parametrize("case", CASES)
def test_what_needs_a_person(case: str) -> None:
    readings, wanted = CASES[case]
    assert concerns(readings, set_aside=0, now=NOON) == (wanted,)


def test_what_does_not() -> None:
    assert concerns(WELL, set_aside=0, now=NOON) == ()
    unknown = Readings(disk_free=900, disk_total=1000)
    assert concerns(unknown, set_aside=0, now=NOON) == ()
    assert concerns(WELL, set_aside=1, now=NOON) == (Concern.SET_ASIDE,)


@given(st.integers(0, 1000), st.floats(-20, 120), st.integers(-400, 400))
def test_more_room_and_more_time_never_add_a_concern(free: int, heat: float, days: int) -> None:
    one = replace(WELL, disk_free=free, temperature=heat, certificate_ends=NOON + timedelta(days=days))
    better = replace(one, disk_free=1000, temperature=20.0, certificate_ends=NOON + timedelta(days=500))
    found = set(concerns(one, set_aside=0, now=NOON))
    assert set(concerns(better, set_aside=0, now=NOON)) <= found


def test_readings_come_from_the_files_of_linux(tmp_path: Path) -> None:
    certificate = new_certificate(tmp_path / "tls", ["localhost"], now=NOON)
    for number, heat in enumerate(("41000", "no sensor", "63500")):
        zone = tmp_path / f"sys/class/thermal/thermal_zone{number}"
        zone.mkdir(parents=True)
        (zone / "temp").write_text(heat + "\n")
    (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    found = read_machine(tmp_path, certificate, tmp_path)
    assert found.temperature == 63.5
    assert found.certificate_ends == NOON + timedelta(days=825)
    assert (found.clock_set, found.updated_at, found.restart) == (False, None, False)
    assert 0 < found.disk_free < found.disk_total
    (tmp_path / "run/systemd/timesync/synchronized").touch()
    (tmp_path / "run/reboot-required").touch()
    stamp = tmp_path / "var/lib/apt/periodic/update-success-stamp"
    stamp.parent.mkdir(parents=True)
    stamp.touch()
    found = read_machine(tmp_path, certificate, tmp_path)
    assert (found.clock_set, found.restart) == (True, True)
    assert found.updated_at is not None
    assert datetime.now(UTC) - found.updated_at < timedelta(hours=1)


def test_errors_are_counted_of_the_file_system_that_the_safe_is_on(tmp_path: Path) -> None:
    number = tmp_path.stat().st_dev
    devices = tmp_path / "sys/dev/block"
    devices.mkdir(parents=True)
    for name, errors in (("dm-0", "0"), ("sdb1", "7")):  # the second is a card
        (tmp_path / "sys/fs/ext4" / name).mkdir(parents=True)
        (tmp_path / "sys/fs/ext4" / name / "errors_count").write_text(errors + "\n")
        (tmp_path / "sys/block" / name).mkdir(parents=True)
    (devices / f"{os.major(number)}:{os.minor(number)}").symlink_to("../../block/dm-0")
    assert read_machine(tmp_path, tmp_path / "none.pem", tmp_path).file_system_errors == 0
    (tmp_path / "sys/fs/ext4/dm-0/errors_count").write_text("2\n")
    assert read_machine(tmp_path, tmp_path / "none.pem", tmp_path).file_system_errors == 2


def test_a_machine_that_tells_nothing_is_not_guessed_at(tmp_path: Path) -> None:
    (tmp_path / "certificate.pem").write_bytes(b"no certificate")
    found = read_machine(tmp_path, tmp_path / "certificate.pem", tmp_path)
    assert (found.temperature, found.certificate_ends, found.clock_set, found.updated_at) == (None,) * 4
    assert found.file_system_errors is None


class Bell:
    def __init__(self) -> None:
        self.rung = 0

    def deliver(self) -> None:
        self.rung += 1


def tell(box: Box, readings: Readings, *addresses: str) -> int:
    office = Office("Gemeente Voorbeeld", "https://box:8788", "https://box:8787")
    bell = Bell()
    new = tell_concerns(
        box.safe,
        readings,
        office,
        addresses,
        Language.DUTCH,
        now=box.now(),
        bell=bell,  # type: ignore[arg-type]
    )
    assert bell.rung == bool(new)
    return new


def mails(box: Box) -> list[str]:
    return [str(row["text"]) for row in rows(box, "SELECT text FROM messages ORDER BY created_at, id")]


def mail_server(box: Box) -> None:
    settings = MailSettings("localhost", 25, Security.NONE, "box@example.org", "", "", "", "")
    change_mail_settings(box.safe, settings, by=OPERATOR, now=box.now())


def test_each_concern_is_mailed_once_until_it_is_over(box: Box) -> None:
    mail_server(box)
    full, hot = replace(WELL, disk_free=1), replace(WELL, disk_free=1, temperature=90.0)
    assert tell(box, full, "it@example.org") == 1
    assert tell(box, full, "it@example.org") == 0
    assert tell(box, hot, "it@example.org") == 1
    assert tell(box, WELL, "it@example.org") == 0
    assert tell(box, full, "it@example.org") == 1
    texts = mails(box)
    assert len(texts) == 3
    assert sum("De schijf is bijna vol." in text for text in texts) == 2
    assert sum("De processor is te warm." in text for text in texts) == 1
    assert all("https://box:8787/box" in text for text in texts)
    assert told(box)[-1] == "worker health:alert  done concerns=disk new=1"


def test_what_could_not_be_told_is_told_later(box: Box) -> None:
    full = replace(WELL, disk_free=1)
    assert tell(box, full, "it@example.org") == 0  # no mail server yet
    mail_server(box)
    assert tell(box, full) == 0  # nobody to tell
    assert tell(box, full, "it@example.org", "second@example.org") == 1
    assert len(mails(box)) == 2


def test_the_condition_counts_photos_set_aside(box: Box) -> None:
    assert condition(box.safe, WELL, by=OPERATOR, now=box.now()).concerns == ()
