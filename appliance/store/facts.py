"""All that verdicts need to know of some photos, in a fixed number of queries however many they are."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from sqlite_utils import Database

from appliance.domain.consent import PhotoFacts, Quitclaim
from appliance.domain.people import Link, Person, PersonId
from appliance.domain.photos import Face, Photo, PhotoId
from appliance.store.consent import to_quitclaim
from appliance.store.faces import to_face, to_link
from appliance.store.people import to_person
from appliance.store.rows import Row, many, query


def gather(
    db: Database, photo_ids: Sequence[PhotoId], to_photo: Callable[[Row], Photo]
) -> dict[PhotoId, PhotoFacts]:
    """The facts of each photo, in the order asked; unknown ids are left out."""
    wanted = many(photo_ids)
    photos = {
        row["id"]: to_photo(row)
        for row in query(db, "SELECT * FROM photos WHERE id IN (SELECT value FROM json_each(?))", (wanted,))
    }
    faces = _faces(db, wanted)
    links = _links(db, wanted)
    linked = many({link.person_id for found in links.values() for link in found})
    people = _people(db, linked)
    quitclaims = _quitclaims(db, linked)
    return {
        photo_id: _of_one(photos[photo_id], faces[photo_id], links[photo_id], people, quitclaims)
        for photo_id in photo_ids
        if photo_id in photos
    }


def _of_one(
    photo: Photo,
    faces: list[Face],
    links: list[Link],
    people: dict[PersonId, Person],
    quitclaims: dict[PersonId, list[Quitclaim]],
) -> PhotoFacts:
    named = {link.person_id for link in links}
    return PhotoFacts(
        photo=photo,
        faces=tuple(faces),
        links=tuple(links),
        people={p: people[p] for p in named if p in people},
        quitclaims={p: tuple(quitclaims[p]) for p in named if p in quitclaims},
    )


def _faces(db: Database, wanted: str) -> defaultdict[PhotoId, list[Face]]:
    found: defaultdict[PhotoId, list[Face]] = defaultdict(list)
    sql = "SELECT * FROM faces WHERE photo_id IN (SELECT value FROM json_each(?)) ORDER BY rowid"
    for row in query(db, sql, (wanted,)):
        found[PhotoId(row["photo_id"])].append(to_face(row))
    return found


def _links(db: Database, wanted: str) -> defaultdict[PhotoId, list[Link]]:
    found: defaultdict[PhotoId, list[Link]] = defaultdict(list)
    sql = "SELECT * FROM named_links WHERE photo_id IN (SELECT value FROM json_each(?))"
    for row in query(db, sql, (wanted,)):
        found[PhotoId(row["photo_id"])].append(to_link(row))
    return found


def _people(db: Database, wanted: str) -> dict[PersonId, Person]:
    sql = "SELECT * FROM people WHERE id IN (SELECT value FROM json_each(?))"
    return {PersonId(row["id"]): to_person(row) for row in query(db, sql, (wanted,))}


def _quitclaims(db: Database, wanted: str) -> defaultdict[PersonId, list[Quitclaim]]:
    found: defaultdict[PersonId, list[Quitclaim]] = defaultdict(list)
    sql = (
        "SELECT quitclaims.*, identity FROM people JOIN quitclaims ON quitclaims.person_id = people.id"
        " WHERE identity IN (SELECT value FROM json_each(?))"
    )
    for row in query(db, sql, (wanted,)):
        found[PersonId(row["identity"])].append(to_quitclaim(row))
    return found
