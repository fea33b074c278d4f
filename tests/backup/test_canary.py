"""The canary on a real rest-server: refused is the pass, and with the protection switched off it cries."""

from datetime import timedelta
from pathlib import Path

import pytest

from appliance.actions import duties
from appliance.actions.backup import add_target, try_canary
from appliance.actions.duties import Alarm, alarming, due, note
from appliance.actions.mailing import MailSettings, Office, Security, change_mail_settings, messages
from appliance.domain.access import OPERATOR
from appliance.domain.duties import Duty, Standing
from appliance.domain.wording import Language
from appliance.wiring import Box
from tests.actions.scene import told
from tests.backup.servers import rest_server
from tests.conftest import Clock

OFFICE = Office("Gemeente Voorbeeld", "https://kluis.example", "https://kluis.example")


def alarm(box: Box) -> Alarm:
    return Alarm(OFFICE, ["it@example.org"], Language.DUTCH, box.bell)


def test_a_server_that_only_appends_withstands_every_attempt(tmp_path: Path, clock: Clock) -> None:
    with rest_server(tmp_path) as target:
        for _ in range(2):  # a second night meets the marker's repository of the first
            run = try_canary(target, clock=clock)
            assert run.passed
            assert run.findings == {"overwrite": "refused", "delete": "refused"}
    assert (tmp_path / "box" / "canary" / "data").is_dir()


def test_with_the_protection_switched_off_the_canary_raises_an_alarm(tmp_path: Path, box: Box) -> None:
    change_mail_settings(
        box.safe,
        MailSettings("127.0.0.1", 25, Security.NONE, "kluis@example.org"),
        by=OPERATOR,
        now=box.now(),
    )
    with rest_server(tmp_path, append_only=False) as target:
        add_target(box.safe, target, by=OPERATOR, now=box.now())
        run = try_canary(target, clock=box.clock)
    assert not run.passed
    assert run.findings["delete"] == "succeeded"
    note(box.safe, run, alarm(box), by=OPERATOR, now=box.now())
    (mail,) = messages(box.safe, by=OPERATOR, now=box.now())
    assert (mail.kind, mail.address) == ("alarm", "it@example.org")
    assert Standing.FAILED in {one.standing for one in alarming(box.safe, by=OPERATOR, now=box.now())}
    assert told(box)[-1] == f"operator duty:run {run.id} refused duty=canary target=office"


def test_a_server_that_is_away_is_a_failure_and_no_pass(tmp_path: Path, clock: Clock) -> None:
    with rest_server(tmp_path) as target:
        pass
    run = try_canary(target, clock=clock)
    assert not run.passed
    assert run.findings == {"problem": "backup:unreachable"}


def test_a_duty_that_passed_is_overdue_after_its_time_and_fine_again_once_done(
    tmp_path: Path, box: Box, clock: Clock
) -> None:
    with rest_server(tmp_path) as target:
        add_target(box.safe, target, by=OPERATOR, now=box.now())

        def canary_stands() -> Standing:
            (one,) = (d for d in due(box.safe, by=OPERATOR, now=box.now()) if d.duty is Duty.CANARY)
            return one.standing

        assert canary_stands() is Standing.NEVER
        for _ in range(2):
            note(box.safe, try_canary(target, clock=clock), alarm(box), by=OPERATOR, now=box.now())
            assert canary_stands() is Standing.FINE
            clock.advance(hours=36, seconds=1)
            assert canary_stands() is Standing.OVERDUE
    overdue = duties.tell_overdue(box.safe, alarm(box), by=OPERATOR, now=box.now())
    assert Duty.CANARY in {one.duty for one in overdue}


@pytest.mark.parametrize(("hours", "expected"), [(35, Standing.FINE), (37, Standing.OVERDUE)])
def test_nightly_duties_may_miss_half_a_day(hours: int, expected: Standing, clock: Clock) -> None:
    from appliance.domain.duties import Run, standing

    run = Run("r", Duty.BACKUP, clock.now, clock.now, True)
    assert standing(run, Duty.BACKUP, clock.now + timedelta(hours=hours)) is expected
