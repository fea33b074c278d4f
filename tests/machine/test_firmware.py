"""The machine below the safe, compared with what is asked of it, on file systems that are made up."""

import shutil
from pathlib import Path

import pytest

from appliance.machine.firmware import Finding, check_firmware, expected_settings
from tests.cli.conftest import process
from tests.conftest import ROOT

ASKED = ROOT / "firmware-config"
HOME = Path("/var/lib/portretkluis")


def put(root: Path, path: str, text: str | bytes) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine as it should be: a Pi with a TPM, UEFI and an encrypted disk."""
    for name in ("sysctl.conf", "coredump.conf"):
        for line in (ASKED / "linux" / name).read_text().splitlines():
            if "=" in line and not line.startswith("#"):
                key, _, value = line.partition("=")
                put(tmp_path, f"proc/sys/{key.strip().replace('.', '/')}", value.strip() + "\n")
    put(tmp_path, "proc/modules", "usb_storage 81920 0 - Live 0x0\n")
    put(tmp_path, "etc/modprobe.d/portretkluis.conf", (ASKED / "linux/modprobe.conf").read_text())
    put(tmp_path, "proc/cmdline", "root=/dev/sda1 " + (ASKED / "linux/cmdline.txt").read_text())
    put(tmp_path, "sys/class/watchdog/watchdog0/state", "active\n")
    put(tmp_path, "sys/class/misc/hw_random/rng_current", "bcm2835-rng\n")
    put(tmp_path, "sys/class/tpmrm/tpmrm0/dev", "253:65536\n")
    put(
        tmp_path,
        "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
        b"\x06\0\0\0\x01",
    )
    put(tmp_path, "proc/self/mounts", f"/dev/sda1 / ext4 rw 0 0\n/dev/dm-0 {HOME} ext4 rw 0 0\n")
    put(tmp_path, "sys/class/block/dm-0/dm/uuid", "CRYPT-LUKS2-0123-kluis\n")
    put(tmp_path, "proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0")
    put(tmp_path, "boot/firmware/config.txt", (ASKED / "raspberry-pi/config.txt").read_text())
    return tmp_path


def found(machine: Path) -> dict[str, Finding]:
    return {one.check: one for one in check_firmware(HOME, ASKED, machine)}


def test_a_machine_as_it_should_be_is_fine(machine: Path) -> None:
    wrong = [one for one in found(machine).values() if one.fine is not True]
    assert not wrong


SPOILT = {
    "kernel settings": ("proc/sys/kernel/kptr_restrict", "0\n"),
    "drivers": ("proc/modules", "usbhid 81920 0 - Live 0x0\n"),
    "kernel command line": ("proc/cmdline", "root=/dev/sda1\n"),
    "journal in memory": ("var/log/journal/0123/system.journal", "x"),
    "watchdog": ("sys/class/watchdog/watchdog0/state", "inactive\n"),
    "hardware random numbers": ("sys/class/misc/hw_random/rng_current", "none\n"),
    "radios": ("sys/class/ieee80211/phy0/name", "phy0\n"),
    "secure boot": (
        "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
        b"\x06\0\0\0\0",
    ),
    "encrypted disk": ("sys/class/block/dm-0/dm/uuid", "LVM-0123\n"),
    "Raspberry Pi firmware": ("boot/firmware/config.txt", "dtparam=audio=on\n"),
}


@pytest.mark.parametrize("check", SPOILT)
def test_each_thing_that_is_wrong_is_found_alone(machine: Path, check: str) -> None:
    put(machine, *SPOILT[check])
    assert [one.check for one in found(machine).values() if one.fine is not True] == [check]


def test_a_module_list_of_somebody_else_does_not_count(machine: Path) -> None:
    put(machine, "etc/modprobe.d/portretkluis.conf", "install usbhid /bin/false\n")
    assert found(machine)["drivers"].fine is False


def test_without_a_tpm_it_says_what_that_means(machine: Path) -> None:
    shutil.rmtree(machine / "sys/class/tpmrm")
    assert "beside what it opens" in found(machine)["TPM"].note


def test_what_a_machine_has_not_is_not_wrong(machine: Path) -> None:
    shutil.rmtree(machine / "sys/firmware")
    put(machine, "proc/device-tree/model", "Something else\0")
    assert [one.check for one in found(machine).values() if one.fine is None] == [
        "secure boot",
        "Raspberry Pi firmware",
    ]


def test_a_disk_below_a_volume_is_found(machine: Path) -> None:
    put(machine, "sys/class/block/dm-0/dm/uuid", "LVM-0123\n")
    put(machine, "sys/class/block/dm-0/slaves/dm-1/dev", "253:1\n")
    put(machine, "sys/class/block/dm-1/dm/uuid", "CRYPT-LUKS2-0123-below\n")
    assert found(machine)["encrypted disk"].fine is True


def test_typed_it_looks_at_this_machine_and_leaves_the_safe_shut(tmp_path: Path) -> None:
    assert expected_settings() == ASKED
    told = process(tmp_path / "no safe here", "doctor", "--firmware", "--json")
    assert {one["check"] for one in told.json} == {*SPOILT, "TPM"}
    assert told.status == (2 if any(one["result"] == "wrong" for one in told.json) else 0)


def test_every_file_is_explained() -> None:
    paper = (ASKED / "README.md").read_text()
    files = {str(path.relative_to(ASKED)) for path in ASKED.rglob("*") if path.is_file()} - {"README.md"}
    assert not {name for name in files if f"`{name}`" not in paper}


def test_every_setting_has_its_reason_above_it() -> None:
    for path in (*(ASKED / "linux").glob("*.conf"), ASKED / "raspberry-pi/config.txt"):
        lines = path.read_text().splitlines()
        assert lines[0].startswith("#"), path
    for line in (ASKED / "raspberry-pi/config.txt").read_text().split("\n\n"):
        assert line.startswith("#")
