"""The one door to the database: whoever comes in is checked, and whoever changes something signs for it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlite_utils import Database

from appliance.domain.access import Actor, Permission, decide, lacks_scope, needed_role
from appliance.domain.audit import Entry, Event, Outcome
from appliance.domain.errors import NotAllowed
from appliance.domain.grants import RIGHT_FOR, UNLIMITED, Reach, is_limited, reach
from appliance.domain.webhooks import OF_ACTION
from appliance.store.access import AccessRows
from appliance.store.audit import AuditRows
from appliance.store.backup import BackupRows
from appliance.store.cards import CardRows, TakenFileRows
from appliance.store.changes import ChangeRows
from appliance.store.collections import CollectionRows
from appliance.store.connections import connect, disk_errors
from appliance.store.consent import ConsentRows
from appliance.store.descriptions import DescriptionRows
from appliance.store.digests import DigestRows
from appliance.store.doubts import DoubtRows
from appliance.store.duplicates import DuplicateRows
from appliance.store.duties import DutyRows
from appliance.store.erasures import ErasureRows
from appliance.store.evidence import EvidenceRows
from appliance.store.faces import FaceRows
from appliance.store.figures import FigureRows
from appliance.store.grants import GrantRows
from appliance.store.history import HistoryRows
from appliance.store.imports import ImportRows
from appliance.store.lights import LightRows
from appliance.store.messages import MessageRows
from appliance.store.migrations import all_migrations, migrate
from appliance.store.moves import MoveRows
from appliance.store.notices import NoticeRows
from appliance.store.parcels import ParcelRows
from appliance.store.people import PeopleRows
from appliance.store.permission_lists import PermissionListRows
from appliance.store.photos import PhotoRows
from appliance.store.proposals import ProposalRows
from appliance.store.reach import Within
from appliance.store.recalls import RecallRows
from appliance.store.redaction import RedactionRows
from appliance.store.release import ReleaseRows
from appliance.store.requests import RequestRows
from appliance.store.rights import RetentionRows, RightsRows
from appliance.store.scans import ScanRows
from appliance.store.searches import SearchRows
from appliance.store.second_steps import SecondStepRows
from appliance.store.self_audits import SelfAuditRows
from appliance.store.settings import SettingRows
from appliance.store.shares import ShareRows
from appliance.store.shoots import ShootRows
from appliance.store.tables import TableRows
from appliance.store.tags import TagRows
from appliance.store.templates import TemplateRows
from appliance.store.tokens import TokenRows
from appliance.store.uploads import UploadRows
from appliance.store.versions import VersionRows
from appliance.store.webhooks import WebhookRows


class UnauditedChange(RuntimeError):
    """A transaction ended without an audit entry, so it was rolled back: a mistake in the program."""


class View:
    """All rows, by noun, within one transaction."""

    _chosen: Callable[[str], None] | None = None
    reach = UNLIMITED  # how far the right goes that it was begun with

    def __init__(self, db: Database, *, limited: bool = False) -> None:
        """limited: whether the connection shows no more than a user's rights reach."""
        self._db = db
        self._limited = limited

    @cached_property
    def photos(self) -> PhotoRows:
        """Photos, their files and keys."""
        rows = PhotoRows(self._db, self._chosen)
        rows.limited = self._limited
        return rows

    @cached_property
    def descriptions(self) -> DescriptionRows:
        """What is told of photos."""
        return DescriptionRows(self._db)

    @cached_property
    def redaction(self) -> RedactionRows:
        """Words of people, out of which a name is taken."""
        return RedactionRows(self._db)

    @cached_property
    def doubts(self) -> DoubtRows:
        """Places where somebody may be."""
        return DoubtRows(self._db)

    @cached_property
    def figures(self) -> FigureRows:
        """Counts by month."""
        return FigureRows(self._db)

    @cached_property
    def duplicates(self) -> DuplicateRows:
        """Fingerprints, suspects and blocked files."""
        return DuplicateRows(self._db, self._chosen)

    @cached_property
    def faces(self) -> FaceRows:
        """Faces and their links to people."""
        return FaceRows(self._db, self._chosen)

    @cached_property
    def people(self) -> PeopleRows:
        """People and their templates."""
        return PeopleRows(self._db, self._chosen)

    @cached_property
    def consent(self) -> ConsentRows:
        """Every version of every quitclaim."""
        return ConsentRows(self._db)

    @cached_property
    def lights(self) -> LightRows:
        """The search index of lights."""
        return LightRows(self._db)

    @cached_property
    def releases(self) -> ReleaseRows:
        """Copies that left."""
        return ReleaseRows(self._db, self._chosen)

    @cached_property
    def recalls(self) -> RecallRows:
        """Copies called back."""
        return RecallRows(self._db, self._chosen)

    @cached_property
    def parcels(self) -> ParcelRows:
        """Share links."""
        return ParcelRows(self._db, self._chosen)

    @cached_property
    def collections(self) -> CollectionRows:
        """Collections and their changes."""
        return CollectionRows(self._db, self._chosen)

    @cached_property
    def shoots(self) -> ShootRows:
        """Shoots and who was invited."""
        return ShootRows(self._db, self._chosen)

    @cached_property
    def tables(self) -> TableRows:
        """Every table, to leave with."""
        return TableRows(self._db)

    @cached_property
    def tags(self) -> TagRows:
        """Tags of photos."""
        return TagRows(self._db)

    @cached_property
    def searches(self) -> SearchRows:
        """What can be searched by, and saved searches."""
        return SearchRows(self._db)

    @cached_property
    def changes(self) -> ChangeRows:
        """What can be taken back."""
        return ChangeRows(self._db)

    @cached_property
    def history(self) -> HistoryRows:
        """What was known of photos on past days."""
        return HistoryRows(self._db)

    @cached_property
    def versions(self) -> VersionRows:
        """What was known of photos after each change."""
        return VersionRows(self._db)

    @cached_property
    def templates(self) -> TemplateRows:
        """Every version of every template."""
        return TemplateRows(self._db)

    @cached_property
    def requests(self) -> RequestRows:
        """Requests to sign, own links and codes."""
        return RequestRows(self._db)

    @cached_property
    def evidence(self) -> EvidenceRows:
        """Documents behind quitclaims."""
        return EvidenceRows(self._db)

    @cached_property
    def messages(self) -> MessageRows:
        """E-mails and alerts."""
        return MessageRows(self._db)

    @cached_property
    def notices(self) -> NoticeRows:
        """Notices to staff."""
        return NoticeRows(self._db)

    @cached_property
    def digests(self) -> DigestRows:
        """Who hears by e-mail what happened."""
        return DigestRows(self._db)

    @cached_property
    def permission_lists(self) -> PermissionListRows:
        """Old lists of permissions."""
        return PermissionListRows(self._db)

    @cached_property
    def scans(self) -> ScanRows:
        """Paper forms that wait to be read."""
        return ScanRows(self._db)

    @cached_property
    def imports(self) -> ImportRows:
        """Imports and what they did."""
        return ImportRows(self._db, self._chosen)

    @cached_property
    def moves(self) -> MoveRows:
        """Archives on their way in."""
        return MoveRows(self._db)

    @cached_property
    def uploads(self) -> UploadRows:
        """Files that browsers are sending."""
        return UploadRows(self._db)

    @cached_property
    def cards(self) -> CardRows:
        """Cards that were in the box."""
        return CardRows(self._db)

    @cached_property
    def taken_files(self) -> TakenFileRows:
        """Which files of cards and shares were taken in."""
        return TakenFileRows(self._db)

    @cached_property
    def shares(self) -> ShareRows:
        """Shares and folders from which photos are taken."""
        return ShareRows(self._db)

    @cached_property
    def access(self) -> AccessRows:
        """Users and sessions."""
        return AccessRows(self._db)

    @cached_property
    def grants(self) -> GrantRows:
        """Groups of users, and what was granted to whom."""
        return GrantRows(self._db)

    @cached_property
    def proposals(self) -> ProposalRows:
        """What takes two people."""
        return ProposalRows(self._db)

    @cached_property
    def tokens(self) -> TokenRows:
        """Tokens of programs."""
        return TokenRows(self._db)

    @cached_property
    def webhooks(self) -> WebhookRows:
        """Programs that are told what happens."""
        return WebhookRows(self._db)

    @cached_property
    def second_steps(self) -> SecondStepRows:
        """Second steps of signing in."""
        return SecondStepRows(self._db)

    @cached_property
    def backups(self) -> BackupRows:
        """Where backups go."""
        return BackupRows(self._db)

    @cached_property
    def retention(self) -> RetentionRows:
        """How long photos are kept."""
        return RetentionRows(self._db)

    @cached_property
    def rights(self) -> RightsRows:
        """What subjects asked."""
        return RightsRows(self._db)

    @cached_property
    def erasures(self) -> ErasureRows:
        """What was erased, and legal holds."""
        return ErasureRows(self._db)

    @cached_property
    def duties(self) -> DutyRows:
        """How periodic duties went."""
        return DutyRows(self._db)

    @cached_property
    def self_audits(self) -> SelfAuditRows:
        """Self-audits, and what they found."""
        return SelfAuditRows(self._db)

    @cached_property
    def settings(self) -> SettingRows:
        """Settings of the box."""
        return SettingRows(self._db)

    @cached_property
    def audit(self) -> AuditRows:
        """The audit log, to read."""
        return AuditRows(self._db)


