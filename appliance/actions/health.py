"""How the box is: counts, room on the disk, and whether what it keeps is whole."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from appliance.actions.lights import refresh_stale
from appliance.actions.recognition import setting
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event, Head
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.errors import KluisError
from appliance.domain.photos import PhotoId, Stage
from appliance.domain.recognition import Recognition
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe
from appliance.store.search import Filter

_BATCH = 200


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
