"""The audit log: whatever is changed, taken out, moved or cut off is found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from appliance.domain.audit import GENESIS, Entry, Event, Head, Outcome, seal, verify

BEGUN = datetime(2026, 11, 24, 12, tzinfo=UTC)

texts = st.text(max_size=8)
events = st.builds(Event, texts, texts, st.sampled_from(Outcome), texts)


def chained(those: list[tuple[str, str, Event]], begun: datetime = BEGUN) -> list[Entry]:
    """Entries as they are written, each sealing the one before."""
    found: list[Entry] = []
    for number, (kind, actor, event) in enumerate(those, start=1):
        at = begun + timedelta(seconds=number)
        previous = found[-1].seal if found else GENESIS
        mark = seal(number, at, kind, actor, event, previous)
        found.append(Entry(number, at, kind, actor, event, previous, mark))
    return found


logs = st.lists(st.tuples(texts, texts, events), min_size=1, max_size=6)
chains = logs.map(chained)


def head(entries: list[Entry]) -> Head:
    return Head(entries[-1].number, entries[-1].seal)


@given(chains)
def test_an_untouched_log_is_whole(entries: list[Entry]) -> None:
    check = verify(entries, known=head(entries))
    assert check.whole
    assert (check.entries, check.head) == (len(entries), head(entries))
    assert verify(entries, known=head(entries[:1])).whole  # a head kept long ago
    assert verify([]).whole


def edits(entry: Entry) -> st.SearchStrategy[Entry]:
    """The entry with something else in one place."""
    event = entry.event
    changes: dict[str, st.SearchStrategy[Any]] = {
        "number": st.integers(0, 9),
        "at": st.timedeltas().map(lambda by: BEGUN + by % timedelta(days=900)),
        "actor_kind": texts,
        "actor": texts,
        "previous": st.text("0123456789abcdef", min_size=64, max_size=64),
        "seal": st.text("0123456789abcdef", min_size=64, max_size=64),
        "algorithm": texts,
        "event": st.one_of(
            texts.map(lambda text: replace(event, action=text)),
            texts.map(lambda text: replace(event, thing=text)),
            texts.map(lambda text: replace(event, detail=text)),
            st.sampled_from(Outcome).map(lambda outcome: replace(event, outcome=outcome)),
        ),
    }
    return st.one_of(
        *(values.map(lambda v, name=name: replace(entry, **{name: v})) for name, values in changes.items())
    )


@given(chains, st.data())
def test_an_edit_is_found_where_it_was_made(entries: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    changed = data.draw(edits(entries[place]))
    assume(changed != entries[place])
    check = verify([*entries[:place], changed, *entries[place + 1 :]])
    assert check.broken_at == place + 1
    assert check.problem


@given(chains.filter(lambda entries: len(entries) > 1), st.data())
def test_an_entry_taken_out_or_told_twice_is_found(entries: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 2))
    assert verify([*entries[:place], *entries[place + 1 :]]).broken_at == place + 1
    assert verify([*entries[: place + 1], *entries[place:]]).broken_at == place + 2


@given(chains.filter(lambda entries: len(entries) > 1), st.data())
def test_entries_in_another_order_are_found(entries: list[Entry], data: st.DataObject) -> None:
    order = data.draw(st.permutations(entries))
    assume(order != entries)
    assert not verify(order).whole


@given(chains, st.data())
def test_a_log_cut_off_is_found_by_the_head_kept_elsewhere(entries: list[Entry], data: st.DataObject) -> None:
    left = entries[: data.draw(st.integers(0, len(entries) - 1))]
    assert verify(left).whole  # by itself a shorter log looks whole
    check = verify(left, known=head(entries))
    assert check.broken_at == len(left) + 1


@given(logs, st.data())
def test_a_log_rewritten_whole_is_found_by_the_head_kept_elsewhere(
    those: list[tuple[str, str, Event]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(those) - 1))
    forged = (*those[place][:2], data.draw(events))
    assume(forged != those[place])
    entries = chained(those)
    rewritten = chained([*those[:place], forged, *those[place + 1 :]])
    assert verify(rewritten).whole  # by itself the forgery looks whole
    assert verify(rewritten, known=head(entries)).broken_at == len(entries)


@given(events, texts, texts)
def test_texts_cannot_move_from_one_field_into_the_next(event: Event, kind: str, actor: str) -> None:
    """The seal is over fields with borders, so that no two entries share one by where their words stand."""
    assume(actor)
    whole = seal(1, BEGUN, kind, actor, event, GENESIS)
    moved = seal(1, BEGUN, kind + actor[:1], actor[1:], event, GENESIS)
    assert whole != moved
