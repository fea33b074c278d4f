"""The audit log, typed: read, verified, and found out when it was touched."""

from pathlib import Path

from appliance.wiring import Box
from tests.actions.scene import person, raw
from tests.cli.conftest import Run


def tampered(box: Box, sql: str) -> None:
    """As somebody with the key could, once the triggers are gone."""
    with raw(box) as db:
        db.execute("DROP TRIGGER audit_is_not_changed")
        db.execute("DROP TRIGGER audit_is_not_deleted")
        db.execute(sql)


def test_the_log_is_listed_newest_first_and_narrowed(kluis: Run, box: Box) -> None:
    home = box.config.home
    anna, bob = person(box, "Anna"), person(box, "Bob")
    listed = kluis(home, "audit", "list", "--json").json
    assert [(e["number"], e["action"], e["thing"]) for e in listed] == [
        (2, "person:add", bob),
        (1, "person:add", anna),
    ]
    assert [e["number"] for e in kluis(home, "audit", "list", "--thing", anna, "--json").json] == [1]
    assert [e["number"] for e in kluis(home, "audit", "list", "--action", "audit", "--json").json] == [4, 3]
    assert kluis(home, "audit", "list", "--actor", "nobody", "--json").json == []
    assert len(kluis(home, "audit", "list", "--limit", "2", "--json").json) == 2


def test_a_whole_log_is_verified_with_a_head_to_note(kluis: Run, box: Box) -> None:
    home = box.config.home
    person(box, "Anna")
    first = kluis(home, "audit", "verify", "--json")
    assert (first.status, first.json["whole"], first.json["entries"]) == (0, True, 1)
    later = kluis(home, "audit", "verify", "--head", first.json["head"], "--json")
    assert (later.status, later.json["whole"]) == (0, True)
    assert later.json["entries"] == 2


def test_a_changed_entry_is_found(kluis: Run, box: Box) -> None:
    for name in ("Anna", "Bob", "Carla"):
        person(box, name)
    tampered(box, "UPDATE audit SET thing = 'x' WHERE number = 2")
    found = kluis(box.config.home, "audit", "verify")
    assert found.status == 2
    assert "The audit log is broken at entry 2: was changed after it was written." in found.err
    assert kluis(box.config.home, "doctor").status == 2


def test_a_log_that_was_cut_short_is_found_by_its_noted_head(kluis: Run, box: Box) -> None:
    home = box.config.home
    for name in ("Anna", "Bob", "Carla"):
        person(box, name)
    head = kluis(home, "audit", "verify", "--json").json["head"]
    tampered(box, "DELETE FROM audit WHERE number >= 2")
    assert kluis(home, "audit", "verify").status == 0
    assert kluis(home, "audit", "verify", "--head", head).status == 2


def test_what_is_no_head_is_a_mistake(kluis: Run, home: Path) -> None:
    for text in ("", "3", "3:abc", "x:" + "0" * 64):
        refused = kluis(home, "audit", "verify", "--head", text)
        assert (refused.status, "That is not a head." in refused.err) == (1, True)
