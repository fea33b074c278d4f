"""How fast somebody who was enrolled just now is looked for among all faces without a name.

Whoever is looked for is in none of the photos, as in nearly all photos of a library. What is timed is all of
it: reading, decoding, cutting out, measuring and matching, in this process and the decoder's, on one core.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from appliance.actions import enrolment
from appliance.actions.analysis import analyse, waiting
from appliance.actions.consent import record
from appliance.actions.intake import import_folder
from appliance.actions.people import create_person
from appliance.actions.recognition import open_faces
from appliance.actions.shoots import switch_shoot_recognition
from appliance.domain.access import OPERATOR, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Answer, Purpose, Term
from appliance.domain.people import PersonId
from appliance.domain.photos import Face, FaceId, Origin, Stage
from appliance.domain.shoots import Scope
from appliance.store.search import Filter
from appliance.vision.crops import Floats
from appliance.vision.embed import LENGTH
from appliance.wiring import Box
from bench.clocks import Cost, Stopwatch
from bench.safes import shoot_of


@dataclass(frozen=True, slots=True)
class Search:
    """One search. faces: at which it looked."""

    faces: int
    photos: int
    suggestions: int
    cost: Cost


def prepare(box: Box, folder: Path) -> PersonId:
    """Take the photos in, and have somebody enrolled who is in none of them. Returns who."""
    shoot_id = shoot_of(box)
    import_folder(box.safe, folder, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_id)
    for photo_id in waiting(box.safe, now=box.now()):
        analyse(box.safe, box.decoder, box.analyser, photo_id, now=box.now(), day=box.today())
    switch_shoot_recognition(box.safe, shoot_id, Scope.AGREED, by=OPERATOR, now=box.now(), day=box.today())
    enrolment.rescan_all(box.safe, box.decoder, box.analyser, now=box.now(), day=box.today())
    now, vector = box.now(), np.random.default_rng(1).standard_normal(LENGTH).astype("<f4")
    person = create_person(box.safe, by=OPERATOR, now=now, name="Somebody else").id
    record(
        box.safe, person, [Term(Purpose.RECOGNITION, Answer.GRANTED)], by=OPERATOR, now=now, day=box.today()
    )
    with box.safe.store.begin(by=OPERATOR, to=Permission.PHOTO_EDIT, now=now) as tx:
        photo = tx.photos.page(Filter(stage=Stage.ANALYSED, untagged=False), after=None, limit=1)[0]
        face = Face(FaceId("bench"), photo.id, None, Origin.HAND)
        tx.faces.add(face)
        tx.people.add_template(person, face.id, box.analyser.pack_name, _unit(vector).tobytes())
        tx.record(Event("recognition:enrol", person))
    return person


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector), "<f4")


def measure(box: Box, person: PersonId, photos: Sequence[Path]) -> Search:
    """Search for somebody."""
    day, faces = box.today(), _looked_at(box)
    with box.safe.store.begin(by=OPERATOR, to=Permission.PHOTO_EDIT, now=box.now()) as tx:
        enrolment.look_for(tx, {person})
        tx.record(Event("recognition:rescan"))
    watch = Stopwatch()
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        box.decoder.decode(photos[0].read_bytes(), at_least=8)
        children = psutil.Process().children(recursive=True)
        for child in children:
            child.cpu_affinity([min(allowed)])
        watch.watch_helpers(child.pid for child in children)
        watch.cut()
        made = enrolment.rescan_all(box.safe, box.decoder, box.analyser, now=box.now(), day=day)
        cost = sum(watch.cut().values(), Cost())
    finally:
        os.sched_setaffinity(0, allowed)
    return Search(faces, len(photos), made, cost)


def _looked_at(box: Box) -> int:
    with box.safe.store.look(by=OPERATOR, to=Permission.PHOTO_VIEW, now=box.now()) as view:
        wanted = Filter(untagged=True, stage=Stage.ANALYSED)
        photos = view.photos.page(wanted, after=None, limit=100_000)
        return sum(len(open_faces(view, photo.id)) for photo in photos)
