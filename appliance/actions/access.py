"""The users who may sign in, and their passwords."""

from dataclasses import replace
from datetime import datetime

from appliance.domain.access import Actor, Kind, Permission, Role, User, UserId
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.sign_in import PASSWORD_LONGEST, PASSWORD_SHORTEST
from appliance.identity.strength import STRONG_ENOUGH, strength
from appliance.store.ids import new_id
from appliance.store.passwords import hash_password
from appliance.store.safe import Safe

EMERGENCY_NAME = "emergency"
LONGEST_NAME = 80
LANGUAGES = frozenset({"nl", "en"})


def create_user(
    safe: Safe, *, by: Actor, now: datetime, name: str, password: str, role: Role, language: str = "nl"
) -> User:
    """Add somebody who can sign in.

    Raises:
        Mistake: when the name is taken or empty, or the password too short or easily guessed.
    """
    cleaned = _sensible_name(name)
    user = User(UserId(new_id()), cleaned, role, language=language, must_change=_is_somebody_elses(by))
    hashed = hash_password(strong(password, cleaned))
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


def strong(password: str, name: str) -> str:
    """A password that takes long to guess.

    Raises:
        Mistake: when it is too short, too long, or among the first that a guesser tries.
    """
    if len(password) < PASSWORD_SHORTEST:
        raise Mistake(
            "user:short_password",
            "That password is too short.",
            "Use at least {least} characters; a sentence is easy to remember.",
            values={"least": PASSWORD_SHORTEST},
        )
    if len(password) > PASSWORD_LONGEST:
        raise Mistake(
            "user:long_password",
            "That password is too long.",
            "Use at most {most} characters.",
            values={"most": PASSWORD_LONGEST},
        )
    if strength(password, [name]) < STRONG_ENOUGH:
        raise Mistake(
            "user:weak_password",
            "That password is easy to guess.",
            "Take a few words that do not belong together.",
        )
    return password


def password_strength(password: str, known: list[str]) -> int:
    """From 0, guessed at once, to 4; 3 is enough. known: names that a guesser would try."""
    return strength(password[:PASSWORD_LONGEST], known)


def _is_somebody_elses(by: Actor) -> bool:
    """Whether a password is known to a colleague, who could sign in with it as somebody else."""
    return by.kind is Kind.USER


def set_password(safe: Safe, user_id: UserId, password: str, *, by: Actor, now: datetime) -> None:
    """Give a user a new password; sessions and tokens end. They choose their own at the next sign-in."""
    with safe.store.look(by=by, to=Permission.USER_EDIT, now=now, on=user_id) as view:
        user = view.access.get(user_id)
    hashed = hash_password(strong(password, user.name))
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now, on=user_id) as tx:
        tx.access.set_password(user_id, hashed, must_change=_is_somebody_elses(by))
        tx.access.close_sessions(user_id)
        tx.tokens.revoke_all(user_id, now)
        tx.record(Event("user:password", user_id))


def seal_emergency_account(safe: Safe, password: str, *, by: Actor, now: datetime) -> User:
    """Make the emergency account anew: an administrator whose password is on paper, good once.

    It needs no second step, for the paper is what its user has.
    """
    hashed = hash_password(password)
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now) as tx:
        found = next((one for one in tx.access.all() if one.emergency), None)
        if found is None and tx.access.by_name(EMERGENCY_NAME) is not None:
            raise Mistake("user:name_taken", "That name is taken.", "Choose another name.")
        if found is None:
            found = User(UserId(new_id()), EMERGENCY_NAME, Role.ADMINISTRATOR, emergency=True)
            tx.access.add(found, hashed)
        tx.access.replace(replace(found, active=True))
        tx.access.set_password(found.id, hashed)
        tx.access.close_sessions(found.id)
        tx.record(Event("user:emergency", found.id))
    return found


def change_user(safe: Safe, user: User, *, by: Actor, now: datetime) -> None:
    """Change a user's name, role, language, or whether they may sign in; their sessions end.

    Raises:
        Mistake: when no active administrator would be left.
    """
    changed = replace(user, name=_sensible_name(user.name))
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now, on=user.id) as tx:
        if tx.access.get(user.id).emergency != changed.emergency or changed.emergency:
            raise Mistake(
                "user:emergency",
                "That is the emergency account.",
                "Make it anew with `kluis users emergency`.",
            )
        others = [one for one in tx.access.all() if one.id != user.id]
        if not any(_administers(one) for one in [*others, changed]):
            raise Mistake(
                "user:last_administrator", "Somebody must stay administrator.", "Appoint another first."
            )
        if any(one.name.casefold() == changed.name.casefold() for one in others):
            raise Mistake("user:name_taken", "That name is taken.", "Choose another name.")
        tx.access.replace(changed)
        tx.access.close_sessions(user.id)
        tx.record(Event("user:edit", user.id, detail=f"role={changed.role} active={changed.active}"))


def _administers(user: User) -> bool:
    return user.active and user.role is Role.ADMINISTRATOR and not user.emergency


def users(safe: Safe, *, by: Actor, now: datetime) -> tuple[User, ...]:
    """Everybody who can sign in, by name."""
    with safe.store.look(by=by, to=Permission.USER_VIEW, now=now) as view:
        return tuple(view.access.all())


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
