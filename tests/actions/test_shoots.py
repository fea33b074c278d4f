"""Shoots: recognition is switched on for one of them, for whoever was invited to it (P4)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.actions import enrolment, shoots
from appliance.actions.consent import record
from appliance.actions.faces import confirm
from appliance.actions.photos import look_at
from appliance.actions.recognition import stop_recognition
from appliance.actions.undo import latest_change, undo
from appliance.demo.card import BIDEN, OBAMA, SHOTS
from appliance.domain.access import OPERATOR, Actor
from appliance.domain.consent import Purpose
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId, ShootId
from appliance.domain.shoots import Scope, Shoot
from appliance.store.search import Filter
from appliance.wiring import Box
from tests.actions.scene import (
    ADMINISTRATOR,
    EDITOR,
    OFFICER,
    VIEWER,
    granted,
    log,
    named,
    person,
    rows,
    told,
)

OTHERS_OF_OBAMA = {shot.file for shot in SHOTS if shot.who == OBAMA} - {"KLUI0001.JPG"}


def person_of(box: Box, name: str) -> PersonId:
    return PersonId(str(rows(box, "SELECT id FROM people WHERE name = ?", name)[0]["id"]))


def the_shoot(box: Box) -> Shoot:
    (card,) = shoots.shoots(box.safe, by=OPERATOR, now=box.now())
    return card.shoot


def switch(box: Box, scope: Scope | None, by: Actor = ADMINISTRATOR, shoot: ShootId | None = None) -> None:
    shoots.switch_shoot_recognition(
        box.safe, shoot or the_shoot(box).id, scope, by=by, now=box.now(), day=box.today()
    )


def invite(box: Box, *people: PersonId) -> None:
    shoot = the_shoot(box)
    shoots.change_shoot(
        box.safe,
        shoot.id,
        by=EDITOR,
        now=box.now(),
        name=shoot.name,
        day=shoot.day,
        invited=people,
        today=box.today(),
    )


def search(box: Box) -> int:
    return enrolment.rescan_all(box.safe, box.decoder, box.analyser, now=box.now(), day=box.today())


def suggested(box: Box) -> set[str]:
    found = rows(box, "SELECT name FROM photos JOIN links ON photos.id = photo_id WHERE state = 'suggested'")
    return {str(row["name"]) for row in found}


def test_a_shoot_begins_without_recognition_and_is_found_with_its_photos(box: Box) -> None:
    anna, bob = person(box, "Anna"), person(box, "Bob")
    made = shoots.create_shoot(
        box.safe, by=EDITOR, now=box.now(), name="  Open   dag ", day=box.today(), invited=[bob, anna]
    )
    assert (made.name, made.recognition, made.invited) == ("Open dag", None, {anna, bob})
    view = shoots.shoot_view(box.safe, made.id, by=VIEWER, now=box.now())
    assert (view.shoot, view.photos, view.possible) == (made, 0, False)
    assert [one.name for one in view.invited] == ["Anna", "Bob"]
    assert told(box)[-2:] == [
        f"the-editor shoot:add {made.id} done invited=2",
        f"the-viewer shoot:view {made.id} done people=2",
    ]


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "Open\u202edag"])
def test_a_shoot_needs_a_name(box: Box, name: str) -> None:
    with pytest.raises(Mistake) as problem:
        shoots.create_shoot(box.safe, by=EDITOR, now=box.now(), name=name, day=box.today())
    assert problem.value.key == "shoot:bad_name"
    assert rows(box, "SELECT * FROM shoots") == []


def test_nobody_is_invited_whom_the_safe_does_not_know(box: Box) -> None:
    with pytest.raises(Mistake) as problem:
        shoots.create_shoot(
            box.safe, by=EDITOR, now=box.now(), name="A", day=box.today(), invited=[PersonId("nobody")]
        )
    assert problem.value.key == "person:unknown"
    assert rows(box, "SELECT * FROM shoots") == []


def test_recognition_in_a_shoot_needs_the_switch_of_the_box(demo_box: Box) -> None:
    box = demo_box
    stop_recognition(box.safe, by=OFFICER, now=box.now(), day=box.today())
    before = the_shoot(box)
    for scope in Scope:
        with pytest.raises(Mistake) as problem:
            switch(box, scope)
        assert problem.value.key == "recognition:off"
    assert the_shoot(box) == before
    switch(box, None)
    assert the_shoot(box).recognition is None


@pytest.mark.parametrize("by", [EDITOR, OFFICER, VIEWER], ids=lambda by: by.id)
def test_looking_for_more_than_were_invited_takes_an_administrator(demo_box: Box, by: Actor) -> None:
    before = the_shoot(demo_box)
    with pytest.raises(NotAllowed):
        switch(demo_box, Scope.AGREED, by)
    assert the_shoot(demo_box) == before
    assert log(demo_box)[-1].event.outcome == "refused"
    switch(demo_box, Scope.AGREED)
    found = the_shoot(demo_box).recognition
    assert found is not None
    assert (found.scope, found.enabled_by) == (Scope.AGREED, ADMINISTRATOR.id)


def test_off_takes_back_what_nobody_answered_and_keeps_what_somebody_did(demo_box: Box) -> None:
    box, now, day = demo_box, demo_box.now(), demo_box.today()
    (face,) = look_at(box.safe, named(box, "KLUI0002.JPG"), by=OPERATOR, now=now, day=day).faces
    confirm(box.safe, face.face.id, person_of(box, OBAMA), by=EDITOR, now=now, day=day, bell=box.bell)
    switch(box, None, EDITOR)
    assert suggested(box) == set()
    assert len(rows(box, "SELECT * FROM links WHERE state = 'confirmed'")) == 3
    assert search(box) == 0
    switch(box, Scope.INVITED, EDITOR)
    assert search(box) == len(OTHERS_OF_OBAMA) - 1


def test_only_whoever_was_invited_is_looked_for_unless_everybody_who_agreed_is(demo_box: Box) -> None:
    box = demo_box
    invite(box, person_of(box, BIDEN))
    assert suggested(box) == set()  # who is not invited any more is not suggested any more
    switch(box, Scope.INVITED)
    assert search(box) == 0
    switch(box, Scope.AGREED)
    assert search(box) == len(OTHERS_OF_OBAMA)
    switch(box, Scope.INVITED)
    assert suggested(box) == set()
    invite(box, person_of(box, BIDEN), person_of(box, OBAMA))
    assert search(box) == len(OTHERS_OF_OBAMA)


def test_whoever_agreed_stays_suggested_without_an_invitation_where_everybody_is_looked_for(
    demo_box: Box,
) -> None:
    switch(demo_box, Scope.AGREED)
    invite(demo_box)
    assert suggested(demo_box) == OTHERS_OF_OBAMA


def test_an_invitation_is_no_consent(demo_box: Box) -> None:
    box, collins = demo_box, person(demo_box, "Collins")
    invite(box, person_of(box, OBAMA), person_of(box, BIDEN), collins)
    now, day = box.now(), box.today()
    (face,) = look_at(box.safe, named(box, "KLUI0007.JPG"), by=OPERATOR, now=now, day=day).faces
    confirm(box.safe, face.face.id, collins, by=EDITOR, now=now, day=day, bell=box.bell)
    enrol = lambda: enrolment.enrol(box.safe, box.decoder, box.analyser, face.face.id, now=now, day=day)  # noqa: E731
    assert not enrol()
    record(box.safe, collins, granted(Purpose.RECOGNITION), by=EDITOR, now=now, day=day)
    assert enrol()


def test_photos_taken_out_of_a_shoot_are_searched_no_more_and_put_back_are(demo_box: Box) -> None:
    box, shoot = demo_box, the_shoot(demo_box)
    photos = [PhotoId(str(row["id"])) for row in rows(box, "SELECT id FROM photos ORDER BY number")]
    put = lambda where: shoots.put_in_shoot(  # noqa: E731
        box.safe, photos, where, by=EDITOR, now=box.now(), day=box.today()
    )
    put(None)
    assert suggested(box) == set()
    switch(box, Scope.INVITED)
    assert search(box) == 0
    assert box.safe.store is not None
    put(shoot.id)
    assert search(box) == len(OTHERS_OF_OBAMA)
    with box.safe.store.look(by=OPERATOR, to=shoots.Permission.PHOTO_VIEW, now=box.now()) as view:
        assert view.photos.count(Filter(shoot_id=shoot.id)) == len(photos)


def test_changing_a_shoot_leaves_its_recognition_as_it_is(demo_box: Box) -> None:
    box, before = demo_box, the_shoot(demo_box)
    shoots.change_shoot(
        box.safe,
        before.id,
        by=EDITOR,
        now=box.now(),
        name="Nieuwe naam",
        day=before.day,
        invited=before.invited,
        today=box.today(),
    )
    assert the_shoot(box) == replace(before, name="Nieuwe naam")
    assert suggested(box) == OTHERS_OF_OBAMA


def test_photos_put_in_another_shoot_are_taken_back_as_one_act(demo_box: Box) -> None:
    box, shoot = demo_box, the_shoot(demo_box)
    photos = [PhotoId(str(row["id"])) for row in rows(box, "SELECT id FROM photos ORDER BY number")]
    now, day = box.now(), box.today()
    other = shoots.create_shoot(box.safe, by=EDITOR, now=now, name="Borrel", day=day).id
    shoots.put_in_shoot(box.safe, photos[:1], None, by=EDITOR, now=now, day=day)
    now += timedelta(seconds=1)
    shoots.put_in_shoot(box.safe, photos[:3], other, by=EDITOR, now=now, day=day)
    where = lambda: [row["shoot_id"] for row in rows(box, "SELECT shoot_id FROM photos ORDER BY number")]  # noqa: E731
    assert where() == [other] * 3 + [shoot.id] * (len(photos) - 3)
    change = latest_change(box.safe, by=EDITOR, now=now)
    assert change is not None
    assert set(undo(box.safe, change, by=EDITOR, now=now, day=day, bell=box.bell)) == set(photos[:3])
    assert where() == [None] + [shoot.id] * (len(photos) - 1)
    now += timedelta(seconds=1)
    shoots.put_in_shoot(box.safe, photos[:1], other, by=EDITOR, now=now, day=day)
    overtaken = latest_change(box.safe, by=EDITOR, now=now)
    assert overtaken is not None
    shoots.put_in_shoot(box.safe, photos[:1], shoot.id, by=ADMINISTRATOR, now=now, day=day)
    with pytest.raises(Mistake) as problem:
        undo(box.safe, overtaken, by=EDITOR, now=now, day=day, bell=box.bell)
    assert problem.value.key == "change:overtaken"
    with pytest.raises(Mistake):
        shoots.put_in_shoot(box.safe, [], other, by=EDITOR, now=now, day=day)
