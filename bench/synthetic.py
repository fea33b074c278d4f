"""A safe filled as in years of an office: photos, faces, people, quitclaims, imports, audit; no files."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from appliance.domain.access import OPERATOR, WORKER, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Answer, Basis, Purpose, Quitclaim, QuitclaimId, Term
from appliance.domain.descriptions import Description
from appliance.domain.people import Link, LinkState, Person, PersonId
from appliance.domain.photos import (
    Box,
    Capture,
    Face,
    FaceId,
    ImportId,
    ImportReport,
    Origin,
    Photo,
    PhotoId,
    Resolution,
    Stage,
)
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe
from bench.safes import Progress

_BATCH = 1000
_PHOTOS_AN_IMPORT = 250
_VIEWS_A_PHOTO = 3  # audit entries of people looking
_FACES = ((0, 10), (1, 60), (2, 10), (3, 8), (5, 7), (12, 5))  # how many, and how often in a hundred
_FIRST = (
    "Anna",
    "Bram",
    "Chantal",
    "Daan",
    "Elif",
    "Fatima",
    "Gijs",
    "Hanneke",
    "Ivo",
    "Jolanda",
    "Kees",
    "Lotte",
)
_LAST = (
    "de Boer",
    "Jansen",
    "El Idrissi",
    "van Dijk",
    "Yildiz",
    "Bakker",
    "Visser",
    "Smit",
    "Müller",
    "Peters",
)
_CAMERAS = ("Canon EOS R6", "NIKON Z 6", "SONY ILCE-7M4", "iPhone 15")
_YEARS = 5
WORDS = tuple(
    f"{start}{middle}{end}"
    for start in ("wa", "be", "ka", "lo")
    for middle in ("ter", "zoek", "mer", "pen", "ring")
    for end in ("dam", "dag", "zaal", "straat", "gang", "tuin", "feest", "hal", "lijn", "punt")
)
KEYWORDS = tuple(f"{word}-{number}" for word in ("dienst", "gebouw", "thema", "jaar") for number in range(25))


@dataclass(frozen=True, slots=True)
class Filled:
    """What was put in, in the order of arrival; the first people stand in the most photos."""

    photos: Sequence[PhotoId]
    people: Sequence[Person]
    imports: Sequence[ImportId]


def fill(safe: Safe, photos: int, people: int, today: date, progress: Progress) -> Filled:
    """Fill an empty safe. The same numbers give the same library, but for its ids."""
    dice = random.Random(100_000)
    start = datetime.combine(today, datetime.min.time(), UTC) - timedelta(days=365 * _YEARS)
    known = [_person(dice) for _ in range(people)]
    with safe.store.begin(by=OPERATOR, to=Permission.PERSON_EDIT, now=start) as tx:
        for person in known:
            tx.people.add(person)
            for quitclaim in _quitclaims(dice, person, start, today):
                tx.consent.append(quitclaim)
            tx.record(Event("person:add", person.id))
    ids: list[PhotoId] = []
    imports: list[ImportId] = []
    for first in range(0, photos, _BATCH):
        progress(f"Filling the library: {first} of {photos}")
        now = start + timedelta(days=365 * _YEARS) * (first / photos)
        with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, durable=False) as tx:
            for number in range(first, min(first + _BATCH, photos)):
                if number % _PHOTOS_AN_IMPORT == 0:
                    imports.append(_import(tx, now))
                ids.append(_photo(tx, safe, dice, number, imports[-1], known, now))
    return Filled(ids, known, imports)


def _person(dice: random.Random) -> Person:
    name = f"{dice.choice(_FIRST)} {dice.choice(_LAST)} {dice.randrange(1000)}"
    return Person(PersonId(new_id()), name, f"Afdeling {dice.randrange(20)}", "", None)


def _quitclaims(dice: random.Random, person: Person, start: datetime, today: date) -> Iterator[Quitclaim]:
    """None, one or two versions: most of them valid, some ended, withdrawn or declined."""
    purposes = (Purpose.WEB, Purpose.PRESS, Purpose.INTRANET, Purpose.PRINT)
    quitclaim_id = QuitclaimId(new_id())
    for version in range(1, dice.choice((0, 1, 1, 1, 2)) + 1):
        answers = dice.choices(
            (Answer.GRANTED, Answer.DECLINED, Answer.WITHDRAWN), (85, 10, 5), k=len(purposes)
        )
        until = today + timedelta(days=dice.randrange(-400, 1500))
        yield Quitclaim(
            id=quitclaim_id,
            version=version,
            person_id=person.id,
            recorded_at=start + timedelta(days=version),
            recorded_on=start.date(),
            basis=Basis.CONSENT,
            terms=tuple(
                Term(purpose, answer, None, until if answer is Answer.GRANTED else None)
                for purpose, answer in zip(purposes, answers, strict=True)
            ),
        )


def _import(tx: Transaction, now: datetime) -> ImportId:
    report = ImportReport(ImportId(new_id()), "/media/kaart", now, now, found=_PHOTOS_AN_IMPORT)
    tx.imports.begin(report)
    tx.record(Event("import:start", report.id))
    return report.id


def _photo(
    tx: Transaction,
    safe: Safe,
    dice: random.Random,
    number: int,
    import_id: ImportId,
    people: Sequence[Person],
    now: datetime,
) -> PhotoId:
    photo_id = PhotoId(new_id())
    taken = now.replace(tzinfo=None) - timedelta(hours=dice.randrange(1, 500))
    photo = Photo(
        id=photo_id,
        import_id=import_id,
        name=f"DSC_{number:06d}.JPG",
        sha256=f"{dice.getrandbits(256):064x}",
        bytes=9_000_000,
        media_type="image/jpeg",
        stage=Stage.ANALYSED if dice.random() < 0.995 else Stage.SET_ASIDE,
        arrived_at=now,
        width=6000,
        height=4000,
        capture=Capture(taken, dice.choice(_CAMERAS), "50 mm"),
        fingerprint=f"{dice.getrandbits(64):016x}",
        head_count=None if dice.random() < 0.5 else 1,
    )
    tx.photos.add(photo, safe.ring.new_data_key(photo_id).wrapped, ())
    tx.record(Event("photo:import", photo_id, detail=f"import={import_id}"))
    _describe(tx, dice, photo_id)
    _faces(tx, dice, photo_id, people, now)
    tx.record(Event("photo:analyse", photo_id))
    for _ in range(_VIEWS_A_PHOTO):
        tx.record(Event("photo:view", photo_id))
    return photo_id


def _describe(tx: Transaction, dice: random.Random, photo_id: PhotoId) -> None:
    """A third of the photos have a caption and keywords; a few words stand in many, most in few."""
    if dice.random() > 1 / 3:
        return
    words = [WORDS[int(len(WORDS) * dice.random() ** 3)] for _ in range(dice.randint(5, 25))]
    keywords = tuple(dict.fromkeys(KEYWORDS[int(len(KEYWORDS) * dice.random() ** 2)] for _ in range(3)))
    tx.descriptions.put(photo_id, Description(" ".join(words[:3]), " ".join(words), keywords))


def _faces(
    tx: Transaction, dice: random.Random, photo_id: PhotoId, people: Sequence[Person], now: datetime
) -> None:
    counts, weights = zip(*_FACES, strict=True)
    there = dice.choices(counts, weights)[0]
    # A few people stand in many photos, most in few.
    chosen = {people[int(len(people) * dice.random() ** 3)].id for _ in range(there)}
    for person_id in sorted(chosen):
        face = Face(FaceId(new_id()), photo_id, Box(0.3, 0.2, 0.1, 0.15), Origin.MACHINE, 0.9)
        kind = dice.random()
        if kind > 0.95:
            face = Face(face.id, photo_id, face.box, face.origin, face.score, Resolution.NOT_RECOGNISABLE)
        tx.faces.add(face)
        if kind < 0.75:
            tx.faces.link(Link(face.id, person_id, LinkState.CONFIRMED, 0.4, now))
        elif kind < 0.85:
            tx.faces.link(Link(face.id, person_id, LinkState.SUGGESTED, 0.5, now))
        elif kind < 0.88:
            tx.faces.link(Link(face.id, person_id, LinkState.REJECTED, 0.58, now))
