"""At which shoot a photo was taken, by rule: the camera goes before the date, and doubt gives none."""

from datetime import date, datetime, timedelta

import pytest

from appliance.domain.intake import IntakeRules, shoot_by_rule
from appliance.domain.photos import Capture, ShootId
from appliance.domain.shoots import sensible

MORNING = datetime(2026, 11, 24, 9, 30)  # noqa: DTZ001 - a camera knows of no time zone
NEXT_DAY = MORNING + timedelta(days=1)
NEW_CLOCK = MORNING.replace(year=1980, month=1, day=1)
A, B, C = (ShootId(name) for name in "abc")
SHOOTS = [
    sensible(A, "Open dag", date(2026, 11, 24)),
    sensible(B, "Borrel", date(2026, 11, 25)),
    sensible(C, "Uitje", date(2026, 11, 25)),
]
CANON = (("Canon EOS R5", B),)

CASES = {
    "without a rule": (IntakeRules(), Capture(MORNING, "Canon EOS R5"), None),
    "by its day": (IntakeRules(by_date=True), Capture(MORNING), A),
    "by a day with two shoots": (IntakeRules(by_date=True), Capture(NEXT_DAY), None),
    "by a day with none": (IntakeRules(by_date=True), Capture(NEW_CLOCK), None),
    "without a day": (IntakeRules(by_date=True), Capture(), None),
    "by its camera": (IntakeRules(cameras=CANON), Capture(None, "Canon EOS R5"), B),
    "by its camera before its day": (
        IntakeRules(by_date=True, cameras=CANON),
        Capture(MORNING, "Canon EOS R5"),
        B,
    ),
    "by its day, of another camera": (
        IntakeRules(by_date=True, cameras=CANON),
        Capture(MORNING, "Nikon Z 8"),
        A,
    ),
    "by a camera with two shoots": (
        IntakeRules(by_date=True, cameras=(*CANON, ("Canon EOS R5", C))),
        Capture(MORNING, "Canon EOS R5"),
        None,
    ),
    "by a camera whose shoot is gone": (
        IntakeRules(cameras=(("X", ShootId("gone")),)),
        Capture(None, "X"),
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_photo_belongs_to_the_shoot_that_the_rules_give(case: str) -> None:
    rules, capture, expected = CASES[case]
    assert shoot_by_rule(rules, capture, SHOOTS) == expected
