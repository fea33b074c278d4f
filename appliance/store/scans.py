"""Rows of scanned pages of paper forms that wait to be read by a person; the pages are encrypted files."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from appliance.domain.errors import Mistake
from appliance.domain.signing import RequestId, ScanId
from appliance.store.rows import Row, Rows, instant, moment


@dataclass(frozen=True, slots=True)
class KeptScan:
    """One page. number: of the page, from 1. place: of the encrypted JPEG."""

    id: ScanId
    number: int
    request_id: RequestId
    made_at: datetime
    made_by: str
    place: str
    bytes: int
    sha256: str


class ScanRows(Rows):
    """Pages that wait."""

    def add(self, scan: KeptScan, wrapped_key: bytes) -> None:
        """Add a page."""
        self._run(
            "INSERT INTO scans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            scan.id,
            scan.number,
            scan.request_id,
            instant(scan.made_at),
            scan.made_by,
            scan.place,
            scan.bytes,
            scan.sha256,
            wrapped_key,
        )

    def get(self, scan_id: ScanId) -> tuple[KeptScan, bytes]:
        """One page and its wrapped key.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM scans WHERE id = ?", scan_id)
        if row is None:
            raise Mistake("scan:unknown", "There is no such scan.", "It may have been confirmed already.")
        return _scan(row), bytes(row["wrapped_key"])

    def of_request(self, request_id: RequestId) -> list[KeptScan]:
        """The pages of one form, in order."""
        rows = self._all("SELECT * FROM scans WHERE request_id = ? ORDER BY number", request_id)
        return [_scan(row) for row in rows]

    def all(self) -> list[KeptScan]:
        """Every page that waits, the oldest form first."""
        return [_scan(row) for row in self._all("SELECT * FROM scans ORDER BY made_at, number")]

    def delete(self, request_id: RequestId) -> list[str]:
        """Forget the pages of a form. Returns where their files are."""
        places = [scan.place for scan in self.of_request(request_id)]
        self._run("DELETE FROM scans WHERE request_id = ?", request_id)
        return places

    def rewrap(self, again: Callable[[ScanId, bytes], bytes]) -> int:
        """Wrap every page's key anew. Returns how many there were."""
        rows = self._all("SELECT id, wrapped_key FROM scans")
        for row in rows:
            wrapped = again(ScanId(row["id"]), bytes(row["wrapped_key"]))
            self._run("UPDATE scans SET wrapped_key = ? WHERE id = ?", wrapped, row["id"])
        return len(rows)


def _scan(row: Row) -> KeptScan:
    return KeptScan(
        id=ScanId(row["id"]),
        number=row["number"],
        request_id=RequestId(row["request_id"]),
        made_at=moment(row["made_at"]),
        made_by=row["made_by"],
        place=row["place"],
        bytes=row["bytes"],
        sha256=row["sha256"],
    )
