"""Each fault twice at random points; `make acceptance` does each hundreds of times."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.cards.bench import missing
from tests.machine import faults

FAULTS: dict[str, Callable[..., None]] = {
    "a card pulled out": faults.pull_cards,
    "a file that cannot be read": faults.spoil_files,
    "a full disk": faults.fill_disks,
    "a clock that jumps while files are swept": faults.jump_clocks,
    "two imports of one card at once": faults.import_twice_at_once,
    "a power cut": partial(faults.cut_power, lies=False),
    "a power cut behind a disk that lies": partial(faults.cut_power, lies=True),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_reported_is_safe_and_the_rest_comes_later(
    fault: str, empty_home: Path, tmp_path: Path
) -> None:
    if why := missing():
        pytest.skip(f"NO DISK CAN BE MADE TO FAIL HERE: {why}")
    FAULTS[fault](empty_home, tmp_path, times=2, seed=5)
