"""A process that is killed while it writes: what it reported is there, and the database is sound."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from appliance.domain.audit import verify
from appliance.store.connections import connect
from appliance.store.database import Store
from tests.store.conftest import RING
from tests.store.crash import in_a_child
from tests.store.shelf import changing, looking, person

TIMES, MOST = 20, 100_000


def write_until_killed(database: Path, say: Callable[[bytes], object], begin: int) -> None:
    store = Store.open(database, RING.database_key)
    for number in range(begin, begin + MOST):
        with changing(store) as tx:
            tx.people.add(person(f"person{number}"))
            tx.settings.put("last", str(number))
        say(b"%d\n" % number)  # reported: from here on it may not be lost


def test_what_was_reported_outlives_the_process(database: Path) -> None:
    chance = random.Random(11)
    reported: list[int] = []
    for begin in range(0, TIMES * MOST, MOST):
        child = in_a_child(lambda say, begin=begin: write_until_killed(database, say, begin))
        time.sleep(0.05 + chance.random() * 0.1)
        child.kill()
        assert not child.ended()
        reported += [int(line) for line in child.heard().split()]

        db = connect(database, RING.database_key)
        assert db.execute("PRAGMA cipher_integrity_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        db.close()
        store = Store.open(database, RING.database_key)
        with looking(store) as view:
            kept = [int(p.name.removeprefix("person")) for p in view.people.all("", after=None, limit=10**6)]
            assert set(reported) <= set(kept)
            assert len(kept) == len(set(kept)) == verify(view.audit.entries()).entries
            assert verify(view.audit.entries(), known=view.audit.head()).whole
            if kept:
                assert view.settings.get("last") == str(max(kept))
        store.close()
    assert len(reported) > TIMES, "too little was written to show anything"
