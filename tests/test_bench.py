"""The benches run and give every figure they promise. How large the figures are is no test's business."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from appliance.vision.manifest import Pack
from bench import matching
from bench.__main__ import main
from bench.stages import REST, STAGES
from tests.conftest import CACHE

pytestmark = pytest.mark.usefixtures("pack", "card")
SMALL = ["--photos", "2", "--size", "1500", "1000", "--runs", "1"]


def figures(arguments: list[str], results: Path, name: str) -> tuple[dict[str, Any], str]:
    """What a bench wrote and told."""
    shared = ["--cache", str(CACHE), "--results", str(results)]
    ran = CliRunner().invoke(main, [*shared, *arguments], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return json.loads((results / f"{name}.json").read_text()), ran.output


def test_the_way_of_a_photo_is_measured_stage_by_stage_and_as_a_whole(tmp_path: Path, pack: Pack) -> None:
    parts = [word for part in ("stages", "copying", "rescan", "detectors") for word in ("--only", part)]
    found, told = figures([*SMALL, *parts], tmp_path, "pipeline")
    assert found["options"]["photos"] == 2
    assert {"processor", "cores", "python", "libraries"} <= found["machine"].keys()

    stages = found["stages"]["stages"]
    assert set(stages) == set(STAGES)
    assert all(stages[name]["cpu_ms"] > 0 for name in stages), "a stage of the product is not measured"
    assert sum(stage["share"] for stage in stages.values()) == pytest.approx(1)
    assert stages[REST]["share"] < 0.5, "most of the work belongs to no stage"
    assert found["stages"]["ratio_cpu"]["median"] > 1

    assert found["copying"]["ours_mb_s"]["median"] > 0
    assert found["rescan"]["faces_s_cpu"]["median"] > 0
    assert found["rescan"]["suggestions"] == 0, "whoever is looked for is in none of the photos"
    assert {"ours, with doubts", "OpenCV, Haar cascade"} <= found["detectors"].keys()
    for line in ("decode", "taking a card in", "searching earlier photos", "haar"):
        assert line in told.lower()


def test_matching_is_measured_by_the_number_of_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "PEOPLE", (100, 6_000))
    found, _ = figures(["matching"], tmp_path, "matching")
    assert all(row["face_ms"]["median"] > 0 for row in found["matching"].values())
    assert set(found["matching"]) == {"100", "6000"}


def test_the_peer_is_measured_or_its_absence_told(tmp_path: Path, pack: Pack) -> None:
    found, told = figures([*SMALL, "--only", "peer", "--peer-photos", "1"], tmp_path, "pipeline")
    if "skipped" in found["peer"]:
        assert "WITHOUT THE PEER" in told
    else:
        assert all(run["photos_s"]["median"] > 0 for run in found["peer"].values())


def test_a_library_is_filled_and_its_pages_are_asked(tmp_path: Path) -> None:
    small = ["--photos", "60", "--people", "8", "--requests", "1"]
    found, told = figures(["library", *small], tmp_path, "library")
    assert found["verdicts"]["verdicts"] == 60 * 5
    assert found["refresh"]["complete"]
    assert {"library", "photo", "people", "audit log of a photo"} <= found["pages"].keys()
    assert all(page["p50"] > 0 for page in found["pages"].values())
    assert "Pages: milliseconds of the server" in told


def test_searches_are_measured_beside_a_scan_that_finds_the_same(tmp_path: Path) -> None:
    small = ["--photos", "300", "--people", "8", "--requests", "2"]
    found, told = figures(["search", *small], tmp_path, "search")
    asked = found["search"]
    assert asked["everything"]["found"] == 300
    assert all(0 < one["search_p50"] <= one["search_p95"] for one in asked.values())
    assert any(0 < one["found"] < 300 for one in asked.values())
    assert "Searches: milliseconds" in told


def test_the_search_for_copies_is_measured(tmp_path: Path) -> None:
    found, told = figures(["duplicates", "--photos", "2000"], tmp_path, "duplicates")
    assert found["search"]["photos"] == 2000
    assert 0 < found["search"]["p50_ms"] <= found["search"]["p95_ms"]
    assert "A search among 2000 photos" in told


def test_what_is_found_of_copies_and_of_other_photos_is_measured(
    tmp_path: Path, evaluation_data: Path
) -> None:
    few = tmp_path / "data"
    few.mkdir()
    (few / "azure-families").symlink_to(evaluation_data / "azure-families")
    found, _ = figures(["duplicates", "--photos", "100", "--data", str(few)], tmp_path, "duplicates")
    seen = found["copies"].values()
    assert all(count.get("photos", 0) + count.get("tiny", 0) == 16 for count in seen)
    assert sum(count["photos found"] for count in seen) >= 0.97 * sum(count["photos"] for count in seen)
    assert found["others"]["azure-families"]["called copies"] == []
