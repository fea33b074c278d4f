"""Rows and nouns: what is put in comes back the same, and tables keep what rules build on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.access import Role, User, UserId
from appliance.domain.audit import Event
from appliance.domain.consent import Answer, Basis, Purpose, Quitclaim, QuitclaimId, Reliance, Term
from appliance.domain.errors import Mistake
from appliance.domain.people import Link, LinkState, Person, PersonId, Standing
from appliance.domain.photos import (
    Box,
    Capture,
    Face,
    FaceId,
    ImportId,
    ImportReport,
    Origin,
    PhotoId,
    Resolution,
)
from appliance.domain.release import Release, ReleaseId
from appliance.domain.sign_in import Session
from appliance.store.database import Store
from appliance.store.photos import BlobKind, Kept
from tests.store.shelf import (
    NOW,
    SLOW_OR_SHARED,
    begin_import,
    changing,
    face,
    looking,
    person,
    photo,
    quitclaim,
)

once = settings(max_examples=40, suppress_health_check=SLOW_OR_SHARED)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
zones = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-5, minutes=-30))])
instants = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=zones)  # noqa: DTZ001
on_a_camera = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001
days = st.dates(date(1900, 1, 1))
fractions = st.floats(0, 1)
captures = st.builds(
    Capture,
    st.none() | on_a_camera,
    texts,
    texts,
    st.none() | st.floats(-90, 90),
    st.none() | st.floats(-180, 180),
)
number = iter(range(10**6))


def new(kind: Any) -> Any:
    """An id that is not in use yet."""
    return kind(f"{kind.__name__}{next(number)}")


@once
@given(
    captures=captures,
    arrived=instants,
    name=texts,
    size=st.tuples(st.integers(0, 9**5), st.integers(0, 9**5)),
    heads=st.none() | st.integers(0, 99),
    key=st.binary(max_size=60),
)
def test_a_photo_comes_back_as_it_went(
    store: Store,
    captures: Capture,
    arrived: datetime,
    name: str,
    size: tuple[int, int],
    heads: int | None,
    key: bytes,
) -> None:
    made = photo(
        str(new(PhotoId)),
        name=name,
        capture=captures,
        arrived_at=arrived,
        width=size[0],
        height=size[1],
        head_count=heads,
    )
    with changing(store) as tx:
        if not tx.imports.recent(1):
            begin_import(tx)
        tx.photos.add(photo(made.id), key, [])
        tx.photos.replace(made)
    with looking(store) as view:
        assert view.photos.get(made.id) == made
        assert view.photos.wrapped_key(made.id) == key
        assert view.photos.find_by_sha256(made.sha256) == made.id
        assert view.photos.facts([made.id])[made.id].photo == made


people = st.builds(
    Person,
    st.builds(lambda: new(PersonId)),
    texts.filter(bool),
    texts,
    texts,
    st.none() | days,
    st.sampled_from(Standing),
)
terms = st.lists(
    st.builds(Term, st.sampled_from(Purpose), st.sampled_from(Answer), st.none() | days, st.none() | days),
    max_size=3,
    unique_by=lambda term: term.purpose,
).map(tuple)


@once
@given(someone=people, more=people)
def test_a_person_comes_back_as_they_went(store: Store, someone: Person, more: Person) -> None:
    changed = replace(more, id=someone.id)
    with changing(store) as tx:
        tx.people.add(someone)
        assert tx.people.get(someone.id) == someone
        tx.people.replace(changed)
    with looking(store) as view:
        assert view.people.many([someone.id, PersonId("nobody")]) == {someone.id: changed}


@once
@given(
    terms=terms,
    at=instants,
    on=days,
    basis=st.sampled_from(Basis),
    supersedes=st.none() | st.just(QuitclaimId("before")),
    note=texts,
)
def test_every_version_of_a_quitclaim_comes_back_as_it_went(
    store: Store,
    terms: tuple[Term, ...],
    at: datetime,
    on: date,
    basis: Basis,
    supersedes: QuitclaimId | None,
    note: str,
) -> None:
    who = new(PersonId)
    first = Quitclaim(new(QuitclaimId), 1, who, at, on, basis, terms, supersedes, note, note)
    second = replace(first, version=2, terms=(), note="")
    with changing(store) as tx:
        tx.people.add(Person(who, "Somebody"))
        tx.consent.append(first)
        tx.consent.append(second)
    with looking(store) as view:
        assert view.consent.versions(first.id) == view.consent.of_person(who) == [first, second]
        assert second in view.consent.all_current()


@pytest.fixture
def shelf(store: Store) -> Store:
    """Two photos; two faces in the first; two people."""
    with changing(store) as tx:
        begin_import(tx)
        for name in ("one", "two"):
            tx.photos.add(photo(name), b"key", [])
        tx.faces.add(face("left"))
        tx.faces.add(face("right", box=None))
        tx.people.add(person("anna"))
        tx.people.add(person("bea"))
    return store


ANNA, BEA = PersonId("anna"), PersonId("bea")
LEFT, RIGHT = FaceId("left"), FaceId("right")
SUGGESTED, CONFIRMED, REJECTED = LinkState.SUGGESTED, LinkState.CONFIRMED, LinkState.REJECTED


def test_faces_links_and_all_that_a_verdict_needs_come_back_as_they_went(shelf: Store) -> None:
    changed = Face(LEFT, PhotoId("one"), Box(0.5, 0.25, 0.125, 1), Origin.HAND, 0.5, Resolution.BLUR)
    links = [Link(LEFT, ANNA, CONFIRMED, 0.25, NOW), Link(RIGHT, BEA, SUGGESTED, None, None)]
    with changing(shelf) as tx:
        tx.faces.replace(changed)
        for link in links:
            assert tx.faces.link(link)
        tx.consent.append(quitclaim("bea"))
    with looking(shelf) as view:
        faces = [changed, face("right", box=None)]
        assert view.faces.of(PhotoId("one")) == faces
        assert view.faces.links(PhotoId("one")) == links
        facts = view.photos.facts([PhotoId("two"), PhotoId("nowhere"), PhotoId("one")])
    assert list(facts) == ["two", "one"]
    assert facts[PhotoId("two")].faces == ()
    one = facts[PhotoId("one")]
    assert (one.faces, one.links) == (tuple(faces), tuple(links))
    assert one.people == {ANNA: person("anna"), BEA: person("bea")}
    assert one.quitclaims == {BEA: (quitclaim("bea"),)}


# One person stands in a photo once, and what somebody said of a pair outlives every suggestion (P7).


def test_a_person_is_confirmed_once_in_a_photo(shelf: Store) -> None:
    with changing(shelf) as tx:
        tx.faces.link(Link(LEFT, ANNA, CONFIRMED))
    with pytest.raises(Mistake) as told, changing(shelf) as tx:
        tx.faces.link(Link(RIGHT, ANNA, CONFIRMED))
    assert told.value.key == "face:person_twice"
    with changing(shelf) as tx:
        tx.faces.link(Link(RIGHT, ANNA, SUGGESTED))  # a doubt may be noted


def test_a_face_is_confirmed_as_one_person(shelf: Store) -> None:
    with changing(shelf) as tx:
        tx.faces.link(Link(LEFT, ANNA, CONFIRMED))
    with pytest.raises(Mistake) as told, changing(shelf) as tx:
        tx.faces.link(Link(LEFT, BEA, CONFIRMED))
    assert told.value.key == "face:named"


def test_a_face_cannot_be_somebody_whom_the_safe_does_not_know(shelf: Store) -> None:
    with pytest.raises(Mistake) as told, changing(shelf) as tx:
        tx.faces.link(Link(LEFT, PersonId("nobody"), CONFIRMED))
    assert told.value.key == "person:unknown"


@pytest.mark.parametrize("said", [CONFIRMED, REJECTED])
def test_a_suggestion_gives_way_to_what_somebody_said(shelf: Store, said: LinkState) -> None:
    with changing(shelf) as tx:
        assert tx.faces.link(Link(LEFT, ANNA, SUGGESTED, 0.4))
        assert tx.faces.link(Link(LEFT, ANNA, said, 0.4, NOW))
        assert not tx.faces.link(Link(LEFT, ANNA, SUGGESTED, 0.1))
    with looking(shelf) as view:
        assert view.faces.links(PhotoId("one")) == [Link(LEFT, ANNA, said, 0.4, NOW)]
        assert view.faces.suggestions(9) == []


def test_a_face_that_goes_takes_its_links_and_templates_along(shelf: Store) -> None:
    with changing(shelf) as tx:
        tx.faces.link(Link(LEFT, ANNA, CONFIRMED))
        tx.people.add_template(ANNA, LEFT, "pack", b"\0" * 512)
        tx.faces.remove(LEFT)
    with looking(shelf) as view:
        assert view.faces.links(PhotoId("one")) == []
        assert view.people.templates("pack") == []


# Versions of quitclaims follow each other.


@pytest.mark.parametrize(
    "wrong",
    [
        quitclaim("anna", version=1),
        quitclaim("anna", version=3),
        replace(quitclaim("anna", version=2), person_id=BEA),
        replace(quitclaim("bea"), version=2),
    ],
    ids=["the same version", "a gap", "of somebody else", "no first version"],
)
def test_a_version_that_does_not_follow_the_last_is_refused(shelf: Store, wrong: Quitclaim) -> None:
    with changing(shelf) as tx:
        tx.consent.append(quitclaim("anna"))
    with pytest.raises(Mistake) as told, changing(shelf) as tx:
        tx.consent.append(wrong)
    assert told.value.key == "quitclaim:conflict"
    with looking(shelf) as view:
        assert view.consent.of_person(ANNA) == [quitclaim("anna")]
        assert view.consent.count() == 1


# The rest comes back too.


def test_files_of_a_photo_are_replaced_by_kind(shelf: Store) -> None:
    first = Kept(BlobKind.PROXY, "aa/first", 10, "a" * 64)
    second = Kept(BlobKind.PROXY, "bb/second", 20, "b" * 64)
    with changing(shelf) as tx:
        assert tx.photos.keep(PhotoId("one"), first) is None
        assert tx.photos.keep(PhotoId("one"), second) == first
    with looking(shelf) as view:
        assert view.photos.kept(PhotoId("one"), BlobKind.PROXY) == second
        assert view.photos.known_places() == {"bb/second"}


def test_releases_imports_users_and_sessions_come_back_as_they_went(shelf: Store) -> None:
    relied_on = (Reliance(QuitclaimId("q"), 2),)
    release = Release(ReleaseId("r"), PhotoId("one"), Purpose.PRESS, NOW, "user", "c" * 64, 7, relied_on)
    report = ImportReport(ImportId("later"), "/card", NOW + timedelta(days=1), NOW, 5, 1, 1, 1, 2, 99)
    user = User(UserId("u"), "Ünal  de Wit", Role.EDITOR, active=False, language="en")
    session = Session(user.id, NOW, NOW)
    with changing(shelf) as tx:
        tx.releases.add(release)
        tx.imports.begin(report)
        tx.access.add(user, "hash")
        tx.access.open_session("token", session)
        tx.access.touch("token", NOW + timedelta(minutes=1))
    with looking(shelf) as view:
        assert view.releases.get(release.id) == release
        assert view.releases.by_sha256("c" * 64) == view.releases.of_photo(PhotoId("one")) == [release]
        assert view.imports.recent(1) == [report]
        assert view.access.by_name("  üNAL de wit ") == (user, "hash")
        assert view.access.session("token") == replace(session, seen_at=NOW + timedelta(minutes=1))
        assert view.access.session("other") is None
    with pytest.raises(Exception, match="UNIQUE"), changing(shelf) as tx:
        tx.access.add(replace(user, id=UserId("v"), name="ünal DE wit"), "hash")


def test_failed_sign_ins_are_counted_by_name_and_time(store: Store) -> None:
    with changing(store) as tx:
        for minutes in (0, 10, 20):
            tx.access.note_failure("anna", NOW + timedelta(minutes=minutes))
        tx.access.note_failure("bea", NOW)
        since = tx.access.failures("anna", NOW + timedelta(minutes=10))
        assert since == [NOW + timedelta(minutes=10), NOW + timedelta(minutes=20)]
        tx.access.clear_failures("anna")
        assert (len(tx.access.failures("anna", NOW)), len(tx.access.failures("bea", NOW))) == (0, 1)


def test_the_log_is_searched_by_thing_actor_and_first_part_of_the_action(store: Store) -> None:
    for action, thing in (("photo:view", "one"), ("photo:edit", "two"), ("photograph:view", "one")):
        with changing(store) as tx:
            tx.record(Event(action, thing))
    with looking(store) as view:
        assert [e.event.action for e in view.audit.search(action="photo")] == ["photo:edit", "photo:view"]
        assert [e.event.action for e in view.audit.search(thing="one")] == ["photograph:view", "photo:view"]
        assert view.audit.search(action="phot") == []
        assert len(view.audit.search(actor="operator", limit=2)) == 2
        assert view.audit.search(actor="%") == []
        assert [e.number for e in view.audit.entries(after=4)] == [5, 6]


UNKNOWN = {
    "photo": lambda view: view.photos.get(PhotoId("x")),
    "a photo's key": lambda view: view.photos.wrapped_key(PhotoId("x")),
    "face": lambda view: view.faces.get(FaceId("x")),
    "person": lambda view: view.people.get(PersonId("x")),
    "quitclaim": lambda view: view.consent.versions(QuitclaimId("x")),
    "release": lambda view: view.releases.get(ReleaseId("x")),
    "import": lambda view: view.imports.get(ImportId("x")),
    "user": lambda view: view.access.get(UserId("x")),
}


@pytest.mark.parametrize("noun", UNKNOWN)
def test_an_id_that_is_unknown_is_a_mistake(store: Store, noun: str) -> None:
    with pytest.raises(Mistake) as told, looking(store) as view:
        UNKNOWN[noun](view)
    assert told.value.key.endswith(":unknown")


SEARCHES = {
    "": ["bram", "Çelik", "Élodie", "José 100%"],
    "jose": ["José 100%"],
    "JOSÉ": ["José 100%"],
    "é": ["bram", "Çelik", "Élodie", "José 100%"],  # an e somewhere in a name or a department
    "elodie": ["Élodie"],
    "reception": ["bram"],
    "RÉCEPTION": ["bram"],
    "100%": ["José 100%"],
    "%": ["José 100%"],
    "_": [],
    "x": [],
}


@pytest.mark.parametrize("text", SEARCHES)
def test_people_are_found_by_part_of_name_or_department_accents_aside(store: Store, text: str) -> None:
    with changing(store) as tx:
        for name in ("José 100%", "Élodie", "bram", "Çelik"):
            tx.people.add(person(name, department="Réception" if name == "bram" else ""))
    with looking(store) as view:
        assert [p.name for p in view.people.all(text, after=None, limit=9)] == SEARCHES[text]
        first = view.people.all(text, after=None, limit=1)
        assert first + (view.people.all(text, after=first[0].id, limit=9) if first else []) == (
            view.people.all(text, after=None, limit=9)
        )


def test_the_largest_confirmed_face_is_somebodys_portrait(shelf: Store) -> None:
    with changing(shelf) as tx:
        tx.faces.add(face("large", "two", box=Box(0, 0, 0.5, 0.5)))
        tx.faces.link(Link(LEFT, ANNA, CONFIRMED))
        tx.faces.link(Link(FaceId("large"), ANNA, SUGGESTED))
        assert tx.people.portrait(ANNA) == LEFT
        tx.faces.link(Link(FaceId("large"), ANNA, CONFIRMED))
        assert tx.people.portrait(ANNA) == "large"
        assert tx.people.portrait(BEA) is None
        assert tx.people.photos_of(ANNA) == ["two", "one"]
        assert tx.people.photo_counts([ANNA, BEA]) == {ANNA: 2}
