"""What every copy of somebody's data has in common, for programs to read (GDPR articles 15 and 20)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from appliance.domain.consent import Purpose, Quitclaim
from appliance.domain.people import Link, LinkState, Person, PersonId
from appliance.domain.photos import Box, Face, FaceId, PhotoId
from appliance.domain.rights import RightsRequest


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """A photo that somebody is in. kept_until: by the rules of today; date.max while a permission runs."""

    id: PhotoId
    name: str
    taken_at: datetime | None
    kept_until: date


@dataclass(frozen=True, slots=True)
class Left:
    """A copy that left with somebody in it. to: who received it, where that was told."""

    photo_id: PhotoId
    purpose: Purpose
    at: datetime
    to: str


@dataclass(frozen=True, slots=True)
class Look:
    """One entry of the audit log about a photo. by: what kind of actor; an employee's name is not told."""

    photo_id: PhotoId
    action: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is known of one person."""

    person: Person
    quitclaims: Sequence[Quitclaim]
    photos: Sequence[KnownPhoto]
    left: Sequence[Left]
    looks: Sequence[Look]
    templates: int
    requests: Sequence[RightsRequest]


def known_as_data(known: Known) -> dict[str, object]:
    """All of it, as values that JSON knows."""
    return {
        "person": person_as_data(known.person),
        "quitclaims": [quitclaim_as_data(version) for version in known.quitclaims],
        "photos": [
            {
                "id": one.id,
                "file": one.name,
                "taken_at": one.taken_at.isoformat() if one.taken_at else None,
                "kept_until": one.kept_until.isoformat(),
            }
            for one in known.photos
        ],
        "recipients": [
            {"photo": one.photo_id, "purpose": one.purpose.value, "at": one.at.isoformat(), "to": one.to}
            for one in known.left
        ],
        "viewed": [
            {"photo": one.photo_id, "what": one.action, "at": one.at.isoformat(), "by": one.by}
            for one in known.looks
        ],
        "face_templates": known.templates,
        "requests": [
            {"right": one.right.value, "received": one.received_on.isoformat(), "state": one.state.value}
            for one in known.requests
        ],
    }


def person_as_data(person: Person) -> dict[str, object]:
    """What stands of somebody, as values that JSON knows."""
    return {
        "name": person.name,
        "department": person.department,
        "email": person.email,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "standing": person.standing.value,
    }


def quitclaim_as_data(version: Quitclaim) -> dict[str, object]:
    """One version of a quitclaim, as values that JSON knows."""
    return {
        "id": version.id,
        "version": version.version,
        "recorded_at": version.recorded_at.isoformat(),
        "basis": version.basis.value,
        "signed_by": version.signer.value,
        "terms": [
            {
                "purpose": term.purpose.value,
                "answer": term.answer.value,
                "from": term.valid_from.isoformat() if term.valid_from else None,
                "until": term.valid_until.isoformat() if term.valid_until else None,
            }
            for term in version.terms
        ],
    }


def own_faces(links: Iterable[Link], person_id: PersonId) -> set[FaceId]:
    """The faces of a photo that are confirmed to be of somebody."""
    return {
        link.face_id for link in links if link.person_id == person_id and link.state is LinkState.CONFIRMED
    }


def boxes_of_others(faces: Iterable[Face], own: set[FaceId]) -> list[Box]:
    """Where the others are: what is blurred in somebody's copy of a photo (GDPR article 15, paragraph 4)."""
    return [face.box for face in faces if face.id not in own and face.box is not None]
