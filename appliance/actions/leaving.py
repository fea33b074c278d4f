"""Leaving with everything: the whole safe as open files in a folder, readable without Portretkluis.

Files go first, in as many rounds as it takes, so that nothing is locked meanwhile; then, in one view of the
database, all that is told of them. What was erased in between is taken out of the folder again.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from appliance import __version__
from appliance.actions.audit import sign_head
from appliance.actions.evidence import seal_of
from appliance.actions.leaving_sheets import (
    AUDIT,
    PEOPLE,
    RELEASES,
    photo_sheet,
    plain_sheet,
    quitclaim_sheet,
    sidecars,
    verdict_sheet,
)
from appliance.actions.proposals import require_approval
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake, Tampered
from appliance.domain.leaving import FORMAT, SETTINGS, TABLES, FileKind, Kept, Outgoing, Travel, outgoing
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.proposals import Act, Wanted
from appliance.leaving.folder import ExportFolder
from appliance.leaving.papers import INDEX, README, day_page, index, lines, readme
from appliance.store.database import View
from appliance.store.rows import Row
from appliance.store.safe import Safe

_ROUNDS = 20  # of copying what came meanwhile, before a safe that is busy is said to be
_EACH = 24_000  # bytes that are told of a photo, beside its files; more than was ever seen
CERTIFICATE = "certificate.pem"
_BEGUN = "export"  # the setting that says which export is not finished

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """What left. damaged: paths of files that the safe itself could not read."""

    photos: int
    people: int
    quitclaims: int
    releases: int
    files: int
    bytes: int
    damaged: tuple[str, ...]


def export_all(
    safe: Safe,
    folder: Path,
    *,
    home: Path,
    organisation: str,
    by: Actor,
    day: date,
    clock: Callable[[], datetime],
    on_progress: Progress = lambda _done, _all: None,
) -> Exported:
    """Write everything to a folder outside the safe. Broken off, it is taken up where it was.

    home: the safe's own directory. on_progress: bytes copied so far, and in all.

    Raises:
        Mistake: when something else lies in the folder, it has too little room, or is the safe's own.
        SecondNeeded: until somebody else approved it.
        Fault: when the folder's disk is full or broken.
    """
    _begin(safe, folder.resolve(), by, clock())
    if folder.resolve().is_relative_to(home.resolve()):
        raise Mistake("leaving:inside", "That folder is inside the safe.", "Name one on another disk.")
    head = sign_head(safe, by=by, now=clock())
    seal = seal_of(safe, organisation, now=clock())
    mark = {
        "format": FORMAT,
        "program": __version__,
        "safe": safe.ring.pseudonym("export"),
        "organisation": organisation,
        "made_at": clock().isoformat(timespec="seconds"),
        "audit_head": head.line,
    }
    leaving = _Leaving(safe, ExportFolder.open(folder, mark), by, on_progress)
    leaving.require_room(clock())
    for _ in range(_ROUNDS):
        with safe.store.look(by=by, to=Permission.SAFE_EXPORT, now=clock()) as view:
            missing = leaving.missing(view)
            if not missing:
                leaving.tell(view, mark, day)
                break
        leaving.copy(missing)
    else:
        raise Mistake(
            "leaving:busy", "More comes into the safe than leaves it.", "Pause what imports, then try again."
        )
    leaving.out.add(CERTIFICATE, [seal.pem])
    leaving.out.add("audit/head.txt", [head.line.encode() + b"\n"])
    done = leaving.finish(seal.sign)
    with safe.store.begin(by=by, to=Permission.SAFE_EXPORT, now=clock()) as tx:
        counted = f"photos={done.photos} files={done.files} bytes={done.bytes} damaged={len(done.damaged)}"
        tx.settings.delete(_BEGUN)
        tx.record(Event("safe:export", detail=counted))
    return done


def _begin(safe: Safe, folder: Path, by: Actor, now: datetime) -> None:
    """Note that everything leaves, once somebody else approved it. An export to be finished was approved."""
    begun = json.dumps({"folder": str(folder), "by": by.id})
    with safe.store.begin(by=by, to=Permission.SAFE_EXPORT, now=now) as tx:
        again = tx.settings.get(_BEGUN) == begun
        if not again:
            require_approval(tx, Wanted(Act.EXPORT_ALL, details={"folder": str(folder)}))
            tx.settings.put(_BEGUN, begun)
        tx.record(Event("safe:export", detail="taken up again" if again else "begun"))


class _Leaving:
    """One export on its way."""

    def __init__(self, safe: Safe, out: ExportFolder, by: Actor, on_progress: Progress) -> None:
        self.out = out
        self._safe, self._by, self._on_progress = safe, by, on_progress
        self._done = self._all = 0
        self._damaged: dict[str, str] = {}
        self._wanted: set[str] = set()
        self._counts: Counter[str] = Counter()

    def require_room(self, now: datetime) -> None:
        """Refuse to begin what would not fit.

        Raises:
            Mistake: with how much is missing.
        """
        with self._safe.store.look(by=self._by, to=Permission.SAFE_EXPORT, now=now) as view:
            files = list(outgoing(view.tables.kept()))
            told = view.tables.count("photos") * _EACH + view.tables.count("audit") * 1000
        self._all = sum(one.kept.size for one in files)
        there = sum(one.kept.size for one in files if self._has(one))
        needed = self._all - there + told
        if needed > self.out.room():
            raise Mistake(
                "leaving:no_room",
                "That folder has too little room: {more} MB more are needed.",
                "Name a folder on a larger disk.",
                values={"more": (needed - self.out.room()) // 1_000_000 + 1},
            )
        self._done = there

    def _has(self, one: Outgoing) -> bool:
        return self.out.has(one.path, one.kept.size, one.kept.sha256)

    def missing(self, view: View) -> list[Outgoing]:
        """Files of the safe that the folder does not have yet."""
        return [
            one
            for one in outgoing(view.tables.kept())
            if not self._has(one) and self._damaged.get(one.path) != one.kept.place
        ]

    def copy(self, files: Iterable[Outgoing]) -> None:
        """Copy files, each checked against its hash; a damaged one is noted, and does not stop the rest."""
        for one in files:
            try:
                if self.out.add(one.path, self._plain(one.kept)) != one.kept.sha256:
                    self._damaged[one.path] = one.kept.place
            except Tampered:
                self._damaged[one.path] = one.kept.place
            self._done += one.kept.size
            self._on_progress(self._done, max(self._all, self._done))

    def _plain(self, kept: Kept) -> Iterator[bytes]:
        key = self._safe.ring.unwrap(kept.wrapped_key, kept.thing)
        return self._safe.blobs.stream(kept.place, key=key, about=about_of(kept.kind, kept.thing))

    def tell(self, view: View, mark: Mapping[str, object], day: date) -> None:
        """Write all that is told of the files, of one moment: tables, sheets, sidecars, papers."""
        files = [one for one in outgoing(view.tables.kept()) if one.path not in self._damaged]
        self._wanted = {one.path for one in files}
        for table, travel in TABLES.items():
            if travel in (Travel.WHOLE, Travel.TOLD):
                self._add(f"tables/{table}.jsonl", lines(_leaves(table, view.tables.rows(table))))
        self._add("tables/files.jsonl", lines(_as_row(one) for one in files))
        self._add("tables/schema.json", [b'{"version": %d}\n' % view.tables.version()])
        photos = {PhotoId(one.kept.thing): one.path for one in files if one.kept.kind is FileKind.ORIGINAL}
        self._tell_photos(view, photos, day)
        self._tell_people(view)
        self._tell_releases(view)
        self._add("sheets/audit.csv", plain_sheet(AUDIT, view.tables.rows("audit")))
        self._papers(mark, files, view)

    def _add(self, path: str, parts: Iterable[bytes]) -> None:
        self.out.add(path, parts)
        self._wanted.add(path)

    def _tell_photos(self, view: View, paths: Mapping[PhotoId, str], day: date) -> None:
        self._counts["photos"] = len(paths)
        for path, data in sidecars(view, paths, day):
            self._add(path, [data])
        self._add("sheets/photos.csv", photo_sheet(view, paths, day))
        self._add("sheets/verdicts.csv", verdict_sheet(view, list(paths), day))

    def _tell_people(self, view: View) -> None:
        people = list(view.tables.rows("people"))
        self._counts["people"] = sum(row["id"] == row["identity"] and not row["erased_at"] for row in people)
        self._counts["quitclaims"] = view.consent.count()
        self._add("sheets/people.csv", plain_sheet(PEOPLE, people))
        names = {PersonId(row["id"]): row["name"] for row in people}
        self._add("sheets/quitclaims.csv", quitclaim_sheet(view, names))

    def _tell_releases(self, view: View) -> None:
        self._counts["releases"] = view.tables.count("releases")
        self._add("sheets/releases.csv", plain_sheet(RELEASES, view.tables.rows("releases")))
        for row in view.tables.rows("releases"):
            if row["receipt"]:
                self._add(f"receipts/{row['id']}.json", [str(row["receipt"]).encode()])

    def _papers(self, mark: Mapping[str, object], files: Sequence[Outgoing], view: View) -> None:
        organisation, made_at = str(mark["organisation"]), str(mark["made_at"])
        small = {one.kept.thing: one.path for one in files if one.kept.kind is FileKind.THUMBNAIL}
        days: dict[str, list[tuple[str, str]]] = {}
        for one in files:
            if one.kept.kind is FileKind.ORIGINAL:
                days.setdefault(one.kept.day, []).append((one.path, small.get(one.kept.thing, "")))
        for day, photos in days.items():
            self._add(f"pages/{day}.html", [day_page(day, photos)])
        counts = dict(self._counts) | {"audit entries": view.tables.count("audit")}
        sheets = sorted(one for one in self._wanted if one.startswith("sheets/"))
        listed = [(day, len(photos)) for day, photos in sorted(days.items())]
        self._add(INDEX, [index(organisation, made_at, counts, sheets, listed)])
        self._add(README, [readme(organisation, made_at, sorted(self._damaged))])

    def finish(self, sign: Callable[[bytes], bytes]) -> Exported:
        """Take out what is no longer in the safe, and vouch for the rest."""
        self._wanted |= {CERTIFICATE, "audit/head.txt"}
        self.out.keep_only(self._wanted)
        self.out.sign(sign(self.out.finish()))
        return Exported(
            photos=self._counts["photos"],
            people=self._counts["people"],
            quitclaims=self._counts["quitclaims"],
            releases=self._counts["releases"],
            files=len(self._wanted),
            bytes=self._all,
            damaged=tuple(sorted(self._damaged)),
        )


def about_of(kind: FileKind, thing: str) -> str:
    """What an encrypted file is sealed to."""
    return f"{thing}/{kind}"


def _leaves(table: str, rows: Iterator[Row]) -> Iterator[Row]:
    return (row for row in rows if row["key"] in SETTINGS) if table == "settings" else rows


def _as_row(one: Outgoing) -> Row:
    kept = one.kept
    row = {"path": one.path, "kind": kept.kind.value, "thing": kept.thing}
    return row | {"bytes": kept.size, "sha256": kept.sha256}
