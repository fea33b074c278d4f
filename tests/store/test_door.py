"""The one door to the database: no change without an entry in the log, and nobody in without a right."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from appliance.domain.access import OPERATOR, VISITOR, Actor, Kind, Permission, Role
from appliance.domain.audit import Event, Outcome, verify
from appliance.domain.errors import Fault, Mistake, NotAllowed
from appliance.store.connections import IntegrityError, OperationalError, connect
from appliance.store.database import Store, Transaction, UnauditedChange, View
from appliance.store.search import Filter
from tests.store.conftest import RING
from tests.store.room import little_room
from tests.store.shelf import NOW, begin_import, changing, looking, person, photo, quitclaim

VIEWER = Actor(Kind.USER, "viewer", Role.VIEWER)
EDIT, SEE = Permission.PHOTO_EDIT, Permission.PHOTO_VIEW


def log(store: Store) -> list[tuple[str, str, str]]:
    with looking(store) as view:
        return [(e.event.action, e.event.outcome.value, e.event.detail) for e in view.audit.entries()]


def people(store: Store) -> int:
    with looking(store) as view:
        return view.people.count()


def test_a_change_and_its_entry_are_kept_together(store: Store) -> None:
    with store.begin(by=OPERATOR, to=EDIT, now=NOW, on="anna") as tx:
        tx.people.add(person())
        entry = tx.record(Event("person:add", "anna"))
    assert people(store) == 1
    with looking(store) as view:
        assert list(view.audit.entries()) == [entry]
        assert (entry.actor, entry.at) == (OPERATOR.id, NOW)


def test_a_change_without_an_entry_is_not_kept(store: Store) -> None:
    with pytest.raises(UnauditedChange), store.begin(by=OPERATOR, to=EDIT, now=NOW) as tx:
        tx.people.add(person())
    assert people(store) == 0
    assert log(store) == []


def unknown_person(tx: Transaction) -> None:
    tx.people.add(person())
    tx.consent.append(quitclaim("nobody"))


def gives_up(tx: Transaction) -> None:
    tx.people.add(person())
    raise Mistake("test:changed_mind", "No.")


def is_stopped(tx: Transaction) -> None:
    tx.people.add(person())
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("fails", "told"),
    [(unknown_person, IntegrityError), (gives_up, Mistake), (is_stopped, KeyboardInterrupt)],
)
def test_whatever_goes_wrong_within_leaves_nothing(
    store: Store, fails: Callable[[Transaction], None], told: type[BaseException]
) -> None:
    with pytest.raises(told), changing(store) as tx:
        fails(tx)
    assert people(store) == 0
    assert log(store) == []
    with changing(store) as tx:  # and the door still opens
        tx.people.add(person())


def writes_a_row(view: View) -> None:
    view.people.add(person())


def writes_a_setting(view: View) -> None:
    view.settings.put("key", "value")


def writes_the_log(view: View) -> None:
    view.audit.append(Event("test:lie"), OPERATOR, NOW)


def deletes(view: View) -> None:
    view.people.forget_all_templates()


@pytest.mark.parametrize("attempt", [writes_a_row, writes_a_setting, writes_the_log, deletes])
def test_a_look_cannot_change_anything(store: Store, attempt: Callable[[View], None]) -> None:
    with pytest.raises(OperationalError, match="readonly"), looking(store) as view:
        attempt(view)
    assert (people(store), log(store)) == (0, [])
    with changing(store) as tx:
        tx.people.add(person())
    assert people(store) == 1


def test_a_look_sees_one_state_though_others_write(store: Store, database: Path) -> None:
    other = Store.open(database, RING.database_key)
    with looking(store) as view:
        assert view.people.count() == 0
        with changing(other) as tx:
            tx.people.add(person())
        assert view.people.count() == 0
    assert people(store) == 1
    other.close()


@pytest.mark.parametrize("actor", [VISITOR, VIEWER, Actor(Kind.USER, "roleless")])
def test_a_refusal_is_raised_and_in_the_log_and_nothing_was_done(store: Store, actor: Actor) -> None:
    with pytest.raises(NotAllowed) as refused, store.begin(by=actor, to=EDIT, now=NOW, on="photo-1"):
        pytest.fail("it was let in")
    assert (refused.value.key, "editor" in refused.value.hint) == ("access:denied", True)
    with looking(store) as view:
        (entry,) = view.audit.entries()
    assert (entry.actor_kind, entry.actor) == (actor.kind, actor.id)
    assert entry.event == Event(EDIT, "photo-1", Outcome.REFUSED, "access:denied")


def test_a_refused_look_is_in_the_log_too(store: Store) -> None:
    with pytest.raises(NotAllowed), store.look(by=VISITOR, to=SEE, now=NOW):
        pytest.fail("it was let in")
    assert log(store) == [("photo:view", "refused", "access:denied")]


def is_forbidden(tx: Transaction) -> None:
    tx.people.add(person())
    raise NotAllowed("release:not_green", "No.")


def test_a_rule_that_refuses_within_undoes_the_work_and_is_in_the_log(store: Store) -> None:
    with pytest.raises(NotAllowed), changing(store) as tx:
        is_forbidden(tx)
    assert people(store) == 0
    assert log(store) == [("photo:edit", "refused", "release:not_green")]


def test_threads_take_turns_and_the_log_has_no_gap(store: Store) -> None:
    def work() -> None:
        for _ in range(5):
            with changing(store) as tx:
                tx.settings.put("count", str(int(tx.settings.get("count") or 0) + 1))

    threads = [Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with looking(store) as view:
        assert view.settings.get("count") == "30"
        check = verify(view.audit.entries(), known=view.audit.head())
    assert (check.whole, check.entries) == (True, 30)


# Keys and damage.


def test_a_wrong_key_is_told_and_leaves_everything_as_it_was(store: Store, database: Path) -> None:
    with changing(store) as tx:  # stays in the write-ahead log, which must survive the wrong key too
        tx.people.add(person())
    with pytest.raises(Fault) as wrong:
        Store.open(database, bytes(32))
    assert wrong.value.key == "store:wrong_key"
    store.close()
    again = Store.open(database, RING.database_key)
    assert people(again) == 1
    again.close()


def garbage(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + bytes(5000))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def first_page_changed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [garbage, cut_short, first_page_changed])
def test_a_damaged_database_does_not_open(
    store: Store, database: Path, damage: Callable[[Path], None]
) -> None:
    store.close()
    damage(database)
    with pytest.raises(Fault):
        Store.open(database, RING.database_key)


def test_a_changed_bit_inside_is_told_and_never_read(store: Store, database: Path) -> None:
    with changing(store) as tx:
        begin_import(tx)
        for number in range(100):
            tx.photos.add(photo(f"photo{number}"), b"key", [])
    store.close()
    data = bytearray(database.read_bytes())
    for page in range(4096, len(data), 4096):  # every page but the first, which opens it
        data[page + 500] ^= 1
    database.write_bytes(data)
    with pytest.raises(Fault) as told, looking(Store(database, RING.database_key)) as view:
        list(view.photos.page(Filter(), after=None, limit=100))
    assert told.value.key == "store:damaged"


def test_a_database_in_a_folder_that_is_not_there_is_no_wrong_key(tmp_path: Path) -> None:
    with pytest.raises(Fault) as told:
        Store.open(tmp_path / "gone" / "kluis.db", RING.database_key)
    assert told.value.key == "store:disk"


def test_a_full_disk_is_told_and_keeps_nothing_of_the_change(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    with little_room(folder, 3_000_000):
        store = Store.open(folder / "kluis.db", RING.database_key)
        with changing(store) as tx:
            tx.people.add(person())
        with pytest.raises(Fault) as full, changing(store) as tx:
            tx.settings.put("large", "x" * 4_000_000)
        assert full.value.key == "store:disk"
        assert [action for action, _, _ in log(store)] == ["test:change"]
        with changing(store) as tx:
            tx.people.add(person("bea"))
        assert people(store) == 2
        store.close()


# What the tables themselves refuse, whoever asks.

FORBIDDEN = {
    "changing a version of a quitclaim": "UPDATE quitclaims SET note = 'x'",
    "deleting a version of a quitclaim": "DELETE FROM quitclaims",
    "replacing a version of a quitclaim": "INSERT OR REPLACE INTO quitclaims SELECT * FROM quitclaims",
    "deleting a person who gave a quitclaim": "DELETE FROM people",
    "changing an audit entry": "UPDATE audit SET detail = 'x'",
    "deleting an audit entry": "DELETE FROM audit",
    "replacing an audit entry": "REPLACE INTO audit SELECT * FROM audit",
}


@pytest.mark.parametrize("attempt", FORBIDDEN)
def test_the_past_cannot_be_rewritten(store: Store, database: Path, attempt: str) -> None:
    with changing(store) as tx:
        tx.people.add(person())
        tx.consent.append(quitclaim())
    db = connect(database, RING.database_key)
    with pytest.raises(IntegrityError):
        db.execute(FORBIDDEN[attempt])
    db.close()
    with looking(store) as view:
        assert view.consent.of_person(person().id) == [quitclaim()]
        assert len(list(view.audit.entries())) == 1
