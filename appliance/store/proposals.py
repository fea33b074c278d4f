"""Rows of what takes two people."""

import json

from appliance.domain.errors import Mistake
from appliance.domain.proposals import Act, Answer, Proposal, ProposalId, Wanted
from appliance.store.rows import Row, Rows, instant, maybe_moment, moment


class ProposalRows(Rows):
    """Proposals, and what became of them."""

    def add(self, proposal: Proposal) -> None:
        """Add a proposal."""
        self._add("proposals", _row(proposal) | {"id": proposal.id})

    def replace(self, proposal: Proposal) -> None:
        """Write a proposal anew."""
        self._change("proposals", proposal.id, _row(proposal))

    def get(self, proposal_id: ProposalId) -> Proposal:
        """One proposal.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM proposals WHERE id = ?", proposal_id)
        if row is None:
            raise Mistake("proposal:unknown", "There is no such proposal.", "Choose one from the list.")
        return _proposal(row)

    def undone(self) -> list[Proposal]:
        """Those that nobody carried out, refused or withdrew, latest first; their time may be over."""
        return self._some("done_at IS NULL AND (answer IS NULL OR answer = 'approved')")

    def recent(self, limit: int) -> list[Proposal]:
        """The latest first."""
        return [
            _proposal(row)
            for row in self._all("SELECT * FROM proposals ORDER BY proposed_at DESC, id LIMIT ?", limit)
        ]

    def of(self, by: str, wanted: Wanted) -> list[Proposal]:
        """What somebody proposed to do, exactly this, and was not refused; latest first."""
        return [one for one in self.undone() if one.proposed_by == by and one.wanted == wanted]

    def latest(self, act: Act) -> Proposal | None:
        """The latest of an act that was not carried out, refused or withdrawn; None when there is none."""
        return next((one for one in self.undone() if one.wanted.act is act), None)

    def _some(self, condition: str) -> list[Proposal]:
        sql = f"SELECT * FROM proposals WHERE {condition} ORDER BY proposed_at DESC, id"  # noqa: S608
        return [_proposal(row) for row in self._all(sql)]


def _row(proposal: Proposal) -> Row:
    return {
        "act": proposal.wanted.act.value,
        "thing": proposal.wanted.thing,
        "details": json.dumps(dict(proposal.wanted.details), sort_keys=True),
        "proposed_by": proposal.proposed_by,
        "proposed_at": instant(proposal.proposed_at),
        "alone": int(proposal.alone),
        "answer": proposal.answer.value if proposal.answer else None,
        "answered_by": proposal.answered_by,
        "answered_at": instant(proposal.answered_at),
        "done_at": instant(proposal.done_at),
    }


def _proposal(row: Row) -> Proposal:
    return Proposal(
        id=ProposalId(row["id"]),
        wanted=Wanted(Act(row["act"]), row["thing"], json.loads(row["details"])),
        proposed_by=row["proposed_by"],
        proposed_at=moment(row["proposed_at"]),
        alone=bool(row["alone"]),
        answer=Answer(row["answer"]) if row["answer"] else None,
        answered_by=row["answered_by"],
        answered_at=maybe_moment(row["answered_at"]),
        done_at=maybe_moment(row["done_at"]),
    )
