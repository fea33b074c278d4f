"""Everything about one person as a ZIP, for whoever asked for access or portability (GDPR, 15 and 20)."""

import json
from collections.abc import Iterator
from datetime import date, datetime, tzinfo

from appliance.actions.zipping import Zipping
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.portability import (
    Known,
    KnownPhoto,
    Left,
    Look,
    boxes_of_others,
    known_as_data,
    own_faces,
)
from appliance.domain.retention import due
from appliance.domain.wording import Language
from appliance.evidence.own_data import own_data_page
from appliance.imaging.copies import blurred, proxy
from appliance.imaging.decode import Decoder
from appliance.store.database import View
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe

_MOST_ENTRIES = 1000  # of one photo


def export_person(
    safe: Safe,
    decoder: Decoder,
    person_id: PersonId,
    *,
    organisation: str,
    language: Language,
    zone: tzinfo,
    by: Actor,
    now: datetime,
    day: date,
) -> Iterator[bytes]:
    """The bytes of a ZIP with an index page, JSON, photos and signed documents, in parts.

    Everybody else's faces in the photos are blurred. It says who looked, who received copies, on which
    basis, and until when each photo is kept. Whether it may be made is decided before the first part.
    """
    with safe.store.begin(by=by, to=Permission.RIGHTS_EDIT, now=now, on=person_id) as tx:
        known = _known(tx, tx.people.get(person_id))
        tx.record(Event("rights:export", known.person.id, detail=f"photos={len(known.photos)}"))

    def parts() -> Iterator[bytes]:
        pictures = set()
        with Zipping(now) as zipping:
            for one in known.photos:
                data = _picture(safe, decoder, known.person.id, one.id, by=by, now=now)
                if data:
                    pictures.add(one.id)
                    zipping.put(f"photos/{one.id}.jpg", data)
                    yield zipping.fetch()
            for name, data in _documents(safe, known.person.id, by=by, now=now):
                zipping.put(f"documents/{name}.pdf", data)
                yield zipping.fetch()
            told = json.dumps(known_as_data(known), ensure_ascii=False, indent=2)
            zipping.put("data.json", told.encode(), deflate=True)
            page = own_data_page(
                known, pictures, organisation=organisation, language=language, day=day, zone=zone
            )
            zipping.put("index.html", page.encode(), deflate=True)
        yield zipping.fetch()

    return parts()


def _known(view: View, person: Person) -> Known:
    photos = view.people.photos_of(person.id)
    rules = view.retention.rules()
    facts = view.photos.facts(photos)
    return Known(
        person=person,
        quitclaims=view.consent.of_person(person.id),
        photos=[
            KnownPhoto(p, facts[p].photo.name, facts[p].photo.capture.taken_at, due(facts[p], rules).on)
            for p in photos
        ],
        left=[
            Left(p, one.purpose, one.made_at, one.recipient.name)
            for p in photos
            for one in view.releases.of_photo(p)
        ],
        looks=[
            Look(p, entry.event.action, entry.at, entry.actor_kind)
            for p in photos
            for entry in view.audit.search(thing=p, limit=_MOST_ENTRIES)
        ],
        templates=view.people.template_count(person.id),
        requests=view.rights.of_person(person.id),
    )


def _picture(
    safe: Safe, decoder: Decoder, person_id: PersonId, photo_id: PhotoId, *, by: Actor, now: datetime
) -> bytes:
    """A photo with everybody else blurred; empty for one that was not examined."""
    with safe.store.look(by=by, to=Permission.RIGHTS_EDIT, now=now, on=photo_id) as view:
        if view.photos.kept(photo_id, BlobKind.PROXY) is None:
            return b""
        others = boxes_of_others(view.faces.of(photo_id), own_faces(view.faces.links(photo_id), person_id))
        data = safe.read(view, photo_id, BlobKind.PROXY)
    return proxy(blurred(decoder.decode(data).pixels, others)) if others else data


def _documents(safe: Safe, person_id: PersonId, *, by: Actor, now: datetime) -> Iterator[tuple[str, bytes]]:
    with safe.store.look(by=by, to=Permission.RIGHTS_EDIT, now=now, on=person_id) as view:
        theirs = {version.id for version in view.consent.of_person(person_id)}
        kept = [one for one in view.evidence.all() if one[1].quitclaim_id in theirs]
    for name, one, wrapped in kept:
        yield name, safe.blobs.read(one.place, key=safe.ring.unwrap(wrapped, name), about=f"{name}/document")
