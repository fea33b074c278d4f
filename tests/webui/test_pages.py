"""Each page for each role, and what its buttons do."""

import base64
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import exiv2
import pytest
from flask import Flask
from PIL import Image

from appliance.actions.access import create_user, users
from appliance.actions.consent import quitclaims
from appliance.actions.intake import imports
from appliance.actions.people import change_person, create_person, person_names, person_view
from appliance.actions.photos import FaceView, Filter, library, look_at
from appliance.actions.recognition import recognition
from appliance.actions.release import releases
from appliance.actions.sign_in import sign_in
from appliance.domain.access import OPERATOR, Role
from appliance.domain.audit_head import read_head
from appliance.domain.consent import PUBLICATION, Answer, Basis, Light, Purpose
from appliance.domain.people import Person
from appliance.domain.photos import Resolution, Stage
from appliance.imaging import copies
from appliance.wiring import Box
from tests.actions.scene import examine, fill, picture, rows, take, verdict_of
from tests.conftest import Clock
from tests.webui.browser import Browser, Page, words
from tests.webui.conftest import PASSWORD, face_of, photo_named
from webui import create_app, display, names
from webui import imports as import_pages
from webui.door import create_door

LARGEST_PAGE = 150_000
OF_EVERYBODY = {"/guide/test": {"/guide/test"}, "/settings": {"/settings/digest"}}  # what viewers may send
OBAMA, BIDEN = "Barack Obama", "Joe Biden"


def people(box: Box) -> dict[str, Person]:
    return {one.name: one for one in person_names(box.safe, by=OPERATOR, now=box.now())}


def faces(box: Box, name: str) -> tuple[FaceView, ...]:
    photo_id = photo_named(box, name)
    return look_at(box.safe, photo_id, by=OPERATOR, now=box.now(), day=box.today()).faces


def light(box: Box, name: str, purpose: Purpose = Purpose.WEB) -> Light:
    return verdict_of(box, photo_named(box, name), purpose).light


def addresses(box: Box) -> list[str]:
    """Every page that can be read."""
    now, day = box.now(), box.today()
    found = [
        "/",
        "/to-do",
        "/figures",
        "/guide",
        "/guide/consent",
        "/guide/test",
        "/first-steps",
        "/collections",
        "/people",
        "/quitclaims",
        "/imports",
        "/releases",
        "/box",
        "/keeping",
        "/settings",
        "/design",
    ]
    found += [
        f"/photos/{card.photo.id}"
        for card in library(box.safe, by=OPERATOR, now=now, day=day, wanted=Filter()).cards
    ]
    found += [f"/people/{one.id}" for one in people(box).values()]
    found += [
        f"/quitclaims/{view.current.id}" for _, view in quitclaims(box.safe, by=OPERATOR, now=now, day=day)
    ]
    found += [f"/imports/{one.id}" for one in imports(box.safe, by=OPERATOR, now=now)]
    return found


SEARCHES = [
    *("/?light=green", "/?light=red&purpose=press", "/?untagged=1", "/?text=obama", "/?name=Barack+Obama"),
    *("/searches", "/?nobody=1", "/?camera=none&department=none&tag=none&tag=other"),
    *("/?from=2012-01-01&until=2013-01-01", "/?stage=set_aside", "/?name=nobody", "/people?text=bid"),
    *(
        "/people?text=nobody",
        "/quitclaims?status=expired",
        "/quitclaims?status=declined",
        "/quitclaims?page=2",
    ),
]


