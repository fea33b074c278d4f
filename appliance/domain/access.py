"""Who may do what. The one place that decides, and it denies by default (P26).

Every door asks through the store: a transaction begins with an actor and a permission, and does not
begin when `decide` says no. A permission that is in no role's list is held by nobody.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

UserId = NewType("UserId", str)


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
    PARCEL_MAKE = "parcel:make"
    PARCEL_VIEW = "parcel:view"
    PARCEL_USE = "parcel:use"
    USER_VIEW = "user:view"
    USER_EDIT = "user:edit"
    GRANT_VIEW = "grant:view"
    GRANT_EDIT = "grant:edit"
    AUDIT_VIEW = "audit:view"
    AUDIT_REVIEW = "audit:review"
    SETTING_EDIT = "setting:edit"
    TEMPLATE_EDIT = "template:edit"
    REQUEST_MAKE = "request:make"
    EVIDENCE_VIEW = "evidence:view"
    MESSAGE_VIEW = "message:view"
    LIST_IMPORT = "list:import"
    SHOOT_VIEW = "shoot:view"
    SHOOT_EDIT = "shoot:edit"
    COLLECTION_VIEW = "collection:view"
    COLLECTION_EDIT = "collection:edit"
    COLLECTION_COMMENT = "collection:comment"
    RECOGNITION_PROPOSE = "recognition:propose"
    RECOGNITION_APPROVE = "recognition:approve"
    RECOGNITION_STOP = "recognition:stop"
    PROPOSAL_VIEW = "proposal:view"
    PROPOSAL_ANSWER = "proposal:answer"
    HEALTH_VIEW = "health:view"
    BACKUP_EDIT = "backup:edit"
    DUTY_RUN = "duty:run"
    ERASURE_VIEW = "erasure:view"
    ERASURE_MAKE = "erasure:make"
    HOLD_EDIT = "hold:edit"
    RETENTION_VIEW = "retention:view"
    RETENTION_EDIT = "retention:edit"
    RIGHTS_VIEW = "rights:view"
    RIGHTS_EDIT = "rights:edit"
    SAFE_EXPORT = "safe:export"
    SAFE_FILL = "safe:fill"
    SAFE_DESTROY = "safe:destroy"
    WEBHOOK_EDIT = "webhook:edit"
    SESSION_USE = "session:use"
    ACCOUNT_EDIT = "account:edit"
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
        Permission.COLLECTION_VIEW,
        Permission.COLLECTION_COMMENT,
        Permission.HEALTH_VIEW,
        Permission.SESSION_USE,
        Permission.ACCOUNT_EDIT,
    }
)
_EDITOR = _VIEWER | {
    Permission.PHOTO_IMPORT,
    Permission.PHOTO_EDIT,
    Permission.PERSON_EDIT,
    Permission.QUITCLAIM_EDIT,
    Permission.RELEASE_MAKE,
    Permission.RECALL_ANSWER,
    Permission.PARCEL_MAKE,
    Permission.PARCEL_VIEW,
    Permission.SHOOT_EDIT,
    Permission.COLLECTION_EDIT,
    Permission.REQUEST_MAKE,
    Permission.EVIDENCE_VIEW,
    Permission.MESSAGE_VIEW,
    # Of an editor, where the right to administer was granted; of an administrator, everywhere.
    Permission.GRANT_VIEW,
    Permission.GRANT_EDIT,
}
_ADMINISTRATOR = _EDITOR | {
    Permission.SAFE_EXPORT,
    Permission.SAFE_FILL,
    Permission.SAFE_DESTROY,
    Permission.WEBHOOK_EDIT,
    Permission.USER_VIEW,
    Permission.USER_EDIT,
    Permission.AUDIT_VIEW,
    Permission.AUDIT_REVIEW,
    Permission.SETTING_EDIT,
    Permission.BACKUP_EDIT,
    Permission.ERASURE_VIEW,
    Permission.RETENTION_VIEW,
    Permission.RIGHTS_VIEW,
    Permission.TEMPLATE_EDIT,
    Permission.LIST_IMPORT,
    Permission.RECOGNITION_PROPOSE,
    Permission.RECOGNITION_STOP,
    Permission.PROPOSAL_VIEW,
    Permission.PROPOSAL_ANSWER,
}
_PRIVACY_OFFICER = _VIEWER | {
    Permission.ERASURE_VIEW,
    Permission.ERASURE_MAKE,
    Permission.RETENTION_VIEW,
    Permission.RETENTION_EDIT,
    Permission.RIGHTS_VIEW,
    Permission.RIGHTS_EDIT,
    Permission.HOLD_EDIT,
    Permission.USER_VIEW,
    Permission.GRANT_VIEW,
    Permission.AUDIT_VIEW,
    Permission.AUDIT_REVIEW,
    Permission.EVIDENCE_VIEW,
    Permission.MESSAGE_VIEW,
    Permission.RECALL_ANSWER,
    Permission.PARCEL_VIEW,
    Permission.TEMPLATE_EDIT,
    Permission.RECOGNITION_APPROVE,
    Permission.RECOGNITION_STOP,
    Permission.PROPOSAL_VIEW,
    Permission.PROPOSAL_ANSWER,
}

HELD_BY: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.EDITOR: _EDITOR,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
    Role.PRIVACY_OFFICER: _PRIVACY_OFFICER,
}


# What a user confirms to be themselves for, shortly before: a screen left open does not do these.
NEEDS_CONFIRMING = frozenset(
    {
        Permission.ACCOUNT_EDIT,
        Permission.USER_EDIT,
        Permission.GRANT_EDIT,
        Permission.SETTING_EDIT,
        Permission.RECOGNITION_PROPOSE,
        Permission.RECOGNITION_APPROVE,
        Permission.PROPOSAL_ANSWER,
        Permission.BACKUP_EDIT,
        Permission.ERASURE_MAKE,
        Permission.RETENTION_EDIT,
        Permission.SAFE_EXPORT,
        Permission.SAFE_FILL,
        Permission.SAFE_DESTROY,
    }
)


# What a token can be made for. None of it needs confirming: making the token did.
FOR_TOKENS = frozenset(
    {
        Permission.PHOTO_VIEW,
        Permission.PHOTO_IMPORT,
        Permission.PHOTO_EDIT,
        Permission.PERSON_VIEW,
        Permission.PERSON_EDIT,
        Permission.QUITCLAIM_VIEW,
        Permission.QUITCLAIM_EDIT,
        Permission.RELEASE_MAKE,
        Permission.RELEASE_VIEW,
        Permission.WEBHOOK_EDIT,
    }
)


class Kind(StrEnum):
    """What sort of actor it is."""

    USER = "user"  # somebody signed in
    TOKEN = "token"  # noqa: S105 - a program that acts for a user
    OPERATOR = "operator"  # whoever holds the key of the box at its command line
    WORKER = "worker"  # the box itself, at its jobs
    SUBJECT = "subject"  # somebody in the photos, by their personal link
    RECIPIENT = "recipient"  # somebody outside who has a link to what was shared, or to a recall
    VISITOR = "visitor"  # nobody yet: not signed in


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `id` is opaque and goes into the audit log; a name never does.

    source: the network address that the request came from, and the id of the token that it brought; empty
    at the box itself. confirmed: whether the user proved shortly before to be who they are. scopes: what a
    token was made for; it never holds more than its user does.
    """

    kind: Kind
    id: str
    role: Role | None = None
    source: str = ""
    confirmed: bool = False
    scopes: frozenset[Permission] = frozenset()


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in.

    emergency: the account whose password is sealed in the recovery kit. must_change: the password came
    from somebody else, so it opens nothing but the choice of another.
    """

    id: UserId
    name: str
    role: Role
    active: bool = True
    language: str = "nl"
    emergency: bool = False
    must_change: bool = False


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
_RECIPIENT_HOLDS = frozenset({Permission.RECALL_ANSWER, Permission.PARCEL_USE})

_KIND_HOLDS: dict[Kind, frozenset[Permission]] = {
    Kind.WORKER: _WORKER_HOLDS,
    Kind.SUBJECT: _SUBJECT_HOLDS,
    Kind.RECIPIENT: _RECIPIENT_HOLDS,
    Kind.VISITOR: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed or not, and why not."""

    allowed: bool
    why: str = ""
    only_to_confirm: bool = False  # refused for no more than that the user has to confirm who they are


