"""The jobs of the box, run by huey. The queue on disk holds names of jobs and opaque ids, nothing else.

The queue is a bell, not a ledger: what is left to do stands in the database. A job may run twice, and one
that was lost is rung again by the sweep.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from huey import SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer

from appliance.actions import (
    analysis,
    audit,
    cards,
    collections,
    digests,
    duplicates,
    enrolment,
    health,
    intake,
    lights,
    mailing,
    moves,
    recalls,
    recognition,
    renewals,
    searches,
    self_audit,
    sixteen,
    undo,
    uploads,
    webhooks,
)
from appliance.actions.bell import Silent
from appliance.config import Config
from appliance.demo.practice import examine, open_practice
from appliance.domain.access import WORKER, UserId
from appliance.domain.errors import KluisError
from appliance.domain.moves import MoveId
from appliance.domain.photos import FaceId, ImportId, ImportReport, PhotoId
from appliance.wiring import Box, open_box

_log = structlog.get_logger()
_SWEEP_MOST = 2000
_MORNING = "5"  # in UTC: before anybody in the office opens the mail
_LAST = -10  # priority of what photos coming in go before


class PlainSerializer(Serializer):  # type: ignore[misc]
    """JSON instead of pickle: whoever can write to the queue can ring, but not run code."""

    def _serialize(self, data: object) -> bytes:
        return json.dumps(list(data) if isinstance(data, Message) else {"value": data}).encode()

    def _deserialize(self, data: bytes) -> object:
        plain = json.loads(data)
        if isinstance(plain, dict):
            return plain["value"]
        message = Message(*plain)
        return message._replace(args=tuple(message.args or ()), kwargs=dict(message.kwargs or {}))


class Jobs:
    """The queue with its jobs. Each process that runs jobs opens the safe for itself.

    mails: whether e-mail is sent here, too; not where a courier of its own does it.
    """

    def __init__(self, config: Config, *, mails: bool = True) -> None:
        self._config = config
        self._mails = mails
        self._box: Box | None = None
        self.huey = SqliteHuey(
            "kluis",
            filename=str(config.queue),
            results=False,
            serializer=PlainSerializer(),
            fsync=False,
            timeout=30,
        )
        self._analyse = self._task(self.analyse)
        self._compare = self._task(self.compare)
        self._enrol = self._task(self.enrol)
        self._take_in = self._task(self.take_in)
        self._group = self._task(self.group)
        self._deliver = self._task(self.deliver)
        self._count = self._task(self.count)
        self._rescan = self._task(self.rescan, priority=_LAST)
        self._practise = self._task(self.practise)
        self.huey.periodic_task(crontab(), name="sweep")(_guarded(self.sweep))
        self.huey.periodic_task(crontab(minute="7"), name="tidy")(_guarded(self.tidy))
        self.huey.periodic_task(crontab(minute="17"), name="look_after")(_guarded(self.look_after))
        self.huey.periodic_task(crontab(minute="30", hour=_MORNING), name="alert")(_guarded(self.alert))
        self.huey.periodic_task(crontab(minute="40", hour=_MORNING), name="chase")(_guarded(self.chase))
        self.huey.periodic_task(crontab(minute="50", hour=_MORNING), name="digest")(_guarded(self.digest))
        self.huey.periodic_task(crontab(minute="20", hour=_MORNING), name="sign_log")(_guarded(self.sign_log))

    def _task(self, job: Callable[..., None], priority: int = 0) -> Callable[..., Any]:
        task: Callable[..., Any] = self.huey.task(name=job.__name__, priority=priority)(_guarded(job))
        return task

    @property
    def box(self) -> Box:
        """The safe, opened when first needed: after the fork, in the process that needs it."""
        if self._box is None:
            self._box = open_box(self._config, Bell(self))
        return self._box

    def analyse(self, photo_id: str) -> None:
        """Examine a photo. Whatever goes wrong with this one photo is kept with it."""
        box = self.box
        try:
            analysis.analyse(
                box.safe, box.decoder, box.analyser, PhotoId(photo_id), now=box.now(), day=box.today()
            )
        except KluisError:
            raise
        except Exception:
            why = "photo:not_examined"
            analysis.set_aside(box.safe, PhotoId(photo_id), why, now=box.now(), day=box.today())
            raise
        import_id = analysis.import_of(box.safe, PhotoId(photo_id), now=box.now())
        if analysis.is_examined(box.safe, import_id, now=box.now()):
            self._group(import_id)
        self.compare(photo_id)
        collections.collect_imports(box.safe, now=box.now())

    def compare(self, photo_id: str) -> None:
        """Compare an examined photo with those that look like it."""
        box = self.box
        duplicates.compare(
            box.safe, box.decoder, box.known, PhotoId(photo_id), now=box.now(), day=box.today()
        )

    def enrol(self, face_id: str) -> None:
        """Make a template, and look for that person among the faces without a name."""
        box = self.box
        now, day = box.now(), box.today()
        if enrolment.enrol(box.safe, box.decoder, box.analyser, FaceId(face_id), now=now, day=day):
            self._rescan()

    def rescan(self) -> None:
        """Search some earlier photos for people newly enrolled, then ring again; new photos go first."""
        box = self.box
        with box.alone("rescan") as mine:
            left = mine and enrolment.rescan(
                box.safe, box.decoder, box.analyser, now=box.now(), day=box.today()
            )
        if mine and left is not None:
            self._rescan()

    def group(self, import_id: str) -> None:
        """Group the nameless faces of an import that look alike."""
        box = self.box
        enrolment.group_lookalikes(box.safe, box.decoder, box.analyser, ImportId(import_id), now=box.now())

    def practise(self, owner: str) -> None:
        """Examine what somebody brought into their practice safe."""
        practice = open_practice(self._config, UserId(owner))
        try:
            examine(practice, self.box)
        finally:
            practice.close()

    def take_in(self, import_id: str) -> None:
        """Carry out an import, unless somebody is at it."""
        box = self.box
        with box.alone(f"import-{import_id}") as mine:
            waiting = {report.id: report for report in intake.unfinished(box.safe, by=WORKER, now=box.now())}
            if mine and (report := waiting.get(ImportId(import_id))):
                self._carry_out(report)
        if analysis.is_examined(box.safe, ImportId(import_id), now=box.now()):
            self._group(import_id)

    def _carry_out(self, report: ImportReport) -> None:
        box = self.box
        if report.card_id is None:
            intake.carry_out(box.safe, report.id, by=WORKER, clock=box.clock, bell=box.bell)
        else:
            cards.carry_out_card(
                box.safe, box.card_service, report.id, by=WORKER, clock=box.clock, bell=box.bell
            )

    def count(self, move_id: str) -> None:
        """Count an archive, unless somebody is at it."""
        box = self.box
        with box.alone(f"move-{move_id}") as mine:
            if mine:
                moves.count(box.safe, box.decoder, box.analyser, MoveId(move_id), by=WORKER, clock=box.clock)

    def deliver(self) -> None:
        """Send the e-mails that wait; what is left is rung for again by the sweep."""
        if self._mails and self.deliver_some():
            self._deliver()

    def deliver_some(self) -> int:
        """Send the first e-mails that wait, and tell other programs. Returns how many went out."""
        box = self.box
        with box.alone("deliver") as mine:
            if not mine:
                return 0
            told = webhooks.tell(box.safe, self._config.webhook_networks, now=box.now())
            return mailing.deliver(box.safe, now=box.now()) + told

    def sweep(self) -> None:
        """Ring for whatever still waits: a bell may have been lost in a crash. Templates that ended go, and
        recipients of copies that were called back are written to."""
        box = self.box
        recognition.forget_lapsed(box.safe, now=box.now(), day=box.today())
        if self.huey.pending_count() == 0:
            for photo_id in analysis.waiting(box.safe, now=box.now(), limit=_SWEEP_MOST):
                box.bell.analyse(photo_id)
            for photo_id in duplicates.uncompared(box.safe, now=box.now(), limit=_SWEEP_MOST):
                self._compare(photo_id)
            if enrolment.is_looking(box.safe, now=box.now()):
                self._rescan()
        if self._mails:
            office = office_of(self._config)
            language = self._config.language
            recalls.tell_recipients(box.safe, office, language, now=box.now(), bell=box.bell)
            days = self._config.reminder_days
            recalls.remind_recipients(
                box.safe, office, language, days, by=WORKER, now=box.now(), bell=box.bell
            )
        if self._mails and (
            mailing.is_due(box.safe, now=box.now()) or webhooks.is_due(box.safe, now=box.now())
        ):
            self._deliver()
        for report in intake.unfinished(box.safe, by=WORKER, now=box.now()):
            box.bell.take_in(report.id)
        for move_id in moves.to_count(box.safe, now=box.now()):
            box.bell.count(move_id)
        collections.collect_imports(box.safe, now=box.now())

    def tidy(self) -> None:
        """The lights that the calendar changed, changes too old to undo, and what a crash left behind."""
        box = self.box
        now, day = box.now(), box.today()
        lights.refresh_stale(box.safe, now=now, day=day)
        undo.forget_changes(box.safe, now=now)
        webhooks.forget_deliveries(box.safe, now=now)
        searches.forget_words(box.safe, now=now)
        self_audit.forget_sessions(box.safe, now=now)
        for report in intake.abandoned(box.safe, by=WORKER, now=now):
            uploads.finish_upload(box.safe, report.id, by=WORKER, now=now, bell=box.bell)
        intake.sweep_files(box.safe, now=now)
        for face_id in enrolment.unenrolled(box.safe, box.analyser.pack_name, now=now, day=day):
            box.bell.enrol(face_id)

    def sign_log(self) -> None:
        """Sign the head of the audit log and mail it, once a day."""
        box, config = self.box, self._config
        office, language = office_of(config), config.language
        if audit.send_head(
            box.safe, office, config.audit_addresses, language, now=box.now(), day=box.today()
        ):
            box.bell.deliver()

    def alert(self) -> None:
        """Tell by e-mail what ends soon, once each, and ask whoever turned sixteen."""
        box, office = self.box, office_of(self._config)
        sixteen.ask_whoever_turned_sixteen(box.safe, office, now=box.now(), day=box.today(), bell=box.bell)
        renewals.send_alerts(
            box.safe,
            office,
            self._config.alert_addresses,
            self._config.language,
            now=box.now(),
            day=box.today(),
            bell=box.bell,
        )

    def digest(self) -> None:
        """Tell by e-mail what happened, to whoever wants that."""
        box = self.box
        digests.send_digests(box.safe, office_of(self._config), by=WORKER, now=box.now(), bell=box.bell)

    def chase(self) -> None:
        """Tell by e-mail what the self-audit found and nobody fixed in time."""
        box, config = self.box, self._config
        self_audit.tell_overdue(
            box.safe,
            office_of(config),
            tuple(dict.fromkeys((*config.machine_addresses, *config.audit_addresses))),
            config.language,
            now=box.now(),
            day=box.today(),
            bell=box.bell,
        )

    def look_after(self) -> None:
        """Tell by e-mail what about the box needs a person."""
        box = self.box
        health.tell_concerns(
            box.safe,
            box.readings(),
            office_of(self._config),
            self._config.machine_addresses,
            self._config.language,
            now=box.now(),
            bell=box.bell,
        )

    def ring_analyse(self, photo_id: str) -> None:
        """Queue the examination of a photo."""
        self._analyse(photo_id)

    def ring_enrol(self, face_id: str) -> None:
        """Queue an enrolment."""
        self._enrol(face_id)

    def ring_count(self, move_id: str) -> None:
        """Queue the counting of an archive."""
        self._count(move_id)

    def ring_practise(self, owner: str) -> None:
        """Queue the examining of what somebody brought into their practice safe."""
        self._practise(owner)

    def ring_deliver(self) -> None:
        """Queue the sending of e-mails."""
        self._deliver()

    def ring_take_in(self, import_id: str) -> None:
        """Queue an import."""
        self._take_in(import_id)


class Bell:
    """The bell that actions ring; the jobs hear it."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def analyse(self, photo_id: PhotoId) -> None:
        """A photo waits to be examined."""
        self._jobs.ring_analyse(photo_id)

    def enrol(self, face_id: FaceId) -> None:
        """A face was confirmed of somebody who agreed to recognition."""
        self._jobs.ring_enrol(face_id)

    def take_in(self, import_id: ImportId) -> None:
        """An import was asked for."""
        self._jobs.ring_take_in(import_id)

    def deliver(self) -> None:
        """An e-mail waits."""
        self._jobs.ring_deliver()

    def count(self, move_id: MoveId) -> None:
        """An archive waits to be counted."""
        self._jobs.ring_count(move_id)


