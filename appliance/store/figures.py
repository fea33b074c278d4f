"""Counts by month, out of tables that stay small however many photos there are."""

from appliance.store.rows import Rows


class FigureRows(Rows):
    """Counts by month, as `2026-11`."""

    def photos_in(self) -> dict[str, int]:
        """Photos that imports stored."""
        return self._months("SELECT substr(started_at, 1, 7) AS month, sum(stored) AS count FROM imports")

    def bytes_in(self) -> dict[str, int]:
        """Bytes that imports took in."""
        return self._months("SELECT substr(started_at, 1, 7) AS month, sum(bytes) AS count FROM imports")

    def copies_out(self) -> dict[str, int]:
        """Copies that left."""
        return self._months("SELECT substr(made_at, 1, 7) AS month, count(*) AS count FROM releases")

    def quitclaims(self) -> dict[str, int]:
        """Versions of quitclaims, by the day they were recorded on."""
        return self._months("SELECT substr(recorded_on, 1, 7) AS month, count(*) AS count FROM quitclaims")

    def _months(self, select: str) -> dict[str, int]:
        return {row["month"]: row["count"] for row in self._all(f"{select} GROUP BY month")}
