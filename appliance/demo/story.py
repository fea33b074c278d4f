"""What happened in the demonstration's office: who signed what, and whom somebody has named already."""

from dataclasses import dataclass
from datetime import date, timedelta

from appliance.actions import people, recognition
from appliance.actions.consent import record
from appliance.actions.faces import confirm
from appliance.actions.photos import Filter, library, look_at
from appliance.demo.card import BIDEN, OBAMA
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Answer, Purpose, Term
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import FaceId
from appliance.wiring import Box

_DPIA = "DPIA-2026-04 (demonstration)"


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


def agree(box: Box) -> bool:
    """Switch recognition on and record both people's quitclaims. False when that was done before."""
    now, day = box.now(), box.today()
    known = {person.name for person in people.person_names(box.safe, by=OPERATOR, now=now)}
    missing = [enrolment for enrolment in _ENROLMENTS if enrolment.person not in known]
    if not missing:
        return False
    recognition.switch_recognition(box.safe, True, by=OPERATOR, now=now, dpia=_DPIA)
    for enrolment in missing:
        person = people.create_person(
            box.safe, by=OPERATOR, now=now, name=enrolment.person, department=enrolment.department
        )
        _sign(box, person, day, day + enrolment.until)
    return True


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
    faces = [(_only_face(box, enrolment.file), known[enrolment.person]) for enrolment in _ENROLMENTS]
    unnamed = [(face_id, person_id) for face_id, person_id in faces if face_id is not None]
    if not unnamed:
        return 0
    for face_id, person_id in unnamed:
        _confirm(box, face_id, person_id)
    return recognition.suggest_again(box.safe, box.decoder, box.analyser, now=box.now(), day=box.today())


def _confirm(box: Box, face_id: FaceId, person_id: PersonId) -> None:
    now, day = box.now(), box.today()
    confirm(box.safe, face_id, person_id, by=OPERATOR, now=now, day=day, bell=box.bell)
    recognition.enrol(box.safe, box.decoder, box.analyser, face_id, now=now, day=day)


def _only_face(box: Box, file: str) -> FaceId | None:
    page = library(box.safe, by=OPERATOR, now=box.now(), day=box.today(), wanted=Filter(text=file), limit=1)
    if not page.cards:
        return None
    view = look_at(box.safe, page.cards[0].photo.id, by=OPERATOR, now=box.now(), day=box.today())
    return view.faces[0].face.id if len(view.faces) == 1 and view.faces[0].confirmed is None else None
