"""Real servers for backups: the rest-server of restic, on loopback."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.domain.backup import Target, TargetKind

REST_SERVER = "restic-rest-server"
NO_RESTIC = "restic is not installed (apt install restic)"
NO_SERVER = "restic-rest-server is not installed (Debian 13: apt install restic-rest-server)"


def require(program: str, why: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(why)


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def wait_for(port: int, seconds: int = 10) -> None:
    for _ in range(seconds * 20):
        with socket.socket() as tried:
            tried.settimeout(1)
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server did not start")


@contextmanager
def rest_server(folder: Path, *, append_only: bool = True) -> Iterator[Target]:
    """A rest-server over a folder, and the target that it is."""
    require("restic", NO_RESTIC)
    require(REST_SERVER, NO_SERVER)
    port = free_port()
    command = [REST_SERVER, "--no-auth", "--path", folder, "--listen", f"127.0.0.1:{port}"]
    running = subprocess.Popen(
        [*command, *(["--append-only"] if append_only else [])],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield Target("office", TargetKind.REST, f"http://127.0.0.1:{port}/box", "NL")
    finally:
        running.terminate()
        running.wait(10)


def disk(folder: Path, *, days: int = 30) -> Target:
    """A folder as a target."""
    require("restic", NO_RESTIC)
    return Target("disk", TargetKind.DISK, str(folder), "NL", days=days)
