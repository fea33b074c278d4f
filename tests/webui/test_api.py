"""The API: who gets in with which token, what it answers, and that its document tells the truth."""

import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from appliance.actions.access import change_user, set_password, users
from appliance.actions.consent import quitclaims
from appliance.actions.intake import UPLOAD, start_import
from appliance.actions.people import person_names
from appliance.actions.sign_in_rules import change_rules
from appliance.actions.tokens import MadeToken, make_token, revoke_token
from appliance.actions.webhooks import add_webhook
from appliance.domain.access import FOR_TOKENS, OPERATOR, Permission, Role
from appliance.domain.consent import Purpose
from appliance.domain.sign_in import Rules
from appliance.domain.tokens import scopes_for
from appliance.domain.webhooks import Happening
from appliance.wiring import Box, open_box
from tests.actions.scene import picture
from tests.conftest import Clock, config_of
from tests.webui.conftest import PASSWORD, Staff, photo_named, released
from webui import create_app
from webui.api import OPERATIONS, WRONG_TOKENS
from webui.api.operations import Operation
from webui.api.problems import MEDIA_TYPE
from webui.guards import limiter

ROOT = Path(__file__).resolve().parents[2]
# What each operation is asked with; a new one must be added here. Answers are tried by their types below.
ASKED: dict[str, dict[str, Any]] = {
    "token.show_token": {},
    "photos.list_photos": {"query_string": {"limit": "3", "from": "2020-01-01"}},
    "photos.search_photos": {"json": {"text": "Obama", "limit": 3}},
    "photos.show_photo": {},
    "photos.show_thumbnail": {},
    "photos.show_preview": {},
    "verdicts.show_verdicts": {"query_string": {"purpose": "web", "day": "2026-11-24"}},
    "verdicts.ask_verdicts": {"json": {"photos": ["{photo}"], "purposes": ["web", "press"]}},
    "people.list_people": {"query_string": {"limit": "2"}},
    "people.search_people": {"json": {"text": "Obama"}},
    "people.show_person": {},
    "quitclaims.list_quitclaims": {"query_string": {"person": "{person}", "status": "active"}},
    "quitclaims.show_quitclaim": {},
    "photos.describe_photo": {"json": {"title": "Open day", "keywords": ["council"]}},
    "imports.begin_import": {"json": {}},
    "imports.send_photo": {"data": b"a photo", "content_type": "image/jpeg"},
    "imports.finish_import": {},
    "imports.show_import": {},
    "people.add_person": {"json": {"name": "Somebody New"}},
    "people.change_person": {"json": {"name": "Another Name", "standing": "never_photograph"}},
    "quitclaims.withdraw_quitclaim": {"json": {"purposes": ["press"]}},
    "releases.make_release": {"json": {"photo": "{photo}", "purpose": "web", "size": "small"}},
    "releases.make_releases": {"json": {"photos": ["{photo}"], "purpose": "web"}},
    "webhooks.list_webhooks": {},
    "webhooks.add_webhook": {
        "json": {"address": "https://cms.example.org/kluis", "happenings": ["photo.ready"]}
    },
    "webhooks.list_deliveries": {},
    "webhooks.remove_webhook": {},
    "releases.list_releases": {},
    "releases.show_release": {},
    "releases.show_receipt": {},
}
CHANGES = frozenset(
    one.name
    for one in OPERATIONS
    if one.method in ("POST", "PUT") and one.name.split(".")[1].split("_")[0] not in ("ask", "search")
)


class Caller:
    """Another program, with a token."""

    def __init__(self, client: FlaskClient, box: Box) -> None:
        self._client = client
        self.box = box

    def token(self, scopes: frozenset[Permission] = FOR_TOKENS, role: Role = Role.ADMINISTRATOR) -> MadeToken:
        user = next(one for one in users(self.box.safe, by=OPERATOR, now=self.box.now()) if one.name == role)
        scopes &= frozenset(scopes_for(role))
        return make_token(
            self.box.safe, "intranet", scopes, 365, by=OPERATOR, now=self.box.now(), user_id=user.id
        )

    def ask(
        self, path: str, token: MadeToken | None = None, method: str = "GET", **asked: Any
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {token.text}"} if token else {}
        headers |= asked.pop("headers", {})
        return self._client.open(f"/api/v1{path}", method=method, headers=headers, **asked)

    def do(self, one: Operation, token: MadeToken | None, parts: dict[str, str]) -> TestResponse:
        asked = {key: _filled(value, parts) for key, value in ASKED[one.name].items()}
        return self.ask(one.path.format_map(parts), token, one.method, **asked)


def _filled(value: Any, parts: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, parts) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, parts) for each in value]
    return value.format_map(parts) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, staff: Staff) -> Iterator[Box]:
    """The staff's safe, for all that only looks."""
    home = Path(shutil.copytree(staff.home, tmp_path_factory.mktemp("api") / "home"))
    opened = open_box(config_of(home), clock=Clock())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def parts(shared: Box) -> dict[str, str]:
    """Things that exist."""
    return things(shared)


