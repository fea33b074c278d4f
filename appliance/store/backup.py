"""Rows of backup targets. The secrets in them are those of the box at the target, and lie encrypted here."""

from dataclasses import asdict

from appliance.domain.backup import Target, TargetKind
from appliance.domain.errors import Mistake
from appliance.store.rows import Row, Rows


class BackupRows(Rows):
    """Targets of backups."""

    def put(self, target: Target) -> None:
        """Add a target, or write it anew."""
        self.remove(target.name)
        self._add("backup_targets", asdict(target) | {"kind": target.kind.value})

    def remove(self, name: str) -> int:
        """Forget a target; what lies there stays. Returns how many there were."""
        return self._run("DELETE FROM backup_targets WHERE name = ?", name)

    def all(self) -> list[Target]:
        """Every target, by name."""
        return [_target(row) for row in self._all("SELECT * FROM backup_targets ORDER BY name")]

    def get(self, name: str) -> Target:
        """One target.

        Raises:
            Mistake: when there is none of that name.
        """
        row = self._first("SELECT * FROM backup_targets WHERE name = ?", name)
        if row is None:
            raise Mistake("backup:unknown_target", "There is no such target.", "See `kluis backup list`.")
        return _target(row)


def _target(row: Row) -> Target:
    return Target(**row | {"kind": TargetKind(row["kind"])})