def check(text: str) -> Page:
    """What every page must be."""
    page = Page(text)
    assert not page.wrong, page.wrong
    assert len(page.ids) == len(set(page.ids)), sorted(i for i in page.ids if page.ids.count(i) > 1)
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert all("alt" in image for image in page.all("img"))
    assert not [tag for tag, found in page.tags if "style" in found or any(k.startswith("on") for k in found)]
    forms = [form for form in page.all("form") if form.get("method") == "post"]
    assert text.count('name="csrf_token"') == len(forms)
    for tag, found in page.tags:
        fragment = str(found.get("href") or "")
        if fragment.startswith("#") and tag == "a":
            assert fragment[1:] in page.ids, fragment
        if tag == "label" and found.get("for"):
            assert found["for"] in page.ids
        for attribute in ("aria-labelledby", "aria-describedby"):
            assert set(str(found.get(attribute) or "").split()) <= set(page.ids), found
    assert len(text) < LARGEST_PAGE
    return page


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("role", list(Role))
def test_every_page_is_well_made(
    office: Box, as_role: Callable[[Role | None], Browser], role: Role, language: str
) -> None:
    browser = as_role(role)
    browser.post("/language", {"language": language})
    extra = ["/users", "/audit", "/audit?action=photo"] if role is Role.ADMINISTRATOR else []
    if role in (Role.EDITOR, Role.ADMINISTRATOR):
        extra.append(f"/people/{people(office)[OBAMA].id}/quitclaims/new")
    for path in (*addresses(office), *SEARCHES, *extra):
        answer = browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        text = answer.get_data(as_text=True)
        assert f'<html lang="{language}"' in text
        page = check(text)
        posts = {f["action"] for f in page.all("form") if f.get("method") == "post" and f.get("action")}
        own = {"/language", "/appearance", "/sign-out"} | OF_EVERYBODY.get(path, set())
        searching = {post for post in posts if str(post).startswith("/search")}
        assert role is not Role.VIEWER or posts - searching == own, path


def test_an_empty_safe_says_what_to_do(box: Box) -> None:
    create_user(
        box.safe, by=OPERATOR, now=box.now(), name="e", password=PASSWORD, role=Role.EDITOR, language="en"
    )
    _, token = sign_in(box.safe, "e", PASSWORD, now=box.now())
    browser = Browser(create_app(box, https=False), token)
    for path, said in {
        "/": "The safe is empty",
        "/people": "Nobody is known yet",
        "/quitclaims": "No quitclaim is kept yet",
        "/imports": "Nothing was imported yet",
        "/releases": "Nothing was released yet",
    }.items():
        answer = browser.get(path)
        check(answer.get_data(as_text=True))
        assert said in words(answer)


@pytest.mark.parametrize(
    "path",
    ["/photos/none", "/people/none", "/quitclaims/none", "/imports/none", "/people/none/quitclaims/new"],
)
def test_what_does_not_exist_is_said_so(editor: Browser, path: str) -> None:
    answer = editor.get(path)
    assert answer.status_code == 404
    check(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    "query", ["light=blue", "purpose=recognition", "purpose=x", "from=yesterday", "stage=x"]
)
def test_a_search_that_makes_no_sense_is_refused(editor: Browser, query: str) -> None:
    answer = editor.get(f"/?{query}")
    assert answer.status_code == 400
    assert "This search is not understood." in words(answer)


def test_the_library_shows_all_lights_and_counts(office: Box, viewer: Browser) -> None:
    page = viewer.get("/")
    told = words(page)
    assert "8 photos in the safe" in told
    assert "website: green" in told
    assert "website: amber" in told
    assert "website: red" in told
    narrow = words(viewer.get("/?light=green&purpose=web"))
    assert "1 photo fits the search" in narrow
    assert "KLUI0001.JPG" in narrow
    assert "KLUI0004.JPG" not in narrow


def test_a_person_is_found_by_label_and_by_part_of_the_name(office: Box, viewer: Browser) -> None:
    for query in ("name=Barack+Obama+(Bestuur)", "name=barack+obama"):
        found = words(viewer.get(f"/?{query}", follow_redirects=True))
        assert "1 photo fits the search" in found, query
    for query in ("text=obama", "name=obam"):  # in the captions of others, too
        found = words(viewer.get(f"/?{query}", follow_redirects=True))
        assert "4 photos fit the search" in found, query
    labels = viewer.get("/people.json?text=bar", headers={"Accept": "application/json"}).get_json()["labels"]
    assert labels == ["Barack Obama (Bestuur)"]


def test_namesakes_are_told_apart(office: Box, app: Flask, editor: Browser) -> None:
    now = office.now()
    twins = [
        create_person(office.safe, by=OPERATOR, now=now, name="Jan Jansen", department=d)
        for d in ("Zorg", "Zorg", "Bouw")
    ]
    face = face_of(office, "KLUI0007")
    path = f"/photos/{photo_named(office, 'KLUI0007')}/faces/{face}/name"
    unclear = editor.post(path, {"name": "jan jansen"}, follow=True)
    assert unclear.status_code == 404 or "Several people have that name." in words(unclear)
    labels = editor.get("/people.json?text=jan").get_json()["labels"]
    assert len(labels) == len(set(labels)) == 3
    editor.post(path, {"name": f"Jan Jansen (Zorg) #{twins[1].id[:5]}"})
    named = faces(office, "KLUI0007")[0].confirmed
    assert named is not None
    assert named.id == twins[1].id