def things(box: Box) -> dict[str, str]:
    people = {one.name: one.id for one in person_names(box.safe, by=OPERATOR, now=box.now())}
    found = quitclaims(box.safe, by=OPERATOR, now=box.now(), day=box.today())
    return {
        "photo": photo_named(box, "KLUI0001"),
        "person": people["Barack Obama"],
        "quitclaim": next(
            one.current.id
            for person, one in found
            if person.name == "Barack Obama" and one.current.term(Purpose.WEB) is not None
        ),
        "release": released(box),
        "webhook": add_webhook(
            box.safe, "https://cms.example.org", {Happening.PHOTO_READY}, by=OPERATOR, now=box.now()
        ).webhook.id,
        "import_id": start_import(box.safe, UPLOAD, by=OPERATOR, now=box.now()).id,
    }


@pytest.fixture
def caller(app: Flask, shared: Box) -> Caller:
    """A program that only looks."""
    app.extensions["api"].extensions["box"] = shared
    return Caller(app.test_client(), shared)


@pytest.fixture
def changing(app: Flask, office: Box) -> Caller:
    """A program with a safe of this test alone."""
    return Caller(app.test_client(), office)


def key(answer: TestResponse) -> str:
    return str((answer.json or {}).get("key"))


def _named(one: Operation) -> str:
    return one.name


def test_every_operation_is_tried(app: Flask) -> None:
    assert {one.name for one in OPERATIONS} == set(ASKED)
    rules = {rule.endpoint for rule in app.extensions["api"].url_map.iter_rules()}
    assert rules == set(ASKED) | {"openapi"}


@pytest.mark.parametrize("one", OPERATIONS, ids=_named)
def test_an_operation_wants_a_token_for_its_permission_of_somebody_who_holds_it(
    one: Operation, request: pytest.FixtureRequest
) -> None:
    changes = one.name in CHANGES
    caller: Caller = request.getfixturevalue("changing" if changes else "caller")
    known = things(caller.box) if changes else request.getfixturevalue("parts")
    nobody = caller.do(one, None, known)
    assert (nobody.status_code, nobody.mimetype) == (401, MEDIA_TYPE)
    assert key(nobody) == "token:missing"
    if one.permission is not None:
        others = caller.do(one, caller.token(FOR_TOKENS - {one.permission}), known)
        assert (others.status_code, key(others)) == (403, "token:scope")
        viewer = caller.token(frozenset({one.permission}))
        _make(caller.box, viewer, Role.VIEWER)
        weak = caller.do(one, viewer, known)
        assert (weak.status_code == 403) is (one.permission not in scopes_for(Role.VIEWER))
    only = caller.token(frozenset({one.permission or Permission.PERSON_VIEW}))
    answer = caller.do(one, only, known)
    assert answer.status_code == one.status, answer.get_data(as_text=True)[:500]
    entries = caller.box.safe.store
    with entries.look(by=OPERATOR, to=Permission.AUDIT_VIEW, now=caller.box.now()) as view:
        kinds = {entry.actor_kind for entry in view.audit.search(actor=only.token.user_id, limit=3)}
    assert "token" in kinds or one.permission is None


def _make(box: Box, token: MadeToken, role: Role) -> None:
    """Pretend that the token is of somebody with another role: roles change after tokens are made."""
    user = next(one for one in users(box.safe, by=OPERATOR, now=box.now()) if one.name == role)
    with box.safe.store.begin(by=OPERATOR, to=Permission.USER_EDIT, now=box.now()) as tx:
        tx.tokens._run("UPDATE tokens SET user_id = ? WHERE id = ?", user.id, token.token.id)
        tx.recorded += 1


def test_cookies_open_nothing_and_none_is_set(app: Flask, staff: Staff, caller: Caller) -> None:
    client = app.test_client()
    client.set_cookie("kluis", staff.tokens[Role.ADMINISTRATOR])
    assert client.get("/").status_code == 200
    for path in ("/api/v1/photos", "/api/v1/token", "/api/v2/photos", "/api", "/api/photos/1"):
        for method in ("GET", "POST", "DELETE"):
            answer = client.open(path, method=method)
            assert (answer.status_code, answer.mimetype) == (401, MEDIA_TYPE)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert "Set-Cookie" not in answer.headers
    answer = caller.ask("/photos", caller.token())
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


