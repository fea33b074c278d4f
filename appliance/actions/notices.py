"""Notices to staff: photos they used are affected, or a request of theirs was answered."""

from datetime import datetime

from appliance.domain.access import WORKER, Actor, Permission, UserId
from appliance.domain.audit import Event
from appliance.domain.collections import Collection
from appliance.domain.consent import Purpose
from appliance.domain.notices import Notice, NoticeId, NoticeKind
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.sign_in import ALWAYS_SECOND
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe


def tell_users_of(tx: Transaction, person_id: PersonId, purposes: set[Purpose]) -> int:
    """Tell everybody who released photos of somebody for these purposes. Returns how many notices."""
    told: set[tuple[str, PhotoId, Purpose]] = set()
    for photo_id in tx.people.photos_of(person_id):
        for release in tx.releases.of_photo(photo_id):
            if release.purpose in purposes:
                told.add((release.made_by, photo_id, release.purpose))
    for made_by, photo_id, purpose in sorted(told):
        tx.notices.add(
            Notice(
                NoticeId(new_id()),
                UserId(made_by),
                NoticeKind.WITHDRAWN,
                tx.now,
                photo_id=photo_id,
                person_id=person_id,
                purpose=purpose,
            )
        )
    return len(told)


def tell_user(tx: Transaction, user_id: UserId, kind: NoticeKind) -> None:
    """Tell one user about their own account."""
    tx.notices.add(Notice(NoticeId(new_id()), user_id, kind, tx.now))


def tell_guards(tx: Transaction, kind: NoticeKind) -> None:
    """Tell everybody who guards the box: administrators and privacy officers."""
    for user in tx.access.all():
        if user.active and not user.emergency and user.role in ALWAYS_SECOND:
            tell_user(tx, user.id, kind)


def tell_who_takes_part(tx: Transaction, collection: Collection, kind: NoticeKind) -> None:
    """Tell whoever takes part in a collection, apart from who acts; once until they have seen it.

    The box takes part by the rules of shares and cards, and reads no notices.
    """
    for user_id in sorted(tx.collections.taking_part(collection) - {UserId(tx.by.id), UserId(WORKER.id)}):
        if not tx.notices.waits(user_id, kind, collection.id):
            tx.notices.add(Notice(NoticeId(new_id()), user_id, kind, tx.now, collection_id=collection.id))


def notices(safe: Safe, *, by: Actor, now: datetime) -> tuple[Notice, ...]:
    """One's own notices, the newest first."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        return tuple(view.notices.of(UserId(by.id)))


def unseen_notices(safe: Safe, *, by: Actor, now: datetime) -> int:
    """How many of one's own notices are new."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        return view.notices.unseen(UserId(by.id))


def see_notices(safe: Safe, *, by: Actor, now: datetime) -> int:
    """Note that one saw one's notices. Returns how many were new."""
    with safe.store.begin(by=by, to=Permission.SESSION_USE, now=now, durable=False) as tx:
        seen = tx.notices.mark_seen(UserId(by.id), now)
        tx.record(Event("notice:see", detail=f"notices={seen}"))
    return seen
