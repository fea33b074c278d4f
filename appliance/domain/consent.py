"""Quitclaims as chains of versions, and the verdict: may this photo be used for this purpose on this day?

Three rules hold everywhere (GDPR articles 6 and 7):
- doubt is not consent: only an explicit, valid permission for every person in the photo gives green;
- nothing is overwritten: a change is a new version, and every question takes a day;
- an answer carries all its reasons, and the versions it relied on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

from appliance.domain.people import Limit, Link, LinkState, Person, PersonId, Standing, age, birthday
from appliance.domain.photos import Face, FaceId, Photo, Resolution, Stage

QuitclaimId = NewType("QuitclaimId", str)

EXPIRING_WITHIN = timedelta(days=60)
GUARDIAN_UNTIL = 16  # years; from then on only the young person's own word counts (UAVG, article 5)


class Purpose(StrEnum):
    """What a photo may be used for. Recognition is asked apart and is never a publication (P2)."""

    WEB = "web"
    SOCIAL_MEDIA = "social_media"
    PRINT = "print"
    PRESS = "press"
    INTRANET = "intranet"
    RECOGNITION = "recognition"


PUBLICATION: tuple[Purpose, ...] = tuple(p for p in Purpose if p is not Purpose.RECOGNITION)


class Basis(StrEnum):
    """The one lawful ground of a use (GDPR article 6, paragraph 1; P9)."""

    CONSENT = "consent"
    AGREEMENT = "agreement"
    LEGITIMATE_INTEREST = "legitimate_interest"
    PUBLIC_TASK = "public_task"
    EMPLOYMENT_DUTY = "employment_duty"


# Somebody may object to what rests on an interest or a task of ours; consent is withdrawn instead, and an
# agreement is ended (GDPR, article 21, paragraph 1).
OBJECTIONABLE = frozenset({Basis.LEGITIMATE_INTEREST, Basis.PUBLIC_TASK})


class Answer(StrEnum):
    """What was said about one purpose."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Signer(StrEnum):
    """Who spoke: for minors it makes a difference (P15)."""

    SUBJECT = "subject"  # whoever is in the photos
    GUARDIAN = "guardian"
    STAFF = "staff"  # recorded by the organisation, from paper or for another basis than consent


class Status(StrEnum):
    """How one purpose of a quitclaim stands on a day (S14)."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"
    DECLINED = "declined"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Term:
    """One purpose within a version: the answer, and the days on which a granted use is valid (inclusive)."""

    purpose: Purpose
    answer: Answer
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Quitclaim:
    """One version of a quitclaim, whole. The chain of versions with the same id is its history."""

    id: QuitclaimId
    version: int  # 1, 2, 3, ... without gaps
    person_id: PersonId
    recorded_at: datetime  # the instant, with its time zone
    recorded_on: date  # the same, as the day in the office: what held on a day never depends on a setting
    basis: Basis
    terms: tuple[Term, ...]
    supersedes: QuitclaimId | None = None
    balancing: str = ""  # why our interest outweighs theirs; required for legitimate interest
    note: str = ""
    signer: Signer = Signer.STAFF
    guardians: tuple[str, ...] = ()  # pseudonyms of the guardians who signed so far
    guardians_needed: int = 0

    def term(self, purpose: Purpose) -> Term | None:
        """What this version says of a purpose; None when the purpose was not asked."""
        return next((term for term in self.terms if term.purpose is purpose), None)


class Light(StrEnum):
    """Green: allowed. Amber: undecided, somebody must look. Red: refused."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


_SEVERITY = {Light.GREEN: 0, Light.AMBER: 1, Light.RED: 2}


class Why(StrEnum):
    """Every reason a verdict can give."""

    # green
    PERMITTED = "permitted"
    NOT_RECOGNISABLE = "not_recognisable"
    BLURRED = "blurred"
    NOBODY_SHOWN = "nobody_shown"
    # amber
    NOT_ANALYSED = "not_analysed"
    NOBODY_FOUND = "nobody_found"
    SOMEBODY_MAY_BE_HERE = "somebody_may_be_here"
    HEAD_COUNT_DIFFERS = "head_count_differs"
    UNKNOWN_FACE = "unknown_face"
    SUGGESTION_ONLY = "suggestion_only"
    NAMED_TWICE = "named_twice"
    NOT_YET_VALID = "not_yet_valid"
    PENDING = "pending"
    BALANCING_MISSING = "balancing_missing"
    CONTRADICTION = "contradiction"
    GUARDIAN_MISSING = "guardian_missing"
    CAME_OF_AGE = "came_of_age"
    BIRTH_DATE_MISSING = "birth_date_missing"
    # red
    NO_QUITCLAIM = "no_quitclaim"
    EXPIRED = "expired"
    REVOKED = "revoked"
    DECLINED = "declined"
    PHOTOGRAPH_NOT_PUBLISH = "photograph_not_publish"
    NEVER_PHOTOGRAPH = "never_photograph"
    RESTRICTED = "restricted"
    OBJECTED = "objected"
    SET_ASIDE = "set_aside"
    NOT_A_PUBLICATION = "not_a_publication"
    NOT_IN_THE_SAFE = "not_in_the_safe"


