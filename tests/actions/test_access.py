"""Signing in: the same answer for every wrong try, slower with each; sessions that end; users who change."""

import time
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from appliance.actions import access
from appliance.actions import sign_in as signing_in
from appliance.domain.access import OPERATOR, Actor, Kind, Role, User, UserId, acting
from appliance.domain.errors import KluisError, Mistake, NotAllowed
from appliance.store import passwords
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, everything, rows, told
from tests.conftest import Clock

PASSWORD = "a sentence that is long enough"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id as it is, with less work in it."""
    hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    monkeypatch.setattr(passwords, "_NOBODY", hasher.hash("nobody"))


def add(box: Box, name: str = "Anna", role: Role = Role.EDITOR, password: str = PASSWORD) -> User:
    now = box.now()
    return access.create_user(box.safe, by=OPERATOR, now=now, name=name, password=password, role=role)


def sign_in(box: Box, name: str = "Anna", password: str = PASSWORD) -> str:
    return signing_in.sign_in(box.safe, name, password, now=box.now())[1]


def who(box: Box, token: str) -> User | None:
    return signing_in.who(box.safe, token, now=box.now())


def change(box: Box, user: User) -> None:
    access.change_user(box.safe, user, by=ADMINISTRATOR, now=box.now())


def refused(box: Box, name: str = "Anna", password: str = PASSWORD) -> KluisError:
    with pytest.raises(KluisError) as problem:
        sign_in(box, name, password)
    return problem.value


def test_a_user_signs_in_and_out(box: Box) -> None:
    anna = add(box)
    token = sign_in(box, " ANNA ")
    assert who(box, token) == anna
    signing_in.sign_out(box.safe, token, now=box.now())
    assert who(box, token) is None
    assert told(box) == [
        f"operator user:add {anna.id} done role=editor",
        f"{anna.id} session:open {anna.id} done",
        f"{anna.id} session:close {anna.id} done",
    ]


def test_neither_password_nor_token_is_kept(box: Box) -> None:
    add(box)
    token = sign_in(box)
    kept = [str(value) for _, value in everything(box)]
    assert not [value for value in kept if PASSWORD in value or token in value]
    assert any(value.startswith("$argon2id$") for value in kept)


def test_every_wrong_try_gets_the_same_answer_after_the_same_work(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a name exists, or may sign in, can be told neither from the words nor from the time."""
    inactive = add(box, "Inactive")
    add(box, "Anna")
    change_active(box, inactive)
    stretched: list[str] = []
    really_fits = passwords.password_fits

    def counted(password: str, kept: str | None) -> bool:
        stretched.append(password)
        return really_fits(password, kept)

    monkeypatch.setattr(signing_in, "password_fits", counted)
    tries = [("Anna", "wrong"), ("Nobody", PASSWORD), ("Inactive", PASSWORD), ("Inactive", "wrong")]
    answers = {(type(p), p.key, p.message, p.hint) for p in (refused(box, *one) for one in tries)}
    assert answers == {
        (
            Mistake,
            "access:wrong_sign_in",
            "That name and password do not fit.",
            "Check both and try again.",
        )
    }
    assert len(stretched) == len(tries)
    assert len(rows(box, "SELECT * FROM sign_in_failures")) == len(tries)
    assert rows(box, "SELECT * FROM sessions") == []


REALLY_NOBODY = passwords._NOBODY  # before tests make it quick


def test_a_name_that_nobody_has_is_stretched_as_a_real_password_is() -> None:
    """The record that stands in for a missing one costs what today's records cost."""
    assert not PasswordHasher().check_needs_rehash(REALLY_NOBODY)


def slower(one: list[float], other: list[float]) -> float:
    """How often one is slower than the other, of all pairs: about a half when nothing tells them apart."""
    return sum(a > b for a in one for b in other) / (len(one) * len(other))


@pytest.mark.parametrize("leaking", [False, True])
def test_known_and_unknown_names_cannot_be_told_apart_by_the_clock(
    box: Box, clock: Clock, monkeypatch: pytest.MonkeyPatch, leaking: bool
) -> None:
    """Compared with itself and with a sign-in that skips the work for names that nobody has."""
    add(box, "Anna")
    really_fits = passwords.password_fits
    if leaking:
        monkeypatch.setattr(
            signing_in, "password_fits", lambda given, kept: kept is not None and really_fits(given, kept)
        )
    took: dict[str, list[float]] = {"Anna": [], "Nobody": []}
    for turn in range(40):
        for name in ("Anna", "Nobody") if turn % 2 else ("Nobody", "Anna"):
            clock.advance(hours=1)  # earlier failures make nobody wait
            begun = time.thread_time()
            with pytest.raises(Mistake):
                signing_in.sign_in(box.safe, name, "wrong", now=box.now())
            took[name].append(time.thread_time() - begun)
    assert (slower(took["Anna"], took["Nobody"]) > 0.9) is leaking


