"""What a year of retention brings: every photo is counted once, and nothing that is held goes."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.photos import PhotoId, ShootId
from appliance.domain.retention import DEFAULT, Due, DueView, Rule, RuleId, Then, outlook_of

TODAY = date(2026, 11, 24)
ARCHIVE = Rule(RuleId("archive"), None, None, 12, Then.ARCHIVE)


@st.composite
def views(draw: st.DrawFn) -> DueView:
    on = TODAY + timedelta(days=draw(st.integers(-2000, 365)))
    due = Due(PhotoId(draw(st.text("abc", min_size=1))), on, draw(st.sampled_from([DEFAULT, ARCHIVE])))
    warned = draw(st.none() | st.integers(0, 30).map(lambda days: TODAY + timedelta(days=days)))
    shoot = draw(st.sampled_from([None, ShootId("one"), ShootId("two")]))
    return DueView(due, shoot, draw(st.booleans()), warned)


@given(st.lists(views()))
def test_every_photo_is_counted_once_and_what_is_held_does_not_go(found: list[DueView]) -> None:
    told = outlook_of(found, TODAY)
    assert told.total == len(found) == told.purged + told.archived + told.held
    assert sum(told.months.values()) == told.purged
    assert min(told.months) == TODAY.replace(day=1)
    assert sum(group.photos for group in told.groups) == len(found)
    assert [group.first for group in told.groups] == sorted(group.first for group in told.groups)
    assert all(one.purge_on(TODAY) >= TODAY for one in found)
