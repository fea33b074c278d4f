"""Signing in and out, a step at a time, and the sessions that are open."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from appliance.actions.notices import tell_guards
from appliance.actions.sign_in_rules import rules_of
from appliance.domain.access import OPERATOR, Actor, Permission, User, UserId, acting
from appliance.domain.audit import Event, Outcome
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.notices import NoticeKind
from appliance.domain.sign_in import (
    EMERGENCY_LONGEST,
    NAME_TRIES_WITHIN,
    SECOND_TRIES_WITHIN,
    SESSION_LONGEST,
    Session,
    Step,
    Where,
    next_step,
    wait_after,
)
from appliance.store.database import Transaction
from appliance.store.passwords import hash_password, password_fits, token_hash
from appliance.store.safe import Safe

_TOUCH_AFTER = timedelta(minutes=1)
_NAME_WAIT, _SECOND_WAIT = timedelta(minutes=1), timedelta(minutes=15)
NOWHERE = Where()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session with its user; open only when its step says so."""

    user: User
    session: Session


def sign_in(
    safe: Safe, name: str, password: str, *, now: datetime, where: Where = NOWHERE, device: str = ""
) -> tuple[User, str]:
    """Check a name and password and begin a session. Returns the user and the session's token.

    What the session still waits for stands in its step. An unknown name and a wrong password give the same
    answer and take the same time. After several failures each further try must wait a little longer, up to
    a minute: a guesser is slowed, the office is not locked out. A browser in which somebody signed in
    before (device: its mark) has a count of its own, so that a guesser elsewhere does not slow its owner.

    Raises:
        Mistake: when they do not fit.
        NotAllowed: when it is too soon after a failure, or the role may not sign in from there.
    """
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        found = view.access.by_name(name)
        rules = rules_of(view)
    key = _bucket(safe, name, found[0] if found else None, device)
    require_patience(safe, key, now=now, where=where)
    fits = password_fits(password, found[1] if found else None)
    if not fits or found is None or not found[0].active:
        note_failure(safe, key, "access:wrong_sign_in", now=now, where=where)
        raise Mistake(
            "access:wrong_sign_in", "That name and password do not fit.", "Check both and try again."
        )
    user = found[0]
    if not rules.allows(user.role, where.address):
        _note_refusal(safe, key, "access:network", now, where)
        raise NotAllowed(
            "access:network", "You may not sign in from this network.", "Use a computer in the office."
        )
    with safe.store.begin(by=_as(user, where), to=Permission.SESSION_USE, now=now, on=user.id) as tx:
        tx.access.clear_failures(key)
        return user, begin_session(tx, user, where, passed_second=False)


def _as(user: User, where: Where) -> Actor:
    return acting(user, source=where.address)


def _box(where: Where) -> Actor:
    """The box itself, for tries of somebody who is nobody yet."""
    return replace(OPERATOR, source=where.address)


def begin_session(
    tx: Transaction,
    user: User,
    where: Where,
    *,
    passed_second: bool,
    elsewhere: bool = False,
    confirmed: bool = True,
) -> str:
    """Begin a session at the step that is next. Returns its token, which no session had before.

    elsewhere: whether another vouches for the second step. confirmed: whether somebody proved just now to
    be who they are.
    """
    token = secrets.token_urlsafe(32)
    step = next_step(
        passed_second=passed_second,
        has_second=tx.second_steps.of(user.id).any and not user.emergency,
        needs_second=rules_of(tx).needs_second(user.role) and not (user.emergency or elsewhere),
        must_change=user.must_change,
    )
    tx.access.close_sessions_before(tx.now - SESSION_LONGEST)
    session = Session(user.id, tx.now, tx.now, step, confirmed_at=tx.now if confirmed else None, where=where)
    tx.access.open_session(token_hash(token), session)
    if step is not Step.OPEN:
        tx.record(Event("session:begin", user.id, detail=f"step={step}"))
        return token
    tx.access.note_seen(user.id, tx.now)
    tx.record(Event("session:open", user.id, detail="emergency" if user.emergency else ""))
    if user.emergency:
        _spend_emergency(tx, user)
    return token


def _spend_emergency(tx: Transaction, user: User) -> None:
    """The sealed password was good once, and everybody who guards the box is told."""
    tx.access.set_password(user.id, "spent")
    tell_guards(tx, NoticeKind.EMERGENCY)


def go_on(tx: Transaction, token: str, user: User, where: Where) -> str:
    """Begin the session anew after a step was taken; the token before opens nothing from then on."""
    tx.access.close_session(token_hash(token))
    return begin_session(tx, user, where, passed_second=True)