def test_pictures_have_the_size_that_the_page_says(office: Box, viewer: Browser) -> None:
    assert (display.THUMBNAIL_SIDE, display.PROXY_SIDE) == (copies.THUMBNAIL_SIDE, copies.PROXY_SIDE)
    page = check(viewer.get("/").get_data(as_text=True))
    told = {str(i["src"]): (i["width"], i["height"]) for i in page.all("img") if "thumbnail" in str(i["src"])}
    assert len(told) == 8
    for source, (width, height) in told.items():
        image = Image.open(io.BytesIO(viewer.get(source).data))
        assert (str(image.width), str(image.height)) == (width, height)


def test_confirming_turns_amber_into_green(office: Box, editor: Browser) -> None:
    assert light(office, "KLUI0003") is Light.AMBER
    photo, face = photo_named(office, "KLUI0003"), face_of(office, "KLUI0003")
    before = words(editor.get(f"/photos/{photo}"))
    assert "Is this Barack Obama?" in before
    assert "looks very much alike" in before
    path = f"/photos/{photo}/faces/{face}/confirm?light=amber"
    answer = editor.post(path, {"person": people(office)[OBAMA].id})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/photos/{photo}?face={face}&light=amber#face-{face}"
    assert light(office, "KLUI0003") is Light.GREEN
    assert "Barack Obama permits it (consent) until" in words(editor.get(f"/photos/{photo}"))


def test_a_rejected_suggestion_is_gone(office: Box, editor: Browser) -> None:
    photo, face = photo_named(office, "KLUI0003"), face_of(office, "KLUI0003")
    editor.post(f"/photos/{photo}/faces/{face}/reject", {"person": people(office)[OBAMA].id})
    assert faces(office, "KLUI0003")[0].suggestions == ()
    assert "No name yet" in words(editor.get(f"/photos/{photo}"))


def test_a_minor_is_never_chosen_beforehand(office: Box, editor: Browser) -> None:
    photo, chosen = photo_named(office, "KLUI0003"), 'data-key="yes"'
    assert chosen in editor.get(f"/photos/{photo}").text
    who, now, today = people(office)[OBAMA], office.now(), office.today()
    young = replace(who, birth_date=today.replace(year=today.year - 17))
    change_person(office.safe, young, by=OPERATOR, now=now, day=today)
    page = editor.get(f"/photos/{photo}")
    assert [one.name for one, _ in faces(office, "KLUI0003")[0].suggestions] == [OBAMA]
    assert "A minor is never chosen beforehand" in words(page)
    assert chosen not in page.text
    assert 'value="confirm" checked' not in page.text


def test_naming_by_hand(office: Box, editor: Browser) -> None:
    photo, face = photo_named(office, "KLUI0007"), face_of(office, "KLUI0007")
    path = f"/photos/{photo}/faces/{face}/name"
    unknown = editor.post(path, {"name": "Eileen Collins"}, follow=True)
    assert "Nobody of that name is known." in words(unknown)
    editor.post(path, {"name": "Eileen Collins", "new": "1"})
    named = faces(office, "KLUI0007")[0].confirmed
    assert named is not None
    assert named.name == "Eileen Collins"
    assert light(office, "KLUI0007") is Light.RED
    editor.post(f"/photos/{photo}/faces/{face}/unname")
    assert faces(office, "KLUI0007")[0].confirmed is None


def test_a_face_is_resolved_opened_again_and_removed(office: Box, editor: Browser) -> None:
    photo, face = photo_named(office, "KLUI0007"), face_of(office, "KLUI0007")
    path = f"/photos/{photo}/faces/{face}"
    for resolution in ("blur", "not_recognisable", "open"):
        editor.post(f"{path}/resolve", {"resolution": resolution})
        assert faces(office, "KLUI0007")[0].face.resolution is Resolution(resolution)
        check(editor.get(f"/photos/{photo}").get_data(as_text=True))
    assert "Choose what holds" in words(editor.post(f"{path}/resolve", {"resolution": "x"}, follow=True))
    editor.post(f"{path}/remove")
    assert faces(office, "KLUI0007") == ()
    assert light(office, "KLUI0007") is Light.AMBER


