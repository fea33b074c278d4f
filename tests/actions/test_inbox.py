"""The inbox of a real safe: what waits, for whom, and that it goes away when it is done."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from appliance.actions import quarantine
from appliance.actions.inbox import first_steps, inbox
from appliance.actions.recognition import propose_recognition
from appliance.actions.rights import record_request
from appliance.domain.access import Actor
from appliance.domain.consent import Purpose
from appliance.domain.inbox import FirstStep, Matter
from appliance.domain.rights import Right
from appliance.wiring import Box
from tests.actions.scene import (
    ADMINISTRATOR,
    EDITOR,
    OFFICER,
    VIEWER,
    fill,
    person,
    picture,
    rows,
    signed,
    take,
)
from tests.conftest import Clock


def waits_for(box: Box, by: Actor) -> dict[Matter, tuple[int, int]]:
    found = inbox(box.safe, by=by, now=box.now(), day=box.today())
    return {one.matter: (one.count, one.late) for one in found}


def test_an_empty_safe_asks_nothing_of_anybody(box: Box) -> None:
    for by in (VIEWER, EDITOR, ADMINISTRATOR, OFFICER):
        assert waits_for(box, by) == {}


def test_faces_and_amber_photos_wait_for_those_who_edit_photos(demo_box: Box) -> None:
    (unnamed,) = rows(demo_box, "SELECT count(*) AS n FROM photos WHERE unnamed > 0")
    (amber,) = rows(demo_box, "SELECT count(DISTINCT photo) AS n FROM lights WHERE light = 'amber'")
    assert unnamed["n"] > 0
    assert amber["n"] > 0
    found = waits_for(demo_box, EDITOR)
    assert found[Matter.FACES] == (unnamed["n"], 0)
    assert found[Matter.AMBER] == (amber["n"], 0)
    assert not {Matter.FACES, Matter.AMBER} & set(waits_for(demo_box, VIEWER))
    assert not {Matter.FACES, Matter.AMBER} & set(waits_for(demo_box, OFFICER))


def test_a_request_waits_for_the_privacy_officer_and_turns_late_after_the_legal_term(box: Box) -> None:
    somebody = person(box, "Ada")
    record_request(box.safe, somebody, Right.ACCESS, box.today(), by=OFFICER, now=box.now(), day=box.today())
    assert waits_for(box, OFFICER)[Matter.RIGHTS] == (1, 0)
    assert Matter.RIGHTS not in waits_for(box, EDITOR)
    later = box.today() + timedelta(days=40)
    (first, *_) = inbox(box.safe, by=OFFICER, now=box.now(), day=later)
    assert (first.matter, first.late) == (Matter.RIGHTS, 1)


def test_a_proposal_waits_for_the_privacy_officer_alone_even_before_the_second_step(box: Box) -> None:
    propose_recognition(box.safe, "DPIA 7", by=ADMINISTRATOR, now=box.now())
    assert Matter.RECOGNITION in waits_for(box, replace(OFFICER, confirmed=False))
    assert Matter.RECOGNITION not in waits_for(box, ADMINISTRATOR)


def test_a_permission_that_ends_soon_waits_until_it_is_renewed(box: Box, clock: Clock) -> None:
    somebody = person(box, "Ada")
    signed(box, somebody, Purpose.WEB, Purpose.PRINT, days=20)
    assert waits_for(box, EDITOR)[Matter.ENDING] == (1, 0)
    clock.advance(hours=1)
    signed(box, somebody, Purpose.WEB, Purpose.PRINT, days=900)
    assert Matter.ENDING not in waits_for(box, EDITOR)


def test_first_steps_are_ticked_by_taking_them(box: Box, tmp_path: Path) -> None:
    def taken() -> set[FirstStep]:
        return {step for step, done in first_steps(box.safe, by=EDITOR, now=box.now()).items() if done}

    assert taken() == set()
    take(box, fill(tmp_path / "card", {"a.jpg": picture(1)}))
    assert taken() == {FirstStep.PHOTOS}
    signed(box, person(box, "Ada"), Purpose.WEB)
    assert taken() == {FirstStep.PHOTOS, FirstStep.QUITCLAIM}


def test_a_demonstration_has_taken_the_steps_to_a_green_light(demo_box: Box) -> None:
    steps = first_steps(demo_box.safe, by=EDITOR, now=demo_box.now())
    wanted = {FirstStep.SHOOT, FirstStep.PHOTOS, FirstStep.NAME, FirstStep.QUITCLAIM, FirstStep.GREEN}
    assert all(steps[step] for step in wanted)
    assert not steps[FirstStep.BACKUP]


def test_pairs_that_may_be_the_same_are_counted_until_decided(demo_box: Box) -> None:
    waiting = quarantine.waiting_pairs(demo_box.safe, by=EDITOR, now=demo_box.now())
    assert waits_for(demo_box, EDITOR).get(Matter.DUPLICATES, (0, 0)) == (waiting, 0)
