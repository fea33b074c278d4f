"""The audit log: read and checked through the safe, and true to what happened."""

import pytest

from appliance.actions import audit
from appliance.actions.asking import requests
from appliance.actions.consent import quitclaims
from appliance.actions.people import people, person_names
from appliance.actions.permission_lists import list_view, receive_list
from appliance.actions.photos import BlobKind, Filter, face_picture, library, look_at, picture
from appliance.actions.recognition import propose_recognition
from appliance.actions.renewals import ending_soon
from appliance.actions.shoots import shoot_view
from appliance.domain.access import OPERATOR
from appliance.domain.audit import Head
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.photos import FaceId, PhotoId, ShootId
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, VIEWER, VISITOR, named, person, raw, rows, told


def check(box: Box, known: Head | None = None) -> str:
    checked = audit.check(box.safe, by=ADMINISTRATOR, now=box.now(), known=known)
    return "whole" if checked.whole else f"{checked.broken_at}: {checked.problem}"


def tamper(box: Box, *sql: str) -> None:
    """As somebody with the key, and without the triggers, could."""
    with raw(box) as db:
        db.execute("DROP TRIGGER audit_is_not_changed")
        db.execute("DROP TRIGGER audit_is_not_deleted")
        for statement in sql:
            db.execute(statement)


def test_looking_in_the_log_is_in_the_log(box: Box) -> None:
    person(box, "Anna")
    first = audit.recent(box.safe, by=ADMINISTRATOR, now=box.now())
    assert [entry.event.action for entry in first] == ["person:add"]
    assert check(box) == "whole"
    assert told(box)[1:] == [
        "the-administrator audit:view  done",
        "the-administrator audit:check  done whole",
    ]


def test_the_log_is_searched_by_thing_actor_and_action(demo_box: Box) -> None:
    def found(**by: str) -> list[str]:
        entries = audit.recent(demo_box.safe, by=OPERATOR, now=demo_box.now(), limit=1000, **by)
        return [entry.event.action for entry in entries]

    photo = named(demo_box, "KLUI0001.JPG")
    assert found(thing=photo) == ["photo:view", "photo:analyse", "photo:import"]
    assert set(found(actor="worker")) == {
        "photo:analyse",
        "recognition:enrol",
        "recognition:rescan",
        "face:suggest",
    }
    assert set(found(action="quitclaim")) == {"quitclaim:record"}
    assert found(action="quit") == []
    assert len(found(action="photo:analyse")) == 8


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("UPDATE audit SET detail = 'nothing' WHERE number = 3", "3: was changed after it was written"),
        ("UPDATE audit SET actor = 'somebody' WHERE number = 3", "3: was changed after it was written"),
        ("UPDATE audit SET outcome = 'refused' WHERE number = 3", "3: was changed after it was written"),
        ("DELETE FROM audit WHERE number = 3", "3: an entry is missing"),
        ("DELETE FROM audit WHERE number = 1", "1: an entry is missing"),
    ],
)
def test_a_change_below_every_rule_is_found(box: Box, sql: str, problem: str) -> None:
    """P25."""
    for name in ("Anna", "Bob", "Carla", "Dirk"):
        person(box, name)
    tamper(box, sql)
    assert check(box) == problem
    assert told(box)[-1].startswith("the-administrator audit:check  done broken_at=")


def test_what_is_cut_off_at_the_end_is_found_by_a_head_kept_elsewhere(box: Box) -> None:
    for name in ("Anna", "Bob", "Carla"):
        person(box, name)
    head = audit.check(box.safe, by=OPERATOR, now=box.now()).head
    tamper(box, "DELETE FROM audit WHERE number >= 3")
    assert check(box) == "whole"
    assert check(box, head) == "3: differs from the head that was kept elsewhere"


def test_the_rules_of_the_database_do_not_let_an_entry_be_changed(box: Box) -> None:
    person(box, "Anna")
    with raw(box) as db:
        for sql in ("UPDATE audit SET detail = 'x'", "DELETE FROM audit"):
            with pytest.raises(Exception, match="an audit entry is never"):
                db.execute(sql)


