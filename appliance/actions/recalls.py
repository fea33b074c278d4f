"""Recalls: copies that may no longer be used, who was asked to remove them, and what they answered (P21)."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from appliance.actions.bell import Bell
from appliance.actions.mailing import Office, can_mail, queue
from appliance.domain.access import WORKER, Actor, Kind, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import PhotoFacts, Purpose, Verdict
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.recalls import (
    ANSWERS,
    LONGEST_NOTE,
    MOST_REMINDERS,
    Recall,
    RecallId,
    RecallState,
    ended,
)
from appliance.domain.release import Release
from appliance.domain.wording import Language
from appliance.mail.messages import Message, Reader, recall_notice, recall_reminder
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.passwords import token_hash
from appliance.store.safe import Safe

_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class RecallView:
    """A recall and the copy that it is about."""

    recall: Recall
    release: Release


def recipient(of: str) -> Actor:
    """The actor who came by a link of a recipient. of: opaque id of what the link opens."""
    return Actor(Kind.RECIPIENT, of)


def settle(tx: Transaction, facts: PhotoFacts, decided: Mapping[Purpose, Verdict]) -> None:
    """Open a recall for each copy of a photo whose consent ended; lift those that are permitted again.

    It belongs to the transaction that changed the consent: there is no withdrawal without its recalls.
    """
    copies = tx.releases.of_photo(facts.photo.id)
    if not copies:
        return
    running = tx.recalls.running_of_photo(facts.photo.id)
    for copy in copies:
        found, recall = decided.get(copy.purpose), running.get(copy.id)
        if found is None:
            continue
        why = ended(found)
        if why is not None and recall is None:
            opened = Recall(RecallId(new_id()), copy.id, why, tx.now)
            tx.recalls.add(opened)
            tx.record(Event("recall:open", opened.id, detail=f"release={copy.id} why={why}"))
        elif why is None and recall is not None and found.light.value == "green":
            tx.recalls.replace(replace(recall, state=RecallState.LIFTED, answered_at=tx.now))
            tx.record(Event("recall:lift", recall.id, detail=f"release={copy.id}"))


def recalls(
    safe: Safe, *, by: Actor, now: datetime, state: RecallState | None = None, limit: int = 200
) -> tuple[RecallView, ...]:
    """The latest recalls, newest first; with OPEN it is the report of who has not answered."""
    with safe.store.look(by=by, to=Permission.RELEASE_VIEW, now=now) as view:
        found = view.recalls.recent(limit, state)
        return tuple(RecallView(one, view.releases.get(one.release_id)) for one in found)


def unanswered(safe: Safe, *, by: Actor, now: datetime) -> int:
    """How many recalls nobody answered yet."""
    with safe.store.look(by=by, to=Permission.RELEASE_VIEW, now=now) as view:
        return view.recalls.unanswered()


def answer(
    safe: Safe, recall_id: RecallId, state: RecallState, note: str, *, by: Actor, now: datetime
) -> Recall:
    """Write down what became of a copy, as staff learned it.

    Raises:
        Mistake: when that is no answer, or nothing is asked any more.
    """
    with safe.store.begin(by=by, to=Permission.RECALL_ANSWER, now=now, on=recall_id) as tx:
        return _answer(tx, tx.recalls.get(recall_id), state, note, by.id)


def _answer(tx: Transaction, before: Recall, state: RecallState, note: str, by: str) -> Recall:
    text = " ".join(note.split())
    if state not in ANSWERS or len(text) > LONGEST_NOTE or not text.isprintable():
        raise Mistake("recall:answer_unclear", "Choose what became of the copy.", "A note may say more.")
    if before.state is RecallState.LIFTED:
        raise Mistake("recall:lifted", "This copy is permitted again.", "Nothing need be done.")
    after = replace(before, state=state, note=text, answered_at=tx.now, answered_by=by)
    tx.recalls.replace(after)
    tx.record(Event("recall:answer", before.id, detail=f"state={state}"))
    return after


def by_link(safe: Safe, token: str, *, now: datetime) -> RecallView:
    """The recall that a recipient's link opens.

    Raises:
        NotAllowed: when it opens nothing.
    """
    with safe.store.look(by=recipient("recall"), to=Permission.RECALL_ANSWER, now=now) as view:
        found = view.recalls.by_token(token_hash(token))
        if found is None:
            raise _over()
        return RecallView(found, view.releases.get(found.release_id))


def answer_by_link(safe: Safe, token: str, state: RecallState, note: str, *, now: datetime) -> Recall:
    """What a recipient says became of the copy.

    Raises:
        NotAllowed: when the link opens nothing.
        Mistake: when that is no answer, or nothing is asked any more.
    """
    found = by_link(safe, token, now=now).recall
    with safe.store.begin(by=recipient(found.id), to=Permission.RECALL_ANSWER, now=now, on=found.id) as tx:
        latest = tx.recalls.by_token(token_hash(token))
        if latest is None:
            raise _over()
        return _answer(tx, latest, state, note, "")


def _over() -> NotAllowed:
    return NotAllowed("recall:over", "This link no longer works.", "Ask the organisation for a new one.")


def tell_recipients(safe: Safe, office: Office, language: Language, *, now: datetime, bell: Bell) -> int:
    """Write to the recipients of copies called back, once each. Returns how many e-mails were written."""
    with safe.store.look(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as view:
        if not can_mail(view) or not view.recalls.untold(1):
            return 0
    with safe.store.begin(by=WORKER, to=Permission.RECALL_ANSWER, now=now) as tx:
        untold = tx.recalls.untold(_AT_ONCE)
        for recall in untold:
            _write(tx, recall, office, language, recall_notice)
            tx.recalls.replace(replace(recall, told_at=now))
        tx.record(Event("recall:tell", detail=f"recalls={len(untold)}"))
    bell.deliver()
    return len(untold)


def remind_recipients(
    safe: Safe, office: Office, language: Language, days: int, *, by: Actor, now: datetime, bell: Bell
) -> int:
    """Write once more to recipients who did not answer for some days. Returns how many e-mails were written.

    Nobody is reminded more than `MOST_REMINDERS` times; then the report tells whom to call.
    """
    before = now - timedelta(days=days)
    with safe.store.look(by=by, to=Permission.RECALL_ANSWER, now=now) as view:
        if not can_mail(view) or not view.recalls.silent(before, MOST_REMINDERS, 1):
            return 0
    with safe.store.begin(by=by, to=Permission.RECALL_ANSWER, now=now) as tx:
        silent = tx.recalls.silent(before, MOST_REMINDERS, _AT_ONCE)
        for recall in silent:
            _write(tx, recall, office, language, recall_reminder)
            tx.recalls.replace(replace(recall, reminders=recall.reminders + 1, reminded_at=now))
        tx.record(Event("recall:remind", detail=f"recalls={len(silent)}"))
    bell.deliver()
    return len(silent)


def _write(
    tx: Transaction,
    recall: Recall,
    office: Office,
    language: Language,
    notice: Callable[[Reader, Purpose, date, str, str], Message],
) -> None:
    """Put an e-mail to a recipient in the queue, with a new link; an earlier one ends."""
    release = tx.releases.get(recall.release_id)
    token = secrets.token_urlsafe(32)
    tx.recalls.set_token(recall.id, token_hash(token))
    to = Reader(release.recipient.email, language, office.organisation, release.recipient.name)
    link = f"{office.door.rstrip('/')}/r/{token}"
    queue(tx, notice(to, release.purpose, release.made_at.date(), release.id, link))
