"""The life of one photo, for whoever may look at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.life import Step, life
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import Photo, PhotoId
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class PhotoLife:
    """What happened to a photo, the earliest first, and who is in it."""

    photo: Photo
    steps: tuple[Step, ...]
    people: Mapping[PersonId, Person]


def photo_life(safe: Safe, photo_id: PhotoId, *, by: Actor, now: datetime) -> PhotoLife:
    """Everything that happened to a photo.

    Raises:
        Mistake: when there is none of that id.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, on=photo_id, durable=False) as view:
        facts = view.photos.facts([photo_id]).get(photo_id)
        if facts is None:
            raise Mistake("photo:unknown", "There is no such photo.", "It may have been removed.")
        releases = view.releases.of_photo(photo_id)
        recalls = view.recalls.of_releases([release.id for release in releases])
        view.record(Event("photo:view", photo_id, detail="life"))
    return PhotoLife(facts.photo, life(facts, releases, recalls), facts.people)
