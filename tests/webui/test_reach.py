"""Rights per place hold at every address: each route that names a thing is tried by every role, directly.

Where a thing lies is said here once for each part of an address, and what then follows is asked of the rule
(`appliance.domain.grants`), not of the pages. A route with a part that is not here fails.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from appliance.actions.access import users
from appliance.actions.collections import comment_on
from appliance.actions.consent import quitclaims
from appliance.actions.grants import put_grant
from appliance.actions.people import change_person, person_names
from appliance.actions.shoots import change_shoot, create_shoot, put_in_shoot, shoot_view
from appliance.domain.access import OPERATOR, Permission, Role, UserId
from appliance.domain.collections import CollectionId
from appliance.domain.consent import PUBLICATION, Light
from appliance.domain.grants import (
    EVERYTHING,
    PRESETS,
    Effect,
    Holder,
    HolderKind,
    Place,
    Preset,
    Right,
    Scope,
    ScopeKind,
    rights_at,
)
from appliance.domain.photos import PhotoId, ShootId
from appliance.wiring import Box, open_box
from tests.actions.scene import everything, raw, verdict_of
from tests.conftest import Clock, config_of
from tests.webui.browser import Browser
from tests.webui.conftest import Staff, app_of
from tests.webui.test_access import MATRIX, QUERIES, EmptySlots, Things, address, things
from webui.news import stopping

DEPARTMENT = Scope(ScopeKind.DEPARTMENT, "bestuur")
# In which places the things of these addresses lie: in photos of the shoot, with somebody of the department.
OF_A_PHOTO = frozenset({"photo_id", "face_id", "doubt_id", "release_id", "recall_id", "parcel_id"})
OF_A_COLLECTION = frozenset({"collection_id", "comment_id"})
OF_A_PERSON = frozenset({"person_id", "quitclaim_id", "evidence_id", "request_id", "scan_id", "asked_id"})
OF_A_SHOOT = frozenset({"shoot_id", "import_id", "upload_id"})
ELSEWHERE = frozenset({"other_id"})  # a photo of another shoot
# These lie nowhere: they are the box's, one's own, or for whoever sees everything.
NOWHERE = frozenset(
    {
        *("kind", "number", "filename", "topic", "insertion", "template_id", "proposal_id", "report_id"),
        *("user_id", "token_id", "session_key", "passkey_id", "webhook_id", "share_id", "search_id"),
        *("erasure_id", "group_id", "grant_id", "list_id", "move_id", "change_id", "hold_id", "rule_id"),
    }
)
NOT_THERE = frozenset({"doubt_id", "recall_id", "upload_id", "number"})  # no such thing in this office
SEEING_IS_ENOUGH = frozenset({"collections.comment"})
# What the demonstration's photos and people are called.
NAMES = ("KLUI0001", "KLUI0002", "Obama", "Biden", "Jemison")
JPEG = b"\xff\xd8\xff"
BRIEFLY = {"Accept": "application/json"}  # refusals are told without a page around them


@dataclass(frozen=True, slots=True)
class Situation:
    """What a user holds: beside the group of everybody, which may do everything everywhere, or without it."""

    colleague: bool
    effect: Effect
    scope: Scope
    rights: frozenset[Right]


@dataclass(frozen=True, slots=True)
class Office:
    """A safe in which the things of every address are there, and who tries to reach them."""

    box: Box
    app: Flask
    parts: Things
    browsers: Mapping[Role, tuple[UserId, Browser, str]]  # with the token of its forms
    shoot: Scope
    other: Scope

    def situation(self, name: str) -> Situation:
        see = frozenset({Right.SEE})
        return {
            "own shoot": Situation(False, Effect.ALLOW, self.shoot, PRESETS[Preset.ALL]),
            "granted to see": Situation(False, Effect.ALLOW, self.shoot, see),
            "another shoot": Situation(False, Effect.ALLOW, self.other, PRESETS[Preset.ALL]),
            "denied shoot": Situation(True, Effect.DENY, self.shoot, see),
            "denied department": Situation(True, Effect.DENY, DEPARTMENT, see),
        }[name]

    def hold(self, situation: Situation) -> None:
        """Let everybody hold this and nothing else."""
        with raw(self.box) as db:
            db.execute("DELETE FROM grants WHERE holder_kind = 'user'")
            db.execute("DELETE FROM group_members")
            if situation.colleague:
                db.execute("INSERT INTO group_members SELECT 'colleagues', id FROM users")
        for user_id, _, _ in self.browsers.values():
            holder = Holder(HolderKind.USER, user_id)
            put_grant(
                self.box.safe,
                holder,
                situation.scope,
                situation.effect,
                situation.rights,
                by=OPERATOR,
                now=self.box.now(),
            )

    def may_see(self, parts: Set[str]) -> bool:
        """Whether the rule lets whoever is in the situation see all of these things."""
        user_id = self.browsers[Role.EDITOR][0]
        with self.box.safe.store.look(by=OPERATOR, to=Permission.GRANT_VIEW, now=self.box.now()) as view:
            held = view.grants.of_user(user_id)
        return all(Right.SEE in rights_at(held, self.place(part)) for part in parts - NOWHERE)

    def place(self, part: str) -> Place:
        """Where a thing lies."""
        if part in ELSEWHERE:
            return Place(frozenset({EVERYTHING, self.other}))
        if part in OF_A_SHOOT:
            return Place(frozenset({EVERYTHING, self.shoot}))
        if part in OF_A_PERSON:  # a shoot that is denied does not hide whoever is in it
            return Place(frozenset({EVERYTHING, DEPARTMENT}), beside=frozenset({self.shoot}))
        if part in OF_A_COLLECTION:  # nor is a collection hidden by a photo in it
            return Place(frozenset({EVERYTHING}), beside=frozenset({self.shoot}))
        assert part in OF_A_PHOTO
        return Place(frozenset({EVERYTHING, self.shoot, DEPARTMENT}))

    def ask(self, method: str, endpoint: str, role: Role) -> TestResponse:
        """Go to an address directly, with the whole form when it has one."""
        _, browser, token = self.browsers[role]
        path = address(self.app, endpoint, self.parts)
        if method == "GET":
            query = QUERIES.get(endpoint, "").format_map(self.parts)
            return browser.client.get(path + query, headers=BRIEFLY, buffered=True)
        form = {key: value.format_map(self.parts) for key, value in MATRIX[method, endpoint][1].items()}
        form["csrf_token"] = token
        return browser.client.open(path, method=method, data=form, headers=BRIEFLY, buffered=True)


@pytest.fixture(scope="module")
def office(staff: Staff, built: list[Flask], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The demonstration's office, with one of its photos at another shoot."""
    home = Path(shutil.copytree(staff.home, tmp_path_factory.mktemp("reach") / "home"))
    box = open_box(config_of(home), clock=Clock())
    app = app_of(box, built)
    box.card_service = EmptySlots()  # type: ignore[misc, assignment]
    parts = things(box)
    other = _elsewhere(box, PhotoId(parts["other_id"]))
    _belong_together(box, parts)
    for part in ("release_id", "collection_id", "parcel_id", "scan_id", "asked_id"):
        assert parts[part]
    said = {"by": OPERATOR, "now": box.now()}
    parts["comment_id"] = comment_on(box.safe, CollectionId(parts["collection_id"]), "This one", **said).id
    known = {user.name: user.id for user in users(box.safe, by=OPERATOR, now=box.now())}
    browsers = {role: Browser(app, staff.tokens[role]) for role in Role}
    yield Office(
        box,
        app,
        parts,
        {role: (known[role], browser, browser.form_token()) for role, browser in browsers.items()},
        Scope(ScopeKind.SHOOT, parts["shoot_id"]),
        Scope(ScopeKind.SHOOT, other),
    )
    box.close()


