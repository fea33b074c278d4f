"""Second steps of signing in: setting them up, taking them, and taking them away."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from appliance.actions.notices import tell_user
from appliance.actions.sign_in import (
    NOWHERE,
    begin_session,
    confirm_session,
    go_on,
    require_patience,
    require_step,
    second_bucket,
)
from appliance.actions.sign_in_rules import rules_of
from appliance.domain.access import OPERATOR, Actor, Permission, User, UserId, acting
from appliance.domain.audit import Event, Outcome
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.notices import NoticeKind
from appliance.domain.sign_in import Step, Where
from appliance.identity import passkeys
from appliance.identity.codes import (
    as_printed,
    fitting_step,
    new_recovery_codes,
    new_secret,
    setup_address,
)
from appliance.identity.passkeys import Site
from appliance.identity.qr import qr_picture
from appliance.store.database import Transaction
from appliance.store.passwords import token_hash
from appliance.store.safe import Safe
from appliance.store.second_steps import Passkey, SecondSteps

# What a door needs to speak of passkeys and codes.
__all__ = ["Passkey", "SecondSteps", "Site", "qr_picture"]

_ANSWER_WITHIN = timedelta(minutes=10)
_APP, _MAKE, _USE = "authenticator", "make a passkey", "use a passkey"
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Setup:
    """An authenticator app that is being set up. address: for its QR code. ticket: to end it with."""

    secret: str
    address: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser is asked about a passkey. options: for its API. ticket: to answer with."""

    options: dict[str, object]
    ticket: str


def second_steps(safe: Safe, *, by: Actor, now: datetime) -> SecondSteps:
    """One's own second steps."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        return view.second_steps.of(UserId(by.id))


def second_steps_of_all(safe: Safe, *, by: Actor, now: datetime) -> dict[UserId, SecondSteps]:
    """The second steps of everybody who can sign in."""
    with safe.store.look(by=by, to=Permission.USER_VIEW, now=now) as view:
        return {user.id: view.second_steps.of(user.id) for user in view.access.all()}


# --- setting up -------------------------------------------------------------------------------------------


def begin_authenticator(safe: Safe, issuer: str, *, by: Actor, now: datetime) -> Setup:
    """Make a secret for an app; it counts once a code proves that the app has it."""
    with safe.store.begin(by=by, to=Permission.ACCOUNT_EDIT, now=now, durable=False) as tx:
        user, secret = tx.access.get(UserId(by.id)), new_secret()
        ticket = _ask(tx, _APP, {"user": user.id, "secret": secret})
        tx.record(Event("account:begin", user.id, detail="authenticator"))
    return Setup(secret, setup_address(secret, user.name, issuer), ticket)


def same_authenticator(safe: Safe, ticket: str, issuer: str, *, by: Actor, now: datetime) -> Setup:
    """The setup that a ticket is of, to show it once more after a wrong code.

    Raises:
        Mistake: when it is too old.
    """
    with safe.store.begin(by=by, to=Permission.ACCOUNT_EDIT, now=now, durable=False) as tx:
        kept = _answered(tx, ticket, _APP)
        user = tx.access.get(UserId(by.id))
        fresh = _ask(tx, _APP, kept)
        tx.record(Event("account:begin", user.id, detail="authenticator"))
    return Setup(kept["secret"], setup_address(kept["secret"], user.name, issuer), fresh)


def finish_authenticator(safe: Safe, ticket: str, code: str, *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Prove that the app has the secret. Returns recovery codes, when there were none yet.

    Raises:
        Mistake: when the code is not the app's, or it took too long.
    """
    with safe.store.begin(by=by, to=Permission.ACCOUNT_EDIT, now=now, on=by.id) as tx:
        kept = _answered(tx, ticket, _APP)
        if kept["user"] != by.id:
            raise NotAllowed("access:denied", "You have no right to do that.")
        step = fitting_step(kept["secret"], code, now, after=0)
        if step is None:
            raise Mistake(
                "access:wrong_code",
                "That code is not right.",
                "Take the newest code of the app, and check its clock.",
            )
        tx.second_steps.set_authenticator(UserId(by.id), kept["secret"], step, now)
        tx.record(Event("account:second_step", by.id, detail="authenticator"))
        return _first_codes(safe, tx, UserId(by.id))


