"""Rows of versions: what was known of a photo after each change."""

import json
from dataclasses import asdict

from appliance.domain.descriptions import Description
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.versions import Knowledge, PhotoVersion
from appliance.store.rows import Row, Rows, instant, moment

_OF = "SELECT * FROM photo_versions WHERE photo = (SELECT number FROM photos WHERE id = ?)"


class VersionRows(Rows):
    """Versions of photos."""

    def add(self, photo_id: PhotoId, version: PhotoVersion) -> None:
        """Add the next version of a photo."""
        self._run(
            "INSERT INTO photo_versions SELECT number, ?, ?, ?, ? FROM photos WHERE id = ?",
            version.number,
            instant(version.made_at),
            version.made_by,
            json.dumps(asdict(version.known), separators=(",", ":")),
            photo_id,
        )

    def of(self, photo_id: PhotoId) -> list[PhotoVersion]:
        """Every version of a photo, the newest first; none when nothing changed since it came."""
        rows = self._all(f"{_OF} ORDER BY version DESC", photo_id)
        return [_version(row) for row in rows]

    def last(self, photo_id: PhotoId) -> PhotoVersion | None:
        """The newest version of a photo."""
        row = self._first(f"{_OF} ORDER BY version DESC LIMIT 1", photo_id)
        return _version(row) if row else None


def _version(row: Row) -> PhotoVersion:
    known = json.loads(row["known"])
    told = known["description"]
    return PhotoVersion(
        number=row["version"],
        made_at=moment(row["made_at"]),
        made_by=row["made_by"],
        known=Knowledge(
            description=Description(**told | {"keywords": tuple(told["keywords"])}),
            shoot=known["shoot"],
            heads=known["heads"],
            people=tuple(PersonId(one) for one in known["people"]),
        ),
    )
