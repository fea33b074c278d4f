"""Tokens: by which another program acts for a user, within what the token was made for and until it ends."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.access import FOR_TOKENS, HELD_BY, Permission, Role, UserId
from appliance.domain.errors import Mistake, NotAllowed

TokenId = NewType("TokenId", str)

LONGEST_LABEL = 100
USUAL_DAYS = 90
_WRITTEN = re.compile(r"kluis_([a-z2-7]{26})_([A-Za-z0-9_-]{43})", re.ASCII)


class TokenState(StrEnum):
    """How a token stands."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Token:
    """A token, without what it is written with: that is shown once, and its hash is kept.

    label: what its user calls it. scopes: the permissions that it was made for.
    """

    id: TokenId
    user_id: UserId
    label: str
    scopes: frozenset[Permission]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def state(self, now: datetime) -> TokenState:
        """How it stands at an instant."""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        return TokenState.ACTIVE if now < self.expires_at else TokenState.EXPIRED


def written(token_id: TokenId, secret: str) -> str:
    """A token as its program sends it. It begins with a word by which a search for leaks finds it."""
    return f"kluis_{token_id}_{secret}"


def read(text: str) -> tuple[TokenId, str] | None:
    """The id and the secret of a token; None for what cannot be one."""
    found = _WRITTEN.fullmatch(text)
    return (TokenId(found[1]), found[2]) if found else None


def scopes_for(role: Role) -> tuple[Permission, ...]:
    """What somebody of a role can make a token for."""
    return tuple(one for one in Permission if one in FOR_TOKENS & HELD_BY[role])


def sensible_label(label: str) -> str:
    """What a token is called.

    Raises:
        Mistake: when nobody could read it.
    """
    cleaned = " ".join(label.split())
    if not cleaned or len(cleaned) > LONGEST_LABEL or not cleaned.isprintable():
        raise Mistake(
            "token:bad_label",
            "A token needs a name.",
            "Say which program it is for, in at most {most} letters.",
            values={"most": LONGEST_LABEL},
        )
    return cleaned


def require_scopes(scopes: AbstractSet[Permission], role: Role) -> None:
    """Require that a token is made for something, and for nothing beyond its user.

    Raises:
        Mistake: when it would be for nothing.
        NotAllowed: when its user may not do it, or no token may.
    """
    if not scopes:
        raise Mistake("token:no_scope", "Choose what the token is for.")
    if not scopes <= set(scopes_for(role)):
        raise NotAllowed("token:beyond", "A token cannot do more than its user.", "Choose from the list.")


def require_days(days: int, longest: int) -> None:
    """Require that a token ends within the policy.

    Raises:
        Mistake: when not.
    """
    if not 1 <= days <= longest:
        raise Mistake(
            "token:bad_days",
            "A token works from 1 to {longest} days.",
            "Choose fewer days.",
            values={"longest": longest},
        )