class Transaction(View):
    """A view that may change things, and must say what it did."""

    def __init__(
        self,
        db: Database,
        by: Actor,
        now: datetime,
        *,
        limited: bool = False,
        chosen: Callable[[str], None] | None = None,
    ) -> None:
        """chosen: refuses what somebody chose to change and their rights do not reach."""
        super().__init__(db, limited=limited)
        self._chosen = chosen
        self.by = by
        self.now = now
        self.recorded = 0

    def record(self, event: Event) -> Entry:
        """Add an audit entry; it is committed with the change, or not at all. Webhooks are told of it."""
        self.recorded += 1
        happening = OF_ACTION.get(event.action)
        if happening is not None and event.outcome is Outcome.DONE:
            self.webhooks.tell(happening, event.thing, self.now)
        return self.audit.append(event, self.by, self.now)


@dataclass(frozen=True, slots=True)
class _Limit:
    """What one thread keeps a user within. in_front: `db` shows no more than they may see."""

    db: Database
    within: Within
    in_front: bool
    reach: Reach

    def require(self, thing: str) -> None:
        """Refuse what somebody chose and their rights do not reach.

        Raises:
            NotAllowed: the same for whatever lies there.
        """
        if not self.within.holds(thing):
            raise NotAllowed(
                "access:out_of_reach",
                "You may not do this with these photos or people.",
                "Ask an administrator who may do what here.",
            )


