"""Tokens of the API, at the command line."""

from appliance.actions.tokens import bearer
from appliance.domain.access import Role
from appliance.wiring import Box
from tests.cli.conftest import Run
from tests.conftest import user_of


def test_a_token_is_made_listed_and_revoked(kluis: Run, box: Box) -> None:
    home, user = box.config.home, user_of(box, Role.EDITOR)
    scopes = ("--scope", "photo:view", "--scope", "release:make")
    made = kluis(home, "tokens", "add", user.name, "intranet", *scopes, "--days", "30", "--json").json
    opened = bearer(box.safe, made["token"], now=box.now(), address="192.0.2.7")
    assert opened
    assert (opened.user.id, opened.actor.kind) == (user.id, "token")
    assert opened.actor.source == f"192.0.2.7 token={made['id']}"
    (listed,) = kluis(home, "tokens", "list", "--json").json
    assert (listed["label"], listed["state"]) == ("intranet", "active")
    assert listed["scopes"] == "photo:view release:make"
    assert made["token"] not in str(listed)
    assert kluis(home, "tokens", "revoke", made["id"]).status == 0
    assert bearer(box.safe, made["token"], now=box.now(), address="") is None
    assert kluis(home, "tokens", "list", "--json").json[0]["state"] == "revoked"


def test_a_token_beyond_its_user_or_the_policy_is_not_made(kluis: Run, box: Box) -> None:
    home, viewer = box.config.home, user_of(box, Role.VIEWER)
    beyond = kluis(home, "tokens", "add", viewer.name, "intranet", "--scope", "release:make")
    assert (beyond.status, "more than its user" in beyond.err) == (3, True)
    long = kluis(home, "tokens", "add", viewer.name, "intranet", "--scope", "photo:view", "--days", "366")
    assert (long.status, "365 days" in long.err) == (1, True)
    assert kluis(home, "tokens", "add", "Nobody", "intranet", "--scope", "photo:view").status == 1
    assert kluis(home, "tokens", "list", "--json").json == []
