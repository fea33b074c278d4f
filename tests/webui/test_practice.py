"""The practice safes: everything can be tried there, by its owner alone, and nothing of it is real."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from appliance.actions.people import person_names
from appliance.actions.practice import exercises
from appliance.demo.practice import make_practice, newcomer, open_practice, practice_folder, remove_practice
from appliance.domain.access import OPERATOR, Role, UserId, acting
from appliance.domain.practice import Exercise
from appliance.tasks import Jobs
from appliance.wiring import Box, open_box
from tests.actions.scene import everything, rows
from tests.conftest import Clock, config_of
from tests.webui.browser import Browser, words
from tests.webui.conftest import Staff
from webui import create_app
from webui.practice import Mount


@dataclass
class School:
    """An office with practice pages, and the jobs that its worker does."""

    box: Box
    app: Flask
    staff: Staff

    def newcomer(self, role: Role | None = Role.EDITOR) -> Browser:
        return Newcomer(self.app, self.staff.tokens[role] if role else "")

    def owner(self, role: Role = Role.EDITOR) -> UserId:
        (row,) = rows(self.box, "SELECT id FROM users WHERE name = ?", role)
        return UserId(row["id"])

    def work(self) -> None:
        """What the worker does when the bell rings."""
        jobs = Jobs(self.box.config)
        jobs.practise(self.owner())
        jobs.box.close()
        jobs.huey.storage.close()


class Newcomer(Browser):
    """A browser whose pages lie below /practice."""

    def form_token(self) -> str:
        page = self.get("/practice/exercises").get_data(as_text=True)
        return page.split('name="csrf-token" content="')[1].split('"')[0]


@pytest.fixture(scope="module")
def school_home(tmp_path_factory: pytest.TempPathFactory, staff: Staff) -> Path:
    home = Path(shutil.copytree(staff.home, tmp_path_factory.mktemp("school") / "home"))
    make_practice(config_of(home), None, lambda _line: None)
    return home


@pytest.fixture
def school(school_home: Path, staff: Staff, tmp_path: Path, clock: Clock) -> Iterator[School]:
    box = open_box(config_of(Path(shutil.copytree(school_home, tmp_path / "school"))), clock=clock)
    app = create_app(box, https=False)
    mount = Mount(app.wsgi_app, box, https=False)
    app.wsgi_app = mount  # type: ignore[method-assign]
    yield School(box, app, staff)
    mount.close()
    box.close()


def test_a_stranger_is_sent_to_sign_in_and_sees_no_portrait(school: School) -> None:
    stranger = school.newcomer(None)
    for path in ("/practice/", "/practice/exercises", "/practice/portrait.jpg", "/practice/people"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?to=/practice/")
    assert not [path for path in practice_folder(school.box.config).iterdir() if path.name.startswith("of-")]


def test_every_page_says_that_it_is_practice_and_the_office_says_no_such_thing(school: School) -> None:
    browser = school.newcomer()
    for path in ("/", "/people", "/quitclaims", "/to-do", "/faces", "/imports", "/releases", "/exercises"):
        answer = browser.get(f"/practice{path}")
        assert answer.status_code == 200, path
        assert "Nothing here is real" in words(answer)
        assert "Nothing here is real" not in words(browser.get(path))


@pytest.mark.parametrize("path", ["/users", "/audit", "/account", "/box", "/sign-in", "/mail", "/watermark"])
def test_what_is_the_offices_alone_cannot_be_practised(school: School, path: str) -> None:
    answer = school.newcomer(Role.ADMINISTRATOR).get(f"/practice{path}")
    assert answer.status_code in (400, 404)


def test_the_exercises_from_the_first_photo_to_the_withdrawal(school: School) -> None:
    browser = school.newcomer()
    before = everything(school.box)
    portrait = browser.get("/practice/portrait.jpg").get_data()
    sent = browser.post("/practice/imports/upload", {"photos": (io.BytesIO(portrait), "portrait.jpg")})
    assert sent.status_code == 303
    school.work()

    practice = open_practice(school.box.config, school.owner())
    try:
        (face,) = rows(
            practice,
            "SELECT faces.id, photo_id FROM faces JOIN photos ON photos.id = photo_id"
            " WHERE name = 'portrait.jpg'",
        )
        biden = {p.name: p.id for p in person_names(practice.safe, by=OPERATOR, now=practice.now())}[
            "Joe Biden"
        ]
        (his,) = rows(
            practice, "SELECT photo_id FROM links WHERE person_id = ? AND state = 'confirmed'", biden
        )
    finally:
        practice.close()
    assert browser.post("/practice/people", {"name": "Eileen Collins"}).status_code == 303
    address = f"/practice/photos/{face['photo_id']}/faces/{face['id']}/name"
    assert browser.post(address, {"name": "Eileen Collins"}).status_code == 303
    refused = browser.post(f"/practice/photos/{his['photo_id']}/release", {"purpose": "press"})
    assert refused.status_code == 403

    did = {one for one, done in practising(school).items() if done}
    assert did == {Exercise.BRING, Exercise.NAME, Exercise.REFUSED}

    yes = {
        "basis": "consent",
        "answer-web": "granted",
        "answer-press": "granted",
        "until-press": "2099-01-01",
    }
    for person_id in (collins(school), biden):
        recorded = browser.post(f"/practice/people/{person_id}/quitclaims", yes)
        assert recorded.status_code == 303
    assert (
        browser.post(f"/practice/photos/{his['photo_id']}/release", {"purpose": "press"}).status_code == 200
    )
    newest = recorded.headers["Location"].split("/quitclaims/")[-1].split("#")[0]
    assert browser.post(f"/practice/quitclaims/{newest}/withdraw", {"all": "1"}).status_code == 303
    assert all(practising(school).values())
    assert "All done" in words(browser.get("/practice/exercises"))
    # Nothing of it reached the safe: but for who is signed in, its rows are what they were.
    changed = set(map(repr, everything(school.box))) ^ set(map(repr, before))
    assert not [
        row for row in changed if "Collins" in row or "portrait" in row or "photo" in row.split(".")[0]
    ]


def collins(school: School) -> str:
    practice = open_practice(school.box.config, school.owner())
    try:
        return str(rows(practice, "SELECT id FROM people WHERE name = 'Eileen Collins'")[0]["id"])
    finally:
        practice.close()


def practising(school: School) -> dict[Exercise, bool]:
    practice = open_practice(school.box.config, school.owner())
    try:
        return exercises(practice.safe, by=acting(newcomer(practice)), now=practice.now())
    finally:
        practice.close()


def test_each_newcomer_has_a_safe_of_their_own_and_can_begin_anew(school: School) -> None:
    editor, officer = school.newcomer(), school.newcomer(Role.PRIVACY_OFFICER)
    assert editor.post("/practice/people", {"name": "Ada Lovelace"}).status_code == 303
    assert "Ada Lovelace" in words(editor.get("/practice/people"))
    assert "Ada Lovelace" not in words(officer.get("/practice/people"))
    assert "Ada Lovelace" not in words(editor.get("/people"))
    assert editor.post("/practice/anew").status_code == 303
    assert "Ada Lovelace" not in words(editor.get("/practice/people"))


def test_without_a_practice_safe_the_address_is_the_offices_and_unknown(school: School) -> None:
    remove_practice(school.box.config)
    assert school.newcomer().get("/practice/exercises").status_code == 404
    assert "There is no practice safe on this box" in words(school.newcomer().get("/guide"))
