"""Small worlds for the rules: photos, faces, people and quitclaims, built in a line and drawn at random."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from appliance.domain.consent import Answer, Basis, PhotoFacts, Purpose, Quitclaim, QuitclaimId, Term
from appliance.domain.people import Limit, Link, LinkState, Person, PersonId, Standing
from appliance.domain.photos import Box, Face, FaceId, ImportId, Origin, Photo, PhotoId, Resolution, Stage

TODAY = date(2026, 11, 24)
ANNA, BEA, CARL = PersonId("anna"), PersonId("bea"), PersonId("carl")
A_BOX = Box(0.3, 0.2, 0.2, 0.3)


def days(number: int) -> date:
    """A day so many days from today."""
    return TODAY + timedelta(days=number)


def photo(**more: Any) -> Photo:
    """A photo that was examined."""
    plain = Photo(
        PhotoId("photo"),
        ImportId("import"),
        "IMG_1.JPG",
        "0" * 64,
        1000,
        "image/jpeg",
        Stage.ANALYSED,
        datetime(2026, 11, 1, 12, tzinfo=UTC),
    )
    return replace(plain, **more)


def face(name: str = "face", resolution: Resolution = Resolution.OPEN, box: Box | None = A_BOX) -> Face:
    """A face of that photo."""
    return Face(FaceId(name), PhotoId("photo"), box, Origin.MACHINE, 0.9, resolution)


def link(
    who: PersonId,
    to: str = "face",
    state: LinkState = LinkState.CONFIRMED,
    distance: float | None = None,
) -> Link:
    """What is known of a face and a person."""
    return Link(FaceId(to), who, state, distance)


def term(
    answer: Answer = Answer.GRANTED,
    purpose: Purpose = Purpose.WEB,
    since: date | None = None,
    until: date | None = None,
) -> Term:
    """What was said of one purpose."""
    return Term(purpose, answer, since, until)


def quitclaim(
    *terms: Term,
    who: PersonId = ANNA,
    name: str = "first",
    version: int = 1,
    on: date | None = None,
    basis: Basis = Basis.CONSENT,
    supersedes: str | None = None,
    balancing: str = "",
) -> Quitclaim:
    """A version of a quitclaim, recorded 30 days ago unless another day is given."""
    recorded = days(-30) if on is None else on
    return Quitclaim(
        id=QuitclaimId(name),
        version=version,
        person_id=who,
        recorded_at=datetime.combine(recorded, time(9, version % 60), UTC),
        recorded_on=recorded,
        basis=basis,
        terms=terms,
        supersedes=QuitclaimId(supersedes) if supersedes else None,
        balancing=balancing,
    )


def world(
    faces: Sequence[Face] = (),
    links: Sequence[Link] = (),
    quitclaims: Iterable[Quitclaim] = (),
    standing: Mapping[PersonId, Standing] = {ANNA: Standing.NONE},
    limited: Limit = Limit.NONE,
    **of_the_photo: Any,
) -> PhotoFacts:
    """All that a verdict may know."""
    by_person: dict[PersonId, list[Quitclaim]] = {}
    for one in quitclaims:
        by_person.setdefault(one.person_id, []).append(one)
    people = {p: Person(p, p.title(), standing=how, limited=limited) for p, how in standing.items()}
    return PhotoFacts(photo(**of_the_photo), tuple(faces), tuple(links), people, by_person)


def named(*quitclaims: Quitclaim, **more: Any) -> PhotoFacts:
    """One face, confirmed to be Anna, with her quitclaims."""
    return world([face()], [link(ANNA)], quitclaims, **more)


# At random. Days lie close together, so that terms begin, end and replace each other all the time.
# Chains are picked from a large stock made beforehand; drawing each of their parts would take too long.

some_day = st.integers(-12, 12).map(days)
_STOCK = 600
_PURPOSES = (Purpose.WEB, Purpose.PRESS)


def _random_term(chance: random.Random, purpose: Purpose) -> Term:
    answer = chance.choice([*Answer, Answer.GRANTED, Answer.GRANTED])
    since, until = (chance.choice([None, days(chance.randint(-12, 12))]) for _ in range(2))
    return Term(purpose, answer, since, until)


def _random_chain(chance: random.Random) -> tuple[Quitclaim, ...]:
    """All versions of some quitclaims of Anna's; each may supersede another."""
    names = ["first", "second", "third"][: chance.randint(0, 3)]
    found = []
    for name in names:
        recorded = days(chance.randint(-12, 12))
        for version in range(1, chance.randint(1, 3) + 1):
            made = quitclaim(
                *(_random_term(chance, p) for p in _PURPOSES if chance.random() < 0.7),
                name=name,
                version=version,
                on=recorded,
                basis=chance.choice([*Basis, Basis.CONSENT, Basis.CONSENT]),
                supersedes=chance.choice([None, None, *names]),
                balancing=chance.choice(["", " ", "outweighs"]),
            )
            found.append(made)
            recorded += timedelta(days=chance.randint(0, 6))
    return tuple(found)


