"""Erasing a photo or a person for good, with a certificate; and again after an older backup is put back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from appliance.actions.lights import refresh
from appliance.actions.proposals import require_approval
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.erasure import PROOF_YEARS, Cause, Erased, Erasure, ErasureId, Hold, Together
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import PersonId, birthday
from appliance.domain.photos import PhotoId
from appliance.domain.proposals import Act, Wanted
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.journal import read_journal, write_journal
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure of a person would take. alone, together: photos without and with others.

    left: copies that left with them in it, which are called back. holds: what blocks it, each once.
    """

    alone: int
    together: int
    left: int
    templates: int
    documents: int
    holds: tuple[Hold, ...]


def preview_person(safe: Safe, person_id: PersonId, *, by: Actor, now: datetime) -> Preview:
    """What would go, and what stands in the way; nothing is changed."""
    with safe.store.look(by=by, to=Permission.ERASURE_VIEW, now=now, on=person_id) as view:
        photos = view.erasures.photos_with(person_id)
        theirs = {version.id for version in view.consent.of_person(person_id)}
        return Preview(
            alone=sum(alone for _, alone in photos),
            together=sum(not alone for _, alone in photos),
            left=sum(len(view.releases.of_photo(photo_id)) for photo_id, _ in photos),
            templates=view.people.template_count(person_id),
            documents=sum(kept.quitclaim_id in theirs for _, kept, _ in view.evidence.all()),
            holds=_blocking(view, person_id, [photo_id for photo_id, _ in photos]),
        )


def _blocking(view: View, person_id: PersonId, photos: Sequence[PhotoId]) -> tuple[Hold, ...]:
    found = list(view.erasures.blocking_person(person_id))
    for photo_id in photos:
        found += view.erasures.blocking_photo(photo_id)
    return tuple({hold.id: hold for hold in found}.values())


def erase_photo(
    safe: Safe, journal: Path, photo_id: PhotoId, cause: Cause, *, by: Actor, now: datetime
) -> Erasure:
    """Erase a photo: its keys, files, faces, templates, lights and history.

    Raises:
        Mistake: when there is no such photo.
        NotAllowed: when a legal hold blocks it; every hold is told.
    """
    erasure = Erasure(ErasureId(new_id()), Erased.PHOTO, photo_id, now, by.id, cause)
    with safe.store.begin(by=by, to=Permission.ERASURE_MAKE, now=now, on=photo_id) as tx:
        if tx.photos.get(photo_id).bytes == 0:
            raise Mistake("photo:unknown", "There is no such photo.", "It may have been removed.")
        _require_free(tx.erasures.blocking_photo(photo_id))
        places = tx.erasures.forget_photo(photo_id)
        erasure = replace(erasure, counts={"photos": 1, "files": len(places)})
        _remember(tx, erasure)
    _finish(safe, journal, places)
    return erasure


def erase_person(
    safe: Safe,
    journal: Path,
    person_id: PersonId,
    cause: Cause,
    *,
    by: Actor,
    now: datetime,
    day: date,
    together: Together = Together.ERASE,
    with_proof: bool = False,
) -> Erasure:
    """Erase a person: their photos, templates, links, requests, e-mails, and their name.

    together: what becomes of photos with others. with_proof: erase at once, too, what proves what they
    permitted; without it that stays for five years, under no name, and then goes.

    Raises:
        Mistake: when there is no such person.
        NotAllowed: when a legal hold blocks it; every hold is told.
        SecondNeeded: until somebody else approved it.
    """
    with safe.store.begin(by=by, to=Permission.ERASURE_MAKE, now=now, on=person_id) as tx:
        person_id = tx.people.get(person_id).id
        _require_free(
            _blocking(tx, person_id, [photo_id for photo_id, _ in tx.erasures.photos_with(person_id)])
        )
        how = {"together": together.value, "with_proof": "yes" if with_proof else "no"}
        require_approval(tx, Wanted(Act.ERASE_PERSON, person_id, how))
        erasure = Erasure(
            ErasureId(new_id()),
            Erased.PERSON,
            person_id,
            now,
            by.id,
            cause,
            together=together,
            proof_until=None if with_proof else birthday(day, PROOF_YEARS),
        )
        places, counts = _take_out(tx, erasure, day)
        erasure = replace(erasure, counts=counts)
        _remember(tx, erasure)
    _finish(safe, journal, places)
    return erasure


