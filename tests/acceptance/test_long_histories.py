"""Thousands of random histories of consent, each day of them played again from its events."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.domain.test_histories import Histories

HISTORIES = 2000


@pytest.mark.acceptance
@pytest.mark.timeout(3600)
def test_thousands_of_histories_say_of_each_day_what_playing_them_again_gives() -> None:
    chosen = settings(
        max_examples=HISTORIES,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(Histories, settings=chosen)  # type: ignore[no-untyped-call]