@pytest.mark.parametrize("by", [VISITOR, VIEWER], ids=["visitor", "viewer"])
def test_what_is_refused_is_told_too(box: Box, by: object) -> None:
    with pytest.raises(NotAllowed) as refused:
        propose_recognition(box.safe, "DPIA-1", by=by, now=box.now())  # type: ignore[arg-type]
    assert (refused.value.key, refused.value.exit_status) == ("access:denied", 3)
    assert refused.value.hint == "Ask somebody who is administrator."
    assert told(box) == [f"{by.id} recognition:propose  refused access:denied"]  # type: ignore[attr-defined]
    assert rows(box, "SELECT * FROM settings WHERE key = 'recognition'") == []


def test_every_look_at_a_photo_is_told(demo_box: Box) -> None:
    """S22."""
    box, now, day = demo_box, demo_box.now(), demo_box.today()
    begin, photo = len(told(box)), named(demo_box, "KLUI0001.JPG")
    library(box.safe, by=VIEWER, now=now, day=day, wanted=Filter(text="KLUI"), limit=3)
    view = look_at(box.safe, photo, by=VIEWER, now=now, day=day)
    for kind in (BlobKind.PROXY, BlobKind.THUMBNAIL):
        assert picture(box.safe, photo, kind, by=VIEWER, now=now)[:3] == b"\xff\xd8\xff"
    assert (
        face_picture(box.safe, box.decoder, view.faces[0].face.id, by=VIEWER, now=now)[:3] == b"\xff\xd8\xff"
    )
    assert told(box, begin) == [
        "the-viewer photo:list  done photos=3",
        f"the-viewer photo:view {photo} done",
        f"the-viewer photo:preview {photo} done proxy",
        f"the-viewer photo:preview {photo} done thumbnail",
        f"the-viewer photo:preview {photo} done face",
    ]


@pytest.mark.parametrize("kind", [BlobKind.ORIGINAL, BlobKind.SIDECAR])
def test_an_original_is_never_shown(photo_box: Box, photo: PhotoId, kind: BlobKind) -> None:
    """Originals leave by a release, and by nothing else."""
    with pytest.raises(Mistake) as problem:
        picture(photo_box.safe, photo, kind, by=OPERATOR, now=photo_box.now())
    assert problem.value.key == "photo:no_preview"


def test_what_is_unknown_is_told(photo_box: Box) -> None:
    now, day = photo_box.now(), photo_box.today()
    with pytest.raises(Mistake) as problem:
        look_at(photo_box.safe, PhotoId("nowhere"), by=OPERATOR, now=now, day=day)
    assert problem.value.key == "photo:unknown"
    with pytest.raises(Mistake) as problem:
        picture(photo_box.safe, PhotoId("nowhere"), BlobKind.PROXY, by=OPERATOR, now=now)
    assert problem.value.key == "photo:unknown"
    with pytest.raises(Mistake) as problem:
        face_picture(photo_box.safe, photo_box.decoder, FaceId("nowhere"), by=OPERATOR, now=now)
    assert problem.value.key == "face:unknown"


def test_lists_of_names_are_in_the_log(demo_box: Box) -> None:
    """S22: who listed people, quitclaims, requests or an old list is told later, with how many."""
    now, day = demo_box.now(), demo_box.today()
    shoot = ShootId(rows(demo_box, "SELECT id FROM shoots")[0]["id"])
    kept = receive_list(demo_box.safe, b"Name;Web\nAnna;yes\n", "old.csv", by=ADMINISTRATOR, now=now)
    before = len(told(demo_box))
    people(demo_box.safe, by=VIEWER, now=now, day=day, text="bid")
    person_names(demo_box.safe, by=VIEWER, now=now, text="nobody of that name")
    quitclaims(demo_box.safe, by=VIEWER, now=now, day=day)
    requests(demo_box.safe, by=VIEWER, now=now)
    ending_soon(demo_box.safe, by=VIEWER, now=now, day=day)
    shoot_view(demo_box.safe, shoot, by=VIEWER, now=now)
    list_view(demo_box.safe, kept.id, by=ADMINISTRATOR, now=now, day=day)
    found = [line.removesuffix(" done") for line in told(demo_box)[before:]]
    invited = len(rows(demo_box, "SELECT person_id FROM invitations"))
    asked = len(rows(demo_box, "SELECT DISTINCT person_id FROM quitclaims"))
    assert found == [
        "the-viewer person:list  done people=1",
        "the-viewer person:list  done people=0",
        f"the-viewer quitclaim:list  done people={asked}",
        "the-viewer quitclaim:requests  done requests=0",
        "the-viewer quitclaim:ending ",
        f"the-viewer shoot:view {shoot} done people={invited}",
        f"the-administrator list:view {kept.id}",
    ]