def device_mark(safe: Safe, user: User) -> str:
    """What a browser keeps to be known by as one in which somebody signed in; it opens nothing."""
    random = secrets.token_hex(16)
    return f"{random}.{_device_seal(safe, user, random)}"


def _device_seal(safe: Safe, user: User, random: str) -> str:
    return safe.ring.pseudonym(f"device:{user.id}:{random}")


def _bucket(safe: Safe, name: str, user: User | None, device: str) -> str:
    """Under what failures are counted: the name, or the name in one browser that is known."""
    random, _, mark = device.partition(".")
    if user is not None and secrets.compare_digest(mark.encode(), _device_seal(safe, user, random).encode()):
        return safe.ring.pseudonym(f"sign-in:{user.id}:{random}")
    return safe.ring.pseudonym("sign-in:" + " ".join(name.split()).casefold())


def second_bucket(safe: Safe, user: User) -> str:
    """Under what failures at the second step, or at confirming, are counted."""
    return safe.ring.pseudonym(f"second:{user.id}")


def require_patience(
    safe: Safe, key: str, *, now: datetime, where: Where = NOWHERE, second: bool = False
) -> None:
    """Require that the wait after earlier failures is over.

    second: at the second step, where the password was right already, waits grow longer.

    Raises:
        NotAllowed: when it is too soon.
    """
    within, longest = (SECOND_TRIES_WITHIN, _SECOND_WAIT) if second else (NAME_TRIES_WITHIN, _NAME_WAIT)
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        failed = view.access.failures(key, now - within)
    wait = wait_after(len(failed), longest)
    if failed and now - max(failed) < wait:
        _note_refusal(safe, key, "access:too_many_tries", now, where)
        raise NotAllowed(
            "access:too_many_tries",
            "Too many failed tries.",
            "Try again in {seconds} s.",
            values={"seconds": int(wait.total_seconds())},
        )


def note_failure(safe: Safe, key: str, why: str, *, now: datetime, where: Where = NOWHERE) -> None:
    """Count a failed try; key: a pseudonym."""
    with safe.store.begin(by=_box(where), to=Permission.SESSION_USE, now=now) as tx:
        tx.access.note_failure(key, now)
        tx.record(Event("session:open", key, Outcome.REFUSED, why))


def _note_refusal(safe: Safe, key: str, why: str, now: datetime, where: Where) -> None:
    with safe.store.begin(by=_box(where), to=Permission.SESSION_USE, now=now, durable=False) as tx:
        tx.record(Event("session:open", key, Outcome.REFUSED, why))


def sign_out(safe: Safe, token: str, *, now: datetime, where: Where = NOWHERE) -> None:
    """End a session."""
    found = signed_in(safe, token, now=now, address=where.address)
    by = _as(found.user, where) if found else _box(where)
    with safe.store.begin(by=by, to=Permission.SESSION_USE, now=now) as tx:
        tx.access.close_session(token_hash(token))
        tx.record(Event("session:close", found.user.id if found else ""))


def signed_in(safe: Safe, token: str, *, now: datetime, address: str = "") -> SignedIn | None:
    """Whose session a token is of, at whatever step.

    None when there is none, it ended, its user may not sign in, or not from that network address.
    """
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        session = view.access.session(token_hash(token))
        if session is None:
            return None
        user = view.access.get(session.user_id)
        rules = rules_of(view)
    longest = EMERGENCY_LONGEST if user.emergency else SESSION_LONGEST
    if not session.alive(now, longest) or not user.active or not rules.allows(user.role, address):
        return None
    if now - session.seen_at > _TOUCH_AFTER:
        by = acting(user, source=address)
        with safe.store.begin(by=by, to=Permission.SESSION_USE, now=now, durable=False) as tx:
            tx.access.touch(token_hash(token), now)
            tx.record(Event("session:use", user.id))
    return SignedIn(user, session)


def who(safe: Safe, token: str, *, now: datetime, address: str = "") -> User | None:
    """Whose open session a token is of; None when it opens nothing."""
    found = signed_in(safe, token, now=now, address=address)
    return found.user if found and found.session.step is Step.OPEN else None


def confirm_with_password(safe: Safe, token: str, password: str, *, now: datetime, where: Where) -> None:
    """Prove to be who one is, for somebody without a second step.

    Raises:
        Mistake: when the password does not fit, or a second step is what proves it.
        NotAllowed: when it is too soon after a failure.
    """
    user = _require_session(safe, token, now, where).user
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        kept = view.access.password(user.id)
        has_second = view.second_steps.of(user.id).any
    if has_second:
        raise Mistake("access:second_wanted", "Use your second step to confirm.", "A code, or a passkey.")
    key = second_bucket(safe, user)
    require_patience(safe, key, now=now, where=where, second=True)
    if not password_fits(password, kept):
        note_failure(safe, key, "access:wrong_password", now=now, where=where)
        raise _wrong_password()
    with safe.store.begin(by=_as(user, where), to=Permission.SESSION_USE, now=now, on=user.id) as tx:
        confirm_session(tx, token, key, user)


