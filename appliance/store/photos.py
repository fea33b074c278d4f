"""Rows of photos and their files: found by page, with all that a verdict needs in a few queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from appliance.domain.consent import PUBLICATION, Light, PhotoFacts, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.photos import Capture, ImportId, Photo, PhotoId, ShootId, Stage
from appliance.store.blobs import is_cold
from appliance.store.facts import gather
from appliance.store.rows import Row, Rows, instant, many, maybe_moment, moment
from appliance.store.search import GATHERED, Filter, Search, Statement, cut


class BlobKind(StrEnum):
    """The files of a photo."""

    ORIGINAL = "original"
    PROXY = "proxy"
    THUMBNAIL = "thumbnail"
    SIDECAR = "sidecar"


@dataclass(frozen=True, slots=True)
class Kept:
    """An encrypted file: where it is, and the size and SHA-256 of what is in it."""

    kind: BlobKind
    place: str
    bytes: int
    sha256: str

    @property
    def cold(self) -> bool:
        """Whether it lies in the cold archive."""
        return is_cold(self.place)


@dataclass(frozen=True, slots=True)
class _Searched:
    """A search as it was made. gathered: the numbers of all its photos, newest first, where that pays."""

    wanted: Filter
    at: int  # how many changes the connection had made
    search: Search
    gathered: tuple[int, ...] | None

    def numbers(self, beyond: Statement | None, direction: str, limit: int) -> Statement:
        """The numbers of the first photos. beyond: a comparison that the number must pass."""
        if self.gathered is None:
            return self.search.numbers(beyond, direction, limit)
        return cut(self.gathered, beyond, direction, limit)


class PhotoRows(Rows):
    """Photos, their wrapped keys and their files."""

    limited = False  # whether the connection holds no more photos than its user may see
    _last: _Searched | None = None

    def add(self, photo: Photo, wrapped_key: bytes, kept: Sequence[Kept]) -> None:
        """Add a photo with the files it has so far."""
        self._add("photos", _row(photo) | {"id": photo.id, "wrapped_key": wrapped_key})
        for file in kept:
            self.keep(photo.id, file)

    def get(self, photo_id: PhotoId) -> Photo:
        """One photo.

        Raises:
            Mistake: when there is none of that id.
        """
        self._choose(photo_id)
        return _photo(self._required(photo_id))

    def _required(self, photo_id: PhotoId) -> Row:
        row = self._first("SELECT * FROM photos WHERE id = ?", photo_id)
        if row is None:
            raise Mistake("photo:unknown", "There is no such photo.", "It may have been removed.")
        return row

    def find_by_sha256(self, sha256: str) -> PhotoId | None:
        """The photo whose original has these bytes."""
        row = self._first("SELECT id FROM photos WHERE sha256 = ?", sha256)
        return None if row is None else PhotoId(row["id"])

    def replace(self, photo: Photo) -> None:
        """Write what is known of a photo now."""
        before = self._required(photo.id)
        changed = {name: value for name, value in _row(photo).items() if before[name] != value}
        if changed:  # a column that stays leaves its index alone
            self._change("photos", photo.id, changed)

    def wrapped_key(self, photo_id: PhotoId) -> bytes:
        """The photo's own key, wrapped by the ring."""
        return bytes(self._required(photo_id)["wrapped_key"])

    def rewrap(self, again: Callable[[PhotoId, bytes], bytes]) -> int:
        """Wrap every photo's key anew. Returns how many there were."""
        rows = self._all("SELECT number, id, wrapped_key FROM photos")
        for row in rows:
            wrapped = again(PhotoId(row["id"]), bytes(row["wrapped_key"]))
            self._run("UPDATE photos SET wrapped_key = ? WHERE number = ?", wrapped, row["number"])
        return len(rows)

    def kept(self, photo_id: PhotoId, kind: BlobKind) -> Kept | None:
        """One of a photo's files; None when it has no such file."""
        row = self._first("SELECT * FROM files WHERE photo_id = ? AND kind = ?", photo_id, kind.value)
        return _kept(row) if row else None

    def kinds(self, photo_id: PhotoId) -> list[BlobKind]:
        """Which files a photo has."""
        rows = self._all("SELECT kind FROM files WHERE photo_id = ?", photo_id)
        return [BlobKind(row["kind"]) for row in rows]

    def keep(self, photo_id: PhotoId, kept: Kept) -> Kept | None:
        """Note a file of a photo. Returns the one of the same kind that it replaces, to be deleted."""
        before = self.kept(photo_id, kept.kind)
        self._run(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
            photo_id,
            kept.kind.value,
            kept.place,
            kept.bytes,
            kept.sha256,
        )
        return before

    def cold(self) -> tuple[int, int]:
        """How many files lie in the cold archive, and how many bytes."""
        row = self._first("SELECT count(*) AS n, total(bytes) AS size FROM files WHERE place GLOB 'cold/*'")
        return (int(row["n"]), int(row["size"])) if row else (0, 0)

    def known_places(self) -> set[str]:
        """Where every file is, of documents, scans and uploads too: whatever else lies there is an orphan."""
        rows = self._all(
            "SELECT place FROM files UNION SELECT place FROM evidence"
            " UNION SELECT place FROM upload_parts UNION SELECT place FROM scans"
        )
        return {row["place"] for row in rows}

    def remove(self, photo_id: PhotoId) -> list[str]:
        """Delete a photo with all that hangs on it. Returns where its files are, to be deleted afterwards.

        Its own key goes with the row: what a disk keeps of the files cannot be read any more.
        """
        places = [row["place"] for row in self._all("SELECT place FROM files WHERE photo_id = ?", photo_id)]
        self._run("DELETE FROM photos WHERE id = ?", photo_id)
        return places

    def variants(self, photo_id: PhotoId) -> list[PhotoId]:
        """The photos for which this one stands, oldest first."""
        rows = self._all("SELECT id FROM photos WHERE variant_of = ? ORDER BY number", photo_id)
        return [PhotoId(row["id"]) for row in rows]

    def shoots(self, photo_ids: Sequence[PhotoId]) -> dict[PhotoId, ShootId | None]:
        """The shoot of each of these photos; unknown ids are left out."""
        rows = self._all(
            "SELECT id, shoot_id FROM photos WHERE id IN (SELECT value FROM json_each(?))", many(photo_ids)
        )
        return {PhotoId(row["id"]): row["shoot_id"] and ShootId(row["shoot_id"]) for row in rows}

    def set_variant(self, photo_id: PhotoId, of: PhotoId | None) -> None:
        """Say which photo stands for this one; None when it stands for itself."""
        self._change("photos", photo_id, {"variant_of": of})

    def of_import(self, import_id: ImportId) -> list[PhotoId]:
        """The photos that an import stored."""
        rows = self._all("SELECT id FROM photos WHERE import_id = ? ORDER BY number", import_id)
        return [PhotoId(row["id"]) for row in rows]

    def items_of_import(self, import_id: ImportId) -> list[PhotoId]:
        """The photos of an import that are in the library: no suspects, no variants, none set aside."""
        rows = self._all(
            "SELECT id FROM photos WHERE import_id = ? AND stage = 'analysed' AND quarantined = 0"
            " AND variant_of IS NULL ORDER BY number",
            import_id,
        )
        return [PhotoId(row["id"]) for row in rows]

    def waiting(self, limit: int) -> list[PhotoId]:
        """Photos not examined yet, oldest first."""
        rows = self._all("SELECT id FROM photos WHERE stage = 'stored' ORDER BY number LIMIT ?", limit)
        return [PhotoId(row["id"]) for row in rows]

    def waiting_count(self) -> int:
        """How many photos are not examined yet."""
        return self._number("SELECT count(*) FROM photos WHERE stage = 'stored'")

    def waiting_of(self, import_id: ImportId) -> int:
        """How many photos of an import are not examined yet."""
        sql = "SELECT count(*) FROM photos WHERE stage = 'stored' AND import_id = ?"
        return self._number(sql, import_id)

    def stages(self) -> dict[Stage, int]:
        """How many photos are at each stage."""
        rows = self._all("SELECT stage, count(*) AS photos FROM photos GROUP BY stage")
        found = {row["stage"]: int(row["photos"]) for row in rows}
        return {stage: found.get(stage.value, 0) for stage in Stage}

    def page(self, wanted: Filter, *, after: PhotoId | None, limit: int) -> list[Photo]:
        """Photos that are wanted, newest arrival first, those behind `after`. Pages do not jump."""
        beyond = None if after is None else _compared("<", after)
        return [_photo(row) for row in self._found(wanted, beyond, "DESC", limit)]

    def count(self, wanted: Filter) -> int:
        """How many photos are wanted."""
        found = self._search(wanted)
        return len(found.gathered) if found.gathered is not None else self._count(found.search.count())

    def lights(self, wanted: Filter) -> dict[Purpose, dict[Light, int]]:
        """How many of the photos that are wanted have which light, for each purpose; all are looked at."""
        numbers = self._search(wanted).numbers(None, "DESC", -1)
        rows = self._all(
            f"WITH found (photo) AS MATERIALIZED ({numbers.sql})"  # noqa: S608 - of constants
            " SELECT purpose, light, count(*) AS photos FROM found"
            " CROSS JOIN lights ON lights.photo = found.photo GROUP BY purpose, light",
            *numbers.values,
        )
        counted = {(row["purpose"], row["light"]): int(row["photos"]) for row in rows}
        return {p: {light: counted.get((p, light), 0) for light in Light} for p in PUBLICATION}

    def neighbours(self, photo_id: PhotoId, wanted: Filter) -> tuple[PhotoId | None, PhotoId | None]:
        """The photos before and behind one in the order of the library, among those wanted."""
        newer = self._found(wanted, _compared(">", photo_id), "ASC", 1)
        older = self._found(wanted, _compared("<", photo_id), "DESC", 1)
        return _first_id(newer), _first_id(older)

    def _count(self, statement: Statement) -> int:
        return self._number(statement.sql, *statement.values)

    def _search(self, wanted: Filter) -> _Searched:
        """Kept for what is asked next in this transaction, until anything is changed."""
        at = self._db.conn.total_changes
        if self._last is None or (self._last.wanted, self._last.at) != (wanted, at):
            search = Search(wanted, self._count, limited=self.limited)
            self._last = _Searched(wanted, at, search, self._gather(search) if search.to_gather else None)
        return self._last

    def _gather(self, search: Search) -> tuple[int, ...] | None:
        numbers = search.numbers(None, "DESC", GATHERED + 1)
        found = tuple(number for (number,) in self._db.execute(numbers.sql, numbers.values))
        return found if len(found) <= GATHERED else None

    def _found(self, wanted: Filter, beyond: Statement | None, direction: str, limit: int) -> list[Row]:
        numbers = self._search(wanted).numbers(beyond, direction, limit)
        # Numbers first: sorting and cutting then touch an index only, and whole rows are read once.
        sql = f"SELECT * FROM photos WHERE number IN ({numbers.sql}) ORDER BY number {direction}"  # noqa: S608
        return self._all(sql, *numbers.values)

    def facts(self, photo_ids: Sequence[PhotoId]) -> dict[PhotoId, PhotoFacts]:
        """All that verdicts of these photos need, in the order asked; unknown ids are left out."""
        return gather(self._db, photo_ids, _photo)


