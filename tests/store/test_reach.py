"""Who may not see a photo does not find, count or change it; what SQL says of that is what the rule says."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.access import Actor, Kind, Permission, Role, User, UserId
from appliance.domain.audit import Event, Outcome
from appliance.domain.consent import Light, Purpose
from appliance.domain.errors import NotAllowed
from appliance.domain.grants import (
    EVERYTHING,
    Effect,
    Grant,
    GrantId,
    GroupId,
    Holder,
    HolderKind,
    Place,
    Right,
    Scope,
    ScopeKind,
    rights_at,
)
from appliance.domain.people import Link, LinkState, PersonId
from appliance.domain.photos import FaceId, PhotoId, ShootId
from appliance.domain.shoots import Shoot
from appliance.store.database import Store
from appliance.store.search import Filter
from tests.store.conftest import RING
from tests.store.shelf import NOW, begin_import, changing, face, looking, person, photo, quitclaim

SHOOTS = (ShootId("council"), ShootId("ward"))
# Who stands in which photo, and at which shoot it was taken.
PHOTOS: dict[str, tuple[ShootId | None, tuple[str, ...]]] = {
    "one": (SHOOTS[0], ("anna",)),
    "two": (SHOOTS[0], ("bea",)),
    "three": (SHOOTS[1], ("anna", "carl")),
    "four": (SHOOTS[1], ()),
    "five": (None, ("bea",)),
    "six": (None, ()),
}
DEPARTMENTS = {"anna": "Human  Resources", "bea": "Câre", "carl": ""}
KEYS = {"anna": "human resources", "bea": "care"}
USER = UserId("user")
VIEWER = Actor(Kind.USER, USER, Role.VIEWER)
EDITOR = Actor(Kind.USER, USER, Role.EDITOR)
SCOPES = (
    EVERYTHING,
    *(Scope(ScopeKind.SHOOT, shoot_id) for shoot_id in SHOOTS),
    *(Scope(ScopeKind.DEPARTMENT, key) for key in KEYS.values()),
)
COUNCIL, WARD, HR, CARE = SCOPES[1:]
COLLEAGUES = GroupId("colleagues")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store.open(tmp_path_factory.mktemp("reach") / "kluis.db", RING.database_key)
    with changing(opened) as tx:
        begin_import(tx)
        tx.access.add(User(USER, "somebody", Role.EDITOR), "hash")
        for who, department in DEPARTMENTS.items():
            tx.people.add(person(who, department=department))
            tx.consent.append(quitclaim(who))
        for shoot_id in SHOOTS:
            tx.shoots.put(Shoot(shoot_id, shoot_id, date(2026, 11, 20)))
        for name, (shoot, people) in PHOTOS.items():
            tx.photos.add(photo(name, shoot_id=shoot), b"key", [])
            for who in people:
                tx.faces.add(face(f"{name}-{who}", of=name))
                tx.faces.link(Link(FaceId(f"{name}-{who}"), PersonId(who), LinkState.CONFIRMED))
            tx.lights.put(PhotoId(name), {Purpose.WEB: Light.GREEN}, None)
    yield opened
    opened.close()


def grant(scope: Scope, *rights: Right, effect: Effect = Effect.ALLOW) -> Grant:
    return Grant(
        GrantId(f"{effect}-{scope.kind}-{scope.id}"),
        Holder(HolderKind.USER, USER),
        scope,
        effect,
        frozenset(rights),
        "admin",
        NOW,
    )


def deny(scope: Scope, *rights: Right) -> Grant:
    return grant(scope, *rights, effect=Effect.DENY)


def granted(store: Store, *grants: Grant) -> None:
    """What the user holds from now on, and no more."""
    with changing(store) as tx:
        tx.grants.set_members(COLLEAGUES, [])
        for before in tx.grants.of_user(USER):
            tx.grants.remove(before.id)
        for one in grants:
            tx.grants.put(one)


def place(name: str) -> Place:
    shoot, people = PHOTOS[name]
    scopes = {EVERYTHING} | ({Scope(ScopeKind.SHOOT, shoot)} if shoot else set())
    return Place(frozenset(scopes | {Scope(ScopeKind.DEPARTMENT, KEYS[p]) for p in people if p in KEYS}))


some_grants = st.lists(
    st.builds(
        lambda scope, effect, rights: grant(scope, *rights, effect=effect),
        st.sampled_from(SCOPES),
        st.sampled_from(Effect),
        st.frozensets(st.sampled_from([Right.SEE, Right.EDIT])),
    ),
    max_size=6,
    unique_by=lambda one: one.id,
)


@settings(max_examples=60)
@given(grants=some_grants)
def test_what_is_found_counted_and_changed_is_what_the_rule_allows(store: Store, grants: list[Grant]) -> None:
    granted(store, *grants)
    rights = {name: rights_at(grants, place(name)) for name in PHOTOS}
    seen = {name for name in PHOTOS if Right.SEE in rights[name]}
    with store.look(by=VIEWER, to=Permission.PHOTO_VIEW, now=NOW) as view:
        assert {one.id for one in view.photos.page(Filter(), after=None, limit=10)} == seen
        assert view.photos.count(Filter()) == len(seen)
        assert view.photos.count(Filter(light=Light.GREEN, purpose=Purpose.WEB)) == len(seen)
        assert view.lights.counts(Purpose.WEB)[Light.GREEN] == len(seen)
        assert sum(view.shoots.photo_counts().values()) == sum(PHOTOS[one][0] is not None for one in seen)
        assert set(view.photos.facts([PhotoId(one) for one in PHOTOS])) == seen
        counts = view.people.photo_counts([PersonId(who) for who in DEPARTMENTS])
        for who in DEPARTMENTS:
            known = counts.get(PersonId(who), 0)
            hidden = (d := KEYS.get(who)) and any(
                one.takes(Right.SEE) and one.scope in {EVERYTHING, Scope(ScopeKind.DEPARTMENT, d)}
                for one in grants
            )
            assert known == (0 if hidden else sum(who in PHOTOS[one][1] for one in seen))
    for name in PHOTOS:
        assert may_change(store, PhotoId(name)) == (Right.EDIT in rights[name])


def may_change(store: Store, photo_id: PhotoId) -> bool:
    try:
        with store.begin(by=EDITOR, to=Permission.PHOTO_EDIT, now=NOW) as tx:
            tx.photos.get(photo_id)
            tx.record(Event("test:change"))
    except NotAllowed:
        return False
    return True


def test_a_user_of_a_safe_that_knew_no_grants_may_what_their_role_may(tmp_path: Path) -> None:
    fresh = Store.open(tmp_path / "fresh.db", RING.database_key)
    with changing(fresh) as tx:
        tx.access.add(User(USER, "somebody", Role.EDITOR), "hash")
        begin_import(tx)
        tx.photos.add(photo(), b"key", [])
    with fresh.look(by=VIEWER, to=Permission.PHOTO_VIEW, now=NOW) as view:
        assert view.photos.count(Filter()) == 1
    assert may_change(fresh, PhotoId("one"))
    fresh.close()


def test_whoever_is_denied_a_photo_by_its_address_is_written_down_with_the_reason(store: Store) -> None:
    granted(store, grant(EVERYTHING, *Right), deny(WARD, Right.SEE))
    for thing in ("three", "three-anna", "ward"):
        with (
            pytest.raises(NotAllowed) as refused,
            store.look(by=VIEWER, to=Permission.PHOTO_VIEW, now=NOW, on=thing),
        ):
            raise AssertionError
        assert refused.value.key == "access:out_of_reach"
        with looking(store) as view:
            entry = view.audit.search(thing=thing)[0]
        assert (entry.event.outcome, entry.event.detail) == (Outcome.REFUSED, "access:out_of_reach")
        assert entry.actor == USER


def test_of_people_no_more_is_told_than_their_photos_that_may_be_seen(store: Store) -> None:
    granted(store, grant(COUNCIL, Right.SEE))
    with store.look(by=VIEWER, to=Permission.PERSON_VIEW, now=NOW) as view:
        assert [one.id for one in view.people.all("", after=None, limit=9)] == ["anna", "bea"]
        assert view.people.count() == 2
        assert view.people.photos_of(PersonId("anna")) == ["one"]
        assert view.people.portrait(PersonId("anna")) == "one-anna"
        assert [one.id for one in view.people.all("carl", after=None, limit=9)] == []
        assert [shoot.id for shoot in view.shoots.all()] == ["council"]


def test_people_of_a_denied_department_are_hidden_with_their_quitclaims(store: Store) -> None:
    granted(store, grant(EVERYTHING, *Right), deny(HR, Right.SEE))
    with store.look(by=VIEWER, to=Permission.QUITCLAIM_VIEW, now=NOW) as view:
        assert [one.id for one in view.people.all("", after=None, limit=9)] == ["bea", "carl"]
        assert view.photos.count(Filter(text="anna")) == 0
        assert view.consent.of_person(PersonId("anna")) == []
        assert view.consent.of_person(PersonId("bea")) != []


def test_a_right_to_see_is_none_to_change(store: Store) -> None:
    granted(store, grant(EVERYTHING, Right.SEE), grant(COUNCIL, Right.EDIT))
    assert may_change(store, PhotoId("one"))
    assert not may_change(store, PhotoId("three"))
    with store.look(by=VIEWER, to=Permission.PHOTO_VIEW, now=NOW) as view:
        assert view.photos.count(Filter()) == len(PHOTOS)


def test_a_change_that_reaches_further_than_its_maker_is_made_whole(store: Store) -> None:
    """A withdrawal finds the photos that whoever notes it may not see."""
    granted(store, grant(EVERYTHING, *Right), deny(COUNCIL, Right.SEE))
    with store.begin(by=EDITOR, to=Permission.QUITCLAIM_EDIT, now=NOW, on="anna") as tx:
        assert set(tx.people.photos_of(tx.people.get(PersonId("anna")).id)) == {"one", "three"}
        tx.record(Event("test:change"))


def test_what_was_changed_holds_from_the_next_question_on(store: Store) -> None:
    for scope, expected in ((COUNCIL, {"one", "two"}), (CARE, {"two", "five"}), (EVERYTHING, set(PHOTOS))):
        granted(store, grant(scope, Right.SEE))
        with store.look(by=VIEWER, to=Permission.PHOTO_VIEW, now=NOW) as view:
            assert {one.id for one in view.photos.page(Filter(), after=None, limit=9)} == expected
    with changing(store) as tx:
        tx.people.replace(person("carl", department="CARE"))
    granted(store, grant(CARE, Right.SEE))
    with store.look(by=VIEWER, to=Permission.PHOTO_VIEW, now=NOW) as view:
        assert view.photos.count(Filter()) == 3
    with changing(store) as tx:
        tx.people.replace(person("carl"))
