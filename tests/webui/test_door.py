"""The subject's door: whoever holds a link has what it is for, and nobody has anything else."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from appliance.actions.asking import ask_whoever_comes
from appliance.actions.evidence import evidence_of
from appliance.actions.people import person_names, person_view
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Purpose
from appliance.domain.people import PersonId
from appliance.domain.signing import Channel
from appliance.wiring import Box
from tests.actions.paperwork import agreed, asked, form
from tests.actions.scene import picture, told
from tests.webui.browser import TOKEN
from tests.webui.conftest import complaints, photo_named, served
from tests.webui.test_pages import check
from webui.door import create_door
from webui.guards import LARGEST_FORM

WRONG = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
OPEN = {"static", "speaking.choose", "health.show"}
ROUTES = {
    *(("GET", "static"), ("POST", "speaking.choose")),
    *(("GET", "forms.show"), ("POST", "forms.sign_now"), ("POST", "forms.code")),
    *(("GET", "own.show"), ("POST", "own.withdraw"), ("POST", "own.again"), ("POST", "own.selfie")),
    *(("GET", "own.picture"), ("GET", "own.document"), ("GET", "own.export"), ("GET", "own.link")),
    *(("GET", "recalls.show"), ("POST", "recalls.answer"), ("GET", "health.show")),
    *(
        ("GET", "parcels.show"),
        ("POST", "parcels.unlock"),
        ("POST", "parcels.code"),
        ("POST", "parcels.verify"),
    ),
    *(
        ("GET", "parcels.preview"),
        ("POST", "parcels.take"),
        ("POST", "parcels.take_all"),
        ("POST", "parcels.wish"),
    ),
}
ELSEWHERE = (
    *("/", "/sign-in", "/people", "/people.json", "/quitclaims", "/requests", "/templates", "/imports"),
    *(
        "/users",
        "/audit",
        "/box",
        "/mail",
        "/evidence/box.pem",
        "/waiting.json",
        "/f/",
        "/me/",
        "/r/",
        "/releases",
        "/s/",
        "/parcels",
    ),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody who signed, with the links that they hold."""

    id: PersonId
    form: str  # a link that is still open
    own: str


def known(office: Box, name: str) -> PersonId:
    """Somebody of the demonstration."""
    (found,) = person_names(office.safe, by=OPERATOR, now=office.now(), text=name)
    return found.id


@pytest.fixture
def subject(office: Box) -> Subject:
    obama = known(office, "Barack Obama")
    with ThreadPoolExecutor(1) as aside:  # sealing runs a loop of its own, and a browser has one here
        signed = aside.submit(agreed, office, obama, Purpose.WEB).result()
    return Subject(obama, asked(office, form(office), obama).token, signed.own_token)


@pytest.fixture
def door(office: Box) -> Flask:
    return create_door(office, https=False)


@pytest.fixture
def client(door: Flask) -> FlaskClient:
    return door.test_client()


def form_token(client: FlaskClient, path: str) -> str:
    found = TOKEN.search(client.get(path).get_data(as_text=True))
    assert found
    return found[1]


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield method, rule.endpoint


def addresses(door: Flask, office: Box, subject: Subject, token: str) -> Iterator[tuple[str, str]]:
    """Every route that a link opens, with the things behind it that exist."""
    now = office.now()
    view = person_view(office.safe, subject.id, by=OPERATOR, now=now, day=office.today())
    documents = [
        one
        for quitclaim in view.quitclaims
        for one in evidence_of(office.safe, quitclaim.current.id, by=OPERATOR, now=now)
    ]
    parts = {"token": token, "photo_id": photo_named(office, "KLUI0001"), "evidence_id": documents[0].id}
    parts["ref"] = "a-ref"
    bound = door.url_map.bind("localhost")
    for method, endpoint in sorted(ROUTES):
        if endpoint not in OPEN:
            rule = next(one for one in door.url_map.iter_rules() if one.endpoint == endpoint)
            yield method, bound.build(endpoint, {key: parts[key] for key in rule.arguments}, method=method)


def test_the_door_has_these_routes_and_no_other(door: Flask) -> None:
    assert set(routes(door)) == ROUTES


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_a_wrong_link_opens_nothing(door: Flask, office: Box, subject: Subject) -> None:
    client = door.test_client()
    csrf = form_token(client, f"/f/{subject.form}")
    before = len(told(office))
    for method, path in addresses(door, office, subject, WRONG):
        data = {"csrf_token": csrf, "granted": "web", "typed": "Nobody", "purpose": "web"}
        sent = {**data, "selfie": (BytesIO(picture()), "me.jpg")} if path.endswith("selfie") else data
        answer = client.get(path) if method == "GET" else client.post(path, data=sent)
        assert answer.status_code == 403, path
        assert "werkt niet meer" in answer.get_data(as_text=True), path
        assert "Obama" not in answer.get_data(as_text=True), path
    assert not [entry for entry in told(office)[before:] if "quitclaim:" in entry]


def test_a_link_to_a_form_opens_no_page_and_the_other_way_round(
    client: FlaskClient, subject: Subject
) -> None:
    assert client.get(f"/f/{subject.own}").status_code == 403
    assert client.get(f"/me/{subject.form}").status_code == 403
    assert client.get(f"/f/{subject.form}").status_code == 200
    assert client.get(f"/me/{subject.own}").status_code == 200


