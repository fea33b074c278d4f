"""Two hundred kills of an import and two hundred of the worker, at other points each time."""

import time
from pathlib import Path

import pytest

from appliance.vision.manifest import Pack
from tests.machine.test_killed import kill_imports, kill_workers, unexamined

KILLS = 200


@pytest.mark.acceptance
@pytest.mark.timeout(7200)
def test_imports_killed_two_hundred_times(empty_home: Path, tmp_path: Path) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")  # noqa: T201 - to do it again
    kill_imports(empty_home, tmp_path, kills=KILLS, seed=seed)


@pytest.mark.acceptance
@pytest.mark.timeout(7200)
def test_workers_killed_two_hundred_times(empty_home: Path, card: Path, pack: Pack, tmp_path: Path) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")  # noqa: T201 - to do it again
    kill_workers(unexamined(empty_home, card, tmp_path), card, tmp_path, kills=KILLS, seed=seed)
