"""When the box may recognise people: two people switch it on, for a shoot, and for whom was invited (P1-P4).

Recognition processes biometric data, so it needs explicit consent of each person (GDPR article 9, paragraph
2a), and an assessment before it begins (article 35). Off is where it starts, and where doubt leads.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import Person, PersonId, age
from appliance.domain.shoots import Scope, Shoot

GROWN_UP = 18  # years; a younger person is suggested, but never chosen beforehand


class Switch(StrEnum):
    """How recognition stands for the whole box."""

    OFF = "off"
    PROPOSED = "proposed"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Recognition:
    """The switch of the box, and who set it on which assessment.

    dpia: where the data protection impact assessment is filed.
    """

    switch: Switch = Switch.OFF
    dpia: str = ""
    proposed_by: str = ""
    proposed_at: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None

    @property
    def on(self) -> bool:
        """Whether both people have agreed."""
        return self.switch is Switch.ON


def propose(now: Recognition, dpia: str, by: str, at: datetime) -> Recognition:
    """An administrator asks for recognition, on an assessment.

    Raises:
        Mistake: when it is on already, or without the reference of an assessment.
    """
    if now.on:
        raise Mistake("recognition:on_already", "Recognition is on already.")
    if not dpia.strip():
        raise Mistake(
            "recognition:no_dpia",
            "Recognition needs the reference of a data protection impact assessment.",
            "Fill in where the DPIA is filed.",
        )
    return Recognition(Switch.PROPOSED, " ".join(dpia.split()), by, at)


def approve(now: Recognition, by: str, at: datetime) -> Recognition:
    """A privacy officer agrees to what was proposed; from then on it is on.

    Raises:
        Mistake: when nothing was proposed.
        NotAllowed: when it is the same person who proposed it.
    """
    if now.switch is not Switch.PROPOSED:
        raise Mistake("recognition:not_proposed", "Nobody has proposed recognition.", "Propose it first.")
    if by == now.proposed_by:
        raise NotAllowed(
            "recognition:same_person",
            "Whoever proposed recognition cannot approve it as well.",
            "Ask a privacy officer who did not propose it.",
        )
    return replace(now, switch=Switch.ON, approved_by=by, approved_at=at)


def in_scope(
    recognition: Recognition, shoot: Shoot | None, agreed: AbstractSet[PersonId]
) -> frozenset[PersonId]:
    """Who may be looked for in a shoot's photos; nobody without a shoot that has recognition on.

    agreed: everybody whose consent to recognition is live on the day of the question.
    """
    if not recognition.on or shoot is None or shoot.recognition is None:
        return frozenset()
    if shoot.recognition.scope is Scope.AGREED:
        return frozenset(agreed)
    return frozenset(agreed & shoot.invited)


def impossible(person: Person, taken_on: date | None) -> bool:
    """Whether somebody cannot be in a photo of that day: they were not born yet."""
    return person.birth_date is not None and taken_on is not None and taken_on < person.birth_date


def is_minor(person: Person, day: date) -> bool:
    """Whether somebody is known to be younger than eighteen on a day."""
    return person.birth_date is not None and age(person.birth_date, day) < GROWN_UP
