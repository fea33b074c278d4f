"""Locks between processes."""

import os
from collections.abc import Callable
from pathlib import Path

from appliance.store.locks import alone
from tests.store.crash import in_a_child


def test_one_process_holds_a_lock_and_a_crash_lets_go_of_it(tmp_path: Path) -> None:
    def hold(say: Callable[[bytes], object]) -> None:
        with alone(tmp_path / "locks", "import") as mine:
            say(b"y" if mine else b"n")
            os.read(never, 1)

    never, keep = os.pipe()
    child = in_a_child(hold)
    assert os.read(child.said, 1) == b"y"
    with alone(tmp_path / "locks", "import") as mine, alone(tmp_path / "locks", "other") as other:
        assert (mine, other) == (False, True)
    child.kill()
    assert not child.ended()
    with alone(tmp_path / "locks", "import") as mine:
        assert mine
    for descriptor in (never, keep, child.said):
        os.close(descriptor)