def _elsewhere(box: Box, photo_id: PhotoId) -> ShootId:
    now, day = box.now(), box.today()
    shoot = create_shoot(box.safe, by=OPERATOR, now=now, name="Council", day=day)
    put_in_shoot(box.safe, [photo_id], shoot.id, by=OPERATOR, now=now, day=day)
    return shoot.id


def _belong_together(box: Box, parts: Things) -> None:
    """Who is asked to sign is of the department and at the shoot; the quitclaim is of who is in the photo."""
    now, day = box.now(), box.today()
    people = {one.name: one for one in person_names(box.safe, by=OPERATOR, now=now)}
    signer = change_person(
        box.safe, replace(people["Mae Jemison"], department="Bestuur"), by=OPERATOR, now=now, day=day
    )
    shoot = shoot_view(box.safe, ShootId(parts["shoot_id"]), by=OPERATOR, now=now).shoot
    change_shoot(
        box.safe,
        shoot.id,
        by=OPERATOR,
        now=now,
        name=shoot.name,
        day=shoot.day,
        invited={*shoot.invited, signer.id},
        today=day,
    )
    parts["quitclaim_id"] = next(
        one.current.id
        for person, one in quitclaims(box.safe, by=OPERATOR, now=now, day=day)
        if person.id == parts["person_id"]
    )


def named_in(app: Flask, method: str, endpoint: str) -> frozenset[str]:
    """The things that a route names: in its address, and in what is sent along."""
    rule = next(
        one for one in app.url_map.iter_rules() if one.endpoint == endpoint and method in (one.methods or ())
    )
    sent = " ".join([*MATRIX[method, endpoint][1].values(), QUERIES.get(endpoint, "")])
    return frozenset(rule.arguments) | frozenset(re.findall(r"{(\w+_id)}", sent))


