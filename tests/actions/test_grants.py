"""Groups and grants: what somebody was let into, and no more; nobody gives away what is not theirs."""

from dataclasses import replace

import pytest

from appliance.actions.access import create_user
from appliance.actions.bell import Silent
from appliance.actions.faces import confirm
from appliance.actions.grants import (
    change_group,
    create_group,
    department,
    explain,
    grants,
    groups,
    put_grant,
    remove_grant,
    remove_group,
    why,
)
from appliance.actions.people import change_person, people, person_view
from appliance.actions.photos import BlobKind, Filter, face_picture, library, picture
from appliance.actions.shoots import create_shoot, put_in_shoot, shoots
from appliance.domain.access import OPERATOR, Role, User, acting
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.grants import (
    EVERYTHING,
    PRESETS,
    Effect,
    Holder,
    HolderKind,
    Preset,
    Right,
    Scope,
    ScopeKind,
)
from appliance.domain.photos import PhotoId
from appliance.wiring import Box
from tests.actions.scene import log


def agency(box: Box, role: Role = Role.VIEWER) -> User:
    """A user who is in no group."""
    made = create_user(
        box.safe,
        by=OPERATOR,
        now=box.now(),
        name="agency",
        password="a sentence is easy to recall",
        role=role,
    )
    for card in groups(box.safe, by=OPERATOR, now=box.now()):
        rest = [user.id for user in card.members if user.id != made.id]
        change_group(
            box.safe,
            card.group.id,
            by=OPERATOR,
            now=box.now(),
            name=card.group.name,
            members=rest,
            joined=card.group.joined_by_new,
        )
    return made


def seen(box: Box, user: User) -> set[PhotoId]:
    page = library(box.safe, by=acting(user), now=box.now(), day=box.today(), wanted=Filter(), limit=500)
    assert page.total == len(page.cards)
    return {card.photo.id for card in page.cards}


def to(user: User) -> Holder:
    return Holder(HolderKind.USER, user.id)


def one_shoot(box: Box) -> tuple[Scope, PhotoId, PhotoId]:
    """A shoot with one of the photos, that photo, and another one."""
    page = library(box.safe, by=OPERATOR, now=box.now(), day=box.today(), wanted=Filter(), limit=500)
    first, other = (card.photo.id for card in page.cards[:2])
    made = create_shoot(box.safe, by=OPERATOR, now=box.now(), name="Council", day=box.today())
    put_in_shoot(box.safe, [first], made.id, by=OPERATOR, now=box.now(), day=box.today())
    return Scope(ScopeKind.SHOOT, made.id), first, other


def test_an_agency_sees_the_one_shoot_it_was_let_into(demo_box: Box) -> None:
    guest = agency(demo_box)
    shoot, inside, outside = one_shoot(demo_box)
    assert seen(demo_box, guest) == set()
    assert shoots(demo_box.safe, by=acting(guest), now=demo_box.now()) == ()
    put_grant(
        demo_box.safe,
        to(guest),
        shoot,
        Effect.ALLOW,
        PRESETS[Preset.AGENCY_GUEST],
        by=OPERATOR,
        now=demo_box.now(),
    )
    assert seen(demo_box, guest) == {inside}
    picture(demo_box.safe, inside, BlobKind.PROXY, by=acting(guest), now=demo_box.now())
    with pytest.raises(NotAllowed, match="may not"):
        picture(demo_box.safe, outside, BlobKind.PROXY, by=acting(guest), now=demo_box.now())
    entry = log(demo_box)[-1]
    assert (entry.event.thing, entry.event.detail) == (outside, "access:out_of_reach")
    told = explain(demo_box.safe, guest.id, by=OPERATOR, now=demo_box.now())
    assert (told.photos, [card.scope for card in told.grants]) == (1, ["Council"])
    assert why(demo_box.safe, guest.id, outside, by=OPERATOR, now=demo_box.now()).rights == frozenset()


