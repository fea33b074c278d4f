"""News for an open page: a few counts by which it sees that something came or changed. Never a name."""

from dataclasses import dataclass
from datetime import datetime

from appliance.domain.access import Actor, Permission, UserId
from appliance.domain.collections import CollectionId
from appliance.store.safe import Safe
from appliance.store.search import Filter


@dataclass(frozen=True, slots=True)
class News:
    """photos: in the library. unseen: notices that one has not seen. changed: a number that grows with each
    change of the collection that the page shows, and each comment there; 0 without one."""

    photos: int
    unseen: int
    changed: int = 0


def news(safe: Safe, collection_id: CollectionId | None = None, *, by: Actor, now: datetime) -> News:
    """What an open page is told. Asking leaves no entry in the audit log.

    Raises:
        NotAllowed: when whoever asks may not see it, or no longer.
        Mistake: when the collection is gone.
    """
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return News(
            photos=view.photos.count(Filter()),
            unseen=view.notices.unseen(UserId(by.id)),
            changed=view.collections.changed(view.collections.get(collection_id).id) if collection_id else 0,
        )
