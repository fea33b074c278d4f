"""The search index of lights: it finds photos by light, and is never the answer itself."""

from collections.abc import Mapping
from datetime import date

from appliance.domain.consent import Light, Purpose
from appliance.domain.photos import PhotoId
from appliance.store.rows import Rows

_NO_CHANGE_DUE = "9999-12-31"


class LightRows(Rows):
    """Lights by photo and purpose, with the day on which the calendar may change them."""

    def put(self, photo_id: PhotoId, lights: Mapping[Purpose, Light], until: date | None) -> None:
        """Index one photo anew. until: the first day on which its lights may be others; None for never.

        What is left out of the library, a variant or in quarantine, is not in the index either.
        """
        row = self._first(
            "SELECT number, lights_until, unnamed, quarantined = 1 OR variant_of IS NOT NULL AS left_out"
            " FROM photos WHERE id = ?",
            photo_id,
        )
        if row is None:
            return
        shown = {} if row["left_out"] else {purpose.value: light.value for purpose, light in lights.items()}
        self._put_lights(row["number"], shown)
        unnamed = 0 if row["left_out"] else self._unnamed(photo_id)
        now = (until.isoformat() if until else _NO_CHANGE_DUE, unnamed)
        if now != (row["lights_until"], row["unnamed"]):
            sql = "UPDATE photos SET lights_until = ?, unnamed = ? WHERE number = ?"
            self._run(sql, *now, row["number"])

    def _put_lights(self, photo: int, lights: Mapping[str, str]) -> None:
        """Write what changed: most lights stay, and what stays costs nothing."""
        rows = self._all("SELECT purpose, light FROM lights WHERE photo = ?", photo)
        before, after = {(row["purpose"], row["light"]) for row in rows}, set(lights.items())
        for purpose, light in before - after:
            self._run(
                "DELETE FROM lights WHERE purpose = ? AND light = ? AND photo = ?", purpose, light, photo
            )
        for purpose, light in sorted(after - before):
            self._run("INSERT INTO lights VALUES (?, ?, ?)", purpose, light, photo)

    def _unnamed(self, photo_id: PhotoId) -> int:
        return self._number(
            "SELECT count(*) FROM faces WHERE photo_id = ? AND resolution = 'open' AND NOT EXISTS ("
            " SELECT 1 FROM links WHERE face_id = faces.id AND state = 'confirmed')",
            photo_id,
        )

    def stale(self, day: date, limit: int) -> list[PhotoId]:
        """Photos that are not indexed, or whose lights the calendar may have changed by this day."""
        rows = self._all(
            "SELECT id FROM photos WHERE lights_until <= ? ORDER BY lights_until LIMIT ?",
            day.isoformat(),
            limit,
        )
        return [PhotoId(row["id"]) for row in rows]

    def counts(self, purpose: Purpose) -> dict[Light, int]:
        """How many photos have each light for a purpose."""
        rows = self._all("SELECT light, photos FROM light_counts WHERE purpose = ?", purpose.value)
        found = {Light(row["light"]): int(row["photos"]) for row in rows}
        return {light: found.get(light, 0) for light in Light}
