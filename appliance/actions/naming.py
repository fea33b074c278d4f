"""Naming many faces in one go: those without a name, side by side, with whom they may be."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from appliance.actions.recognition import open_faces, shoot_of
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.people import LinkState, Person, PersonId
from appliance.domain.photos import Face, Photo, PhotoId
from appliance.domain.recognition import is_minor
from appliance.store.database import View
from appliance.store.safe import Safe
from appliance.store.search import Filter


@dataclass(frozen=True, slots=True)
class Nameless:
    """A face without a name. suggested: who it may be; a minor is never chosen beforehand."""

    face: Face
    photo: Photo
    suggested: Person | None
    minor: bool

    @property
    def group(self) -> tuple[str, int] | None:
        """Faces with the same value look alike."""
        return None if self.face.lookalike is None else (self.photo.import_id, self.face.lookalike)


@dataclass(frozen=True, slots=True)
class NamelessPage:
    """Some faces without a name, those that look alike side by side. invited: to their shoots."""

    faces: tuple[Nameless, ...]
    invited: tuple[Person, ...]
    photos: int  # with a face without a name, in all
    after: PhotoId | None


def nameless(
    safe: Safe,
    *,
    by: Actor,
    now: datetime,
    day: date,
    wanted: Filter,
    after: PhotoId | None = None,
    limit: int = 40,
) -> NamelessPage:
    """The faces without a name of some photos, newest first. limit: of photos."""
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, durable=False) as view:
        photos = view.photos.page(wanted, after=after, limit=limit + 1)
        shown = photos[:limit]
        faces = [one for photo in shown for one in _of_photo(view, photo, day)]
        page = NamelessPage(
            faces=tuple(sorted(faces, key=_side_by_side(faces))),
            invited=_invited(view, shown),
            photos=view.photos.count(wanted),
            after=shown[-1].id if len(photos) > limit else None,
        )
        view.record(Event("face:list", detail=f"faces={len(faces)}"))
    return page


def _of_photo(view: View, photo: Photo, day: date) -> list[Nameless]:
    suggested = {
        link.face_id: link for link in view.faces.links(photo.id) if link.state is LinkState.SUGGESTED
    }
    people = view.people.many({link.person_id for link in suggested.values()})
    found = []
    for face in open_faces(view, photo.id):
        if face.box is None:
            continue
        link = suggested.get(face.id)
        person = people.get(link.person_id) if link else None
        found.append(Nameless(face, photo, person, person is not None and is_minor(person, day)))
    return found


def _side_by_side(faces: list[Nameless]) -> Callable[[Nameless], tuple[int, int]]:
    """Keeps the order, but puts faces that look alike at the place of the first of them."""
    place = {id(one): number for number, one in enumerate(faces)}
    first: dict[tuple[str, int], int] = {}
    for one in faces:
        if one.group is not None:
            first.setdefault(one.group, place[id(one)])
    return lambda one: (first[one.group] if one.group else place[id(one)], place[id(one)])


def _invited(view: View, photos: list[Photo]) -> tuple[Person, ...]:
    shoots = {photo.shoot_id: shoot_of(view, photo) for photo in photos}
    people: set[PersonId] = set()
    for shoot in shoots.values():
        people |= shoot.invited if shoot else set()
    return tuple(sorted(view.people.many(people).values(), key=lambda person: person.name.casefold()))
