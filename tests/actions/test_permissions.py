"""Every action asks before it acts: the permission of each, tried by everybody there is.

An action that is new and stands not in the table fails here.
"""

import importlib
import inspect
import io
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance import actions
from appliance.actions import (
    access,
    audit,
    consent,
    faces,
    health,
    intake,
    models,
    people,
    photos,
    recognition,
    release,
)
from appliance.domain.access import OPERATOR, WORKER, Actor, Permission, Role, User, UserId, decide
from appliance.domain.consent import Purpose, QuitclaimId
from appliance.domain.errors import KluisError, NotAllowed
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import FaceId, ImportId, PhotoId, Resolution
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, EDITOR, VIEWER, VISITOR, everything, granted, log

PHOTO, FACE, PERSON = PhotoId("a-photo"), FaceId("a-face"), PersonId("a-person")
QUITCLAIM, IMPORT, USER = QuitclaimId("a-quitclaim"), ImportId("an-import"), UserId("a-user")
SOMEBODY, STAFF = Person(PERSON, "Anna"), User(USER, "anna", Role.ADMINISTRATOR)
LONG = "a sentence that is long enough"

# The permission that each action takes, and what it is called with besides `by` and `now`. `box` and `day`
# stand for themselves.
TABLE: dict[Callable[..., object], tuple[Permission, tuple[object, ...], dict[str, object]]] = {
    access.create_user: (
        Permission.USER_EDIT,
        (),
        {"name": "bob", "password": LONG, "role": Role.VIEWER},
    ),
    access.set_password: (Permission.USER_EDIT, (USER, LONG), {}),
    access.change_user: (Permission.USER_EDIT, (STAFF,), {}),
    access.users: (Permission.USER_VIEW, (), {}),
    access.choose_language: (Permission.SESSION_USE, (USER, "nl"), {}),
    audit.check: (Permission.AUDIT_VIEW, (), {}),
    audit.recent: (Permission.AUDIT_VIEW, (), {}),
    consent.record: (Permission.QUITCLAIM_EDIT, (PERSON, granted(Purpose.WEB)), {"day": "day"}),
    consent.amend: (Permission.QUITCLAIM_EDIT, (QUITCLAIM, granted(Purpose.WEB)), {"day": "day"}),
    consent.withdraw: (Permission.QUITCLAIM_EDIT, (QUITCLAIM,), {"day": "day"}),
    consent.person_to_record: (Permission.QUITCLAIM_EDIT, (PERSON,), {}),
    consent.quitclaim_view: (Permission.QUITCLAIM_VIEW, (QUITCLAIM,), {"day": "day"}),
    consent.quitclaims: (Permission.QUITCLAIM_VIEW, (), {"day": "day"}),
    faces.confirm: (Permission.PHOTO_EDIT, (FACE, PERSON), {"day": "day", "bell": "bell"}),
    faces.reject: (Permission.PHOTO_EDIT, (FACE, PERSON), {"day": "day"}),
    faces.unname: (Permission.PHOTO_EDIT, (FACE,), {"day": "day"}),
    faces.add_face: (Permission.PHOTO_EDIT, (PHOTO, None), {"day": "day", "bell": "bell"}),
    faces.remove_face: (Permission.PHOTO_EDIT, (FACE,), {"day": "day"}),
    faces.resolve: (Permission.PHOTO_EDIT, (FACE, Resolution.BLUR), {"day": "day"}),
    health.status: (Permission.HEALTH_VIEW, (Path("/"),), {"day": "day"}),
    health.damage: (Permission.SETTING_EDIT, (), {}),
    intake.start_import: (Permission.PHOTO_IMPORT, ("/media/card",), {}),
    intake.import_folder: (Permission.PHOTO_IMPORT, (Path("/media"),), {"clock": "clock", "bell": "bell"}),
    intake.carry_out: (Permission.PHOTO_IMPORT, (IMPORT,), {"clock": "clock", "bell": "bell"}),
    intake.import_upload: (
        Permission.PHOTO_IMPORT,
        ("a.jpg", io.BytesIO(b"a"), IMPORT),
        {"bell": "bell"},
    ),
    intake.finish_upload: (Permission.PHOTO_IMPORT, (IMPORT,), {}),
    intake.unfinished: (Permission.PHOTO_IMPORT, (), {}),
    intake.abandoned: (Permission.PHOTO_IMPORT, (), {}),
    intake.imports: (Permission.PHOTO_VIEW, (), {}),
    intake.import_report: (Permission.PHOTO_VIEW, (IMPORT,), {}),
    intake.file_problems: (Permission.PHOTO_VIEW, (IMPORT,), {}),
    intake.unexamined: (Permission.PHOTO_VIEW, (), {}),
    models.model_card: (Permission.HEALTH_VIEW, (Path("/nowhere"),), {}),
    people.create_person: (Permission.PERSON_EDIT, (), {"name": "Bob"}),
    people.change_person: (Permission.PERSON_EDIT, (SOMEBODY,), {"day": "day"}),
    people.people: (Permission.PERSON_VIEW, (), {"day": "day"}),
    people.person_view: (Permission.PERSON_VIEW, (PERSON,), {"day": "day"}),
    people.person_names: (Permission.PERSON_VIEW, (), {}),
    photos.library: (Permission.PHOTO_VIEW, (), {"day": "day", "wanted": photos.Filter()}),
    photos.look_at: (Permission.PHOTO_VIEW, (PHOTO,), {"day": "day"}),
    photos.picture: (Permission.PHOTO_VIEW, (PHOTO, photos.BlobKind.PROXY), {}),
    photos.face_picture: (Permission.PHOTO_VIEW, ("decoder", FACE), {}),
    photos.count_heads: (Permission.PHOTO_EDIT, (PHOTO, 1), {"day": "day"}),
    photos.verdicts: (Permission.PHOTO_VIEW, ([PHOTO],), {"day": "day"}),
    photos.lights_in_all: (Permission.PHOTO_VIEW, (), {"day": "day"}),
    recognition.recognition: (Permission.HEALTH_VIEW, (), {}),
    recognition.switch_recognition: (Permission.SETTING_EDIT, (True,), {"dpia": "DPIA-1"}),
    release.release: (Permission.RELEASE_MAKE, ("decoder", PHOTO, Purpose.WEB), {"day": "day"}),
    release.releases: (Permission.RELEASE_VIEW, (), {}),
}
# What nobody may do to somebody else, whatever their permissions.
OWN_ONLY = {access.choose_language}
EVERYBODY = (VISITOR, VIEWER, EDITOR, ADMINISTRATOR, WORKER, OPERATOR)


