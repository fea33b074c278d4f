"""Copies of a photo wait until somebody decided; the decision is remembered, and nothing known is lost."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appliance.actions.descriptions import describe
from appliance.actions.duplicates import compare, lead, stand_alone, uncompared, variants
from appliance.actions.faces import add_face, resolve
from appliance.actions.holds import place_hold
from appliance.actions.photos import Filter, count_heads, library, look_at
from appliance.actions.quarantine import discard, keep_both, merge, pair_at, waiting_pairs
from appliance.actions.undo import latest_change, undo
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Light, Purpose
from appliance.domain.descriptions import Description
from appliance.domain.erasure import Held
from appliance.domain.errors import Mistake
from appliance.domain.photos import Box, PhotoId, Resolution
from appliance.wiring import Box as Kluis
from bench.copies_of import copied
from tests.actions.scene import (
    EDITOR,
    VIEWER,
    examine,
    files_known,
    files_on_disk,
    fill,
    named,
    person,
    raw,
    rows,
    signed,
    take,
    told,
    verdict_of,
)
from tests.actions.test_release import make
from tests.imaging.pictures import as_dng, as_jpeg, patches

FACE = Box(0.3, 0.2, 0.2, 0.3)


def detailed(seed: int) -> np.ndarray:
    """A picture with fine detail, as photos have."""
    noise = np.random.default_rng(seed).integers(0, 60, (300, 400, 3), dtype=np.uint8)
    return np.asarray(patches(seed, 400, 300) // 2 + noise, np.uint8)


def exif(taken: str, camera: str = "Camera") -> Image.Exif:
    written = Image.Exif()
    written[0x0110] = camera
    written.get_ifd(0x8769)[0x9003] = taken
    return written


def bring(box: Kluis, folder: Path, files: Mapping[str, bytes]) -> None:
    take(box, fill(folder, files))
    examine(box)
    for photo_id in uncompared(box.safe, now=box.now()):
        compare(box.safe, box.decoder, box.known, photo_id, now=box.now(), day=box.today())


def in_library(box: Kluis, **wanted: object) -> set[str]:
    page = library(box.safe, by=VIEWER, now=box.now(), day=box.today(), wanted=Filter(**wanted))
    assert page.total == len(page.cards)
    return {card.photo.name for card in page.cards}


@pytest.fixture
def two(photo_box: Kluis, tmp_path: Path) -> Kluis:
    """A safe with a picture, and a grey copy of it in quarantine."""
    picture = detailed(5)
    bring(photo_box, tmp_path / "one", {"FIRST.JPG": as_jpeg(picture)})
    bring(photo_box, tmp_path / "two", {"COPY.JPG": as_jpeg(copied(picture, "grey"), quality=60)})
    return photo_box


def pair(box: Kluis) -> tuple[PhotoId, PhotoId]:
    """The one that waits, and the one that was there."""
    return named(box, "COPY.JPG"), named(box, "FIRST.JPG")


def when(box: Kluis) -> dict[str, object]:
    return {"by": EDITOR, "now": box.now(), "day": box.today()}


def test_a_copy_waits_outside_the_library_and_cannot_be_released(two: Kluis) -> None:
    later, earlier = pair(two)
    assert in_library(two) == {"IMG_0001.JPG", "FIRST.JPG"}
    assert in_library(two, quarantined=True) == {"COPY.JPG"}
    assert waiting_pairs(two.safe, by=EDITOR, now=two.now()) == 1
    found = pair_at(two.safe, 7, by=EDITOR, now=two.now(), day=two.today())
    assert found is not None
    assert (found.later.card.photo.id, found.earlier.card.photo.id, found.place) == (later, earlier, 0)
    with pytest.raises(Mistake) as problem:
        make(two, later)
    assert problem.value.key == "release:quarantined"


def test_a_photo_is_compared_once_and_by_whoever_comes_first(two: Kluis) -> None:
    later, _ = pair(two)
    before = told(two)
    compare(two.safe, two.decoder, two.known, later, now=two.now(), day=two.today())
    assert told(two) == before
    assert rows(two, "SELECT count(*) AS n FROM suspects") == [{"n": 1}]


def test_both_are_kept_and_that_is_remembered(two: Kluis) -> None:
    later, earlier = pair(two)
    keep_both(two.safe, later, earlier, **when(two))
    assert in_library(two) == {"IMG_0001.JPG", "FIRST.JPG", "COPY.JPG"}
    with raw(two) as db:
        db.execute("UPDATE fingerprints SET compared = 0")
        db.conn.commit()
    for photo_id in uncompared(two.safe, now=two.now()):
        compare(two.safe, two.decoder, two.known, photo_id, now=two.now(), day=two.today())
    assert waiting_pairs(two.safe, by=EDITOR, now=two.now()) == 0
    assert told(two)[-1].startswith("worker photo:compare")
    assert any(f"photo:keep_both {later} done other={earlier}" in line for line in told(two))


def test_a_merge_unites_what_is_known_and_leaves_one_photo(two: Kluis) -> None:
    later, earlier = pair(two)
    anna, bert, carla = (person(two, name) for name in ("Anna", "Bert", "Carla"))
    shared = {"by": EDITOR, "now": two.now(), "day": two.today(), "bell": two.bell}
    in_both = add_face(two.safe, earlier, FACE, **shared)
    add_face(two.safe, later, Box(0.31, 0.21, 0.2, 0.3), person_id=anna, **shared)
    add_face(two.safe, later, None, person_id=bert, **shared)
    blurred = add_face(two.safe, earlier, Box(0.7, 0.7, 0.1, 0.1), **shared)
    there = add_face(two.safe, later, Box(0.7, 0.7, 0.1, 0.1), person_id=carla, **shared)
    resolve(two.safe, there, Resolution.BLUR, **when(two))
    count_heads(two.safe, later, 3, **when(two))
    describe(two.safe, later, Description(caption="Anna", keywords=("zorg",)), by=EDITOR, now=two.now())
    describe(two.safe, earlier, Description(title="Open dag", keywords=("tuin",)), by=EDITOR, now=two.now())

    assert merge(two.safe, later, earlier, earlier, **shared) == earlier
    links = rows(
        two, "SELECT person_id, face_id FROM links WHERE photo_id = ? AND state = 'confirmed'", earlier
    )
    assert {row["person_id"] for row in links} == {anna, bert, carla}
    assert {row["face_id"] for row in links} >= {in_both, blurred}
    assert rows(two, "SELECT resolution FROM faces WHERE id = ?", blurred) == [{"resolution": "blur"}]
    assert rows(two, "SELECT head_count FROM photos WHERE id = ?", earlier) == [{"head_count": 3}]
    assert rows(two, "SELECT id FROM photos WHERE id = ?", later) == []
    assert files_on_disk(two) == files_known(two)
    assert told(two)[-1] == f"the-editor photo:merge {earlier} done removed={later}"
    seen = look_at(two.safe, earlier, by=EDITOR, now=two.now(), day=two.today()).description
    assert seen == Description("Open dag", "Anna", ("tuin", "zorg"))


def test_a_no_in_either_copy_holds_after_the_merge(two: Kluis) -> None:
    """The copy that had only green lights takes over whoever the other one shows."""
    later, earlier = pair(two)
    shared = {"by": EDITOR, "now": two.now(), "day": two.today(), "bell": two.bell}
    anna = person(two, "Anna")
    signed(two, anna, Purpose.WEB)
    add_face(two.safe, earlier, FACE, person_id=anna, **shared)
    assert verdict_of(two, earlier).light is Light.GREEN
    add_face(two.safe, later, None, person_id=person(two, "Bert, who was never asked"), **shared)
    merge(two.safe, later, earlier, earlier, **shared)
    assert verdict_of(two, earlier).light is not Light.GREEN


def test_an_attestation_of_one_copy_does_not_hold_for_the_other(two: Kluis) -> None:
    later, earlier = pair(two)
    shared = {"by": EDITOR, "now": two.now(), "day": two.today(), "bell": two.bell}
    face = add_face(two.safe, earlier, FACE, **shared)
    small = add_face(two.safe, later, FACE, **shared)
    resolve(two.safe, small, Resolution.NOT_RECOGNISABLE, **when(two))
    merge(two.safe, later, earlier, earlier, **shared)
    assert rows(two, "SELECT resolution FROM faces WHERE id = ?", face) == [{"resolution": "open"}]


def test_two_counts_that_differ_are_no_count(two: Kluis) -> None:
    later, earlier = pair(two)
    count_heads(two.safe, later, 3, **when(two))
    count_heads(two.safe, earlier, 2, **when(two))
    merge(two.safe, later, earlier, earlier, bell=two.bell, **when(two))
    assert rows(two, "SELECT head_count FROM photos WHERE id = ?", earlier) == [{"head_count": None}]


def test_what_was_deleted_stays_blocked(two: Kluis, tmp_path: Path) -> None:
    later, earlier = pair(two)
    discard(two.safe, later, earlier, earlier, **when(two))
    assert in_library(two) == {"IMG_0001.JPG", "FIRST.JPG"}
    report = take(two, tmp_path / "two")
    assert (report.stored, report.known, report.failed) == (0, 1, 0)
    assert in_library(two) == {"IMG_0001.JPG", "FIRST.JPG"}
    assert files_on_disk(two) == files_known(two)
    assert any(f"photo:blocked {earlier} done import={report.id}" in line for line in told(two))


def test_the_later_one_may_be_kept_instead(two: Kluis) -> None:
    later, earlier = pair(two)
    merge(two.safe, later, earlier, later, bell=two.bell, **when(two))
    assert in_library(two) == {"IMG_0001.JPG", "COPY.JPG"}


def test_a_photo_in_which_somebody_else_is_named_is_not_deleted(two: Kluis) -> None:
    later, earlier = pair(two)
    add_face(two.safe, later, None, person_id=person(two, "Anna"), bell=two.bell, **when(two))
    with pytest.raises(Mistake) as problem:
        discard(two.safe, later, earlier, earlier, **when(two))
    assert problem.value.key == "duplicate:names_lost"


def test_a_photo_that_was_released_is_not_removed(two: Kluis) -> None:
    later, earlier = pair(two)
    anna = person(two, "Anna")
    signed(two, anna, Purpose.WEB)
    add_face(two.safe, earlier, FACE, person_id=anna, bell=two.bell, **when(two))
    make(two, earlier)
    found = pair_at(two.safe, 0, by=EDITOR, now=two.now(), day=two.today())
    assert found is not None
    assert (found.later.keep, found.earlier.keep) == (False, True)
    with pytest.raises(Mistake) as problem:
        merge(two.safe, later, earlier, later, bell=two.bell, **when(two))
    assert problem.value.key == "duplicate:released"


def test_a_change_in_a_photo_that_is_gone_cannot_be_taken_back(two: Kluis) -> None:
    later, earlier = pair(two)
    add_face(two.safe, later, FACE, bell=two.bell, **when(two))
    change = latest_change(two.safe, by=EDITOR, now=two.now())
    assert change is not None
    discard(two.safe, later, earlier, earlier, **when(two))
    assert latest_change(two.safe, by=EDITOR, now=two.now()) != change
    with pytest.raises(Mistake):
        undo(two.safe, change, bell=two.bell, **when(two))


def test_a_decision_is_taken_once(two: Kluis) -> None:
    later, earlier = pair(two)
    keep_both(two.safe, later, earlier, **when(two))
    for again in (
        lambda: keep_both(two.safe, later, earlier, **when(two)),
        lambda: discard(two.safe, later, earlier, earlier, **when(two)),
        lambda: merge(two.safe, later, earlier, earlier, bell=two.bell, **when(two)),
    ):
        with pytest.raises(Mistake) as problem:
            again()
        assert problem.value.key == "duplicate:unknown"


def test_frames_of_a_burst_are_one_item(photo_box: Kluis, tmp_path: Path) -> None:
    box, picture = photo_box, detailed(8)
    frames = {
        f"B_{number}.JPG": as_jpeg(
            np.roll(picture, 3 * number, axis=1), exif=exif(f"2026:03:01 12:00:0{number}")
        )
        for number in range(3)
    }
    bring(box, tmp_path / "burst", frames)
    assert in_library(box) == {"IMG_0001.JPG", "B_0.JPG"}
    assert waiting_pairs(box.safe, by=EDITOR, now=box.now()) == 0
    second = named(box, "B_1.JPG")
    assert [v.name for v in variants(box.safe, second, by=VIEWER, now=box.now())] == ["B_0.JPG", "B_2.JPG"]

    lead(box.safe, second, **when(box))
    assert in_library(box) == {"IMG_0001.JPG", "B_1.JPG"}
    stand_alone(box.safe, named(box, "B_2.JPG"), **when(box))
    assert in_library(box) == {"IMG_0001.JPG", "B_1.JPG", "B_2.JPG"}
    with raw(box) as db:
        db.execute("UPDATE fingerprints SET compared = 0")
        db.conn.commit()
    bring(box, tmp_path / "nothing new", {"OTHER.JPG": as_jpeg(detailed(9))})
    assert in_library(box) == {"IMG_0001.JPG", "B_1.JPG", "B_2.JPG", "OTHER.JPG"}


def test_a_raw_file_beside_its_jpeg_is_one_item_that_the_jpeg_stands_for(
    photo_box: Kluis, tmp_path: Path
) -> None:
    jpeg = as_jpeg(detailed(21))
    dng = as_dng(as_jpeg(detailed(21), quality=90), 400, 300)
    bring(photo_box, tmp_path / "pair", {"P_1.DNG": dng, "P_1.JPG": jpeg, "P_2.JPG": as_jpeg(detailed(22))})
    assert in_library(photo_box) == {"IMG_0001.JPG", "P_1.JPG", "P_2.JPG"}
    found = variants(photo_box.safe, named(photo_box, "P_1.JPG"), by=VIEWER, now=photo_box.now())
    assert [(one.name, one.media_type) for one in found] == [("P_1.DNG", "image/x-raw")]


def test_photos_of_before_get_their_fingerprint_when_they_are_compared(two: Kluis) -> None:
    later, earlier = pair(two)
    with raw(two) as db:
        db.execute("DELETE FROM suspects")
        db.execute("DELETE FROM fingerprints")
        db.execute("UPDATE photos SET fingerprint = substr(fingerprint, 1, 16)")
        db.conn.commit()
    again = Kluis(two.config, two.safe, clock=two.clock).known
    for photo_id in uncompared(two.safe, now=two.now()):
        compare(two.safe, two.decoder, again, photo_id, now=two.now(), day=two.today())
    assert rows(two, "SELECT photo, other FROM suspects") == [{"photo": later, "other": earlier}]
    assert uncompared(two.safe, now=two.now()) == []


def test_the_photo_that_came_later_waits_whichever_is_compared_first(two: Kluis) -> None:
    later, earlier = pair(two)
    with raw(two) as db:
        db.execute("DELETE FROM suspects")
        db.execute("UPDATE fingerprints SET compared = 0")
        db.conn.commit()
    known = Kluis(two.config, two.safe, clock=two.clock).known
    compare(two.safe, two.decoder, known, earlier, now=two.now(), day=two.today())
    assert rows(two, "SELECT photo, other FROM suspects") == [{"photo": later, "other": earlier}]
    assert in_library(two) == {"IMG_0001.JPG", "FIRST.JPG"}


@pytest.mark.parametrize("way", ["merge", "discard"])
def test_a_photo_under_a_legal_hold_is_not_removed(two: Kluis, way: str) -> None:
    later, earlier = pair(two)
    place_hold(
        two.safe,
        Held.PHOTO,
        later,
        reason="A complaint.",
        owner="Legal",
        review_on=two.today() + timedelta(days=30),
        by=OPERATOR,
        now=two.now(),
        day=two.today(),
    )
    act = partial(merge, bell=two.bell) if way == "merge" else discard
    with pytest.raises(Mistake) as problem:
        act(two.safe, later, earlier, earlier, **when(two))
    assert problem.value.key == "duplicate:held"
    assert rows(two, "SELECT id FROM photos WHERE id = ?", later) == [{"id": later}]
