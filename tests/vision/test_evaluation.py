"""What is measured on photos with ground truth, and what is written of it."""

import stat
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from appliance.domain.errors import Fault
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.evaluation.card import card, figures, keep_figures, thresholds
from appliance.vision.evaluation.detection import Bounds, assigned, overlap
from appliance.vision.evaluation.figures import Share
from appliance.vision.evaluation.recognition import everybody, identification, verification
from appliance.vision.evaluation.report import write_report
from appliance.vision.evaluation.run import evaluate, folders
from appliance.vision.evaluation.summary import Line, Results, lines
from appliance.vision.evaluation.trial import Sitter, sitters, trial, worse
from appliance.vision.evaluation.truth import Pair, Portrait
from appliance.vision.evaluation.variants import variants
from appliance.vision.manifest import Pack
from tests.conftest import ROOT

Pixels = NDArray[np.uint8]
NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - the hour of whoever reads the report


def read(path: Path) -> tuple[Pixels, float]:
    return np.array(Image.open(path).convert("RGB")), 1.0


@pytest.fixture(scope="module")
def album(
    tmp_path_factory: pytest.TempPathFactory, analyser: FaceAnalyser, portraits: dict[str, Pixels]
) -> Path:
    """Five portraits of three people, and a landscape; one face is said to be where none is."""
    folder = tmp_path_factory.mktemp("data") / "album"
    folder.mkdir()
    who = {
        "KLUI0001.JPG": "obama",
        "KLUI0002.JPG": "obama",
        "KLUI0005.JPG": "obama",
        "KLUI0004.JPG": "biden",
        "KLUI0007.JPG": "collins",
    }
    faces, identities = ["path,x,y,w,h"], ["path,person"]
    for name, person in who.items():
        picture = portraits[name]
        Image.fromarray(picture).save(folder / name, quality=95)
        height, width = picture.shape[:2]
        (face,) = analyser.find(picture)
        box = face.box
        numbers = (box.left * width, box.top * height, box.width * width, box.height * height)
        faces.append(",".join([name, *(f"{v:.0f}" for v in numbers)]))
        identities.append(f"{name},{person}")
    Image.fromarray(portraits["KLUI0008.JPG"]).save(folder / "KLUI0008.JPG")
    faces.append("KLUI0008.JPG,100,100,80,80")
    (folder / "faces.csv").write_text("\n".join(faces))
    (folder / "identities.csv").write_text("\n".join(identities))
    rows = ["path_a,path_b,same", "KLUI0001.JPG,KLUI0002.JPG,1", "KLUI0001.JPG,KLUI0005.JPG,1"]
    rows += ["KLUI0001.JPG,KLUI0004.JPG,0", "KLUI0004.JPG,KLUI0007.JPG,0"]
    (folder / "pairs.csv").write_text("\n".join(rows))
    return folder


@pytest.fixture(scope="module")
def results(album: Path, analyser: FaceAnalyser) -> Results:
    return evaluate(analyser, album, read, people=1, harder=False, progress=lambda _text: None)


def test_faces_that_are_missed_are_counted_and_shown(results: Results) -> None:
    found = results.detection
    assert found is not None
    assert (found.photos, found.recall, found.precision, found.extra) == (6, Share(5, 6), Share(5, 5), 0)
    assert found.by_kind["48 to 96 px"] == Share(0, 1)
    assert [(one.name, one.missed) for one in found.failures] == [("KLUI0008.JPG", ((100, 100, 180, 180),))]
    assert found.unnoticed == 1


def test_people_are_told_apart(results: Results) -> None:
    assert results.verification is not None
    assert results.verification.accuracy.right == Share(4, 4)
    assert results.verification.unmeasured == 0
    strictest = results.verification.accepted[-1]
    assert (strictest.found, strictest.measurable) == (Share(2, 2), False)
    assert results.everybody is not None
    assert (results.everybody.people, results.everybody.strangers) == (3, 7)
    assert results.identification is not None
    assert results.identification.rank_one == Share(1, 1)
    assert results.identification.false == Share(0, 2)


