"""Two people for what cannot be undone: proposing it, answering, and taking an approval up.

An act calls `require_approval` within its own transaction. It is refused there until somebody else
approved exactly that; the doors propose what was refused, and the act is asked for once more afterwards.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from appliance.domain.access import Actor, Permission, UserId
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import PersonId
from appliance.domain.photos import ShootId
from appliance.domain.proposals import (
    PROPOSED_WITH,
    Act,
    Answer,
    Proposal,
    ProposalId,
    SecondNeeded,
    Standing,
    Wanted,
    approvers,
    require_second,
    require_waiting,
)
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.safe import Safe

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """A proposal as it is shown. thing: the name of what it is done to; empty when nobody may know it."""

    proposal: Proposal
    standing: Standing
    proposed_by: str
    answered_by: str
    thing: str


def require_approval(tx: Transaction, wanted: Wanted) -> None:
    """Take up somebody else's approval of exactly this; called within the transaction of the act itself.

    Raises:
        SecondNeeded: when nobody approved it yet. The door that shows it proposes it (`propose`).
    """
    ready = [one for one in tx.proposals.of(tx.by.id, wanted) if _may_be_done(tx, one)]
    if not ready:
        raise SecondNeeded(wanted)
    tx.proposals.replace(replace(ready[0], done_at=tx.now))
    approved = ready[0].answer is Answer.APPROVED
    detail = f"{wanted.act} approved_by={ready[0].answered_by}" if approved else f"{wanted.act} alone"
    tx.record(Event("proposal:done", ready[0].id, detail=detail))


def _may_be_done(tx: Transaction, proposal: Proposal) -> bool:
    """Whether it is ready. Alone only while there still is nobody else."""
    if proposal.standing(tx.now) is not Standing.READY:
        return False
    return proposal.answer is Answer.APPROVED or not _others(tx, proposal.wanted.act, proposal.proposed_by)


def _others(view: View, act: Act, proposed_by: str) -> bool:
    return bool(approvers(act, proposed_by, view.access.all()))


def propose(safe: Safe, wanted: Wanted, *, by: Actor, now: datetime) -> Proposal:
    """Propose what takes two people; the same again is the proposal that stands already."""
    with safe.store.look(by=by, to=PROPOSED_WITH[wanted.act], now=now) as view:
        standing = [one for one in view.proposals.of(by.id, wanted) if one.open(now)]
    if standing:
        return standing[0]
    with safe.store.begin(by=by, to=PROPOSED_WITH[wanted.act], now=now) as tx:
        return add_proposal(tx, wanted)


def add_proposal(tx: Transaction, wanted: Wanted) -> Proposal:
    """Write a proposal down, within a transaction that is open already."""
    alone = not _others(tx, wanted.act, tx.by.id)
    made = Proposal(ProposalId(new_id()), wanted, tx.by.id, tx.now, alone=alone)
    tx.proposals.add(made)
    tx.record(Event("proposal:make", made.id, detail=f"{wanted.act} {wanted.thing}".strip()))
    return made


def answer_proposal(
    safe: Safe, proposal_id: ProposalId, *, approve: bool, by: Actor, now: datetime
) -> Proposal:
    """Approve what somebody else proposed, or refuse it. Whoever proposed it carries it out then.

    Raises:
        NotAllowed: when it is the same person, or the emergency account.
        Mistake: when it does not wait any more, or is answered where it is shown (recognition).
    """
    with safe.store.begin(by=by, to=Permission.PROPOSAL_ANSWER, now=now, on=proposal_id) as tx:
        found = tx.proposals.get(proposal_id)
        if found.wanted.act is Act.RECOGNITION:
            raise Mistake(
                "proposal:elsewhere", "Recognition is approved on the page of the box.", "Open that page."
            )
        require_waiting(found, now)
        require_second(found, by.id, tx.access.all())
        answered = _answered(found, Answer.APPROVED if approve else Answer.REFUSED, by, now)
        tx.proposals.replace(answered)
        told = f"{found.wanted.act} {found.wanted.thing}".strip()
        tx.record(Event("proposal:approve" if approve else "proposal:refuse", proposal_id, detail=told))
    return answered


def withdraw_proposal(safe: Safe, proposal_id: ProposalId, *, by: Actor, now: datetime) -> Proposal:
    """Take back what one proposed oneself, approved or not.

    Raises:
        NotAllowed: when somebody else proposed it.
        Mistake: when it was carried out or refused, or its time is over.
    """
    with safe.store.begin(by=by, to=Permission.PROPOSAL_VIEW, now=now, on=proposal_id) as tx:
        found = tx.proposals.get(proposal_id)
        if found.proposed_by != by.id:
            raise NotAllowed(
                "proposal:not_yours", "Somebody else proposed this.", "Refuse it, or ask them to withdraw it."
            )
        if not found.open(now):
            require_waiting(found, now)
        withdrawn = _answered(found, Answer.WITHDRAWN, by, now)
        tx.proposals.replace(withdrawn)
        tx.record(Event("proposal:withdraw", proposal_id, detail=found.wanted.act))
    return withdrawn


def _answered(proposal: Proposal, answer: Answer, by: Actor, now: datetime) -> Proposal:
    return replace(proposal, answer=answer, answered_by=by.id, answered_at=now)


def proposals(safe: Safe, *, by: Actor, now: datetime) -> tuple[ProposalCard, ...]:
    """What takes two people, of late: what is open first, then the latest."""
    with safe.store.look(by=by, to=Permission.PROPOSAL_VIEW, now=now) as view:
        found = view.proposals.recent(_SHOWN)
        users = {user.id: user.name for user in view.access.all()}
    with safe.store.look(by=by, to=Permission.PERSON_VIEW, now=now) as view:
        things = {one.id: _name(view, one.wanted) for one in found}
    cards = [
        ProposalCard(
            one,
            one.standing(now),
            users.get(UserId(one.proposed_by), ""),
            users.get(UserId(one.answered_by), ""),
            things[one.id],
        )
        for one in found
    ]
    return tuple(sorted(cards, key=lambda card: not card.proposal.open(now)))


def _name(view: View, wanted: Wanted) -> str:
    """What the thing is called; empty when it is gone, or not for whoever looks."""
    try:
        match wanted.act:
            case Act.ERASE_PERSON:
                return view.people.get(PersonId(wanted.thing)).name
            case Act.RETENTION if wanted.thing:
                return view.shoots.get(ShootId(wanted.thing)).name
    except Mistake:
        return ""
    return ""


def to_answer(view: View, whose: str, now: datetime) -> int:
    """How many proposals of others wait for somebody's answer."""
    return sum(
        one.answer is None and one.open(now) and one.proposed_by != whose
        for one in view.proposals.undone()
        if one.wanted.act is not Act.RECOGNITION
    )


def to_carry_out(view: View, whose: str, now: datetime) -> int:
    """How many proposals of one's own can be carried out."""
    return sum(
        one.standing(now) is Standing.READY and one.proposed_by == whose for one in view.proposals.undone()
    )
