"""What every copy of somebody's data has in common, for programs to read (GDPR articles 15 and 20)."""

from collections.abc import Iterable

from appliance.domain.consent import Quitclaim
from appliance.domain.people import Link, LinkState, Person, PersonId
from appliance.domain.photos import Box, Face, FaceId


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
