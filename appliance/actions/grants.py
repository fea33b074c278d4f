"""Who may do what where: groups of users, what was granted to whom, and why somebody may or may not."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.domain.access import Actor, Permission, User, UserId, acting
from appliance.domain.audit import Event
from appliance.domain.collections import CollectionId
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.grants import (
    EVERYTHING,
    Effect,
    Grant,
    GrantId,
    Group,
    GroupId,
    Holder,
    HolderKind,
    Place,
    Right,
    Scope,
    ScopeKind,
    rights_at,
)
from appliance.domain.people import LinkState
from appliance.domain.photos import PhotoId, ShootId
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.reach import department_key
from appliance.store.safe import Safe
from appliance.store.search import Filter

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group with who is in it, by name."""

    group: Group
    members: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class GrantCard:
    """A grant with the names of its holder and of its scope; empty for everything, and for what is gone."""

    grant: Grant
    holder: str
    scope: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What somebody may see, and the grants that it follows from. photos: how many, of all there are."""

    user: User
    grants: tuple[GrantCard, ...]
    photos: int
    of_all: int


@dataclass(frozen=True, slots=True)
class Why:
    """What somebody may do with one photo, and the grants that say so, denials first."""

    photo_id: PhotoId
    rights: frozenset[Right]
    grants: tuple[GrantCard, ...]


def create_group(
    safe: Safe, *, by: Actor, now: datetime, name: str, members: Collection[UserId] = (), joined: bool = False
) -> Group:
    """Add a group of users. joined: whether whoever becomes a user is put into it.

    Raises:
        Mistake: when the name is empty or taken, or a member is no user.
    """
    group = Group(GroupId(new_id()), _sensible(name), joined)
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now, on=group.id) as tx:
        tx.grants.put_group(group)
        _set_members(tx, group.id, members)
        tx.record(Event("group:add", group.id, detail=f"members={len(members)}"))
    return group


def change_group(
    safe: Safe,
    group_id: GroupId,
    *,
    by: Actor,
    now: datetime,
    name: str,
    members: Collection[UserId],
    joined: bool,
) -> None:
    """Write a group anew: its name, and who is in it."""
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now, on=group_id) as tx:
        group = tx.grants.group(group_id)
        tx.grants.put_group(replace(group, name=_sensible(name), joined_by_new=joined))
        _set_members(tx, group_id, members)
        tx.record(Event("group:change", group_id, detail=f"members={len(members)}"))


def remove_group(safe: Safe, group_id: GroupId, *, by: Actor, now: datetime) -> None:
    """Delete a group with what was granted to it."""
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now, on=group_id) as tx:
        tx.grants.group(group_id)
        tx.grants.remove_group(group_id)
        tx.record(Event("group:remove", group_id))


def groups(safe: Safe, *, by: Actor, now: datetime) -> tuple[GroupCard, ...]:
    """Every group, by name."""
    with safe.store.look(by=by, to=Permission.USER_VIEW, now=now) as view:
        users = view.access.all()
        members = view.grants.members()
        return tuple(
            GroupCard(group, tuple(user for user in users if user.id in members.get(group.id, frozenset())))
            for group in view.grants.groups()
        )


def _sensible(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > LONGEST_NAME or not cleaned.isprintable():
        raise Mistake("group:bad_name", "That cannot be a group's name.", "Use 1 to 80 letters.")
    return cleaned


def _set_members(tx: Transaction, group_id: GroupId, members: Collection[UserId]) -> None:
    for user_id in members:
        tx.access.get(user_id)
    tx.grants.set_members(group_id, set(members))


def department(name: str) -> Scope:
    """The scope of a department, however its name is spelled.

    Raises:
        Mistake: without a name.
    """
    key = department_key(name)
    if not key:
        raise Mistake("grant:scope", "Say where it holds.", "Choose a shoot, a collection or a department.")
    return Scope(ScopeKind.DEPARTMENT, key)


def put_grant(
    safe: Safe,
    holder: Holder,
    scope: Scope,
    effect: Effect,
    rights: AbstractSet[Right],
    *,
    by: Actor,
    now: datetime,
) -> Grant:
    """Allow or deny somebody rights in a scope; what was granted there with the same effect gives way.

    Raises:
        Mistake: without a right, or when holder or scope is not there.
        NotAllowed: when somebody gives away what they do not hold themselves.
    """
    if not rights:
        raise Mistake("grant:rights", "Choose at least one right.")
    made = Grant(GrantId(new_id()), holder, scope, effect, frozenset(rights), by.id, now)
    with safe.store.begin(by=by, to=Permission.GRANT_EDIT, now=now, on=scope.id) as tx:
        _require_there(tx, holder, scope)
        _require_reached(tx, made)
        tx.grants.put(made)
        tx.record(Event("grant:put", _thing(scope), detail=_told(made)))
    return made


def remove_grant(safe: Safe, grant_id: GrantId, *, by: Actor, now: datetime) -> None:
    """Take a grant away: what it allowed is not allowed any more, and what it denied not denied."""
    with safe.store.begin(by=by, to=Permission.GRANT_EDIT, now=now, on=grant_id) as tx:
        grant = tx.grants.get(grant_id)
        _require_reached(tx, grant)
        tx.grants.remove(grant_id)
        tx.record(Event("grant:remove", _thing(grant.scope), detail=_told(grant)))


def _require_there(tx: Transaction, holder: Holder, scope: Scope) -> None:
    if holder.kind is HolderKind.USER:
        tx.access.get(UserId(holder.id))
    else:
        tx.grants.group(GroupId(holder.id))
    if scope.kind is ScopeKind.SHOOT:
        tx.shoots.get(ShootId(scope.id))
    elif scope.kind is ScopeKind.COLLECTION:
        tx.collections.get(CollectionId(scope.id))


def _require_reached(tx: Transaction, grant: Grant) -> None:
    """Who administers a place says no more than what they may do there themselves, and nothing beyond it."""
    place = Place(frozenset({EVERYTHING, grant.scope}))
    if tx.reach.unlimited:
        return
    if not tx.reach.holds(place) or not grant.rights <= rights_at(tx.grants.of_user(tx.by.id), place):
        raise NotAllowed(
            "access:out_of_reach",
            "You may not do this with these photos or people.",
            "Ask an administrator who may do what here.",
        )


def _thing(scope: Scope) -> str:
    """What the audit log calls a scope: the name of a department is not in it."""
    return "" if scope.kind is ScopeKind.DEPARTMENT else scope.id


def _told(grant: Grant) -> str:
    rights = "+".join(sorted(grant.rights))
    holder = f"{grant.holder.kind}={grant.holder.id}"
    return f"{grant.effect} {rights} scope={grant.scope.kind} {holder}"


def grants(safe: Safe, *, by: Actor, now: datetime, scope: Scope | None = None) -> tuple[GrantCard, ...]:
    """What was granted, in one scope or in all that whoever asks administers."""
    on = scope.id if scope else ""
    with safe.store.look(by=by, to=Permission.GRANT_VIEW, now=now, on=on) as view:
        found = view.grants.all() if scope is None else view.grants.at(scope)
        reached = (one for one in found if view.reach.holds(Place(frozenset({EVERYTHING, one.scope}))))
        return _cards(view, list(reached))


def _cards(view: View, found: Collection[Grant]) -> tuple[GrantCard, ...]:
    holders = _holders(view)
    scopes = _scopes(view)
    return tuple(
        GrantCard(grant, holders.get(grant.holder, ""), scopes.get(grant.scope, "")) for grant in found
    )


def _holders(view: View) -> Mapping[Holder, str]:
    users = {Holder(HolderKind.USER, user.id): user.name for user in view.access.all()}
    return users | {Holder(HolderKind.GROUP, group.id): group.name for group in view.grants.groups()}


def _scopes(view: View) -> Mapping[Scope, str]:
    shoots = {Scope(ScopeKind.SHOOT, shoot.id): shoot.name for shoot in view.shoots.all()}
    collections = {Scope(ScopeKind.COLLECTION, one.id): one.title for one in view.collections.all()}
    departments = {Scope(ScopeKind.DEPARTMENT, department_key(one)): one for one in view.people.departments()}
    return shoots | collections | departments


@dataclass(frozen=True, slots=True)
class Choices:
    """Whom something can be granted to, and where, by name."""

    holders: tuple[tuple[Holder, str], ...]
    scopes: tuple[tuple[Scope, str], ...]


def choices(safe: Safe, *, by: Actor, now: datetime) -> Choices:
    """What can be chosen for a grant by whoever asks."""
    with safe.store.look(by=by, to=Permission.GRANT_VIEW, now=now) as view:
        scopes = [(EVERYTHING, ""), *_scopes(view).items()]
        return Choices(
            tuple(_holders(view).items()),
            tuple(one for one in scopes if view.reach.holds(Place(frozenset({EVERYTHING, one[0]})))),
        )


def administers(safe: Safe, *, by: Actor, now: datetime) -> bool:
    """Whether whoever asks may say who may do what, anywhere."""
    with safe.store.look(by=by, to=Permission.GRANT_VIEW, now=now) as view:
        return bool(view.reach.allowed)


def explain(safe: Safe, user_id: UserId, *, by: Actor, now: datetime) -> Explanation:
    """What somebody may see, and why."""
    with safe.store.look(by=by, to=Permission.USER_VIEW, now=now, on=user_id) as view:
        user = view.access.get(user_id)
        held = _cards(view, view.grants.of_user(user_id))
        of_all = view.photos.count(Filter())
    with safe.store.look(by=acting(user), to=Permission.PHOTO_VIEW, now=now) as theirs:
        return Explanation(user, held, theirs.photos.count(Filter()), of_all)


def why(safe: Safe, user_id: UserId, photo_id: PhotoId, *, by: Actor, now: datetime) -> Why:
    """What somebody may do with one photo, and the grants that say so."""
    with safe.store.look(by=by, to=Permission.USER_VIEW, now=now, on=user_id) as view:
        view.access.get(user_id)
        place = _place(view, photo_id)
        held = view.grants.of_user(user_id)
        said = sorted(
            (grant for grant in held if grant.scope in place.scopes),
            key=lambda one: one.effect is Effect.ALLOW,
        )
        return Why(photo_id, rights_at(held, place), _cards(view, said))


def _place(view: View, photo_id: PhotoId) -> Place:
    """Where a photo lies.

    Raises:
        Mistake: when there is no such photo.
    """
    facts = view.photos.facts([photo_id]).get(photo_id)
    if facts is None:
        raise Mistake("photo:unknown", "There is no such photo.", "It may have been removed.")
    confirmed = {link.person_id for link in facts.links if link.state is LinkState.CONFIRMED}
    departments = {facts.people[one].department for one in confirmed if one in facts.people}
    return Place(
        frozenset(
            {
                EVERYTHING,
                *([Scope(ScopeKind.SHOOT, facts.photo.shoot_id)] if facts.photo.shoot_id else []),
                *(Scope(ScopeKind.COLLECTION, one.id) for one in view.collections.of_photo(photo_id)),
                *(Scope(ScopeKind.DEPARTMENT, department_key(one)) for one in departments if one),
            }
        )
    )
