"""Digests by e-mail: whoever wants one hears each day or week what they chose to hear of, in numbers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from appliance.actions.bell import Bell
from appliance.actions.mailing import Office, can_mail, queue
from appliance.domain.access import Actor, Permission, User, UserId, acting
from appliance.domain.audit import Event
from appliance.domain.digests import About, Digest, Every, require_address, require_choice
from appliance.domain.wording import Language
from appliance.mail.messages import Reader, digest
from appliance.store.safe import Safe


def own_digest(safe: Safe, *, by: Actor, now: datetime) -> Digest | None:
    """How often one hears by e-mail, and where; None for never."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        return view.digests.of(UserId(by.id))


def choose_digest(
    safe: Safe,
    every: Every | None,
    address: str,
    about: frozenset[About] = frozenset(About),
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Choose how often one hears by e-mail, and of what. every: None for never.

    What happened before is not told.

    Raises:
        Mistake: without an address, or with nothing to hear of.
    """
    user_id = UserId(by.id)
    with safe.store.begin(by=by, to=Permission.ACCOUNT_EDIT, now=now, on=user_id) as tx:
        if every is None:
            tx.digests.remove(user_id)
        else:
            where = require_address(address.strip())
            tx.digests.put(Digest(user_id, where, every, now, require_choice(about)))
        told = ",".join(sorted(about)) if every else ""
        tx.record(Event("account:digest", user_id, detail=f"every={every or 'never'} about={told}"))


def send_digests(safe: Safe, office: Office, *, by: Actor, now: datetime, bell: Bell) -> int:
    """Mail the digests that are due; where nothing happened, none goes out. Returns how many did.

    Without a mail server nothing is noted, so that it is told when there is one.
    """
    with safe.store.look(by=by, to=Permission.DUTY_RUN, now=now) as view:
        chosen = view.digests.of_active() if can_mail(view) else []
        due = [(one, view.access.get(one.user_id)) for one in chosen if one.due(now)]
    happened = {one.user_id: _happened(safe, one, user, now) for one, user in due}
    sent = 0
    with safe.store.begin(by=by, to=Permission.DUTY_RUN, now=now) as tx:
        for one, user in due:
            if happened[one.user_id]:
                to = Reader(one.address, Language(user.language), office.organisation)
                queue(tx, digest(to, happened[one.user_id], f"{office.pages.rstrip('/')}/notices"))
                sent += 1
            tx.digests.put(replace(one, sent_at=now))
        tx.record(Event("account:tell", detail=f"digests={sent}"))
    if sent:
        bell.deliver()
    return sent


def _happened(safe: Safe, one: Digest, user: User, now: datetime) -> Mapping[About, int]:
    """What happened, as far as this user may see it and wants to hear of it."""
    with safe.store.look(by=acting(user), to=Permission.PHOTO_VIEW, now=now) as view:
        return one.of(view.digests.happened(one.user_id, one.sent_at))
