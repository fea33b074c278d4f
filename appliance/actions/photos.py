"""Looking at photos: the library, one photo with its faces and lights, and the pictures themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.duplicates import Known
from appliance.actions.lights import refresh, refresh_stale, verdicts_of
from appliance.actions.past import facts_on, verdict_on
from appliance.actions.versions import versioned
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import PUBLICATION, Light, PhotoFacts, Purpose, Verdict
from appliance.domain.descriptions import Description
from appliance.domain.errors import Mistake
from appliance.domain.people import Link, LinkState, Person, PersonId
from appliance.domain.photos import Doubt, Face, FaceId, Photo, PhotoId, Resolution
from appliance.domain.release import Release
from appliance.domain.tags import Tag
from appliance.imaging.copies import face_crop
from appliance.imaging.decode import Decoder
from appliance.store.database import View
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe
from appliance.store.search import Filter

__all__ = ["BlobKind", "Filter"]

MOST_HEADS = 10_000


@dataclass(frozen=True, slots=True)
class Card:
    """A photo as the library shows it. verdicts: one for each purpose of publication. people: in them."""

    photo: Photo
    verdicts: tuple[Verdict, ...]
    people: Mapping[PersonId, Person]
    faces: int
    names: tuple[str, ...]
    open_faces: int

    @property
    def lights(self) -> Mapping[Purpose, Light]:
        """One for each purpose of publication."""
        return {verdict.purpose: verdict.light for verdict in self.verdicts}


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """One page of the library. `after`: where the next page starts; None at the end."""

    cards: tuple[Card, ...]
    total: int
    after: PhotoId | None
    waiting: int  # photos that are still to be examined


@dataclass(frozen=True, slots=True)
class FaceView:
    """A face, who it is, and who it might be."""

    face: Face
    confirmed: Person | None
    suggestions: tuple[tuple[Person, Link], ...]


@dataclass(frozen=True, slots=True)
class PhotoView:
    """All that the page of one photo shows. `portraits`: a confirmed face of each person suggested.

    doubts: where somebody may be, without those where a face was marked.
    """

    photo: Photo
    description: Description
    faces: tuple[FaceView, ...]
    doubts: tuple[Doubt, ...]
    verdicts: tuple[Verdict, ...]
    releases: tuple[Release, ...]
    people: Mapping[PersonId, Person]
    portraits: Mapping[PersonId, FaceId]
    previous: PhotoId | None
    following: PhotoId | None
    tags: tuple[Tag, ...]
    cold: bool  # whether the original lies in the cold archive


def library(
    safe: Safe,
    *,
    by: Actor,
    now: datetime,
    day: date,
    wanted: Filter,
    after: PhotoId | None = None,
    limit: int = 60,
    known: Known | None = None,
) -> LibraryPage:
    """A page of the photos that are wanted, newest first. Each light is decided anew for this page.

    known: fingerprints, when this process has them already.
    """
    refresh_stale(safe, now=now, day=day)
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, durable=False) as view:
        wanted = with_alike(view, wanted, known)
        photos = view.photos.page(wanted, after=after, limit=limit + 1)
        shown = photos[:limit]
        page = LibraryPage(
            cards=cards(view, [photo.id for photo in shown], day),
            total=view.photos.count(wanted),
            after=shown[-1].id if len(photos) > limit else None,
            waiting=view.photos.waiting_count(),
        )
        view.record(Event("photo:list", detail=f"photos={len(shown)}"))
    return page


def with_alike(view: View, wanted: Filter, known: Known | None) -> Filter:
    """A search for photos like another one, with the numbers of those that are.

    Raises:
        Mistake: when that photo is not there.
    """
    if wanted.similar_to is None:
        return wanted
    return replace(wanted, alike=(known or Known()).alike(view, wanted.similar_to))


def wanted_ids(
    safe: Safe, *, by: Actor, now: datetime, wanted: Filter, limit: int, known: Known | None = None
) -> tuple[PhotoId, ...]:
    """The ids of the photos that are wanted, newest first."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        wanted = with_alike(view, wanted, known)
        return tuple(photo.id for photo in view.photos.page(wanted, after=None, limit=limit))


def cards_of(
    safe: Safe,
    photo_ids: Sequence[PhotoId],
    *,
    by: Actor,
    now: datetime,
    day: date,
    to: Permission = Permission.RELEASE_MAKE,
) -> tuple[Card, ...]:
    """The cards of chosen photos, in the order asked. to: what they were chosen for.

    Raises:
        Mistake: when one of them is not there.
    """
    with safe.store.begin(by=by, to=to, now=now, durable=False) as view:
        found = view.photos.facts(photo_ids)
        if len(found) != len(photo_ids):
            raise Mistake("photo:unknown", "There is no such photo.", "It may have been removed.")
        view.record(Event("photo:list", detail=f"photos={len(found)}"))
    return tuple(_card(facts, day) for facts in found.values())


def cards(view: View, photo_ids: Sequence[PhotoId], day: date) -> tuple[Card, ...]:
    """The cards of some photos, in the order asked."""
    facts = view.photos.facts(photo_ids)
    return tuple(_card(facts[photo_id], day) for photo_id in photo_ids)


def _card(facts: PhotoFacts, day: date) -> Card:
    named = {link.face_id: link.person_id for link in facts.links if link.state is LinkState.CONFIRMED}
    return Card(
        photo=facts.photo,
        verdicts=verdicts_of(facts, day),
        people=facts.people,
        faces=len(facts.faces),
        names=tuple(sorted(facts.people[p].name for p in set(named.values()) if p in facts.people)),
        open_faces=sum(f.id not in named and f.resolution is Resolution.OPEN for f in facts.faces),
    )


