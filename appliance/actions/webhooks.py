"""Webhooks: addresses of other programs, and telling them.

What is to be told is written in the transaction in which it happened (`Transaction.record`), so that nothing
is told that did not happen, and nothing that happened is forgotten in a crash. It may be told twice.
"""

import secrets
import ssl
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event, Outcome
from appliance.domain.errors import Mistake
from appliance.domain.webhooks import (
    CHOSEN,
    KEPT_FOR,
    LONGEST_AUTHORITY,
    MOST_WEBHOOKS,
    Delivery,
    DeliveryState,
    Happening,
    Webhook,
    WebhookId,
    body_of,
    headers_of,
    require_address,
    wait_after,
    written_secret,
)
from appliance.store.ids import new_id
from appliance.store.safe import Safe
from appliance.webhooks.posting import Answer, post

_AT_ONCE = 20
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    """A new webhook. `secret` is shown now, and never again."""

    webhook: Webhook
    secret: str


def add_webhook(
    safe: Safe,
    address: str,
    happenings: AbstractSet[Happening],
    *,
    by: Actor,
    now: datetime,
    authority: str = "",
) -> MadeWebhook:
    """Register an address to be told. authority: PEM of a certificate authority of the office, or empty.

    Raises:
        Mistake: when the address or authority is none, nothing is chosen, or there are too many.
    """
    webhook = Webhook(
        id=WebhookId(new_id()),
        address=require_address(address),
        happenings=frozenset(happenings) & frozenset(CHOSEN),
        made_by=by.id,
        made_at=now,
        authority=_sensible_authority(authority),
    )
    if not webhook.happenings:
        raise Mistake("webhook:nothing", "Choose what the program is told.")
    secret = written_secret(secrets.token_bytes(_SECRET_BYTES))
    with safe.store.begin(by=by, to=Permission.WEBHOOK_EDIT, now=now, on=webhook.id) as tx:
        if len(tx.webhooks.all()) >= MOST_WEBHOOKS:
            raise Mistake("webhook:too_many", "There are too many webhooks.", "Remove one first.")
        tx.webhooks.add(webhook, secret)
        tx.record(
            Event("webhook:add", webhook.id, detail=f"happenings={','.join(sorted(webhook.happenings))}")
        )
    return MadeWebhook(webhook, secret)


def _sensible_authority(pem: str) -> str:
    cleaned = pem.strip()
    if not cleaned:
        return ""
    try:
        ssl.create_default_context(cadata=cleaned[:LONGEST_AUTHORITY])
    except (ValueError, ssl.SSLError) as problem:
        raise Mistake(
            "webhook:bad_authority", "That is no certificate.", "Paste it as PEM, or leave it empty."
        ) from problem
    return cleaned


def webhooks(safe: Safe, *, by: Actor, now: datetime) -> tuple[Webhook, ...]:
    """Every webhook, the oldest first."""
    with safe.store.look(by=by, to=Permission.WEBHOOK_EDIT, now=now) as view:
        return tuple(view.webhooks.all())


def deliveries(
    safe: Safe, webhook_id: WebhookId, *, by: Actor, now: datetime, limit: int = 100
) -> tuple[Delivery, ...]:
    """What an address was told, the latest first."""
    with safe.store.look(by=by, to=Permission.WEBHOOK_EDIT, now=now, on=webhook_id) as view:
        view.webhooks.get(webhook_id)
        return tuple(view.webhooks.deliveries(webhook_id, limit))


def try_webhook(safe: Safe, webhook_id: WebhookId, *, by: Actor, now: datetime) -> None:
    """Have an address told that somebody tries it."""
    with safe.store.begin(by=by, to=Permission.WEBHOOK_EDIT, now=now, on=webhook_id) as tx:
        tx.webhooks.get(webhook_id)
        tx.webhooks.tell_one(webhook_id, Happening.TRIED, webhook_id, now)
        tx.record(Event("webhook:try", webhook_id))


def remove_webhook(safe: Safe, webhook_id: WebhookId, *, by: Actor, now: datetime) -> None:
    """Forget an address; what waits for it goes too."""
    with safe.store.begin(by=by, to=Permission.WEBHOOK_EDIT, now=now, on=webhook_id) as tx:
        tx.webhooks.get(webhook_id)
        tx.webhooks.remove(webhook_id)
        tx.record(Event("webhook:remove", webhook_id))


def tell(safe: Safe, allowed: Sequence[str] = (), *, now: datetime) -> int:
    """Tell what is due. allowed: private networks that may be reached. Returns how much was delivered.

    What cannot be delivered is tried again, later and later; after three days it is given up. A receiver that
    says that it is gone (410) is told nothing any more.
    """
    with safe.store.look(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as view:
        due = [
            (one, view.webhooks.get(one.webhook_id), view.webhooks.secret(one.webhook_id))
            for one in view.webhooks.due(now, _AT_ONCE)
        ]
    delivered = 0
    for one, webhook, secret in due:
        body = body_of(one)
        answer = post(webhook.address, body, headers_of(one, secret, body, now), allowed, webhook.authority)
        _note(safe, one, answer, now=now)
        delivered += answer.taken
    return delivered


def is_due(safe: Safe, *, now: datetime) -> bool:
    """Whether there is something to tell."""
    with safe.store.look(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as view:
        return bool(view.webhooks.due(now, 1))


def _note(safe: Safe, one: Delivery, answer: Answer, *, now: datetime) -> None:
    tries = one.tries + 1
    wait = None if answer.taken or answer.gone else wait_after(tries)
    after = replace(
        one,
        tries=tries,
        outcome=answer.outcome,
        state=DeliveryState.WAITING if wait else DeliveryState.GIVEN_UP,
        due_at=now + wait if wait else one.due_at,
    )
    if answer.taken:
        after = replace(after, state=DeliveryState.DELIVERED)
    outcome = Outcome.DONE if answer.taken else Outcome.REFUSED
    with safe.store.begin(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as tx:
        tx.webhooks.note(after)
        if answer.gone:
            tx.webhooks.remove(one.webhook_id)
        tx.record(Event("webhook:tell", one.webhook_id, outcome, f"{one.happening} {answer.outcome}"))


def forget_deliveries(safe: Safe, *, now: datetime) -> int:
    """Forget what was told a month ago. Returns how many there were."""
    with safe.store.look(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as view:
        if not view.webhooks.all():
            return 0
    with safe.store.begin(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as tx:
        gone = tx.webhooks.forget(now - KEPT_FOR)
        tx.record(Event("webhook:forget", detail=f"deliveries={gone}"))
    return gone
