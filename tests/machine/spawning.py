"""`kluis` commands in processes of their own, which can be killed.

They are forked from a process that has loaded the program already, so that fifty of them cost little.
"""

import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self

import psutil

from appliance.cli import main
from tests.conftest import MODELS, PACKAGES

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["appliance.cli"])
LONGEST = 120.0  # seconds, after which a test gives up


def _run(arguments: list[str], environment: Mapping[str, str], folder: Path) -> None:
    os.setsid()  # a group of its own, to be killed whole
    os.environ.update(environment)
    for name, descriptor in (("out", 1), ("err", 2)):
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, descriptor)
    sys.stdin.close()
    sys.argv = ["kluis", *arguments]
    main()


class Running:
    """A command that runs. folder: where what it prints is kept."""

    def __init__(self, home: Path, *arguments: object, folder: Path, **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("out", "err"):
            (folder / name).write_bytes(b"")
        self._folder = folder
        given = {"KLUIS_MODELS": str(MODELS), "KLUIS_CACHE": str(PACKAGES)} | environment
        command = ["--home", str(home), *map(str, arguments)]
        self.process: BaseProcess = _context.Process(target=_run, args=(command, given, folder))
        self.process.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """Of the process itself, which leads its group."""
        assert self.process.pid is not None
        return self.process.pid

    @property
    def out(self) -> str:
        """What it printed so far."""
        return (self._folder / "out").read_text(errors="replace")

    @property
    def err(self) -> str:
        """What it complained of so far."""
        return (self._folder / "err").read_text(errors="replace")

    def works(self) -> bool:
        """Whether a worker has begun: its own processes are there."""
        return len(psutil.Process(self.pid).children()) >= 2

    def kill(self) -> None:
        """All of it at once, as a power cut does."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            self.process.kill()
        self.process.join(LONGEST)

    def stop(self) -> int | None:
        """Ask it to end. Returns its exit status."""
        if self.process.is_alive():
            os.kill(self.pid, signal.SIGTERM)
        return self.ended()

    def ended(self) -> int | None:
        """Wait for its end. Returns its exit status."""
        self.process.join(LONGEST)
        assert not self.process.is_alive(), self.err
        return self.process.exitcode

    def until(self, so: Callable[[], bool], every: float = 0.002) -> bool:
        """Wait until something is so. False when the command ended before."""
        begun = time.monotonic()
        while not so():
            if not self.process.is_alive():
                return so()
            assert time.monotonic() - begun < LONGEST, self.err
            time.sleep(every)
        return True


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as tried:
        tried.settimeout(1)
        return tried.connect_ex(("127.0.0.1", port)) == 0
