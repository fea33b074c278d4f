"""Collections: putting photos together, in an order, with a cover; and taking any change of that back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.lights import refresh_stale
from appliance.actions.notices import tell_who_takes_part
from appliance.actions.parcels import end_parcel, follow_collection
from appliance.actions.photos import Card, cards
from appliance.domain import collections as rules
from appliance.domain.access import WORKER, Actor, Permission, UserId
from appliance.domain.audit import Event
from appliance.domain.collections import (
    Collection,
    CollectionChange,
    CollectionId,
    Comment,
    CommentId,
    Contents,
    Step,
    applied,
    before_changes,
    leading,
    require_not_overtaken,
    reversed_steps,
    said,
    sensible,
)
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.notices import NoticeKind
from appliance.domain.parcels import OPENS
from appliance.domain.photos import ImportReport, PhotoId
from appliance.store.collections import Counted
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class CollectionCard:
    """A collection in the list. cover: the photo to show; None while it is empty."""

    collection: Collection
    photos: int
    cover: PhotoId | None
    lights: Mapping[Purpose, Mapping[Light, int]]


@dataclass(frozen=True, slots=True)
class CollectionView:
    """All that the page of one collection shows. lights: how many photos have each, by purpose."""

    collection: Collection
    cards: tuple[Card, ...]
    lights: Mapping[Purpose, Mapping[Light, int]]
    comments: tuple[Comment, ...]
    links: int  # share links that follow it and are open


@dataclass(frozen=True, slots=True)
class CollectionHistory:
    """What was done to a collection, the newest first, and which of its photos are still there."""

    collection: Collection
    changes: tuple[CollectionChange, ...]
    known: frozenset[PhotoId]


def create_collection(
    safe: Safe, title: str, note: str = "", photo_ids: Sequence[PhotoId] = (), *, by: Actor, now: datetime
) -> Collection:
    """Make a collection, with some photos or empty. Whoever makes it owns it.

    Raises:
        Mistake: without a title, with too many photos, or with one that is not there.
    """
    plain, lines = sensible(title, note)
    collection = Collection(CollectionId(new_id()), plain, lines, UserId(by.id), now)
    with safe.store.begin(by=by, to=Permission.COLLECTION_EDIT, now=now, on=collection.id) as tx:
        tx.collections.put(collection)
        added = _add(tx, collection, photo_ids)
        tx.record(Event("collection:make", collection.id, detail=f"photos={added}"))
    return collection


def collections(safe: Safe, *, by: Actor, now: datetime, day: date) -> tuple[CollectionCard, ...]:
    """Every collection, the latest first."""
    refresh_stale(safe, now=now, day=day)
    with safe.store.look(by=by, to=Permission.COLLECTION_VIEW, now=now) as view:
        counted = view.collections.counted()
        return tuple(_card(one, counted.get(one.id, Counted())) for one in view.collections.all())


def _card(collection: Collection, counted: Counted) -> CollectionCard:
    return CollectionCard(collection, counted.photos, collection.cover or counted.first, counted.lights)


def collections_with(safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime) -> tuple[Collection, ...]:
    """The collections that a photo is in."""
    with safe.store.look(by=by, to=Permission.COLLECTION_VIEW, now=now, on=photo_id) as view:
        return tuple(view.collections.of_photo(photo_id))


def collection_view(
    safe: Safe, collection_id: CollectionId, *, by: Actor, now: datetime, day: date
) -> CollectionView:
    """One collection with its photos in order. Each light is decided anew."""
    with safe.store.begin(
        by=by, to=Permission.COLLECTION_VIEW, now=now, on=collection_id, durable=False
    ) as tx:
        collection = tx.collections.get(collection_id)
        shown = cards(tx, tx.collections.photos(collection_id), day)
        said_of_it = tuple(tx.collections.comments(collection_id))
        links = sum(one.state(now, 0) in OPENS for one in tx.parcels.following(collection_id))
        tx.record(Event("collection:view", collection_id, detail=f"photos={len(shown)}"))
    return CollectionView(collection, shown, _tally(shown), said_of_it, links)


def _tally(shown: Iterable[Card]) -> dict[Purpose, dict[Light, int]]:
    counts = {purpose: dict.fromkeys(Light, 0) for purpose in PUBLICATION}
    for card in shown:
        for purpose, light in card.lights.items():
            counts[purpose][light] += 1
    return counts


def photos_in(safe: Safe, collection_id: CollectionId, *, by: Actor, now: datetime) -> tuple[PhotoId, ...]:
    """The photos of a collection, in its order."""
    with safe.store.look(by=by, to=Permission.COLLECTION_VIEW, now=now, on=collection_id) as view:
        return tuple(view.collections.photos(view.collections.get(collection_id).id))


def latest_collections(safe: Safe, *, by: Actor, now: datetime, limit: int = 6) -> tuple[Collection, ...]:
    """The latest collections, to drop photos on."""
    with safe.store.look(by=by, to=Permission.COLLECTION_VIEW, now=now) as view:
        return tuple(view.collections.latest(limit))


def change_collection(
    safe: Safe, collection_id: CollectionId, title: str, note: str, *, by: Actor, now: datetime
) -> None:
    """Give a collection another title or note."""
    plain, lines = sensible(title, note)
    with safe.store.begin(by=by, to=Permission.COLLECTION_EDIT, now=now, on=collection_id) as tx:
        collection, contents = _opened(tx, collection_id)
        _change(tx, collection, contents, rules.telling(contents, title=plain, note=lines))
        tx.record(Event("collection:edit", collection_id))


def choose_cover(
    safe: Safe, collection_id: CollectionId, photo_id: PhotoId | None, *, by: Actor, now: datetime
) -> None:
    """Have one of its photos stand for a collection; None for the first one.

    Raises:
        Mistake: when the photo is not in it.
    """
    with safe.store.begin(by=by, to=Permission.COLLECTION_EDIT, now=now, on=collection_id) as tx:
        collection, contents = _opened(tx, collection_id)
        if photo_id is not None:
            _require_in(tx, contents, photo_id)
        _change(tx, collection, contents, rules.telling(contents, cover=photo_id or ""))
        tx.record(Event("collection:cover", collection_id, detail=f"photo={photo_id or ''}"))


def add_to_collection(
    safe: Safe, collection_id: CollectionId, photo_ids: Sequence[PhotoId], *, by: Actor, now: datetime
) -> int:
    """Add photos at the end. Returns how many are new in it.

    Raises:
        Mistake: when that is too many, or one is not there.
    """
    with safe.store.begin(by=by, to=Permission.COLLECTION_EDIT, now=now, on=collection_id) as tx:
        collection, _ = _opened(tx, collection_id)
        added = _add(tx, collection, photo_ids)
        tx.record(Event("collection:add", collection_id, detail=f"photos={added}"))
    return added


def _add(tx: Transaction, collection: Collection, photo_ids: Sequence[PhotoId]) -> int:
    for photo_id in photo_ids:
        tx.photos.get(photo_id)
    contents = tx.collections.contents(collection)
    steps = rules.adding(contents, photo_ids)
    _change(tx, collection, contents, steps)
    return len(steps)


def collect_imports(safe: Safe, *, now: datetime) -> int:
    """Put the photos of imports where the rules of their shares and cards say. Returns of how many imports.

    It waits until every photo is examined and compared, so that raw files, other frames of a burst and
    suspects stay out. As many come as fit; the report tells of the rest. An import is done once: what
    somebody takes out of the collection stays out.
    """
    with safe.store.look(by=WORKER, to=Permission.PHOTO_IMPORT, now=now) as view:
        if not view.imports.to_collect():
            return 0
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_IMPORT, now=now) as tx:
        ready = tx.imports.to_collect()
        for report in ready:
            _collect(tx, report)
    return len(ready)


def _collect(tx: Transaction, report: ImportReport) -> None:
    collection, contents = _opened(tx, CollectionId(str(report.collection_id)))
    photos = tx.photos.items_of_import(report.id)
    fitting = rules.room_for(contents, photos)
    no_room = len(set(photos) - set(contents.photos)) - len(fitting)
    _change(tx, collection, contents, rules.adding(contents, fitting))
    tx.imports.replace(replace(report, collected=len(fitting), no_room=no_room))
    tx.record(Event("collection:collect", collection.id, detail=f"import={report.id} photos={len(fitting)}"))


def take_out(
    safe: Safe, collection_id: CollectionId, photo_ids: Sequence[PhotoId], *, by: Actor, now: datetime
) -> int:
    """Take photos out of a collection; they stay in the library. Returns how many were in it."""
    with safe.store.begin(by=by, to=Permission.COLLECTION_EDIT, now=now, on=collection_id) as tx:
        collection, contents = _opened(tx, collection_id)
        for photo_id in contents.photos:
            if photo_id in photo_ids:
                tx.photos.get(photo_id)
        steps = rules.removing(contents, photo_ids)
        _change(tx, collection, contents, steps)
        tx.record(Event("collection:remove", collection_id, detail=f"photos={len(steps)}"))
    return len(steps)


def move_in_collection(
    safe: Safe, collection_id: CollectionId, photo_id: PhotoId, to: int, *, by: Actor, now: datetime
) -> None:
    """Give a photo another place in the order. to: from 0 on; beyond the end is the end.

    Raises:
        Mistake: when the photo is not in it.
    """
    with safe.store.begin(by=by, to=Permission.COLLECTION_EDIT, now=now, on=collection_id) as tx:
        collection, contents = _opened(tx, collection_id)
        _require_in(tx, contents, photo_id)
        _change(tx, collection, contents, rules.moving(contents, photo_id, to))
        tx.record(Event("collection:order", collection_id, detail=f"photo={photo_id}"))


def delete_collection(safe: Safe, collection_id: CollectionId, *, by: Actor, now: datetime) -> None:
    """Delete a collection and end the links that follow it; its photos stay in the library."""
    with safe.store.begin(by=by, to=Permission.COLLECTION_EDIT, now=now, on=collection_id) as tx:
        _, contents = _opened(tx, collection_id)
        for parcel in tx.parcels.following(collection_id):
            end_parcel(tx, parcel)
        tx.collections.remove(collection_id)
        tx.record(Event("collection:delete", collection_id, detail=f"photos={len(contents.photos)}"))


def collection_history(
    safe: Safe, collection_id: CollectionId, *, by: Actor, now: datetime
) -> CollectionHistory:
    """What was done to a collection, the newest first."""
    with safe.store.look(by=by, to=Permission.COLLECTION_VIEW, now=now, on=collection_id) as view:
        collection = view.collections.get(collection_id)
        changes = tuple(view.collections.changes(collection_id))
        named = {
            step.photo for change in changes for step in change.steps if isinstance(step, rules.PhotoStep)
        }
        known = frozenset(view.photos.facts(sorted(named)))
        return CollectionHistory(collection, changes, known)


def undo_change(safe: Safe, collection_id: CollectionId, number: int, *, by: Actor, now: datetime) -> None:
    """Take one change back, whoever made it; later ones stay.

    Raises:
        Mistake: when it was taken back already, or a text was written anew since.
    """
    with safe.store.begin(by=by, to=Permission.COLLECTION_EDIT, now=now, on=collection_id) as tx:
        collection, contents = _opened(tx, collection_id)
        change = _numbered(tx, collection_id, number)[0]
        require_not_overtaken(contents, change)
        _change(tx, collection, contents, reversed_steps(change.steps), undoes=number)
        tx.record(Event("collection:undo", collection_id, detail=f"change={number}"))


def put_back(safe: Safe, collection_id: CollectionId, number: int, *, by: Actor, now: datetime) -> None:
    """Make a collection what it was right after a change. That is a change itself, and can be taken back.

    Raises:
        Mistake: when there is no such change.
    """
    with safe.store.begin(by=by, to=Permission.COLLECTION_EDIT, now=now, on=collection_id) as tx:
        collection, contents = _opened(tx, collection_id)
        _, *later = _numbered(tx, collection_id, number)
        wanted = before_changes(contents, reversed(later))
        known = tx.photos.facts(wanted.photos)
        wanted = replace(wanted, photos=tuple(one for one in wanted.photos if one in known))
        _change(tx, collection, contents, tuple(leading(contents, wanted)))
        tx.record(Event("collection:put_back", collection_id, detail=f"change={number}"))


def _numbered(tx: Transaction, collection_id: CollectionId, number: int) -> list[CollectionChange]:
    """A change, and those after it, oldest first."""
    found = [one for one in reversed(tx.collections.changes(collection_id)) if one.number >= number]
    if not found or found[0].number != number:
        raise Mistake("change:unknown", "There is no such change.", "It may be too long ago.")
    return found


def _opened(tx: Transaction, collection_id: CollectionId) -> tuple[Collection, Contents]:
    """A collection that is about to be changed."""
    collection = tx.collections.get(collection_id)
    return collection, tx.collections.contents(collection)


def _require_in(tx: Transaction, contents: Contents, photo_id: PhotoId) -> None:
    """That a photo is in a collection, and within reach of whoever does something with it there."""
    rules.require_in(contents, photo_id)
    tx.photos.get(photo_id)


def _change(
    tx: Transaction,
    collection: Collection,
    contents: Contents,
    steps: Sequence[Step],
    undoes: int | None = None,
) -> None:
    """Carry out steps, and keep them; nothing when there are none."""
    if not steps:
        return
    after = applied(contents, steps)
    if after.photos != contents.photos:
        tx.collections.put_photos(collection.id, after.photos)
        follow_collection(tx, collection.id)
    cover = PhotoId(after.cover) if after.cover in after.photos else None
    tx.collections.put(replace(collection, title=after.title, note=after.note, cover=cover))
    tell_who_takes_part(tx, collection, NoticeKind.COLLECTION)
    tx.collections.add_change(collection.id, tx.by.id, tx.now, steps, undoes)


def comment_on(
    safe: Safe,
    collection_id: CollectionId,
    text: str,
    photo_id: PhotoId | None = None,
    *,
    by: Actor,
    now: datetime,
) -> Comment:
    """Say something of a collection, or of one photo in it. Whoever takes part in it gets a notice.

    Raises:
        Mistake: when nothing is said, or the photo is not in it.
    """
    made = Comment(CommentId(new_id()), collection_id, photo_id, UserId(by.id), now, said(text))
    with safe.store.begin(by=by, to=Permission.COLLECTION_COMMENT, now=now, on=collection_id) as tx:
        collection, contents = _opened(tx, collection_id)
        if photo_id is not None:
            _require_in(tx, contents, photo_id)
        tell_who_takes_part(tx, collection, NoticeKind.COMMENTED)
        tx.collections.add_comment(made)
        tx.record(Event("comment:add", collection_id, detail=f"comment={made.id}"))
    return made


def delete_comment(safe: Safe, comment_id: CommentId, *, by: Actor, now: datetime) -> CollectionId:
    """Delete what one said oneself. Returns the collection.

    Raises:
        NotAllowed: when somebody else said it.
    """
    with safe.store.begin(by=by, to=Permission.COLLECTION_COMMENT, now=now, on=comment_id) as tx:
        comment = tx.collections.comment(comment_id)
        if comment.author != by.id:
            raise NotAllowed("access:denied", "You can delete only your own comments.")
        tx.collections.remove_comment(comment_id)
        tx.record(Event("comment:delete", comment.collection_id, detail=f"comment={comment_id}"))
    return comment.collection_id