def test_a_face_is_drawn_in_percentages(office: Box, editor: Browser) -> None:
    path = f"/photos/{photo_named(office, 'KLUI0008')}/faces"
    editor.post(path, {"left": "10", "top": "20,5", "width": "30", "height": "40", "name": OBAMA})
    (found,) = faces(office, "KLUI0008")
    assert found.face.box is not None
    assert (found.face.box.left, found.face.box.top) == pytest.approx((0.1, 0.205))
    assert (found.face.box.width, found.face.box.height) == pytest.approx((0.3, 0.4))
    assert light(office, "KLUI0008") is Light.GREEN


@pytest.mark.parametrize("box", ["nan", "inf", "1e9", "x", "-500"])
def test_what_is_no_box_is_refused(office: Box, editor: Browser, box: str) -> None:
    path = f"/photos/{photo_named(office, 'KLUI0008')}/faces"
    answer = editor.post(path, {"left": box, "top": "1", "width": "20", "height": "20"}, follow=True)
    assert "That is no box." in words(answer)
    assert faces(office, "KLUI0008") == ()


def test_a_person_without_a_face_counts(office: Box, editor: Browser) -> None:
    path = f"/photos/{photo_named(office, 'KLUI0001')}/faces"
    assert "Say who it is" in words(editor.post(path, {}, follow=True))
    editor.post(path, {"name": BIDEN})
    assert light(office, "KLUI0001") is Light.RED
    shown = editor.get(f"/photos/{photo_named(office, 'KLUI0001')}")
    check(shown.get_data(as_text=True))
    assert "Added by hand, without a face" in words(shown)


def test_the_head_count_is_attested(office: Box, editor: Browser) -> None:
    path = f"/photos/{photo_named(office, 'KLUI0008')}/heads"
    for wrong in ("", "-1", "many", "²", "99999999"):
        assert "not a number of people" in words(editor.post(path, {"heads": wrong}, follow=True))
    editor.post(path, {"heads": "0"})
    assert light(office, "KLUI0008") is Light.GREEN


def test_a_released_copy_is_the_one_recorded(office: Box, editor: Browser) -> None:
    office.config = replace(office.config, credit="Gemeente Waterdam")
    photo = photo_named(office, "KLUI0001")
    answer = editor.post(f"/photos/{photo}/release", {"purpose": "web"})
    assert answer.status_code == 200
    (made,) = releases(office.safe, by=OPERATOR, now=office.now())
    assert hashlib.sha256(answer.data).hexdigest() == made.release.sha256
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{made.release.id}.jpg"'
    assert answer.headers["Cache-Control"] == "no-store"
    image = exiv2.ImageFactory.open(answer.data)
    image.readMetadata()
    assert not [one.key() for one in image.exifData() if "GPS" in one.key()]
    shown = words(editor.get("/releases"))
    assert made.release.sha256 in shown
    assert "website" in shown


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The permission of Joe Biden expired on"), ("nl", "De toestemming van Joe Biden is verlopen op")],
)
def test_a_red_release_is_refused_with_its_reasons(
    office: Box, editor: Browser, language: str, said: str
) -> None:
    editor.post("/language", {"language": language})
    answer = editor.post(f"/photos/{photo_named(office, 'KLUI0004')}/release", {"purpose": "web"})
    assert answer.status_code == 403
    check(answer.get_data(as_text=True))
    assert said in words(answer)
    assert releases(office.safe, by=OPERATOR, now=office.now()) == ()


def test_a_release_needs_a_purpose(office: Box, editor: Browser) -> None:
    path = f"/photos/{photo_named(office, 'KLUI0001')}/release"
    assert "Choose what the copy is for." in words(editor.post(path, {"purpose": "fun"}, follow=True))
    assert editor.post(path, {"purpose": "recognition"}).status_code == 403


def test_nothing_is_chosen_in_a_new_quitclaim(office: Box, editor: Browser) -> None:
    page = check(editor.get(f"/people/{people(office)[OBAMA].id}/quitclaims/new").get_data(as_text=True))
    choices = [one for one in page.all("input") if one.get("type") in ("radio", "checkbox")]
    assert choices
    assert not [one for one in choices if "checked" in one]
    days = [one for one in page.all("input") if one.get("type") == "date"]
    assert not any(one.get("value") for one in days)


