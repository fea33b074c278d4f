"""Rows of faces, and of the links between faces and people."""

from appliance.domain.errors import Mistake
from appliance.domain.people import Link, LinkState, PersonId
from appliance.domain.photos import Box, Face, FaceId, Origin, PhotoId, Resolution
from appliance.store.connections import IntegrityError
from appliance.store.rows import Row, Rows, instant, maybe_moment


class FaceRows(Rows):
    """Faces and links."""

    def of(self, photo_id: PhotoId) -> list[Face]:
        """The faces of a photo, in the order in which they were found."""
        rows = self._all("SELECT * FROM faces WHERE photo_id = ? ORDER BY rowid", photo_id)
        return [to_face(row) for row in rows]

    def get(self, face_id: FaceId) -> Face:
        """One face.

        Raises:
            Mistake: when there is none of that id.
        """
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

    def remove(self, face_id: FaceId) -> None:
        """Delete a face with its links and templates."""
        self._run("DELETE FROM faces WHERE id = ?", face_id)

    def links(self, photo_id: PhotoId) -> list[Link]:
        """Every link of a photo's faces."""
        return [to_link(row) for row in self._all("SELECT * FROM links WHERE photo_id = ?", photo_id)]

    def link(self, link: Link) -> bool:
        """Set what is known of a face and a person. False when nothing changed.

        A suggestion gives way to what somebody has said of the pair: a rejected one never returns (P7).

        Raises:
            Mistake: when that person stands in the photo already, or the face has a name already.
        """
        face = self.get(link.face_id)
        sql = (
            "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (face_id, person_id) DO UPDATE SET"
            " state = excluded.state, distance = excluded.distance, changed_at = excluded.changed_at"
            " WHERE excluded.state <> 'suggested' OR links.state = 'suggested'"
        )
        values = (
            link.face_id,
            link.person_id,
            face.photo_id,
            link.state.value,
            link.distance,
            instant(link.changed_at),
        )
        try:
            return self._run(sql, *values) > 0
        except IntegrityError as problem:
            raise _clash(problem) from problem

    def unlink(self, face_id: FaceId, person_id: PersonId) -> None:
        """Forget a link."""
        self._run("DELETE FROM links WHERE face_id = ? AND person_id = ?", face_id, person_id)

    def suggested_people(self) -> list[PersonId]:
        """Everybody of whom a suggestion waits for an answer."""
        rows = self._all("SELECT DISTINCT person_id FROM links WHERE state = 'suggested'")
        return [PersonId(row["person_id"]) for row in rows]

    def forget_suggestions(self, person_id: PersonId) -> int:
        """Delete the suggestions of one person. Returns how many there were."""
        return self._run("DELETE FROM links WHERE person_id = ? AND state = 'suggested'", person_id)

    def suggestions(self, limit: int) -> list[tuple[PhotoId, Link]]:
        """Suggestions that wait for an answer, newest photo first."""
        rows = self._all(
            "SELECT links.* FROM links JOIN photos ON photos.id = links.photo_id"
            " WHERE links.state = 'suggested' ORDER BY photos.number DESC LIMIT ?",
            limit,
        )
        return [(PhotoId(row["photo_id"]), to_link(row)) for row in rows]


def _clash(problem: Exception) -> Mistake:
    told = str(problem)
    if "photo_id" in told and "person_id" in told:
        return Mistake(
            "face:person_twice",
            "That person is already named elsewhere in this photo.",
            "Take that name away first, if it is wrong.",
        )
    if "FOREIGN KEY" in told:
        return Mistake("person:unknown", "There is no such person.", "Choose one from the list.")
    return Mistake("face:named", "This face has a name already.", "Take that name away first.")


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
