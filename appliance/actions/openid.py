"""Signing in by the word of the office's own provider (OpenID Connect), with its groups as roles."""

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from appliance.actions.access import LONGEST_NAME
from appliance.actions.sign_in import NOWHERE, begin_session
from appliance.actions.sign_in_rules import rules_of
from appliance.domain.access import OPERATOR, Actor, Permission, Role, User, UserId, acting
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.sign_in import Where
from appliance.identity import openid
from appliance.identity.openid import Attempt, Claims, Client, require_secure
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.passwords import token_hash
from appliance.store.safe import Safe

_SETTING = "openid"
_KIND = "openid"
_BACK_WITHIN = timedelta(minutes=15)
_NO_PASSWORD = "by the word of another"  # noqa: S105 - no password has this as its record
# When somebody is in several groups, the first of these that fits.
_PRECEDENCE = (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.EDITOR, Role.VIEWER)


@dataclass(frozen=True, slots=True)
class Provider:
    """The office's provider. groups: the provider's groups for each role; claim: where it tells them."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "OpenID Connect"
    claim: str = "groups"
    groups: Mapping[Role, Sequence[str]] = field(default_factory=dict)

    def role(self, groups: frozenset[str]) -> Role | None:
        """The role of somebody in some groups; None when no group gives one."""
        return next((role for role in _PRECEDENCE if groups & set(self.groups.get(role, ()))), None)


def provider(safe: Safe, *, by: Actor, now: datetime) -> Provider | None:
    """The provider, its secret left out; None when none is set."""
    with safe.store.look(by=by, to=Permission.USER_VIEW, now=now) as view:
        found = _provider(view)
    return replace(found, client_secret="") if found else None


def provider_name(safe: Safe, *, now: datetime) -> str:
    """What the button on the sign-in page says; empty without a provider."""
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        found = _provider(view)
    return found.name if found else ""


def _provider(view: View) -> Provider | None:
    kept = view.settings.get(_SETTING)
    if kept is None:
        return None
    found = json.loads(kept)
    groups = {Role(role): tuple(names) for role, names in found.pop("groups").items()}
    return Provider(**found, groups=groups)


def change_provider(safe: Safe, changed: Provider, *, by: Actor, now: datetime) -> None:
    """Set the provider. An empty secret keeps the one before, of the same provider and client.

    Raises:
        Mistake: when something is missing.
        Fault: when its address is not secure.
    """
    if not changed.client_id or not changed.issuer or not changed.name:
        raise Mistake("openid:incomplete", "Something is missing.", "Fill in address, client and name.")
    require_secure(changed.issuer)
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now) as tx:
        before = _provider(tx)
        same = before and (before.issuer, before.client_id) == (changed.issuer, changed.client_id)
        secret = changed.client_secret or (before.client_secret if before and same else "")
        kept = {
            "issuer": changed.issuer,
            "client_id": changed.client_id,
            "client_secret": secret,
            "name": changed.name,
            "claim": changed.claim,
            "groups": {role.value: list(names) for role, names in changed.groups.items()},
        }
        tx.settings.put(_SETTING, json.dumps(kept))
        tx.record(Event("user:openid", detail="set"))


def drop_provider(safe: Safe, *, by: Actor, now: datetime) -> None:
    """Forget the provider; nobody signs in by its word from then on."""
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now) as tx:
        tx.settings.delete(_SETTING)
        for user_id in tx.access.with_openid():
            tx.access.close_sessions(user_id)
        tx.record(Event("user:openid", detail="dropped"))


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that is under way. address: where the browser goes. ticket: what it brings back."""

    address: str
    ticket: str


def begin(safe: Safe, redirect: str, to: str, *, again: bool = False, now: datetime) -> Begun:
    """Send a browser to the provider. to: the page it wanted. again: whether to ask the password anew.

    Raises:
        Mistake: when no provider is set.
        Fault: when it does not answer as it should.
    """
    with safe.store.look(by=OPERATOR, to=Permission.SESSION_USE, now=now) as view:
        found = _require_provider(view)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    attempt = Attempt(state, nonce, verifier, again)
    address = openid.address_to_ask(_client(found, redirect), attempt)
    ticket = secrets.token_urlsafe(32)
    kept = {
        "state": attempt.state,
        "nonce": attempt.nonce,
        "verifier": attempt.verifier,
        "again": again,
        "to": to,
    }
    with safe.store.begin(by=OPERATOR, to=Permission.SESSION_USE, now=now, durable=False) as tx:
        tx.second_steps.forget_challenges(now - _BACK_WITHIN)
        tx.second_steps.ask(token_hash(ticket), _KIND, kept, now)
        tx.record(Event("session:ask", detail="openid"))
    return Begun(address, ticket)


