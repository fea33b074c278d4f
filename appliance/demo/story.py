"""What happened in the demonstration's office: who signed what, and whom somebody has named already."""

from dataclasses import dataclass
from datetime import date, timedelta

from appliance.actions import enrolment, people, recognition, shoots
from appliance.actions.consent import record
from appliance.actions.faces import confirm
from appliance.actions.photos import Filter, library, look_at
from appliance.demo.card import BIDEN, OBAMA
from appliance.domain.access import OPERATOR, User, acting
from appliance.domain.consent import Answer, Purpose, Term
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import FaceId, ShootId
from appliance.domain.shoots import Scope
from appliance.wiring import Box

_DPIA = "DPIA-2026-04 (demonstration)"
_SHOOT = "Nieuwe portretten"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody who agreed to recognition, and the photo that somebody named them in."""

    person: str
    department: str
    file: str
    until: timedelta  # of web and press, from today


_ENROLMENTS = (
    Enrolment(OBAMA, "Bestuur", "KLUI0001.JPG", timedelta(days=365)),
    Enrolment(BIDEN, "Communicatie", "KLUI0004.JPG", timedelta(days=-30)),
)


def agree(box: Box, administrator: User, officer: User) -> ShootId:
    """Two people switch recognition on, and both persons sign and are invited to a shoot. Returns the shoot.

    What was done before stays as it is.
    """
    now = box.now()
    if not recognition.recognition(box.safe, by=OPERATOR, now=now).on:
        recognition.propose_recognition(box.safe, _DPIA, by=acting(administrator, confirmed=True), now=now)
        recognition.approve_recognition(box.safe, by=acting(officer, confirmed=True), now=now)
    known = {person.name: person.id for person in people.person_names(box.safe, by=OPERATOR, now=now)}
    invited = [known.get(one.person) or _enter(box, one) for one in _ENROLMENTS]
    return _shoot(box, administrator, invited)


def _enter(box: Box, one: Enrolment) -> PersonId:
    person = people.create_person(
        box.safe, by=OPERATOR, now=box.now(), name=one.person, department=one.department
    )
    _sign(box, person, box.today(), box.today() + one.until)
    return person.id


def _shoot(box: Box, administrator: User, invited: list[PersonId]) -> ShootId:
    now, day = box.now(), box.today()
    for card in shoots.shoots(box.safe, by=OPERATOR, now=now):
        if card.shoot.name == _SHOOT:
            return card.shoot.id
    shoot = shoots.create_shoot(box.safe, by=OPERATOR, now=now, name=_SHOOT, day=day, invited=invited)
    shoots.switch_shoot_recognition(
        box.safe, shoot.id, Scope.INVITED, by=acting(administrator), now=now, day=day
    )
    return shoot.id


def _sign(box: Box, person: Person, day: date, until: date) -> None:
    """Web and press until a day; recognition apart, as it must be asked."""
    published = [Term(p, Answer.GRANTED, None, until) for p in (Purpose.WEB, Purpose.PRESS)]
    record(box.safe, person.id, published, by=OPERATOR, now=box.now(), day=day, note="Demonstration")
    recognised = [Term(Purpose.RECOGNITION, Answer.GRANTED, None, day + timedelta(days=365))]
    record(box.safe, person.id, recognised, by=OPERATOR, now=box.now(), day=day, note="Demonstration")


def name_and_enrol(box: Box) -> int:
    """Name each person in one portrait, and let the others be suggested. Returns the suggestions made.

    Whoever is named already stays so; when all are, nothing is measured again.
    """
    known = {person.name: person.id for person in people.person_names(box.safe, by=OPERATOR, now=box.now())}
    faces = [(_only_face(box, one.file), known[one.person]) for one in _ENROLMENTS]
    unnamed = [(face_id, person_id) for face_id, person_id in faces if face_id is not None]
    if not unnamed:
        return 0
    for face_id, person_id in unnamed:
        _confirm(box, face_id, person_id)
    return enrolment.rescan_all(box.safe, box.decoder, box.analyser, now=box.now(), day=box.today())


def _confirm(box: Box, face_id: FaceId, person_id: PersonId) -> None:
    now, day = box.now(), box.today()
    confirm(box.safe, face_id, person_id, by=OPERATOR, now=now, day=day, bell=box.bell)
    enrolment.enrol(box.safe, box.decoder, box.analyser, face_id, now=now, day=day)


def _only_face(box: Box, file: str) -> FaceId | None:
    page = library(box.safe, by=OPERATOR, now=box.now(), day=box.today(), wanted=Filter(text=file), limit=1)
    if not page.cards:
        return None
    view = look_at(box.safe, page.cards[0].photo.id, by=OPERATOR, now=box.now(), day=box.today())
    return view.faces[0].face.id if len(view.faces) == 1 and view.faces[0].confirmed is None else None
