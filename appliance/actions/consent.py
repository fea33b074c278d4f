"""Quitclaims: recording, amending, withdrawing. Each is a new version; nothing is overwritten (P13)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.lights import refresh
from appliance.actions.notices import tell_users_of
from appliance.actions.recognition import forget_unless_agreed
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import (
    Answer,
    Basis,
    Purpose,
    Quitclaim,
    QuitclaimId,
    Status,
    Term,
    status,
    superseded_on,
    versions_on,
)
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class TermView:
    """One purpose of a quitclaim and how it stands."""

    term: Term
    status: Status


@dataclass(frozen=True, slots=True)
class QuitclaimView:
    """A quitclaim as it stands, and every version it had, oldest first."""

    current: Quitclaim
    terms: tuple[TermView, ...]
    versions: tuple[Quitclaim, ...]


def record(
    safe: Safe,
    person_id: PersonId,
    terms: Sequence[Term],
    *,
    by: Actor,
    now: datetime,
    day: date,
    basis: Basis = Basis.CONSENT,
    balancing: str = "",
    note: str = "",
    supersedes: QuitclaimId | None = None,
) -> Quitclaim:
    """Keep a new quitclaim of a person.

    day: the office's day of `now`; from it on the quitclaim counts.

    Raises:
        Mistake: without terms, with a purpose twice, with an end before its start, without the balancing
            text that legitimate interest needs, or replacing a quitclaim of somebody else.
    """
    first = Quitclaim(
        id=QuitclaimId(new_id()),
        version=1,
        person_id=person_id,
        recorded_at=now,
        recorded_on=day,
        basis=basis,
        terms=tuple(terms),
        supersedes=supersedes,
        balancing=balancing.strip(),
        note=note.strip(),
    )
    _require_sensible(first)
    with safe.store.begin(by=by, to=Permission.QUITCLAIM_EDIT, now=now, on=first.id) as tx:
        tx.people.get(person_id)
        _require_own(tx, first)
        _append(tx, first, day)
        tx.record(Event("quitclaim:record", first.id, detail=_told(first)))
    return first


def amend(
    safe: Safe,
    quitclaim_id: QuitclaimId,
    terms: Sequence[Term],
    *,
    by: Actor,
    now: datetime,
    day: date,
    note: str = "",
) -> Quitclaim:
    """Add a version with other terms to a quitclaim."""
    with safe.store.begin(by=by, to=Permission.QUITCLAIM_EDIT, now=now, on=quitclaim_id) as tx:
        last = tx.consent.versions(quitclaim_id)[-1]
        amended = _following(last, tuple(terms), now, day, note)
        _require_sensible(amended)
        _append(tx, amended, day)
        tx.record(Event("quitclaim:amend", quitclaim_id, detail=_told(amended)))
    return amended


def withdraw(
    safe: Safe,
    quitclaim_id: QuitclaimId,
    purposes: Sequence[Purpose] = (),
    *,
    by: Actor,
    now: datetime,
    day: date,
) -> Quitclaim:
    """Withdraw some purposes of a quitclaim, or all when none are named (GDPR article 7, paragraph 3).

    It works at once: the next question is answered with it, and recognition templates are gone.

    Raises:
        Mistake: when the quitclaim rests on another basis than consent, or nothing is left to withdraw.
    """
    with safe.store.begin(by=by, to=Permission.QUITCLAIM_EDIT, now=now, on=quitclaim_id) as tx:
        last = tx.consent.versions(quitclaim_id)[-1]
        withdrawn = _following(last, _withdrawn(last, purposes or tuple(Purpose)), now, day, "")
        _append(tx, withdrawn, day)
        tell_users_of(tx, last.person_id, set(purposes) or set(Purpose))
        tx.record(Event("quitclaim:withdraw", quitclaim_id, detail=_told(withdrawn)))
    return withdrawn


def _withdrawn(last: Quitclaim, purposes: Sequence[Purpose]) -> tuple[Term, ...]:
    if last.basis is not Basis.CONSENT:
        raise Mistake(
            "quitclaim:not_withdrawable",
            "This quitclaim rests on {basis}, which is not withdrawn like a consent.",
            "End it by its own rules, with an amended version.",
            values={"basis": last.basis},
        )
    terms = tuple(
        replace(term, answer=Answer.WITHDRAWN)
        if term.purpose in purposes and term.answer in (Answer.GRANTED, Answer.ASKED)
        else term
        for term in last.terms
    )
    if terms == last.terms:
        raise Mistake("quitclaim:nothing_to_withdraw", "There is nothing left to withdraw here.")
    return terms


def _following(last: Quitclaim, terms: tuple[Term, ...], now: datetime, day: date, note: str) -> Quitclaim:
    return replace(
        last, version=last.version + 1, recorded_at=now, recorded_on=day, terms=terms, note=note.strip()
    )


def _append(tx: Transaction, quitclaim: Quitclaim, day: date) -> None:
    tx.consent.append(quitclaim)
    forget_unless_agreed(tx, quitclaim.person_id, day)
    refresh(tx, tx.people.photos_of(quitclaim.person_id), day)


def _require_sensible(quitclaim: Quitclaim) -> None:
    purposes = [term.purpose for term in quitclaim.terms]
    if not purposes:
        raise Mistake("quitclaim:no_terms", "A quitclaim needs at least one purpose.", "Tick a purpose.")
    if len(set(purposes)) < len(purposes):
        raise Mistake("quitclaim:purpose_twice", "A purpose stands in this quitclaim twice.")
    for term in quitclaim.terms:
        if term.valid_from and term.valid_until and term.valid_until < term.valid_from:
            raise Mistake(
                "quitclaim:ends_first", "A permission cannot end before it begins.", "Mend the dates."
            )
    if quitclaim.basis is Basis.LEGITIMATE_INTEREST and not quitclaim.balancing:
        raise Mistake(
            "quitclaim:no_balancing",
            "Legitimate interest needs a balancing text.",
            "Write why our interest outweighs theirs.",
        )
    if quitclaim.basis is not Basis.CONSENT and Purpose.RECOGNITION in purposes:
        raise Mistake(
            "quitclaim:recognition_needs_consent",
            "Face recognition rests on explicit consent only.",
            "Ask it in a quitclaim of its own (GDPR article 9).",
        )


def _require_own(tx: Transaction, quitclaim: Quitclaim) -> None:
    if quitclaim.supersedes is None:
        return
    if tx.consent.versions(quitclaim.supersedes)[-1].person_id != quitclaim.person_id:
        raise Mistake("quitclaim:not_theirs", "The quitclaim to be replaced is somebody else's.")


def _told(quitclaim: Quitclaim) -> str:
    answers = " ".join(f"{term.purpose}={term.answer}" for term in quitclaim.terms)
    return f"person={quitclaim.person_id} version={quitclaim.version} {answers}"


def person_to_record(safe: Safe, person_id: PersonId, *, by: Actor, now: datetime) -> Person:
    """Whose quitclaim is to be recorded, for somebody who may."""
    with safe.store.look(by=by, to=Permission.QUITCLAIM_EDIT, now=now, on=person_id) as view:
        return view.people.get(person_id)


def quitclaim_view(
    safe: Safe, quitclaim_id: QuitclaimId, *, by: Actor, now: datetime, day: date
) -> tuple[Person, QuitclaimView]:
    """One quitclaim with its history, and whose it is."""
    with safe.store.begin(
        by=by, to=Permission.QUITCLAIM_VIEW, now=now, on=quitclaim_id, durable=False
    ) as view:
        person_id = view.consent.versions(quitclaim_id)[-1].person_id
        person = view.people.get(person_id)
        all_views = views(view.consent.of_person(person_id), day)
        view.record(Event("quitclaim:view", quitclaim_id))
    return person, next(one for one in all_views if one.current.id == quitclaim_id)


def quitclaims(
    safe: Safe, *, by: Actor, now: datetime, day: date
) -> tuple[tuple[Person, QuitclaimView], ...]:
    """Every quitclaim with whose it is, the one recorded last first."""
    with safe.store.begin(by=by, to=Permission.QUITCLAIM_VIEW, now=now, durable=False) as view:
        known = view.consent.by_person()
        people = view.people.many(known)
        view.record(Event("quitclaim:list", detail=f"people={len(people)}"))
        found = [(person, one) for person in people.values() for one in views(known[person.id], day)]
    return tuple(sorted(found, key=lambda pair: pair[1].current.recorded_at, reverse=True))


def views(versions: Iterable[Quitclaim], day: date) -> tuple[QuitclaimView, ...]:
    """Somebody's quitclaims as they stand on a day, the one recorded last first."""
    known = tuple(versions)
    replaced = superseded_on(known, day)
    return tuple(
        QuitclaimView(
            current=current,
            terms=tuple(
                TermView(term, status(term, day, superseded=current.id in replaced)) for term in current.terms
            ),
            versions=tuple(sorted((v for v in known if v.id == current.id), key=lambda v: v.version)),
        )
        for current in reversed(versions_on(known, day))
    )