def look_at(
    safe: Safe,
    photo_id: PhotoId,
    *,
    by: Actor,
    now: datetime,
    day: date,
    within: Filter = Filter(),  # noqa: B008 - a frozen value
    known: Known | None = None,
) -> PhotoView:
    """One photo with its faces, lights and releases. `within`: the search it was opened from."""
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, on=photo_id, durable=False) as view:
        facts = view.photos.facts([photo_id]).get(photo_id)
        if facts is None:
            raise Mistake("photo:unknown", "There is no such photo.", "It may have been removed.")
        previous, following = view.photos.neighbours(photo_id, with_alike(view, within, known))
        seen = PhotoView(
            photo=facts.photo,
            description=view.descriptions.of(photo_id),
            faces=tuple(_face_view(facts, face) for face in facts.faces),
            doubts=tuple(one for one in view.doubts.of(photo_id) if one.face_id is None),
            verdicts=verdicts_of(facts, day),
            releases=tuple(view.releases.of_photo(photo_id)),
            people=facts.people,
            portraits=_portraits(view, facts),
            previous=previous,
            following=following,
            tags=tuple(view.tags.of(photo_id)),
            cold=(kept := view.photos.kept(photo_id, BlobKind.ORIGINAL)) is not None and kept.cold,
        )
        view.record(Event("photo:view", photo_id))
    return seen


def _portraits(view: View, facts: PhotoFacts) -> dict[PersonId, FaceId]:
    """Faces to compare with, of those who are only suggested."""
    suggested = {link.person_id for link in facts.links if link.state is LinkState.SUGGESTED}
    found = {person_id: view.people.portrait(person_id) for person_id in suggested}
    return {person_id: face_id for person_id, face_id in found.items() if face_id is not None}


def _face_view(facts: PhotoFacts, face: Face) -> FaceView:
    links = [link for link in facts.links if link.face_id == face.id]
    named = [facts.people.get(link.person_id) for link in links if link.state is LinkState.CONFIRMED]
    suggested = sorted(
        (link for link in links if link.state is LinkState.SUGGESTED and link.person_id in facts.people),
        key=lambda link: link.distance or 0.0,
    )
    return FaceView(
        face, next(iter(named), None), tuple((facts.people[link.person_id], link) for link in suggested)
    )


def picture(safe: Safe, photo_id: PhotoId, kind: BlobKind, *, by: Actor, now: datetime) -> bytes:
    """The proxy or thumbnail of a photo, as JPEG.

    Raises:
        Mistake: when another file of the photo is asked for; originals leave by a release only.
    """
    if kind not in (BlobKind.PROXY, BlobKind.THUMBNAIL):
        raise Mistake("photo:no_preview", "Only previews are shown.", "Release a copy to use the photo.")
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, on=photo_id, durable=False) as view:
        data = safe.read(view, photo_id, kind)
        view.record(Event("photo:preview", photo_id, detail=kind.value))
    return data


def face_picture(safe: Safe, decoder: Decoder, face_id: FaceId, *, by: Actor, now: datetime) -> bytes:
    """One face cut out of its photo's proxy, as JPEG.

    Raises:
        Mistake: when the person was added without a box.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, on=face_id, durable=False) as view:
        face = view.faces.get(face_id)
        if face.box is None:
            raise Mistake("face:no_picture", "This person was added without a box.")
        data = safe.read(view, face.photo_id, BlobKind.PROXY)
        view.record(Event("photo:preview", face.photo_id, detail="face"))
    return face_crop(decoder.decode(data).pixels, face.box)


def count_heads(safe: Safe, photo_id: PhotoId, count: int, *, by: Actor, now: datetime, day: date) -> None:
    """Attest how many people can be recognised in a photo (P17).

    Raises:
        Mistake: when the count is no sensible number.
    """
    if not 0 <= count <= MOST_HEADS:
        raise Mistake("photo:head_count", "That is not a number of people.", "Fill in 0 or more.")
    with safe.store.begin(by=by, to=Permission.PHOTO_EDIT, now=now, on=photo_id) as tx:
        with versioned(tx, [photo_id]):
            tx.photos.replace(replace(tx.photos.get(photo_id), head_count=count))
        refresh(tx, [photo_id], day)
        tx.record(Event("photo:count", photo_id, detail=f"heads={count}"))


def verdicts(
    safe: Safe,
    photo_ids: Sequence[PhotoId],
    purposes: Sequence[Purpose] = PUBLICATION,
    *,
    by: Actor,
    now: datetime,
    day: date,
    today: date,
) -> tuple[tuple[Photo, tuple[Verdict, ...], Mapping[PersonId, Person]], ...]:
    """The verdicts of photos for some purposes on any day, with the people that the reasons name.

    A day before today is answered from what was known then (P13).
    """
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        facts = view.photos.facts(photo_ids)
        past = facts_on(view, [f.photo for f in facts.values()], day) if day < today else None
    unknown = [photo_id for photo_id in photo_ids if photo_id not in facts]
    if unknown:
        raise Mistake("photo:unknown", "There is no such photo.", "Check the id with `kluis verdict --all`.")
    found = []
    for photo_id in photo_ids:
        known = facts[photo_id] if past is None else past.get(photo_id)
        decided = tuple(verdict_on(known, purpose, day) for purpose in purposes)
        found.append((facts[photo_id].photo, decided, known.people if known else {}))
    return tuple(found)


def lights_in_all(safe: Safe, *, by: Actor, now: datetime, day: date) -> dict[Purpose, dict[Light, int]]:
    """How many photos have which light, for each purpose."""
    refresh_stale(safe, now=now, day=day)
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return {purpose: view.lights.counts(purpose) for purpose in PUBLICATION}
