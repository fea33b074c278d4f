"""What waits is shown in an order that somebody can trust."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.inbox import NEEDS, Matter, Waiting, in_order

MATTERS = st.lists(st.sampled_from(Matter), unique=True)


@st.composite
def waiting(draw: st.DrawFn) -> list[Waiting]:
    found = []
    for matter in draw(MATTERS):
        count = draw(st.integers(0, 1000))
        found.append(Waiting(matter, count, draw(st.integers(0, count))))
    return found


@given(waiting())
def test_what_is_late_stands_before_all_that_is_not(found: list[Waiting]) -> None:
    late = [bool(one.late) for one in in_order(found)]
    assert late == sorted(late, reverse=True)


@given(waiting())
def test_nothing_that_waits_is_left_out_and_nothing_else_is_shown(found: list[Waiting]) -> None:
    assert set(in_order(found)) == {one for one in found if one.count}


@given(waiting())
def test_the_order_does_not_depend_on_who_counted_first(found: list[Waiting]) -> None:
    assert in_order(found) == in_order(reversed(found))


def test_every_kind_of_work_is_somebodys() -> None:
    assert set(NEEDS) == set(Matter)
