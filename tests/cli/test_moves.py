"""An archive moved in at the command line: counted, tried, taken in, reported."""

from pathlib import Path

import pytest

from appliance.vision.packs import Pack
from tests.actions.scene import fill, picture
from tests.cli.conftest import Run


@pytest.mark.usefixtures("pack")
def test_an_archive_is_counted_tried_and_taken_in(kluis: Run, home: Path, tmp_path: Path, pack: Pack) -> None:
    folder = fill(tmp_path / "archive", {f"{n}.jpg": picture(400 + n) for n in range(4)} | {"a.csv": b"x"})
    counted = kluis(home, "migrate", "inventory", folder, "--look", "2", "--json")
    assert counted.status == 0
    assert "Opened 2 of 2" in counted.err
    told = counted.json
    assert (told["stage"], told["photos"], told["formats"], told["other files"]) == (
        "counted",
        4,
        "jpg 4",
        "csv 1",
    )
    archive = told["archive"]
    assert kluis(home, "migrate", "all", archive).status == 1  # nothing was tried yet

    tried = kluis(home, "migrate", "try", archive, "--photos", "2", "--analyse", "--json").json
    assert (tried["stage"], tried["tried: stored"], tried["tried: waiting"]) == ("tried", 2, 0)
    whole = kluis(home, "migrate", "all", archive, "--analyse", "--json").json
    assert (whole["stage"], whole["moved: stored"], whole["moved: known"]) == ("moved", 2, 2)
    assert kluis(home, "migrate", "report", archive, "--json").json == whole
    (listed,) = kluis(home, "migrate", "list", "--json").json
    assert listed["archive"] == archive
