"""Tokens of the API: made and shown once, used, and ended."""

import secrets
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest

from appliance.actions.sign_in_rules import rules_of
from appliance.domain.access import OPERATOR, Actor, Kind, Permission, User, UserId, acting_for
from appliance.domain.audit import Event, Outcome
from appliance.domain.errors import NotAllowed
from appliance.domain.tokens import (
    USUAL_DAYS,
    Token,
    TokenId,
    TokenState,
    read,
    require_days,
    require_scopes,
    sensible_label,
    written,
)
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.passwords import token_hash
from appliance.store.safe import Safe

_TOUCH_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token. `text` is what its program sends: shown now, and never again."""

    token: Token
    text: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token it was, and the actor that it is."""

    user: User
    token: Token
    actor: Actor


def make_token(
    safe: Safe,
    label: str,
    scopes: AbstractSet[Permission],
    longest_days: int,
    *,
    by: Actor,
    now: datetime,
    days: int = USUAL_DAYS,
    user_id: UserId | None = None,
) -> MadeToken:
    """Make a token. longest_days: what the policy allows. user_id: whom it acts for, at the command line.

    Raises:
        Mistake: when it has no name, is for nothing, or would work too long.
        NotAllowed: when it would do more than its user, or act for somebody else or the emergency account.
    """
    called = sensible_label(label)
    require_days(days, longest_days)
    secret = secrets.token_urlsafe(32)
    with safe.store.begin(by=by, to=Permission.ACCOUNT_EDIT, now=now) as tx:
        user = tx.access.get(_whose(by, user_id))
        if user.emergency:
            raise NotAllowed("token:emergency", "The emergency account has no tokens.", "Use your own.")
        require_scopes(scopes, user.role)
        token = Token(
            id=TokenId(new_id()),
            user_id=user.id,
            label=called,
            scopes=frozenset(scopes),
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        tx.tokens.add(token, token_hash(secret))
        tx.record(Event("token:make", token.id, detail=f"user={user.id} days={days} {_told(token)}"))
    return MadeToken(token, written(token.id, secret))


def _whose(by: Actor, user_id: UserId | None) -> UserId:
    """At the command line anybody's; signed in one's own."""
    if user_id is None or by.kind is not Kind.OPERATOR:
        return UserId(by.id)
    return user_id


def _told(token: Token) -> str:
    return "scopes=" + ",".join(sorted(token.scopes))


def own_tokens(safe: Safe, *, by: Actor, now: datetime) -> tuple[Token, ...]:
    """One's own tokens, the latest first."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        return tuple(view.tokens.of(UserId(by.id)))


def tokens(safe: Safe, *, by: Actor, now: datetime) -> tuple[Token, ...]:
    """Everybody's tokens, the latest first."""
    with safe.store.look(by=by, to=Permission.USER_VIEW, now=now) as view:
        return tuple(view.tokens.all())


def revoke_own_token(safe: Safe, token_id: TokenId, *, by: Actor, now: datetime) -> None:
    """End one of one's own tokens.

    Raises:
        NotAllowed: when it is somebody else's.
    """
    with safe.store.begin(by=by, to=Permission.SESSION_USE, now=now, on=token_id) as tx:
        if tx.tokens.get(token_id).user_id != by.id:
            raise NotAllowed("access:denied", "That is somebody else's token.")
        _revoke(tx, token_id)


def revoke_token(safe: Safe, token_id: TokenId, *, by: Actor, now: datetime) -> None:
    """End anybody's token."""
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now, on=token_id) as tx:
        tx.tokens.get(token_id)
        _revoke(tx, token_id)


def _revoke(tx: Transaction, token_id: TokenId) -> None:
    tx.tokens.revoke(token_id, tx.now)
    tx.record(Event("token:revoke", token_id))


def bearer(safe: Safe, text: str, *, now: datetime, address: str) -> Bearer | None:
    """Whose token this is; None when it opens nothing, whatever the cause.

    Its user is looked up anew each time: who may not sign in any more, or from that network, has no token.

    Raises:
        NotAllowed: when its user may not come from that network.
    """
    token_id, secret = read(text) or (TokenId(""), "")
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        found = view.tokens.with_hash(token_id)
        # Without a token it takes as long: a hash of nothing never fits.
        fits = compare_digest(token_hash(secret), found[1] if found else token_hash(""))
        if found is None or not fits or found[0].state(now) is not TokenState.ACTIVE:
            return None
        token, user, rules = found[0], view.access.get(found[0].user_id), rules_of(view)
    if not user.active or user.must_change or user.emergency:
        return None
    actor = acting_for(user, token.scopes, token.id, source=address)
    if not rules.allows(user.role, address):
        _note(safe, Event("token:use", token.id, Outcome.REFUSED, "access:network"), actor.source, now)
        raise NotAllowed(
            "access:network", "You may not sign in from this network.", "Use a computer in the office."
        )
    if token.used_at is None or now - token.used_at >= _TOUCH_AFTER:
        with _noting(safe, actor.source, now) as tx:
            tx.tokens.touch(token.id, now)
            tx.record(Event("token:use", token.id, detail=f"user={user.id}"))
    return Bearer(user, token, actor)


def note_wrong_token(safe: Safe, *, now: datetime, address: str) -> None:
    """Note that somebody tried a token that opens nothing; what they sent is not kept."""
    _note(safe, Event("token:use", "", Outcome.REFUSED, "token:wrong"), address, now)


def _note(safe: Safe, event: Event, source: str, now: datetime) -> None:
    with _noting(safe, source, now) as tx:
        tx.record(event)


def _noting(safe: Safe, source: str, now: datetime) -> AbstractContextManager[Transaction]:
    """By the box itself: no token holds what keeps the books about it."""
    by = replace(OPERATOR, source=source)
    return safe.store.begin(by=by, to=Permission.SESSION_USE, now=now, durable=False)
