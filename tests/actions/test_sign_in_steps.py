"""The steps after the password, step-up, sessions, networks, and the account in the recovery kit."""

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from appliance.actions import access, second_steps, sign_in, sign_in_rules
from appliance.actions.notices import notices
from appliance.domain.access import OPERATOR, Actor, Kind, Role, User, UserId, acting
from appliance.domain.errors import KluisError, Mistake, NotAllowed
from appliance.domain.notices import NoticeKind
from appliance.domain.sign_in import EMERGENCY_LONGEST, Rules, Step, Where
from appliance.identity.codes import code_now
from appliance.store import passwords
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, everything, log, rows, told
from tests.conftest import Clock

PASSWORD = "a sentence that is long enough"
OFFICE = Where("192.168.1.20", "Firefox, Windows")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id as it is, with less work in it."""
    hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    monkeypatch.setattr(passwords, "_NOBODY", hasher.hash("nobody"))


def add(box: Box, name: str = "Anna", role: Role = Role.ADMINISTRATOR, by: Actor = OPERATOR) -> User:
    return access.create_user(box.safe, by=by, now=box.now(), name=name, password=PASSWORD, role=role)


def begin(box: Box, name: str = "Anna", where: Where = OFFICE, device: str = "") -> str:
    return sign_in.sign_in(box.safe, name, PASSWORD, now=box.now(), where=where, device=device)[1]


def step(box: Box, token: str, where: Where = OFFICE) -> Step | None:
    found = sign_in.signed_in(box.safe, token, now=box.now(), address=where.address)
    return found.session.step if found else None


def enrolled(box: Box, user: User) -> tuple[str, tuple[str, ...]]:
    """An app that is set up: its secret, and the recovery codes."""
    by = acting(user, confirmed=True)
    setup = second_steps.begin_authenticator(box.safe, "Portretkluis", by=by, now=box.now())
    code = code_now(setup.secret, box.now())
    codes = second_steps.finish_authenticator(box.safe, setup.ticket, code, by=by, now=box.now())
    return setup.secret, codes


def pass_code(box: Box, token: str, code: str) -> str:
    return second_steps.pass_with_code(box.safe, token, code, now=box.now(), where=OFFICE)


def refused(key: str, kind: type[KluisError] = Mistake) -> object:
    return pytest.raises(kind, check=lambda problem: problem.key == key)  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", Role)
def test_who_opens_much_sets_up_a_second_step_first(box: Box, role: Role) -> None:
    user = add(box, role=role)
    token = begin(box)
    wanted = Step.ENROL if role in (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER) else Step.OPEN
    assert step(box, token) is wanted
    assert (sign_in.who(box.safe, token, now=box.now(), address=OFFICE.address) is None) is (
        wanted is Step.ENROL
    )
    if wanted is Step.ENROL:
        with refused("access:other_step"):
            pass_code(box, token, "123456")
        enrolled(box, user)
        opened = second_steps.go_on_enrolled(box.safe, token, now=box.now(), where=OFFICE)
        assert step(box, opened) is Step.OPEN
        assert step(box, token) is None  # the token before opens nothing


def test_the_office_asks_a_second_step_of_others_too(box: Box) -> None:
    add(box, role=Role.EDITOR)
    sign_in_rules.change_rules(box.safe, Rules(frozenset({Role.EDITOR})), by=ADMINISTRATOR, now=box.now())
    assert step(box, begin(box)) is Step.ENROL
    assert sign_in_rules.rules(box.safe, by=ADMINISTRATOR, now=box.now()).second == {Role.EDITOR}


def test_a_code_of_the_app_opens_the_session_once(box: Box, clock: Clock) -> None:
    secret, _ = enrolled(box, add(box))
    clock.advance(minutes=1)
    first, second = begin(box), begin(box)
    assert step(box, first) is Step.SECOND
    code = code_now(secret, box.now())
    opened = pass_code(box, first, code)
    assert step(box, opened) is Step.OPEN
    with refused("access:wrong_code"):
        pass_code(box, second, code)  # somebody looked over a shoulder
    with refused("access:wrong_code"):
        pass_code(box, second, code_now(secret, box.now(), timedelta(seconds=-30)))
    assert step(box, pass_code(box, second, code_now(secret, box.now(), timedelta(seconds=30)))) is Step.OPEN


def test_a_recovery_code_opens_the_session_once_however_it_is_typed(box: Box) -> None:
    user = add(box)
    _, codes = enrolled(box, user)
    assert len(set(codes)) == 10
    assert not [value for _, value in everything(box) if str(value) in codes]
    typed = codes[3].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert step(box, pass_code(box, begin(box), typed)) is Step.OPEN
    with refused("access:wrong_code"):
        pass_code(box, begin(box), codes[3])
    by = acting(user, confirmed=True)
    fresh = second_steps.new_codes(box.safe, user.id, by=by, now=box.now())
    with refused("access:wrong_code"):
        pass_code(box, begin(box), codes[4])
    assert step(box, pass_code(box, begin(box), fresh[0])) is Step.OPEN
    with refused("access:denied", NotAllowed):
        second_steps.new_codes(box.safe, UserId("somebody"), by=by, now=box.now())


ARABIC = "\u0661\u0662\u0663\u0664\u0665\u0666"


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "abcdef", ARABIC])
def test_a_wrong_code_is_counted_and_makes_wait(box: Box, clock: Clock, code: str) -> None:
    secret, _ = enrolled(box, add(box))
    clock.advance(hours=1)
    token = begin(box)
    for _ in range(5):
        with refused("access:wrong_code"):
            pass_code(box, token, code)
    with refused("access:too_many_tries", NotAllowed):
        pass_code(box, token, code_now(secret, box.now()))
    assert told(box)[-1].endswith("refused access:too_many_tries")
    clock.advance(seconds=3)
    assert step(box, pass_code(box, token, code_now(secret, box.now()))) is Step.OPEN


def test_guessing_codes_gets_slower_up_to_a_quarter_of_an_hour(box: Box, clock: Clock) -> None:
    enrolled(box, add(box))
    waits = []
    for _ in range(16):
        token = begin(box)
        with pytest.raises(KluisError) as problem:
            pass_code(box, token, "000000")
        if problem.value.key == "access:too_many_tries":
            waits.append(problem.value.values["seconds"])
            clock.advance(seconds=int(str(waits[-1])))
            with refused("access:wrong_code"):
                pass_code(box, begin(box), "000000")
    assert waits[-1] == 900


def test_a_password_of_somebody_else_opens_no_more_than_the_choice_of_ones_own(box: Box) -> None:
    user = add(box, role=Role.EDITOR, by=ADMINISTRATOR)
    token = begin(box)
    assert step(box, token) is Step.RENEW
    hashed = sign_in.own_password_hash("quite another long sentence")
    opened = sign_in.choose_password(box.safe, token, hashed, now=box.now(), where=OFFICE)
    assert step(box, opened) is Step.OPEN
    assert step(box, token) is None
    with refused("access:wrong_sign_in"):
        begin(box)
    assert [e.actor for e in log(box) if e.event.action == "user:password"] == [user.id]


def test_a_password_set_by_an_administrator_does_not_pass_the_second_step(box: Box) -> None:
    """Nobody signs in as somebody else by giving them a password."""
    user = add(box)
    enrolled(box, user)
    access.set_password(box.safe, user.id, PASSWORD, by=ADMINISTRATOR, now=box.now())
    assert step(box, begin(box)) is Step.SECOND


def test_the_last_second_step_stays_where_the_role_needs_it(box: Box) -> None:
    anna, bob = add(box), add(box, "Bob", Role.EDITOR)
    enrolled(box, anna)
    enrolled(box, bob)
    with refused("access:last_second_step"):
        second_steps.drop_authenticator(box.safe, by=acting(anna, confirmed=True), now=box.now())
    by = acting(bob, confirmed=True)
    second_steps.drop_authenticator(box.safe, by=by, now=box.now())
    assert not second_steps.second_steps(box.safe, by=by, now=box.now()).any
    assert step(box, begin(box, "Bob")) is Step.OPEN
    with refused("passkey:unknown"):
        second_steps.drop_passkey(box.safe, "none", by=by, now=box.now())


def test_who_lost_everything_is_helped_and_told(box: Box) -> None:
    user = add(box)
    _, codes = enrolled(box, user)
    opened = pass_code(box, begin(box), codes[0])
    second_steps.reset_second_steps(box.safe, user.id, by=ADMINISTRATOR, now=box.now())
    assert step(box, opened) is None
    assert step(box, begin(box)) is Step.ENROL
    (notice,) = notices(box.safe, by=acting(user), now=box.now())
    assert notice.kind is NoticeKind.SECOND_STEP_RESET


def test_a_ticket_is_good_once_for_one_user_and_not_for_long(box: Box, clock: Clock) -> None:
    anna, bob = (acting(add(box, name), confirmed=True) for name in ("Anna", "Bob"))
    setup = second_steps.begin_authenticator(box.safe, "x", by=anna, now=box.now())
    code = code_now(setup.secret, box.now())
    with refused("access:denied", NotAllowed):
        second_steps.finish_authenticator(box.safe, setup.ticket, code, by=bob, now=box.now())
    with refused("access:wrong_code"):
        second_steps.finish_authenticator(box.safe, setup.ticket, "000000", by=anna, now=box.now())
    second_steps.finish_authenticator(box.safe, setup.ticket, code, by=anna, now=box.now())
    with refused("access:too_late"):
        second_steps.finish_authenticator(box.safe, setup.ticket, code, by=anna, now=box.now())
    late = second_steps.begin_authenticator(box.safe, "x", by=anna, now=box.now())
    clock.advance(minutes=11)
    with refused("access:too_late"):
        second_steps.finish_authenticator(
            box.safe, late.ticket, code_now(late.secret, box.now()), by=anna, now=box.now()
        )


# --- confirming -------------------------------------------------------------------------------------------


def confirmed(box: Box, token: str) -> bool:
    found = sign_in.signed_in(box.safe, token, now=box.now(), address=OFFICE.address)
    return found is not None and found.session.confirmed(box.now())


def test_a_dangerous_act_wants_a_session_that_was_confirmed_just_now(box: Box, clock: Clock) -> None:
    user = add(box)
    secret, _ = enrolled(box, user)
    clock.advance(minutes=1)
    token = pass_code(box, begin(box), code_now(secret, box.now()))
    assert confirmed(box, token)
    clock.advance(minutes=11)
    assert step(box, token) is Step.OPEN
    assert not confirmed(box, token)
    with refused("access:confirm", NotAllowed):
        access.users(box.safe, by=acting(user), now=box.now())
        access.create_user(
            box.safe, by=acting(user), now=box.now(), name="New", password=PASSWORD, role=Role.VIEWER
        )
    assert told(box)[-1].endswith("user:edit  refused access:confirm") or "access:confirm" in told(box)[-1]
    with refused("access:second_wanted"):
        sign_in.confirm_with_password(box.safe, token, PASSWORD, now=box.now(), where=OFFICE)
    with refused("access:wrong_code"):
        second_steps.confirm_with_code(box.safe, token, "000000", now=box.now(), where=OFFICE)
    code = code_now(secret, box.now())
    second_steps.confirm_with_code(box.safe, token, code, now=box.now(), where=OFFICE)
    assert confirmed(box, token)


def test_without_a_second_step_the_password_confirms(box: Box, clock: Clock) -> None:
    add(box, role=Role.EDITOR)
    token = begin(box)
    clock.advance(minutes=11)
    for _ in range(5):
        with refused("access:wrong_password"):
            sign_in.confirm_with_password(box.safe, token, "wrong", now=box.now(), where=OFFICE)
    with refused("access:too_many_tries", NotAllowed):
        sign_in.confirm_with_password(box.safe, token, PASSWORD, now=box.now(), where=OFFICE)
    clock.advance(seconds=3)
    sign_in.confirm_with_password(box.safe, token, PASSWORD, now=box.now(), where=OFFICE)
    assert confirmed(box, token)


# --- sessions ---------------------------------------------------------------------------------------------


def test_users_see_where_they_are_signed_in_and_end_it(box: Box) -> None:
    anna, bob = add(box, role=Role.EDITOR), add(box, "Bob", Role.EDITOR)
    here = begin(box)
    there = begin(box, where=Where("192.168.1.30", "Safari, iPhone"))
    other = begin(box, "Bob")
    by = acting(anna)
    found = sign_in.sessions(box.safe, by=by, now=box.now())
    assert {one.where for one in found.values()} == {OFFICE, Where("192.168.1.30", "Safari, iPhone")}
    assert here not in found
    with refused("session:unknown"):
        sign_in.end_session(box.safe, sign_in.session_id(other), by=by, now=box.now())
    sign_in.end_session(box.safe, sign_in.session_id(there), by=by, now=box.now())
    assert step(box, there) is None
    begin(box)
    assert sign_in.end_other_sessions(box.safe, here, by=by, now=box.now()) == 1
    assert step(box, here) is Step.OPEN
    assert list(sign_in.sessions(box.safe, by=acting(bob), now=box.now())) == [sign_in.session_id(other)]


def test_another_password_ends_the_other_sessions(box: Box) -> None:
    add(box, role=Role.EDITOR)
    here, there = begin(box), begin(box)
    hashed = sign_in.own_password_hash("quite another long sentence")
    with refused("access:wrong_password"):
        sign_in.change_own_password(box.safe, here, "wrong", hashed, now=box.now(), where=OFFICE)
    sign_in.change_own_password(box.safe, here, PASSWORD, hashed, now=box.now(), where=OFFICE)
    assert (step(box, here), step(box, there)) == (Step.OPEN, None)
    with refused("access:wrong_sign_in"):
        begin(box)


def test_the_log_says_who_signed_in_and_from_where(box: Box) -> None:
    user = add(box, role=Role.EDITOR)
    begin(box)
    with refused("access:wrong_sign_in"):
        sign_in.sign_in(box.safe, "Anna", "wrong", now=box.now(), where=Where("2001:db8::7"))
    opened, failed = log(box)[-2:]
    assert (opened.actor_kind, opened.actor, opened.source) == ("user", user.id, "192.168.1.20")
    assert (failed.event.outcome, failed.source) == ("refused", "2001:db8::7")


# --- networks ---------------------------------------------------------------------------------------------


def limited(box: Box, *networks: str, by: Actor = OPERATOR) -> None:
    sign_in_rules.change_rules(box.safe, Rules(networks={Role.EDITOR: networks}), by=by, now=box.now())


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("192.168.1.20", True),
        ("192.168.2.20", False),
        ("::ffff:192.168.1.20", True),
        ("2001:db8:1::9", True),
        ("2001:db8:2::9", False),
        ("fe80::1%eth0", False),
        ("", False),
        ("not an address", False),
    ],
)
def test_a_role_signs_in_from_its_networks_alone(box: Box, address: str, allowed: bool) -> None:
    add(box, role=Role.EDITOR)
    limited(box, "192.168.1.0/24", "2001:db8:1::/48")
    if allowed:
        assert step(box, begin(box, where=Where(address)), Where(address)) is Step.OPEN
        return
    with refused("access:network", NotAllowed):
        begin(box, where=Where(address))
    assert told(box)[-1].endswith("refused access:network")


def test_a_session_ends_where_its_network_does(box: Box) -> None:
    add(box, role=Role.EDITOR)
    token = begin(box)
    assert step(box, token, Where("10.0.0.1")) is Step.OPEN
    limited(box, "192.168.1.0/24")
    assert step(box, token, Where("10.0.0.1")) is None
    assert step(box, token) is Step.OPEN


@pytest.mark.parametrize("network", ["192.168.1.0/33", "192.168.1.1/24", "office", "::/129", "1.2.3"])
def test_what_is_no_network_is_refused(box: Box, network: str) -> None:
    with refused("access:bad_network"):
        limited(box, network)


def test_nobody_shuts_themselves_out(box: Box) -> None:
    by = Actor(Kind.USER, "a", Role.ADMINISTRATOR, "10.0.0.1", confirmed=True)
    rules = Rules(networks={Role.ADMINISTRATOR: ("192.168.1.0/24",)})
    with refused("access:own_network"):
        sign_in_rules.change_rules(box.safe, rules, by=by, now=box.now())
    sign_in_rules.change_rules(box.safe, rules, by=replace(by, source="192.168.1.9"), now=box.now())


# --- guessing without locking out ------------------------------------------------------------------------


def test_a_guesser_elsewhere_does_not_slow_a_browser_that_is_known(box: Box) -> None:
    user = add(box, role=Role.EDITOR)
    mark = sign_in.device_mark(box.safe, user)
    for _ in range(9):
        with pytest.raises(KluisError):
            sign_in.sign_in(box.safe, "Anna", "wrong", now=box.now())
    with refused("access:too_many_tries", NotAllowed):
        begin(box)
    assert begin(box, device=mark)
    for forged in (
        "x.y",
        mark[:-1],
        f"{mark}0",
        ".",
        sign_in.device_mark(box.safe, replace(user, id=UserId("b"))),
    ):
        with refused("access:too_many_tries", NotAllowed):
            begin(box, device=forged)


def test_guessing_in_a_known_browser_is_slowed_as_well(box: Box) -> None:
    user = add(box, role=Role.EDITOR)
    mark = sign_in.device_mark(box.safe, user)
    for _ in range(5):
        with refused("access:wrong_sign_in"):
            sign_in.sign_in(box.safe, "Anna", "wrong", now=box.now(), device=mark)
    with refused("access:too_many_tries", NotAllowed):
        begin(box, device=mark)
    assert begin(box)


# --- the account in the recovery kit ----------------------------------------------------------------------


def test_the_sealed_password_opens_the_box_once_and_everybody_who_guards_it_is_told(
    box: Box, clock: Clock
) -> None:
    officer, editor = add(box, "FG", Role.PRIVACY_OFFICER), add(box, "Bob", Role.EDITOR)
    access.seal_emergency_account(box.safe, "on.paper.alone", by=OPERATOR, now=box.now())
    _, token = sign_in.sign_in(box.safe, "emergency", "on.paper.alone", now=box.now(), where=OFFICE)
    assert step(box, token) is Step.OPEN
    assert [n.kind for n in notices(box.safe, by=acting(officer), now=box.now())] == [NoticeKind.EMERGENCY]
    assert notices(box.safe, by=acting(editor), now=box.now()) == ()
    with refused("access:wrong_sign_in"):
        sign_in.sign_in(box.safe, "emergency", "on.paper.alone", now=box.now())
    clock.advance(minutes=29)
    assert step(box, token) is Step.OPEN
    clock.advance(minutes=29)
    assert step(box, token) is Step.OPEN
    clock.advance(seconds=(EMERGENCY_LONGEST - timedelta(minutes=57)).total_seconds())
    assert step(box, token) is None


def test_the_emergency_account_is_changed_at_the_command_line_alone_and_is_no_administrator_who_stays(
    box: Box,
) -> None:
    sealed = access.seal_emergency_account(box.safe, "on.paper.alone", by=OPERATOR, now=box.now())
    again = access.seal_emergency_account(box.safe, "on.other.paper", by=OPERATOR, now=box.now())
    assert sealed.id == again.id
    with refused("user:emergency"):
        access.change_user(box.safe, replace(sealed, active=False), by=ADMINISTRATOR, now=box.now())
    only = add(box)
    with refused("user:last_administrator"):
        access.change_user(box.safe, replace(only, role=Role.VIEWER), by=ADMINISTRATOR, now=box.now())
    assert len(rows(box, "SELECT * FROM users")) == 2
