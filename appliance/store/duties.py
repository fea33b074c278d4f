"""Rows of periodic duties: how each went, and when."""

import json

from appliance.domain.duties import Duty, Run
from appliance.domain.errors import Mistake
from appliance.store.rows import Row, Rows, instant, moment


class DutyRows(Rows):
    """Runs of duties."""

    def add(self, run: Run) -> None:
        """Note how a duty went; noting it twice is noting it once."""
        self._run("DELETE FROM duty_runs WHERE id = ?", run.id)
        self._add(
            "duty_runs",
            {
                "id": run.id,
                "duty": run.duty.value,
                "target": run.target,
                "started_at": instant(run.started_at),
                "finished_at": instant(run.finished_at),
                "passed": int(run.passed),
                "findings": json.dumps(run.findings),
            },
        )

    def get(self, run_id: str) -> Run:
        """One run.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM duty_runs WHERE id = ?", run_id)
        if row is None:
            raise Mistake("duty:unknown", "There is no such run.", "Choose one from the list.")
        return _run(row)

    def latest(self) -> dict[tuple[Duty, str], Run]:
        """The last run of each duty, for each target."""
        rows = self._all(
            "SELECT * FROM duty_runs WHERE number IN"
            " (SELECT max(number) FROM duty_runs GROUP BY duty, target)"
        )
        return {(run.duty, run.target): run for run in map(_run, rows)}

    def recent(self, limit: int, duty: Duty | None = None) -> list[Run]:
        """The latest runs, newest first."""
        rows = self._all(
            "SELECT * FROM duty_runs WHERE ?1 IS NULL OR duty = ?1 ORDER BY number DESC LIMIT ?2",
            duty.value if duty else None,
            limit,
        )
        return [_run(row) for row in rows]


def _run(row: Row) -> Run:
    return Run(
        id=row["id"],
        duty=Duty(row["duty"]),
        target=row["target"],
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
        passed=bool(row["passed"]),
        findings=json.loads(row["findings"]),
    )
