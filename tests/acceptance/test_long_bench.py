"""The benches that start the whole product, as it is on a box."""

from pathlib import Path

import pytest

from appliance.vision.manifest import Pack
from tests.test_bench import SMALL, figures

pytestmark = [pytest.mark.acceptance, pytest.mark.usefixtures("pack", "card")]


def test_the_whole_way_is_measured_with_one_worker_and_with_two(tmp_path: Path, pack: Pack) -> None:
    found, told = figures([*SMALL, "--only", "workers"], tmp_path, "pipeline")
    assert set(found["workers"]) == {"1", "2"}
    assert all(run["photos_s"]["median"] > 0 for run in found["workers"].values())
    assert "the whole way" in told.lower()


def test_memory_is_that_of_all_processes(tmp_path: Path, pack: Pack) -> None:
    found, _ = figures([*SMALL, "--only", "memory"], tmp_path, "pipeline")
    (peak,) = found["memory"]["peaks"]
    assert {"web", "workers", "decoders"} <= peak["by_kind"].keys()
    assert peak["resident"] >= peak["proportional"] == sum(peak["by_kind"].values())