def test_the_report_shows_the_failures_and_is_its_owners_alone(results: Results, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")
    target.chmod(0o644)
    write_report(target, "a <pack>", [results], read, NOW)
    page = target.read_text("utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "a &lt;pack&gt;" in page
    assert "pairs judged rightly" in page
    assert "data:image/jpeg;base64," in page
    assert "<svg" in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<figure>") == 1 + 2 + 2  # a missed face, and both kinds of pairs


def test_the_card_tells_the_figures_and_names_nobody(results: Results, pack: Pack, tmp_path: Path) -> None:
    copy = replace(pack, name="another", folder=tmp_path)
    assert figures(copy).day is None
    assert "was not evaluated" in card(copy)
    found = tuple(lines(results))
    keep_figures(copy, found, date(2026, 11, 24))
    kept = figures(copy)
    assert (kept.day, kept.lines, kept.here) == (date(2026, 11, 24), found, True)
    assert (kept.faces, kept.missed) == (results.detection.recall.of, 1)  # type: ignore[union-attr]
    text = card(copy)
    assert "KLUI" not in (tmp_path / "evaluation.json").read_text() + text
    assert "| album | pairs judged rightly | 100.00 % |" in text
    for model in pack.models:
        assert all(part in text for part in (model.sha256, model.licence, model.training_data))
    (tmp_path / "evaluation.json").write_text("{}")
    with pytest.raises(Fault) as refused:
        card(copy)
    assert refused.value.key == "models:bad_figures"


def test_data_is_found_in_a_folder_or_in_those_below(album: Path) -> None:
    assert folders(album) == folders(album.parent) == [album]
    assert (
        folders(album.parent.parent / "nothing") == [] if (album.parent.parent / "nothing").exists() else True
    )


# --- pure parts -------------------------------------------------------------------------------------------

bounds = st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(1, 50), st.floats(1, 50)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(truth=st.lists(bounds, max_size=6), boxes=st.lists(bounds, max_size=6))
def test_each_box_is_one_face_and_each_face_one_box(truth: list[Bounds], boxes: list[Bounds]) -> None:
    found = assigned(truth, boxes)
    assert len(set(found.values())) == len(found)
    assert all(overlap(truth[i], boxes[j]) >= 0.4 for i, j in found.items())
    left = [(i, j) for i in range(len(truth)) for j in range(len(boxes))]
    free = [(i, j) for i, j in left if i not in found and j not in found.values()]
    assert all(overlap(truth[i], boxes[j]) < 0.4 for i, j in free)


def unit(*values: float) -> NDArray[np.float32]:
    vector = np.zeros(128, np.float32)
    vector[: len(values)] = values
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def test_a_photo_without_a_face_is_nobodys() -> None:
    a, b, c = (Path(name) for name in "abc")
    found = verification(
        [Pair(a, b, same=True), Pair(a, c, same=True), Pair(b, c, same=False)],
        {a: unit(1), b: unit(1, 0.1), c: None},
    )
    assert found.unmeasured == 1
    assert found.accepted[0].found == Share(1, 2)
    assert found.worst[0][0].other == c


def test_everybody_is_compared_with_everybody_once() -> None:
    people = [Portrait(Path(f"{i}"), f"person {i // 2}") for i in range(600)]
    chance = np.random.default_rng(1)
    centres = chance.normal(size=(300, 128))
    vectors = {p.path: unit(*(centres[i // 2] + chance.normal(size=128) * 0.2)) for i, p in enumerate(people)}
    found = everybody(people, vectors)
    assert found is not None
    assert (found.people, found.photos, found.strangers) == (300, 600, 600 * 599 // 2 - 300)
    assert [accepted.found for accepted, _ in found.accepted] == [Share(300, 300)] * 3
    assert everybody(people[:2], vectors) is None
    assert everybody(people[::2], vectors) is None


def test_strangers_are_counted_that_get_a_name(analyser: FaceAnalyser) -> None:
    known = [Portrait(Path(f"a{i}"), "anna") for i in range(3)] + [
        Portrait(Path(f"b{i}"), "bea") for i in range(3)
    ]
    stranger, alike = Portrait(Path("c"), "carl"), Portrait(Path("d"), "doppelganger")
    vectors = {p.path: unit(1, 0.01 * i) for i, p in enumerate(known[:3])}
    vectors |= {p.path: unit(0, 0, 1, 0.01 * i) for i, p in enumerate(known[3:])}
    vectors |= {stranger.path: unit(0, 0, 0, 0, 1), alike.path: unit(1, 0.05)}
    found = identification([*known, stranger, alike], vectors, analyser, people=2)
    assert found is not None
    assert (found.people, found.rank_one, found.suggested) == (2, Share(2, 2), Share(2, 2))
    assert (found.wrong, found.false) == (Share(0, 2), Share(1, 2))
    assert identification(known, vectors, analyser, people=2) is None


def test_the_papers_have_the_card_of_the_default_pack(pack: Pack, tmp_path: Path) -> None:
    """P8. Written by `kluis models card --output docs/model-card.md`, with the figures that come along."""
    fresh = replace(pack, folder=tmp_path)  # not measured here
    assert figures(fresh).faces > 100
    assert (ROOT / "docs" / "model-card.md").read_text("utf-8") == card(fresh)


def test_thresholds_are_told_as_what_they_mean(pack: Pack) -> None:
    few, _, _, many = thresholds(pack)
    assert (few.people, few.unknown_faces) == (1, 1000)
    assert many.distance < few.distance
    assert many.unknown_faces is not None
    assert many.unknown_faces < 1000  # beyond what was measured the promise is not kept, and that is told
    unmeasured = replace(pack, thresholds=replace(pack.thresholds, rates=()))
    assert thresholds(unmeasured) == ()


def test_variants_know_where_the_face_is(portraits: dict[str, Pixels]) -> None:
    picture = portraits["KLUI0007.JPG"]
    for variant in variants(picture, (178, 69, 272, 177)):
        height, width = variant.picture.shape[:2]
        left, top, right, bottom = variant.bounds
        assert 0 <= left < right <= width, variant.name
        assert 0 <= top < bottom <= height, variant.name
        assert (right - left) * (bottom - top) > 0.2 * min(height * width, 94 * 108), variant.name


# --- the trial of a pack ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def few(analyser: FaceAnalyser, portraits: dict[str, Pixels]) -> list[Sitter]:
    return sitters(analyser, [(portraits["KLUI0007.JPG"], "collins"), (portraits["KLUI0008.JPG"], "nobody")])


def test_only_portraits_with_one_face_are_tried(few: list[Sitter]) -> None:
    assert [sitter.person for sitter in few] == ["collins"]


def test_a_pack_that_sees_nothing_is_worse(analyser: FaceAnalyser, few: list[Sitter]) -> None:
    present = trial(analyser, few)
    assert present.found == present.boxes == Share(18, 18)
    assert worse(present, present) == []

    class Blind:
        match_threshold = analyser.match_threshold

        def find(self, _picture: Pixels) -> list[object]:
            return []

    found = worse(trial(Blind(), few), present)  # type: ignore[arg-type]
    assert found[0].startswith("It finds fewer faces: 0.0%, where the present pack has 100.0%")


def test_lines_without_cases_say_so() -> None:
    empty = Line("data", "nothing", None, None, None, 0)
    assert list(lines(Results("data"))) == []
    assert empty.value is None
