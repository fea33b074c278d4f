"""Share links for staff: making one, seeing who used it, and ending it."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Entry, Event
from appliance.domain.consent import Light, verdict
from appliance.domain.photos import PhotoId
from appliance.domain.release import ShareId
from appliance.domain.sharing import Share, ShareState, Terms, Wish, require_sensible
from appliance.store.database import View
from appliance.store.ids import new_id
from appliance.store.passwords import hash_password, token_hash
from appliance.store.safe import Safe
from appliance.store.shares import Chosen

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_PASSWORD = 14
_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class Made:
    """A new link. Its token and password are shown now and never again."""

    share: Share
    token: str
    password: str


@dataclass(frozen=True, slots=True)
class ShareView:
    """A link as staff see it. shown: how many of the chosen photos may be used for its purpose today."""

    share: Share
    state: ShareState
    taken: int
    chosen: int
    shown: int


@dataclass(frozen=True, slots=True)
class ShareHistory:
    """A link, what was chosen for it, who used it, and what its recipient asks for."""

    view: ShareView
    photos: tuple[PhotoId, ...]
    entries: tuple[Entry, ...]
    wishes: tuple[Wish, ...]


def create_share(
    safe: Safe,
    photo_ids: list[PhotoId],
    terms: Terms,
    password: str,
    longest_days: int,
    *,
    by: Actor,
    now: datetime,
) -> Made:
    """Make a link to chosen photos. password: empty to have one made. longest_days: what the policy allows.

    Raises:
        Mistake: when the terms make no sense, or a photo is not there.
    """
    chosen_password = password or "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD))
    require_sensible(terms, chosen_password, longest_days)
    token = secrets.token_urlsafe(32)
    share = Share(
        id=ShareId(new_id()),
        title=terms.title,
        purpose=terms.purpose,
        created_at=now,
        created_by=by.id,
        expires_at=now + timedelta(days=terms.days),
        recipient=terms.recipient,
        language=terms.language,
        downloads=terms.downloads,
    )
    with safe.store.begin(by=by, to=Permission.SHARE_MAKE, now=now) as tx:
        for photo_id in photo_ids:
            tx.photos.get(photo_id)
        chosen = [Chosen(new_id(), photo_id) for photo_id in dict.fromkeys(photo_ids)]
        tx.shares.add(share, token_hash(token), hash_password(chosen_password), chosen)
        tx.record(Event("share:make", share.id, detail=f"purpose={share.purpose} photos={len(chosen)}"))
    return Made(share, token, chosen_password)


def shares(safe: Safe, *, by: Actor, now: datetime, day: date, limit: int = 100) -> tuple[ShareView, ...]:
    """The latest links, newest first."""
    with safe.store.look(by=by, to=Permission.SHARE_VIEW, now=now) as view:
        return tuple(_view(view, share, now, day) for share in view.shares.recent(limit))


def _view(view: View, share: Share, now: datetime, day: date) -> ShareView:
    taken = view.releases.count_of_share(share.id)
    chosen = [one.photo_id for one in view.shares.chosen(share.id)]
    facts = view.photos.facts(chosen)
    shown = sum(verdict(one, share.purpose, day).light is Light.GREEN for one in facts.values())
    return ShareView(share, share.state(now, taken), taken, len(chosen), shown)


def share_history(safe: Safe, share_id: ShareId, *, by: Actor, now: datetime, day: date) -> ShareHistory:
    """One link with its access log."""
    with safe.store.begin(by=by, to=Permission.SHARE_VIEW, now=now, on=share_id, durable=False) as tx:
        share = tx.shares.get(share_id)
        found = ShareHistory(
            view=_view(tx, share, now, day),
            photos=tuple(one.photo_id for one in tx.shares.chosen(share_id)),
            entries=tuple(tx.audit.search(thing=share_id, limit=_ENTRIES)),
            wishes=tuple(tx.shares.wishes(share_id)),
        )
        tx.record(Event("share:view", share_id))
    return found


def revoke_share(safe: Safe, share_id: ShareId, *, by: Actor, now: datetime) -> None:
    """End a link, at once and for every browser behind it."""
    with safe.store.begin(by=by, to=Permission.SHARE_MAKE, now=now, on=share_id) as tx:
        share = tx.shares.get(share_id)
        tx.shares.replace(replace(share, revoked_at=share.revoked_at or now))
        ended = tx.shares.end_visits(share_id)
        tx.record(Event("share:revoke", share_id, detail=f"visits={ended}"))