def test_a_quitclaim_is_recorded_as_it_was_answered(office: Box, editor: Browser, clock: Clock) -> None:
    clock.advance(minutes=1)  # the latest word counts
    person = people(office)[BIDEN]
    last, own = office.today() + timedelta(days=300), office.today() + timedelta(days=30)
    form = {
        "basis": "consent", "until": last.isoformat(), "note": "paper in the archive",
        "answer-web": "granted", "answer-press": "granted", "until-press": own.isoformat(),
        "answer-print": "declined", "answer-intranet": "asked", "answer-social_media": "",
    }  # fmt: skip
    shown = editor.post(f"/people/{person.id}/quitclaims", form, follow=True)
    assert "The quitclaim is kept." in words(shown)
    view = person_view(office.safe, person.id, by=OPERATOR, now=office.now(), day=office.today())
    made = view.quitclaims[0].current
    assert made.basis is Basis.CONSENT
    assert {t.purpose: (t.answer, t.valid_until) for t in made.terms} == {
        Purpose.WEB: (Answer.GRANTED, last),
        Purpose.PRESS: (Answer.GRANTED, own),
        Purpose.PRINT: (Answer.DECLINED, None),
        Purpose.INTRANET: (Answer.ASKED, None),
    }
    assert light(office, "KLUI0004") is Light.GREEN


def test_a_quitclaim_with_a_mistake_keeps_what_was_filled_in(office: Box, editor: Browser) -> None:
    path = f"/people/{people(office)[BIDEN].id}/quitclaims"
    form = {"basis": "legitimate_interest", "answer-web": "granted", "note": "a long story"}
    answer = editor.post(path, form)
    assert answer.status_code == 400
    page = check(answer.get_data(as_text=True))
    assert "Legitimate interest needs a balancing text." in words(answer)
    chosen = {(one["name"], one["value"]) for one in page.all("input") if "checked" in one}
    assert chosen == {("basis", "legitimate_interest"), ("answer-web", "granted")}
    assert "a long story" in words(answer)
    assert editor.post(path, {"answer-web": "granted"}).status_code == 400
    assert editor.post(path, {"basis": "consent"}).status_code == 400
    assert editor.post("/people/none/quitclaims", form | {"balancing": "why"}).status_code in (303, 404)


def test_withdrawing_works_at_once(office: Box, editor: Browser) -> None:
    person = people(office)[OBAMA]
    view = person_view(office.safe, person.id, by=OPERATOR, now=office.now(), day=office.today())
    published = next(q.current for q in view.quitclaims if q.current.term(Purpose.WEB))
    path = f"/quitclaims/{published.id}/withdraw"
    assert "Choose which purposes" in words(editor.post(path, {}, follow=True))
    editor.post(path, {"purpose": "web"})
    assert light(office, "KLUI0001") is Light.RED
    assert light(office, "KLUI0001", Purpose.PRESS) is Light.GREEN
    shown = editor.post(path, {"all": "1"}, follow=True)
    assert light(office, "KLUI0001", Purpose.PRESS) is Light.RED
    assert "Version 3" in words(shown)
    assert "There is nothing left" in words(editor.post(path, {"all": "1"}, follow=True))


def test_amending_adds_a_version(office: Box, editor: Browser) -> None:
    found = quitclaims(office.safe, by=OPERATOR, now=office.now(), day=office.today())
    biden = next(v.current for p, v in found if p.name == BIDEN and v.current.term(Purpose.WEB))
    page = check(editor.get(f"/quitclaims/{biden.id}").get_data(as_text=True))
    chosen = {(one["name"], one["value"]) for one in page.all("input") if "checked" in one}
    assert chosen == {("answer-web", "granted"), ("answer-press", "granted")}
    until = (office.today() + timedelta(days=9)).isoformat()
    editor.post(f"/quitclaims/{biden.id}/amend", {"answer-web": "granted", "until-web": until})
    assert light(office, "KLUI0004") is Light.GREEN
    assert light(office, "KLUI0004", Purpose.PRESS) is Light.RED


