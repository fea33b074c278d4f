"""Longer runs of what is tried shortly elsewhere: files changed at random, and keys changed while killed."""

from pathlib import Path

import pytest

from appliance.imaging.decode import Decoder
from tests.imaging.test_hostile import require_survived
from tests.store.test_rekey import Home, heavy, kill_while_the_database_is_keyed_anew, made, quick

__all__ = ["made", "quick"]  # fixtures

pytestmark = pytest.mark.acceptance


@pytest.mark.parametrize("seed", range(10))
def test_many_files_changed_at_random_are_decoded_or_refused(seed: int) -> None:
    with Decoder() as decoder:
        require_survived(decoder, times=1000, seed=seed)


def test_a_large_database_whose_key_is_changed_outlives_being_killed(made: Home, tmp_path: Path) -> None:
    heavy(made, megabytes=60)
    kill_while_the_database_is_keyed_anew(made, tmp_path, times=40)
