"""Collections: photos put together, ordered and taken out; every change is kept, told and can be undone."""

from pathlib import Path

import pytest

from appliance.actions import collections, parcels, unpacking
from appliance.actions.consent import withdraw
from appliance.actions.erasure import erase_photo
from appliance.actions.notices import notices, see_notices
from appliance.domain.access import OPERATOR, Actor, UserId
from appliance.domain.collections import CollectionId
from appliance.domain.consent import Light, Purpose, QuitclaimId
from appliance.domain.erasure import Cause
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.notices import NoticeKind
from appliance.domain.parcels import Terms
from appliance.domain.photos import PhotoId
from appliance.domain.release import Recipient
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, EDITOR, VIEWER, named, raw, rows, told
from tests.conftest import Clock

PASSWORD = "a long enough password"


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
    withdraw_everything(demo_box)
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


def shared(box: Box, photos: list[PhotoId], collection: CollectionId | None = None) -> unpacking.Key:
    """A link for the web, and a browser that gave its password."""
    terms = Terms("Report", Purpose.WEB, Recipient("De Drukker", "druk@drukker.example"))
    made = parcels.create_parcel(
        box.safe, photos, terms, PASSWORD, 30, by=EDITOR, now=box.now(), collection_id=collection
    )
    return unpacking.Key(made.token, unpacking.unlock(box.safe, made.token, PASSWORD, now=box.now()))


def seen(box: Box, key: unpacking.Key) -> list[str]:
    opened = unpacking.open_parcel(box.safe, key, now=box.now(), day=box.today())
    return [item.ref for item in opened.items]


def withdraw_everything(box: Box) -> None:
    for row in rows(box, "SELECT DISTINCT id FROM quitclaims"):
        quitclaim = QuitclaimId(str(row["id"]))
        withdraw(box.safe, quitclaim, by=OPERATOR, now=box.now(), day=box.today())


def test_a_link_follows_its_collection_at_each_request(
    demo_box: Box, photos: list[PhotoId], report: CollectionId
) -> None:
    acting = {"by": EDITOR, "now": demo_box.now()}
    key = shared(demo_box, [], report)
    assert len(seen(demo_box, key)) == 1
    with raw(demo_box) as db:  # nobody stands in them any more, so all may be used
        db.execute("DELETE FROM faces")
        db.execute("UPDATE photos SET head_count = 0, doubts = 0")
    before = seen(demo_box, key)
    assert len(before) == 3
    collections.move_in_collection(demo_box.safe, report, photos[-1], 0, **acting)
    assert seen(demo_box, key) == [before[-1], *before[:-1]]  # each keeps its name within the link
    collections.take_out(demo_box.safe, report, [photos[0]], **acting)
    assert before[0] not in seen(demo_box, key)
    collections.undo_change(demo_box.safe, report, last(demo_box, report), **acting)
    assert len(seen(demo_box, key)) == 3
    collections.delete_collection(demo_box.safe, report, **acting)
    with pytest.raises(NotAllowed) as over:
        seen(demo_box, key)
    assert over.value.key == "parcel:over"


def test_a_withdrawal_reaches_every_share_at_once(
    demo_box: Box, photos: list[PhotoId], report: CollectionId
) -> None:
    other = collections.create_collection(
        demo_box.safe, "Newsletter", "", photos[:2], by=EDITOR, now=demo_box.now()
    ).id
    keys = [shared(demo_box, [], report), shared(demo_box, [], other), shared(demo_box, photos)]
    assert all(seen(demo_box, key) for key in keys)
    withdraw_everything(demo_box)
    assert [seen(demo_box, key) for key in keys] == [[], [], []]


def test_comments_are_said_told_and_deleted_by_who_said_them(
    demo_box: Box, clock: Clock, photos: list[PhotoId], report: CollectionId
) -> None:
    def shown() -> list[tuple[str, PhotoId | None]]:
        asked = {"by": VIEWER, "now": demo_box.now(), "day": demo_box.today()}
        view = collections.collection_view(demo_box.safe, report, **asked)
        return [(one.text, one.photo_id) for one in view.comments]

    first = collections.comment_on(
        demo_box.safe, report, "This one <b>first</b>", photos[1], by=VIEWER, now=demo_box.now()
    )
    clock.advance(seconds=1)
    collections.comment_on(demo_box.safe, report, "Agreed", by=EDITOR, now=demo_box.now())
    assert shown() == [("This one <b>first</b>", photos[1]), ("Agreed", None)]
    with pytest.raises(NotAllowed) as others:
        collections.delete_comment(demo_box.safe, first.id, by=EDITOR, now=demo_box.now())
    assert others.value.key == "access:denied"
    collections.delete_comment(demo_box.safe, first.id, by=VIEWER, now=demo_box.now())
    assert shown() == [("Agreed", None)]
    log = " ".join(told(demo_box))
    assert f"comment:add {report} done comment={first.id}" in log
    assert f"comment:delete {report} done comment={first.id}" in log
    assert "first" not in log
    with pytest.raises(Mistake) as empty:
        collections.comment_on(demo_box.safe, report, " \n", by=EDITOR, now=demo_box.now())
    assert empty.value.key == "comment:bad_text"


def test_who_takes_part_is_told_once_until_they_look(
    demo_box: Box, photos: list[PhotoId], report: CollectionId
) -> None:
    def kinds(who: Actor) -> list[NoticeKind]:
        return [one.kind for one in notices(demo_box.safe, by=who, now=demo_box.now()) if one.seen_at is None]

    collections.comment_on(demo_box.safe, report, "Fine", by=VIEWER, now=demo_box.now())
    for place in (2, 0):
        collections.move_in_collection(
            demo_box.safe, report, photos[0], place, by=ADMINISTRATOR, now=demo_box.now()
        )
    assert sorted(kinds(EDITOR)) == [NoticeKind.COLLECTION, NoticeKind.COMMENTED]
    assert kinds(VIEWER) == [NoticeKind.COLLECTION]
    assert kinds(ADMINISTRATOR) == []
    see_notices(demo_box.safe, by=EDITOR, now=demo_box.now())
    collections.take_out(demo_box.safe, report, photos[:1], by=ADMINISTRATOR, now=demo_box.now())
    assert kinds(EDITOR) == [NoticeKind.COLLECTION]