def _take_out(tx: Transaction, erasure: Erasure, day: date) -> tuple[list[str], dict[str, int]]:
    """Take a person out of every table. Returns where files are that go, and what was counted."""
    person_id = PersonId(erasure.thing)
    names = tx.erasures.names_of(person_id)
    photos = tx.erasures.photos_with(person_id)
    kept = [p for p, alone in photos if not alone and erasure.together is Together.BLUR]
    gone = [p for p, _ in photos if p not in kept]
    counts = {
        "photos": len(gone),
        "photos_blurred": len(kept),
        "templates": tx.people.template_count(person_id),
        "requests": len(tx.requests.of_person(person_id)),
    }
    places = [place for photo_id in gone for place in tx.erasures.forget_photo(photo_id)]
    for photo_id in kept:
        tx.erasures.unname_and_blur(photo_id, names)
    for person in tx.people.many(names).values():
        tx.searches.forget_name(person.name)
        tx.redaction.forget_name(person.name)
    places += tx.erasures.forget_person(names, erasure.at)
    if erasure.proof_until is None:
        proof = tx.erasures.forget_proof(person_id)
        counts["documents"] = len(proof)
        places += proof
    refresh(tx, kept, day)
    return places, counts | {"files": len(places)}


def _require_free(holds: Sequence[Hold]) -> None:
    if holds:
        reasons = {one.id: f"{one.reason} ({one.owner}, {one.review_on.isoformat()})" for one in holds}
        raise NotAllowed(
            "erasure:held",
            "A legal hold blocks this.",
            "Ask its owner; it is reviewed on the day that stands with it.",
            tuple(reasons.values()),
        )


def _remember(tx: Transaction, erasure: Erasure) -> None:
    tx.erasures.add(erasure)
    counted = " ".join(f"{key}={value}" for key, value in erasure.counts.items())
    tx.record(Event("erasure:make", erasure.thing, detail=f"{erasure.kind} {erasure.cause} {counted}"))


def _finish(safe: Safe, journal: Path, places: Iterable[str]) -> None:
    """After the rows: the journal, the files, and the database's log, which still held the keys."""
    with safe.store.look(by=WORKER, to=Permission.HEALTH_VIEW, now=_EPOCH) as view:
        write_journal(journal, view.erasures.all())
    for place in places:
        safe.blobs.delete(place)
    safe.store.fold_log()


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - looking at one's own rows is written down nowhere


def apply_journal(safe: Safe, journal: Path, *, now: datetime, day: date) -> int:
    """Erase again what an older database does not know was erased. Returns how many were applied.

    Called when a safe is opened, before anything is served from it; and no hold stops it, for the erasure
    was made when none did.
    """
    with safe.store.look(by=WORKER, to=Permission.HEALTH_VIEW, now=now) as view:
        known = {one.id for one in view.erasures.all()}
    missing = [one for one in read_journal(journal) if one.id not in known]
    if not missing:
        return 0
    places: list[str] = []
    with safe.store.begin(by=WORKER, to=Permission.DUTY_RUN, now=now) as tx:
        for erasure in missing:
            places += _again(tx, erasure, day)
            tx.erasures.add(erasure)
        tx.record(Event("erasure:again", detail=f"erasures={len(missing)}"))
    for place in places:
        safe.blobs.delete(place)
    safe.store.fold_log()
    return len(missing)


def _again(tx: Transaction, erasure: Erasure, day: date) -> list[str]:
    if erasure.kind is Erased.PHOTO:
        return tx.erasures.forget_photo(PhotoId(erasure.thing))
    return _take_out(tx, erasure, day)[0]


def end_proofs(safe: Safe, *, by: Actor, now: datetime, day: date) -> int:
    """Erase the proof that is no longer needed of people erased long ago. Returns of how many."""
    with safe.store.begin(by=by, to=Permission.DUTY_RUN, now=now) as tx:
        over = tx.erasures.proofs_over(day)
        places = [place for person_id in over for place in tx.erasures.forget_proof(person_id)]
        tx.record(Event("erasure:proof", detail=f"people={len(over)}"))
    for place in places:
        safe.blobs.delete(place)
    return len(over)


def erasures(safe: Safe, *, by: Actor, now: datetime) -> tuple[Erasure, ...]:
    """Every erasure, oldest first."""
    with safe.store.look(by=by, to=Permission.ERASURE_VIEW, now=now) as view:
        return tuple(view.erasures.all())


@dataclass(frozen=True, slots=True)
class ErasureView:
    """An erasure, and the last day on which it may still lie in backups; None without backups."""

    erasure: Erasure
    residual: date | None


def erasure_of(safe: Safe, erasure_id: ErasureId, *, by: Actor, now: datetime) -> ErasureView:
    """One erasure."""
    with safe.store.look(by=by, to=Permission.ERASURE_VIEW, now=now, on=erasure_id) as view:
        found = view.erasures.get(erasure_id)
        return ErasureView(found, residual_until(view, found))


def residual_until(view: View, erasure: Erasure) -> date | None:
    """The last day on which what was erased may still lie, encrypted, in backups; None without backups."""
    days = max((target.days for target in view.backups.all()), default=0)
    return (erasure.at + timedelta(days=days)).date() if days else None
