"""E-mail: the mail server's settings, what waits to go out, and what could not.

A message is kept with the change that called for it, and sent by the worker afterwards, so that neither is
without the other. Once it went out its text is forgotten, for it may hold a link that opens something.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event, Outcome
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.mail.bounces import read_bounce
from appliance.mail.messages import Message, MessageKind, Reader, trial
from appliance.mail.smtp import (
    Delivery,
    MailSettings,
    Security,
    require_sensible,
    send,
    wait_after,
)
from appliance.mail.smtp import Outcome as DeliveryOutcome
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.messages import KeptMessage, MessageState
from appliance.store.safe import Safe

# The values that a door needs to speak of mail.
__all__ = [
    "Delivery",
    "DeliveryOutcome",
    "KeptMessage",
    "MailSettings",
    "MessageKind",
    "MessageState",
    "Reader",
    "Security",
]

_SETTING = "mail"
_AT_ONCE = 20  # messages sent by one job


@dataclass(frozen=True, slots=True)
class Office:
    """In whose name mail goes out, and where its links lead. door: address of the subject's door."""

    organisation: str
    door: str
    pages: str = ""

    def own_page(self, token: str) -> str:
        """The address of somebody's own page."""
        return f"{self.door.rstrip('/')}/me/{token}"

    def form(self, token: str) -> str:
        """The address of a form to sign."""
        return f"{self.door.rstrip('/')}/f/{token}"


def mail_settings(safe: Safe, *, by: Actor, now: datetime) -> MailSettings | None:
    """The mail server, its password left out; None when none is set."""
    with safe.store.look(by=by, to=Permission.MESSAGE_VIEW, now=now) as view:
        kept = _settings(view)
    return replace(kept, password="") if kept else None


def _settings(view: View) -> MailSettings | None:
    kept = view.settings.get(_SETTING)
    if kept is None:
        return None
    row = json.loads(kept)
    return MailSettings(**row | {"security": Security(row["security"])})


def can_mail(view: View) -> bool:
    """Whether a mail server is set."""
    return view.settings.get(_SETTING) is not None


def mail_is_set(safe: Safe, *, now: datetime) -> bool:
    """Whether the box can send e-mail."""
    with safe.store.look(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as view:
        return can_mail(view)


def change_mail_settings(safe: Safe, settings: MailSettings, *, by: Actor, now: datetime) -> None:
    """Set the mail server. An empty password keeps the one that was set for the same user and server.

    Raises:
        Mistake: naming what to mend.
    """
    with safe.store.begin(by=by, to=Permission.SETTING_EDIT, now=now) as tx:
        before = _settings(tx)
        if before and not settings.password and settings.user and _same_account(settings, before):
            settings = replace(settings, password=before.password)
        require_sensible(settings)
        tx.settings.put(_SETTING, json.dumps(asdict(settings)))
        tx.record(Event("mail:settings"))


def _same_account(one: MailSettings, other: MailSettings) -> bool:
    """Whether a password may be used for both: it is not sent to another server than it was given for."""
    return (one.user, one.host, one.security) == (other.user, other.host, other.security)


def send_trial(safe: Safe, to: Reader, *, by: Actor, now: datetime) -> Delivery:
    """Send a test mail at once, and say what came of it.

    Raises:
        Mistake: when no mail server is set.
    """
    with safe.store.begin(by=by, to=Permission.SETTING_EDIT, now=now) as tx:
        settings = _settings(tx)
        tx.record(Event("mail:test"))
    if settings is None:
        raise Mistake("mail:not_set", "No mail server is set.", "Fill in the mail settings first.")
    return send(settings, trial(to), message_id=new_id(), at=now)


def queue(tx: Transaction, message: Message, person_id: PersonId | None = None) -> None:
    """Keep a message to be sent, in the transaction that calls for it."""
    tx.messages.put(
        KeptMessage(
            id=new_id(),
            kind=message.kind.value,
            address=message.address,
            language=message.language,
            subject=message.subject,
            text=message.text,
            created_at=tx.now,
            person_id=person_id,
        )
    )


def is_due(safe: Safe, *, now: datetime) -> bool:
    """Whether an e-mail waits that can be tried now."""
    with safe.store.look(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as view:
        return can_mail(view) and bool(view.messages.due(now, 1))


def deliver(safe: Safe, *, now: datetime) -> int:
    """Send what waits and whose time has come. Returns how many went out.

    What a server cannot take now is tried again, later and later; what it refuses is shown as failed.
    """
    with safe.store.look(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as view:
        settings = _settings(view)
        due = view.messages.due(now, _AT_ONCE) if settings else []
    sent = 0
    for kept in due:
        assert settings is not None  # noqa: S101 - without settings nothing is due
        delivery = send(settings, _message(kept), message_id=kept.id, at=now)
        sent += _note(safe, kept, delivery, now=now)
        if delivery.settings_wrong:
            break
    return sent


def _message(kept: KeptMessage) -> Message:
    return Message(MessageKind(kept.kind), kept.address, kept.language, kept.subject, kept.text)


def _note(safe: Safe, kept: KeptMessage, delivery: Delivery, *, now: datetime) -> bool:
    """Write down how a try went."""
    tries = kept.tries + 1
    wait = wait_after(tries) if delivery.try_again or delivery.settings_wrong else None
    if delivery.sent:
        after = replace(kept, state=MessageState.SENT, tries=tries, sent_at=now, text="", problem="")
    elif wait is not None:
        after = replace(kept, tries=tries, next_try=now + wait, problem=delivery.outcome.value)
    else:
        after = replace(kept, state=MessageState.FAILED, tries=tries, text="", problem=delivery.outcome.value)
    with safe.store.begin(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as tx:
        tx.messages.put(after)
        outcome = Outcome.DONE if delivery.sent else Outcome.REFUSED
        tx.record(Event("message:send", kept.id, outcome, delivery.outcome.value))
    return delivery.sent


def note_bounce(safe: Safe, letter: bytes, *, by: Actor, now: datetime) -> bool:
    """Show an e-mail as failed when a letter to the sender's address says that nobody received it (RFC 3464).

    Returns:
        Whether the letter said so of an e-mail of this box.

    Raises:
        Mistake: when the e-mail is not kept here any more.
    """
    found = read_bounce(letter)
    if found is None or not found.undelivered:
        return False
    with safe.store.begin(by=by, to=Permission.MESSAGE_VIEW, now=now, on=found.message_id) as tx:
        kept = tx.messages.get(found.message_id)
        problem = DeliveryOutcome.BOUNCED.value
        tx.messages.put(replace(kept, state=MessageState.FAILED, next_try=None, text="", problem=problem))
        tx.record(Event("message:bounce", kept.id, detail=problem))
    return True


def messages(
    safe: Safe, *, by: Actor, now: datetime, state: MessageState | None = None, limit: int = 100
) -> tuple[KeptMessage, ...]:
    """The latest e-mails and how they stand, newest first, without their texts."""
    with safe.store.look(by=by, to=Permission.MESSAGE_VIEW, now=now) as view:
        return tuple(replace(kept, text="") for kept in view.messages.recent(limit, state))
