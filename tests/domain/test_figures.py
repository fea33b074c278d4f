"""Months, and counts in them."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.figures import counted, in_months, months_from, months_until

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS, st.integers(1, 40))
def test_a_span_is_of_months_in_a_row_and_begins_or_ends_with_the_days_own(day: date, count: int) -> None:
    past, ahead = months_until(day, count), months_from(day, count)
    assert past[-1] == ahead[0] == day.replace(day=1)
    for span in (past, ahead):
        assert len(set(span)) == count
        numbers = [month.year * 12 + month.month for month in span]
        assert numbers == list(range(numbers[0], numbers[0] + count))


@given(DAYS, st.lists(DAYS))
def test_a_day_is_counted_once_in_its_month_or_lies_outside(day: date, days: list[date]) -> None:
    span = months_from(day)
    found = counted(days, span)
    assert list(found) == list(span)
    inside = [one for one in days if one.replace(day=1) in span]
    assert sum(found.values()) == len(inside)


def test_a_month_without_anything_is_a_nought() -> None:
    span = months_until(date(2026, 2, 14), 3)
    assert in_months({"2026-01": 4, "2020-01": 9}, span) == {
        date(2025, 12, 1): 0,
        date(2026, 1, 1): 4,
        date(2026, 2, 1): 0,
    }
