"""Rows of requests by subjects, and of the rules by which photos are kept."""

from datetime import date, datetime

from appliance.domain.consent import Purpose
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId, ShootId
from appliance.domain.retention import Rule, RuleId, Then
from appliance.domain.rights import Right, RightsRequest, RightsRequestId, RightsState
from appliance.store.rows import Row, Rows, day_text, instant, maybe_moment, moment


class RightsRows(Rows):
    """Requests by subjects."""

    def put(self, request: RightsRequest) -> None:
        """Add a request, or write how it stands anew."""
        self._run("DELETE FROM rights_requests WHERE id = ?", request.id)
        self._add(
            "rights_requests",
            {
                "id": request.id,
                "person_id": request.person_id,
                "right": request.right.value,
                "received_on": day_text(request.received_on),
                "due_on": day_text(request.due_on),
                "state": request.state.value,
                "note": request.note,
                "recorded_at": instant(request.recorded_at),
                "recorded_by": request.recorded_by,
                "closed_at": instant(request.closed_at),
                "lifted_at": instant(request.lifted_at),
                "extension": request.extension,
                "lifted_why": request.lifted_why,
            },
        )

    def get(self, request_id: RightsRequestId) -> RightsRequest:
        """One request.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM rights_requests WHERE id = ?", request_id)
        if row is None:
            raise Mistake("rights:unknown", "There is no such request.", "It may have been removed.")
        return _request(row)

    def all(self) -> list[RightsRequest]:
        """Every request: the open ones first, the most urgent first."""
        rows = self._all("SELECT * FROM rights_requests ORDER BY closed_at IS NOT NULL, due_on, id")
        return [_request(row) for row in rows]

    def of_person(self, person_id: PersonId) -> list[RightsRequest]:
        """Somebody's requests, newest first."""
        rows = self._all(
            "SELECT * FROM rights_requests WHERE person_id = ? ORDER BY received_on DESC, id", person_id
        )
        return [_request(row) for row in rows]


class RetentionRows(Rows):
    """Rules, and warnings that were given."""

    def put(self, rule: Rule) -> None:
        """Add a rule; it replaces the one of the same shoot and purpose."""
        self._run(
            "DELETE FROM retention_rules WHERE shoot_id IS ? AND purpose IS ?", rule.shoot_id, rule.purpose
        )
        self._add(
            "retention_rules",
            {
                "id": rule.id,
                "shoot_id": rule.shoot_id,
                "purpose": rule.purpose.value if rule.purpose else None,
                "months": rule.months,
                "then_do": rule.then.value,
            },
        )

    def remove(self, rule_id: RuleId) -> int:
        """Take a rule away. Returns how many there were."""
        return self._run("DELETE FROM retention_rules WHERE id = ?", rule_id)

    def rules(self) -> list[Rule]:
        """Every rule."""
        rows = self._all("SELECT * FROM retention_rules ORDER BY shoot_id, purpose")
        return [
            Rule(
                RuleId(row["id"]),
                ShootId(row["shoot_id"]) if row["shoot_id"] else None,
                Purpose(row["purpose"]) if row["purpose"] else None,
                row["months"],
                Then(row["then_do"]),
            )
            for row in rows
        ]

    def warn(self, photo_id: PhotoId, purge_on: date, at: datetime) -> None:
        """Note that a photo's purge was announced."""
        self._run(
            "INSERT OR REPLACE INTO retention_warnings VALUES (?, ?, ?)",
            photo_id,
            day_text(purge_on),
            instant(at),
        )

    def warned(self) -> dict[PhotoId, date]:
        """For which photos a purge was announced, and for which day."""
        rows = self._all("SELECT photo_id, purge_on FROM retention_warnings")
        return {PhotoId(row["photo_id"]): date.fromisoformat(row["purge_on"]) for row in rows}

    def unwarn(self, photo_id: PhotoId) -> None:
        """Take an announcement back: the photo is kept longer."""
        self._run("DELETE FROM retention_warnings WHERE photo_id = ?", photo_id)


def _request(row: Row) -> RightsRequest:
    return RightsRequest(
        id=RightsRequestId(row["id"]),
        person_id=PersonId(row["person_id"]),
        right=Right(row["right"]),
        received_on=date.fromisoformat(row["received_on"]),
        due_on=date.fromisoformat(row["due_on"]),
        state=RightsState(row["state"]),
        note=row["note"],
        recorded_at=moment(row["recorded_at"]),
        recorded_by=row["recorded_by"],
        closed_at=maybe_moment(row["closed_at"]),
        lifted_at=maybe_moment(row["lifted_at"]),
        extension=row["extension"],
        lifted_why=row["lifted_why"],
    )
