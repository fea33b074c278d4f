"""Periodic duties: each is noted with what it found, and somebody is told when one fails or is overdue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from appliance.actions.bell import Bell
from appliance.actions.mailing import Office, can_mail, queue
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event, Outcome
from appliance.domain.duties import Due, Duty, Run, Standing, all_due
from appliance.domain.wording import Language
from appliance.mail.messages import Reader, alarm
from appliance.store.database import Transaction, View
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class Alarm:
    """Whom to tell by e-mail when a duty fails."""

    office: Office
    addresses: Sequence[str]
    language: Language
    bell: Bell


def note(safe: Safe, run: Run, alarm_: Alarm, *, by: Actor, now: datetime) -> None:
    """Keep how a duty went; when it failed, tell it by e-mail too."""
    with safe.store.begin(by=by, to=Permission.DUTY_RUN, now=now, on=run.id) as tx:
        tx.duties.add(run)
        outcome = Outcome.DONE if run.passed else Outcome.REFUSED
        tx.record(Event("duty:run", run.id, outcome, f"duty={run.duty} target={run.target}"))
        if not run.passed:
            _tell(tx, (run.duty,), alarm_)
    if not run.passed:
        alarm_.bell.deliver()


def _tell(tx: Transaction, duties: Sequence[Duty], to: Alarm) -> None:
    if not can_mail(tx):
        return
    for address in to.addresses:
        reader = Reader(address, to.language, to.office.organisation)
        queue(tx, alarm(reader, duties, f"{to.office.pages.rstrip('/')}/keeping"))


def due(safe: Safe, *, by: Actor, now: datetime) -> tuple[Due, ...]:
    """How every duty stands."""
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now) as view:
        return due_of(view, now)


def alarming(safe: Safe, *, by: Actor, now: datetime) -> tuple[Due, ...]:
    """The duties that failed or are overdue: what the red banner tells.

    A box without a target has no backups to fail; the page of duties says that they are missing.
    """
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now) as view:
        return alarming_of(view, now)


def alarming_of(view: View, now: datetime) -> tuple[Due, ...]:
    """The same, within a transaction."""
    return tuple(one for one in due_of(view, now) if one.alarming and _shouts(one))


def _shouts(one: Due) -> bool:
    """On a new box nothing was scrubbed or purged yet, which is no alarm; late or failed it is."""
    return one.duty in _BACKUPS or (one.duty in _UPKEEP and one.standing is not Standing.NEVER)


_BACKUPS = frozenset({Duty.BACKUP, Duty.CANARY, Duty.DRILL_SAMPLE, Duty.DRILL_FULL})
_UPKEEP = frozenset({Duty.SCRUB, Duty.RETENTION})


def due_of(view: View, now: datetime) -> tuple[Due, ...]:
    """How every duty stands, within a transaction."""
    targets = view.backups.all()
    unguarded = frozenset(target.name for target in targets if not target.guarded)
    return all_due(view.duties.latest(), [target.name for target in targets], unguarded, now)


def runs(
    safe: Safe, *, by: Actor, now: datetime, duty: Duty | None = None, limit: int = 100
) -> tuple[Run, ...]:
    """The latest runs of duties, newest first."""
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now) as view:
        return tuple(view.duties.recent(limit, duty))


def tell_overdue(safe: Safe, alarm_: Alarm, *, by: Actor, now: datetime) -> tuple[Due, ...]:
    """Mail what is overdue or failed, and return it; for a timer of its own, each morning."""
    with safe.store.begin(by=by, to=Permission.DUTY_RUN, now=now) as tx:
        found = alarming_of(tx, now)
        if found:
            _tell(tx, tuple(dict.fromkeys(one.duty for one in found)), alarm_)
        tx.record(Event("duty:check", detail=f"alarming={len(found)}"))
    alarm_.bell.deliver()
    return found