def change_active(box: Box, user: User) -> None:
    add(box, "Administrator", Role.ADMINISTRATOR)
    change(box, replace(user, active=False))


def test_a_failed_try_is_told_without_the_name(box: Box) -> None:
    add(box)
    begin = len(told(box))
    refused(box, "Anna", "wrong")
    refused(box, "Somebody Else", "wrong")
    lines = told(box, begin)
    assert [line.split()[1] for line in lines] == ["session:open"] * 2
    assert all(line.endswith("refused access:wrong_sign_in") for line in lines)
    assert len({line.split()[2] for line in lines}) == 2  # a pseudonym for each name tried
    assert not [line for line in lines if "Anna" in line or "Somebody" in line]


def test_after_some_failures_each_try_must_wait_longer(box: Box, clock: Clock) -> None:
    add(box)
    for _ in range(5):
        assert refused(box, "Anna", "wrong").key == "access:wrong_sign_in"
    waits = []
    for _ in range(6):
        problem = refused(box)  # even with the right password
        assert isinstance(problem, NotAllowed)
        assert problem.key == "access:too_many_tries"
        assert told(box)[-1].endswith("refused access:too_many_tries")
        waits.append(int(problem.values["seconds"]))  # type: ignore[call-overload]
        clock.advance(seconds=waits[-1])
        assert refused(box, "anna", "wrong").key == "access:wrong_sign_in"
    assert waits == [2, 4, 8, 16, 32, 60]
    assert refused(box).values["seconds"] == 60


def test_others_are_not_locked_out_and_the_right_password_forgets_the_failures(
    box: Box, clock: Clock
) -> None:
    add(box, "Anna")
    add(box, "Bob")
    for _ in range(5):
        refused(box, "Anna", "wrong")
    assert sign_in(box, "Bob")
    clock.advance(seconds=2)
    assert sign_in(box, "Anna")
    assert rows(box, "SELECT * FROM sign_in_failures") == []
    refused(box, "Anna", "wrong")
    assert sign_in(box, "Anna")


def test_failures_are_forgotten_after_a_quarter_of_an_hour(box: Box, clock: Clock) -> None:
    add(box)
    for _ in range(9):
        refused(box, "Anna", "wrong")
        clock.advance(seconds=61)
    clock.advance(minutes=15)
    refused(box, "Anna", "wrong")
    assert sign_in(box)


def test_a_session_ends_when_it_is_idle(box: Box, clock: Clock) -> None:
    add(box)
    token = sign_in(box)
    clock.advance(minutes=30)
    assert who(box, token) is not None  # which counts as being used
    clock.advance(minutes=30)
    assert who(box, token) is not None
    clock.advance(minutes=30, seconds=1)
    assert who(box, token) is None


def test_a_session_ends_after_half_a_day_however_much_it_is_used(box: Box, clock: Clock) -> None:
    add(box)
    token = sign_in(box)
    for _ in range(36):
        clock.advance(minutes=20)
        assert who(box, token) is not None
    clock.advance(seconds=1)
    assert who(box, token) is None


def test_using_a_session_is_told_at_most_once_a_minute(box: Box, clock: Clock) -> None:
    add(box)
    token = sign_in(box)
    begin = len(told(box))
    for _ in range(60):
        clock.advance(seconds=5)
        who(box, token)
    assert {line.split()[1] for line in told(box, begin)} == {"session:use"}
    assert len(told(box, begin)) == 4


@pytest.mark.parametrize("token", ["", "no token", "x" * 5000])
def test_what_is_no_token_opens_nothing(box: Box, token: str) -> None:
    add(box)
    sign_in(box)
    assert who(box, token) is None


