"""The ransomware play: an attacker with all rights of the box, its keys and credentials, at real servers."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.actions.backup import Shelf, back_up
from appliance.backup.restic import Progress, repository_address
from appliance.domain.backup import Target
from appliance.store.recovery_kit import RecoveryKit
from appliance.wiring import Box, make_backup_key
from tests.actions.scene import fill, picture, take
from tests.backup.servers import rest_server

pytestmark = pytest.mark.acceptance


@pytest.fixture
def shelf(box: Box, kit: RecoveryKit, tmp_path: Path) -> Shelf:
    take(box, fill(tmp_path / "card", {"a.jpg": picture(1), "b.jpg": picture(2)}))
    make_backup_key(box.config, kit.code)
    return box.shelf


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Target]:
    with rest_server(tmp_path / "backups") as target:
        yield target


def restic(shelf: Shelf, target: Target, *arguments: str) -> int:
    """What somebody with the box's rights runs by hand. Returns the exit status."""
    ran = subprocess.run(
        ["restic", "--no-cache", "-r", repository_address(target, "safe"), *arguments],
        env=os.environ | {"RESTIC_PASSWORD": shelf.key.hex()},
        capture_output=True,
        check=False,
    )
    return ran.returncode


def test_a_server_that_only_appends_refuses_to_forget(box: Box, shelf: Shelf, guarded: Target) -> None:
    run = back_up(box.safe, shelf, guarded, clock=box.clock)
    assert restic(shelf, guarded, "forget", "--prune", str(run.findings["snapshot"])) != 0
    assert len(shelf.safe_at(guarded).snapshots("safe")) == 1
    assert restic(shelf, guarded, "check", "--read-data") == 0


def test_a_killed_backup_leaves_a_sound_repository_and_the_next_one_finishes(
    box: Box, shelf: Shelf, guarded: Target, tmp_path: Path
) -> None:
    """Slow enough to be killed in the middle."""
    noise = {f"{n}.bin": os.urandom(6_000_000) for n in range(6)}
    fill(box.config.files / "zz", noise)
    slow = replace(guarded, upload=8_000)

    class Killed(Exception):
        pass

    def kill(progress: Progress) -> None:
        if progress.share > 0.2:
            raise Killed

    with pytest.raises(Killed):
        back_up(box.safe, shelf, slow, clock=box.clock, on_progress=kill)
    assert shelf.safe_at(slow).snapshots("safe") == ()
    done = back_up(box.safe, shelf, replace(slow, upload=0), clock=box.clock)
    assert done.passed, done.findings
    assert restic(shelf, guarded, "check") == 0