def test_of_others_nothing_is_shown(client: FlaskClient, office: Box, subject: Subject) -> None:
    """Joe Biden's photo and document are not behind Barack Obama's link."""
    theirs = agreed(office, known(office, "Joe Biden"), Purpose.WEB)
    (document,) = evidence_of(office.safe, theirs.quitclaim.id, by=OPERATOR, now=office.now())
    own = f"/me/{subject.own}"
    shown = client.get(f"{own}/photos/{photo_named(office, 'KLUI0001')}.jpg")
    assert shown.mimetype == "image/jpeg", shown.get_data(as_text=True)[-600:]
    assert client.get(f"{own}/photos/{photo_named(office, 'KLUI0004')}.jpg").status_code == 403
    assert client.get(f"{own}/documents/{document.id}.pdf").status_code == 403


def test_a_form_without_its_token_is_refused(
    door: Flask, client: FlaskClient, office: Box, subject: Subject
) -> None:
    paths = [one for token in (subject.form, subject.own) for one in addresses(door, office, subject, token)]
    before = told(office)
    for method, path in paths:
        if method == "POST":
            assert client.post(path, data={"typed": "Barack Obama"}).status_code == 400, path
    assert client.post("/language", data={"language": "nl", "to": "/"}).status_code == 400
    assert told(office) == before


def test_headers_are_on_everything(client: FlaskClient, subject: Subject) -> None:
    for path in (f"/f/{subject.form}", f"/me/{subject.own}", f"/me/{WRONG}", "/nowhere"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'name="robots" content="noindex"' in answer.get_data(as_text=True)


def test_other_hosts_are_refused_and_bodies_are_small(client: FlaskClient, subject: Subject) -> None:
    assert client.get(f"/f/{subject.form}", headers={"Host": "evil.example"}).status_code == 400
    large = {"typed": "x" * (LARGEST_FORM + 1)}
    assert client.post(f"/f/{subject.form}", data=large).status_code == 413


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_sent_elsewhere(client: FlaskClient, subject: Subject, to: str) -> None:
    csrf = form_token(client, f"/f/{subject.form}")
    answer = client.post("/language", data={"language": "nl", "to": to, "csrf_token": csrf})
    assert answer.status_code == 400


def test_without_scripts_a_typed_name_signs(client: FlaskClient, office: Box, subject: Subject) -> None:
    path = f"/f/{subject.form}"
    shown = client.get(path).get_data(as_text=True)
    check(shown)
    assert "checked" not in shown  # nothing is ticked beforehand
    data = {"csrf_token": form_token(client, path), "granted": ["web", "press"], "typed": ""}
    again = client.post(path, data=data)
    assert again.status_code == 422
    check(again.get_data(as_text=True))
    assert again.get_data(as_text=True).count(" checked") == 2  # what was ticked is not lost
    done = client.post(path, data=data | {"typed": "Barack Obama"})
    assert done.status_code == 201
    check(done.get_data(as_text=True))
    assert client.get(path).status_code == 400  # it was answered


def test_the_two_languages(client: FlaskClient, subject: Subject) -> None:
    path = f"/f/{subject.form}"
    assert '<html lang="nl"' in client.get(path).get_data(as_text=True)
    data = {"language": "en", "to": path, "csrf_token": form_token(client, path)}
    assert client.post("/language", data=data).headers["Location"] == path
    assert '<html lang="en"' in client.get(path).get_data(as_text=True)


def test_a_tablet_asks_the_next_person(client: FlaskClient, office: Box) -> None:
    tablet = ask_whoever_comes(office.safe, form(office).id, Channel.TABLET, by=OPERATOR, now=office.now())
    path = f"/f/{tablet.token}"
    for name in ("Eileen Collins", "Mae Jemison"):
        data = {"csrf_token": form_token(client, path), "granted": "web", "typed": name, "subject_name": name}
        done = client.post(path, data=data).get_data(as_text=True)
        assert name in done
        assert path in done
        assert "/me/" not in done  # the next one must not find it on the tablet
        assert f'http-equiv="refresh" content="30; url={path}"' in done  # nor the answers of who walked away
    page = client.get(path).get_data(as_text=True)
    assert f'data-locked="{path}"' in page
    assert 'autocomplete="name"' not in page  # a browser would offer the name of who came before
    assert 'autocomplete="email"' not in page


@pytest.mark.parametrize("width", [320, 390])
def test_every_page_fits_a_phone_and_is_accessible(
    door: Flask, chromium: Chromium, axe: str, office: Box, subject: Subject, width: int
) -> None:
    with served(door) as port:
        context = chromium.new_context(
            base_url=f"http://127.0.0.1:{port}", viewport={"width": width, "height": 640}, locale="nl"
        )
        page = context.new_page()
        for path in (f"/f/{subject.form}", f"/me/{subject.own}", f"/f/{WRONG}"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert not complaints(page, axe), path
        page.goto(f"/f/{subject.form}")
        box = page.locator("canvas").bounding_box()
        assert box is not None
        assert box["width"] / box["height"] == pytest.approx(3, abs=0.05)
        page.get_by_label("Of typ je naam").fill("Barack Obama")
        page.get_by_role("button", name="Dit formulier ondertekenen").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Dank je wel")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not complaints(page, axe)
        context.close()
