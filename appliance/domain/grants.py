"""Rights over places: which users and groups may do what with the photos of a shoot, or of everything.

A role says what somebody may do at most (`access`); grants say where. A grant allows or denies rights
within one scope. Deny wins over allow, in whatever order they came, and what nobody allowed is refused.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.access import HELD_BY, Actor, Kind, Permission, Role

GrantId = NewType("GrantId", str)
GroupId = NewType("GroupId", str)


class Right(StrEnum):
    """What can be done with the photos of a place. None of them is worth anything without seeing."""

    SEE = "see"
    EDIT = "edit"  # names, faces, descriptions
    ADD = "add"
    DOWNLOAD = "download"
    CONSENT = "consent"  # quitclaims and requests to sign
    SHARE = "share"
    ADMINISTER = "administer"  # saying who may do what there


class ScopeKind(StrEnum):
    """What sort of place it is."""

    EVERYTHING = "everything"
    SHOOT = "shoot"
    COLLECTION = "collection"
    DEPARTMENT = "department"  # people of a department, and the photos in which one of them is confirmed


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """A place. id: opaque, or the folded name of a department; empty for everything."""

    kind: ScopeKind
    id: str = ""


EVERYTHING = Scope(ScopeKind.EVERYTHING)


class HolderKind(StrEnum):
    """To whom a grant is given."""

    USER = "user"
    GROUP = "group"


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """A user or a group, by id."""

    kind: HolderKind
    id: str


@dataclass(frozen=True, slots=True)
class Group:
    """Users who hold the same grants. joined_by_new: whoever becomes a user is put into it."""

    id: GroupId
    name: str
    joined_by_new: bool = False


class Effect(StrEnum):
    """What a grant does."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Grant:
    """Allows or denies somebody some rights within a scope."""

    id: GrantId
    holder: Holder
    scope: Scope
    effect: Effect
    rights: frozenset[Right]
    made_by: str
    made_at: datetime

    def gives(self, right: Right) -> bool:
        """Whether it allows a right; whoever may do anything may see."""
        return self.effect is Effect.ALLOW and (
            right in self.rights or (right is Right.SEE and bool(self.rights))
        )

    def takes(self, right: Right) -> bool:
        """Whether it denies a right; whoever may not see may do nothing."""
        return self.effect is Effect.DENY and not self.rights.isdisjoint({right, Right.SEE})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing lies. scopes: whose denials hold for it. beside: further ones whose allowances do.

    A person has a department; that they stand in the photos of a shoot lets them be seen by whoever may
    see that shoot, but a shoot that is denied does not hide the person.
    """

    scopes: frozenset[Scope]
    beside: frozenset[Scope] = frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one right of one user goes."""

    allowed: frozenset[Scope]
    denied: frozenset[Scope]

    @property
    def unlimited(self) -> bool:
        """Whether there is nothing that it does not reach."""
        return EVERYTHING in self.allowed and not self.denied

    def holds(self, place: Place) -> bool:
        """Whether it reaches a thing."""
        return not self.allowed.isdisjoint(place.scopes | place.beside) and self.denied.isdisjoint(
            place.scopes
        )


UNLIMITED = Reach(frozenset({EVERYTHING}), frozenset())


def reach(grants: Iterable[Grant], right: Right) -> Reach:
    """How far a right goes, of somebody who holds these grants and no others."""
    grants = tuple(grants)
    return Reach(
        frozenset(grant.scope for grant in grants if grant.gives(right)),
        frozenset(grant.scope for grant in grants if grant.takes(right)),
    )


def rights_at(grants: Iterable[Grant], place: Place) -> frozenset[Right]:
    """The rights over one thing, of somebody who holds these grants and no others."""
    grants = tuple(grants)
    return frozenset(right for right in Right if reach(grants, right).holds(place))


