"""From the product's own values to what goes over the wire."""

from collections.abc import Mapping, Sequence

from appliance.actions.consent import QuitclaimView
from appliance.actions.people import PersonCard as KnownPerson
from appliance.actions.people import PersonView
from appliance.actions.photos import Card, FaceView, PhotoView
from appliance.actions.release import Left
from appliance.domain.consent import Purpose, Status, Verdict
from appliance.domain.descriptions import Description
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import Face, ImportReport
from appliance.domain.wording import sentence
from webui.api import schemas
from webui.language import language


def card(one: Card) -> schemas.PhotoCard:
    """A photo in a list."""
    return schemas.PhotoCard(
        id=one.photo.id,
        stage=one.photo.stage,
        taken_at=one.photo.capture.taken_at,
        width=one.photo.width,
        height=one.photo.height,
        lights=schemas.Lights(**{purpose.value: light for purpose, light in one.lights.items()}),
        faces=one.faces,
        open_faces=one.open_faces,
    )


def photo(view: PhotoView) -> schemas.PhotoTold:
    """One photo."""
    one = view.photo
    return schemas.PhotoTold(
        id=one.id,
        name=one.name,
        sha256=one.sha256,
        bytes=one.bytes,
        media_type=one.media_type,
        stage=one.stage,
        set_aside_for=one.set_aside_for,
        arrived_at=one.arrived_at,
        import_id=one.import_id,
        shoot=one.shoot_id,
        variant_of=one.variant_of,
        width=one.width,
        height=one.height,
        taken_at=one.capture.taken_at,
        camera=one.capture.camera,
        lens=one.capture.lens,
        heads=one.head_count,
        description=description(view.description),
        faces=[_face(face) for face in view.faces],
        verdicts=verdicts(view.verdicts),
        releases=[release.id for release in view.releases],
    )


def description(one: Description) -> schemas.DescriptionTold:
    """What is told of a photo."""
    return schemas.DescriptionTold(
        title=one.title,
        caption=one.caption,
        keywords=[*one.keywords],
        creator=one.creator,
        credit=one.credit,
        copyright_notice=one.copyright_notice,
    )


def _face(one: FaceView) -> schemas.FaceTold:
    return schemas.FaceTold(
        id=one.face.id,
        area=_area(one.face),
        origin=one.face.origin,
        resolution=one.face.resolution,
        person=one.confirmed.id if one.confirmed else None,
        suggestions=[
            schemas.Suggestion(person=person.id, distance=link.distance) for person, link in one.suggestions
        ],
    )


def _area(face: Face) -> schemas.Area | None:
    box = face.box
    if box is None:
        return None
    return schemas.Area(left=box.left, top=box.top, width=box.width, height=box.height)


def verdicts(decided: Sequence[Verdict]) -> list[schemas.VerdictTold]:
    """Verdicts with their reasons."""
    return [_verdict(one) for one in decided]


def _verdict(one: Verdict) -> schemas.VerdictTold:
    return schemas.VerdictTold(
        purpose=one.purpose,
        day=one.day,
        light=one.light,
        reasons=[
            schemas.ReasonTold(
                why=reason.why,
                light=reason.light,
                sentence=sentence(reason, language(), _by_id),
                face=reason.face_id,
                person=reason.person_id,
                day=reason.day,
                basis=reason.basis,
            )
            for reason in one.reasons
        ],
    )


def _by_id(person_id: PersonId) -> str:
    """People are told by id: their names take a scope of their own."""
    return person_id


def _standings(statuses: Mapping[Purpose, Status | None]) -> schemas.Standings:
    return schemas.Standings(**{purpose.value: status for purpose, status in statuses.items()})


def person_card(one: KnownPerson) -> schemas.PersonCard:
    """A person in a list."""
    return schemas.PersonCard(
        id=one.person.id,
        name=one.person.name,
        department=one.person.department,
        standing=one.person.standing,
        photos=one.photos,
        statuses=_standings(one.statuses),
    )


def person(view: PersonView) -> schemas.PersonTold:
    """One person."""
    one = view.person
    return schemas.PersonTold(
        id=one.id,
        name=one.name,
        department=one.department,
        email=one.email,
        birth_date=one.birth_date,
        standing=one.standing,
        statuses=_standings(view.statuses),
        quitclaims=[quitclaim.current.id for quitclaim in view.quitclaims],
        photos=[each.photo.id for each in view.photos],
        merged=[other.id for other in view.merged],
    )


def person_known(one: Person) -> schemas.PersonKnown:
    """What is known of a person."""
    return schemas.PersonKnown(
        id=one.id,
        name=one.name,
        department=one.department,
        email=one.email,
        birth_date=one.birth_date,
        standing=one.standing,
    )


def import_(one: ImportReport) -> schemas.ImportTold:
    """An import."""
    return schemas.ImportTold(
        id=one.id,
        started_at=one.started_at,
        finished_at=one.finished_at,
        shoot=one.shoot_id,
        found=one.found,
        stored=one.stored,
        known=one.known,
        failed=one.failed,
        set_aside=one.set_aside,
    )


def quitclaim(view: QuitclaimView, person_id: PersonId) -> schemas.QuitclaimTold:
    """A quitclaim, and whose it is today."""
    one = view.current
    return schemas.QuitclaimTold(
        id=one.id,
        version=one.version,
        person=person_id,
        recorded_at=one.recorded_at,
        recorded_on=one.recorded_on,
        basis=one.basis,
        signer=one.signer,
        supersedes=one.supersedes,
        terms=[
            schemas.TermTold(
                purpose=each.term.purpose,
                answer=each.term.answer,
                status=each.status,
                valid_from=each.term.valid_from,
                valid_until=each.term.valid_until,
            )
            for each in view.terms
        ],
    )


def release(left: Left) -> schemas.ReleaseTold:
    """A copy that left."""
    one = left.release
    return schemas.ReleaseTold(
        id=one.id,
        photo=one.photo_id,
        purpose=one.purpose,
        made_at=one.made_at,
        made_by=one.made_by,
        sha256=one.sha256,
        bytes=one.bytes,
        size=one.shape.size,
        crop=one.shape.crop,
        format=one.shape.format,
        colours=one.shape.colours,
        recipient=one.recipient.name,
        email=one.recipient.email,
        medium=one.medium,
        recalled=left.recall is not None,
    )
