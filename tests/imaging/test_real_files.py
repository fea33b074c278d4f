"""Photos of many cameras, and files that broke other programs: decoded or refused, and none breaks ours."""

import csv
from pathlib import Path

import pytest

from appliance.domain.errors import Unreadable
from appliance.imaging.decode import Decoded, Decoder
from tests.imaging.pictures import COLOURS, as_jpeg, close, colours_of, quarters

PREVIEW = 1440


def outcome(decoder: Decoder, path: Path) -> Decoded | str:
    try:
        return decoder.decode(path.read_bytes(), at_least=PREVIEW)
    except Unreadable as problem:
        return problem.key


def files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    assert found, f"{folder.name} is empty"
    return found


def test_photos_of_many_cameras_are_decoded(decoder: Decoder, evaluation_data: Path) -> None:
    photos = [p for p in files(evaluation_data / "ingest") if p.suffix.lower() in (".jpg", ".heic", ".avif")]
    refused = {}
    for path in photos:
        decoded = outcome(decoder, path)
        if isinstance(decoded, str):
            refused[path.name] = decoded
        else:
            assert max(decoded.pixels.shape) <= max(decoded.width, decoded.height)
            assert decoded.media_type in ("image/jpeg", "image/heic", "image/avif")
    assert refused == {}
    assert len(photos) > 40


def test_a_landscape_taken_in_all_eight_ways_is_the_same_upright(
    decoder: Decoder, evaluation_data: Path
) -> None:
    folder = evaluation_data / "ingest" / "exif-samples" / "jpg" / "orientation"
    seen = [decoder.decode(path.read_bytes()) for path in sorted(folder.glob("landscape_*.jpg"))]
    assert [(one.width, one.height) for one in seen] == [(600, 450)] * 8
    for one in seen[1:]:
        assert abs(one.pixels.astype(int) - seen[0].pixels).mean() < 8


@pytest.mark.parametrize("folder", ["ingest", "broken"])
def test_every_file_is_decoded_or_refused_and_none_breaks_the_decoder(
    decoder: Decoder, evaluation_data: Path, folder: str
) -> None:
    broke = [p.name for p in files(evaluation_data / folder) if outcome(decoder, p) == "photo:too_demanding"]
    assert broke == []
    assert close(colours_of(decoder.decode(as_jpeg(quarters())).pixels), COLOURS)


# What is asked of the files that were made to break things, in one word.
ASKED = {"reject": False, "accept": True, "sniff": True}


def test_files_made_to_break_things_are_met_as_they_should_be(
    decoder: Decoder, evaluation_data: Path
) -> None:
    folder = evaluation_data / "broken" / "generated"
    wrong = {}
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            asked = ASKED.get(row["expected"].replace(";", " ").split()[0])
            if asked is None or " or " in row["expected"]:
                continue
            met = outcome(decoder, folder / row["file"])
            if isinstance(met, str) is asked:
                wrong[row["file"]] = met
    assert wrong == {}
