"""How the box is: counts, room on the disk, and whether what it keeps is whole."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from appliance.actions.bell import Bell
from appliance.actions.duties import due_of
from appliance.actions.lights import refresh_stale
from appliance.actions.mailing import Office, can_mail, queue
from appliance.actions.recognition import setting
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event, Head
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.duties import Due, Duty
from appliance.domain.errors import KluisError
from appliance.domain.health import Concern, Readings, concerns
from appliance.domain.photos import PhotoId, Stage
from appliance.domain.recognition import Recognition
from appliance.domain.wording import Language
from appliance.mail.messages import Reader, needs_somebody
from appliance.store.database import View
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe
from appliance.store.search import Filter

_BATCH = 200
_TOLD = "concerns_told"


@dataclass(frozen=True, slots=True)
class Status:
    """The box at a glance. Sizes in bytes."""

    photos: Mapping[Stage, int]
    people: int
    quitclaims: int
    releases: int
    lights: Mapping[Purpose, Mapping[Light, int]]
    recognition: Recognition
    disk_free: int
    disk_total: int
    audit: Head


def status(safe: Safe, home: Path, *, by: Actor, now: datetime, day: date) -> Status:
    """Count what the safe holds and how much room there is."""
    refresh_stale(safe, now=now, day=day)
    disk = shutil.disk_usage(home)
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now) as view:
        return Status(
            photos=view.photos.stages(),
            people=view.people.count(),
            quitclaims=view.consent.count(),
            releases=view.releases.count(),
            lights={purpose: view.lights.counts(purpose) for purpose in PUBLICATION},
            recognition=setting(view),
            disk_free=disk.free,
            disk_total=disk.total,
            audit=view.audit.head(),
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """How the machine is, what about it needs a person, the gravest first, and how its duties stand."""

    readings: Readings
    concerns: tuple[Concern, ...]
    duties: tuple[Due, ...]

    def last(self, duty: Duty) -> datetime | None:
        """Since when a duty is done at every target; None when at one it failed, or was never done."""
        runs = [one.last for one in self.duties if one.duty is duty]
        if not all(run is not None and run.passed for run in runs):
            return None
        return min((run.started_at for run in runs if run is not None), default=None)


def condition(safe: Safe, readings: Readings, *, by: Actor, now: datetime) -> Condition:
    """Judge what the machine tells of itself."""
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now) as view:
        return _judged(view, readings, now)


def _judged(view: View, readings: Readings, now: datetime) -> Condition:
    set_aside = view.photos.stages()[Stage.SET_ASIDE]
    return Condition(readings, concerns(readings, set_aside=set_aside, now=now), due_of(view, now))


def tell_concerns(
    safe: Safe,
    readings: Readings,
    office: Office,
    addresses: Sequence[str],
    language: Language,
    *,
    now: datetime,
    bell: Bell,
) -> int:
    """Mail what newly needs a person: each concern once, until it is over. Returns how many are new.

    Without an address or a mail server nothing is noted, so that they are told when there is one.
    """
    with safe.store.begin(by=WORKER, to=Permission.MESSAGE_VIEW, now=now) as tx:
        found = _judged(tx, readings, now).concerns
        told = set(json.loads(tx.settings.get(_TOLD) or "[]"))
        can = bool(addresses) and can_mail(tx)
        new = [concern for concern in found if can and concern not in told]
        for address in addresses if new else ():
            to = Reader(address, language, office.organisation)
            queue(tx, needs_somebody(to, new, f"{office.pages.rstrip('/')}/box"))
        tx.settings.put(_TOLD, json.dumps([c for c in found if c in told or c in new]))
        tx.record(Event("health:alert", detail=f"concerns={','.join(found)} new={len(new)}"))
    if new:
        bell.deliver()
    return len(new)


def require_answer(safe: Safe, *, now: datetime) -> None:
    """Require that the safe still answers; nothing that it holds is told.

    Raises:
        Fault: when it does not.
    """
    with safe.store.look(by=WORKER, to=Permission.HEALTH_VIEW, now=now) as view:
        view.audit.head()


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of a photo that is not what was written."""

    photo_id: PhotoId
    kind: BlobKind
    problem: KluisError


def damage(
    safe: Safe, *, by: Actor, now: datetime, on_progress: Callable[[int], None] = lambda _done: None
) -> tuple[Damage, ...]:
    """Open every file of every photo and report those that do not pass their check."""
    found: list[Damage] = []
    after: PhotoId | None = None
    done = 0
    while batch := _batch(safe, after, by=by, now=now):
        for photo_id in batch:
            found += _damage_of(safe, photo_id, by=by, now=now)
            done += 1
            on_progress(done)
        after = batch[-1]
    with safe.store.begin(by=by, to=Permission.SETTING_EDIT, now=now) as tx:
        tx.record(Event("health:scrub", detail=f"photos={done} damaged={len(found)}"))
    return tuple(found)


def _batch(safe: Safe, after: PhotoId | None, *, by: Actor, now: datetime) -> list[PhotoId]:
    with safe.store.look(by=by, to=Permission.SETTING_EDIT, now=now) as view:
        return [photo.id for photo in view.photos.page(Filter(), after=after, limit=_BATCH)]


def _damage_of(safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime) -> list[Damage]:
    found = []
    with safe.store.look(by=by, to=Permission.SETTING_EDIT, now=now, on=photo_id) as view:
        for kind in view.photos.kinds(photo_id):
            try:
                safe.read(view, photo_id, kind)
            except KluisError as problem:
                found.append(Damage(photo_id, kind, problem))
    return found
