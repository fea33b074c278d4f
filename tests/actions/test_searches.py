"""Finding photos: tags and taking them back, words under an id, pictures alike, and saved searches."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from appliance.actions import searches, tags
from appliance.actions.bell import Silent
from appliance.actions.erasure import erase_person, erase_photo
from appliance.actions.people import person_names
from appliance.actions.photos import Filter, library, look_at, wanted_ids
from appliance.actions.undo import latest_change, undo
from appliance.demo.card import OBAMA
from appliance.domain.access import OPERATOR
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.erasure import Cause
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.photos import PhotoId, Stage
from appliance.domain.searches import WordsId
from appliance.domain.tags import Tag
from appliance.store.searches import SavedSearch
from appliance.wiring import Box
from tests.actions.scene import (
    ADMINISTRATOR,
    EDITOR,
    OFFICER,
    VIEWER,
    examine,
    fill,
    named,
    picture,
    rows,
    take,
    told,
    two_people,
)
from tests.conftest import Clock


def found(box: Box, wanted: Filter) -> list[PhotoId]:
    return list(wanted_ids(box.safe, by=VIEWER, now=box.now(), wanted=wanted, limit=99, known=box.known))


def tag(box: Box, photos: list[PhotoId], name: str) -> Tag:
    return tags.tag_photos(box.safe, photos, name, by=EDITOR, now=box.now())


def tagged(box: Box) -> dict[str, int]:
    return {one.name: one.photos for one in tags.tags(box.safe, by=VIEWER, now=box.now())}


def take_back(box: Box) -> list[PhotoId]:
    change = latest_change(box.safe, by=EDITOR, now=box.now())
    assert change is not None
    return undo(box.safe, change, by=EDITOR, now=box.now(), day=box.today(), bell=Silent())


def save(box: Box, name: str, wanted: Filter, *, shared: bool = False) -> SavedSearch:
    return searches.save_search(box.safe, name, wanted, shared=shared, by=EDITOR, now=box.now())


@pytest.fixture
def everything(demo_box: Box) -> list[PhotoId]:
    return found(demo_box, Filter())


def test_many_photos_are_tagged_in_one_act_and_taken_back_as_one(
    demo_box: Box, everything: list[PhotoId], clock: Clock
) -> None:
    box, some = demo_box, everything[:3]
    given = tag(box, [*some, some[0]], "  Open   dag ")
    assert tagged(box) == {"Open dag": 3}
    assert told(box)[-1] == f"the-editor photo:tag {some[-1]} done tag={given.id}"
    assert found(box, Filter(tags=(given.id,))) == some
    clock.advance(minutes=1)
    again = tag(box, everything[2:4], "OPEN DÁG")  # the same tag, accents and capitals aside
    assert (again, tagged(box)) == (replace(given, photos=4), {"Open dag": 4})
    assert take_back(box) == sorted(everything[2:4])
    assert found(box, Filter(tags=(given.id,))) == some, "the photo that had it before keeps it"
    clock.advance(minutes=1)
    tags.untag_photos(box.safe, some, given.id, by=EDITOR, now=box.now())
    assert tagged(box) == {}
    take_back(box)
    assert found(box, Filter(tags=(given.id,))) == some
    view = look_at(box.safe, some[0], by=VIEWER, now=box.now(), day=box.today())
    assert [one.name for one in view.tags] == ["Open dag"]


def test_tags_that_were_changed_since_are_not_taken_back(demo_box: Box, everything: list[PhotoId]) -> None:
    box = demo_box
    tag(box, everything[:2], "council")
    change = latest_change(box.safe, by=EDITOR, now=box.now())
    assert change is not None
    tags.tag_photos(box.safe, everything[1:2], "press", by=ADMINISTRATOR, now=box.now())
    with pytest.raises(Mistake) as problem:
        undo(box.safe, change, by=EDITOR, now=box.now(), day=box.today(), bell=Silent())
    assert problem.value.key == "change:overtaken"
    assert tagged(box) == {"council": 2, "press": 1}


@pytest.mark.parametrize(
    ("photos", "name", "key"),
    [
        (0, "council", "tag:nothing"),
        (tags.MOST_TAGGED + 1, "council", "tag:too_many"),
        (1, " ", "tag:bad"),
        (1, "x" * 65, "tag:bad"),
        (1, "two, words", "tag:bad"),
        (1, "council", "photo:unknown"),
    ],
)
def test_what_cannot_be_tagged_is_told_and_nothing_is(box: Box, photos: int, name: str, key: str) -> None:
    with pytest.raises(Mistake) as problem:
        tag(box, [PhotoId(f"gone-{number}") for number in range(photos)], name)
    assert problem.value.key == key
    assert rows(box, "SELECT * FROM tags") == []


def test_pictures_that_look_like_one_are_found_among_others(
    photo_box: Box, photo: PhotoId, tmp_path: Path
) -> None:
    box = photo_box
    others = {"LIKE.JPG": picture(1, 640, 480), "OTHER.JPG": picture(7)}
    take(box, fill(tmp_path / "more", others))
    examine(box)
    alike = {photo, named(box, "LIKE.JPG")}
    assert set(found(box, Filter(similar_to=photo))) == alike
    assert found(box, Filter(similar_to=photo, text="like")) == [named(box, "LIKE.JPG")]
    assert found(box, Filter(similar_to=named(box, "OTHER.JPG"))) == [named(box, "OTHER.JPG")]
    page = library(
        box.safe, by=VIEWER, now=box.now(), day=box.today(), wanted=Filter(similar_to=photo), limit=1
    )
    assert (page.total, len(page.cards), page.after) == (2, 1, page.cards[0].photo.id)
    with pytest.raises(Mistake) as problem:
        found(box, Filter(similar_to=PhotoId("gone")))
    assert problem.value.key == "photo:unknown"


def test_photos_that_come_in_while_somebody_pages_move_nothing(
    demo_box: Box, everything: list[PhotoId], tmp_path: Path
) -> None:
    box = demo_box
    first = library(box.safe, by=VIEWER, now=box.now(), day=box.today(), wanted=Filter(), limit=3)
    take(box, fill(tmp_path / "late", {f"LATE{n}.JPG": picture(n) for n in (31, 32)}))
    rest = library(
        box.safe, by=VIEWER, now=box.now(), day=box.today(), wanted=Filter(), after=first.after, limit=99
    )
    assert [card.photo.id for card in (*first.cards, *rest.cards)] == everything


def test_words_are_kept_under_an_id_that_says_nothing_until_nobody_asks_for_them(
    box: Box, clock: Clock
) -> None:
    def keep(words: str) -> WordsId | None:
        return searches.keep_words(box.safe, words, by=VIEWER, now=box.now())

    words_id = keep("  Noor  de Vries ")
    assert words_id is not None
    assert keep(" ") is None
    assert searches.words_of(box.safe, words_id, by=EDITOR, now=box.now()) == "Noor de Vries"
    assert "noor" not in " ".join(told(box)).lower()
    clock.advance(days=searches.WORDS_KEPT.days)
    assert keep("Noor de Vries") == words_id, "the same words, the same address"
    searches.forget_words(box.safe, now=box.now())
    assert searches.words_of(box.safe, words_id, by=EDITOR, now=box.now())
    clock.advance(days=2 * searches.WORDS_KEPT.days)
    searches.forget_words(box.safe, now=box.now())
    with pytest.raises(Mistake) as problem:
        searches.words_of(box.safe, words_id, by=EDITOR, now=box.now())
    assert problem.value.key == "search:forgotten"


def test_a_saved_search_finds_anew_with_its_lights(demo_box: Box, everything: list[PhotoId]) -> None:
    box, given = demo_box, tag(demo_box, everything[:4], "council")
    every = Filter(
        light=None,
        tags=(given.id,),
        taken_from=date(1900, 1, 1),
        taken_until=box.today(),
        stage=Stage.ANALYSED,
        text="KLUI",
    )
    saved = save(box, " Council  photos ", every)
    assert searches.saved_search(box.safe, saved.id, by=EDITOR, now=box.now()) == saved
    assert (saved.name, saved.wanted) == ("Council photos", every)
    (summary,) = searches.saved_searches(box.safe, by=EDITOR, now=box.now(), day=box.today())
    in_it = found(box, every)
    assert (summary.own, summary.photos) == (True, len(in_it))
    cards = library(box.safe, by=VIEWER, now=box.now(), day=box.today(), wanted=every).cards
    assert summary.lights == {
        purpose: {light: sum(card.lights[purpose] is light for card in cards) for light in Light}
        for purpose in PUBLICATION
    }
    tags.untag_photos(box.safe, in_it[:1], given.id, by=EDITOR, now=box.now())
    (summary,) = searches.saved_searches(box.safe, by=EDITOR, now=box.now(), day=box.today())
    assert summary.photos == len(in_it) - 1


def test_a_saved_search_is_its_owners_until_it_is_shared(box: Box) -> None:
    own = save(box, "Mine", Filter(light=Light.RED, purpose=Purpose.PRESS))
    now, day = box.now(), box.today()
    assert searches.saved_searches(box.safe, by=VIEWER, now=now, day=day) == ()
    for act in (
        lambda: searches.saved_search(box.safe, own.id, by=VIEWER, now=now),
        lambda: searches.remove_search(box.safe, own.id, by=VIEWER, now=now),
    ):
        with pytest.raises(Mistake) as problem:
            act()
        assert problem.value.key == "search:unknown", "not even that it is there"
    searches.change_search(box.safe, own.id, "Ours", shared=True, by=EDITOR, now=now)
    (seen,) = searches.saved_searches(box.safe, by=OFFICER, now=now, day=day)
    assert (seen.search.name, seen.own) == ("Ours", False)
    with pytest.raises(NotAllowed) as refused:
        searches.change_search(box.safe, own.id, "Theirs", shared=False, by=OFFICER, now=now)
    assert refused.value.key == "search:not_own"
    searches.remove_search(box.safe, own.id, by=EDITOR, now=now)
    assert searches.saved_searches(box.safe, by=OFFICER, now=now, day=day) == ()


def test_a_search_needs_a_name_and_a_filter(box: Box) -> None:
    for name, wanted, key in (
        ("", Filter(untagged=True), "search:no_name"),
        ("x" * 101, Filter(untagged=True), "search:no_name"),
        ("All", Filter(), "search:everything"),
    ):
        with pytest.raises(Mistake) as problem:
            save(box, name, wanted)
        assert problem.value.key == key


def test_erasing_takes_tags_changes_and_words_with_it(demo_box: Box, everything: list[PhotoId]) -> None:
    box = demo_box
    tag(box, everything[:2], "council")
    erase_photo(box.safe, box.config.journal, everything[0], Cause.DECISION, by=OPERATOR, now=box.now())
    assert tagged(box) == {"council": 1}
    assert rows(box, "SELECT * FROM changes WHERE about = 'tags'") == []
    like = save(box, "Like it", Filter(similar_to=everything[1]))
    searches.keep_words(box.safe, "obama at the open day, barack OBAMA", by=VIEWER, now=box.now())
    searches.keep_words(box.safe, "open day", by=VIEWER, now=box.now())
    save(box, "By name", Filter(text="Barack Obama"))
    (obama,) = (one for one in person_names(box.safe, by=OPERATOR, now=box.now()) if one.name == OBAMA)
    two_people(
        box,
        lambda: erase_person(
            box.safe, box.config.journal, obama.id, Cause.REQUEST, by=OPERATOR, now=box.now(), day=box.today()
        ),
    )
    assert rows(box, "SELECT words FROM search_words") == [{"words": "open day"}]
    left = rows(box, "SELECT id FROM saved_searches")
    assert left == [{"id": like.id}]
    searches.saved_searches(box.safe, by=EDITOR, now=box.now(), day=box.today())
