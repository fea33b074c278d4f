"""What is told of a photo, changed by hand: read from its file at first, then the editors' own."""

from datetime import datetime

from appliance.actions.versions import versioned
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.descriptions import Description, sensible
from appliance.domain.photos import PhotoId
from appliance.store.safe import Safe


def describe(
    safe: Safe, photo_id: PhotoId, description: Description, *, by: Actor, now: datetime
) -> Description:
    """Write what is told of a photo; whatever is empty is told no more. The file itself stays as it came.

    Returns what is kept.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=photo_id) as tx:
        tx.photos.get(photo_id)
        kept = sensible(description)
        with versioned(tx, [photo_id]):
            tx.descriptions.put(photo_id, kept)
        tx.record(Event("photo:describe", photo_id, detail=f"keywords={len(kept.keywords)}"))
    return kept