@pytest.mark.parametrize("what", ["inactive", "role", "password"])
def test_a_user_who_is_changed_must_sign_in_again(box: Box, what: str) -> None:
    add(box, "Administrator", Role.ADMINISTRATOR)
    anna = add(box)
    token = sign_in(box)
    match what:
        case "inactive":
            change(box, replace(anna, active=False))
        case "role":
            change(box, replace(anna, role=Role.VIEWER))
        case "password":
            access.set_password(box.safe, anna.id, "another long sentence", by=ADMINISTRATOR, now=box.now())
    assert who(box, token) is None
    assert rows(box, "SELECT * FROM sessions") == []
    action = "user:password" if what == "password" else "user:edit"
    assert told(box)[-1].startswith(f"the-administrator {action} {anna.id} done")
    if what == "password":
        assert refused(box).key == "access:wrong_sign_in"
        assert sign_in(box, "Anna", "another long sentence")


def test_the_last_administrator_stays(box: Box) -> None:
    only = add(box, "Only", Role.ADMINISTRATOR)
    for changed in (replace(only, active=False), replace(only, role=Role.EDITOR)):
        with pytest.raises(Mistake) as problem:
            change(box, changed)
        assert problem.value.key == "user:last_administrator"
    second = add(box, "Second", Role.ADMINISTRATOR)
    change(box, replace(second, active=False))
    with pytest.raises(Mistake):
        change(box, replace(only, role=Role.VIEWER))  # one who may not sign in does not count
    change(box, replace(second, active=True))
    change(box, replace(only, role=Role.VIEWER))


@pytest.mark.parametrize(
    ("key", "name", "password"),
    [
        ("user:bad_name", "", PASSWORD),
        ("user:bad_name", "A" * 81, PASSWORD),
        ("user:bad_name", "Anna\x1b[2J", PASSWORD),
        ("user:name_taken", "aNNa", PASSWORD),
        ("user:name_taken", " Anna ", PASSWORD),
        ("user:short_password", "Bob", "elevenchars"),
        ("user:long_password", "Bob", "elevenchars" * 30),
        ("user:weak_password", "Bob", "Welkom01Welkom01"),
        ("user:weak_password", "Bob", "Portretkluis2026!"),
        ("user:weak_password", "Bob", "Gemeente2026!"),
        ("user:weak_password", "Willemijn Jansen", "willemijn jansen"),
        ("user:weak_password", "Bob", "aaaaaaaaaaaaaaaaaaaa"),
    ],
)
def test_what_cannot_be_a_user_is_refused(box: Box, key: str, name: str, password: str) -> None:
    add(box, "Anna", Role.ADMINISTRATOR)
    before = told(box)
    with pytest.raises(Mistake) as problem:
        add(box, name, password=password)
    assert problem.value.key == key
    assert told(box) == before


def test_a_change_to_a_taken_name_or_of_nobody_is_refused(box: Box) -> None:
    add(box, "Anna", Role.ADMINISTRATOR)
    bob = add(box, "Bob")
    with pytest.raises(Mistake) as problem:
        change(box, replace(bob, name="ANNA"))
    assert problem.value.key == "user:name_taken"
    nobody = UserId("nobody")
    with pytest.raises(Mistake) as problem:
        change(box, replace(bob, id=nobody, name="Carla"))
    assert problem.value.key == "user:unknown"
    with pytest.raises(Mistake) as problem:
        access.set_password(box.safe, nobody, PASSWORD, by=ADMINISTRATOR, now=box.now())
    assert problem.value.key == "user:unknown"
    assert [user.name for user in access.users(box.safe, by=ADMINISTRATOR, now=box.now())] == ["Anna", "Bob"]


def test_users_choose_their_own_language_and_nobody_elses(box: Box) -> None:
    anna, bob = add(box, "Anna", Role.VIEWER), add(box, "Bob", Role.VIEWER)
    token = sign_in(box)
    access.choose_language(box.safe, anna.id, "en", by=acting(anna), now=box.now())
    assert told(box)[-1] == f"{anna.id} user:language {anna.id} done"
    found = who(box, token)
    assert found is not None
    assert found.language == "en"
    with pytest.raises(NotAllowed):
        access.choose_language(box.safe, bob.id, "en", by=acting(anna), now=box.now())
    assert told(box)[-1] == f"{anna.id} session:use {bob.id} refused access:denied"
    with pytest.raises(Mistake) as problem:
        access.choose_language(box.safe, anna.id, "xx", by=acting(anna), now=box.now())
    assert problem.value.key == "user:language"


def test_an_actor_without_a_role_may_do_nothing(box: Box) -> None:
    with pytest.raises(NotAllowed):
        access.users(box.safe, by=Actor(Kind.USER, "nobody"), now=box.now())
    assert access.users(box.safe, by=OPERATOR, now=box.now()) == ()