BAD = ("", "x", "kluis_", "Bearer", "kluis_" + "a" * 26 + "_" + "b" * 43, "kluis_" + "a" * 26 + "_é")


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_token_opens_nothing(caller: Caller, text: str) -> None:
    answer = caller.ask("/token", headers={"Authorization": f"Bearer {text}".encode().decode("latin-1")})
    assert answer.status_code == 401
    assert key(answer) in ("token:wrong", "token:missing")


def test_an_id_with_another_secret_opens_nothing(caller: Caller) -> None:
    one, other = caller.token(), caller.token()
    mixed = other.text[:33] + one.text[33:]
    assert caller.ask("/token", replace(one, text=mixed)).status_code == 401
    assert caller.ask("/token", one).status_code == 200


def test_whoever_guesses_is_stopped_and_a_right_token_is_not(caller: Caller) -> None:
    right = caller.token()
    wrong = replace(right, text=right.text[:-1] + ("A" if right.text[-1] != "A" else "B"))
    answers = [caller.ask("/token", wrong).status_code for _ in range(WRONG_TOKENS.amount + 2)]
    assert answers == [401] * WRONG_TOKENS.amount + [429, 429]
    assert caller.ask("/token", wrong).headers["Retry-After"]
    assert caller.ask("/token", right).status_code == 200
    limiter.reset()


def leave(box: Box, made: MadeToken) -> None:
    user = next(u for u in users(box.safe, by=OPERATOR, now=box.now()) if u.id == made.token.user_id)
    change_user(box.safe, replace(user, active=False), by=OPERATOR, now=box.now())


@pytest.mark.parametrize(
    "end",
    [
        lambda box, made: revoke_token(box.safe, made.token.id, by=OPERATOR, now=box.now()),
        lambda box, made: box.clock.advance(days=91),
        lambda box, made: set_password(box.safe, made.token.user_id, PASSWORD, by=OPERATOR, now=box.now()),
        leave,
    ],
    ids=["revoked", "too old", "the password was set by another", "the user may not sign in"],
)
def test_a_token_ends(changing: Caller, end: Callable[[Box, MadeToken], object]) -> None:
    made = changing.token(role=Role.EDITOR)
    assert changing.ask("/token", made).status_code == 200
    end(changing.box, made)
    assert changing.ask("/token", made).status_code == 401


def test_networks_hold_for_tokens_too(changing: Caller) -> None:
    made = changing.token(role=Role.EDITOR)
    rules = Rules(networks={Role.EDITOR: ["192.0.2.0/24"]})
    change_rules(changing.box.safe, rules, by=OPERATOR, now=changing.box.now())
    answer = changing.ask("/token", made)
    assert (answer.status_code, key(answer)) == (403, "access:network")


def test_a_token_is_taken_over_tls_or_on_the_box_itself(office: Box) -> None:
    client = create_app(office, https=True).test_client()
    caller = Caller(client, office)
    made = caller.token()
    far: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    answer = caller.ask("/token", made, **far)
    assert (answer.status_code, key(answer)) == (403, "api:insecure")
    answer = caller.ask("/token", made, base_url="https://localhost", **far)
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"]
    assert caller.ask("/token", made, headers={"Host": "evil.example"}).status_code == 400


def test_what_a_token_is_written_with_is_in_no_row_and_not_in_the_log(changing: Caller) -> None:
    made = changing.token()
    secret = made.text[33:]
    with changing.box.safe.store.look(by=OPERATOR, to=Permission.AUDIT_VIEW, now=changing.box.now()) as view:
        kept = repr([view.tokens.with_hash(made.token.id), list(view.audit.entries())])
    assert made.token.id in kept
    assert secret not in kept


def test_pages_follow_each_other_without_gap_or_repeat(caller: Caller) -> None:
    token, seen, after = caller.token(), [], ""
    while True:
        asked = {"limit": "3"} | ({"after": after} if after else {})
        page = caller.ask("/photos", token, query_string=asked).json
        assert page
        seen += [one["id"] for one in page["photos"]]
        after = page["after"]
        if not after:
            break
    assert len(seen) == len(set(seen)) == page["total"] > 3