class Store:
    """The encrypted database. Safe to use from threads and processes: each thread has its connection."""

    def __init__(self, path: Path, database_key: bytes) -> None:
        self._path = path
        self._key = database_key
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._all: list[Database] = []

    @classmethod
    def open(cls, path: Path, database_key: bytes) -> "Store":
        """Open the database, made or migrated when needed.

        Raises:
            Fault: when the key does not fit, or the file is newer than this program.
        """
        store = cls(path, database_key)
        try:
            migrate(store._connection(), all_migrations())
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for db in self._all:
                db.close()
            self._all.clear()
            self._mine = threading.local()

    def fold_log(self) -> None:
        """Write the log into the database and empty it: it still held what was deleted.

        While others read, it is left for the next time.
        """
        with disk_errors():
            self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _connection(self) -> Database:
        db: Database | None = getattr(self._mine, "db", None)
        if db is None:
            db = self._mine.db = self._connect()
        return db

    def _connect(self) -> Database:
        db = connect(self._path, self._key)
        with self._lock:
            self._all.append(db)
        return db

    @contextmanager
    def begin(
        self, *, by: Actor, to: Permission, now: datetime, on: str = "", durable: bool = True
    ) -> Iterator[Transaction]:
        """A transaction that may change things, and that must record an event.

        by: who asks. to: the permission it takes. now: the instant, for the audit log. on: opaque id of
        the thing. durable: whether it must outlive a power cut; a mere view need not.

        Raises:
            NotAllowed: when `by` does not hold `to`; the audit log has it, as it has one raised within.
            Fault: when the disk is full or broken, or another process does not let go; nothing is kept then.
            UnauditedChange: when nothing was recorded; nothing is kept then.
        """
        self._require(by, to, now, on)
        limit = self._limit(by, to, looking=not durable)
        self._require_within(limit, by, to, now, on)
        db = limit.db if limit and limit.in_front else self._connection()
        db.execute("PRAGMA synchronous = FULL" if durable else "PRAGMA synchronous = NORMAL")
        chosen = limit.require if limit and not limit.in_front else None
        tx = Transaction(db, by, now, limited=db is not self._connection(), chosen=chosen)
        tx.reach = limit.reach if limit else UNLIMITED
        try:
            with _immediate(db):
                yield tx
                if not tx.recorded:
                    raise UnauditedChange(f"{to} on the store recorded no event")
        except NotAllowed as refused:
            self._note_refusal(by, to, now, on, refused.key)
            raise

    @contextmanager
    def look(self, *, by: Actor, to: Permission, now: datetime, on: str = "") -> Iterator[View]:
        """One consistent state of the database, which cannot be changed through it.

        Raises:
            NotAllowed: when `by` does not hold `to`; the refusal is in the audit log.
        """
        self._require(by, to, now, on)
        limit = self._limit(by, to, looking=True)
        self._require_within(limit, by, to, now, on)
        db = limit.db if limit else self._connection()
        with disk_errors():
            db.execute("BEGIN")
            db.execute("PRAGMA query_only = ON")
            try:
                view = View(db, limited=limit is not None)
                view.reach = limit.reach if limit else UNLIMITED
                yield view
            finally:
                db.execute("PRAGMA query_only = OFF")
                db.rollback()

    def _require(self, by: Actor, to: Permission, now: datetime, on: str) -> None:
        decision = decide(by, to)
        if decision.allowed:
            return
        if decision.only_to_confirm:
            self._note_refusal(by, to, now, on, "access:confirm")
            raise NotAllowed("access:confirm", "Confirm that it is you.", "Then do it once more.")
        if lacks_scope(by, to):
            self._note_refusal(by, to, now, on, "token:scope")
            raise NotAllowed(
                "token:scope",
                "This token was not made for that.",
                "Make one for {permission}.",
                values={"permission": to.value},
            )
        self._note_refusal(by, to, now, on, "access:denied")
        role = needed_role(to)
        raise NotAllowed(
            "access:denied",
            "You have no right to do that.",
            "Ask somebody who is {role}." if role else "",
            values={"role": role},
        )

    def _limit(self, by: Actor, to: Permission, *, looking: bool) -> "_Limit | None":
        """What keeps somebody within what was granted to them; None for whoever it does not keep.

        looking: nothing but looking is done, on a connection that shows no more than they may see.
        """
        if not is_limited(by, to):
            return None
        within = reach(GrantRows(self._connection()).of_user(by.id), RIGHT_FOR[to])
        if within.unlimited:
            return None
        name = "in_front" if looking else "beside"
        views: Within | None = getattr(self._mine, name, None)
        if views is None:
            views = Within(self._connect() if looking else self._connection(), in_front=looking)
            setattr(self._mine, name, views)
        with disk_errors():
            views.tell(within)
        return _Limit(views.db, views, looking, within)

    def _require_within(
        self, limit: "_Limit | None", by: Actor, to: Permission, now: datetime, on: str
    ) -> None:
        try:
            if limit is not None and on:
                limit.require(on)
        except NotAllowed as refused:
            self._note_refusal(by, to, now, on, refused.key)
            raise

    def _note_refusal(self, by: Actor, to: Permission, now: datetime, on: str, why: str) -> None:
        db = self._connection()
        with _immediate(db):
            AuditRows(db).append(Event(to, on, Outcome.REFUSED, why), by, now)


@contextmanager
def _immediate(db: Database) -> Iterator[None]:
    """A write transaction that waits its turn: commit at the end, roll back on any error."""
    with disk_errors():
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise
