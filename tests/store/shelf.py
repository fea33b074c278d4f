"""What the tests of the store put in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck

from appliance.domain.access import OPERATOR, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Answer, Basis, Purpose, Quitclaim, QuitclaimId, Term
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import (
    Box,
    Capture,
    Face,
    FaceId,
    ImportId,
    ImportReport,
    Origin,
    Photo,
    PhotoId,
    Stage,
)
from appliance.store.database import Store, Transaction, View
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe

# A fixture that all examples share is meant here; and a slow machine is no failure.
SLOW_OR_SHARED = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = NOW.date()
IMPORT = ImportId("import")


@contextmanager
def changing(store: Store) -> Iterator[Transaction]:
    """A transaction that says it did something."""
    with store.begin(by=OPERATOR, to=Permission.PHOTO_EDIT, now=NOW) as tx:
        tx.record(Event("test:change"))
        yield tx


@contextmanager
def looking(store: Store) -> Iterator[View]:
    """A look, with the right to it."""
    with store.look(by=OPERATOR, to=Permission.PHOTO_VIEW, now=NOW) as view:
        yield view


def photo(photo_id: str = "one", /, **more: Any) -> Photo:
    """A photo that was examined."""
    plain = Photo(
        PhotoId(photo_id),
        IMPORT,
        f"{photo_id}.JPG",
        sha256(photo_id.encode()).hexdigest(),
        1000,
        "image/jpeg",
        Stage.ANALYSED,
        NOW,
        width=40,
        height=30,
        capture=Capture(datetime(2026, 11, 20, 9, 30), "Canon EOS R5", "RF50mm", 52.1, -4.9),  # noqa: DTZ001
        fingerprint="00ff00ff00ff00ff",
    )
    return replace(plain, **more)


def face(face_id: str, of: str = "one", **more: Any) -> Face:
    """A face of a photo."""
    return replace(Face(FaceId(face_id), PhotoId(of), Box(0.1, 0.2, 0.3, 0.4), Origin.MACHINE, 0.9), **more)


def person(person_id: str = "anna", /, **more: Any) -> Person:
    """A person; called as the id unless told otherwise."""
    return replace(Person(PersonId(person_id), person_id), **more)


def quitclaim(who: str = "anna", version: int = 1, answer: Answer = Answer.GRANTED) -> Quitclaim:
    """A version of somebody's quitclaim for the website and the press."""
    return Quitclaim(
        QuitclaimId(f"{who}-quitclaim"),
        version,
        PersonId(who),
        NOW,
        TODAY,
        Basis.CONSENT,
        (
            Term(Purpose.WEB, answer, date(2026, 1, 1), date(2027, 1, 1)),
            Term(Purpose.PRESS, Answer.ASKED),
        ),
    )


def begin_import(tx: Transaction) -> None:
    """The import that all photos here belong to."""
    tx.imports.begin(ImportReport(IMPORT, "/card", NOW, None))


def keep_photo(safe: Safe, name: str, files: dict[BlobKind, bytes]) -> Photo:
    """A photo with encrypted files, as an import leaves it."""
    made = photo(name)
    key = safe.ring.new_data_key(made.id)
    kept = [safe.keep(made.id, kind, data, key.plain) for kind, data in files.items()]
    with changing(safe.store) as tx:
        if not tx.imports.recent(1):
            begin_import(tx)
        tx.photos.add(made, key.wrapped, kept)
    return made


def read(safe: Safe, photo_id: PhotoId, kind: BlobKind = BlobKind.ORIGINAL) -> bytes:
    """The plain bytes of one of a photo's files."""
    with looking(safe.store) as view:
        return safe.read(view, photo_id, kind)


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