def test_a_name_is_searched_for_in_a_body_and_never_in_an_address(
    caller: Caller, parts: dict[str, str]
) -> None:
    token = caller.token()
    found = caller.ask("/search/photos", token, "POST", json={"text": "obama"}).json
    assert found
    assert parts["photo"] in [one["id"] for one in found["photos"]]
    nobody = caller.ask("/search/photos", token, "POST", json={"text": "nobody of that name"}).json
    assert nobody
    assert nobody["photos"] == []
    people = caller.ask("/search/people", token, "POST", json={"text": "obama"}).json
    assert people
    assert [one["id"] for one in people["people"]] == [parts["person"]]
    for path in ("/photos", "/people"):
        assert caller.ask(path, token, query_string={"text": "obama"}).status_code == 400


def test_names_take_a_scope_of_their_own(caller: Caller, parts: dict[str, str]) -> None:
    """A photo tells who is in it by id, in its reasons too."""
    token = caller.token(frozenset({Permission.PHOTO_VIEW}))
    for path in ("/photos", f"/photos/{parts['photo']}", f"/photos/{parts['photo']}/verdicts"):
        told = caller.ask(path, token).json
        assert told
        typed = {"name": "", "description": {}}  # by whoever made the photo: text, which names nobody
        assert "Obama" not in str(told | typed)
    assert parts["person"] in str(told)
    assert caller.ask("/people", token).status_code == 403


WRONG = [
    ("GET", "/photos?colour=red", 400),
    ("GET", "/photos?limit=0", 400),
    ("GET", "/photos?limit=1&limit=2", 400),
    ("GET", "/photos?light=blue", 400),
    ("GET", "/photos?purpose=recognition", 422),
    ("GET", "/photos?from=yesterday", 400),
    ("GET", "/photos?until=null", 400),
    ("GET", "/photos/none", 404),
    ("GET", "/photos/../../people", 404),
    ("DELETE", "/photos", 405),
    ("POST", "/verdicts", 415),
]