def finish(
    safe: Safe, redirect: str, ticket: str, state: str, code: str, *, now: datetime, where: Where = NOWHERE
) -> tuple[User, str, str]:
    """Begin the session of somebody who came back from the provider.

    Returns the user, the session's token and the page that was wanted.

    Raises:
        Mistake: when the browser did not begin this, or it took too long.
        NotAllowed: when the provider is not to be believed, or gives the person no role here.
        Fault: when the provider does not answer as it should.
    """
    with safe.store.begin(by=OPERATOR, to=Permission.SESSION_USE, now=now, durable=False) as tx:
        found = _require_provider(tx)
        kept = tx.second_steps.answered(token_hash(ticket), _KIND, now - _BACK_WITHIN)
        tx.record(Event("session:ask", detail="openid back"))
    if kept is None or not hmac.compare_digest(state.encode(), kept["state"].encode()):
        raise Mistake("access:too_late", "That took too long.", "Start again.")
    attempt = Attempt(kept["state"], kept["nonce"], kept["verifier"], kept["again"])
    told = openid.claims(_client(found, redirect), attempt, code, found.claim, now)
    user, token = _let_in(safe, found, told, again=attempt.again, now=now, where=where)
    return user, token, kept["to"]


def _let_in(
    safe: Safe, found: Provider, told: Claims, *, again: bool, now: datetime, where: Where
) -> tuple[User, str]:
    role = found.role(told.groups)
    if role is None:
        raise NotAllowed("openid:no_group", "You are in no group that may come in.", "Ask an administrator.")
    with safe.store.begin(by=replace(OPERATOR, source=where.address), to=Permission.USER_EDIT, now=now) as tx:
        user = _known(tx, f"{found.issuer} {told.subject}", told.name, role)
    if not user.active:
        raise NotAllowed("access:inactive", "You may not sign in.", "Ask an administrator.")
    by = acting(user, source=where.address)
    with safe.store.begin(by=by, to=Permission.SESSION_USE, now=now, on=user.id) as tx:
        if not rules_of(tx).allows(user.role, where.address):
            raise NotAllowed(
                "access:network", "You may not sign in from this network.", "Use a computer in the office."
            )
        token = begin_session(
            tx, user, where, passed_second=told.two_steps, elsewhere=told.two_steps, confirmed=again
        )
    return user, token


def _known(tx: Transaction, openid_subject: str, name: str, role: Role) -> User:
    """The user of a subject, made at the first visit; the role follows the provider's groups."""
    user = tx.access.by_openid(openid_subject)
    if user is None:
        user = User(UserId(new_id()), _free_name(tx, name), role)
        tx.access.add(user, _NO_PASSWORD)
        tx.access.set_openid(user.id, openid_subject)
        tx.record(Event("user:add", user.id, detail=f"role={role} openid"))
    elif user.role is not role:
        user = replace(user, role=role)
        tx.access.replace(user)
        tx.access.close_sessions(user.id)
        tx.record(Event("user:edit", user.id, detail=f"role={role} openid"))
    else:
        tx.record(Event("session:ask", user.id, detail="openid"))
    return user


def _free_name(tx: Transaction, name: str) -> str:
    plain = " ".join("".join(c for c in name if c.isprintable()).split())[: LONGEST_NAME - 5] or "OpenID"
    names = (plain if number == 1 else f"{plain} {number}" for number in count(1))
    return next(one for one in names if tx.access.by_name(one) is None)


def _client(found: Provider, redirect: str) -> Client:
    return Client(found.issuer, found.client_id, found.client_secret, redirect)


def _require_provider(view: View) -> Provider:
    found = _provider(view)
    if found is None:
        raise Mistake("openid:not_set", "No sign-in provider is set.", "Sign in with your password.")
    return found
