"""Figures to look at: what came in, what left, what was permitted and what ends, month by month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by the first day of a month; each has every month of its span, the earliest first."""

    photos_in: Mapping[date, int]
    bytes_in: Mapping[date, int]
    copies_out: Mapping[date, int]
    quitclaims: Mapping[date, int]  # statements recorded
    ending: Mapping[date, int]  # people of whom a permission ends


def months_until(day: date, count: int = MONTHS) -> tuple[date, ...]:
    """The first days of some months, of which the last one holds the day."""
    return tuple(_month(day, back) for back in range(1 - count, 1))


def months_from(day: date, count: int = MONTHS) -> tuple[date, ...]:
    """The first days of some months, of which the first one holds the day."""
    return tuple(_month(day, on) for on in range(count))


def _month(day: date, on: int) -> date:
    whole = day.year * 12 + day.month - 1 + on
    return date(whole // 12, whole % 12 + 1, 1)


def in_months(counts: Mapping[str, int], months: Sequence[date]) -> dict[date, int]:
    """Counts by month as the database writes it, `2026-11`, put in a span; nothing is a nought."""
    return {month: counts.get(f"{month:%Y-%m}", 0) for month in months}


def counted(days: Iterable[date], months: Sequence[date]) -> dict[date, int]:
    """How many days fall in each month of a span."""
    found = dict.fromkeys(months, 0)
    for day in days:
        first = day.replace(day=1)
        if first in found:
            found[first] += 1
    return found