def begin_passkey(safe: Safe, site: Site, *, by: Actor, now: datetime) -> Question:
    """Ask the browser to make a passkey."""
    challenge = secrets.token_bytes(32)
    with safe.store.begin(by=by, to=Permission.ACCOUNT_EDIT, now=now, durable=False) as tx:
        user = tx.access.get(UserId(by.id))
        existing = [one.id for one in tx.second_steps.passkeys(user.id)]
        ticket = _ask(tx, _MAKE, {"user": user.id, "challenge": challenge.hex()})
        tx.record(Event("account:begin", user.id, detail="passkey"))
    return Question(passkeys.options_to_make(site, user.id, user.name, challenge, existing), ticket)


def finish_passkey(
    safe: Safe, site: Site, ticket: str, answer: str, name: str, *, by: Actor, now: datetime
) -> tuple[str, ...]:
    """Keep a passkey that the browser made. Returns recovery codes, when there were none yet.

    Raises:
        Mistake: when it proves nothing, or it took too long.
    """
    called = " ".join(name.split())[:LONGEST_NAME] or "Passkey"
    with safe.store.begin(by=by, to=Permission.ACCOUNT_EDIT, now=now, on=by.id) as tx:
        kept = _answered(tx, ticket, _MAKE)
        new = passkeys.made(site, answer, bytes.fromhex(kept["challenge"]))
        if new is None or kept["user"] != by.id or tx.second_steps.passkey(new.id) is not None:
            raise _bad_passkey()
        user_id = UserId(by.id)
        tx.second_steps.add_passkey(Passkey(new.id, user_id, called, new.public_key, new.sign_count, now))
        tx.record(Event("account:second_step", user_id, detail="passkey"))
        return _first_codes(safe, tx, user_id)