def decide(actor: Actor, permission: Permission) -> Decision:
    """Whether an actor holds a permission. What nobody granted is refused."""
    if not _holds(actor, permission):
        return Decision(False, f"{actor.kind} does not hold {permission}")
    if actor.kind is Kind.USER and permission in NEEDS_CONFIRMING and not actor.confirmed:
        return Decision(False, f"{permission} wants the user to confirm who they are", only_to_confirm=True)
    return Decision(True)


def _holds(actor: Actor, permission: Permission) -> bool:
    match actor.kind:
        case Kind.OPERATOR:
            # Whoever opened the store at the command line holds its key: there is nothing left to guard.
            return True
        case Kind.USER:
            return _role_holds(actor, permission)
        case Kind.TOKEN:
            return permission in actor.scopes & FOR_TOKENS and _role_holds(actor, permission)
        case _:
            return permission in _KIND_HOLDS[actor.kind]


def _role_holds(actor: Actor, permission: Permission) -> bool:
    return actor.role is not None and permission in HELD_BY[actor.role]


def lacks_scope(actor: Actor, permission: Permission) -> bool:
    """Whether it is the token alone that does not hold a permission: its user does."""
    return actor.kind is Kind.TOKEN and not _holds(actor, permission) and _role_holds(actor, permission)


def acting(user: User, *, source: str = "", confirmed: bool = False) -> Actor:
    """The actor that a signed-in user is."""
    return Actor(Kind.USER, user.id, user.role, source, confirmed)


def acting_for(user: User, scopes: frozenset[Permission], token_id: str, *, source: str = "") -> Actor:
    """The actor that a token is: its user, within its scopes, and told apart in the audit log."""
    return Actor(Kind.TOKEN, user.id, user.role, f"{source} token={token_id}".strip(), scopes=scopes)


def needed_role(permission: Permission) -> Role | None:
    """The least role that holds a permission, to say whom to ask; None when no role does."""
    return next((role for role in Role if permission in HELD_BY[role]), None)
