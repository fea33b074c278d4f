"""Addresses that are told what happens."""

from http import HTTPStatus

from appliance.actions import webhooks as actions
from appliance.domain.access import Permission
from appliance.domain.webhooks import Webhook, WebhookId
from webui.api import schemas
from webui.api.operations import Resource
from webui.current import asking, box

webhooks = Resource("webhooks")


@webhooks.get("/webhooks", Permission.WEBHOOK_EDIT)
def list_webhooks() -> schemas.WebhookList:
    """List the addresses that are told."""
    found = actions.webhooks(box().safe, **asking())
    return schemas.WebhookList(webhooks=[_told(one) for one in found])


@webhooks.post("/webhooks", Permission.WEBHOOK_EDIT)
def add_webhook(body: schemas.WebhookWanted) -> schemas.WebhookMade:
    """Register an address to be told; the answer has its secret, this once."""
    made = actions.add_webhook(
        box().safe, body.address, set(body.happenings), authority=body.authority, **asking()
    )
    return schemas.WebhookMade(webhook=_told(made.webhook), secret=made.secret)


@webhooks.get("/webhooks/{webhook}/deliveries", Permission.WEBHOOK_EDIT)
def list_deliveries(webhook: str) -> schemas.DeliveryList:
    """List what an address was told, the latest first, and what became of it."""
    found = actions.deliveries(box().safe, WebhookId(webhook), limit=schemas.MOST_LISTED, **asking())
    return schemas.DeliveryList(
        deliveries=[
            schemas.DeliveryTold(
                id=one.id,
                happening=one.happening,
                thing=one.thing,
                happened_at=one.happened_at,
                state=one.state,
                tries=one.tries,
                outcome=one.outcome,
            )
            for one in found
        ]
    )


@webhooks.post("/webhooks/{webhook}/remove", Permission.WEBHOOK_EDIT, HTTPStatus.NO_CONTENT)
def remove_webhook(webhook: str) -> None:
    """Forget an address."""
    actions.remove_webhook(box().safe, WebhookId(webhook), **asking())


def _told(one: Webhook) -> schemas.WebhookTold:
    return schemas.WebhookTold(
        id=one.id, address=one.address, happenings=sorted(one.happenings), made_at=one.made_at
    )
