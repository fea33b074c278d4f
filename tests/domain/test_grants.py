"""Rights over places: deny wins, nothing is had that nobody allowed, and order does not matter."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.access import OPERATOR, WORKER, Actor, Kind, Permission, Role
from appliance.domain.grants import (
    EVERYTHING,
    PRESETS,
    RIGHT_FOR,
    Effect,
    Grant,
    GrantId,
    Holder,
    HolderKind,
    Place,
    Preset,
    Right,
    Scope,
    ScopeKind,
    is_limited,
    preset_of,
    reach,
    rights_at,
)

ANNA = Holder(HolderKind.USER, "anna")
SCOPES = (
    EVERYTHING,
    Scope(ScopeKind.SHOOT, "council"),
    Scope(ScopeKind.SHOOT, "ward"),
    Scope(ScopeKind.DEPARTMENT, "hr"),
)
some_rights = st.frozensets(st.sampled_from(Right))
some_grants = st.builds(
    lambda scope, effect, rights: grant(scope, *rights, effect=effect),
    st.sampled_from(SCOPES),
    st.sampled_from(Effect),
    some_rights,
)
many_grants = st.lists(some_grants, max_size=8)
places = st.builds(
    lambda scopes, beside: Place(frozenset({EVERYTHING}) | scopes, beside),
    st.frozensets(st.sampled_from(SCOPES)),
    st.frozensets(st.sampled_from(SCOPES)),
)
COUNCIL, WARD, HR = (Place(frozenset({EVERYTHING, scope})) for scope in SCOPES[1:])


def grant(scope: Scope, *rights: Right, effect: Effect = Effect.ALLOW) -> Grant:
    """A grant to Anna."""
    return Grant(
        GrantId("one"), ANNA, scope, effect, frozenset(rights), "admin", datetime(2026, 11, 25, tzinfo=UTC)
    )


def test_whoever_was_granted_nothing_may_do_nothing() -> None:
    assert rights_at([], COUNCIL) == frozenset()
    assert not reach([], Right.SEE).unlimited


@given(many_grants, places, some_grants)
def test_what_is_denied_is_had_by_no_allowance(grants: list[Grant], place: Place, last: Grant) -> None:
    denied = {
        right
        for one in (*grants, last)
        if one.effect is Effect.DENY and one.scope in place.scopes
        for right in one.rights
    }
    assert rights_at([*grants, last], place).isdisjoint(denied)


@given(many_grants, places, st.sampled_from(SCOPES), some_rights)
def test_a_denial_more_never_gives_anything(
    grants: list[Grant], place: Place, scope: Scope, rights: frozenset[Right]
) -> None:
    more = [*grants, grant(scope, *rights, effect=Effect.DENY)]
    assert rights_at(more, place) <= rights_at(grants, place)


@given(many_grants, places, st.sampled_from(SCOPES), some_rights)
def test_an_allowance_more_never_takes_anything(
    grants: list[Grant], place: Place, scope: Scope, rights: frozenset[Right]
) -> None:
    assert rights_at([*grants, grant(scope, *rights)], place) >= rights_at(grants, place)


@given(many_grants, places, st.randoms())
def test_the_order_of_grants_does_not_matter(grants: list[Grant], place: Place, chance: object) -> None:
    shuffled = sorted(grants, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert rights_at(shuffled, place) == rights_at(grants, place)
    assert [reach(shuffled, right) for right in Right] == [reach(grants, right) for right in Right]


@given(many_grants, places)
def test_whoever_may_do_anything_may_see(grants: list[Grant], place: Place) -> None:
    rights = rights_at(grants, place)
    assert not rights or Right.SEE in rights


@given(many_grants, places)
def test_what_reaches_everywhere_reaches_each_place(grants: list[Grant], place: Place) -> None:
    for right in Right:
        within = reach(grants, right)
        assert not within.unlimited or within.holds(place)


@given(many_grants, places)
def test_nothing_is_had_where_nothing_was_allowed(grants: list[Grant], place: Place) -> None:
    there = place.scopes | place.beside
    if not any(one.effect is Effect.ALLOW and one.rights and one.scope in there for one in grants):
        assert rights_at(grants, place) == frozenset()


def test_who_stands_in_photos_of_a_denied_shoot_is_not_denied_by_it() -> None:
    denied = [grant(EVERYTHING, *Right), grant(SCOPES[1], Right.SEE, effect=Effect.DENY)]
    person = Place(frozenset({EVERYTHING}), beside=frozenset({SCOPES[1]}))
    assert Right.SEE in rights_at(denied, person)
    assert rights_at(denied, COUNCIL) == frozenset()
    assert Right.SEE in rights_at([grant(SCOPES[1], Right.SEE)], person)


def test_hr_sees_portraits_of_employees_and_marketing_does_not() -> None:
    hr = [grant(SCOPES[3], *PRESETS[Preset.HR])]
    marketing = [
        grant(EVERYTHING, *PRESETS[Preset.COMMUNICATIONS]),
        grant(SCOPES[3], Right.SEE, effect=Effect.DENY),
    ]
    assert Right.CONSENT in rights_at(hr, HR)
    assert rights_at(hr, WARD) == frozenset()
    assert rights_at(marketing, HR) == frozenset()
    assert Right.DOWNLOAD in rights_at(marketing, WARD)


def test_a_privacy_officer_the_box_and_its_operator_are_not_limited() -> None:
    assert not any(is_limited(OPERATOR, one) or is_limited(WORKER, one) for one in Permission)
    officer = Actor(Kind.USER, "officer", Role.PRIVACY_OFFICER)
    assert not any(is_limited(officer, one) for one in Permission)
    for role in (Role.VIEWER, Role.EDITOR):
        assert {one for one in Permission if is_limited(Actor(Kind.USER, "one", role), one)} == set(RIGHT_FOR)


def test_nobody_can_keep_an_administrator_from_the_grants() -> None:
    administrator = Actor(Kind.USER, "one", Role.ADMINISTRATOR)
    limited = {one for one in Permission if is_limited(administrator, one)}
    assert set(RIGHT_FOR) - limited == {Permission.GRANT_VIEW, Permission.GRANT_EDIT}


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_is_known_by_its_rights(preset: Preset) -> None:
    assert preset_of(PRESETS[preset]) is preset
    assert Right.SEE in PRESETS[preset]
    assert Right.ADMINISTER not in PRESETS[preset]
