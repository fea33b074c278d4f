"""A real file server on this machine: smbd, as an ordinary process on a port of its own."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.machine.spawning import answers, free_port

USER, PASSWORD = "root", "een wachtwoord voor de server"


@dataclass(frozen=True, slots=True)
class Server:
    """folder: what is shared as `fotos`; `dicht` is a share that the user may not enter."""

    port: int
    folder: Path
    _process: "subprocess.Popen[bytes]"

    def address(self, folder: str = "") -> str:
        return f"smb://127.0.0.1:{self.port}/fotos" + (f"/{folder}" if folder else "")

    def stop(self) -> None:
        """The server goes, as when somebody pulls its plug, and with it whatever serves a connection."""
        for child in psutil.Process(self._process.pid).children(recursive=True):
            child.kill()
        self._process.kill()
        self._process.wait(30)


def missing() -> str:
    """What this machine lacks for a file server; empty when nothing."""
    lacking = [name for name in ("smbd", "smbpasswd") if shutil.which(name) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else "" if os.geteuid() == 0 else "only root can"


@contextmanager
def serving(*, encryption: str = "required") -> Iterator[Server]:
    home = Path(tempfile.mkdtemp(prefix="kluis-smb-"))
    (home / "shared").mkdir()
    for name in ("private", "lock", "state", "cache", "pid", "ncalrpc"):
        (home / name).mkdir()
    port = free_port()
    settings = home / "smb.conf"
    settings.write_text(
        f"""[global]
server role = standalone server
bind interfaces only = yes
interfaces = 127.0.0.1
smb ports = {port}
private dir = {home}/private
lock directory = {home}/lock
state directory = {home}/state
cache directory = {home}/cache
pid directory = {home}/pid
ncalrpc dir = {home}/ncalrpc
passdb backend = tdbsam:{home}/private/passdb.tdb
log file = {home}/log
server min protocol = SMB3_00
server smb encrypt = {encryption}
disable netbios = yes
load printers = no
map to guest = never
[fotos]
path = {home}/shared
read only = no
[dicht]
path = {home}/shared
valid users = nobody
"""
    )
    told = f"{PASSWORD}\n{PASSWORD}\n".encode()
    subprocess.run(
        ["smbpasswd", "-c", str(settings), "-L", "-a", "-s", USER],
        input=told,
        check=True,
        capture_output=True,
    )
    process = subprocess.Popen(
        ["smbd", "--foreground", "-s", str(settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        begun = time.monotonic()
        while not answers(port):
            assert time.monotonic() - begun < 30, (home / "log").read_text()
            time.sleep(0.05)
        yield Server(port, home / "shared", process)
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(home, ignore_errors=True)
