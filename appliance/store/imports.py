"""Rows of imports."""

from dataclasses import asdict

from appliance.domain.errors import Mistake
from appliance.domain.photos import ImportId, ImportReport
from appliance.store.rows import Row, Rows, instant, maybe_moment, moment


class ImportRows(Rows):
    """Imports, with their counts so far."""

    def begin(self, report: ImportReport) -> None:
        """Add an import."""
        self._add("imports", _row(report))
        self._choose(report.id)

    def replace(self, report: ImportReport) -> None:
        """Write an import's counts anew."""
        self._change("imports", report.id, _row(report))

    def get(self, import_id: ImportId) -> ImportReport:
        """One import.

        Raises:
            Mistake: when there is none of that id.
        """
        self._choose(import_id)
        row = self._first("SELECT * FROM imports WHERE id = ?", import_id)
        if row is None:
            raise Mistake("import:unknown", "There is no such import.", "Choose one from the list.")
        return _report(row)

    def open(self) -> list[ImportReport]:
        """Imports that are not closed, oldest first; whatever the clock said when they began."""
        return [_report(row) for row in self._all("SELECT * FROM imports WHERE finished_at IS NULL")]

    def to_collect(self) -> list[ImportReport]:
        """Imports for a collection that are closed, with every photo examined and compared; oldest first."""
        rows = self._all(
            "SELECT * FROM imports INDEXED BY imports_to_collect WHERE collection_id IS NOT NULL"
            " AND collected IS NULL AND finished_at IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM photos LEFT JOIN fingerprints ON fingerprints.photo = photos.number"
            "  WHERE import_id = imports.id AND (stage = 'stored' OR compared = 0))"
            " ORDER BY started_at, rowid"
        )
        return [_report(row) for row in rows]

    def recent(self, limit: int) -> list[ImportReport]:
        """The latest imports, newest first."""
        rows = self._all("SELECT * FROM imports ORDER BY started_at DESC, rowid DESC LIMIT ?", limit)
        return [_report(row) for row in rows]


def _row(report: ImportReport) -> Row:
    times = {"started_at": instant(report.started_at), "finished_at": instant(report.finished_at)}
    return asdict(report) | times


def _report(row: Row) -> ImportReport:
    known = {name: value for name, value in row.items() if name != "rowid"}
    return ImportReport(
        **known | {"started_at": moment(row["started_at"]), "finished_at": maybe_moment(row["finished_at"])}
    )