def of(who: PersonId, versions: Iterable[Quitclaim], later: timedelta = timedelta()) -> tuple[Quitclaim, ...]:
    """The same quitclaims, given by somebody else, and recorded later."""
    return tuple(
        replace(
            v,
            id=QuitclaimId(f"{who}-{v.id}"),
            supersedes=QuitclaimId(f"{who}-{v.supersedes}") if v.supersedes else None,
            person_id=who,
            recorded_on=v.recorded_on + later,
            recorded_at=v.recorded_at + later,
        )
        for v in versions
    )


_chance = random.Random("quitclaims")
chains = st.sampled_from(
    [(), (quitclaim(term(), on=days(-12)),), *(_random_chain(_chance) for _ in range(_STOCK))]
)

_boxes = (A_BOX, None, Box(0.9, 0.9, 0.5, 0.5), Box(1.2, 0.1, 0.3, 0.3))
_looks = st.sampled_from(
    [(Resolution.OPEN, A_BOX), *((resolution, box) for resolution in Resolution for box in _boxes)]
)
_states = st.sampled_from([None, LinkState.CONFIRMED, None, LinkState.CONFIRMED, *LinkState])
_standings = st.sampled_from([Standing.NONE, Standing.NONE, *Standing])
_stages = st.sampled_from([Stage.ANALYSED, Stage.ANALYSED, *Stage])
_counts = st.sampled_from([None, 0, 1, 2, 3])


@st.composite
def worlds(draw: st.DrawFn) -> PhotoFacts:
    """Any photo with up to three faces and three people, one of whom the safe does not know."""
    faces = [face(f"face{number}", *draw(_looks)) for number in range(draw(st.integers(0, 3)))]
    links = [
        link(who, one.id, state, distance)
        for one in faces
        for who, distance in ((ANNA, 0.4), (BEA, 0.2), (CARL, None))
        if (state := draw(_states)) is not None
    ]
    return world(
        faces,
        links,
        [version for who in (ANNA, BEA, CARL) for version in of(who, draw(chains))],
        {who: draw(_standings) for who in (ANNA, BEA)},
        stage=draw(_stages),
        head_count=draw(_counts),
    )


_yeses = st.sampled_from(
    [
        (term(), term(purpose=Purpose.PRESS)),
        (term(since=days(-3)), term(purpose=Purpose.PRESS, until=days(3))),
        (term(until=TODAY), term(Answer.DECLINED, Purpose.PRESS)),
    ]
)


@st.composite
def promising_worlds(draw: st.DrawFn) -> PhotoFacts:
    """Photos that are often green: everybody is named once, and most people said yes to most."""
    people = (ANNA, BEA, CARL)[: draw(st.integers(1, 3))]
    yes = [quitclaim(*draw(_yeses), who=who, name=f"{who}-yes", on=days(-12)) for who in people]
    more = draw(st.sampled_from([(), people[:1]]))
    later = [version for who in more for version in of(who, draw(chains))]
    return world(
        [face(f"face{number}") for number in range(len(people))],
        [link(who, f"face{number}") for number, who in enumerate(people)],
        [*yes, *later],
        dict.fromkeys(people, Standing.NONE),
        head_count=draw(st.sampled_from([None, len(people)])),
    )
