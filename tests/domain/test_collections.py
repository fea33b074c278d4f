"""Collections: whatever is done can be taken back, and leads back to any earlier state."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.collections import (
    MOST_PHOTOS,
    CollectionChange,
    Contents,
    Part,
    Step,
    TextStep,
    adding,
    applied,
    before_changes,
    leading,
    moving,
    removing,
    require_not_overtaken,
    reversed_steps,
    room_for,
    sensible,
    telling,
)
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PHOTOS = [PhotoId(name) for name in "abcdef"]
photos = st.lists(st.sampled_from(PHOTOS), max_size=6)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("add"), photos),
        st.tuples(st.just("remove"), photos),
        st.tuples(st.just("move"), st.sampled_from(PHOTOS), st.integers(-1, 7)),
        st.tuples(st.just("tell"), st.sampled_from(["title", "note"]), st.text(max_size=3)),
        st.tuples(st.just("cover"), st.sampled_from(PHOTOS)),
    ),
    max_size=12,
)


def steps_of(contents: Contents, act: tuple[object, ...]) -> tuple[Step, ...]:
    match act:
        case ("add", list() as some):
            return adding(contents, some)
        case ("remove", list() as some):
            return removing(contents, some)
        case ("move", str() as photo, int() as place) if photo in contents.photos:
            return moving(contents, PhotoId(photo), place)
        case ("tell", str() as part, text):
            return telling(contents, **{part: str(text)})
        case ("cover", str() as photo) if photo in contents.photos:
            return telling(contents, cover=photo)
    return ()


def played(history: list[tuple[object, ...]]) -> tuple[list[Contents], list[CollectionChange]]:
    """Each state, and the change that led to the next."""
    states, changes = [Contents("A title")], []
    for number, act in enumerate(history):
        steps = steps_of(states[-1], act)
        changes.append(CollectionChange(number, NOON, "anna", steps))
        states.append(applied(states[-1], steps))
    return states, changes


@given(acts)
def test_each_state_follows_from_the_last_one_and_its_changes(history: list[tuple[object, ...]]) -> None:
    states, changes = played(history)
    for at, state in enumerate(states):
        assert before_changes(states[-1], reversed(changes[at:])) == state


@given(acts)
def test_every_state_is_whole(history: list[tuple[object, ...]]) -> None:
    for state in played(history)[0]:
        assert len(set(state.photos)) == len(state.photos)
        assert state.cover == "" or state.cover in state.photos


@given(acts, acts)
def test_any_state_can_be_made_of_any_other(
    one: list[tuple[object, ...]], other: list[tuple[object, ...]]
) -> None:
    now, wanted = played(one)[0][-1], played(other)[0][-1]
    assert applied(now, tuple(leading(now, wanted))) == wanted


@given(acts, st.data())
def test_undoing_any_change_twice_over_changes_nothing_more(
    history: list[tuple[object, ...]], data: st.DataObject
) -> None:
    states, changes = played(history)
    if changes:
        back = reversed_steps(data.draw(st.sampled_from(changes)).steps)
        once = applied(states[-1], back)
        assert set(applied(once, back).photos) == set(once.photos)


def test_an_earlier_change_is_undone_and_later_ones_stay() -> None:
    states, changes = played(
        [("add", PHOTOS[:3]), ("remove", ["b"]), ("add", ["d"]), ("move", "d", 0)],
    )
    assert states[-1].photos == ("d", "a", "c")
    assert applied(states[-1], reversed_steps(changes[1].steps)).photos == ("d", "b", "a", "c")


def test_taking_out_the_cover_is_undone_with_it() -> None:
    contents = Contents("A title", cover="b", photos=(PHOTOS[0], PHOTOS[1]))
    steps = removing(contents, [PHOTOS[1]])
    after = applied(contents, steps)
    assert (after.cover, after.photos) == ("", ("a",))
    assert applied(after, reversed_steps(steps)) == contents


def test_a_text_that_was_written_anew_is_not_undone() -> None:
    change = CollectionChange(1, NOON, "anna", (TextStep(Part.TITLE, "A", "B"),))
    require_not_overtaken(Contents("B"), change)
    with pytest.raises(Mistake) as told:
        require_not_overtaken(Contents("C"), change)
    assert told.value.key == "change:overtaken"


def test_a_collection_has_a_most() -> None:
    full = Contents("A", photos=tuple(PhotoId(str(n)) for n in range(MOST_PHOTOS)))
    assert adding(full, [PhotoId("7")]) == ()
    nearly = Contents("A", photos=full.photos[:-2])
    assert room_for(nearly, [PhotoId(one) for one in ("a", "7", "b", "a", "c")]) == ("a", "b")
    assert room_for(full, [PhotoId("new")]) == ()
    with pytest.raises(Mistake) as told:
        adding(full, [PhotoId("new")])
    assert told.value.key == "collection:too_many"


@pytest.mark.parametrize("title", ["", " \n ", "x" * 201, "a\u202eb"])
def test_a_title_must_be_one(title: str) -> None:
    with pytest.raises(Mistake) as told:
        sensible(title, "")
    assert told.value.key == "collection:bad_text"


def test_texts_are_kept_as_they_can_be_read() -> None:
    assert sensible("  Annual \t report ", "one\n\n two  three \n") == ("Annual report", "one\n\ntwo three")
