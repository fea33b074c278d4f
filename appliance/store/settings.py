"""Settings of the box that people change while it runs."""

from appliance.store.rows import Rows


class SettingRows(Rows):
    """Values by key."""

    def get(self, key: str) -> str | None:
        """The value; None when it was never set."""
        row = self._first("SELECT value FROM settings WHERE key = ?", key)
        return None if row is None else str(row["value"])

    def put(self, key: str, value: str) -> None:
        """Set a value."""
        self._run(
            "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            value,
        )

    def delete(self, key: str) -> None:
        """Forget a value."""
        self._run("DELETE FROM settings WHERE key = ?", key)