LIGHT_OF: Mapping[Why, Light] = {
    Why.PERMITTED: Light.GREEN,
    Why.NOT_RECOGNISABLE: Light.GREEN,
    Why.BLURRED: Light.GREEN,
    Why.NOBODY_SHOWN: Light.GREEN,
    Why.NOT_ANALYSED: Light.AMBER,
    Why.NOBODY_FOUND: Light.AMBER,
    Why.SOMEBODY_MAY_BE_HERE: Light.AMBER,
    Why.HEAD_COUNT_DIFFERS: Light.AMBER,
    Why.UNKNOWN_FACE: Light.AMBER,
    Why.SUGGESTION_ONLY: Light.AMBER,
    Why.NAMED_TWICE: Light.AMBER,
    Why.NOT_YET_VALID: Light.AMBER,
    Why.PENDING: Light.AMBER,
    Why.BALANCING_MISSING: Light.AMBER,
    Why.CONTRADICTION: Light.AMBER,
    Why.GUARDIAN_MISSING: Light.AMBER,
    Why.CAME_OF_AGE: Light.AMBER,
    Why.BIRTH_DATE_MISSING: Light.AMBER,
    Why.NO_QUITCLAIM: Light.RED,
    Why.EXPIRED: Light.RED,
    Why.REVOKED: Light.RED,
    Why.DECLINED: Light.RED,
    Why.PHOTOGRAPH_NOT_PUBLISH: Light.RED,
    Why.NEVER_PHOTOGRAPH: Light.RED,
    Why.RESTRICTED: Light.RED,
    Why.OBJECTED: Light.RED,
    Why.SET_ASIDE: Light.RED,
    Why.NOT_A_PUBLICATION: Light.RED,
    Why.NOT_IN_THE_SAFE: Light.RED,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict: what holds, of which face and person, and since or until when."""

    why: Why
    face_id: FaceId | None = None
    person_id: PersonId | None = None
    day: date | None = None
    basis: Basis | None = None

    @property
    def light(self) -> Light:
        """The light that this reason alone would give."""
        return LIGHT_OF[self.why]


@dataclass(frozen=True, slots=True)
class Reliance:
    """A version of a quitclaim that a green verdict rests on."""

    quitclaim_id: QuitclaimId
    version: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one photo, purpose and day, with all its reasons, gravest first."""

    purpose: Purpose
    day: date
    light: Light
    reasons: tuple[Reason, ...]
    relied_on: tuple[Reliance, ...] = ()
    blur: tuple[FaceId, ...] = ()  # faces that a released copy must make unrecognisable


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """All that a verdict may know about a photo and the people in it."""

    photo: Photo
    faces: tuple[Face, ...] = ()
    links: tuple[Link, ...] = ()
    people: Mapping[PersonId, Person] = field(default_factory=dict)
    quitclaims: Mapping[PersonId, Sequence[Quitclaim]] = field(default_factory=dict)  # every version


def status(term: Term, day: date, *, superseded: bool = False) -> Status:
    """How one term stands on a day.

    A term without an end date does not expire; the form asks for one, but an agreement may have none.
    """
    if superseded:
        return Status.SUPERSEDED
    match term.answer:
        case Answer.ASKED:
            return Status.PENDING
        case Answer.DECLINED:
            return Status.DECLINED
        case Answer.WITHDRAWN:
            return Status.REVOKED
        case Answer.GRANTED:
            return _granted_status(term, day)


def _granted_status(term: Term, day: date) -> Status:
    if term.valid_from is not None and day < term.valid_from:
        return Status.PENDING
    if term.valid_until is None:
        return Status.ACTIVE
    if day > term.valid_until:
        return Status.EXPIRED
    return Status.EXPIRING if term.valid_until - day <= EXPIRING_WITHIN else Status.ACTIVE


def versions_on(versions: Iterable[Quitclaim], day: date) -> tuple[Quitclaim, ...]:
    """The version of each quitclaim that held on a day: what was known then, nothing later (P13).

    A version counts from the day on which it was recorded. Oldest recorded first.
    """
    latest: dict[QuitclaimId, Quitclaim] = {}
    for version in sorted(versions, key=lambda v: v.version):
        if version.recorded_on <= day:
            latest[version.id] = version
    return tuple(sorted(latest.values(), key=lambda v: (v.recorded_at, v.id)))


def superseded_on(versions: Iterable[Quitclaim], day: date) -> frozenset[QuitclaimId]:
    """The quitclaims that a later one replaced, as known on a day.

    Only a quitclaim that speaks replaces: while the new one is merely asked for, or begins later, the
    old one holds.
    """
    return _superseded(versions_on(versions, day), day)


def _superseded(held: Iterable[Quitclaim], day: date) -> frozenset[QuitclaimId]:
    return frozenset(
        version.supersedes
        for version in held
        if version.supersedes is not None
        and any(status(term, day) is not Status.PENDING for term in version.terms)
    )


class Weighing:
    """What people's quitclaims say, each weighed once, for many photos that are decided in one go.

    It belongs to one transaction and goes with it: it does not see what is recorded later.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[PersonId, Purpose, date], Permission] = {}

    def of(self, person: Person, versions: Sequence[Quitclaim], purpose: Purpose, day: date) -> "Permission":
        """As `permission` says it of this person."""
        key = (person.id, purpose, day)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = permission(versions, purpose, day, person.birth_date)
        return found


def verdict(facts: PhotoFacts, purpose: Purpose, day: date, weighing: Weighing | None = None) -> Verdict:
    """Decide one photo for one purpose on one day. Pure, total, and closed: what is not known is not green.

    Args:
        facts: the photo, its faces and links, and every version of the quitclaims of those linked.
        purpose: a publication; recognition is refused, since it publishes nothing.
        day: the day of use, in the office's time zone.
        weighing: shared by photos that are decided together, from facts of one transaction.

    Returns:
        Green only when every face is resolved and every person shown permits this purpose on this day.
        Red as soon as one reason forbids it; amber when only somebody's attention is missing.
    """
    reasons, relied_on = _gather(facts, purpose, day, weighing or Weighing())
    ordered = tuple(sorted(reasons, key=lambda r: (-_SEVERITY[r.light], r.why, r.face_id or "")))
    light = ordered[0].light if ordered else Light.AMBER  # the gravest stands first
    return Verdict(
        purpose=purpose,
        day=day,
        light=light,
        reasons=ordered,
        relied_on=tuple(relied_on) if light is Light.GREEN else (),
        blur=tuple(f.id for f in facts.faces if f.resolution is Resolution.BLUR),
    )


def _gather(
    facts: PhotoFacts, purpose: Purpose, day: date, weighing: Weighing
) -> tuple[list[Reason], list[Reliance]]:
    early = _about_the_photo(facts, purpose)
    if early:
        return early, []
    reasons = _about_the_count(facts)
    relied_on: list[Reliance] = []
    for face in facts.faces:
        reason, reliance = _about_a_face(facts, face, purpose, day, weighing)
        reasons.append(reason)
        if reliance is not None and reliance not in relied_on:
            relied_on.append(reliance)
    return reasons, relied_on


def _about_the_photo(facts: PhotoFacts, purpose: Purpose) -> list[Reason]:
    if purpose not in PUBLICATION:
        return [Reason(Why.NOT_A_PUBLICATION)]
    if facts.photo.stage is Stage.SET_ASIDE:
        return [Reason(Why.SET_ASIDE)]
    if facts.photo.stage is not Stage.ANALYSED:
        return [Reason(Why.NOT_ANALYSED)]
    return []


def _about_the_count(facts: PhotoFacts) -> list[Reason]:
    """'No face found' is not 'nobody there' until a person has counted the heads (P17)."""
    counted = facts.photo.head_count
    if counted is None:
        nobody = [] if facts.faces else [Reason(Why.NOBODY_FOUND)]
        return nobody + ([Reason(Why.SOMEBODY_MAY_BE_HERE)] if facts.photo.doubts else [])
    # Who counts leaves out the faces that are not recognisable. Were they counted here, one of them could
    # stand in for somebody whose face was never marked.
    if counted != sum(_is_recognisable(facts, face) for face in facts.faces):
        return [Reason(Why.HEAD_COUNT_DIFFERS)]
    return [] if counted else [Reason(Why.NOBODY_SHOWN)]


def _is_recognisable(facts: PhotoFacts, face: Face) -> bool:
    return face.resolution is not Resolution.NOT_RECOGNISABLE or bool(_confirmed(facts, face))


def _confirmed(facts: PhotoFacts, face: Face) -> list[PersonId]:
    return [
        link.person_id
        for link in facts.links
        if link.face_id == face.id and link.state is LinkState.CONFIRMED
    ]


def _about_a_face(
    facts: PhotoFacts, face: Face, purpose: Purpose, day: date, weighing: Weighing
) -> tuple[Reason, Reliance | None]:
    confirmed = _confirmed(facts, face)
    if face.resolution is Resolution.BLUR and _has_something_to_blur(face):
        return Reason(Why.BLURRED, face.id), None
    if len(confirmed) == 1:
        return _about_a_person(facts, face, confirmed[0], purpose, day, weighing)
    if confirmed:
        return Reason(Why.NAMED_TWICE, face.id), None
    if face.resolution is Resolution.NOT_RECOGNISABLE:
        return Reason(Why.NOT_RECOGNISABLE, face.id), None
    suggested = [
        link for link in facts.links if link.face_id == face.id and link.state is LinkState.SUGGESTED
    ]
    if suggested:
        nearest = min(suggested, key=lambda link: (link.distance or 0.0, link.person_id))
        return Reason(Why.SUGGESTION_ONLY, face.id, nearest.person_id), None
    return Reason(Why.UNKNOWN_FACE, face.id), None


def _has_something_to_blur(face: Face) -> bool:
    inside = face.box.clipped() if face.box is not None else None
    return inside is not None and inside.width > 0 and inside.height > 0


def _about_a_person(
    facts: PhotoFacts, face: Face, person_id: PersonId, purpose: Purpose, day: date, weighing: Weighing
) -> tuple[Reason, Reliance | None]:
    person = facts.people.get(person_id)
    if person is None:
        return Reason(Why.NO_QUITCLAIM, face.id, person_id), None
    found = weighing.of(person, facts.quitclaims.get(person_id, ()), purpose, day)
    return _said_of(person, found, face.id)


def about_person(person: Person, versions: Sequence[Quitclaim], purpose: Purpose, day: date) -> Reason:
    """What one person's wishes, requests and quitclaims say of a purpose, whatever the photo."""
    return _said_of(person, permission(versions, purpose, day, person.birth_date), None)[0]


def _said_of(person: Person, found: "Permission", face_id: FaceId | None) -> tuple[Reason, Reliance | None]:
    if person.standing is Standing.NEVER_PHOTOGRAPH:
        return Reason(Why.NEVER_PHOTOGRAPH, face_id, person.id), None
    if person.standing is Standing.PHOTOGRAPH_NOT_PUBLISH:
        return Reason(Why.PHOTOGRAPH_NOT_PUBLISH, face_id, person.id), None
    if person.limited is Limit.RESTRICTED:
        return Reason(Why.RESTRICTED, face_id, person.id), None
    if person.limited is Limit.OBJECTED and found.reliance is not None and found.basis in OBJECTIONABLE:
        return Reason(Why.OBJECTED, face_id, person.id, found.day, found.basis), None
    return Reason(found.why, face_id, person.id, found.day, found.basis), found.reliance


@dataclass(frozen=True, slots=True)
class Permission:
    """What one person's quitclaims say about one purpose on one day."""

    why: Why
    day: date | None = None
    basis: Basis | None = None
    reliance: Reliance | None = None
    status: Status | None = None  # of the statement that decided; None when nothing was ever asked


_NO = frozenset({Status.REVOKED, Status.DECLINED})


@dataclass(frozen=True, slots=True)
class _Statement:
    quitclaim: Quitclaim
    term: Term
    status: Status


def permission(
    versions: Iterable[Quitclaim], purpose: Purpose, day: date, born: date | None = None
) -> Permission:
    """Weigh all of one person's quitclaims for one purpose on one day.

    The statement recorded last decides, for the latest word of a person counts; what is only asked, or
    begins later, does not speak yet. Two exceptions keep the safe side: where an agreement or another
    basis still permits what the person has since withdrawn or declined, the two contradict each other
    and somebody must look (P9); and a child's own no stands, whatever a guardian says later (P15).

    born: the person's birth date, where known: under sixteen a guardian signs.
    """
    statements = _statements(tuple(versions), purpose, day)
    speaking = [s for s in statements if s.status is not Status.PENDING]
    if not speaking:
        return _read(statements[-1]) if statements else Permission(Why.NO_QUITCLAIM)
    last = _last_word(speaking)
    if last.status in _NO and _permitted_otherwise(speaking):
        day_of_no, basis = last.quitclaim.recorded_on, last.quitclaim.basis
        return Permission(Why.CONTRADICTION, day_of_no, basis, status=last.status)
    found = _read(last)
    doubt = _about_age(last.quitclaim, day, born) if found.why is Why.PERMITTED else None
    return replace(found, why=doubt, day=last.quitclaim.recorded_on, reliance=None) if doubt else found


def _last_word(speaking: Sequence[_Statement]) -> _Statement:
    own = [s for s in speaking if s.quitclaim.signer is Signer.SUBJECT]
    refused = own and own[-1].status in _NO
    return own[-1] if refused and speaking[-1].quitclaim.signer is Signer.GUARDIAN else speaking[-1]


def _about_age(version: Quitclaim, day: date, born: date | None) -> Why | None:
    """What a consent lacks because of somebody's age (P15; GDPR article 8, UAVG article 5)."""
    if version.basis is not Basis.CONSENT:
        return None
    if born is None:
        by_guardian = version.signer is Signer.GUARDIAN or version.guardians_needed
        return Why.BIRTH_DATE_MISSING if by_guardian else None
    if age(born, day) < GUARDIAN_UNTIL:
        enough = version.signer is Signer.GUARDIAN and len(version.guardians) >= version.guardians_needed
        return None if enough else Why.GUARDIAN_MISSING
    own = version.signer is not Signer.GUARDIAN and age(born, version.recorded_on) >= GUARDIAN_UNTIL
    return None if own else Why.CAME_OF_AGE


def _statements(versions: tuple[Quitclaim, ...], purpose: Purpose, day: date) -> list[_Statement]:
    held = versions_on(versions, day)
    replaced = _superseded(held, day)
    found = []
    for version in held:
        term = version.term(purpose)
        if term is not None and version.id not in replaced:
            found.append(_Statement(version, term, status(term, day)))
    # Of two that were recorded in the same instant nobody knows which came last: then a no is the last word.
    return sorted(found, key=lambda s: (s.quitclaim.recorded_at, s.status in _NO))


def _permitted_otherwise(statements: Sequence[_Statement]) -> bool:
    return any(
        s.status in (Status.ACTIVE, Status.EXPIRING) and s.quitclaim.basis is not Basis.CONSENT
        for s in statements
    )


def _read(statement: _Statement) -> Permission:
    version, term, how = statement.quitclaim, statement.term, statement.status
    match how:
        case Status.ACTIVE | Status.EXPIRING:
            if version.basis is Basis.LEGITIMATE_INTEREST and not version.balancing.strip():
                return Permission(Why.BALANCING_MISSING, version.recorded_on, version.basis, status=how)
            reliance = Reliance(version.id, version.version)
            return Permission(Why.PERMITTED, term.valid_until, version.basis, reliance, how)
        case Status.EXPIRED:
            return Permission(Why.EXPIRED, term.valid_until, version.basis, status=how)
        case Status.REVOKED:
            return Permission(Why.REVOKED, version.recorded_on, version.basis, status=how)
        case Status.DECLINED:
            return Permission(Why.DECLINED, version.recorded_on, version.basis, status=how)
        case _:
            why = Why.PENDING if term.answer is Answer.ASKED else Why.NOT_YET_VALID
            return Permission(why, term.valid_from, version.basis, status=how)


def next_change(versions: Iterable[Quitclaim], day: date, born: date | None = None) -> date | None:
    """The first day after `day` on which the calendar alone changes an answer; None when it never will.

    An answer is what `permission` says of a purpose, and why.
    """
    known = tuple(versions)
    matter = _days_that_matter(known) | ({birthday(born, GUARDIAN_UNTIL)} if born else set())
    coming = sorted(d for d in matter if d > day)
    today = _answers(known, day, born) if coming else ()
    return next((d for d in coming if _answers(known, d, born) != today), None)


def _days_that_matter(versions: Iterable[Quitclaim]) -> set[date]:
    days: set[date] = set()
    for version in versions:
        days.add(version.recorded_on)
        for term in version.terms:
            days.update(d for d in (term.valid_from, _day_after(term.valid_until)) if d is not None)
    return days


def _answers(versions: tuple[Quitclaim, ...], day: date, born: date | None) -> tuple[Why, ...]:
    return tuple(permission(versions, purpose, day, born).why for purpose in Purpose)


def _day_after(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + timedelta(days=1)