def routes_to_things(app: Flask, role: Role) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every route for a role that names something which lies somewhere.

    Rules about a place are for whoever administers it, and of an administrator all (`test_grants`).
    """
    for (method, endpoint), (allowed, _) in MATRIX.items():
        parts = named_in(app, method, endpoint)
        if role in allowed and parts - NOWHERE and not endpoint.startswith("grants."):
            yield method, endpoint, parts


def kept(box: Box) -> list[tuple[str, object]]:
    """All that is in the safe, apart from who looked at what."""
    return [row for row in everything(box) if not row[0].startswith(("audit.", "sessions.", "search_words."))]


def test_everything_in_an_address_lies_somewhere_or_is_said_to_lie_nowhere(office: Office) -> None:
    named = set().union(*(named_in(office.app, method, endpoint) for method, endpoint in MATRIX))
    assert named <= OF_A_PHOTO | OF_A_COLLECTION | OF_A_PERSON | OF_A_SHOOT | ELSEWHERE | NOWHERE


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("another shoot", (Role.VIEWER, Role.EDITOR, Role.ADMINISTRATOR)),
        ("denied shoot", (Role.EDITOR,)),
        ("denied department", (Role.EDITOR,)),
    ],
)
def test_what_the_rule_hides_is_found_by_no_address_and_changed_by_none(
    office: Office, name: str, roles: tuple[Role, ...]
) -> None:
    office.hold(office.situation(name))
    before, wrong = kept(office.box), {}
    for role in roles:
        for method, endpoint, parts in routes_to_things(office.app, role):
            if not office.may_see(parts):
                answer = office.ask(method, endpoint, role)
                if told_something(endpoint, answer):
                    wrong[role, endpoint] = answer.status_code
    assert wrong == {}
    assert kept(office.box) == before


def told_something(endpoint: str, answer: TestResponse) -> bool:
    """Whether an answer is anything but a refusal, or names somebody. A form may be found wanting first."""
    text = answer.get_data()
    named = any(name.encode() in text for name in NAMES)
    if endpoint == "releases.make":  # a ZIP, which begins before its photos are looked up
        return named or JPEG in text
    return named or answer.status_code not in {400, 403, 404}


def test_what_the_rule_shows_is_found_by_its_address(office: Office) -> None:
    office.hold(office.situation("own shoot"))
    wrong = {}
    for method, endpoint, parts in routes_to_things(office.app, Role.EDITOR):
        if method == "GET" and not parts & NOT_THERE and office.may_see(parts):
            answer = office.ask(method, endpoint, Role.EDITOR)
            if answer.status_code != HTTPStatus.OK:
                wrong[endpoint] = answer.status_code
    assert wrong == {}


def test_whoever_may_only_see_changes_nothing(office: Office) -> None:
    office.hold(office.situation("granted to see"))
    before, wrong = kept(office.box), {}
    for method, endpoint, parts in routes_to_things(office.app, Role.EDITOR):
        if method != "GET" and office.may_see(parts) and endpoint not in SEEING_IS_ENOUGH:
            answer = office.ask(method, endpoint, Role.EDITOR)
            if told_something(endpoint, answer):
                wrong[endpoint] = answer.status_code
    assert wrong == {}
    assert kept(office.box) == before


def test_no_list_or_count_names_what_its_reader_may_not_see(office: Office) -> None:
    stopping(office.app).set()  # so that the stream of news ends at once
    office.hold(Situation(False, Effect.DENY, EVERYTHING, frozenset({Right.SEE})))
    role, told = Role.ADMINISTRATOR, {}  # may open every page that somebody can be kept from
    for (method, endpoint), (allowed, _) in MATRIX.items():
        if method == "GET" and role in allowed and not named_in(office.app, method, endpoint) - NOWHERE:
            answer = office.ask(method, endpoint, role)
            shown = [name for name in NAMES if name in answer.get_data().decode("utf-8", "ignore")]
            if shown or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                told[endpoint] = (answer.status_code, shown)
    stopping(office.app).clear()
    assert told == {}


@pytest.mark.parametrize("name", ["another shoot", "denied department"])
def test_nothing_is_hidden_from_a_privacy_officer(office: Office, name: str) -> None:
    office.hold(office.situation(name))
    for endpoint in ("photos.show", "people.show", "shoots.show", "collections.show", "parcels.show"):
        assert office.ask("GET", endpoint, Role.PRIVACY_OFFICER).status_code == HTTPStatus.OK


def test_for_a_purpose_that_nobody_permitted_no_role_gets_a_copy_by_its_address(office: Office) -> None:
    office.hold(office.situation("own shoot"))
    photo, path = office.parts["photo_id"], f"/photos/{office.parts['photo_id']}/release"
    red = [p for p in PUBLICATION if verdict_of(office.box, PhotoId(photo), p).light is Light.RED]
    assert red
    for role in Role:
        _, browser, token = office.browsers[role]
        for purpose in red:
            form = {"csrf_token": token, "purpose": purpose.value}
            answer = browser.client.post(path, data=form, headers=BRIEFLY)
            assert answer.status_code == HTTPStatus.FORBIDDEN, (role, purpose)
            assert JPEG not in answer.get_data()