def test_a_person_is_added_and_changed(office: Box, editor: Browser) -> None:
    shown = editor.post("/people", {"name": "Ada Lovelace", "department": "Onderzoek"}, follow=True)
    assert "Ada Lovelace" in words(shown)
    person = people(office)["Ada Lovelace"]
    form = {"name": "Ada King", "birth_date": "1815-12-10", "standing": "never_photograph", "email": "a@b.nl"}
    assert "Saved." in words(editor.post(f"/people/{person.id}", form, follow=True))
    changed = people(office)["Ada King"]
    assert (changed.birth_date, changed.standing.value) == (date(1815, 12, 10), "never_photograph")
    for wrong in ({"name": ""}, {"name": "A", "birth_date": "x"}, {"name": "A", "standing": "x"}):
        answer = editor.post(f"/people/{person.id}", wrong, follow=True)
        assert 'class="notice problem"' in answer.get_data(as_text=True)


def test_users_are_managed(office: Box, administrator: Browser) -> None:
    form = {"name": "Nieuw", "password": PASSWORD, "role": "editor", "language": "nl"}
    administrator.post("/users", form)
    made = next(u for u in users(office.safe, by=OPERATOR, now=office.now()) if u.name == "Nieuw")
    assert (made.role, made.language) == (Role.EDITOR, "nl")
    assert "That name is taken." in words(administrator.post("/users", form, follow=True))
    short = administrator.post("/users", form | {"name": "B", "password": "short"}, follow=True)
    assert "Use at least 12 characters" in words(short)
    assert "Choose a role." in words(administrator.post("/users", form | {"role": "king"}, follow=True))
    administrator.post(f"/users/{made.id}", {"role": "viewer"})
    changed = next(u for u in users(office.safe, by=OPERATOR, now=office.now()) if u.name == "Nieuw")
    assert (changed.role, changed.active) == (Role.VIEWER, False)
    assert administrator.post("/users/none", {"role": "viewer"}).status_code in (303, 404)


def test_the_log_is_checked_from_its_page(office: Box, administrator: Browser) -> None:
    answer = administrator.post("/audit/check")
    check(answer.get_data(as_text=True))
    assert "The log is whole" in words(answer)
    with office.safe.store.begin(by=OPERATOR, to="setting:edit", now=office.now()) as tx:  # type: ignore[arg-type]
        tx._db.execute("DROP TRIGGER IF EXISTS audit_no_change")
        for (name,) in tx._db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        ).fetchall():
            tx._db.execute(f"DROP TRIGGER {name}")
        tx._db.execute("UPDATE audit SET detail = 'forged' WHERE number = 3")
        tx.recorded += 1
    broken = administrator.post("/audit/check")
    check(broken.get_data(as_text=True))
    assert "The log is broken at entry 3" in words(broken)
    assert "was changed after it was written" in words(broken)


def test_recognition_is_switched_by_two_people_with_its_dpia(
    office: Box, administrator: Browser, as_role: Callable[[Role | None], Browser]
) -> None:
    officer = as_role(Role.PRIVACY_OFFICER)
    administrator.post("/box/recognition/stop", {})
    assert not recognition(office.safe, by=OPERATOR, now=office.now()).on
    assert rows(office, "SELECT * FROM templates") == []
    refused = administrator.post("/box/recognition/propose", {}, follow=True)
    assert "Recognition needs the reference" in words(refused)
    administrator.post("/box/recognition/propose", {"dpia": "DPIA-2026-9"})
    assert administrator.post("/box/recognition/approve", {}).status_code == 403
    assert not recognition(office.safe, by=OPERATOR, now=office.now()).on
    officer.post("/box/recognition/approve", {})
    assert recognition(office.safe, by=OPERATOR, now=office.now()).on
    assert recognition(office.safe, by=OPERATOR, now=office.now()).dpia == "DPIA-2026-9"
    assert "DPIA-2026-9" in words(administrator.get("/box"))


def test_the_model_card_tells_of_each_file(office: Box, viewer: Browser) -> None:
    assert "missed" in words(viewer.get("/box"))
    told = words(viewer.get("/box/models"))
    assert "about 1 in 1,000 unknown faces" in told
    for part in ("mediapipe 0.10.21", "Apache-2.0", "CC0-1.0", "About 3 million photos"):
        assert part in told
    assert len(re.findall(r"\b[0-9a-f]{64}\b", told.replace("SHA-256", " "))) >= 6


