"""What the tests of actions are played with: pictures, a card, who acts, and a look behind the scenes."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from PIL import Image
from sqlite_utils import Database

from appliance.actions import people
from appliance.actions.analysis import analyse, waiting
from appliance.actions.consent import record
from appliance.actions.intake import import_folder
from appliance.actions.photos import verdicts
from appliance.actions.proposals import answer_proposal, propose
from appliance.domain.access import OPERATOR, VISITOR, Actor, Kind, Permission, Role
from appliance.domain.audit import Entry
from appliance.domain.consent import Answer, Purpose, Quitclaim, Term, Verdict
from appliance.domain.people import PersonId
from appliance.domain.photos import ImportReport, PhotoId
from appliance.domain.proposals import SecondNeeded
from appliance.store.connections import connect
from appliance.store.photos import BlobKind
from appliance.wiring import Box

__all__ = ["VISITOR"]

Result = TypeVar("Result")

VIEWER = Actor(Kind.USER, "the-viewer", Role.VIEWER, confirmed=True)
EDITOR = Actor(Kind.USER, "the-editor", Role.EDITOR, confirmed=True)
ADMINISTRATOR = Actor(Kind.USER, "the-administrator", Role.ADMINISTRATOR, confirmed=True)
OFFICER = Actor(Kind.USER, "the-officer", Role.PRIVACY_OFFICER, confirmed=True)


def picture(seed: int = 1, width: int = 320, height: int = 240, exif: Image.Exif | None = None) -> bytes:
    """A JPEG of coloured patches in which nobody can be seen; another one for each seed."""
    patches = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    image = Image.fromarray(patches).resize((width, height), Image.Resampling.BICUBIC)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=85, exif=exif or Image.Exif())
    return written.getvalue()


def fill(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A card with these files."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def take(box: Box, folder: Path) -> ImportReport:
    """Import a folder."""
    return import_folder(box.safe, folder, by=OPERATOR, clock=box.clock, bell=box.bell)


def examine(box: Box) -> list[PhotoId]:
    """Examine whatever waits."""
    found = waiting(box.safe, now=box.now())
    for photo_id in found:
        analyse(box.safe, box.decoder, box.analyser, photo_id, now=box.now(), day=box.today())
    return found


def named(box: Box, name: str) -> PhotoId:
    """The photo of a file's name."""
    return PhotoId(rows(box, "SELECT id FROM photos WHERE name = ?", name)[0]["id"])


def person(box: Box, name: str) -> PersonId:
    """A new person."""
    return people.create_person(box.safe, by=OPERATOR, now=box.now(), name=name).id


def granted(*purposes: Purpose, until: date | None = None, begin: date | None = None) -> list[Term]:
    """Yes to some purposes."""
    return [Term(purpose, Answer.GRANTED, begin, until) for purpose in purposes]


def signed(box: Box, person_id: PersonId, *purposes: Purpose, days: int = 365) -> Quitclaim:
    """A quitclaim of somebody, valid for some days from today on."""
    until = box.today() + timedelta(days=days)
    terms = granted(*purposes, until=until)
    return record(box.safe, person_id, terms, by=OPERATOR, now=box.now(), day=box.today())


def verdict_of(
    box: Box, photo_id: PhotoId, purpose: Purpose = Purpose.WEB, day: date | None = None
) -> Verdict:
    """What is decided about a photo today, or on another day."""
    today = box.today()
    found = verdicts(
        box.safe, [photo_id], [purpose], by=OPERATOR, now=box.now(), day=day or today, today=today
    )
    return found[0][1][0]


def original(box: Box, photo_id: PhotoId, kind: BlobKind = BlobKind.ORIGINAL) -> bytes:
    """The plain bytes of a photo's file."""
    with box.safe.store.look(by=OPERATOR, to=Permission.PHOTO_VIEW, now=box.now()) as view:
        return box.safe.read(view, photo_id, kind)


def log(box: Box) -> list[Entry]:
    """The whole audit log, oldest first; looking like this leaves no entry."""
    with box.safe.store.look(by=OPERATOR, to=Permission.AUDIT_VIEW, now=box.now()) as view:
        return list(view.audit.entries())


def told(box: Box, after: int = 0) -> list[str]:
    """The log in short, behind its entry of a number: `actor action thing outcome detail`."""
    return [
        f"{e.actor} {e.event.action} {e.event.thing} {e.event.outcome.value} {e.event.detail}".strip()
        for e in log(box)[after:]
    ]


@contextmanager
def raw(box: Box) -> Iterator[Database]:
    """The database below every rule, as somebody with the key could open it."""
    db = connect(box.config.database, box.safe.ring.database_key)
    try:
        yield db
    finally:
        db.close()


def rows(box: Box, sql: str, *values: object) -> list[dict[str, Any]]:
    """Rows as they lie in the database."""
    with raw(box) as db:
        return list(db.query(sql, values))


def files_on_disk(box: Box) -> set[str]:
    """Every encrypted file, whole or not."""
    return {f"{path.parent.name}/{path.name}" for path in box.config.files.glob("*/*")}


def files_known(box: Box) -> set[str]:
    """Every file that a row speaks of."""
    return {str(row["place"]) for row in rows(box, "SELECT place FROM files")}


def everything(box: Box) -> list[tuple[str, object]]:
    """Every value in the database, with the name of its table and column."""
    with raw(box) as db:
        found: list[tuple[str, object]] = []
        for table in db.table_names():
            kept = db.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the names are the database's own
            columns = [f"{table}.{part[0]}" for part in kept.description]
            found += [pair for row in kept.fetchall() for pair in zip(columns, row, strict=True)]
        return found


def two_people(box: Box, act: Callable[[], Result], *, by: Actor = OPERATOR) -> Result:
    """What takes two people: asked for, approved by another, and asked for again."""
    with pytest.raises(SecondNeeded) as needed:
        act()
    made = propose(box.safe, needed.value.wanted, by=by, now=box.now())
    second = ADMINISTRATOR if by.id != ADMINISTRATOR.id else OFFICER
    answer_proposal(box.safe, made.id, approve=True, by=second, now=box.now())
    return act()
