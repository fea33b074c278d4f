"""Who may do what: the whole table, and that whatever is not in it is refused."""

from datetime import datetime, timedelta
from typing import cast

import pytest

from appliance.domain.access import (
    FOR_TOKENS,
    NEEDS_CONFIRMING,
    OPERATOR,
    VISITOR,
    WORKER,
    Actor,
    Kind,
    Permission,
    Role,
    User,
    UserId,
    acting,
    decide,
    needed_role,
)
from appliance.domain.sign_in import SESSION_IDLE, SESSION_LONGEST, Session, wait_after

VIEWING = {
    "photo:view",
    "person:view",
    "quitclaim:view",
    "release:view",
    "health:view",
    "session:use",
    "account:edit",
    "shoot:view",
    "collection:view",
    "collection:comment",
}
EDITING = VIEWING | {
    *("photo:import", "photo:edit", "person:edit", "quitclaim:edit", "release:make", "recall:answer"),
    *("parcel:make", "parcel:view"),
    *("shoot:edit", "collection:edit", "request:make", "evidence:view", "message:view"),
    *("grant:view", "grant:edit"),
}
RUNNING = EDITING | {
    "webhook:edit",
    *("user:view", "user:edit", "audit:view", "audit:review", "setting:edit"),
    *("template:edit", "list:import", "recognition:propose", "recognition:stop", "backup:edit"),
    *("erasure:view", "retention:view", "rights:view", "proposal:view", "proposal:answer"),
    *("safe:export", "safe:fill", "safe:destroy"),
}
GUARDING = VIEWING | {
    *("user:view", "grant:view", "audit:view", "audit:review", "evidence:view", "message:view"),
    *("template:edit", "recognition:approve", "recognition:stop", "recall:answer", "parcel:view"),
    *(
        "erasure:view",
        "erasure:make",
        "hold:edit",
        "retention:view",
        "retention:edit",
        "rights:view",
        "rights:edit",
        "proposal:view",
        "proposal:answer",
    ),
}
NO_ROLE = {Permission.PHOTO_ANALYSE, Permission.PARCEL_USE, Permission.DUTY_RUN}
OWN = {"own:sign", "own:view", "own:withdraw"}

# The table that a change of rights must change too.
HOLDS: dict[str, tuple[Actor, set[str]]] = {
    "a viewer": (Actor(Kind.USER, "u", Role.VIEWER, confirmed=True), VIEWING),
    "an editor": (Actor(Kind.USER, "u", Role.EDITOR, confirmed=True), EDITING),
    "an administrator": (Actor(Kind.USER, "u", Role.ADMINISTRATOR, confirmed=True), RUNNING),
    "a privacy officer": (Actor(Kind.USER, "u", Role.PRIVACY_OFFICER, confirmed=True), GUARDING),
    "a subject": (Actor(Kind.SUBJECT, "s"), OWN),
    "a recipient": (Actor(Kind.RECIPIENT, "r"), {"recall:answer", "parcel:use"}),
    "a token for photos": (
        Actor(Kind.TOKEN, "u", Role.EDITOR, scopes=frozenset({Permission.PHOTO_VIEW, Permission.PHOTO_EDIT})),
        {"photo:view", "photo:edit"},
    ),
    "a token beyond its user": (Actor(Kind.TOKEN, "u", Role.VIEWER, scopes=FOR_TOKENS), VIEWING & FOR_TOKENS),
    "a token for what no token does": (
        Actor(Kind.TOKEN, "u", Role.ADMINISTRATOR, scopes=frozenset(Permission)),
        set(FOR_TOKENS),
    ),
    "a token of nobody": (Actor(Kind.TOKEN, "u", scopes=FOR_TOKENS), set()),
    "a user without a role": (Actor(Kind.USER, "u"), set()),
    "a visitor": (VISITOR, set()),
    "a visitor who claims a role": (Actor(Kind.VISITOR, "v", Role.ADMINISTRATOR), set()),
    "the worker": (
        WORKER,
        {"photo:analyse", "photo:import", "health:view", "message:view", "recall:answer", "duty:run"},
    ),
    "whoever holds the key of the box": (OPERATOR, set(Permission)),
}


@pytest.mark.parametrize("who", HOLDS)
def test_each_actor_holds_these_permissions_and_no_other(who: str) -> None:
    actor, holds = HOLDS[who]
    assert {permission for permission in Permission if decide(actor, permission).allowed} == holds


@pytest.mark.parametrize("who", [who for who in HOLDS if who != "whoever holds the key of the box"])
def test_a_permission_that_nobody_granted_is_refused_with_a_reason(who: str) -> None:
    decision = decide(HOLDS[who][0], cast("Permission", "photo:burn"))
    assert not decision.allowed
    assert "photo:burn" in decision.why


@pytest.mark.parametrize("role", Role)
def test_dangerous_acts_want_somebody_who_just_proved_to_be_who_they_are(role: Role) -> None:
    for permission in NEEDS_CONFIRMING:
        decision = decide(Actor(Kind.USER, "u", role), permission)
        assert not decision.allowed
        assert (
            decision.only_to_confirm
            is decide(Actor(Kind.USER, "u", role, confirmed=True), permission).allowed
        )


def test_no_token_is_made_for_what_wants_somebody_to_confirm() -> None:
    assert not FOR_TOKENS & NEEDS_CONFIRMING


def test_every_permission_is_noun_and_verb_and_says_whom_to_ask() -> None:
    for permission in Permission:
        noun, verb = permission.split(":")
        assert noun.isalpha()
        assert verb.isalpha()
        role = needed_role(permission)
        assert (role is None) == (permission in NO_ROLE or noun == "own")
        assert role is None or decide(Actor(Kind.USER, "u", role, confirmed=True), permission).allowed


def test_a_user_acts_by_id_never_by_name() -> None:
    actor = acting(User(UserId("u7"), "Anna", Role.EDITOR))
    assert (actor.kind, actor.id, actor.role) == (Kind.USER, "u7", Role.EDITOR)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 2), (6, 4), (8, 16), (9, 32), (10, 60), (5000, 60)]
)
def test_the_wait_after_failed_sign_ins_doubles_up_to_a_minute(failures: int, seconds: int) -> None:
    assert wait_after(failures) == timedelta(seconds=seconds)


def test_a_session_ends_when_idle_and_when_old() -> None:
    begun = datetime.fromisoformat("2026-11-24T08:00:00+00:00")
    second = timedelta(seconds=1)
    idle = Session(UserId("u"), begun, begun)
    assert idle.alive(begun + SESSION_IDLE)
    assert not idle.alive(begun + SESSION_IDLE + second)
    old = Session(UserId("u"), begun, seen_at=begun + SESSION_LONGEST)
    assert old.alive(begun + SESSION_LONGEST)
    assert not old.alive(begun + SESSION_LONGEST + second)
