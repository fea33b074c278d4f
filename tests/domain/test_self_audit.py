"""What the self-audit finds, as tables of facts, and how a finding is followed until it is fixed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.access import Role, UserId
from appliance.domain.duties import Due, Duty, Standing
from appliance.domain.photos import PhotoId
from appliance.domain.self_audit import (
    FIX_WITHIN,
    RULES,
    STALE_AFTER,
    Account,
    CertificateFacts,
    Facts,
    Finding,
    Followed,
    Grade,
    Machine,
    Problem,
    Sample,
    Token,
    TokenKind,
    Topic,
    findings,
    follow,
    least_role,
)
from appliance.domain.self_audit_words import said
from appliance.domain.wording import Language

NOW, DAY = datetime(2026, 11, 24, 12, tzinfo=UTC), date(2026, 11, 24)
LONG_AGO = NOW - STALE_AFTER - timedelta(days=10)
SOUND_MACHINE = Machine(
    certificate=CertificateFacts(NOW + timedelta(days=300), strong=True),
    units={"kluis-web.service": 1.3},
    updates=0,
    updates_asked=NOW,
)
SOUND = Facts(
    now=NOW,
    accounts=[],
    tokens=[],
    not_permitted=0,
    unclear=0,
    sample=Sample(),
    machine=SOUND_MACHINE,
    door_plain=False,
    has_backups=True,
    duties=[Due(Duty.BACKUP, Standing.FINE, "office")],
    requests_overdue=0,
    log_broken_at=None,
    head_addresses=1,
    head_at=NOW,
    can_mail=True,
)
DID = frozenset({"photo:count"})
EDITOR = Account(UserId("u1"), Role.EDITOR, LONG_AGO, NOW, second_step=True, must_have=False, actions=DID)
LINK = Token(TokenKind.SHARE_LINK, "link-1", NOW - timedelta(days=8), NOW + timedelta(days=3), used=False)
SESSION = Token(TokenKind.SESSION, "", NOW - timedelta(days=3), NOW - timedelta(days=2), used=True)


def account(**changed: object) -> dict[str, object]:
    return {"accounts": [replace(EDITOR, **changed)]}  # type: ignore[arg-type]


def machine(**changed: object) -> dict[str, object]:
    return {"machine": replace(SOUND_MACHINE, **changed)}  # type: ignore[arg-type]


def certificate(**changed: object) -> dict[str, object]:
    assert SOUND_MACHINE.certificate is not None
    return machine(certificate=replace(SOUND_MACHINE.certificate, **changed))  # type: ignore[arg-type]


P, G = Problem, Grade
CASES: Mapping[str, tuple[dict[str, object], set[tuple[Problem, Grade]]]] = {
    "a second step that is there": (account(), set()),
    "an editor without a second step": (account(second_step=False), {(P.SECOND_STEP_ADVISED, G.AMBER)}),
    "an administrator without one": (
        account(second_step=False, must_have=True),
        {(P.SECOND_STEP_MISSING, G.RED)},
    ),
    "the emergency account has none": (account(second_step=False, emergency=True, seen_at=None), set()),
    "somebody who stayed away": (account(seen_at=LONG_AGO), {(P.ACCOUNT_STALE, G.AMBER)}),
    "somebody who never came": (account(seen_at=None), {(P.ACCOUNT_NEVER_USED, G.AMBER)}),
    "somebody who is new": (account(seen_at=None, added_at=NOW), set()),
    "an editor who only looks": (account(actions=frozenset({"photo:view"})), {(P.RIGHTS_UNUSED, G.AMBER)}),
    "an editor of yesterday who only looks": (account(actions=frozenset(), added_at=NOW), set()),
    "a link that nobody opened": ({"tokens": [LINK]}, {(P.TOKEN_NEVER_USED, G.AMBER)}),
    "a link that somebody opened": ({"tokens": [replace(LINK, used=True)]}, set()),
    "a token that no program used": (
        {"tokens": [replace(LINK, kind=TokenKind.PROGRAM)]},
        {(P.TOKEN_NEVER_USED, G.AMBER)},
    ),
    "a link of yesterday": ({"tokens": [replace(LINK, made_at=NOW - timedelta(days=1))]}, set()),
    "a link that ended": ({"tokens": [replace(LINK, ends_at=NOW)]}, set()),
    "sessions that ended and are still there": ({"tokens": [SESSION]}, {(P.TOKENS_EXPIRED, G.AMBER)}),
    "a session that ended just now": ({"tokens": [replace(SESSION, ends_at=NOW)]}, set()),
    "copies outside that are red": ({"not_permitted": 2}, {(P.COPIES_NOT_PERMITTED, G.RED)}),
    "copies outside that are amber": ({"unclear": 1}, {(P.COPIES_UNCLEAR, G.AMBER)}),
    "a sample that nobody looked at": ({"sample": Sample("a", 3)}, {(P.SAMPLE_WAITS, G.AMBER)}),
    "a photo of it that is wrong": (
        {"sample": Sample("a", 0, [PhotoId("p")])},
        {(P.SAMPLE_WRONG, G.RED)},
    ),
    "a certificate that ended": (certificate(ends_at=NOW), {(P.CERTIFICATE_ENDED, G.RED)}),
    "a certificate that ends": (
        certificate(ends_at=NOW + timedelta(days=20)),
        {(P.CERTIFICATE_ENDS, G.AMBER)},
    ),
    "a weak certificate": (certificate(strong=False), {(P.CERTIFICATE_WEAK, G.RED)}),
    "a host it does not name": (certificate(missing_hosts=["foto"]), {(P.CERTIFICATE_OTHER_NAME, G.AMBER)}),
    "no certificate yet": (machine(certificate=None), set()),
    "links without TLS": ({"door_plain": True}, {(P.DOOR_PLAIN, G.RED)}),
    "files that others read": (machine(open_files=("a", "b")), {(P.FILES_OPEN, G.RED)}),
    "a unit little sandboxed": (machine(units={"kluis-web.service": 5.0}), {(P.UNIT_EXPOSED, G.AMBER)}),
    "a unit not sandboxed": (machine(units={"kluis-web.service": 9.6}), {(P.UNIT_EXPOSED, G.RED)}),
    "a machine without systemd": (machine(units=None), {(P.NOT_LOOKED, G.NOT_HERE)}),
    "updates that wait": (machine(updates=3), {(P.UPDATES_WAIT, G.RED)}),
    "updates not asked for": (machine(updates_asked=LONG_AGO), {(P.UPDATES_NOT_ASKED, G.AMBER)}),
    "a machine without apt": (machine(updates=None), {(P.NOT_LOOKED, G.NOT_HERE)}),
    "no backups": ({"has_backups": False}, {(P.NO_BACKUPS, G.RED)}),
    "a drill that failed": (
        {"duties": [Due(Duty.DRILL_FULL, Standing.FAILED, "o")]},
        {(P.DUTY_FAILED, G.RED)},
    ),
    "a scrub that is overdue": (
        {"duties": [Due(Duty.SCRUB, Standing.OVERDUE)]},
        {(P.DUTY_OVERDUE, G.RED)},
    ),
    "a recovery kit nobody tried": (
        {"duties": [Due(Duty.RECOVERY_KIT, Standing.NEVER)]},
        {(P.DUTY_NEVER, G.AMBER)},
    ),
    "a request of a subject too late": ({"requests_overdue": 1}, {(P.REQUESTS_OVERDUE, G.RED)}),
    "a broken log": ({"log_broken_at": 7}, {(P.LOG_BROKEN, G.RED)}),
    "a head that goes to nobody": ({"head_addresses": 0}, {(P.HEAD_TO_NOBODY, G.AMBER)}),
    "no mail to send it by": ({"can_mail": False}, {(P.HEAD_TO_NOBODY, G.AMBER)}),
    "a head that was not sent": ({"head_at": LONG_AGO}, {(P.HEAD_NOT_SENT, G.RED)}),
    "a head never signed": ({"head_at": None}, {(P.HEAD_NOT_SENT, G.RED)}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_found(case: str) -> None:
    changed, expected = CASES[case]
    found = findings(replace(SOUND, **changed))  # type: ignore[arg-type]
    assert {(one.problem, one.grade) for one in found if one.grade is not Grade.GREEN} == expected


def test_every_problem_is_found_in_some_case_and_every_topic_has_a_rule() -> None:
    seen = {problem for _, expected in CASES.values() for problem, _ in expected}
    assert seen | {Problem.NONE} == set(Problem)
    assert set(RULES) == set(Topic)


def test_a_sound_box_is_green_in_every_topic() -> None:
    assert [(one.topic, one.grade) for one in findings(SOUND)] == [(topic, Grade.GREEN) for topic in Topic]


def test_every_finding_is_said_in_both_languages_with_all_its_values() -> None:
    for changed, _ in CASES.values():
        for one in findings(replace(SOUND, **changed)):  # type: ignore[arg-type]
            for language in Language:
                found, cure = said(one, language)
                assert found.endswith(".")
                assert "{" not in found + cure
                assert cure or one.grade is Grade.GREEN


@pytest.mark.parametrize(
    ("role", "actions", "least"),
    [
        (Role.ADMINISTRATOR, {"user:add"}, Role.ADMINISTRATOR),
        (Role.ADMINISTRATOR, {"photo:count", "session:open"}, Role.EDITOR),
        (Role.ADMINISTRATOR, {"photo:preview"}, Role.VIEWER),
        (Role.EDITOR, {"release:make"}, Role.EDITOR),
        (Role.EDITOR, {"account:begin", "notice:see", "photo:list"}, Role.VIEWER),
        (Role.VIEWER, set(), Role.VIEWER),
        (Role.PRIVACY_OFFICER, set(), Role.PRIVACY_OFFICER),
    ],
)
def test_the_least_role_for_what_somebody_did(role: Role, actions: set[str], least: Role) -> None:
    assert least_role(role, actions) is least


RED = Finding(Topic.FILES, Problem.FILES_OPEN, Grade.RED, values={"count": 1, "first": "a"})
AMBER = Finding(Topic.ACCOUNTS, Problem.ACCOUNT_STALE, Grade.AMBER, "u1", {"days": 91})
GREEN = Finding(Topic.TLS, Problem.NONE, Grade.GREEN, "tls")


def test_a_finding_is_followed_until_it_is_fixed() -> None:
    (first,) = follow([], [AMBER, GREEN], NOW, DAY)
    assert (first.found_at, first.due_on) == (NOW, DAY + FIX_WITHIN)
    later = NOW + timedelta(days=90)
    worse = replace(AMBER, values={"days": 181})
    (again,) = follow([first], [worse], later, later.date())
    assert again == replace(first, finding=worse)  # since the first time, and due when it was
    (fixed,) = follow([again], [GREEN], later, later.date())
    assert fixed.fixed_at == later
    (anew,) = follow([], [AMBER], later, later.date())
    assert anew.due_on == later.date() + FIX_WITHIN


def test_what_is_open_for_too_long_is_red() -> None:
    (one,) = follow([], [AMBER], NOW, DAY)
    assert one.grade(DAY + FIX_WITHIN) is Grade.AMBER
    assert one.grade(DAY + FIX_WITHIN + timedelta(days=1)) is Grade.RED
    assert not replace(one, fixed_at=NOW).overdue(DAY + 2 * FIX_WITHIN)


def test_what_the_office_may_decide_otherwise_has_no_last_day() -> None:
    found = findings(replace(SOUND, accounts=[replace(EDITOR, second_step=False)]))
    assert Grade.AMBER in {one.grade for one in found}
    assert follow([], found, NOW, DAY) == ()


def test_what_cannot_be_looked_at_is_not_taken_for_fixed() -> None:
    unit = Finding(Topic.SANDBOX, Problem.UNIT_EXPOSED, Grade.RED, "kluis-web.service", {"exposure": 9.0})
    unseen = Finding(Topic.SANDBOX, Problem.NOT_LOOKED, Grade.NOT_HERE, "sandbox")
    known = follow([], [unit], NOW, DAY)
    assert follow(known, [unseen], NOW, DAY) == known


@given(
    st.lists(st.sampled_from([RED, AMBER, GREEN]), unique_by=lambda one: one.key),
    st.lists(st.sampled_from([RED, AMBER, GREEN]), unique_by=lambda one: one.key),
)
def test_nothing_is_lost_and_nothing_is_told_twice(before: list[Finding], after: list[Finding]) -> None:
    known = follow([], before, NOW, DAY)
    followed: tuple[Followed, ...] = follow(known, after, NOW, DAY)
    keys = [one.finding.key for one in followed]
    assert len(keys) == len(set(keys))
    assert {one.key for one in (*before, *after) if one.open} == set(keys)
    assert {k.finding.key for k in followed if k.fixed_at is None} == {one.key for one in after if one.open}