def _wrong_password() -> Mistake:
    return Mistake("access:wrong_password", "That is not your password.", "Try again.")


def confirm_session(tx: Transaction, token: str, key: str, user: User) -> None:
    """Note that the user of a session proved to be who they are."""
    tx.access.clear_failures(key)
    tx.access.confirm_session(token_hash(token), tx.now)
    tx.record(Event("session:confirm", user.id))


def _require_session(safe: Safe, token: str, now: datetime, where: Where) -> SignedIn:
    found = signed_in(safe, token, now=now, address=where.address)
    if found is None:
        raise _other_step()
    return found


def _other_step() -> Mistake:
    return Mistake("access:other_step", "That step is not what is asked now.", "Start again.")


def require_step(safe: Safe, token: str, step: Step, *, now: datetime, where: Where) -> User:
    """The user of a session that waits for a step.

    Raises:
        Mistake: when there is no such session.
    """
    found = _require_session(safe, token, now, where)
    if found.session.step is not step:
        raise _other_step()
    return found.user


def choose_password(safe: Safe, token: str, hashed: str, *, now: datetime, where: Where) -> str:
    """Replace a password that came from somebody else by one's own. Returns the session's new token.

    hashed: what `own_password_hash` made.
    """
    user = require_step(safe, token, Step.RENEW, now=now, where=where)
    with safe.store.begin(by=_as(user, where), to=Permission.SESSION_USE, now=now, on=user.id) as tx:
        tx.access.set_password(user.id, hashed)
        tx.record(Event("user:password", user.id))
        return go_on(tx, token, replace(user, must_change=False), where)


def change_own_password(
    safe: Safe, token: str, current: str, hashed: str, *, now: datetime, where: Where
) -> None:
    """Choose another password; the user's other sessions end.

    Raises:
        Mistake: when the current one does not fit.
        NotAllowed: when it is too soon after a failure.
    """
    user = require_step(safe, token, Step.OPEN, now=now, where=where)
    key = second_bucket(safe, user)
    require_patience(safe, key, now=now, where=where, second=True)
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        kept = view.access.password(user.id)
    if not password_fits(current, kept):
        note_failure(safe, key, "access:wrong_password", now=now, where=where)
        raise _wrong_password()
    with safe.store.begin(by=_as(user, where), to=Permission.SESSION_USE, now=now, on=user.id) as tx:
        tx.access.set_password(user.id, hashed)
        for other in tx.access.sessions(user.id):
            if other != token_hash(token):
                tx.access.close_session(other)
        tx.record(Event("user:password", user.id))


def sessions(safe: Safe, *, by: Actor, now: datetime) -> Mapping[str, Session]:
    """One's own sessions that are alive, by an id that opens nothing, the latest first."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        found = view.access.sessions(UserId(by.id))
    return {key: session for key, session in found.items() if session.alive(now)}


def session_id(token: str) -> str:
    """The id under which a session stands in the list of sessions."""
    return token_hash(token)


def end_session(safe: Safe, session: str, *, by: Actor, now: datetime) -> None:
    """End one of one's own sessions. session: its id.

    Raises:
        Mistake: when it is not one's own, or is over.
    """
    with safe.store.begin(by=by, to=Permission.SESSION_USE, now=now, on=by.id) as tx:
        if session not in tx.access.sessions(UserId(by.id)):
            raise Mistake("session:unknown", "There is no such session.", "It may have ended already.")
        tx.access.close_session(session)
        tx.record(Event("session:close", by.id))


def end_other_sessions(safe: Safe, token: str, *, by: Actor, now: datetime) -> int:
    """End all of one's own sessions but the one of a token. Returns how many."""
    with safe.store.begin(by=by, to=Permission.SESSION_USE, now=now, on=by.id) as tx:
        others = [one for one in tx.access.sessions(UserId(by.id)) if one != token_hash(token)]
        for one in others:
            tx.access.close_session(one)
        tx.record(Event("session:close", by.id, detail=f"sessions={len(others)}"))
    return len(others)


def own_password_hash(password: str) -> str:
    """The record of a password that was checked to be strong; it takes a while, so not in a transaction."""
    return hash_password(password)
