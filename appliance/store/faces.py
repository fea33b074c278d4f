"""Rows of faces, and of the links between faces and people."""

import json

from appliance.domain.errors import Mistake
from appliance.domain.people import Link, LinkState, PersonId
from appliance.domain.photos import Box, Face, FaceId, Origin, PhotoId, Resolution, ShootId
from appliance.store.connections import IntegrityError
from appliance.store.rows import Row, Rows, instant, maybe_moment


class FaceRows(Rows):
    """Faces and links. People are named by who they are in the end, however their names were merged."""

    def of(self, photo_id: PhotoId) -> list[Face]:
        """The faces of a photo, in the order in which they were found."""
        rows = self._all("SELECT * FROM faces WHERE photo_id = ? ORDER BY rowid", photo_id)
        return [to_face(row) for row in rows]

    def get(self, face_id: FaceId) -> Face:
        """One face.

        Raises:
            Mistake: when there is none of that id.
        """
        self._choose(face_id)
        row = self._first("SELECT * FROM faces WHERE id = ?", face_id)
        if row is None:
            raise Mistake("face:unknown", "There is no such face.", "It may have been removed.")
        return to_face(row)

    def add(self, face: Face) -> None:
        """Add a face."""
        self._add("faces", _row(face))

    def replace(self, face: Face) -> None:
        """Write a face anew."""
        self._change("faces", face.id, _row(face))

    def set_lookalike(self, face_id: FaceId, number: int) -> None:
        """Note which faces of its import a face looks like."""
        self._run("UPDATE faces SET lookalike = ? WHERE id = ?", number, face_id)

    def lookalikes(self, face_id: FaceId) -> list[Face]:
        """The faces of one import that look like a face, itself included; without a group, itself alone."""
        rows = self._all(
            "SELECT other.* FROM faces one JOIN photos here ON here.id = one.photo_id"
            " JOIN photos there ON there.import_id = here.import_id"
            " JOIN faces other ON other.photo_id = there.id AND (other.id = one.id"
            " OR other.lookalike = one.lookalike) WHERE one.id = ? ORDER BY there.number, other.rowid",
            face_id,
        )
        return [to_face(row) for row in rows]

    def remove(self, face_id: FaceId) -> None:
        """Delete a face with its links and templates."""
        self._run("DELETE FROM faces WHERE id = ?", face_id)

    def links(self, photo_id: PhotoId) -> list[Link]:
        """Every link of a photo's faces."""
        return [to_link(row) for row in self._all("SELECT * FROM named_links WHERE photo_id = ?", photo_id)]

    def links_of(self, face_id: FaceId) -> list[Link]:
        """Every link of one face."""
        return [to_link(row) for row in self._all("SELECT * FROM named_links WHERE face_id = ?", face_id)]

    def link(self, link: Link) -> bool:
        """Set what is known of a face and a person. False when nothing changed.

        A suggestion gives way to what somebody has said of the pair: a rejected one never returns (P7).

        Raises:
            Mistake: when that person stands in the photo already, or the face has a name already.
        """
        face = self.get(link.face_id)
        if link.state is LinkState.CONFIRMED:
            self._require_once(face, link.person_id)
        sql = (
            "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (face_id, person_id) DO UPDATE SET"
            " state = excluded.state, distance = excluded.distance, changed_at = excluded.changed_at"
            " WHERE excluded.state <> 'suggested' OR links.state = 'suggested'"
        )
        values = (
            link.face_id,
            self._name_used(link),
            face.photo_id,
            link.state.value,
            link.distance,
            instant(link.changed_at),
        )
        try:
            return self._run(sql, *values) > 0
        except IntegrityError as problem:
            raise _clash(problem) from problem

    def _name_used(self, link: Link) -> PersonId:
        """The id under which the pair is known already, so that a merge does not make a second link."""
        row = self._first(
            "SELECT links.person_id FROM links JOIN people ON people.id = links.person_id"
            " WHERE face_id = ? AND identity = ?",
            link.face_id,
            link.person_id,
        )
        return PersonId(row["person_id"]) if row else link.person_id

    def _require_once(self, face: Face, person_id: PersonId) -> None:
        elsewhere = self._first(
            "SELECT * FROM named_links WHERE photo_id = ? AND face_id <> ?"
            " AND person_id = ? AND state = 'confirmed'",
            face.photo_id,
            face.id,
            person_id,
        )
        if elsewhere is not None:
            raise _twice()

    def unlink(self, face_id: FaceId, person_id: PersonId) -> None:
        """Forget a link."""
        self._run(
            "DELETE FROM links WHERE face_id = ? AND person_id IN (SELECT id FROM people WHERE identity = ?)",
            face_id,
            person_id,
        )

    def take_back_suggestions(
        self, *, of: PersonId | None = None, shoot_id: ShootId | None = None
    ) -> list[PhotoId]:
        """Delete the suggestions that nobody answered: of a person, of a shoot, or all. In which photos."""
        rows = self._all(
            "DELETE FROM links WHERE state = 'suggested'"
            " AND (?1 IS NULL OR person_id IN (SELECT id FROM people WHERE identity = ?1))"
            " AND (?2 IS NULL OR photo_id IN (SELECT id FROM photos WHERE shoot_id = ?2))"
            " RETURNING photo_id",
            of,
            shoot_id,
        )
        return sorted({PhotoId(row["photo_id"]) for row in rows})

    def take_back_suggestions_of(self, face_id: FaceId) -> None:
        """Delete the suggestions for one face that nobody answered."""
        self._run("DELETE FROM links WHERE face_id = ? AND state = 'suggested'", face_id)

    def suggested_people(self) -> list[PersonId]:
        """Everybody of whom a suggestion waits for an answer."""
        rows = self._all("SELECT DISTINCT person_id FROM links WHERE state = 'suggested'")
        return [PersonId(row["person_id"]) for row in rows]

    def suggestions(self, limit: int) -> list[tuple[PhotoId, Link]]:
        """Suggestions that wait for an answer, newest photo first."""
        rows = self._all(
            "SELECT named_links.* FROM named_links JOIN photos ON photos.id = named_links.photo_id"
            " WHERE state = 'suggested' ORDER BY photos.number DESC LIMIT ?",
            limit,
        )
        return [(PhotoId(row["photo_id"]), to_link(row)) for row in rows]


