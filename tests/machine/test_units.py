"""The units of systemd: nothing in them is misspelt, nothing is more exposed than it must be, and what they
start tells systemd how it is."""

import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import click
import pytest

from appliance import notify
from appliance.cli import kluis
from appliance.domain.duties import Duty
from appliance.domain.errors import Fault, Mistake
from tests.conftest import MODELS, PACKAGES, ROOT, config_of
from tests.machine.spawning import LONGEST, answers
from tests.machine.test_serving import prepared

UNITS = ROOT / "systemd"
PROGRAM = "/opt/portretkluis/current/bin/kluis"
# The most that `systemd-analyze security` may find, in tenths.
EXPOSURE = {
    "kluis-web.service": 12,
    "kluis-door.service": 6,
    "kluis-worker.service": 6,
    "kluis-courier.service": 12,
    "kluis-scrub.service": 6,
    "kluis-retention.service": 6,
    "kluis-duties.service": 6,
    "kluis-self-audit.service": 6,
    "kluis-backup.service": 12,
    "kluis-canary.service": 12,
    "kluis-drill.service": 13,
    "kluis-drill-full.service": 13,
    "kluis-cards.service": 18,
    "kluis-watch.service": 12,
}
COMMAND_OF = {
    Duty.BACKUP: "backup run",
    Duty.CANARY: "backup canary",
    Duty.DRILL_SAMPLE: "drill run",
    Duty.DRILL_FULL: "drill run --full",
    Duty.SCRUB: "scrub",
    Duty.RETENTION: "retention run",
    Duty.SELF_AUDIT: "doctor --security",
}
SANDBOX = UNITS / "kluis-.service.d" / "sandbox.conf"
KINDS = {".service", ".socket", ".timer", ".target"}
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
NEEDED = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root directory with the units as they are installed, and something to start."""
    found = tmp_path_factory.mktemp("root")
    shutil.copytree(UNITS, found / "etc/systemd/system")
    program = found / PROGRAM.removeprefix("/")
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    shutil.copy(program, program.with_name("python"))
    theirs = found / "usr/lib/systemd/system"
    theirs.mkdir(parents=True)
    for path in Path("/usr/lib/systemd/system").glob("*.target"):
        shutil.copy(path, theirs / path.name)
    return found


def analyse(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", f"--root={root}", "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@NEEDED
def test_systemd_understands_every_unit(root: Path) -> None:
    units = [
        path.name for path in UNITS.iterdir() if path.suffix in {".service", ".socket", ".timer", ".target"}
    ]
    checked = analyse(root, "verify", "--man=no", *units)
    assert (checked.returncode, checked.stderr) == (0, "")


@NEEDED
def test_a_word_that_systemd_does_not_know_is_found(root: Path, tmp_path: Path) -> None:
    """Else the test above could not fail."""
    spoilt = tmp_path / "root"
    shutil.copytree(root, spoilt)
    unit = spoilt / "etc/systemd/system/kluis-door.service"
    unit.write_text(unit.read_text() + "\n[Service]\nPrivateNetwrk=yes\n")
    assert "PrivateNetwrk" in analyse(spoilt, "verify", "--man=no", unit.name).stderr


@NEEDED
@pytest.mark.parametrize("name", SERVICES)
def test_no_service_is_more_exposed_than_it_must_be(root: Path, name: str) -> None:
    found = analyse(root, "security", "--offline=true", f"--threshold={EXPOSURE[name]}", name)
    assert found.returncode == 0, found.stdout


def settings(name: str) -> list[tuple[str, str]]:
    """What a unit and the file that holds for every service set."""
    unlike = UNITS / f"{name}.d" / "unlike.conf"
    text = (UNITS / name).read_text() + SANDBOX.read_text() + (unlike.read_text() if unlike.exists() else "")
    return re.findall(r"^([A-Z]\w+)=(.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", SERVICES)
def test_no_unit_sets_what_the_file_for_all_of_them_would_silently_overrule(name: str) -> None:
    """systemd reads drop-ins after the unit, those by the names of their files."""
    key = re.compile(r"^([A-Z]\w+)=", re.MULTILINE)
    assert not set(key.findall((UNITS / name).read_text())) & set(key.findall(SANDBOX.read_text()))
    assert all(SANDBOX.name < other.name for other in (UNITS / f"{name}.d").glob("*.conf"))


def started(name: str) -> list[list[str]]:
    return [value.split() for key, value in settings(name) if key == "ExecStart"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_unit_starts_a_command_that_exists(name: str) -> None:
    for program, *words in started(name):
        assert program == PROGRAM
        command: click.Command = kluis
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), words.pop(0))
            assert found
            command = found
        command.make_context(name, words)


def test_every_duty_of_the_box_has_a_timer_that_comes_with_the_target() -> None:
    """All but trying the recovery kit, which lies in a fireproof safe."""
    timers = sorted(path.stem for path in UNITS.glob("*.timer"))
    target = (UNITS / "kluis.target").read_text()
    wanted = re.findall(r"(\S+)\.timer", " ".join(re.findall(r"^Wants=(.*)$", target, re.MULTILINE)))
    assert sorted(wanted) == timers
    done = {" ".join(words[1:]) for name in timers for words in started(f"{name}.service")}
    assert done == {"duties check", *COMMAND_OF.values()}
    assert set(COMMAND_OF) == set(Duty) - {Duty.RECOVERY_KIT}
    for name in timers:
        text = (UNITS / f"{name}.timer").read_text()
        assert {"Persistent=yes", "PartOf=kluis.target", "WantedBy=kluis.target"} <= set(text.split("\n"))


def test_what_was_found_and_mailed_is_no_failure_of_the_unit() -> None:
    """`systemctl --failed` names what did not run, not what it saw. A fault of a backup is one."""
    for name in ("kluis-self-audit.service", "kluis-duties.service"):
        assert ("SuccessExitStatus", str(Fault.exit_status)) in settings(name)
    for name in ("kluis-backup.service", "kluis-canary.service", "kluis-drill.service"):
        assert ("SuccessExitStatus", str(Mistake.exit_status)) in settings(name)


@pytest.mark.parametrize("name", SERVICES)
def test_the_machines_key_comes_from_systemd_alone(name: str) -> None:
    found = settings(name)
    if ("User", "kluis") in found:
        key = "/etc/credstore.encrypted/kluis.machine-key"
        assert ("LoadCredentialEncrypted", f"kluis.machine-key:{key}") in found
        assert ("Environment", "KLUIS_MACHINE_KEY=%d/kluis.machine-key") in found


@pytest.mark.parametrize(
    "name",
    [f"kluis-{one}.service" for one in ("door", "worker", "scrub", "retention", "duties", "self-audit")],
)
def test_what_strangers_reach_and_what_opens_their_files_has_no_network(name: str) -> None:
    assert {("PrivateNetwork", "yes"), ("IPAddressDeny", "any")} <= set(settings(name))


# What they start, started as systemd does it.


class Manager:
    """Stands in for systemd: opens the socket, hears the notifications."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.settimeout(LONGEST)

    def hear(self, word: str) -> None:
        """Wait until it was said, once more."""
        while True:
            told = self._socket.recv(4096).decode().split("\n")
            if word in told:
                return

    def heard_so_far(self) -> list[str]:
        self._socket.setblocking(False)
        heard = []
        while True:
            try:
                heard.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(tmp_path)
    yield made
    made.close()


