"""Each fault three hundred times, at other points each time."""

import time
from pathlib import Path

import pytest

from tests.machine.test_faults import FAULTS

TIMES = 300


@pytest.mark.acceptance
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_hundreds_of_times(fault: str, empty_home: Path, tmp_path: Path) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")  # noqa: T201 - to do it again
    FAULTS[fault](empty_home, tmp_path, times=TIMES, seed=seed)
