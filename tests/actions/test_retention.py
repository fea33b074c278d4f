"""Retention: how long by rule, warned before anything goes, held by a hold; and rights with their days."""

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.actions.holds import place_hold
from appliance.actions.own_data import export_person
from appliance.actions.retention import apply_retention, put_rule, remove_rule, review, rules
from appliance.actions.rights import (
    close_request,
    extend_request,
    record_request,
    rights_requests,
)
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Purpose
from appliance.domain.duties import Run
from appliance.domain.erasure import Held
from appliance.domain.errors import KluisError, Mistake
from appliance.domain.people import PersonId
from appliance.domain.retention import DEFAULT, Rule, Then
from appliance.domain.rights import Right, RightsState, due_on
from appliance.domain.wording import Language
from appliance.wiring import Box
from tests.actions.scene import fill, named, person, picture, rows, take, two_people
from tests.conftest import Clock

YEARS = 5 * 365 + 3


@pytest.fixture
def kept(box: Box, tmp_path: pytest.TempPathFactory) -> Box:
    """A safe with two photos that arrived today."""
    take(box, fill(tmp_path / "card", {"a.jpg": picture(1), "b.jpg": picture(2)}))  # type: ignore[operator]
    return box


def apply(box: Box) -> Run:
    return apply_retention(box.safe, box.config.journal, by=OPERATOR, day=box.today(), clock=box.clock)


def test_without_a_rule_photos_are_kept_five_years_and_warned_of_before_they_go(
    kept: Box, clock: Clock
) -> None:
    assert rules(kept.safe, by=OPERATOR, now=kept.now()) == (DEFAULT,)
    assert review(kept.safe, by=OPERATOR, now=kept.now(), day=kept.today()) == ()
    clock.advance(days=YEARS)
    found = review(kept.safe, by=OPERATOR, now=kept.now(), day=kept.today())
    assert len(found) == 2
    assert len(rows(kept, "SELECT 1 FROM photos")) == 2  # a simulation changes nothing
    assert apply(kept).findings == {"warned": 2, "purged": 0, "proofs_ended": 0}
    assert apply(kept).findings["warned"] == 0
    clock.advance(days=29)
    assert apply(kept).findings["purged"] == 0
    clock.advance(days=1)
    assert apply(kept).findings["purged"] == 2
    assert rows(kept, "SELECT 1 FROM photos") == []


def test_a_hold_keeps_what_would_go(kept: Box, clock: Clock) -> None:
    clock.advance(days=YEARS)
    place_hold(
        kept.safe,
        Held.PHOTO,
        named(kept, "a.jpg"),
        reason="claim",
        owner="legal",
        review_on=kept.today() + timedelta(days=90),
        by=OPERATOR,
        now=kept.now(),
        day=kept.today(),
    )
    assert {v.held for v in review(kept.safe, by=OPERATOR, now=kept.now(), day=kept.today())} == {True, False}
    assert apply(kept).findings["warned"] == 1
    clock.advance(days=30)
    assert apply(kept).findings["purged"] == 1
    assert [row["name"] for row in rows(kept, "SELECT name FROM photos")] == ["a.jpg"]


def rule_of(box: Box, purpose: Purpose | None, months: int) -> Rule:
    return put_rule(
        box.safe, shoot_id=None, purpose=purpose, months=months, then=Then.PURGE, by=OPERATOR, now=box.now()
    )


def test_longer_time_after_the_warning_takes_it_back(kept: Box, clock: Clock) -> None:
    clock.advance(days=YEARS)
    apply(kept)
    rule = two_people(kept, lambda: rule_of(kept, None, 120))
    clock.advance(days=40)
    assert apply(kept).findings["purged"] == 0
    assert rows(kept, "SELECT 1 FROM retention_warnings") == []
    two_people(kept, lambda: remove_rule(kept.safe, rule.id, by=OPERATOR, now=kept.now()))
    assert apply(kept).findings["warned"] == 2


