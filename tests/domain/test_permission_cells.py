"""Cells of old lists: a clear yes is a yes, a day is a day, and everything else is refused."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.consent import Answer
from appliance.domain.permission_cells import DateOrder, date_order, plain, read_answer, read_day
from appliance.domain.permission_problems import ProblemKind, Unclear

YES = [
    *(
        "ja",
        "Ja",
        "JA",
        "j",
        "y",
        "yes",
        "Yes",
        "x",
        "X",
        "1",
        "ok",
        "OK",
        "oké",
        "Akkoord",
        "akkoord!",
        "Ja.",
    ),
    *("true", "WAAR", "mag", "goed", "agreed", "granted", "toestemming", "geeft toestemming"),
    *("wel toestemming", "✓", "✔", "☑"),
]
NO = [
    "nee",
    "Nee.",
    "n",
    "no",
    "0",
    "niet",
    "niet akkoord",
    "Geen toestemming",
    "false",
    "mag niet",
    "geweigerd",
]
NOTHING = ["", "  ", "-", "n.v.t.", "nvt", "N/A", "☐"]
UNCLEAR = [
    *("?", "ja?", "ja...", "Ja, mits zonder naam", "ja/nee", "ja nee", "soms", "misschien", "liever niet"),
    *("onbekend", "alleen intranet", "in overleg", "2", "01-03-2025", "jan", "xx", "ja maar", "✗", "☒", "v"),
    *("volgt", "nog vragen", "mondeling", "ja (mondeling)", "jaja", "nee?", "--", "!", "."),
]


@pytest.mark.parametrize("cell", YES)
def test_a_clear_yes(cell: str) -> None:
    assert read_answer(cell) is Answer.GRANTED


@pytest.mark.parametrize("cell", NO)
def test_a_clear_no(cell: str) -> None:
    assert read_answer(cell) is Answer.DECLINED


def test_taken_back() -> None:
    assert read_answer("Ingetrokken") is Answer.WITHDRAWN


@pytest.mark.parametrize("cell", NOTHING)
def test_nothing_said(cell: str) -> None:
    assert read_answer(cell) is None
    assert read_day(cell, None) is None


@pytest.mark.parametrize("cell", UNCLEAR)
def test_doubt_is_no_answer(cell: str) -> None:
    with pytest.raises(Unclear) as caught:
        read_answer(cell)
    assert caught.value.kind is ProblemKind.UNCLEAR_ANSWER
    assert caught.value.value == cell


def test_words_of_this_list() -> None:
    own = {"formulier binnen": Answer.GRANTED, "x": Answer.DECLINED, "?": Answer.ASKED}
    assert read_answer("Formulier binnen.", own) is Answer.GRANTED
    assert read_answer("X", own) is Answer.DECLINED
    assert read_answer("?", own) is Answer.ASKED
    assert read_answer("ja", own) is Answer.GRANTED


def refusal(read: Callable[[], object], expected: object) -> ProblemKind | None:
    """Why a cell was refused; None where it was read as expected."""
    try:
        assert read() == expected
    except Unclear as unclear:
        return unclear.kind
    return None


def is_yes(cell: str) -> bool:
    try:
        return read_answer(cell) is Answer.GRANTED
    except Unclear:
        return False


@given(st.text(max_size=12) | st.text(st.sampled_from("ja nexyokX.!?✓"), max_size=5))
def test_only_known_words_are_a_yes(cell: str) -> None:
    assert is_yes(cell) == (plain(cell) in {plain(word) for word in YES})


@given(
    st.sampled_from([*YES, *NO]), st.sampled_from(["?", " mits", " maar", "/", " niet", " misschien", ","])
)
def test_a_condition_is_never_a_yes(word: str, more: str) -> None:
    assert not is_yes(word + more)


DAY_FIRST, MONTH_FIRST = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
THIRD = date(2025, 3, 4)  # of April or of March, by who reads it

DAYS: dict[str, tuple[DateOrder | None, date]] = {
    "2025-03-04": (None, THIRD),
    "20250304": (None, THIRD),
    "2025/03/04": (None, THIRD),
    "2025-03-04T00:00:00": (None, THIRD),
    "2025-03-04 13:45": (None, THIRD),
    "4 maart 2025": (None, THIRD),
    "4 mrt. 2025": (None, THIRD),
    "4-mrt-25": (None, THIRD),
    "04 Mrt 2025": (None, THIRD),
    "4 March 2025": (None, THIRD),
    "March 4, 2025": (None, THIRD),
    "Mar 4th 2025": (None, THIRD),
    "1 mei 2025": (None, date(2025, 5, 1)),
    "4-3-2025": (DAY_FIRST, THIRD),
    "04.03.25": (DAY_FIRST, THIRD),
    "04/03/2025 00:00": (DAY_FIRST, THIRD),
    "3/4/2025": (MONTH_FIRST, THIRD),
    "13-4-2025": (None, date(2025, 4, 13)),
    "4/13/2025": (None, date(2025, 4, 13)),
    "3/3/2025": (None, date(2025, 3, 3)),
    "29-2-2024": (DAY_FIRST, date(2024, 2, 29)),
}


@pytest.mark.parametrize(("cell", "case"), DAYS.items(), ids=DAYS)
def test_days_as_people_write_them(cell: str, case: tuple[DateOrder | None, date]) -> None:
    order, day = case
    assert read_day(cell, order) == day


@pytest.mark.parametrize(
    ("cell", "order", "kind"),
    [
        ("3/4/2025", None, ProblemKind.AMBIGUOUS_DATE),
        ("3-4-2025", None, ProblemKind.AMBIGUOUS_DATE),
        ("4/13/2025", DAY_FIRST, ProblemKind.UNKNOWN_DATE),
        ("13-4-2025", MONTH_FIRST, ProblemKind.UNKNOWN_DATE),
        ("29-2-2025", DAY_FIRST, ProblemKind.UNKNOWN_DATE),
        ("31 april 2025", None, ProblemKind.UNKNOWN_DATE),
        ("2025-13-01", None, ProblemKind.UNKNOWN_DATE),
        ("45657", None, ProblemKind.UNKNOWN_DATE),
        ("maart 2025", None, ProblemKind.UNKNOWN_DATE),
        ("2025", None, ProblemKind.UNKNOWN_DATE),
        ("4 marzo 2025", None, ProblemKind.UNKNOWN_DATE),
        ("onbepaald", None, ProblemKind.UNKNOWN_DATE),
        ("ja", None, ProblemKind.UNKNOWN_DATE),
        ("0000-00-00", None, ProblemKind.UNKNOWN_DATE),
        ("1-1-1066", DAY_FIRST, ProblemKind.UNKNOWN_DATE),
        ("4-3.2025", DAY_FIRST, ProblemKind.UNKNOWN_DATE),
    ],
)
def test_what_is_no_day(cell: str, order: DateOrder | None, kind: ProblemKind) -> None:
    with pytest.raises(Unclear) as caught:
        read_day(cell, order)
    assert caught.value.kind is kind


def test_a_birth_year_is_written_out() -> None:
    assert read_day("4-3-1965", DAY_FIRST, long_ago=True) == date(1965, 3, 4)
    for cell in ("4-3-65", "4 maart 65"):
        with pytest.raises(Unclear) as caught:
            read_day(cell, DAY_FIRST, long_ago=True)
        assert caught.value.kind is ProblemKind.AMBIGUOUS_DATE


every_day = st.dates(date(1900, 1, 1), date(2199, 12, 31))
NUMBERS = st.sampled_from(["{d}-{m}-{y}", "{d:02}/{m:02}/{y}", "{d}.{m}.{y}", "{d:02} {m:02} {y}"])


@given(every_day, NUMBERS)
def test_a_day_comes_back_or_is_refused(day: date, form: str) -> None:
    cell = form.format(d=day.day, m=day.month, y=day.year)
    turned = form.format(d=day.month, m=day.day, y=day.year)
    assert read_day(cell, DAY_FIRST) == day
    assert read_day(turned, MONTH_FIRST) == day
    for one in (cell, turned):
        kind = refusal(partial(read_day, one, None), day)
        assert kind is (ProblemKind.AMBIGUOUS_DATE if day.day <= 12 and day.day != day.month else None)


@given(every_day)
def test_iso_is_never_in_doubt(day: date) -> None:
    for order in (None, *DateOrder):
        assert read_day(day.isoformat(), order) == day
        assert read_day(day.strftime("%Y%m%d"), order) == day


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        ([], DAY_FIRST),
        (["1-2-2025", "2025-01-01", "ja"], DAY_FIRST),
        (["1/2/2025"], None),
        (["1/2/2025", "13/2/2025"], DAY_FIRST),
        (["1/2/2025", "2/13/2025"], MONTH_FIRST),
        (["1-2-2025", "2-13-2025"], MONTH_FIRST),
        (["13/2/2025", "2/13/2025"], None),
        (["1/2/2025", "1-2-2025"], None),
        (["1/2/2025 10:00", "13/2/2025 10:00"], DAY_FIRST),
    ],
)
def test_how_a_list_writes_days(cells: list[str], order: DateOrder | None) -> None:
    assert date_order(cells) is order


@given(st.lists(every_day, min_size=1, max_size=20), st.booleans())
def test_a_list_of_days_is_never_read_wrong(days: list[date], month_first: bool) -> None:
    """With slashes nothing is taken for granted: each day is read right, or refused."""
    form = "{m}/{d}/{y}" if month_first else "{d}/{m}/{y}"
    cells = [form.format(d=day.day, m=day.month, y=day.year) for day in days]
    order = date_order(cells)
    for cell, day in zip(cells, days, strict=True):
        kind = refusal(partial(read_day, cell, order), day)
        assert kind is None or (kind is ProblemKind.AMBIGUOUS_DATE and order is None)
