"""The life of a photo: when it came, who was named in it, who said what, and where copies went."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.domain.consent import Answer, PhotoFacts, Purpose, Quitclaim
from appliance.domain.people import LinkState, PersonId
from appliance.domain.recalls import Recall, RecallState
from appliance.domain.release import Release, ReleaseId


class Turn(StrEnum):
    """What can happen to a photo."""

    RECEIVED = "received"
    NAMED = "named"
    PERMITTED = "permitted"  # somebody in it said yes to these purposes
    REFUSED = "refused"  # somebody in it said no, or took a yes back
    RELEASED = "released"
    CALLED_BACK = "called_back"
    ANSWERED = "answered"  # what became of a copy that was called back


@dataclass(frozen=True, slots=True)
class Step:
    """One turn. recipient: to whom a copy went; empty when nobody was named."""

    at: datetime
    turn: Turn
    person_id: PersonId | None = None
    purposes: tuple[Purpose, ...] = ()
    recipient: str = ""
    answer: RecallState | None = None


def life(
    facts: PhotoFacts, releases: Sequence[Release], recalls: Mapping[ReleaseId, Recall]
) -> tuple[Step, ...]:
    """Everything that happened to a photo, the earliest first."""
    found = [
        Step(facts.photo.arrived_at, Turn.RECEIVED),
        *_names(facts),
        *(step for versions in facts.quitclaims.values() for step in _statements(versions)),
        *(step for release in releases for step in _copy(release, recalls.get(release.id))),
    ]
    return tuple(sorted(found, key=lambda step: step.at))


def _names(facts: PhotoFacts) -> Iterator[Step]:
    for link in facts.links:
        if link.state is LinkState.CONFIRMED and link.changed_at is not None:
            yield Step(link.changed_at, Turn.NAMED, link.person_id)


def _statements(versions: Iterable[Quitclaim]) -> Iterator[Step]:
    """What each version said that the one before it had not said yet."""
    before: dict[tuple[str, Purpose], Answer] = {}
    for version in sorted(versions, key=lambda one: (one.recorded_at, one.version)):
        said: dict[Answer, list[Purpose]] = {}
        for term in version.terms:
            if before.get((version.id, term.purpose)) is not term.answer:
                said.setdefault(term.answer, []).append(term.purpose)
            before[version.id, term.purpose] = term.answer
        yes, no = said.get(Answer.GRANTED), _no(said)
        if yes:
            yield Step(version.recorded_at, Turn.PERMITTED, version.person_id, tuple(yes))
        if no:
            yield Step(version.recorded_at, Turn.REFUSED, version.person_id, tuple(no))


def _no(said: Mapping[Answer, Sequence[Purpose]]) -> list[Purpose]:
    return [*said.get(Answer.DECLINED, ()), *said.get(Answer.WITHDRAWN, ())]


def _copy(release: Release, recall: Recall | None) -> Iterator[Step]:
    to, what = release.recipient.name or release.recipient.email, (release.purpose,)
    yield Step(release.made_at, Turn.RELEASED, purposes=what, recipient=to)
    if recall is None:
        return
    yield Step(recall.opened_at, Turn.CALLED_BACK, purposes=what, recipient=to)
    if recall.answered_at is not None:
        yield Step(recall.answered_at, Turn.ANSWERED, purposes=what, recipient=to, answer=recall.state)
