"""Signing in and out, and the users who may."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from appliance.domain.access import (
    OPERATOR,
    PASSWORD_SHORTEST,
    SESSION_LONGEST,
    Actor,
    Permission,
    Role,
    Session,
    User,
    UserId,
    wait_after,
)
from appliance.domain.audit import Event, Outcome
from appliance.domain.errors import Mistake, NotAllowed
from appliance.store.ids import new_id
from appliance.store.passwords import hash_password, password_fits, token_hash
from appliance.store.safe import Safe

_TOUCH_AFTER = timedelta(minutes=1)
_FAILURES_WITHIN = timedelta(minutes=15)
LONGEST_NAME = 80
LANGUAGES = frozenset({"nl", "en"})


def create_user(
    safe: Safe, *, by: Actor, now: datetime, name: str, password: str, role: Role, language: str = "nl"
) -> User:
    """Add somebody who can sign in.

    Raises:
        Mistake: when the name is taken or empty, or the password too short.
    """
    user = User(UserId(new_id()), _sensible_name(name), role, language=language)
    hashed = hash_password(_long_enough(password))
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now, on=user.id) as tx:
        if tx.access.by_name(user.name) is not None:
            raise Mistake("user:name_taken", "That name is taken.", "Choose another name.")
        tx.access.add(user, hashed)
        tx.record(Event("user:add", user.id, detail=f"role={role}"))
    return user


def _sensible_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > LONGEST_NAME or not cleaned.isprintable():
        raise Mistake(
            "user:bad_name",
            "That cannot be a user's name.",
            "Use 1 to {most} letters.",
            values={"most": LONGEST_NAME},
        )
    return cleaned


def _long_enough(password: str) -> str:
    if len(password) < PASSWORD_SHORTEST:
        raise Mistake(
            "user:short_password",
            "That password is too short.",
            "Use at least {least} characters; a sentence is easy to remember.",
            values={"least": PASSWORD_SHORTEST},
        )
    return password


def set_password(safe: Safe, user_id: UserId, password: str, *, by: Actor, now: datetime) -> None:
    """Give a user a new password; all their sessions end."""
    hashed = hash_password(_long_enough(password))
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now, on=user_id) as tx:
        tx.access.get(user_id)
        tx.access.set_password(user_id, hashed)
        tx.access.close_sessions(user_id)
        tx.record(Event("user:password", user_id))


def change_user(safe: Safe, user: User, *, by: Actor, now: datetime) -> None:
    """Change a user's name, role, language, or whether they may sign in; their sessions end.

    Raises:
        Mistake: when no active administrator would be left.
    """
    changed = replace(user, name=_sensible_name(user.name))
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now, on=user.id) as tx:
        tx.access.get(user.id)
        others = [one for one in tx.access.all() if one.id != user.id]
        if not any(one.active and one.role is Role.ADMINISTRATOR for one in [*others, changed]):
            raise Mistake(
                "user:last_administrator", "Somebody must stay administrator.", "Appoint another first."
            )
        if any(one.name.casefold() == changed.name.casefold() for one in others):
            raise Mistake("user:name_taken", "That name is taken.", "Choose another name.")
        tx.access.replace(changed)
        tx.access.close_sessions(user.id)
        tx.record(Event("user:edit", user.id, detail=f"role={changed.role} active={changed.active}"))


def users(safe: Safe, *, by: Actor, now: datetime) -> tuple[User, ...]:
    """Everybody who can sign in, by name."""
    with safe.store.look(by=by, to=Permission.USER_VIEW, now=now) as view:
        return tuple(view.access.all())


def sign_in(safe: Safe, name: str, password: str, *, now: datetime) -> tuple[User, str]:
    """Check a name and password and open a session. Returns the user and the session's token.

    An unknown name and a wrong password give the same answer and take the same time. After several
    failures each further try must wait a little longer, up to a minute: a guesser is slowed, the office
    is not locked out.

    Raises:
        Mistake: when they do not fit.
        NotAllowed: when it is too soon after a failure.
    """
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        found = view.access.by_name(name)
        failed = view.access.failures(_key(safe, name), now - _FAILURES_WITHIN)
    wait = wait_after(len(failed))
    if failed and now - max(failed) < wait:
        _note_refusal(safe, name, "access:too_many_tries", now)
        raise NotAllowed(
            "access:too_many_tries",
            "Too many failed tries.",
            "Try again in {seconds} s.",
            values={"seconds": int(wait.total_seconds())},
        )
    fits = password_fits(password, found[1] if found else None)
    if not fits or found is None or not found[0].active:
        _note_failure(safe, name, now)
        raise Mistake(
            "access:wrong_sign_in", "That name and password do not fit.", "Check both and try again."
        )
    return found[0], _open_session(safe, found[0], name, now)


def _key(safe: Safe, name: str) -> str:
    return safe.ring.pseudonym("sign-in:" + " ".join(name.split()).casefold())


def _note_failure(safe: Safe, name: str, now: datetime) -> None:
    with safe.store.begin(by=OPERATOR, to=Permission.SESSION_USE, now=now) as tx:
        tx.access.note_failure(_key(safe, name), now)
        tx.record(Event("session:open", _key(safe, name), Outcome.REFUSED, "access:wrong_sign_in"))


def _note_refusal(safe: Safe, name: str, why: str, now: datetime) -> None:
    with safe.store.begin(by=OPERATOR, to=Permission.SESSION_USE, now=now, durable=False) as tx:
        tx.record(Event("session:open", _key(safe, name), Outcome.REFUSED, why))


def _open_session(safe: Safe, user: User, name: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    with safe.store.begin(by=OPERATOR, to=Permission.SESSION_USE, now=now, on=user.id) as tx:
        tx.access.clear_failures(_key(safe, name))
        tx.access.close_sessions_before(now - SESSION_LONGEST)
        tx.access.open_session(token_hash(token), Session(user.id, now, now))
        tx.record(Event("session:open", user.id))
    return token


def sign_out(safe: Safe, token: str, *, now: datetime) -> None:
    """End a session."""
    with safe.store.begin(by=OPERATOR, to=Permission.SESSION_USE, now=now) as tx:
        session = tx.access.session(token_hash(token))
        tx.access.close_session(token_hash(token))
        tx.record(Event("session:close", session.user_id if session else ""))


def who(safe: Safe, token: str, *, now: datetime) -> User | None:
    """Whose session a token opens; None when there is none, it ended, or the user may not sign in."""
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        session = view.access.session(token_hash(token))
        if session is None or not session.alive(now):
            return None
        user = view.access.get(session.user_id)
    if not user.active:
        return None
    if now - session.seen_at > _TOUCH_AFTER:
        with safe.store.begin(by=OPERATOR, to=Permission.SESSION_USE, now=now, durable=False) as tx:
            tx.access.touch(token_hash(token), now)
            tx.record(Event("session:use", user.id))
    return user


def choose_language(safe: Safe, user_id: UserId, language: str, *, by: Actor, now: datetime) -> None:
    """Let users choose the language of their own pages.

    Raises:
        NotAllowed: when it is somebody else's.
        Mistake: when the product does not speak it.
    """
    if language not in LANGUAGES:
        raise Mistake("user:language", "That language is not spoken here.", "Choose Dutch or English.")
    with safe.store.begin(by=by, to=Permission.SESSION_USE, now=now, on=user_id) as tx:
        if by.id != user_id:
            raise NotAllowed("access:denied", "You can change only your own language.")
        tx.access.replace(replace(tx.access.get(user_id), language=language))
        tx.record(Event("user:language", user_id))
