"""Rows of webhooks, and of what each is to be told."""

from datetime import datetime

from appliance.domain.errors import Mistake
from appliance.domain.webhooks import Delivery, DeliveryId, DeliveryState, Happening, Webhook, WebhookId
from appliance.store.ids import new_id
from appliance.store.rows import Row, Rows, instant, moment


class WebhookRows(Rows):
    """Addresses that are told what happens."""

    def add(self, webhook: Webhook, secret: str) -> None:
        """Add an address."""
        self._add(
            "webhooks",
            {
                "id": webhook.id,
                "address": webhook.address,
                "happenings": " ".join(sorted(webhook.happenings)),
                "secret": secret,
                "authority": webhook.authority,
                "made_by": webhook.made_by,
                "made_at": instant(webhook.made_at),
            },
        )

    def get(self, webhook_id: WebhookId) -> Webhook:
        """One webhook.

        Raises:
            Mistake: when there is none of that id.
        """
        return _webhook(self._row(webhook_id))

    def secret(self, webhook_id: WebhookId) -> str:
        """By which what is sent to it is signed."""
        return str(self._row(webhook_id)["secret"])

    def _row(self, webhook_id: WebhookId) -> Row:
        row = self._first("SELECT * FROM webhooks WHERE id = ?", webhook_id)
        if row is None:
            raise Mistake("webhook:unknown", "There is no such webhook.", "It may be gone already.")
        return row

    def all(self) -> list[Webhook]:
        """Every webhook, the oldest first."""
        return [_webhook(row) for row in self._all("SELECT * FROM webhooks ORDER BY made_at, id")]

    def remove(self, webhook_id: WebhookId) -> None:
        """Forget an address, and what it was told."""
        self._run("DELETE FROM webhooks WHERE id = ?", webhook_id)

    def tell(self, happening: Happening, thing: str, now: datetime) -> None:
        """Have everybody told who asked for it."""
        for webhook in self.all():
            if happening in webhook.happenings:
                self.tell_one(webhook.id, happening, thing, now)

    def tell_one(self, webhook_id: WebhookId, happening: Happening, thing: str, now: datetime) -> None:
        """Have one address told."""
        self._add(
            "webhook_deliveries",
            {
                "id": new_id(),
                "webhook_id": webhook_id,
                "happening": happening.value,
                "thing": thing,
                "happened_at": instant(now),
                "due_at": instant(now),
                "state": DeliveryState.WAITING.value,
                "tries": 0,
                "outcome": "",
            },
        )

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        """What is to be told now, the longest due first."""
        rows = self._all(
            "SELECT * FROM webhook_deliveries WHERE state = 'waiting' AND due_at <= ?"
            " ORDER BY due_at LIMIT ?",
            instant(now),
            limit,
        )
        return [_delivery(row) for row in rows]

    def deliveries(self, webhook_id: WebhookId, limit: int) -> list[Delivery]:
        """What an address was told, the latest first."""
        rows = self._all(
            "SELECT * FROM webhook_deliveries WHERE webhook_id = ? ORDER BY happened_at DESC, id LIMIT ?",
            webhook_id,
            limit,
        )
        return [_delivery(row) for row in rows]

    def note(self, delivery: Delivery) -> bool:
        """Write down how a try went. Returns whether it is still known: its address may be gone meanwhile."""
        return bool(
            self._run(
                "UPDATE webhook_deliveries SET due_at = ?, state = ?, tries = ?, outcome = ? WHERE id = ?",
                instant(delivery.due_at),
                delivery.state.value,
                delivery.tries,
                delivery.outcome,
                delivery.id,
            )
        )

    def forget(self, before: datetime) -> int:
        """Forget what is done with from before a time. Returns how many there were."""
        return self._run(
            "DELETE FROM webhook_deliveries WHERE state <> 'waiting' AND happened_at < ?", instant(before)
        )


def _webhook(row: Row) -> Webhook:
    return Webhook(
        id=WebhookId(row["id"]),
        address=row["address"],
        happenings=frozenset(Happening(one) for one in row["happenings"].split()),
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
        authority=row["authority"],
    )


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=DeliveryId(row["id"]),
        webhook_id=WebhookId(row["webhook_id"]),
        happening=Happening(row["happening"]),
        thing=row["thing"],
        happened_at=moment(row["happened_at"]),
        due_at=moment(row["due_at"]),
        state=DeliveryState(row["state"]),
        tries=row["tries"],
        outcome=row["outcome"],
    )
