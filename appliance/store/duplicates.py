"""Rows of what looks alike: fingerprints, pairs of suspects, and what was deleted as a duplicate."""

from collections.abc import Sequence
from datetime import datetime

from appliance.domain.duplicates import Suspect
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.store.rows import Row, Rows, instant, many, moment


class DuplicateRows(Rows):
    """Fingerprints, suspects and blocked files."""

    def fingerprints(self, after: int) -> tuple[int, list[tuple[int, str]]]:
        """Fingerprints newer than a turn: the newest turn, and each with the number of its photo."""
        rows = self._all("SELECT turn, photo, value FROM fingerprints WHERE turn > ? ORDER BY turn", after)
        return rows[-1]["turn"] if rows else after, [(row["photo"], row["value"]) for row in rows]

    def uncompared(self, limit: int) -> list[PhotoId]:
        """Photos not yet compared with the others, or without a fingerprint of today's kind; oldest first."""
        rows = self._all(
            "SELECT id FROM photos WHERE number IN ("
            "SELECT photo FROM fingerprints INDEXED BY fingerprints_not_compared WHERE compared = 0"
            " UNION SELECT number FROM photos INDEXED BY photos_without_fingerprint"
            " WHERE stage = 'analysed' AND length(fingerprint) < 32) ORDER BY number LIMIT ?",
            limit,
        )
        return [PhotoId(row["id"]) for row in rows]

    def is_compared(self, photo_id: PhotoId) -> bool:
        """Whether a photo was compared with the others."""
        sql = "SELECT 1 FROM fingerprints JOIN photos ON photos.number = photo WHERE id = ? AND compared = 1"
        return self._first(sql, photo_id) is not None

    def set_compared(self, photo_id: PhotoId) -> None:
        """Note that a photo was compared with all that were there."""
        self._run(
            "UPDATE fingerprints SET compared = 1 WHERE photo = (SELECT number FROM photos WHERE id = ?)",
            photo_id,
        )

    def fingerprint_of(self, photo_id: PhotoId) -> str:
        """The fingerprint of a photo; empty when it has none yet.

        Raises:
            Mistake: when there is no such photo.
        """
        row = self._first(
            "SELECT value FROM photos LEFT JOIN fingerprints ON photo = number WHERE id = ?", photo_id
        )
        if row is None:
            raise Mistake("photo:unknown", "There is no such photo.", "It may have been removed.")
        return row["value"] or ""

    def photos(self, numbers: Sequence[int]) -> list[PhotoId]:
        """The photos of these numbers that are still there, in the order given."""
        rows = self._all(
            "SELECT photos.id FROM json_each(?) AS n JOIN photos ON photos.number = n.value ORDER BY n.key",
            many(numbers),
        )
        return [PhotoId(row["id"]) for row in rows]

    def in_order(self, one: PhotoId, other: PhotoId) -> tuple[PhotoId, PhotoId]:
        """Two photos, the one that came first in front."""
        rows = self._all("SELECT id FROM photos WHERE id IN (?, ?) ORDER BY number", one, other)
        first, second = (PhotoId(row["id"]) for row in rows)
        return first, second

    def of_that_name(self, photo_id: PhotoId, stem: str) -> list[PhotoId]:
        """Other photos of the same import whose names have this stem."""
        escaped = stem.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        rows = self._all(
            "SELECT id FROM photos WHERE import_id = (SELECT import_id FROM photos WHERE id = ?1)"
            " AND id <> ?1 AND stage = 'analysed' AND name LIKE ?2 ESCAPE '\\' ORDER BY number LIMIT 10",
            photo_id,
            f"{escaped}.%",
        )
        return [PhotoId(row["id"]) for row in rows]

    def suspect(self, found: Suspect) -> None:
        """Put a photo into quarantine because it looks like another."""
        self._run(
            "INSERT INTO suspects VALUES (?, ?, ?, ?, NULL, NULL)",
            found.photo_id,
            found.other_id,
            found.likeness,
            instant(found.found_at),
        )

    def is_paired(self, one: PhotoId, other: PhotoId) -> bool:
        """Whether the two were suspects before, in either order; what was decided then stands."""
        sql = "SELECT 1 FROM suspects WHERE (photo, other) IN (VALUES (?1, ?2), (?2, ?1))"
        return self._first(sql, one, other) is not None

    def get(self, photo_id: PhotoId, other_id: PhotoId) -> Suspect:
        """A pair that waits for a decision.

        Raises:
            Mistake: when there is none.
        """
        self._choose(photo_id)
        self._choose(other_id)
        row = self._first(
            "SELECT * FROM suspects WHERE photo = ? AND other = ? AND decided_at IS NULL", photo_id, other_id
        )
        if row is None:
            raise Mistake(
                "duplicate:unknown",
                "These two photos do not wait for a decision.",
                "Somebody may have decided just now.",
            )
        return _suspect(row)

    def open(self, limit: int, after: int = 0) -> list[Suspect]:
        """Pairs that wait for a decision, those found first in front. after: how many are passed over."""
        rows = self._all(
            "SELECT * FROM suspects WHERE decided_at IS NULL ORDER BY found_at, photo, other"
            " LIMIT ? OFFSET ?",
            limit,
            after,
        )
        return [_suspect(row) for row in rows]

    def count(self) -> int:
        """How many pairs wait."""
        return self._number("SELECT count(*) FROM suspects WHERE decided_at IS NULL")

    def keep_apart(self, one: PhotoId, other: PhotoId, by: str, at: datetime) -> None:
        """Remember that two photos are two, whichever came first; they are never suspects again."""
        when = instant(at)
        changed = self._run(
            "UPDATE suspects SET decided_at = ?, decided_by = ?"
            " WHERE (photo, other) IN (VALUES (?3, ?4), (?4, ?3))",
            when,
            by,
            one,
            other,
        )
        if not changed:
            self._run("INSERT INTO suspects VALUES (?, ?, 0, ?, ?, ?)", one, other, when, when, by)

    def block(self, sha256: str, kept: PhotoId, by: str, at: datetime) -> None:
        """Remember a file that was deleted as a duplicate of another."""
        self._run("INSERT OR REPLACE INTO blocked VALUES (?, ?, ?, ?)", sha256, kept, instant(at), by)

    def blocked(self, sha256: str) -> PhotoId | None:
        """The photo that was kept instead of a file that was deleted as its duplicate; it may be gone."""
        row = self._first("SELECT kept FROM blocked WHERE sha256 = ?", sha256)
        return None if row is None else PhotoId(row["kept"])


def _suspect(row: Row) -> Suspect:
    return Suspect(PhotoId(row["photo"]), PhotoId(row["other"]), row["likeness"], moment(row["found_at"]))