def test_marketing_does_not_see_who_is_of_human_resources(demo_box: Box) -> None:
    marketing = create_user(
        demo_box.safe,
        by=OPERATOR,
        now=demo_box.now(),
        name="marketing",
        password="a sentence is easy to recall",
        role=Role.EDITOR,
    )
    before = seen(demo_box, marketing)
    by, now, day = acting(marketing), demo_box.now(), demo_box.today()
    obama = people(demo_box.safe, by=by, now=now, day=day, text="Obama")[0].person.id
    found = person_view(demo_box.safe, obama, by=by, now=now, day=day)
    changed = replace(found.person, department="Human Resources")
    change_person(demo_box.safe, changed, by=OPERATOR, now=now, day=day)
    of_hr = department("human  resources")
    put_grant(demo_box.safe, to(marketing), of_hr, Effect.DENY, {Right.SEE}, by=OPERATOR, now=now)
    assert before - seen(demo_box, marketing) == {card.photo.id for card in found.photos} != set()
    assert found.portrait is not None
    with pytest.raises(NotAllowed):
        face_picture(demo_box.safe, demo_box.decoder, found.portrait, by=by, now=now)
    with pytest.raises(NotAllowed):
        person_view(demo_box.safe, obama, by=by, now=now, day=day)
    with pytest.raises(NotAllowed):
        confirm(demo_box.safe, found.portrait, obama, by=by, now=now, day=day, bell=Silent())
    assert people(demo_box.safe, by=by, now=now, day=day, text="Obama") == ()


def test_whoever_administers_a_shoot_lets_others_in_there_and_nowhere_else(demo_box: Box) -> None:
    host = agency(demo_box, Role.EDITOR)
    guest = create_user(
        demo_box.safe,
        by=OPERATOR,
        now=demo_box.now(),
        name="guest",
        password="a sentence is easy to recall",
        role=Role.VIEWER,
    )
    shoot, inside, _ = one_shoot(demo_box)
    now = demo_box.now()
    by = acting(host, confirmed=True)
    held = {Right.SEE, Right.ADMINISTER}
    with pytest.raises(NotAllowed):
        put_grant(demo_box.safe, to(guest), shoot, Effect.ALLOW, {Right.SEE}, by=by, now=now)
    put_grant(demo_box.safe, to(host), shoot, Effect.ALLOW, held, by=OPERATOR, now=now)
    made = put_grant(demo_box.safe, to(guest), shoot, Effect.ALLOW, {Right.SEE}, by=by, now=now)
    assert made.id in {card.grant.id for card in grants(demo_box.safe, by=by, now=now)}
    assert why(demo_box.safe, guest.id, inside, by=OPERATOR, now=now).rights >= {Right.SEE}
    for scope, rights in (
        (shoot, {Right.DOWNLOAD}),
        (EVERYTHING, {Right.SEE}),
        (department("hr"), {Right.SEE}),
    ):
        with pytest.raises(NotAllowed):
            put_grant(demo_box.safe, to(host), scope, Effect.ALLOW, rights, by=by, now=now)
    remove_grant(demo_box.safe, made.id, by=by, now=now)


def test_an_administrator_who_is_denied_everything_can_put_that_right(demo_box: Box) -> None:
    alone = agency(demo_box, Role.ADMINISTRATOR)
    by, now = acting(alone, confirmed=True), demo_box.now()
    denied = put_grant(demo_box.safe, to(alone), EVERYTHING, Effect.DENY, set(Right), by=OPERATOR, now=now)
    assert seen(demo_box, alone) == set()
    remove_grant(demo_box.safe, denied.id, by=by, now=now)
    put_grant(demo_box.safe, to(alone), EVERYTHING, Effect.ALLOW, PRESETS[Preset.ALL], by=by, now=now)
    assert len(seen(demo_box, alone)) > 1


def test_what_was_granted_to_a_group_goes_with_it(box: Box) -> None:
    made = create_group(box.safe, by=OPERATOR, now=box.now(), name=" Ward  3 ")
    held = Holder(HolderKind.GROUP, made.id)
    put_grant(box.safe, held, EVERYTHING, Effect.ALLOW, {Right.SEE}, by=OPERATOR, now=box.now())
    with pytest.raises(Mistake, match="of that name"):
        create_group(box.safe, by=OPERATOR, now=box.now(), name="ward 3")
    remove_group(box.safe, made.id, by=OPERATOR, now=box.now())
    assert held not in {card.grant.holder for card in grants(box.safe, by=OPERATOR, now=box.now())}


def test_a_rule_without_rights_holder_or_place_is_refused(box: Box) -> None:
    nobody = Holder(HolderKind.USER, "nobody")
    with pytest.raises(Mistake, match="at least one right"):
        put_grant(box.safe, nobody, EVERYTHING, Effect.ALLOW, set(), by=OPERATOR, now=box.now())
    with pytest.raises(Mistake, match="no such user"):
        put_grant(box.safe, nobody, EVERYTHING, Effect.ALLOW, {Right.SEE}, by=OPERATOR, now=box.now())
    with pytest.raises(Mistake, match="where it holds"):
        department("  ")