def test_files_are_sent_one_by_one(office: Box, editor: Browser) -> None:
    headers = {"X-CSRFToken": editor.form_token(), "Accept": "application/json", "Tus-Resumable": "1.0.0"}
    send = editor.client.post
    opened = send("/imports", headers=headers)
    assert opened.status_code == 201
    made = opened.get_json()
    new, known = picture(7), picture(7)
    answers = []
    for name, data in (("a.jpg", new), ("copy.jpg", known), ("empty.jpg", b""), ("../../x.jpg", b"no")):
        about = {
            "Upload-Length": str(len(data)),
            "Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}",
            "Content-Type": "application/offset+octet-stream",
        }
        answers.append(send(made["uploads"], data=data, headers=headers | about))
    assert [(a.status_code, a.get_json()["state"] == "kept") for a in answers] == [
        (201, True), (201, True), (201, False), (201, True),
    ]  # fmt: skip
    numbers = send(made["finish"], headers=headers).get_json()
    assert {k: numbers[k] for k in ("found", "handled", "stored", "known", "failed")} == {
        "found": 4, "handled": 4, "stored": 2, "known": 1, "failed": 1,
    }  # fmt: skip
    assert numbers["waiting"] == 2
    assert not numbers["finished"]
    assert {r["name"] for r in rows(office, "SELECT name FROM photos WHERE stage = 'stored'")} == {
        "a.jpg",
        "x.jpg",
    }
    examine(office)
    after = editor.get(f"{made['page']}.json").get_json()
    assert after["finished"]
    assert after["set_aside"] == 1
    shown = words(editor.get(made["page"]))
    assert "The file is damaged, or it is no photo." in shown
    assert "1 file could not be copied" in shown


def test_progress_leaves_no_trace_in_the_log(office: Box, editor: Browser) -> None:
    import_id = imports(office.safe, by=OPERATOR, now=office.now())[0].id
    before = rows(office, "SELECT count(*) AS entries FROM audit")
    for path in ("/waiting.json", f"/imports/{import_id}.json"):
        assert editor.get(path).get_json()["finished"]
    assert rows(office, "SELECT count(*) AS entries FROM audit") == before


def test_a_form_sends_many_files_at_once(office: Box, editor: Browser) -> None:
    files = [(io.BytesIO(picture(n)), f"IMG_{n}.JPG") for n in (20, 21, 22)]
    shown = editor.post("/imports/upload", {"photos": files}, follow=True)
    assert "3 of 3 files copied" in words(shown)
    assert "Choose one or more photos first." in words(editor.post("/imports/upload", {}, follow=True))


def test_only_cards_are_imported(office: Box, editor: Browser, tmp_path: Path) -> None:
    card, outside = tmp_path / "media" / "card", tmp_path / "outside"
    fill(card, {"DCIM/a.jpg": picture(30), ".hidden/b.jpg": picture(31)})
    fill(outside, {"secret.jpg": picture(32)})
    (tmp_path / "media" / "way-out").symlink_to(outside)
    office.config = replace(office.config, import_roots=(tmp_path / "media",))
    shown = editor.get("/imports").get_data(as_text=True)
    assert str(card) in shown
    assert ".hidden" not in shown
    for folder in (outside, tmp_path / "media" / "way-out", card / ".." / ".." / "outside", "", "relative"):
        answer = editor.post("/imports/folder", {"folder": str(folder)}, follow=True)
        assert "Photos are not imported from there." in words(answer), folder
    assert "There is no such folder." in words(
        editor.post("/imports/folder", {"folder": str(card / "none")}, follow=True)
    )
    answer = editor.post("/imports/folder", {"folder": str(card)}, follow=True)
    assert "Copying" in words(answer)
    opened = imports(office.safe, by=OPERATOR, now=office.now())[0]
    assert (opened.source, opened.finished_at) == (str(card), None)