def public_actions() -> Iterator[Callable[..., object]]:
    """Every public function of floor 2 that somebody is named for."""
    for found in pkgutil.iter_modules(actions.__path__):
        module = importlib.import_module(f"{actions.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            ours = function.__module__ == module.__name__ and not name.startswith("_")
            if ours and "by" in inspect.signature(function).parameters:
                yield function


def told(function: Callable[..., object]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def test_every_action_stands_in_the_table() -> None:
    assert sorted(map(told, public_actions())) == sorted(map(told, TABLE))


def attempt(box: Box, function: Callable[..., object], by: Actor) -> None:
    _, arguments, named = TABLE[function]
    equipment = {"day": box.today(), "bell": box.bell, "clock": box.clock, "decoder": box.decoder}
    filled = [equipment.get(a, a) if isinstance(a, str) else a for a in arguments]
    keywords = {k: equipment.get(v, v) if isinstance(v, str) else v for k, v in named.items()}
    if "now" in inspect.signature(function).parameters:
        keywords["now"] = box.now()
    function(box.safe, *filled, by=by, **keywords)


@pytest.mark.parametrize("function", TABLE, ids=told)
def test_an_action_is_for_those_who_hold_its_permission(
    box: Box, function: Callable[..., object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    permission = TABLE[function][0]
    if function is intake.import_folder:
        monkeypatch.setitem(TABLE, function, (permission, (tmp_path,), TABLE[function][2]))
    for by in EVERYBODY:
        before, entries = everything(box), len(log(box))
        try:
            attempt(box, function, by)
            refused = False
        except NotAllowed as problem:
            refused = problem.key == "access:denied"
        except KluisError:
            refused = False
        may = decide(by, permission).allowed and function not in OWN_ONLY
        assert refused is not may, f"{by.id} and {permission}"
        if refused:
            (entry,) = log(box)[entries:]
            assert (entry.actor, entry.event.action, entry.event.outcome) == (by.id, permission, "refused")
            assert [row for row in everything(box) if not row[0].startswith("audit.")] == [
                row for row in before if not row[0].startswith("audit.")
            ]
