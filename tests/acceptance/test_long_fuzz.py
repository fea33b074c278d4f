"""Longer runs of what is tried shortly elsewhere: files changed at random, and keys changed while killed."""

import random
from collections import Counter
from pathlib import Path

import pytest

from appliance.domain.errors import Unreadable
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


TIMES = 20  # each file is changed; by `make acceptance`, six thousand in all
MOST_BYTES = 4_000_000


@pytest.mark.timeout(7200)
def test_real_and_broken_files_changed_at_random_neither_crash_nor_hang(evaluation_data: Path) -> None:
    """The kernel limits memory: what takes more ends as too demanding, as a crash or a hang does."""
    folders = (evaluation_data / name for name in ("ingest", "broken"))
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    dice, met = random.Random(7), Counter[str]()
    broke = []
    with Decoder() as decoder:
        for path in files:
            original = path.read_bytes()[:MOST_BYTES]
            for number in range(TIMES):
                try:
                    decoder.decode(_changed(original, dice), at_least=1440)
                    met["decoded"] += 1
                except Unreadable as problem:
                    met[problem.key] += 1
                    if problem.key == "photo:too_demanding":
                        broke.append((path.name, number))
    print(met)  # noqa: T201 - to be read
    assert len(broke) <= sum(met.values()) / 1000, broke


def _changed(data: bytes, dice: random.Random) -> bytes:
    """Some bytes turned, a piece cut out, repeated or put elsewhere."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 4, 64))):
        if changed:
            changed[dice.randrange(len(changed))] = dice.choice((0, 255, dice.randrange(256)))
    if len(changed) > 64 and dice.random() < 0.4:
        start, length = dice.randrange(len(changed) - 32), dice.randrange(1, 32)
        piece = bytes(changed[start : start + length])
        del changed[start : start + length]
        place = dice.randrange(len(changed))
        changed[place:place] = piece * dice.choice((0, 1, 3))
    return bytes(changed)
