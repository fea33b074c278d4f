"""Releasing: a copy leaves the safe for one purpose, when every person in it permits that today."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Light, PhotoFacts, Purpose, Verdict, verdict
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId
from appliance.domain.photos import Box, PhotoId
from appliance.domain.release import LONG_SIDE, Release, ReleaseId, require_green
from appliance.domain.wording import Language, sentences
from appliance.imaging.copies import blurred, released
from appliance.imaging.decode import Decoder
from appliance.store.database import View
from appliance.store.ids import new_id
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class Copy:
    """What is handed out: JPEG bytes under a name that says nothing of anybody."""

    release: Release
    data: bytes
    file_name: str


def release(
    safe: Safe,
    decoder: Decoder,
    photo_id: PhotoId,
    purpose: Purpose,
    *,
    by: Actor,
    now: datetime,
    day: date,
    credit: str = "",
    language: Language = Language.ENGLISH,
) -> Copy:
    """Make a copy of a photo for a purpose.

    The verdict is asked twice: before the work, and again in the transaction that records the release,
    so that a withdrawal in between still stops it.

    Raises:
        NotAllowed: with every reason, unless the light is green; the refusal is in the audit log.
    """
    facts, original = _prepare(safe, photo_id, purpose, by=by, now=now, day=day)
    blur = _boxes_to_blur(facts, verdict(facts, purpose, day))
    data = b"" if original is None else _copy(decoder, original, purpose, blur, credit)
    with safe.store.begin(by=by, to=Permission.RELEASE_MAKE, now=now, on=photo_id) as tx:
        latest = _facts(tx, photo_id)
        decided = verdict(latest, purpose, day)
        require_green(decided, sentences(decided, language, Names(latest.people)))
        if original is None or blur != _boxes_to_blur(latest, decided):
            raise Mistake("release:changed_meanwhile", "The photo was changed just now.", "Try once more.")
        made = Release(
            id=ReleaseId(new_id()),
            photo_id=photo_id,
            purpose=purpose,
            made_at=now,
            made_by=by.id,
            sha256=hashlib.sha256(data).hexdigest(),
            bytes=len(data),
            relied_on=decided.relied_on,
        )
        tx.releases.add(made)
        tx.record(Event("release:make", photo_id, detail=f"purpose={purpose} release={made.id}"))
    return Copy(made, data, f"{made.id}.jpg")


def _prepare(
    safe: Safe, photo_id: PhotoId, purpose: Purpose, *, by: Actor, now: datetime, day: date
) -> tuple[PhotoFacts, bytes | None]:
    """The facts, and the original's bytes only when a release seems allowed."""
    with safe.store.look(by=by, to=Permission.RELEASE_MAKE, now=now, on=photo_id) as view:
        facts = _facts(view, photo_id)
        if verdict(facts, purpose, day).light is not Light.GREEN:
            return facts, None
        return facts, safe.read(view, photo_id, BlobKind.ORIGINAL)


def _facts(view: View, photo_id: PhotoId) -> PhotoFacts:
    facts = view.photos.facts([photo_id]).get(photo_id)
    if facts is None:
        raise Mistake("photo:unknown", "There is no such photo.", "It may have been removed.")
    if facts.photo.quarantined:
        raise Mistake(
            "release:quarantined",
            "This photo may be a duplicate, and is in quarantine.",
            "Decide that first, under duplicates.",
        )
    return facts


def _boxes_to_blur(facts: PhotoFacts, decided: Verdict) -> list[Box]:
    return [face.box for face in facts.faces if face.id in decided.blur and face.box is not None]


def _copy(decoder: Decoder, original: bytes, purpose: Purpose, blur: list[Box], credit: str) -> bytes:
    long_side = LONG_SIDE[purpose]
    pixels = decoder.decode(original, at_least=long_side).pixels
    if blur:
        pixels = blurred(pixels, blur)
    return released(pixels, long_side=long_side, credit=credit, copyright_notice=credit)


@dataclass(frozen=True, slots=True)
class Names:
    """Gives a person's name to whoever may read it; a person who is gone gives the id."""

    people: Mapping[PersonId, Person]

    def __call__(self, person_id: PersonId) -> str:
        """The name, or the id."""
        person = self.people.get(person_id)
        return person.name if person else str(person_id)


def releases(safe: Safe, *, by: Actor, now: datetime, limit: int = 100) -> tuple[Release, ...]:
    """The latest releases, newest first."""
    with safe.store.look(by=by, to=Permission.RELEASE_VIEW, now=now) as view:
        return tuple(view.releases.recent(limit))
