"""Rows of shoots and of who was invited."""

from collections.abc import Iterable
from datetime import date

from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import ShootId
from appliance.domain.shoots import Scope, Shoot, ShootRecognition
from appliance.store.rows import Row, Rows, instant, moment


class ShootRows(Rows):
    """Shoots with their invitations."""

    def put(self, shoot: Shoot) -> None:
        """Add a shoot, or write it anew."""
        recognition = shoot.recognition
        self._run(
            "INSERT INTO shoots VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " name = excluded.name, day = excluded.day, scope = excluded.scope,"
            " enabled_by = excluded.enabled_by, enabled_at = excluded.enabled_at",
            shoot.id,
            shoot.name,
            shoot.day.isoformat(),
            recognition.scope.value if recognition else None,
            recognition.enabled_by if recognition else None,
            instant(recognition.enabled_at) if recognition else None,
        )
        self._run("DELETE FROM invitations WHERE shoot_id = ?", shoot.id)
        for person_id in sorted(shoot.invited):
            self._run("INSERT INTO invitations VALUES (?, ?)", shoot.id, person_id)

    def get(self, shoot_id: ShootId) -> Shoot:
        """One shoot.

        Raises:
            Mistake: when there is none of that id.
        """
        self._choose(shoot_id)
        row = self._first("SELECT * FROM shoots WHERE id = ?", shoot_id)
        if row is None:
            raise Mistake("shoot:unknown", "There is no such shoot.", "Choose one from the list.")
        return self._shoot(row)

    def all(self) -> list[Shoot]:
        """Every shoot, the latest first."""
        rows = self._all("SELECT * FROM shoots ORDER BY day DESC, name, id")
        return [self._shoot(row) for row in rows]

    def photo_counts(self) -> dict[ShootId, int]:
        """How many photos each shoot has."""
        rows = self._all("SELECT shoot_id, count(*) AS photos FROM photos GROUP BY shoot_id")
        return {ShootId(row["shoot_id"]): row["photos"] for row in rows if row["shoot_id"] is not None}

    def invite(self, shoot_id: ShootId, people: Iterable[PersonId]) -> None:
        """Add people to a shoot's invited."""
        for person_id in people:
            self._run("INSERT OR IGNORE INTO invitations VALUES (?, ?)", shoot_id, person_id)

    def _shoot(self, row: Row) -> Shoot:
        invited = self._all(
            "SELECT DISTINCT identity FROM invitations JOIN people ON people.id = person_id"
            " WHERE shoot_id = ?",
            row["id"],
        )
        return Shoot(
            id=ShootId(row["id"]),
            name=row["name"],
            day=date.fromisoformat(row["day"]),
            invited=frozenset(PersonId(one["identity"]) for one in invited),
            recognition=ShootRecognition(Scope(row["scope"]), row["enabled_by"], moment(row["enabled_at"]))
            if row["scope"]
            else None,
        )
