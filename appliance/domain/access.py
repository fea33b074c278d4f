"""Who may do what. The one place that decides, and it denies by default (P26).

Every door asks through the store: a transaction begins with an actor and a permission, and does not
begin when `decide` says no. A permission that is in no role's list is held by nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

UserId = NewType("UserId", str)

SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
PASSWORD_SHORTEST = 12


class Role(StrEnum):
    """What a user is for. From viewer to administrator, each holds all that the one before it holds.

    A privacy officer stands beside them: sees everything and approves what needs two people, but does
    not work with the photos.
    """

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    PRIVACY_OFFICER = "privacy_officer"


class Permission(StrEnum):
    """`noun:verb`, one for each thing that can be done."""

    PHOTO_VIEW = "photo:view"
    PHOTO_IMPORT = "photo:import"
    PHOTO_EDIT = "photo:edit"
    PHOTO_ANALYSE = "photo:analyse"
    PERSON_VIEW = "person:view"
    PERSON_EDIT = "person:edit"
    QUITCLAIM_VIEW = "quitclaim:view"
    QUITCLAIM_EDIT = "quitclaim:edit"
    RELEASE_MAKE = "release:make"
    RELEASE_VIEW = "release:view"
    RECALL_ANSWER = "recall:answer"
    USER_VIEW = "user:view"
    USER_EDIT = "user:edit"
    AUDIT_VIEW = "audit:view"
    SETTING_EDIT = "setting:edit"
    TEMPLATE_EDIT = "template:edit"
    REQUEST_MAKE = "request:make"
    EVIDENCE_VIEW = "evidence:view"
    MESSAGE_VIEW = "message:view"
    LIST_IMPORT = "list:import"
    SHOOT_VIEW = "shoot:view"
    SHOOT_EDIT = "shoot:edit"
    RECOGNITION_PROPOSE = "recognition:propose"
    RECOGNITION_APPROVE = "recognition:approve"
    RECOGNITION_STOP = "recognition:stop"
    HEALTH_VIEW = "health:view"
    BACKUP_EDIT = "backup:edit"
    DUTY_RUN = "duty:run"
    SESSION_USE = "session:use"
    OWN_SIGN = "own:sign"
    OWN_VIEW = "own:view"
    OWN_WITHDRAW = "own:withdraw"


_VIEWER = frozenset(
    {
        Permission.PHOTO_VIEW,
        Permission.PERSON_VIEW,
        Permission.QUITCLAIM_VIEW,
        Permission.RELEASE_VIEW,
        Permission.SHOOT_VIEW,
        Permission.HEALTH_VIEW,
        Permission.SESSION_USE,
    }
)
_EDITOR = _VIEWER | {
    Permission.PHOTO_IMPORT,
    Permission.PHOTO_EDIT,
    Permission.PERSON_EDIT,
    Permission.QUITCLAIM_EDIT,
    Permission.RELEASE_MAKE,
    Permission.RECALL_ANSWER,
    Permission.SHOOT_EDIT,
    Permission.REQUEST_MAKE,
    Permission.EVIDENCE_VIEW,
    Permission.MESSAGE_VIEW,
}
_ADMINISTRATOR = _EDITOR | {
    Permission.USER_VIEW,
    Permission.USER_EDIT,
    Permission.AUDIT_VIEW,
    Permission.SETTING_EDIT,
    Permission.BACKUP_EDIT,
    Permission.TEMPLATE_EDIT,
    Permission.LIST_IMPORT,
    Permission.RECOGNITION_PROPOSE,
    Permission.RECOGNITION_STOP,
}
_PRIVACY_OFFICER = _VIEWER | {
    Permission.USER_VIEW,
    Permission.AUDIT_VIEW,
    Permission.EVIDENCE_VIEW,
    Permission.MESSAGE_VIEW,
    Permission.RECALL_ANSWER,
    Permission.TEMPLATE_EDIT,
    Permission.RECOGNITION_APPROVE,
    Permission.RECOGNITION_STOP,
}

HELD_BY: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.EDITOR: _EDITOR,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
    Role.PRIVACY_OFFICER: _PRIVACY_OFFICER,
}


class Kind(StrEnum):
    """What sort of actor it is."""

    USER = "user"  # somebody signed in
    OPERATOR = "operator"  # whoever holds the key of the box at its command line
    WORKER = "worker"  # the box itself, at its jobs
    SUBJECT = "subject"  # somebody in the photos, by their personal link
    RECIPIENT = "recipient"  # somebody outside who has a link to what was shared, or to a recall
    VISITOR = "visitor"  # nobody yet: not signed in


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `id` is opaque and goes into the audit log; a name never does."""

    kind: Kind
    id: str
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in."""

    id: UserId
    name: str
    role: Role
    active: bool = True
    language: str = "nl"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. Only the token's hash is kept."""

    user_id: UserId
    begun_at: datetime
    seen_at: datetime

    def alive(self, now: datetime) -> bool:
        """Whether it is within both the idle and the absolute limit."""
        return now - self.seen_at <= SESSION_IDLE and now - self.begun_at <= SESSION_LONGEST


def wait_after(failures: int) -> timedelta:
    """How long the next try at signing in must wait after some failures in a row: doubling to a minute."""
    spare = 4
    return timedelta(seconds=0 if failures <= spare else min(60, 2 ** (failures - spare)))


WORKER = Actor(Kind.WORKER, "worker")
OPERATOR = Actor(Kind.OPERATOR, "operator")
VISITOR = Actor(Kind.VISITOR, "visitor")

# Imports are asked for by somebody who may; the worker carries them out.
_WORKER_HOLDS = frozenset(
    {
        Permission.PHOTO_ANALYSE,
        Permission.PHOTO_IMPORT,
        Permission.HEALTH_VIEW,
        Permission.MESSAGE_VIEW,
        Permission.DUTY_RUN,
        Permission.RECALL_ANSWER,
    }
)


# What a personal link opens, and of one person only: the actions behind the subject's door see to that.
_SUBJECT_HOLDS = frozenset({Permission.OWN_SIGN, Permission.OWN_VIEW, Permission.OWN_WITHDRAW})


# What a recipient's link opens, and of one link only: the actions behind the door see to that.
_RECIPIENT_HOLDS = frozenset({Permission.RECALL_ANSWER})


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed or not, and why not."""

    allowed: bool
    why: str = ""


def decide(actor: Actor, permission: Permission) -> Decision:
    """Whether an actor holds a permission. What nobody granted is refused."""
    match actor.kind:
        case Kind.OPERATOR:
            # Whoever opened the store at the command line holds its key: there is nothing left to guard.
            return Decision(True)
        case Kind.WORKER:
            held = permission in _WORKER_HOLDS
        case Kind.USER:
            held = actor.role is not None and permission in HELD_BY[actor.role]
        case Kind.SUBJECT:
            held = permission in _SUBJECT_HOLDS
        case Kind.RECIPIENT:
            held = permission in _RECIPIENT_HOLDS
        case Kind.VISITOR:
            held = False
    return Decision(True) if held else Decision(False, f"{actor.kind} does not hold {permission}")


def acting(user: User) -> Actor:
    """The actor that a signed-in user is."""
    return Actor(Kind.USER, user.id, user.role)


def needed_role(permission: Permission) -> Role | None:
    """The least role that holds a permission, to say whom to ask; None when no role does."""
    return next((role for role in Role if permission in HELD_BY[role]), None)