def new_codes(safe: Safe, user_id: UserId, *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Fresh recovery codes, one's own; those before open nothing. At the command line, anybody's."""
    to = Permission.ACCOUNT_EDIT
    with safe.store.begin(by=by, to=to, now=now, on=user_id) as tx:
        if by != OPERATOR and by.id != user_id:
            raise NotAllowed("access:denied", "You have no right to do that.")
        tx.access.get(user_id)
        tx.record(Event("account:codes", user_id))
        return _codes(safe, tx, user_id)


def _first_codes(safe: Safe, tx: Transaction, user_id: UserId) -> tuple[str, ...]:
    return () if tx.second_steps.of(user_id).codes_left else _codes(safe, tx, user_id)


def _codes(safe: Safe, tx: Transaction, user_id: UserId) -> tuple[str, ...]:
    made = new_recovery_codes()
    tx.second_steps.set_codes(user_id, [_code_key(safe, user_id, code) for code in made], tx.now)
    return made


def _code_key(safe: Safe, user_id: UserId, code: str) -> str:
    """A keyed hash: 50 random bits need no stretching where the key is not."""
    return safe.ring.pseudonym(f"recovery:{user_id}:{code}")


def drop_authenticator(safe: Safe, *, by: Actor, now: datetime) -> None:
    """Take one's own app away.

    Raises:
        Mistake: when none would be left, and the role needs one.
    """
    with safe.store.begin(by=by, to=Permission.ACCOUNT_EDIT, now=now, on=by.id) as tx:
        tx.second_steps.drop_authenticator(UserId(by.id))
        _require_left(tx, UserId(by.id))
        tx.record(Event("account:drop", by.id, detail="authenticator"))


def drop_passkey(safe: Safe, passkey_id: str, *, by: Actor, now: datetime) -> None:
    """Take one of one's own passkeys away.

    Raises:
        Mistake: when there is none of that id, or none would be left and the role needs one.
    """
    with safe.store.begin(by=by, to=Permission.ACCOUNT_EDIT, now=now, on=by.id) as tx:
        if not tx.second_steps.drop_passkey(UserId(by.id), passkey_id):
            raise Mistake("passkey:unknown", "There is no such passkey.", "It may be gone already.")
        _require_left(tx, UserId(by.id))
        tx.record(Event("account:drop", by.id, detail="passkey"))


def _require_left(tx: Transaction, user_id: UserId) -> None:
    """Codes on paper are no second step to live by; without an app or a passkey they go, too."""
    left = tx.second_steps.of(user_id)
    if left.authenticator or left.passkeys:
        return
    if rules_of(tx).needs_second(tx.access.get(user_id).role):
        raise Mistake(
            "access:last_second_step", "Your role needs a second step.", "Set up another one first."
        )
    tx.second_steps.set_codes(user_id, (), tx.now)


def reset_second_steps(safe: Safe, user_id: UserId, *, by: Actor, now: datetime) -> None:
    """Take every second step of somebody away who lost them; their sessions end, and they are told."""
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now, on=user_id) as tx:
        tx.access.get(user_id)
        tx.second_steps.drop_all(user_id)
        tx.access.close_sessions(user_id)
        tell_user(tx, user_id, NoticeKind.SECOND_STEP_RESET)
        tx.record(Event("user:second_step", user_id))


@contextmanager
def _with_code(safe: Safe, user: User, code: str, now: datetime, where: Where) -> Iterator[Transaction]:
    """A transaction of somebody whose code was right, and is used up by it."""
    key = second_bucket(safe, user)
    require_patience(safe, key, now=now, where=where, second=True)
    with safe.store.begin(by=_as(user, where), to=Permission.SESSION_USE, now=now, on=user.id) as tx:
        used = _use_code(safe, tx, user.id, code)
        if used:
            tx.access.clear_failures(key)
            tx.record(Event("session:second", user.id, detail=used))
            yield tx
            return
        tx.record(Event("session:second", user.id, Outcome.REFUSED, "access:wrong_code"))
        tx.access.note_failure(key, now)
    raise Mistake(
        "access:wrong_code",
        "That code is not right.",
        "Take the newest code of the app, and check its clock.",
    )


def _use_code(safe: Safe, tx: Transaction, user_id: UserId, code: str) -> str:
    """Use a code up. Returns what kind it was; empty when it was none."""
    app = tx.second_steps.authenticator(user_id)
    step = fitting_step(app.secret, code, tx.now, app.last_step) if app else None
    if step is not None:
        tx.second_steps.spend_step(user_id, step)
        return "authenticator"
    return (
        "recovery" if tx.second_steps.spend_code(user_id, _code_key(safe, user_id, as_printed(code))) else ""
    )


# --- taking -----------------------------------------------------------------------------------------------


def pass_with_code(safe: Safe, token: str, code: str, *, now: datetime, where: Where = NOWHERE) -> str:
    """Take the second step with a code of the app or a recovery code. Returns the session's new token.

    Raises:
        Mistake: when it is not right.
        NotAllowed: when it is too soon after a failure.
    """
    user = require_step(safe, token, Step.SECOND, now=now, where=where)
    with _with_code(safe, user, code, now, where) as tx:
        return go_on(tx, token, user, where)


def confirm_with_code(safe: Safe, token: str, code: str, *, now: datetime, where: Where = NOWHERE) -> None:
    """Prove to be who one is with a code, in an open session.

    Raises:
        Mistake: when it is not right.
        NotAllowed: when it is too soon after a failure.
    """
    user = require_step(safe, token, Step.OPEN, now=now, where=where)
    with _with_code(safe, user, code, now, where) as tx:
        confirm_session(tx, token, second_bucket(safe, user), user)


def go_on_enrolled(safe: Safe, token: str, *, now: datetime, where: Where = NOWHERE) -> str:
    """Open the session of somebody who just set up a second step. Returns its new token."""
    user = require_step(safe, token, Step.ENROL, now=now, where=where)
    with safe.store.begin(by=_as(user, where), to=Permission.SESSION_USE, now=now, on=user.id) as tx:
        return go_on(tx, token, user, where)


def ask_for_passkey(
    safe: Safe, site: Site, token: str = "", *, now: datetime, where: Where = NOWHERE
) -> Question:
    """Ask the browser to use a passkey: of the session's user, or without a session of whoever has one."""
    challenge = secrets.token_bytes(32)
    by = replace(OPERATOR, source=where.address)
    with safe.store.begin(by=by, to=Permission.SESSION_USE, now=now, durable=False) as tx:
        session = tx.access.session(token_hash(token)) if token else None
        user_id = session.user_id if session else None
        allowed = [one.id for one in tx.second_steps.passkeys(user_id)] if user_id else []
        tx.second_steps.forget_challenges(now - _ANSWER_WITHIN)
        ticket = _ask(tx, _USE, {"user": user_id, "challenge": challenge.hex()})
        tx.record(Event("session:ask", user_id or ""))
    return Question(passkeys.options_to_use(site, challenge, allowed), ticket)


def pass_with_passkey(
    safe: Safe, site: Site, token: str, ticket: str, answer: str, *, now: datetime, where: Where = NOWHERE
) -> tuple[User, str]:
    """Take the second step with a passkey, or both when there is no session yet: it is both.

    Returns the user and the session's new token.

    Raises:
        Mistake: when it proves nothing.
        NotAllowed: when the role may not sign in from there.
    """
    if token:
        user = require_step(safe, token, Step.SECOND, now=now, where=where)
    else:
        user = _owner(safe, answer, now)
    with safe.store.begin(by=_as(user, where), to=Permission.SESSION_USE, now=now, on=user.id) as tx:
        _require_passkey(tx, site, user, ticket, answer, asked_of=user.id if token else None)
        if not rules_of(tx).allows(user.role, where.address):
            raise NotAllowed(
                "access:network", "You may not sign in from this network.", "Use a computer in the office."
            )
        if token:
            return user, go_on(tx, token, user, where)
        return user, begin_session(tx, user, where, passed_second=True)


def confirm_with_passkey(
    safe: Safe, site: Site, token: str, ticket: str, answer: str, *, now: datetime, where: Where = NOWHERE
) -> None:
    """Prove to be who one is with a passkey, in an open session.

    Raises:
        Mistake: when it proves nothing.
    """
    user = require_step(safe, token, Step.OPEN, now=now, where=where)
    with safe.store.begin(by=_as(user, where), to=Permission.SESSION_USE, now=now, on=user.id) as tx:
        _require_passkey(tx, site, user, ticket, answer, asked_of=user.id)
        confirm_session(tx, token, second_bucket(safe, user), user)


def _owner(safe: Safe, answer: str, now: datetime) -> User:
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        passkey = view.second_steps.passkey(passkeys.named(answer))
        user = view.access.get(passkey.user_id) if passkey else None
    if user is None or not user.active or user.emergency:
        raise _bad_passkey()
    return user


def _require_passkey(
    tx: Transaction, site: Site, user: User, ticket: str, answer: str, asked_of: UserId | None
) -> None:
    kept = _answered(tx, ticket, _USE)
    passkey = tx.second_steps.passkey(passkeys.named(answer))
    if passkey is None or passkey.user_id != user.id or kept["user"] != asked_of:
        raise _bad_passkey()
    challenge = bytes.fromhex(kept["challenge"])
    count = passkeys.used(site, answer, challenge, passkey.public_key, passkey.sign_count)
    if count is None:
        raise _bad_passkey()
    tx.second_steps.use_passkey(passkey.id, count, tx.now)


def _bad_passkey() -> Mistake:
    return Mistake(
        "access:bad_passkey", "That passkey does not open this account.", "Try again, or use a code."
    )


def _as(user: User, where: Where) -> Actor:
    return acting(user, source=where.address)


def _ask(tx: Transaction, kind: str, value: Mapping[str, object]) -> str:
    ticket = secrets.token_urlsafe(32)
    tx.second_steps.ask(token_hash(ticket), kind, value, tx.now)
    return ticket


def _answered(tx: Transaction, ticket: str, kind: str) -> dict[str, str]:
    kept = tx.second_steps.answered(token_hash(ticket), kind, tx.now - _ANSWER_WITHIN)
    if kept is None:
        raise Mistake("access:too_late", "That took too long.", "Start again.")
    return kept
