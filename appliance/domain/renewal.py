"""What ends soon, which alerts that calls for, and what a renewal takes over from the quitclaim it replaces.

An ending is a change of the verdict by the calendar alone: where a later quitclaim takes over in time,
nothing ends. Each alert is given once for a term as it stands and a number of days before; a box that was
off for a while gives the nearest one only, for nobody wants two letters about the same thing.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from appliance.domain.consent import (
    GUARDIAN_UNTIL,
    Answer,
    Basis,
    Purpose,
    Quitclaim,
    QuitclaimId,
    Reliance,
    Signer,
    Term,
    Why,
    permission,
)
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId, age, birthday
from appliance.domain.templates import ALERT_DAYS, Template

AlertKey = tuple[QuitclaimId, int, Purpose, int]  # quitclaim, version, purpose, days before


@dataclass(frozen=True, slots=True)
class Ending:
    """One purpose that somebody permits today, and after `last_day` no more.

    version: the one since which the term stands as it is; a version that changed other terms is no new one.
    why: what the verdict says from the day after: EXPIRED, or CAME_OF_AGE on a sixteenth birthday.
    """

    person_id: PersonId
    quitclaim_id: QuitclaimId
    version: int
    purpose: Purpose
    basis: Basis
    last_day: date
    why: Why


@dataclass(frozen=True, slots=True)
class Alert:
    """An ending that is to be told now. days: the number of days before for which it counts."""

    ending: Ending
    days: int

    @property
    def key(self) -> AlertKey:
        """What is remembered of it, so that it is given once."""
        return (self.ending.quitclaim_id, self.ending.version, self.ending.purpose, self.days)


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One line of a digest: all that ends of one person on one day. quitclaims: to be renewed."""

    person_id: PersonId
    last_day: date
    days_left: int
    why: Why
    purposes: tuple[Purpose, ...]
    quitclaims: tuple[QuitclaimId, ...]


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is asked again, and of whom. Nothing that was answered, dated or signed is taken over.

    purposes: those that were granted; a purpose that was declined or withdrawn is not asked again by itself.
    balancing: for legitimate interest: to be weighed anew, beginning from what stood there.
    """

    renews: QuitclaimId
    person_id: PersonId
    basis: Basis
    purposes: tuple[Purpose, ...]
    signer: Signer
    guardians_needed: int = 0
    balancing: str = ""


def endings(
    versions: Iterable[Quitclaim], day: date, within: int, born: date | None = None
) -> tuple[Ending, ...]:
    """What one person permits on a day and no more within so many days, soonest first.

    versions: every version of all of their quitclaims; what is recorded later than `day` is not looked at.
    within: 0 finds what permits for the last time on this day.
    """
    known = tuple(version for version in versions if version.recorded_on <= day)
    found = (_ending(known, purpose, _turns(known, purpose, day, within, born), born) for purpose in Purpose)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.last_day))


def _turns(
    known: Iterable[Quitclaim], purpose: Purpose, day: date, within: int, born: date | None
) -> list[date]:
    """The day itself, and those after it on which the calendar may change the answer, in order.

    Any term that begins may let its quitclaim replace another; only a term of the purpose itself ends it.
    """
    terms = [term for version in known for term in version.terms]
    days = {term.valid_from for term in terms}
    days |= {_day_after(term.valid_until) for term in terms if term.purpose is purpose}
    days |= {birthday(born, GUARDIAN_UNTIL)} if born else set()
    return [day, *sorted(d for d in days if d is not None and 0 < (d - day).days <= within + 1)]


def _day_after(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + timedelta(days=1)


def _ending(
    known: tuple[Quitclaim, ...], purpose: Purpose, turns: Sequence[date], born: date | None
) -> Ending | None:
    """The first turn at which a purpose is permitted no more; None when it is not, or stays so."""
    relied_on = permission(known, purpose, turns[0], born).reliance if len(turns) > 1 else None
    for turn in turns[1:]:
        if relied_on is None:
            return None
        now = permission(known, purpose, turn, born)
        if now.reliance is None:
            return _ended(known, purpose, relied_on, turn, now.why)
        relied_on = now.reliance
    return None


def _ended(
    known: tuple[Quitclaim, ...], purpose: Purpose, relied_on: Reliance, turn: date, why: Why
) -> Ending:
    chain = _chain(known, relied_on)
    return Ending(
        person_id=chain[-1].person_id,
        quitclaim_id=relied_on.quitclaim_id,
        version=_unchanged_since(chain, purpose),
        purpose=purpose,
        basis=chain[-1].basis,
        last_day=turn - timedelta(days=1),
        why=why,
    )


def _chain(known: Iterable[Quitclaim], relied_on: Reliance) -> tuple[Quitclaim, ...]:
    """The versions of a quitclaim up to the one that is relied on."""
    same = (v for v in known if v.id == relied_on.quitclaim_id and v.version <= relied_on.version)
    return tuple(sorted(same, key=lambda v: v.version))


def _unchanged_since(chain: Sequence[Quitclaim], purpose: Purpose) -> int:
    last = chain[-1]
    since = last.version
    for version in reversed(chain):
        if version.term(purpose) != last.term(purpose):
            break
        since = version.version
    return since


def alerts(
    endings: Iterable[Ending],
    day: date,
    sent: AbstractSet[AlertKey],
    alert_days: Mapping[QuitclaimId, Sequence[int]] = MappingProxyType({}),
) -> tuple[Alert, ...]:
    """The alerts that are due on a day.

    sent: those that were given before.
    alert_days: how many days before, by quitclaim, as its template says; for others the usual ones.
    """
    found = (_alert(ending, day, sent, alert_days.get(ending.quitclaim_id, ALERT_DAYS)) for ending in endings)
    return tuple(alert for alert in found if alert is not None)


def _alert(ending: Ending, day: date, sent: AbstractSet[AlertKey], alert_days: Sequence[int]) -> Alert | None:
    left = (ending.last_day - day).days
    nearest = min((days for days in alert_days if 0 <= left <= days), default=None)
    if nearest is None:
        return None
    known = (ending.quitclaim_id, ending.version, ending.purpose)
    given = [days for *key, days in sent if tuple(key) == known]
    return None if any(days <= nearest for days in given) else Alert(ending, nearest)


def digest(alerts: Iterable[Alert], day: date) -> tuple[DigestEntry, ...]:
    """Alerts as lines for a reader: one for each person and last day, the soonest first."""
    groups: dict[tuple[date, PersonId, Why], list[Ending]] = {}
    for alert in alerts:
        ending = alert.ending
        groups.setdefault((ending.last_day, ending.person_id, ending.why), []).append(ending)
    return tuple(
        DigestEntry(
            person_id=person_id,
            last_day=last_day,
            days_left=(last_day - day).days,
            why=why,
            purposes=tuple(purpose for purpose in Purpose if any(e.purpose is purpose for e in group)),
            quitclaims=tuple(dict.fromkeys(ending.quitclaim_id for ending in group)),
        )
        for (last_day, person_id, why), group in sorted(groups.items())
    )


def renewal(old: Quitclaim, day: date, born: date | None = None) -> Renewal:
    """What a renewal of a quitclaim asks, and who must answer. old: its last version.

    Raises:
        Mistake: when nothing of it was granted.
    """
    purposes = tuple(term.purpose for term in old.terms if term.answer is Answer.GRANTED)
    if not purposes:
        raise Mistake(
            "renewal:nothing",
            "Nothing was permitted here, so there is nothing to renew.",
            "Who said no is not asked again; a new request can always be made.",
        )
    signer = _signer(old, day, born)
    return Renewal(
        renews=old.id,
        person_id=old.person_id,
        basis=old.basis,
        purposes=tuple(purpose for purpose in Purpose if purpose in purposes),
        signer=signer,
        guardians_needed=max(1, old.guardians_needed) if signer is Signer.GUARDIAN else 0,
        balancing=old.balancing,
    )


def _signer(old: Quitclaim, day: date, born: date | None) -> Signer:
    """Who must answer: staff where nobody is asked, a guardian under sixteen, else the person (P15)."""
    if old.basis not in (Basis.CONSENT, Basis.AGREEMENT):
        return Signer.STAFF
    if born is None:
        return Signer.GUARDIAN if old.signer is Signer.GUARDIAN else Signer.SUBJECT
    return Signer.GUARDIAN if age(born, day) < GUARDIAN_UNTIL else Signer.SUBJECT


def asked(renewal: Renewal) -> tuple[Term, ...]:
    """The terms of the new quitclaim before anybody answered."""
    return tuple(Term(purpose, Answer.ASKED) for purpose in renewal.purposes)


def left_out(renewal: Renewal, template: Template) -> tuple[Purpose, ...]:
    """What was granted and a template does not ask: it would end with the quitclaim that is replaced."""
    return tuple(purpose for purpose in renewal.purposes if purpose not in template.months)
