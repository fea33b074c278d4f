"""Collections: photos put together, ordered and taken out; every change is kept, told and can be undone."""

from pathlib import Path

import pytest

from appliance.actions import collections
from appliance.actions.consent import withdraw
from appliance.actions.erasure import erase_photo
from appliance.domain.access import OPERATOR, UserId
from appliance.domain.collections import CollectionId
from appliance.domain.consent import Light, Purpose, QuitclaimId
from appliance.domain.erasure import Cause
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.wiring import Box
from tests.actions.scene import EDITOR, VIEWER, named, rows, told


@pytest.fixture
def photos(demo_box: Box) -> list[PhotoId]:
    return [named(demo_box, f"KLUI000{number}.JPG") for number in (1, 2, 3)]


@pytest.fixture
def report(demo_box: Box, photos: list[PhotoId]) -> CollectionId:
    return collections.create_collection(
        demo_box.safe, "Annual report", "", photos, by=EDITOR, now=demo_box.now()
    ).id


def order(box: Box, report: CollectionId) -> list[PhotoId]:
    view = collections.collection_view(box.safe, report, by=VIEWER, now=box.now(), day=box.today())
    return [card.photo.id for card in view.cards]


def last(box: Box, report: CollectionId) -> int:
    return collections.collection_history(box.safe, report, by=VIEWER, now=box.now()).changes[0].number


def test_photos_are_added_ordered_and_taken_out(
    demo_box: Box, photos: list[PhotoId], report: CollectionId
) -> None:
    a, b, c = photos
    acting = {"by": EDITOR, "now": demo_box.now()}
    collections.move_in_collection(demo_box.safe, report, c, 0, **acting)
    assert order(demo_box, report) == [c, a, b]
    assert collections.take_out(demo_box.safe, report, [a, PhotoId("none")], **acting) == 1
    assert collections.add_to_collection(demo_box.safe, report, [b, a], **acting) == 1
    assert order(demo_box, report) == [c, b, a]
    assert [line.split()[:2] for line in told(demo_box) if " collection:" in line] == [
        ["the-editor", "collection:make"],
        ["the-editor", "collection:order"],
        ["the-viewer", "collection:view"],
        ["the-editor", "collection:remove"],
        ["the-editor", "collection:add"],
        ["the-viewer", "collection:view"],
    ]
    (one,) = collections.collections_with(demo_box.safe, a, by=VIEWER, now=demo_box.now())
    assert (one.title, one.owner) == ("Annual report", UserId("the-editor"))


def test_any_change_is_undone_and_an_earlier_state_comes_back(
    demo_box: Box, photos: list[PhotoId], report: CollectionId
) -> None:
    a, b, c = photos
    acting = {"by": EDITOR, "now": demo_box.now()}
    filled = last(demo_box, report)
    collections.choose_cover(demo_box.safe, report, b, **acting)
    collections.take_out(demo_box.safe, report, [b], **acting)
    taken_out = last(demo_box, report)
    collections.change_collection(demo_box.safe, report, "Another report", "For print", **acting)
    collections.undo_change(demo_box.safe, report, taken_out, **acting)
    assert order(demo_box, report) == [a, b, c]
    with pytest.raises(Mistake) as again:
        collections.undo_change(demo_box.safe, report, taken_out, **acting)
    assert again.value.key == "change:overtaken"
    collections.take_out(demo_box.safe, report, [a, c], **acting)
    collections.put_back(demo_box.safe, report, filled, **acting)
    assert order(demo_box, report) == [a, b, c]
    history = collections.collection_history(demo_box.safe, report, **acting)
    assert (history.collection.title, history.collection.cover) == ("Annual report", None)
    collections.undo_change(demo_box.safe, report, history.changes[0].number, **acting)
    assert order(demo_box, report) == [b]
    with pytest.raises(Mistake) as unknown:
        collections.put_back(demo_box.safe, report, 10**6, **acting)
    assert unknown.value.key == "change:unknown"


def test_lights_at_a_glance_follow_a_withdrawal(
    demo_box: Box, photos: list[PhotoId], report: CollectionId
) -> None:
    def green() -> tuple[int, int]:
        asked = {"by": VIEWER, "now": demo_box.now(), "day": demo_box.today()}
        (card,) = [c for c in collections.collections(demo_box.safe, **asked) if c.collection.id == report]
        view = collections.collection_view(demo_box.safe, report, **asked)
        assert (card.photos, card.cover) == (3, photos[0])
        return (
            card.lights.get(Purpose.WEB, {}).get(Light.GREEN, 0),
            view.lights[Purpose.WEB][Light.GREEN],
        )

    before = green()
    assert before[0] == before[1] > 0
    for row in rows(demo_box, "SELECT DISTINCT id FROM quitclaims"):
        withdraw(
            demo_box.safe,
            QuitclaimId(str(row["id"])),
            by=OPERATOR,
            now=demo_box.now(),
            day=demo_box.today(),
        )
    assert green() == (0, 0)


def test_an_erased_photo_leaves_every_collection_for_good(
    demo_box: Box, photos: list[PhotoId], report: CollectionId, tmp_path: Path
) -> None:
    a, b, c = photos
    acting = {"by": EDITOR, "now": demo_box.now()}
    filled = last(demo_box, report)
    collections.choose_cover(demo_box.safe, report, b, **acting)
    collections.take_out(demo_box.safe, report, [c], **acting)
    erase_photo(demo_box.safe, demo_box.config.journal, b, Cause.DECISION, by=OPERATOR, now=demo_box.now())
    assert order(demo_box, report) == [a]
    collections.put_back(demo_box.safe, report, filled, **acting)
    assert order(demo_box, report) == [a, c]
    history = collections.collection_history(demo_box.safe, report, **acting)
    assert history.known == {a, c}


def test_a_deleted_collection_leaves_its_photos(
    demo_box: Box, photos: list[PhotoId], report: CollectionId
) -> None:
    collections.delete_collection(demo_box.safe, report, by=EDITOR, now=demo_box.now())
    assert rows(demo_box, "SELECT * FROM collection_changes") == []
    assert named(demo_box, "KLUI0001.JPG") == photos[0]
    with pytest.raises(Mistake) as gone:
        order(demo_box, report)
    assert gone.value.key == "collection:unknown"
