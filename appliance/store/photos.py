"""Rows of photos and their files: found by page, with all that a verdict needs in a few queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from appliance.domain.consent import Light, PhotoFacts, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import Capture, ImportId, Photo, PhotoId, ShootId, Stage
from appliance.store.facts import gather
from appliance.store.rows import Row, Rows, day_text, folded, instant, maybe_moment, moment


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


@dataclass(frozen=True, slots=True)
class Filter:
    """Which photos are wanted; what is left out does not matter. Dates are inclusive.

    light: with a purpose, of that purpose; without one, of any.
    untagged: with a face that nobody has named or resolved.
    text: part of the file's name, or, accents aside, of the name of somebody confirmed in the photo.
    """

    light: Light | None = None
    purpose: Purpose | None = None
    person_id: PersonId | None = None
    taken_from: date | None = None
    taken_until: date | None = None
    untagged: bool = False
    import_id: ImportId | None = None
    shoot_id: ShootId | None = None
    text: str = ""
    stage: Stage | None = None


class PhotoRows(Rows):
    """Photos, their wrapped keys and their files."""

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

    def known_places(self) -> set[str]:
        """Where every file is, documents included: whatever else lies there is an orphan."""
        return {row["place"] for row in self._all("SELECT place FROM files UNION SELECT place FROM evidence")}

    def of_import(self, import_id: ImportId) -> list[PhotoId]:
        """The photos that an import stored."""
        rows = self._all("SELECT id FROM photos WHERE import_id = ? ORDER BY number", import_id)
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
        query = _query(wanted)
        if after is not None:
            query.only("{number} < (SELECT number FROM photos WHERE id = ?)", after)
        sql, values = query.photos("DESC", limit)
        return [_photo(row) for row in self._all(sql, *values)]

    def count(self, wanted: Filter) -> int:
        """How many photos are wanted."""
        sql, values = _query(wanted).count()
        return self._number(sql, *values)

    def neighbours(self, photo_id: PhotoId, wanted: Filter) -> tuple[PhotoId | None, PhotoId | None]:
        """The photos before and behind one in the order of the library, among those wanted."""
        newer, older = _query(wanted), _query(wanted)
        newer.only("{number} > (SELECT number FROM photos WHERE id = ?)", photo_id)
        older.only("{number} < (SELECT number FROM photos WHERE id = ?)", photo_id)
        return self._next(newer, "ASC"), self._next(older, "DESC")

    def _next(self, query: "_Query", direction: str) -> PhotoId | None:
        sql, values = query.photos(direction, 1)
        row = self._first(sql, *values)
        return PhotoId(row["id"]) if row else None

    def facts(self, photo_ids: Sequence[PhotoId]) -> dict[PhotoId, PhotoFacts]:
        """All that verdicts of these photos need, in the order asked; unknown ids are left out."""
        return gather(self._db, photo_ids, _photo)


class _Query:
    """A search for photos, driven by the most selective table that the filter offers."""

    def __init__(self) -> None:
        self._from = "photos"
        self._number = "photos.number"
        self._conditions: list[str] = []
        self._values: list[object] = []

    def by_light(self, purpose: Purpose, light: Light) -> None:
        self._from = "lights CROSS JOIN photos ON photos.number = lights.photo"
        self._number = "lights.photo"
        self.only("lights.purpose = ? AND lights.light = ?", purpose.value, light.value)

    def only(self, condition: str, *values: object) -> None:
        """Add a condition; the column that pages are cut by is written {number}."""
        self._conditions.append(condition.format(number=self._number))
        self._values += values

    def _where(self) -> str:
        return " AND ".join(self._conditions) or "1"

    def photos(self, direction: str, limit: int) -> tuple[str, list[object]]:
        # Numbers first: sorting and cutting then touch an index only, and whole rows are read once.
        sql = (
            f"SELECT * FROM photos WHERE number IN (SELECT {self._number} FROM {self._from}"  # noqa: S608
            f" WHERE {self._where()} ORDER BY {self._number} {direction} LIMIT ?)"
            f" ORDER BY number {direction}"
        )
        return sql, [*self._values, limit]

    def count(self) -> tuple[str, list[object]]:
        return f"SELECT count(*) FROM {self._from} WHERE {self._where()}", self._values  # noqa: S608


def _query(wanted: Filter) -> _Query:
    """The SQL of a filter. Only constant text is put together; every value is a parameter."""
    query = _Query()
    if wanted.light is not None and wanted.purpose is not None:
        query.by_light(wanted.purpose, wanted.light)
    elif wanted.light is not None:
        query.only("photos.number IN (SELECT photo FROM lights WHERE light = ?)", wanted.light.value)
    for condition, value in _conditions(wanted):
        if value is not None:
            query.only(condition, value)
    if wanted.untagged:
        query.only("photos.unnamed > 0")
    if wanted.text.strip():
        _by_text(query, wanted.text.strip())
    return query


def _conditions(wanted: Filter) -> tuple[tuple[str, str | None], ...]:
    """Conditions of one value each; a value of None does not matter."""
    theirs = (
        "photos.id IN (SELECT photo_id FROM people JOIN links ON links.person_id = people.id"
        " WHERE identity = ? AND state = 'confirmed')"
    )
    return (
        (theirs, wanted.person_id),
        ("photos.day >= ?", day_text(wanted.taken_from)),
        ("photos.day <= ?", day_text(wanted.taken_until)),
        ("photos.import_id = ?", wanted.import_id),
        ("photos.shoot_id = ?", wanted.shoot_id),
        ("photos.stage = ?", wanted.stage.value if wanted.stage else None),
    )


def _by_text(query: _Query, text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    query.only(
        "(photos.name LIKE ? ESCAPE '\\' OR photos.id IN (SELECT photo_id FROM links JOIN people"
        " ON people.id = links.person_id WHERE state = 'confirmed' AND instr(people.sort_name, ?)))",
        f"%{escaped}%",
        folded(text),
    )


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
    )


def _kept(row: Row) -> Kept:
    return Kept(BlobKind(row["kind"]), row["place"], row["bytes"], row["sha256"])
