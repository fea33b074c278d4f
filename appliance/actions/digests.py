"""Digests by e-mail: whoever wants one hears each day or week what happened, in numbers and without names."""

from dataclasses import replace
from datetime import datetime

from appliance.actions.bell import Bell
from appliance.actions.mailing import Office, can_mail, queue
from appliance.domain.access import Actor, Permission, UserId
from appliance.domain.audit import Event
from appliance.domain.digests import Digest, Every, require_address
from appliance.domain.wording import Language
from appliance.mail.messages import Reader, digest
from appliance.store.safe import Safe


def own_digest(safe: Safe, *, by: Actor, now: datetime) -> Digest | None:
    """How often one hears by e-mail, and where; None for never."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        return view.digests.of(UserId(by.id))


def choose_digest(safe: Safe, every: Every | None, address: str, *, by: Actor, now: datetime) -> None:
    """Choose how often one hears by e-mail. every: None for never. What happened before is not told.

    Raises:
        Mistake: without an address.
    """
    user_id = UserId(by.id)
    with safe.store.begin(by=by, to=Permission.ACCOUNT_EDIT, now=now, on=user_id) as tx:
        if every is None:
            tx.digests.remove(user_id)
        else:
            tx.digests.put(Digest(user_id, require_address(address.strip()), every, now))
        tx.record(Event("account:digest", user_id, detail=f"every={every or 'never'}"))


def send_digests(safe: Safe, office: Office, *, by: Actor, now: datetime, bell: Bell) -> int:
    """Mail the digests that are due; where nothing happened, none goes out. Returns how many did.

    Without a mail server nothing is noted, so that it is told when there is one.
    """
    sent = 0
    with safe.store.begin(by=by, to=Permission.DUTY_RUN, now=now) as tx:
        due = [one for one in tx.digests.of_active() if one[0].due(now)] if can_mail(tx) else []
        for one, language in due:
            happened = tx.digests.happened(one.user_id, one.sent_at)
            if not happened.nothing:
                to = Reader(one.address, Language(language), office.organisation)
                queue(tx, digest(to, happened, f"{office.pages.rstrip('/')}/notices"))
                sent += 1
            tx.digests.put(replace(one, sent_at=now))
        tx.record(Event("account:tell", detail=f"digests={sent}"))
    if sent:
        bell.deliver()
    return sent