# Which right a permission takes where it is used; a permission that is not here is the same everywhere.
RIGHT_FOR: Mapping[Permission, Right] = {
    Permission.PHOTO_VIEW: Right.SEE,
    Permission.PERSON_VIEW: Right.SEE,
    Permission.QUITCLAIM_VIEW: Right.SEE,
    Permission.RELEASE_VIEW: Right.SEE,
    Permission.SHOOT_VIEW: Right.SEE,
    Permission.COLLECTION_VIEW: Right.SEE,
    Permission.COLLECTION_COMMENT: Right.SEE,
    Permission.EVIDENCE_VIEW: Right.SEE,
    Permission.PARCEL_VIEW: Right.SEE,
    Permission.MESSAGE_VIEW: Right.SEE,
    Permission.HEALTH_VIEW: Right.SEE,
    Permission.AUDIT_VIEW: Right.SEE,
    Permission.AUDIT_REVIEW: Right.SEE,
    Permission.ERASURE_VIEW: Right.SEE,
    Permission.RETENTION_VIEW: Right.SEE,
    Permission.RIGHTS_VIEW: Right.SEE,
    Permission.SESSION_USE: Right.SEE,
    Permission.PHOTO_EDIT: Right.EDIT,
    Permission.PERSON_EDIT: Right.EDIT,
    Permission.SHOOT_EDIT: Right.EDIT,
    Permission.COLLECTION_EDIT: Right.EDIT,
    Permission.PHOTO_IMPORT: Right.ADD,
    Permission.RELEASE_MAKE: Right.DOWNLOAD,
    Permission.RECALL_ANSWER: Right.DOWNLOAD,
    Permission.QUITCLAIM_EDIT: Right.CONSENT,
    Permission.REQUEST_MAKE: Right.CONSENT,
    Permission.PARCEL_MAKE: Right.SHARE,
    Permission.GRANT_VIEW: Right.ADMINISTER,
    Permission.GRANT_EDIT: Right.ADMINISTER,
}


def is_limited(actor: Actor, permission: Permission) -> bool:
    """Whether it depends on the place what an actor may do with a permission.

    The box, its operator and the doors for people outside have no grants. A privacy officer sees to the
    whole safe, which nobody can deny them (Article 38 GDPR: access to all processing). And no
    administrator can be kept from changing grants, or nobody might be left who can.
    """
    if actor.kind not in (Kind.USER, Kind.TOKEN) or permission not in RIGHT_FOR:
        return False
    if actor.role is Role.ADMINISTRATOR:
        return RIGHT_FOR[permission] is not Right.ADMINISTER
    return actor.role is None or is_held_back(actor.role)


def is_held_back(role: Role) -> bool:
    """Whether grants keep somebody of a role from seeing things; nobody keeps a privacy officer from that."""
    return role is not Role.PRIVACY_OFFICER


def rights_of_role(role: Role) -> frozenset[Right]:
    """What somebody of a role may do at most, whatever was granted to them."""
    return frozenset(RIGHT_FOR[one] for one in HELD_BY[role] if one in RIGHT_FOR)


class Preset(StrEnum):
    """Rights that go together, by whom they are usual for."""

    READ_ONLY = "read_only"
    COMMUNICATIONS = "communications"
    PHOTOGRAPHER = "photographer"
    HR = "hr"
    HEALTHCARE = "healthcare"
    AGENCY_GUEST = "agency_guest"
    ALL = "all"


PRESETS: Mapping[Preset, frozenset[Right]] = {
    Preset.READ_ONLY: frozenset({Right.SEE}),
    Preset.COMMUNICATIONS: frozenset({Right.SEE, Right.EDIT, Right.DOWNLOAD, Right.SHARE}),
    Preset.PHOTOGRAPHER: frozenset({Right.SEE, Right.EDIT, Right.ADD}),
    Preset.HR: frozenset({Right.SEE, Right.EDIT, Right.ADD, Right.DOWNLOAD, Right.CONSENT}),
    # Whoever photographs patients asks them on the spot; copies do not leave by their hand.
    Preset.HEALTHCARE: frozenset({Right.SEE, Right.ADD, Right.CONSENT}),
    Preset.AGENCY_GUEST: frozenset({Right.SEE, Right.DOWNLOAD}),
    Preset.ALL: frozenset(Right) - {Right.ADMINISTER},
}


def preset_of(rights: AbstractSet[Right]) -> Preset | None:
    """The preset that has exactly these rights; None when there is none."""
    return next((preset for preset, its in PRESETS.items() if its == rights), None)