def _clash(problem: Exception) -> Mistake:
    told = str(problem)
    if "photo_id" in told and "person_id" in told:
        return _twice()
    if "FOREIGN KEY" in told:
        return Mistake("person:unknown", "There is no such person.", "Choose one from the list.")
    return Mistake("face:named", "This face has a name already.", "Take that name away first.")


def _twice() -> Mistake:
    return Mistake(
        "face:person_twice",
        "That person is already named elsewhere in this photo.",
        "Take that name away first, if it is wrong.",
    )


def _row(face: Face) -> Row:
    box = face.box
    return {
        "id": face.id,
        "photo_id": face.photo_id,
        "left": box.left if box else None,
        "top": box.top if box else None,
        "width": box.width if box else None,
        "height": box.height if box else None,
        "origin": face.origin.value,
        "score": float(face.score),
        "resolution": face.resolution.value,
        "points": json.dumps(face.points) if face.points else None,
        "lookalike": face.lookalike,
    }


def to_face(row: Row) -> Face:
    """A face from its row."""
    has_box = row["left"] is not None
    return Face(
        id=FaceId(row["id"]),
        photo_id=PhotoId(row["photo_id"]),
        box=Box(row["left"], row["top"], row["width"], row["height"]) if has_box else None,
        origin=Origin(row["origin"]),
        score=row["score"],
        resolution=Resolution(row["resolution"]),
        points=tuple((x, y) for x, y in json.loads(row["points"] or "[]")),
        lookalike=row["lookalike"],
    )


def to_link(row: Row) -> Link:
    """A link from its row."""
    return Link(
        face_id=FaceId(row["face_id"]),
        person_id=PersonId(row["person_id"]),
        state=LinkState(row["state"]),
        distance=row["distance"],
        changed_at=maybe_moment(row["changed_at"]),
    )
