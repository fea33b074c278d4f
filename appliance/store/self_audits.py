"""Rows of self-audits: signed reports, findings until they are fixed, and samples to look at by hand."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.self_audit import Finding, Followed, Grade, Problem, Sample, Topic
from appliance.store.rows import Row, Rows, instant, maybe_moment, moment


@dataclass(frozen=True, slots=True)
class SignedReport:
    """A report as it was signed. signed: its bytes, canonical JSON. public_key, signature: hexadecimal."""

    id: str
    made_at: datetime
    signed: bytes
    algorithm: str
    public_key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A photo of a sample. right: what somebody judged; None while nobody looked."""

    photo_id: PhotoId
    right: bool | None = None
    at: datetime | None = None
    by: str = ""


class SelfAuditRows(Rows):
    """Self-audits."""

    def add(self, report: SignedReport, sample: Sequence[PhotoId]) -> None:
        """Keep a report, and the photos to look at."""
        self._add(
            "self_audits",
            {
                "id": report.id,
                "made_at": instant(report.made_at),
                "report": report.signed.decode("ascii"),
                "algorithm": report.algorithm,
                "public_key": report.public_key,
                "signature": report.signature,
            },
        )
        for photo_id in sample:
            self._add("self_audit_sample", {"audit_id": report.id, "photo_id": photo_id})

    def get(self, report_id: str) -> SignedReport:
        """One report.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM self_audits WHERE id = ?", report_id)
        if row is None:
            raise Mistake("selfaudit:unknown", "There is no such report.", "Choose one from the list.")
        return _report(row)

    def recent(self, limit: int) -> list[SignedReport]:
        """The latest reports, newest first."""
        return [
            _report(row) for row in self._all("SELECT * FROM self_audits ORDER BY number DESC LIMIT ?", limit)
        ]

    def open(self) -> list[Followed]:
        """What is not fixed yet, oldest first."""
        rows = self._all("SELECT * FROM self_audit_findings WHERE fixed_at IS NULL ORDER BY number")
        return [_followed(row) for row in rows]

    def follow(self, followed: Iterable[Followed]) -> None:
        """Write how findings stand now."""
        for one in followed:
            row = {
                "finding": json.dumps(finding_row(one.finding)),
                "due_on": one.due_on.isoformat(),
                "fixed_at": instant(one.fixed_at),
                "told_at": instant(one.told_at),
            }
            changed = self._run(
                "UPDATE self_audit_findings SET finding = ?, due_on = ?, fixed_at = ?, told_at = ?"
                " WHERE key = ? AND fixed_at IS NULL",
                *row.values(),
                one.finding.key,
            )
            if not changed:
                fresh = {"key": one.finding.key, "found_at": instant(one.found_at)}
                self._add("self_audit_findings", row | fresh)

    def sample(self) -> Sample:
        """What of the newest sample still waits, and what of any sample is still wrong."""
        newest = self._first("SELECT id FROM self_audits ORDER BY number DESC LIMIT 1")
        if newest is None:
            return Sample()
        waiting = self._number(
            "SELECT count(*) FROM self_audit_sample WHERE audit_id = ? AND looked_at IS NULL", newest["id"]
        )
        wrong = self._all('SELECT DISTINCT photo_id FROM self_audit_sample WHERE "right" = 0 ORDER BY 1')
        return Sample(newest["id"], waiting, [PhotoId(row["photo_id"]) for row in wrong])

    def sample_of(self, report_id: str) -> list[Looked]:
        """The photos of one sample, and photos of earlier ones that are still wrong."""
        rows = self._all(
            "SELECT photo_id, \"right\", looked_at, looked_by, max(coalesce(looked_at, ''))"
            " FROM self_audit_sample"
            ' WHERE audit_id = ?1 OR "right" = 0 GROUP BY photo_id ORDER BY photo_id',
            report_id,
        )
        return [
            Looked(
                PhotoId(row["photo_id"]),
                None if row["right"] is None else bool(row["right"]),
                maybe_moment(row["looked_at"]),
                row["looked_by"] or "",
            )
            for row in rows
        ]

    def judge(self, photo_id: PhotoId, *, right: bool, by: str, now: datetime) -> int:
        """Note what somebody saw, in every sample that the photo is in. Returns in how many it is."""
        return self._run(
            'UPDATE self_audit_sample SET "right" = ?, looked_at = ?, looked_by = ? WHERE photo_id = ?',
            int(right),
            instant(now),
            by,
            photo_id,
        )

    def draw(self, count: int) -> list[PhotoId]:
        """Photos by chance, of those that are green for anything."""
        rows = self._all(
            "SELECT id FROM photos WHERE number IN (SELECT photo FROM lights WHERE light = 'green')"
            " ORDER BY random() LIMIT ?",
            count,
        )
        return [PhotoId(row["id"]) for row in rows]


def finding_row(finding: Finding) -> Row:
    """A finding as it is written, in the database and in the report alike."""
    return {
        "topic": finding.topic.value,
        "problem": finding.problem.value,
        "light": finding.grade.value,
        "thing": finding.thing,
        "values": dict(finding.values),
    }


def to_finding(row: Row) -> Finding:
    """A finding that was written."""
    return Finding(
        Topic(row["topic"]), Problem(row["problem"]), Grade(row["light"]), row["thing"], row["values"]
    )


def _followed(row: Row) -> Followed:
    return Followed(
        to_finding(json.loads(row["finding"])),
        moment(row["found_at"]),
        date.fromisoformat(row["due_on"]),
        maybe_moment(row["fixed_at"]),
        maybe_moment(row["told_at"]),
    )


def _report(row: Row) -> SignedReport:
    return SignedReport(
        row["id"],
        moment(row["made_at"]),
        row["report"].encode("ascii"),
        row["algorithm"],
        row["public_key"],
        row["signature"],
    )