def environment(home: Path, manager: Manager, seconds: float) -> dict[str, str]:
    return {
        "KLUIS_HOME": str(home),
        "KLUIS_MODELS": str(MODELS),
        "KLUIS_CACHE": str(PACKAGES),
        "NOTIFY_SOCKET": manager.address,
        "WATCHDOG_USEC": str(int(seconds * 1e6)),
        "PYTHONPATH": str(ROOT),
    }


def stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(LONGEST)


@pytest.mark.skipif(shutil.which("systemd-socket-activate") is None, reason="systemd is not installed")
@pytest.mark.parametrize("command", ["serve", "door"])
def test_the_socket_of_systemd_is_served_over_tls_1_3_and_the_watchdog_hears_it(
    command: str, empty_home: Path, tmp_path: Path, manager: Manager
) -> None:
    home = prepared(empty_home, tmp_path)
    port = config_of(home).port  # systemd's own, whatever the settings say of the door's
    handed = [f"--setenv={key}={value}" for key, value in environment(home, manager, 3).items()]
    ours = [sys.executable, "-m", "appliance.cli", command, "--lan"]
    activate = ["systemd-socket-activate", f"--listen=127.0.0.1:{port}", *handed, *ours]
    process = subprocess.Popen(activate, cwd=tmp_path, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        begun = time.monotonic()
        while not answers(port) and time.monotonic() - begun < LONGEST:
            time.sleep(0.05)
        manager.hear("READY=1")
        manager.hear("WATCHDOG=1")
        context = ssl.create_default_context(cafile=home / "tls" / "certificate.pem")
        browser = http.client.HTTPSConnection("localhost", port, context=context, timeout=30)
        browser.request("GET", "/nowhere")
        assert browser.getresponse().status in (401, 404)  # what strangers get, or nothing
        assert browser.sock.version() == "TLSv1.3"
        browser.close()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as raw,
            pytest.raises(ssl.SSLError, match=r"protocol version|PROTOCOL_VERSION|alert"),
        ):
            context.wrap_socket(raw, server_hostname="localhost")
    finally:
        stop(process)


@pytest.mark.parametrize("command", [("courier",), ("watch",), ("worker", "--no-mail", "--workers", "1")])
def test_worker_watch_and_courier_tell_that_they_are_well(
    command: tuple[str, ...], empty_home: Path, tmp_path: Path, manager: Manager, pack: object
) -> None:
    home = prepared(empty_home, tmp_path)
    given = os.environ | environment(home, manager, 3)
    ours = [sys.executable, "-m", "appliance.cli", *command]
    process = subprocess.Popen(ours, env=given, cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        manager.hear("READY=1")
        manager.hear("WATCHDOG=1")
    finally:
        stop(process)
    assert process.returncode == 0


class Ailing:
    """Well at first, and then not any more."""

    def __init__(self) -> None:
        self.asked = Queue[None]()

    def __call__(self) -> None:
        self.asked.put(None)
        if self.asked.qsize() > 2:
            raise OSError


def test_what_is_not_well_falls_silent(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", manager.address)
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    ailing = Ailing()
    notify.pulse_while(ailing)
    while ailing.asked.qsize() < 6:
        time.sleep(0.01)
    assert manager.heard_so_far() == ["WATCHDOG=1"] * 2


def test_outside_systemd_nothing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify.tell("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify.tell("READY=1")
    monkeypatch.setenv("LISTEN_FDS", "1")
    monkeypatch.setenv("LISTEN_PID", str(os.getpid() + 1))
    assert not notify.listens_already()
