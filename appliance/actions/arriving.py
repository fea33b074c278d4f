"""Arriving with everything: an export of a whole safe, taken into a new and empty one.

Files first, each under a key of its own and checked against its hash; then a database of all that is told of
them, beside the empty one; then both are put in place at once. Until then the safe stays empty.
"""

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.actions.intake import LARGEST_FILE
from appliance.actions.leaving import about_of
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Fault, Mistake
from appliance.domain.leaving import OWN_TABLES, TABLES, FileKind, Travel
from appliance.leaving.folder import inside, mark_in, parts_of, sums
from appliance.store.arriving import Arrived, Coming, build, put_in_place
from appliance.store.blobs import Blobs
from appliance.store.database import Store
from appliance.store.journal import write_journal
from appliance.store.migrations import all_migrations
from appliance.store.safe import Safe

_COMING = "arriving"
_ROOM = 3  # times the tables: as JSON, as a database, and while that is brought up to date

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Lodging:
    """Where an empty safe keeps its files, its database and its journal of erasures."""

    home: Path
    files: Path
    database: Path
    journal: Path


@dataclass(frozen=True, slots=True)
class Filled:
    """What came in."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """A file as an export lists it."""

    path: str
    kind: FileKind
    thing: str
    size: int
    sha256: str


def import_all(
    safe: Safe,
    folder: Path,
    lodging: Lodging,
    *,
    by: Actor,
    clock: Callable[[], datetime],
    on_progress: Progress = lambda _done, _all: None,
) -> Filled:
    """Take in everything that `export_all` wrote. Broken off, it is taken up where it was.

    The safe's store is closed afterwards, for it has another database then: open it again.

    Raises:
        Mistake: when the safe is not empty, there is no export, or it does not fit on the disk.
        Fault: when the export is damaged, or the safe is in use.
    """
    with safe.store.begin(by=by, to=Permission.SAFE_FILL, now=clock()) as tx:
        own = {table for table, travel in TABLES.items() if travel is Travel.WHOLE} - OWN_TABLES
        if any(tx.tables.count(table) for table in own) or tx.tables.count("users") > 1:
            raise Mistake(
                "arriving:not_empty",
                "This safe is not empty.",
                "Make a new one with `kluis init`.",
            )
        tx.record(Event("safe:fill", detail="begun"))
    mark_in(folder)
    known = sums(folder)
    version = _version(folder, known)
    listed = _listed(folder, known)
    lodged = _Lodged(safe, lodging)
    lodged.require_room(folder, listed)
    arrived = lodged.take_in(folder, listed, on_progress)
    done = Filled(len(arrived), sum(one.size for one in arrived))
    event = Event("safe:fill", detail=f"files={done.files} bytes={done.bytes} schema={version}")
    built = lodged.coming / lodging.database.name
    coming = Coming(folder / "tables", arrived, clock())
    safe.store.close()
    build(built, safe.ring, coming, version, lodging.database, event, by)
    put_in_place(
        built,
        lodging.database,
        safe.ring,
        {lodged.coming / "files" / one.place: lodging.files / one.place for one in arrived},
    )
    os.sync()
    _note_erasures(safe, lodging, clock())
    shutil.rmtree(lodged.coming)
    return done


def _version(folder: Path, known: Mapping[str, str]) -> int:
    """The version of the schema, once every table was checked against its hash.

    Raises:
        Fault: when one is missing or was changed.
        Mistake: when a newer program wrote them.
    """
    tables = [path for path in known if path.startswith("tables/")]
    if "tables/schema.json" not in tables or "tables/files.jsonl" not in tables:
        raise _damaged("tables/")
    for path in tables:
        told = hashlib.sha256()
        if not (folder / path).is_file():
            raise _damaged(path)
        for part in parts_of(folder / path):
            told.update(part)
        if told.hexdigest() != known[path]:
            raise _damaged(path)
    version = int(json.loads((folder / "tables/schema.json").read_text())["version"])
    if not 1 <= version <= len(all_migrations()):
        raise Mistake(
            "arriving:newer", "A newer Portretkluis wrote this export.", "Install that version first."
        )
    return version


def _listed(folder: Path, known: Mapping[str, str]) -> list[_Listed]:
    """Every file, once it was seen to be there.

    Raises:
        Fault: when one is missing.
    """
    found = []
    with (folder / "tables/files.jsonl").open("rb") as lines:
        for row in map(json.loads, lines):
            one = _Listed(
                inside(row["path"]), FileKind(row["kind"]), row["thing"], row["bytes"], row["sha256"]
            )
            if known.get(one.path) != one.sha256 or not (folder / one.path).is_file():
                raise _damaged(one.path)
            found.append(one)
    return found


class _Lodged:
    """Files on their way into an empty safe, noted one by one so that they are taken in once."""

    def __init__(self, safe: Safe, lodging: Lodging) -> None:
        self.coming = lodging.home / _COMING
        self._files = lodging.files
        self._safe = safe
        (self.coming / "files").mkdir(mode=0o700, parents=True, exist_ok=True)
        self._blobs = Blobs(self.coming / "files")
        self._notes = self.coming / "files.jsonl"
        self._noted = {(one.kind, one.thing): one for one in self._read()}
        self._keys = {one.thing: one.wrapped_key for one in self._noted.values()}

    def require_room(self, folder: Path, listed: Sequence[_Listed]) -> None:
        """Refuse to begin what would not fit."""
        tables = sum(path.stat().st_size for path in (folder / "tables").iterdir())
        files = sum(one.size for one in listed if (one.kind, one.thing) not in self._noted)
        if files + _ROOM * tables > self._blobs.room():
            raise Mistake(
                "arriving:no_room", "The disk of this safe is too small.", "Put the safe on a larger one."
            )

    def take_in(self, folder: Path, listed: Sequence[_Listed], on_progress: Progress) -> list[Arrived]:
        """Encrypt every file that was not taken in yet."""
        done, everything = 0, sum(one.size for one in listed)
        arrived = []
        for one in listed:
            kept = self._noted.get((one.kind, one.thing))
            if kept is None or not self._is_there(kept):
                kept = self._take(folder, one)
            arrived.append(kept)
            done += one.size
            on_progress(done, everything)
        return arrived

    def _is_there(self, kept: Arrived) -> bool:
        return self._blobs.has(kept.place) or (self._files / kept.place).is_file()

    def _take(self, folder: Path, one: _Listed) -> Arrived:
        ring = self._safe.ring
        if one.thing not in self._keys:
            self._keys[one.thing] = ring.new_data_key(one.thing).wrapped
        wrapped = self._keys[one.thing]
        blob = self._blobs.write(
            parts_of(folder / one.path),
            key=ring.unwrap(wrapped, one.thing),
            about=about_of(one.kind, one.thing),
            limit=LARGEST_FILE,
        )
        if blob.sha256 != one.sha256:
            self._blobs.delete(blob.place)
            raise _damaged(one.path)
        arrived = Arrived(one.kind, one.thing, blob.place, blob.bytes, blob.sha256, wrapped)
        self._note(arrived)
        return arrived

    def _note(self, one: Arrived) -> None:
        row = {"kind": one.kind, "thing": one.thing, "place": one.place, "size": one.size}
        row |= {"sha256": one.sha256, "wrapped_key": base64.b64encode(one.wrapped_key).decode("ascii")}
        with self._notes.open("a") as notes:
            notes.write(json.dumps(row) + "\n")

    def _read(self) -> Iterator[Arrived]:
        """What was noted; a last line that was cut off is taken in again."""
        for line in self._notes.read_text().splitlines() if self._notes.exists() else ():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            kind, key = FileKind(row["kind"]), base64.b64decode(row["wrapped_key"])
            yield Arrived(kind, row["thing"], row["place"], row["size"], row["sha256"], key)


def _note_erasures(safe: Safe, lodging: Lodging, now: datetime) -> None:
    """What was erased stays erased here too, whichever backup is put back."""
    store = Store.open(lodging.database, safe.ring.database_key)
    try:
        with store.look(by=WORKER, to=Permission.HEALTH_VIEW, now=now) as view:
            write_journal(lodging.journal, view.erasures.all())
    finally:
        store.close()


def _damaged(path: str) -> Fault:
    return Fault(
        "arriving:file",
        "A file of this export is missing or was changed: {path}",
        "Check it with `sha256sum -c SHA256SUMS`, and take another copy.",
        values={"path": path},
    )
