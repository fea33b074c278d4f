"""Duplicates and variants: each examined photo is compared with those that look like it; somebody decides."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Lock

from appliance.actions.lights import refresh
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.duplicates import Relation, Suspect, are_raw_and_jpeg, leads, relation, stem
from appliance.domain.errors import Unreadable
from appliance.domain.photos import Photo, PhotoId, Stage
from appliance.imaging.decode import Decoder
from appliance.imaging.fingerprints import Fingerprints, Pixels, fingerprint, fingerprints_of_crops
from appliance.imaging.likeness import likeness
from appliance.store.database import Transaction, View
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe

RADIUS = 30  # of 128 bits: the crops of a corner that were measured lie within it
MOST = 40  # pictures that are compared in detail, nearest first

# What looks alike to a person who searches: chance brings two in a million so near.
ALIKE = 40
MOST_ALIKE = 200


@dataclass
class Known:
    """The fingerprints of the whole library in this process's memory, and how new they are."""

    fingerprints: Fingerprints = field(default_factory=Fingerprints)
    turn: int = 0
    lock: Lock = field(default_factory=Lock)

    def near(self, view: View, wanted: tuple[str, ...]) -> list[PhotoId]:
        """Photos whose fingerprints are near, by what is known now."""
        return view.duplicates.photos(self._numbers(view, wanted, RADIUS, MOST))

    def alike(self, view: View, photo_id: PhotoId) -> tuple[int, ...]:
        """The numbers of photos that look like one, itself too; none while it is not examined.

        Raises:
            Mistake: when there is no such photo.
        """
        mark = view.duplicates.fingerprint_of(photo_id)
        return tuple(self._numbers(view, (mark,), ALIKE, MOST_ALIKE)) if mark else ()

    def _numbers(self, view: View, wanted: tuple[str, ...], radius: int, most: int) -> list[int]:
        with self.lock:
            self.turn, fresh = view.duplicates.fingerprints(self.turn)
            self.fingerprints.add(fresh)
            return self.fingerprints.near(wanted, radius, most)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a photo is to another one."""

    other: Photo
    relation: Relation
    likeness: float


def uncompared(safe: Safe, *, now: datetime, limit: int = 1000) -> list[PhotoId]:
    """Examined photos that were not yet compared with the others, oldest first."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        return view.duplicates.uncompared(limit)


def compare(
    safe: Safe, decoder: Decoder, known: Known, photo_id: PhotoId, *, now: datetime, day: date
) -> None:
    """Find out whether an examined photo is a copy or a variant of another. May run twice, or at once in two.

    A copy goes into quarantine. A raw file beside its JPEG, or another frame of a burst, joins its item.
    """
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as view:
        photo = view.photos.get(photo_id)
        if photo.stage is not Stage.ANALYSED or view.duplicates.is_compared(photo_id):
            return
        picture = safe.read(view, photo_id, BlobKind.THUMBNAIL)
    pixels = decoder.reopen(picture)
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as view:
        near = known.near(view, fingerprints_of_crops(pixels))
        beside = view.duplicates.of_that_name(photo_id, stem(photo.name))
        others = [one for one in dict.fromkeys((*beside, *near)) if one != photo_id]
    found = [
        one for other in others if (one := _compared(safe, decoder, photo, pixels, other, now)) is not None
    ]
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as tx:
        _note(tx, photo, fingerprint(pixels), found, day)


def _compared(
    safe: Safe, decoder: Decoder, photo: Photo, pixels: Pixels, other_id: PhotoId, now: datetime
) -> _Found | None:
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=other_id) as view:
        if view.photos.kept(other_id, BlobKind.THUMBNAIL) is None:  # removed meanwhile
            return None
        other = view.photos.get(other_id)
        if are_raw_and_jpeg(photo, other):
            return _Found(other, Relation.RAW_AND_JPEG, 1.0)
        picture = safe.read(view, other_id, BlobKind.THUMBNAIL)
    try:
        alike = likeness(pixels, decoder.reopen(picture))
    except Unreadable:
        return None
    between = relation(photo, other, alike)
    return None if between is None else _Found(other, between, round(alike.detail, 4))


def _note(tx: Transaction, photo: Photo, value: str, found: list[_Found], day: date) -> None:
    """Write what was found, as far as nobody said otherwise and the photos are still there."""
    if tx.duplicates.is_compared(photo.id):
        tx.record(Event("photo:compare", photo.id, detail="already"))
        return
    now = tx.photos.get(photo.id)
    if len(now.fingerprint) != len(value):
        tx.photos.replace(replace(now, fingerprint=value))
    undecided = [one for one in found if not tx.duplicates.is_paired(photo.id, one.other.id)]
    there = set(tx.photos.facts([one.other.id for one in undecided]))
    touched = {photo.id}
    suspects = joined = 0
    for one in undecided:
        if one.other.id not in there:
            continue
        if one.relation is Relation.DUPLICATE:
            earlier, later = tx.duplicates.in_order(photo.id, one.other.id)
            tx.duplicates.suspect(Suspect(later, earlier, one.likeness, tx.now))
            touched.add(later)
            suspects += 1
        else:
            members = _join(tx, photo.id, one.other.id)
            touched |= members
            joined += bool(members)
    tx.duplicates.set_compared(photo.id)
    refresh(tx, sorted(touched), day)
    tx.record(Event("photo:compare", photo.id, detail=f"suspects={suspects} variants={joined}"))


def _join(tx: Transaction, one: PhotoId, other: PhotoId) -> set[PhotoId]:
    """Make two photos, and what belongs to either, one item. Returns the photos that this touches."""
    heads = {tx.photos.get(photo_id).variant_of or photo_id for photo_id in (one, other)}
    if len(heads) == 1:
        return set()  # they belong together already, and somebody may have chosen which one leads
    members = {member for head in heads for member in (head, *tx.photos.variants(head))}
    first = _first(tx, members)
    for member in members:
        tx.photos.set_variant(member, None if member == first else first)
    return members


def _first(tx: Transaction, members: set[PhotoId]) -> PhotoId:
    photos = [tx.photos.get(member) for member in members]
    return next(one.id for one in photos if all(one is other or leads(one, other) for other in photos))


def stand_alone(safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime, day: date) -> None:
    """Take a variant out of its item: it is a photo of its own, and does not join again."""
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=photo_id) as tx:
        photo = tx.photos.get(photo_id)
        if photo.variant_of is not None:
            for other in (photo.variant_of, *tx.photos.variants(photo.variant_of)):
                if other != photo_id:
                    tx.duplicates.keep_apart(photo_id, other, by.id, now)
            tx.photos.set_variant(photo_id, None)
            refresh(tx, [photo_id], day)
        tx.record(Event("photo:stand_alone", photo_id))


def lead(safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime, day: date) -> None:
    """Let this variant stand for its item."""
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=photo_id) as tx:
        head = tx.photos.get(photo_id).variant_of
        if head is not None:
            members = {head, *tx.photos.variants(head)}
            for member in members:
                tx.photos.set_variant(member, None if member == photo_id else photo_id)
            refresh(tx, sorted(members), day)
        tx.record(Event("photo:lead", photo_id))


def variants(safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime) -> tuple[Photo, ...]:
    """The other photos of an item, whichever of them is asked about; the one that stands for it first."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now, on=photo_id) as view:
        head = view.photos.get(photo_id).variant_of or photo_id
        return tuple(view.photos.get(one) for one in (head, *view.photos.variants(head)) if one != photo_id)
