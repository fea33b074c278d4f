"""The figures of a real safe are what was done in it."""

from datetime import date, timedelta
from pathlib import Path

from appliance.actions.figures import figures
from appliance.domain.consent import Purpose
from appliance.wiring import Box
from tests.actions.scene import VIEWER, fill, person, picture, signed, take


def test_each_figure_counts_what_was_done_this_month(box: Box, tmp_path: Path) -> None:
    this_month = box.today().replace(day=1)
    card = fill(tmp_path / "card", {"a.jpg": picture(1), "b.jpg": picture(2)})
    taken = take(box, card)
    signed(box, person(box, "Ada"), Purpose.WEB, Purpose.PRINT, days=40)
    found = figures(box.safe, by=VIEWER, now=box.now(), day=box.today())
    assert found.photos_in[this_month] == taken.stored == 2
    assert found.bytes_in[this_month] == taken.bytes > 0
    assert found.quitclaims[this_month] == 1
    assert sum(found.copies_out.values()) == 0
    last: date = box.today() + timedelta(days=40)
    assert {month for month, count in found.ending.items() if count} == {last.replace(day=1)}
    assert sum(found.ending.values()) == 1  # one person, however many purposes end on a day
