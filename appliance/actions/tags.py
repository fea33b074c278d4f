"""Tags, which are keywords: giving them to many photos in one act, taking them off, and the list of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from appliance.actions.versions import versioned
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.changes import Changed, ChangeId
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.tags import Tag, TagId, sensible_tag
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe

MOST_TAGGED = 1000  # photos in one act


def tags(safe: Safe, *, by: Actor, now: datetime) -> tuple[Tag, ...]:
    """Every tag that photos have, by name."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return tuple(view.tags.all())


def tag_photos(safe: Safe, photo_ids: Sequence[PhotoId], name: str, *, by: Actor, now: datetime) -> Tag:
    """Give photos a tag, a new one when there is none of that name. It can be taken back as one act.

    Raises:
        Mistake: when that cannot be a tag, or no photo or too many are chosen.
    """
    name, chosen = sensible_tag(name), sensible_choice(photo_ids)
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now) as tx:
        with _undoable(tx, chosen):
            tx.tags.put(chosen, name)
        tag = _required(tx.tags.named(name))
        for photo_id in chosen:
            tx.record(Event("photo:tag", photo_id, detail=f"tag={tag.id}"))
    return tag


def untag_photos(safe: Safe, photo_ids: Sequence[PhotoId], tag_id: TagId, *, by: Actor, now: datetime) -> Tag:
    """Take a tag off photos. It can be taken back as one act.

    Raises:
        Mistake: when there is no such tag, or no photo or too many are chosen.
    """
    chosen = sensible_choice(photo_ids)
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now) as tx:
        tag = _required(tx.tags.get(tag_id))
        with _undoable(tx, chosen):
            tx.tags.take(chosen, tag.name)
        for photo_id in chosen:
            tx.record(Event("photo:untag", photo_id, detail=f"tag={tag_id}"))
    return tag


def tag_named(safe: Safe, name: str, *, by: Actor, now: datetime) -> Tag:
    """The tag of a name, accents and capitals aside.

    Raises:
        Mistake: when there is none.
    """
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return _required(view.tags.named(" ".join(name.split())))


def _required(tag: Tag | None) -> Tag:
    if tag is None:
        raise Mistake("tag:unknown", "There is no such keyword.", "Choose one from the list.")
    return tag


def sensible_choice(photo_ids: Sequence[PhotoId]) -> list[PhotoId]:
    """Each photo once.

    Raises:
        Mistake: when there is none, or too many.
    """
    chosen = list(dict.fromkeys(photo_ids))
    if not chosen:
        raise Mistake("tag:nothing", "No photo was chosen.", "Choose one or more photos first.")
    if len(chosen) > MOST_TAGGED:
        raise Mistake(
            "tag:too_many",
            "That are too many photos for one go.",
            "Choose at most {most}.",
            values={"most": MOST_TAGGED},
        )
    return chosen


@contextmanager
def _undoable(tx: Transaction, chosen: Sequence[PhotoId]) -> Iterator[None]:
    """Whatever is done to the tags of these photos within can be taken back as one."""
    for photo_id in chosen:
        tx.photos.get(photo_id)
    before = tx.tags.keywords(chosen)
    with versioned(tx, chosen):
        yield
    after = tx.tags.keywords(chosen)
    if before != after:
        tx.changes.add(ChangeId(new_id()), tx.by.id, tx.now, before, after, Changed.TAGS)