@pytest.mark.parametrize(("method", "path", "status"), WRONG)
def test_what_is_wrong_is_told_as_a_problem(caller: Caller, method: str, path: str, status: int) -> None:
    answer = caller.ask(path, caller.token(), method)
    assert (answer.status_code, answer.mimetype) == (status, MEDIA_TYPE)
    told = answer.json
    assert told
    assert told["status"] == status
    assert told["type"].endswith(told["key"])
    assert told["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"photos": []}', b'{"photos": ["x"]}', b"\xff"])
def test_a_body_that_is_not_as_documented_is_refused(caller: Caller, body: bytes) -> None:
    answer = caller.ask("/verdicts", caller.token(), "POST", data=body, content_type="application/json")
    assert (answer.status_code, key(answer)) == (400, "api:bad_request")


def test_a_body_too_large_is_not_read(caller: Caller) -> None:
    large = b'{"photos": ["' + b"x" * 2_000_000 + b'"]}'
    assert caller.ask("/verdicts", None, "POST", data=large).status_code == 401
    answer = caller.ask("/verdicts", caller.token(), "POST", data=large, content_type="application/json")
    assert answer.status_code == 413


def test_sentences_are_in_the_language_asked_for(caller: Caller) -> None:
    token = caller.token()
    dutch = caller.ask("/photos/none", token, headers={"Accept-Language": "nl"}).json
    english = caller.ask("/photos/none", token, headers={"Accept-Language": "en"}).json
    assert dutch
    assert english
    assert dutch["key"] == english["key"] == "photo:unknown"
    assert (dutch["detail"], english["detail"]) == ("Die foto bestaat niet.", "There is no such photo.")


# --- changing ---------------------------------------------------------------------------------------------


def test_a_photo_that_is_sent_twice_is_kept_once(changing: Caller) -> None:
    token = changing.token()
    import_id = (changing.ask("/imports", token, "POST", json={}).json or {})["id"]
    name = {"Content-Disposition": "attachment; filename*=UTF-8''caf%C3%A9.jpg"}
    sent = {"data": picture(7), "content_type": "image/jpeg", "headers": name}
    first = changing.ask(f"/imports/{import_id}/photos", token, "POST", **sent)
    again = changing.ask(f"/imports/{import_id}/photos", token, "POST", **sent)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json
    assert first.json == again.json
    told = changing.ask(f"/photos/{first.json['photo']}", token).json
    assert told
    assert (told["name"], told["stage"]) == ("café.jpg", "stored")
    done = changing.ask(f"/imports/{import_id}/finish", token, "POST").json
    assert done
    assert (done["found"], done["stored"], done["known"]) == (2, 1, 1)
    assert done["finished_at"]
    closed = changing.ask(f"/imports/{import_id}/photos", token, "POST", **sent)
    assert (closed.status_code, key(closed)) == (409, "upload:closed")


@pytest.mark.parametrize(
    ("sent", "status", "why"),
    [
        (
            {"data": b"", "content_type": "image/jpeg", "environ_overrides": {"CONTENT_LENGTH": "0"}},
            422,
            "photo:empty",
        ),
        ({"data": b"x", "content_type": "text/html"}, 415, "api:media_type"),
        (
            {"data": b"x", "content_type": "image/png", "environ_overrides": {"CONTENT_LENGTH": "700000000"}},
            413,
            "api:too_large",
        ),
        (
            {"data": b"x", "content_type": "image/png", "headers": {"Transfer-Encoding": "chunked"}},
            411,
            "api:no_length",
        ),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused(
    changing: Caller, sent: dict[str, Any], status: int, why: str
) -> None:
    token = changing.token()
    import_id = (changing.ask("/imports", token, "POST", json={}).json or {})["id"]
    answer = changing.ask(f"/imports/{import_id}/photos", token, "POST", **sent)
    assert (answer.status_code, key(answer)) == (status, why)


def test_a_copy_comes_with_the_way_to_its_receipt(changing: Caller) -> None:
    token, known = changing.token(), things(changing.box)
    order = {
        "photo": known["photo"],
        "purpose": "web",
        "size": "small",
        "format": "png",
        "recipient": "De Krant",
    }
    copy = changing.ask("/releases", token, "POST", json=order)
    assert (copy.status_code, copy.mimetype) == (201, "image/png")
    assert copy.get_data().startswith(b"\x89PNG")
    told = changing.ask(copy.headers["Location"].removeprefix("/api/v1"), token).json
    assert told
    assert told["sha256"] == hashlib.sha256(copy.get_data()).hexdigest()
    assert (told["recipient"], told["made_by"]) == ("De Krant", token.token.user_id)
    (link,) = re.findall(r'^</api/v1(\S+)>; rel="describedby"$', copy.headers["Link"])
    assert told["sha256"] in changing.ask(link, token).get_data(as_text=True)


def test_a_copy_that_may_not_be_used_is_refused_with_every_reason(changing: Caller) -> None:
    token, known = changing.token(), things(changing.box)
    withdrawn = changing.ask(f"/quitclaims/{known['quitclaim']}/withdraw", token, "POST", json={}).json
    assert withdrawn
    assert {one["answer"] for one in withdrawn["answers"]} == {"withdrawn"}
    refused = changing.ask("/releases", token, "POST", json={"photo": known["photo"], "purpose": "web"})
    assert (refused.status_code, key(refused)) == (409, "release:not_green")
    assert refused.json
    assert refused.json["reasons"]
    again = changing.ask(f"/quitclaims/{known['quitclaim']}/withdraw", token, "POST", json={})
    assert (again.status_code, key(again)) == (409, "quitclaim:nothing_to_withdraw")
    together = {"photos": [known["photo"]], "purpose": "web"}
    with zipfile.ZipFile(BytesIO(changing.ask("/copies", token, "POST", json=together).data)) as made:
        assert [name for name in made.namelist() if name.endswith((".jpg", ".receipt.json"))] == []


def test_what_is_told_of_a_photo_is_written_whole(changing: Caller) -> None:
    token, known = changing.token(), things(changing.box)
    path = f"/photos/{known['photo']}/description"
    assert (
        changing.ask(path, token, "PUT", json={"title": "Open day", "credit": "Waterdam"}).status_code == 200
    )
    told = changing.ask(path, token, "PUT", json={"title": " Open  day "}).json
    assert told
    assert (told["title"], told["credit"]) == ("Open day", "")
    assert (changing.ask(f"/photos/{known['photo']}", token).json or {})["description"] == told


# --- the papers -------------------------------------------------------------------------------------------


def test_the_paper_of_the_api_is_that_of_its_document() -> None:
    """docs/api.md: each operation under its own heading, with its permission and an example."""
    paper = (ROOT / "docs" / "api.md").read_text("utf-8")
    heading = r"^### (GET|POST|PUT) (/\S+)\n(.*?)(?=^##|\Z)"
    found = re.findall(heading, paper, re.MULTILINE | re.DOTALL)
    told = {(method, path): text for method, path, text in found}
    assert set(told) == {(one.method, one.path) for one in OPERATIONS}
    for one in OPERATIONS:
        text = told[one.method, one.path]
        assert "curl" in text, one.name
        assert one.permission is None or f"`{one.permission}`" in text, one.name
        assert one.told[0].rstrip(".") in text.replace("\n", " "), one.name
