"""The play at a real bucket with Object Lock: the box's own credentials destroy nothing of a backup."""

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from appliance.actions.backup import Shelf, back_up, try_canary
from appliance.backup.s3 import LOCK_MODE, Bucket
from appliance.store.recovery_kit import RecoveryKit
from appliance.wiring import Box, make_backup_key, system_clock
from tests.acceptance.object_lock import Server, locked_server
from tests.actions.scene import fill, picture, take

__all__ = ["locked_server"]
pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]
SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@pytest.fixture
def shelf(box: Box, kit: RecoveryKit, tmp_path: Path) -> Shelf:
    take(box, fill(tmp_path / "card", {"a.jpg": picture(1), "b.jpg": picture(2)}))
    make_backup_key(box.config, kit.code)
    return box.shelf


def test_the_canary_is_refused_at_a_locked_bucket_and_cries_at_one_without_lock(
    locked_server: Server,
) -> None:
    run = try_canary(locked_server.make("guarded", locked=True), clock=system_clock)
    assert run.passed, run.findings
    assert set(run.findings.values()) == {"refused"}
    open_bucket = locked_server.make("open", locked=False)
    cried = try_canary(open_bucket, clock=system_clock)
    assert not cried.passed
    assert cried.findings["locked"] == "succeeded"
    assert cried.findings["delete"] == "succeeded"


def test_everything_that_was_backed_up_is_locked_and_comes_back_after_all_was_deleted(
    locked_server: Server, box: Box, shelf: Shelf, tmp_path: Path
) -> None:
    target = locked_server.make("kluis", locked=True)
    made = back_up(box.safe, shelf, target, clock=system_clock)
    assert made.passed, made.findings
    now, bucket = datetime.now(UTC), Bucket(target)
    keys = [key for key in bucket.keys("", now) if "/locks/" not in key]
    assert keys
    for key in keys:
        assert bucket.ask("HEAD", key, now).headers.get(LOCK_MODE) == "COMPLIANCE", key
    # The attacker holds the box: its account deletes every object, and tries each version.
    for key in keys:
        version = bucket.ask("HEAD", key, now).headers["x-amz-version-id"]
        assert not bucket.ask("DELETE", key, now, query={"versionId": version}).done
        bucket.ask("DELETE", key, now)
    assert not [key for key in bucket.keys("", now) if "/locks/" not in key]
    # The owner takes the markers away, and the backups are as they were.
    owner = locked_server.owner("kluis")
    listed = ET.fromstring(owner.ask("GET", "", now, query={"versions": ""}).body)  # noqa: S314 - ours
    for marker in listed.iter(f"{SPACE}DeleteMarker"):
        key, version = marker.findtext(f"{SPACE}Key"), marker.findtext(f"{SPACE}VersionId")
        assert key
        assert version
        assert owner.ask("DELETE", key, now, query={"versionId": version}).done
    assert shelf.safe_at(target).restore(str(made.findings["snapshot"]), tmp_path / "restored")
    restored = {path.name: path.read_bytes() for path in (tmp_path / "restored" / "files").glob("*/*")}
    assert restored == {path.name: path.read_bytes() for path in box.config.files.glob("*/*")}
