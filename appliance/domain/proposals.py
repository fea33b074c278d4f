"""What takes two people: one proposes it, and another approves it before it is carried out.

A slip or a stolen session of one person must not erase, carry off or destroy what cannot be had back. Who
approves is an administrator or a privacy officer, never whoever proposed. Where there is nobody else, most
acts may be carried out alone after a day's thought; recognition never.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NewType

from appliance.domain.access import HELD_BY, Permission, User
from appliance.domain.errors import Mistake, NotAllowed

ProposalId = NewType("ProposalId", str)


class Act(StrEnum):
    """What takes two people."""

    RECOGNITION = "recognition"  # switching it on
    ERASE_PERSON = "erase_person"
    RETENTION = "retention"  # changing how long photos are kept
    EXPORT_ALL = "export_all"
    DESTROY = "destroy"  # the safe


# Whoever may do it proposes it.
PROPOSED_WITH: Mapping[Act, Permission] = {
    Act.RECOGNITION: Permission.RECOGNITION_PROPOSE,
    Act.ERASE_PERSON: Permission.ERASURE_MAKE,
    Act.RETENTION: Permission.RETENTION_EDIT,
    Act.EXPORT_ALL: Permission.SAFE_EXPORT,
    Act.DESTROY: Permission.SAFE_DESTROY,
}
APPROVED_WITH: Mapping[Act, Permission] = dict.fromkeys(Act, Permission.PROPOSAL_ANSWER) | {
    Act.RECOGNITION: Permission.RECOGNITION_APPROVE
}
# An assessment may take weeks, and nothing is lost by it; the others are stale after a week.
WITHOUT_END = frozenset({Act.RECOGNITION})
NEVER_ALONE = frozenset({Act.RECOGNITION})

TIME_TO_APPROVE = timedelta(days=7)
TIME_TO_CARRY_OUT = timedelta(days=7)  # from the approval on
ALONE_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Exactly what is to be done. An approval of it is no approval of anything else.

    thing: opaque id of what it is done to, when it is one thing. details: how, as whoever approves reads it.
    """

    act: Act
    thing: str = ""
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class Answer(StrEnum):
    """What became of a proposal."""

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by whoever proposed


class Standing(StrEnum):
    """How a proposal stands at some moment."""

    WAITING = "waiting"
    READY = "ready"  # to be carried out by whoever proposed it
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that takes two people, and what became of it.

    alone: whether there was nobody else who could have approved it when it was proposed.
    """

    id: ProposalId
    wanted: Wanted
    proposed_by: str
    proposed_at: datetime
    alone: bool = False
    answer: Answer | None = None
    answered_by: str = ""
    answered_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def alone_from(self) -> datetime | None:
        """From when on it may be carried out without a second person; None when never."""
        if not self.alone or self.wanted.act in NEVER_ALONE:
            return None
        return self.proposed_at + ALONE_AFTER

    @property
    def ends_at(self) -> datetime | None:
        """Until when it can be approved, or carried out once it was; None when it does not end."""
        if self.wanted.act in WITHOUT_END:
            return None
        if self.answer is Answer.APPROVED and self.answered_at is not None:
            return self.answered_at + TIME_TO_CARRY_OUT
        return self.proposed_at + TIME_TO_APPROVE

    def standing(self, now: datetime) -> Standing:
        """How it stands."""
        if self.done_at is not None:
            return Standing.DONE
        if self.answer in (Answer.REFUSED, Answer.WITHDRAWN):
            return Standing(self.answer.value)
        if self.ends_at is not None and now >= self.ends_at:
            return Standing.EXPIRED
        if self.answer is Answer.APPROVED:
            return Standing.READY
        return Standing.READY if self.alone_from is not None and now >= self.alone_from else Standing.WAITING

    def open(self, now: datetime) -> bool:
        """Whether something can still come of it."""
        return self.standing(now) in (Standing.WAITING, Standing.READY)


def approvers(act: Act, proposed_by: str, users: Iterable[User]) -> tuple[User, ...]:
    """Who could approve it. The emergency account is nobody: its password is on paper."""
    return tuple(
        user
        for user in users
        if user.active
        and not user.emergency
        and user.id != proposed_by
        and APPROVED_WITH[act] in HELD_BY[user.role]
    )


class SecondNeeded(NotAllowed):
    """What was asked takes a second person, who has not approved it yet. Carries what is to be proposed."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(
            "proposal:needed",
            "This takes two people.",
            "It is proposed first; another administrator or privacy officer approves it.",
        )
        self.wanted = wanted


def require_waiting(proposal: Proposal, now: datetime) -> None:
    """That it can still be answered.

    Raises:
        Mistake: when it was answered, carried out, or its time is over.
    """
    if proposal.answer is not None or not proposal.open(now):
        raise Mistake(
            "proposal:over",
            "This proposal does not wait any more.",
            "Whoever proposed it can propose it anew.",
        )


def require_second(proposal: Proposal, by: str, users: Iterable[User]) -> None:
    """That whoever approves is another person, and no paper.

    Raises:
        NotAllowed: when it is who proposed it, or the emergency account.
    """
    if by == proposal.proposed_by:
        raise NotAllowed(
            "proposal:same_person",
            "Whoever proposed this cannot approve it as well.",
            "Ask another administrator or privacy officer.",
        )
    if any(user.id == by and user.emergency for user in users):
        raise NotAllowed(
            "proposal:emergency",
            "The emergency account approves nothing.",
            "Sign in as an administrator or privacy officer.",
        )