def _compared(sign: str, photo_id: PhotoId) -> Statement:
    return Statement(f"{sign} (SELECT number FROM photos WHERE id = ?)", (photo_id,))  # noqa: S608


def _first_id(rows: Sequence[Row]) -> PhotoId | None:
    return PhotoId(rows[0]["id"]) if rows else None


def _row(photo: Photo) -> Row:
    return {
        "import_id": photo.import_id,
        "name": photo.name,
        "sha256": photo.sha256,
        "bytes": photo.bytes,
        "media_type": photo.media_type,
        "stage": photo.stage.value,
        "arrived_at": instant(photo.arrived_at),
        "width": photo.width,
        "height": photo.height,
        "taken_at": photo.capture.taken_at.isoformat() if photo.capture.taken_at else None,
        "camera": photo.capture.camera,
        "lens": photo.capture.lens,
        "latitude": photo.capture.latitude,
        "longitude": photo.capture.longitude,
        "fingerprint": photo.fingerprint,
        "head_count": photo.head_count,
        "set_aside_for": photo.set_aside_for,
        "shoot_id": photo.shoot_id,
        "doubts": photo.doubts,
        "variant_of": photo.variant_of,
    }


def _photo(row: Row) -> Photo:
    return Photo(
        id=PhotoId(row["id"]),
        import_id=ImportId(row["import_id"]),
        name=row["name"],
        sha256=row["sha256"],
        bytes=row["bytes"],
        media_type=row["media_type"],
        stage=Stage(row["stage"]),
        arrived_at=moment(row["arrived_at"]),
        width=row["width"],
        height=row["height"],
        capture=Capture(
            maybe_moment(row["taken_at"]), row["camera"], row["lens"], row["latitude"], row["longitude"]
        ),
        fingerprint=row["fingerprint"],
        head_count=row["head_count"],
        set_aside_for=row["set_aside_for"],
        shoot_id=row["shoot_id"],
        doubts=row["doubts"],
        variant_of=row["variant_of"],
        quarantined=bool(row["quarantined"]),
    )


def _kept(row: Row) -> Kept:
    return Kept(BlobKind(row["kind"]), row["place"], row["bytes"], row["sha256"])
