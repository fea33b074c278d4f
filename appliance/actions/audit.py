"""Reading and checking the audit log, and getting its head out of the box."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from appliance.actions.mailing import Office, can_mail, queue
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Check, Entry, Event, Head, Look, verify
from appliance.domain.audit_head import SignedHead, read_head
from appliance.domain.errors import Mistake, Tampered
from appliance.domain.people import PersonId
from appliance.domain.wording import Language
from appliance.mail.messages import Reader, audit_head
from appliance.store.database import Transaction, View
from appliance.store.safe import Safe
from appliance.store.signatures import fits, public_key, signature

_BATCH = 2000


class Format(StrEnum):
    """How the log leaves the box."""

    CSV = "csv"
    JSON_LINES = "jsonl"


def check(safe: Safe, *, by: Actor, now: datetime, known: Head | None = None) -> Check:
    """Walk the whole chain, past every head that was signed. The check itself is logged.

    known: a head that was kept outside the box.
    """
    with safe.store.begin(by=by, to=Permission.AUDIT_VIEW, now=now) as tx:
        checked = walk(safe, tx, known)
        tx.record(Event("audit:check", detail="whole" if checked.whole else f"broken_at={checked.broken_at}"))
    return checked


def walk(safe: Safe, view: View, known: Head | None = None) -> Check:
    """Walk the whole chain, within a transaction."""
    ours = [one for one in view.audit.signed() if _is_ours(safe, one)]
    return verify(view.audit.entries(), known, [one.head for one in ours])


def _is_ours(safe: Safe, signed: SignedHead) -> bool:
    return signed.public_key == public_key(safe.ring) and fits(
        signed.public_key, signed.signature, signed.signed
    )


def head_in(safe: Safe, text: str) -> Head:
    """The head in a mail, a file or what a QR code says, once its signature was checked.

    Raises:
        Mistake: when there is none.
        Tampered: when the signature does not fit, or is not this box's.
    """
    found = read_head(text)
    if found is None:
        raise Mistake("audit:bad_head", "That is not a head.", "Give it as it was mailed or printed.")
    if not _is_ours(safe, found):
        raise Tampered(
            "audit:forged_head", "That head was not signed by this box.", "Take another one that was kept."
        )
    return found.head


def sign_head(safe: Safe, *, by: Actor, now: datetime) -> SignedHead:
    """Sign the newest entry of the log, to be kept outside the box."""
    with safe.store.begin(by=by, to=Permission.AUDIT_VIEW, now=now) as tx:
        return _sign(safe, tx)


def _sign(safe: Safe, tx: Transaction) -> SignedHead:
    tx.record(Event("audit:sign"))
    unsigned = SignedHead(tx.audit.head(), tx.now.isoformat(timespec="seconds"), public_key(safe.ring))
    signed = replace(unsigned, signature=signature(safe.ring, unsigned.signed))
    tx.audit.add_signed(signed)
    return signed


def send_head(
    safe: Safe, office: Office, addresses: Sequence[str], language: Language, *, now: datetime, day: date
) -> bool:
    """Sign the head of the day and mail it, once a day. Returns whether a mail waits to go out."""
    with safe.store.look(by=WORKER, to=Permission.DUTY_RUN, now=now) as view:
        signed = view.audit.signed()
    if signed and datetime.fromisoformat(signed[-1].at).date() >= day:
        return False
    with safe.store.begin(by=WORKER, to=Permission.DUTY_RUN, now=now) as tx:
        made = _sign(safe, tx)
        mails = list(addresses) if can_mail(tx) else []
        for address in mails:
            queue(tx, audit_head(Reader(address, language, office.organisation), made.line))
    return bool(mails)


def recent(
    safe: Safe,
    *,
    by: Actor,
    now: datetime,
    thing: str = "",
    actor: str = "",
    action: str = "",
    limit: int = 200,
) -> tuple[Entry, ...]:
    """The latest entries that fit, newest first. Looking at the log is logged too."""
    with safe.store.begin(by=by, to=Permission.AUDIT_VIEW, now=now, durable=False) as tx:
        found = tuple(tx.audit.search(thing=thing, actor=actor, action=action, limit=limit))
        tx.record(Event("audit:view", thing if found else ""))  # what fits nothing may be a name
    return found


@dataclass(frozen=True, slots=True)
class Looks:
    """Who looked at a thing; with_photos: how many photos of a person are counted in."""

    looks: tuple[Look, ...]
    with_photos: int = 0


def looks_at(safe: Safe, thing: str, *, by: Actor, now: datetime) -> Looks:
    """Who looked at a photo, or at a person and every photo that they are in; previews count."""
    with safe.store.begin(by=by, to=Permission.AUDIT_VIEW, now=now, on=thing, durable=False) as tx:
        photos = tx.people.photos_of(PersonId(thing))
        found = tx.audit.looks([thing, *photos])
        tx.record(Event("audit:looks", thing if found or photos else ""))
    return Looks(tuple(found), len(photos))


def export(safe: Safe, wanted: Format, *, by: Actor, now: datetime) -> Iterator[str]:
    """The whole log as text, a piece at a time; that it left is in it.

    The right is asked at once, not when the first piece is read.
    """
    with safe.store.begin(by=by, to=Permission.AUDIT_VIEW, now=now) as tx:
        tx.record(Event("audit:export", detail=f"format={wanted}"))
        last = tx.audit.head().number
    return _pieces(safe, wanted, last, by, now)


def _pieces(safe: Safe, wanted: Format, last: int, by: Actor, now: datetime) -> Iterator[str]:
    if wanted is Format.CSV:
        yield _csv([_FIELDS])
    after = 0
    while after < last:
        with safe.store.look(by=by, to=Permission.AUDIT_VIEW, now=now) as view:
            batch = view.audit.batch(after, _BATCH)
        after = batch[-1].number
        kept = [_row(entry) for entry in batch if entry.number <= last]
        if wanted is Format.CSV:
            yield _csv([[_harmless(str(row[field])) for field in _FIELDS] for row in kept])
        else:
            yield "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)


_FIELDS = [
    *("number", "at", "actor_kind", "actor", "source", "action", "thing", "outcome", "detail"),
    *("previous", "seal", "algorithm"),
]


def _row(entry: Entry) -> dict[str, object]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "actor_kind": entry.actor_kind,
        "actor": entry.actor,
        "source": entry.source,
        "action": entry.event.action,
        "thing": entry.event.thing,
        "outcome": entry.event.outcome.value,
        "detail": entry.event.detail,
        "previous": entry.previous,
        "seal": entry.seal,
        "algorithm": entry.algorithm,
    }


def _harmless(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _csv(rows: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
