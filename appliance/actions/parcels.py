"""Share links for staff: making one, seeing who used it, and ending it."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Entry, Event
from appliance.domain.collections import CollectionId
from appliance.domain.consent import Light, verdict
from appliance.domain.parcels import Parcel, ParcelState, Terms, Wish, require_sensible
from appliance.domain.photos import PhotoId
from appliance.domain.release import ParcelId
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.parcels import Chosen
from appliance.store.passwords import hash_password, token_hash
from appliance.store.safe import Safe

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_PASSWORD = 14
_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class Made:
    """A new link. Its token and password are shown now and never again."""

    parcel: Parcel
    token: str
    password: str


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A link as staff see it. shown: how many of the chosen photos may be used for its purpose today."""

    parcel: Parcel
    state: ParcelState
    taken: int
    chosen: int
    shown: int


@dataclass(frozen=True, slots=True)
class ParcelHistory:
    """A link, what was chosen for it, who used it, and what its recipient asks for."""

    view: ParcelView
    photos: tuple[PhotoId, ...]
    entries: tuple[Entry, ...]
    wishes: tuple[Wish, ...]


def create_parcel(
    safe: Safe,
    photo_ids: list[PhotoId],
    terms: Terms,
    password: str,
    longest_days: int,
    *,
    by: Actor,
    now: datetime,
    collection_id: CollectionId | None = None,
) -> Made:
    """Make a link to chosen photos. password: empty to have one made. longest_days: what the policy allows.

    collection_id: have it follow a collection, whatever was chosen.

    Raises:
        Mistake: when the terms make no sense, or a photo is not there.
    """
    chosen_password = password or "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD))
    require_sensible(terms, chosen_password, longest_days)
    token = secrets.token_urlsafe(32)
    parcel = Parcel(
        id=ParcelId(new_id()),
        title=terms.title,
        purpose=terms.purpose,
        created_at=now,
        created_by=by.id,
        expires_at=now + timedelta(days=terms.days),
        recipient=terms.recipient,
        language=terms.language,
        downloads=terms.downloads,
        collection_id=collection_id,
    )
    with safe.store.begin(by=by, to=Permission.PARCEL_MAKE, now=now) as tx:
        if collection_id is not None:
            photo_ids = tx.collections.photos(tx.collections.get(collection_id).id)
        for photo_id in photo_ids:
            tx.photos.get(photo_id)
        chosen = [Chosen(new_id(), photo_id) for photo_id in dict.fromkeys(photo_ids)]
        tx.parcels.add(parcel, token_hash(token), hash_password(chosen_password), chosen)
        tx.record(Event("parcel:make", parcel.id, detail=f"purpose={parcel.purpose} photos={len(chosen)}"))
    return Made(parcel, token, chosen_password)


def parcels(safe: Safe, *, by: Actor, now: datetime, day: date, limit: int = 100) -> tuple[ParcelView, ...]:
    """The latest links, newest first."""
    with safe.store.look(by=by, to=Permission.PARCEL_VIEW, now=now) as view:
        return tuple(_view(view, parcel, now, day) for parcel in view.parcels.recent(limit))


def _view(view: View, parcel: Parcel, now: datetime, day: date) -> ParcelView:
    taken = view.releases.count_of_parcel(parcel.id)
    chosen = [one.photo_id for one in view.parcels.chosen(parcel.id)]
    facts = view.photos.facts(chosen)
    shown = sum(verdict(one, parcel.purpose, day).light is Light.GREEN for one in facts.values())
    return ParcelView(parcel, parcel.state(now, taken), taken, len(chosen), shown)


def parcel_history(safe: Safe, parcel_id: ParcelId, *, by: Actor, now: datetime, day: date) -> ParcelHistory:
    """One link with its access log."""
    with safe.store.begin(by=by, to=Permission.PARCEL_VIEW, now=now, on=parcel_id, durable=False) as tx:
        parcel = tx.parcels.get(parcel_id)
        found = ParcelHistory(
            view=_view(tx, parcel, now, day),
            photos=tuple(one.photo_id for one in tx.parcels.chosen(parcel_id)),
            entries=tuple(tx.audit.search(thing=parcel_id, limit=_ENTRIES)),
            wishes=tuple(tx.parcels.wishes(parcel_id)),
        )
        tx.record(Event("parcel:view", parcel_id))
    return found


def revoke_parcel(safe: Safe, parcel_id: ParcelId, *, by: Actor, now: datetime) -> None:
    """End a link, at once and for every browser behind it."""
    with safe.store.begin(by=by, to=Permission.PARCEL_MAKE, now=now, on=parcel_id) as tx:
        end_parcel(tx, tx.parcels.get(parcel_id))


def end_parcel(tx: Transaction, parcel: Parcel) -> None:
    """End a link with every browser behind it."""
    tx.parcels.replace(replace(parcel, revoked_at=parcel.revoked_at or tx.now))
    ended = tx.parcels.end_visits(parcel.id)
    tx.record(Event("parcel:revoke", parcel.id, detail=f"visits={ended}"))


def follow_collection(tx: Transaction, collection_id: CollectionId) -> None:
    """Bring the links that follow a collection up to date with it."""
    for parcel in tx.parcels.following(collection_id):
        tx.parcels.follow(parcel.id, tx.collections.photos(collection_id), new_id)