def test_for_a_purpose_the_time_begins_when_the_permission_ends(demo_box: Box) -> None:
    two_people(demo_box, lambda: rule_of(demo_box, Purpose.WEB, 1))
    day = demo_box.today()
    for view in review(demo_box.safe, by=OPERATOR, now=demo_box.now(), day=day):
        assert view.due.rule.purpose in (Purpose.WEB, None)
    green = {
        row["id"]
        for row in rows(
            demo_box,
            "SELECT photos.id FROM lights JOIN photos ON photos.number = photo"
            " WHERE purpose = 'web' AND light = 'green'"
            " AND EXISTS (SELECT 1 FROM shown WHERE photo = number)",
        )
    }
    over = review(demo_box.safe, by=OPERATOR, now=demo_box.now(), day=day - timedelta(days=366))
    assert not green & {v.due.photo_id for v in over}


@pytest.mark.parametrize("months", [0, 1201])
def test_a_number_of_months_that_makes_no_sense_is_refused(box: Box, months: int) -> None:
    with pytest.raises(Mistake, match="no number of months"):
        rule_of(box, None, months)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 11, 24), date(2026, 12, 24)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last_there_is(received: date, last: date) -> None:
    assert due_on(received) == last


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 3))
def test_the_last_day_is_never_far_from_so_many_months(received: date, months: int) -> None:
    assert 28 * months <= (due_on(received, months) - received).days <= 31 * months


def test_a_request_is_recorded_extended_once_and_closed_with_what_was_done(box: Box, clock: Clock) -> None:
    anna = person(box, "Anna de Vries")
    ask = {"by": OPERATOR, "now": box.now()}
    asked = record_request(box.safe, anna, Right.ACCESS, box.today(), day=box.today(), **ask)  # type: ignore[arg-type]
    assert asked.due_on == date(2026, 12, 24)
    with pytest.raises(Mistake):
        extend_request(box.safe, asked.id, "", day=box.today(), **ask)  # type: ignore[arg-type]
    longer = extend_request(box.safe, asked.id, "many photos", day=box.today(), **ask)  # type: ignore[arg-type]
    assert longer.due_on == date(2027, 2, 24)
    with pytest.raises(Mistake):
        extend_request(box.safe, asked.id, "again", day=box.today(), **ask)  # type: ignore[arg-type]
    clock.advance(days=100)
    (view,) = rights_requests(box.safe, by=OPERATOR, now=box.now(), day=box.today())
    assert view.overdue
    closed = close_request(
        box.safe, asked.id, "sent by post", done=True, by=OPERATOR, now=box.now(), day=box.today()
    )
    assert closed.state is RightsState.DONE
    with pytest.raises(KluisError, match="closed already"):
        close_request(box.safe, asked.id, "again", done=True, by=OPERATOR, now=box.now(), day=box.today())


def test_the_export_has_everything_and_an_index_page(demo_box: Box) -> None:
    (row,) = rows(demo_box, "SELECT person_id FROM links WHERE state = 'confirmed' LIMIT 1")
    parts = export_person(
        demo_box.safe,
        demo_box.decoder,
        PersonId(row["person_id"]),
        organisation="Waterdam",
        language=Language.DUTCH,
        zone=demo_box.config.zone,
        by=OPERATOR,
        now=demo_box.now(),
        day=demo_box.today(),
    )
    with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        told = json.loads(archive.read("data.json"))
        page = archive.read("index.html").decode()
    assert told["person"]["name"] in page
    assert {f"photos/{one['id']}.jpg" for one in told["photos"]} <= names
    assert all(f'src="photos/{one["id"]}.jpg"' in page for one in told["photos"])
    assert told["quitclaims"]
    assert all(one["kept_until"] for one in told["photos"])
    assert "Wie een kopie kreeg" in page
    assert "<script" not in page
    assert "http" not in page
