"""The command line as it is typed: in this process where that is the same, else in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from appliance.cli import context, main
from appliance.config import Config
from appliance.wiring import Box, open_box
from tests.conftest import MODELS, PACKAGES, Clock


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def kluis(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Run]:
    """Runs `kluis` in this process, at the test's own time: `kluis(home, "status", "--json")`."""

    def opened(config: Config) -> Box:
        return open_box(config, clock=clock)

    monkeypatch.setattr(context, "open_ringing_box", opened)
    monkeypatch.setenv("KLUIS_MODELS", str(MODELS))
    monkeypatch.setenv("KLUIS_CACHE", str(PACKAGES))
    umask = os.umask(0o077)

    def run(home: Path | None, *arguments: object) -> Ran:
        capfd.readouterr()
        at = [] if home is None else ["--home", str(home)]
        monkeypatch.setattr(sys, "argv", ["kluis", *at, *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capfd.readouterr()
        assert "Traceback" not in told.out + told.err
        return Ran(int(ended.value.code or 0), told.out, told.err)

    with Path(os.devnull).open() as nobody:  # is there to be asked
        monkeypatch.setattr(sys, "stdin", nobody)
        yield run
    os.umask(umask)


def process(home: Path, *arguments: object, **more: Any) -> Ran:
    """Runs `kluis` in a process of its own."""
    environment = os.environ | {"KLUIS_MODELS": str(MODELS), "KLUIS_CACHE": str(PACKAGES)}
    ran = subprocess.run(
        [sys.executable, "-m", "appliance.cli", "--home", str(home), *map(str, arguments)],
        env=environment | more.pop("env", {}),
        capture_output=True,
        stdin=more.pop("stdin", subprocess.DEVNULL),
        text=True,
        timeout=120,
        check=False,
        **more,
    )
    assert "Traceback" not in ran.stdout + ran.stderr
    return Ran(ran.returncode, ran.stdout, ran.stderr)