class PracticeBell(Silent):
    """The bell of somebody's practice safe; the box's own worker hears it. Nothing else of it is rung for."""

    def __init__(self, jobs: Jobs, owner: UserId) -> None:
        self._jobs = jobs
        self._owner = owner

    def analyse(self, photo_id: PhotoId) -> None:  # noqa: ARG002 - the worker examines whatever waits
        """A photo waits to be examined."""
        self._jobs.ring_practise(self._owner)


def office_of(config: Config) -> mailing.Office:
    """In whose name mail goes out when no page was opened: by the addresses in the settings."""
    host = config.hosts[0] if config.hosts else "localhost"
    door = config.door_address or f"https://{host}:{config.door_port}"
    return mailing.Office(config.organisation, door, f"https://{host}:{config.port}")


def open_ringing_box(config: Config) -> Box:
    """Open the safe with a bell that the worker hears."""
    box = open_box(config)  # first: a queue is made only beside a safe
    box.bell = Bell(Jobs(config))
    return box


def _guarded(job: Callable[..., None]) -> Callable[..., None]:
    """Log how a job went by its key; no message of an error goes to the log, for it may hold a name."""

    @wraps(job)
    def run(*ids: str) -> None:
        try:
            job(*ids)
        except KluisError as problem:
            _log.warning("job_failed", job=job.__name__, ids=ids, key=problem.key)
        except Exception as problem:  # noqa: BLE001 - a job never takes the worker down
            _log.error("job_broke", job=job.__name__, ids=ids, kind=type(problem).__name__)

    return run
