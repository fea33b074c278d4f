"""Rows of evidence: the sealed documents behind versions of quitclaims, encrypted with a key each."""

from collections.abc import Callable

from appliance.domain.consent import QuitclaimId
from appliance.domain.errors import Mistake
from appliance.domain.signing import Evidence, EvidenceId, RequestId
from appliance.domain.templates import TemplateId
from appliance.store.rows import Row, Rows, instant, moment


class EvidenceRows(Rows):
    """Documents that prove what was said."""

    def add(
        self,
        evidence: Evidence,
        wrapped_key: bytes,
        *,
        request_id: RequestId | None = None,
        template: tuple[TemplateId, int] | None = None,
    ) -> None:
        """Add a document."""
        self._run(
            "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            evidence.id,
            evidence.quitclaim_id,
            evidence.version,
            evidence.kind,
            instant(evidence.made_at),
            evidence.place,
            evidence.bytes,
            evidence.sha256,
            evidence.seal,
            wrapped_key,
            request_id,
            *(template or (None, None)),
        )

    def get(self, evidence_id: EvidenceId) -> tuple[Evidence, bytes]:
        """One document and its wrapped key.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM evidence WHERE id = ?", evidence_id)
        if row is None:
            raise Mistake("evidence:unknown", "There is no such document.", "Choose one from the list.")
        return _evidence(row), bytes(row["wrapped_key"])

    def all(self) -> list[tuple[EvidenceId, Evidence, bytes]]:
        """Every document with its wrapped key."""
        rows = self._all("SELECT * FROM evidence ORDER BY made_at, id")
        return [(EvidenceId(row["id"]), _evidence(row), bytes(row["wrapped_key"])) for row in rows]

    def of_quitclaim(self, quitclaim_id: QuitclaimId) -> list[Evidence]:
        """The documents behind one quitclaim, oldest version first."""
        rows = self._all(
            "SELECT * FROM evidence WHERE quitclaim_id = ? ORDER BY version, made_at", quitclaim_id
        )
        return [_evidence(row) for row in rows]

    def quitclaim_of_request(self, request_id: RequestId) -> QuitclaimId | None:
        """The quitclaim that came of a request to one person; None when nobody signed yet."""
        row = self._first("SELECT quitclaim_id FROM evidence WHERE request_id = ? LIMIT 1", request_id)
        return QuitclaimId(row["quitclaim_id"]) if row else None

    def template_of(self, quitclaim_id: QuitclaimId) -> tuple[TemplateId, int] | None:
        """The version of the template that a quitclaim was signed on last; None without one."""
        row = self._first(
            "SELECT template_id, template_version FROM evidence WHERE quitclaim_id = ?"
            " AND template_id IS NOT NULL ORDER BY version DESC LIMIT 1",
            quitclaim_id,
        )
        return (TemplateId(row["template_id"]), row["template_version"]) if row else None

    def templates(self) -> dict[QuitclaimId, tuple[TemplateId, int]]:
        """The version of the template that each quitclaim was signed on last."""
        rows = self._all(
            "SELECT quitclaim_id, template_id, template_version, max(version) AS newest FROM evidence"
            " WHERE template_id IS NOT NULL GROUP BY quitclaim_id"
        )
        return {
            QuitclaimId(row["quitclaim_id"]): (TemplateId(row["template_id"]), row["template_version"])
            for row in rows
        }

    def rewrap(self, again: Callable[[EvidenceId, bytes], bytes]) -> int:
        """Wrap every document's key anew. Returns how many there were."""
        rows = self._all("SELECT id, wrapped_key FROM evidence")
        for row in rows:
            wrapped = again(EvidenceId(row["id"]), bytes(row["wrapped_key"]))
            self._run("UPDATE evidence SET wrapped_key = ? WHERE id = ?", wrapped, row["id"])
        return len(rows)


def _evidence(row: Row) -> Evidence:
    return Evidence(
        id=EvidenceId(row["id"]),
        quitclaim_id=QuitclaimId(row["quitclaim_id"]),
        version=row["version"],
        kind=row["kind"],
        made_at=moment(row["made_at"]),
        place=row["place"],
        bytes=row["bytes"],
        sha256=row["sha256"],
        seal=row["seal"],
    )