def test_large_pages_stay_small(office: Box, editor: Browser, tmp_path: Path) -> None:
    card = fill(tmp_path / "card", {f"a long name of a photo file {n:04}.jpg": picture(n) for n in range(70)})
    take(office, card)
    for n in range(names.MOST_LISTED):
        name, department = f"Somebody with a long name {n:03}", "Department of long names and other matters"
        create_person(office.safe, by=OPERATOR, now=office.now(), name=name, department=department)
    library_page = editor.get("/")
    check(library_page.get_data(as_text=True))
    following = re.search(r'href="([^"]+)" rel="next"', library_page.get_data(as_text=True))
    assert following
    check(editor.get(following[1]).get_data(as_text=True))
    check(editor.get("/people").get_data(as_text=True))
    photo = photo_named(office, "KLUI0008")
    for n in range(90):
        corner = {"left": str(n % 10 * 10), "top": str(n // 10 * 10), "width": "9", "height": "9"}
        assert editor.post(f"/photos/{photo}/faces", corner).status_code == 303
    last = faces(office, "KLUI0008")[-1].face.id
    for query in ("", "?part=2", "?part=99", f"?face={last}"):
        text = editor.get(f"/photos/{photo}{query}").get_data(as_text=True)
        check(text)
        assert (f'id="face-{last}"' in text) == (query in ("?part=99", f"?face={last}"))


def test_photos_that_wait_or_were_set_aside_have_pages_too(
    office: Box, editor: Browser, tmp_path: Path
) -> None:
    take(office, fill(tmp_path / "card", {"waits.jpg": picture(50), "broken.jpg": b"\xff\xd8\xffbroken"}))
    waiting = words(editor.get(f"/photos/{photo_named(office, 'waits')}"))
    assert "This photo is still to be examined" in waiting
    check(editor.get("/").get_data(as_text=True))
    assert "photos are still to be examined." in words(editor.get("/"))
    examine(office)
    broken = editor.get(f"/photos/{photo_named(office, 'broken')}")
    check(broken.get_data(as_text=True))
    assert "This file was set aside" in words(broken)
    assert "broken.jpg" in words(editor.get(f"/?stage={Stage.SET_ASIDE.value}"))


def test_a_card_may_hold_many_folders(office: Box, editor: Browser, tmp_path: Path) -> None:
    for n in range(import_pages._FOLDERS_SHOWN + 20):
        (tmp_path / "media" / f"card-{n}").mkdir(parents=True)
    office.config = replace(office.config, import_roots=(tmp_path / "media", tmp_path / "absent"))
    check(editor.get("/imports").get_data(as_text=True))


def test_what_people_typed_is_text_and_never_markup(office: Box, editor: Browser) -> None:
    nasty = '<script>alert("x")</script>\'"><img src=x onerror=1>'
    person = create_person(office.safe, by=OPERATOR, now=office.now(), name=nasty, department=nasty)
    face, photo = face_of(office, "KLUI0007"), photo_named(office, "KLUI0007")
    editor.post(f"/photos/{photo}/faces/{face}/confirm", {"person": person.id})
    record = {"basis": "consent", "answer-web": "declined", "note": nasty}
    editor.post(f"/people/{person.id}/quitclaims", record)
    for path in (*addresses(office), f"/?text={nasty}", f"/people?text={nasty}"):
        text = editor.get(path, follow_redirects=True).get_data(as_text=True)
        check(text)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert len(PUBLICATION) == 5


def test_whatever_watches_the_box_hears_whether_it_is_well(demo_box: Box) -> None:
    for app in (create_app(demo_box, https=False), create_door(demo_box, https=False)):
        answer = app.test_client().get("/healthz")
        assert (answer.status_code, answer.data) == (200, b"fine\n")
        assert "Set-Cookie" not in answer.headers


def test_a_safe_that_does_not_answer_is_not_well(box: Box) -> None:
    app = create_app(box, https=False)
    box.safe.store.close()
    box.config.database.write_bytes(b"no database" * 1000)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.data) == (503, b"broken\n")


def test_the_head_of_the_log_is_printed_and_the_log_leaves_as_a_file(administrator: Browser) -> None:
    page = administrator.post("/audit/head").get_data(as_text=True)
    assert "<svg" in page
    assert read_head(page) is not None
    lines = administrator.post("/audit/export", {"format": "jsonl"})
    assert lines.headers["Content-Disposition"] == 'attachment; filename="audit.jsonl"'
    assert '"action": "audit:sign"' in lines.get_data(as_text=True)
    table = administrator.post("/audit/export", {"format": "csv"})
    assert table.mimetype == "text/csv"
    assert administrator.post("/audit/export", {"format": "xml"}).status_code == 303


def test_who_looked_stands_on_a_page(administrator: Browser, viewer: Browser, office: Box) -> None:
    photo_id = photo_named(office, "KLUI0001")
    viewer.get(f"/photos/{photo_id}")
    viewer.get(f"/photos/{photo_id}/thumbnail.jpg")
    shown = words(administrator.get(f"/audit/looks?thing={photo_id}"))
    assert "viewer 2 times" in shown
