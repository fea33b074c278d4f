"""Rows of e-mails that wait, went out or failed, and of the alerts that were given."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.domain.consent import Purpose, QuitclaimId
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.wording import Language
from appliance.store.rows import Row, Rows, instant, maybe_moment, moment


class MessageState(StrEnum):
    """How an e-mail stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """An e-mail as it is kept. problem: why the last try failed, in words."""

    id: str
    kind: str
    address: str
    language: Language
    subject: str
    text: str
    created_at: datetime
    person_id: PersonId | None = None
    state: MessageState = MessageState.QUEUED
    tries: int = 0
    next_try: datetime | None = None
    sent_at: datetime | None = None
    problem: str = ""


class MessageRows(Rows):
    """E-mails and alerts."""

    def put(self, message: KeptMessage) -> None:
        """Add an e-mail, or write how it stands anew."""
        row = _row(message)
        if self._first("SELECT 1 FROM messages WHERE id = ?", message.id) is None:
            self._add("messages", row)
        else:
            self._change("messages", message.id, row)

    def get(self, message_id: str) -> KeptMessage:
        """One e-mail.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM messages WHERE id = ?", message_id)
        if row is None:
            raise Mistake("message:unknown", "There is no such e-mail.", "It may have been removed.")
        return _message(row)

    def due(self, now: datetime, limit: int) -> list[KeptMessage]:
        """E-mails that wait and whose time has come, oldest first."""
        rows = self._all(
            "SELECT * FROM messages WHERE state = 'queued' AND (next_try IS NULL OR next_try <= ?)"
            " ORDER BY created_at LIMIT ?",
            instant(now),
            limit,
        )
        return [_message(row) for row in rows]

    def recent(self, limit: int, state: MessageState | None = None) -> list[KeptMessage]:
        """The latest e-mails, newest first."""
        rows = self._all(
            "SELECT * FROM messages WHERE ?1 IS NULL OR state = ?1 ORDER BY created_at DESC LIMIT ?2",
            state.value if state else None,
            limit,
        )
        return [_message(row) for row in rows]

    def alerted(self) -> set[tuple[QuitclaimId, int, Purpose, int]]:
        """Every alert that was given: quitclaim, version, purpose and days before the end."""
        rows = self._all("SELECT * FROM alerts")
        return {
            (QuitclaimId(row["quitclaim_id"]), row["version"], Purpose(row["purpose"]), row["days"])
            for row in rows
        }

    def note_alert(
        self, quitclaim_id: QuitclaimId, version: int, purpose: Purpose, days: int, at: datetime
    ) -> None:
        """Note that an alert was given."""
        self._run(
            "INSERT OR IGNORE INTO alerts VALUES (?, ?, ?, ?, ?)",
            quitclaim_id,
            version,
            purpose.value,
            days,
            instant(at),
        )


def _row(message: KeptMessage) -> Row:
    return {
        "id": message.id,
        "kind": message.kind,
        "address": message.address,
        "language": message.language.value,
        "person_id": message.person_id,
        "subject": message.subject,
        "text": message.text,
        "created_at": instant(message.created_at),
        "state": message.state.value,
        "tries": message.tries,
        "next_try": instant(message.next_try),
        "sent_at": instant(message.sent_at),
        "problem": message.problem,
    }


def _message(row: Row) -> KeptMessage:
    return KeptMessage(
        **row
        | {
            "language": Language(row["language"]),
            "state": MessageState(row["state"]),
            "created_at": moment(row["created_at"]),
            "next_try": maybe_moment(row["next_try"]),
            "sent_at": maybe_moment(row["sent_at"]),
        }
    )
