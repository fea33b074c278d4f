"""The verdict about a past day is what was known then, whatever was learnt since (P13, S19)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from appliance.actions.consent import amend, record, withdraw
from appliance.actions.faces import add_face, unname
from appliance.actions.people import change_person, merge_people, person_view, unmerge_people
from appliance.actions.photos import count_heads, verdicts
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Light, Purpose, Verdict, Why
from appliance.domain.people import Person, PersonId, Standing
from appliance.domain.photos import FaceId, PhotoId
from appliance.wiring import Box
from tests.actions.scene import EDITOR, granted, person, raw, rows, signed, verdict_of
from tests.conftest import Clock


def why(box: Box, photo: PhotoId, day: date | None = None) -> list[Why]:
    return [reason.why for reason in verdict_of(box, photo, day=day).reasons]


def stands_in(box: Box, photo: PhotoId, who: PersonId | None) -> FaceId:
    now, day = box.now(), box.today()
    return add_face(box.safe, photo, None, by=EDITOR, now=now, day=day, bell=box.bell, person_id=who)


def known(box: Box, who: PersonId) -> Person:
    return person_view(box.safe, who, by=EDITOR, now=box.now(), day=box.today()).person


def change(box: Box, who: PersonId, **more: object) -> None:
    changed = replace(known(box, who), **more)  # type: ignore[arg-type]
    change_person(box.safe, changed, by=EDITOR, now=box.now(), day=box.today())


@pytest.fixture
def anna(photo_box: Box, photo: PhotoId) -> PersonId:
    """Anna stands in the photo alone, and said yes to the website."""
    box, anna = photo_box, person(photo_box, "Anna")
    stands_in(box, photo, anna)
    count_heads(box.safe, photo, 1, by=EDITOR, now=box.now(), day=box.today())
    signed(box, anna, Purpose.WEB)
    return anna


def merged(box: Box, photo: PhotoId, anna: PersonId) -> None:
    """Somebody who never wants to be published turns out to be Anna."""
    again = person(box, "A. Bakker")
    signed(box, again, Purpose.PRESS)
    merge_people(box.safe, anna, again, by=EDITOR, now=box.now(), day=box.today())
    (theirs,) = {row["id"] for row in rows(box, "SELECT id FROM quitclaims WHERE person_id = ?", anna)}
    withdraw(box.safe, theirs, by=EDITOR, now=box.now(), day=box.today())  # type: ignore[arg-type]


def withdrawn(box: Box, photo: PhotoId, anna: PersonId) -> None:
    (found,) = {row["id"] for row in rows(box, "SELECT id FROM quitclaims WHERE person_id = ?", anna)}
    withdraw(box.safe, found, by=EDITOR, now=box.now(), day=box.today())  # type: ignore[arg-type]


def unnamed(box: Box, photo: PhotoId, anna: PersonId) -> None:
    (face,) = rows(box, "SELECT id FROM faces")
    unname(box.safe, FaceId(str(face["id"])), by=EDITOR, now=box.now(), day=box.today())


LATER: Mapping[str, Callable[[Box, PhotoId, PersonId], object]] = {
    "somebody else is found in it": lambda box, photo, anna: stands_in(box, photo, person(box, "Bob")),
    "a face without a name is found": lambda box, photo, anna: stands_in(box, photo, None),
    "the name is taken back": unnamed,
    "a standing wish": lambda box, photo, anna: change(box, anna, standing=Standing.NEVER_PHOTOGRAPH),
    "a birth date": lambda box, photo, anna: change(box, anna, birth_date=box.today() - timedelta(days=3650)),
    "heads are counted anew": lambda box, photo, anna: count_heads(
        box.safe, photo, 4, by=EDITOR, now=box.now(), day=box.today()
    ),
    "a withdrawal": withdrawn,
    "a merge": merged,
}


@pytest.mark.parametrize("what", LATER)
def test_what_is_learnt_later_changes_nothing_about_an_earlier_day(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock, what: str
) -> None:
    box, then = photo_box, photo_box.today()
    before = verdict_of(box, photo)
    assert before.light is Light.GREEN
    clock.advance(days=3)
    LATER[what](box, photo, anna)
    assert verdict_of(box, photo).light is not Light.GREEN
    for day in (then, then + timedelta(days=1), then + timedelta(days=2)):
        assert verdict_of(box, photo, day=day) == replace(before, day=day)
    clock.advance(days=1)
    changed = verdict_of(box, photo, day=then + timedelta(days=3))
    assert replace(changed, day=box.today()) == verdict_of(box, photo)


def test_another_merge_gives_nobody_the_quitclaims_of_another_on_earlier_days(
    photo_box: Box, photo: PhotoId, clock: Clock
) -> None:
    """Today the two are one, and the yes of the other counts; on the day before it did not."""
    box, anna = photo_box, person(photo_box, "Anna")
    stands_in(box, photo, anna)
    again = person(box, "A. Bakker")
    signed(box, again, Purpose.WEB)
    then = box.today()
    clock.advance(days=1)
    merge_people(box.safe, again, anna, by=EDITOR, now=box.now(), day=box.today())
    assert why(box, photo) == [Why.PERMITTED]
    assert why(box, photo, then) == [Why.NO_QUITCLAIM]
    clock.advance(days=1)
    unmerge_people(box.safe, again, by=EDITOR, now=box.now(), day=box.today())
    assert why(box, photo) == [Why.NO_QUITCLAIM]
    assert why(box, photo, then) == [Why.NO_QUITCLAIM]
    assert why(box, photo, then + timedelta(days=1)) == [Why.PERMITTED]


def test_before_it_came_a_photo_was_not_in_the_safe(photo_box: Box, photo: PhotoId) -> None:
    yesterday = photo_box.today() - timedelta(days=1)
    assert why(photo_box, photo, yesterday) == [Why.NOT_IN_THE_SAFE]


def test_a_day_to_come_is_answered_by_the_calendar(photo_box: Box, photo: PhotoId, anna: PersonId) -> None:
    assert why(photo_box, photo, photo_box.today() + timedelta(days=365)) == [Why.PERMITTED]
    assert why(photo_box, photo, photo_box.today() + timedelta(days=366)) == [Why.EXPIRED]


def test_the_versions_of_a_past_day_are_those_known_then(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock
) -> None:
    box, then = photo_box, photo_box.today()
    (found,) = {row["id"] for row in rows(box, "SELECT id FROM quitclaims")}
    clock.advance(days=10)
    later = granted(Purpose.WEB, until=box.today() + timedelta(days=1), begin=then)
    amend(box.safe, found, later, by=EDITOR, now=box.now(), day=box.today())  # type: ignore[arg-type]
    clock.advance(days=10)
    record(box.safe, anna, granted(Purpose.WEB), by=EDITOR, now=box.now(), day=box.today())
    answers = [why(box, photo, then + timedelta(days=days))[0] for days in (0, 9, 10, 11, 12, 19, 20)]
    permitted, expired = Why.PERMITTED, Why.EXPIRED
    assert answers == [permitted, permitted, permitted, permitted, expired, expired, permitted]


def test_several_changes_on_one_day_leave_what_held_at_its_end(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock
) -> None:
    box, then = photo_box, photo_box.today()
    for standing in (Standing.NEVER_PHOTOGRAPH, Standing.NONE, Standing.PHOTOGRAPH_NOT_PUBLISH):
        change(box, anna, standing=standing)
        clock.advance(minutes=5)
    clock.advance(days=1)
    assert why(box, photo, then) == [Why.PHOTOGRAPH_NOT_PUBLISH]


def test_the_past_is_not_rewritten_below_every_rule(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock
) -> None:
    clock.advance(days=1)
    change(photo_box, anna, standing=Standing.NEVER_PHOTOGRAPH)
    with raw(photo_box) as db, pytest.raises(Exception, match="the past of a photo is never changed"):
        db.execute("UPDATE photo_history SET facts = '{}'")


def test_reasons_of_the_past_name_people_as_they_are_called_today(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock
) -> None:
    box, then = photo_box, photo_box.today()
    clock.advance(days=1)
    change(box, anna, name="Anna de Wit")
    found = verdicts(
        box.safe, [photo], [Purpose.WEB], by=OPERATOR, now=box.now(), day=then, today=box.today()
    )
    ((_, (decided,), people),) = found
    assert isinstance(decided, Verdict)
    assert [people[r.person_id].name for r in decided.reasons if r.person_id] == ["Anna de Wit"]
