"""Rows of people, and of the templates of those who agreed to recognition."""

from collections.abc import Iterable, Sequence

from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId, Standing
from appliance.domain.photos import FaceId, PhotoId
from appliance.store.rows import Row, Rows, day_text, folded, many, maybe_day

_LATEST = 50  # photos in which a portrait is looked for


class PeopleRows(Rows):
    """People and their templates."""

    def add(self, person: Person) -> None:
        """Add a person."""
        self._add("people", _row(person))

    def replace(self, person: Person) -> None:
        """Write what is known of a person anew."""
        self.get(person.id)
        self._change("people", person.id, _row(person))

    def get(self, person_id: PersonId) -> Person:
        """One person.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM people WHERE id = ?", person_id)
        if row is None:
            raise Mistake("person:unknown", "There is no such person.", "Choose one from the list.")
        return to_person(row)

    def many(self, person_ids: Iterable[PersonId]) -> dict[PersonId, Person]:
        """Several people at once; unknown ids are left out."""
        rows = self._all(
            "SELECT * FROM people WHERE id IN (SELECT value FROM json_each(?))", many(person_ids)
        )
        return {PersonId(row["id"]): to_person(row) for row in rows}

    def all(self, text: str, *, after: PersonId | None, limit: int) -> list[Person]:
        """People by name, behind `after`; text: part of the name or department, accents aside."""
        rows = self._all(
            "SELECT * FROM people WHERE (instr(sort_name, ?1) OR instr(folded(department), ?1))"
            " AND (?2 IS NULL OR (sort_name, id) > (SELECT sort_name, id FROM people WHERE id = ?2))"
            " ORDER BY sort_name, id LIMIT ?3",
            folded(text),
            after,
            limit,
        )
        return [to_person(row) for row in rows]

    def count(self) -> int:
        """How many people there are."""
        return self._number("SELECT count(*) FROM people")

    def photos_of(self, person_id: PersonId, limit: int | None = None) -> list[PhotoId]:
        """The photos in which somebody is confirmed, newest arrival first. limit: at most; None for all."""
        rows = self._all(
            "SELECT photos.id FROM shown CROSS JOIN photos ON photos.number = shown.photo"
            " WHERE shown.person_id = ? ORDER BY shown.photo DESC LIMIT ?",
            person_id,
            -1 if limit is None else limit,
        )
        return [PhotoId(row["id"]) for row in rows]

    def photo_counts(self, person_ids: Sequence[PersonId]) -> dict[PersonId, int]:
        """In how many photos each person is confirmed."""
        rows = self._all(
            "SELECT person_id, count(*) AS photos FROM shown"
            " WHERE person_id IN (SELECT value FROM json_each(?)) GROUP BY person_id",
            many(person_ids),
        )
        return {PersonId(row["person_id"]): int(row["photos"]) for row in rows}

    def portrait(self, person_id: PersonId) -> FaceId | None:
        """The largest confirmed face of somebody in the latest photos; None without one."""
        row = self._first(
            "SELECT faces.id FROM (SELECT photo FROM shown WHERE person_id = ?1 ORDER BY photo DESC LIMIT ?2)"
            " CROSS JOIN photos ON photos.number = photo CROSS JOIN links ON links.photo_id = photos.id"
            " CROSS JOIN faces ON faces.id = links.face_id"
            " WHERE links.person_id = ?1 AND links.state = 'confirmed' AND faces.\"left\" IS NOT NULL"
            " ORDER BY faces.width * faces.height DESC LIMIT 1",
            person_id,
            _LATEST,
        )
        return FaceId(row["id"]) if row else None

    def add_template(self, person_id: PersonId, face_id: FaceId, pack: str, vector: bytes) -> None:
        """Keep the template of a face; vector: little-endian float32."""
        self._run("INSERT OR REPLACE INTO templates VALUES (?, ?, ?, ?)", face_id, person_id, pack, vector)

    def templates(self, pack: str) -> list[tuple[PersonId, FaceId, bytes]]:
        """Every template made with a model pack."""
        rows = self._all("SELECT * FROM templates WHERE pack = ?", pack)
        return [(PersonId(row["person_id"]), FaceId(row["face_id"]), bytes(row["vector"])) for row in rows]

    def without_template(self, person_id: PersonId, pack: str, limit: int) -> list[FaceId]:
        """Confirmed faces of somebody, with a box, that gave no template for a model pack."""
        rows = self._all(
            "SELECT faces.id FROM links JOIN faces ON faces.id = links.face_id"
            " WHERE links.person_id = ? AND links.state = 'confirmed' AND faces.\"left\" IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM templates WHERE face_id = faces.id AND pack = ?)"
            " ORDER BY faces.rowid LIMIT ?",
            person_id,
            pack,
            limit,
        )
        return [FaceId(row["id"]) for row in rows]

    def template_count(self, person_id: PersonId) -> int:
        """How many templates are kept of somebody."""
        return self._number("SELECT count(*) FROM templates WHERE person_id = ?", person_id)

    def with_templates(self) -> list[PersonId]:
        """Everybody of whom a template is kept."""
        return [PersonId(row["person_id"]) for row in self._all("SELECT DISTINCT person_id FROM templates")]

    def forget_templates(self, person_id: PersonId) -> int:
        """Delete somebody's templates. Returns how many there were."""
        return self._run("DELETE FROM templates WHERE person_id = ?", person_id)

    def forget_template_of(self, face_id: FaceId, person_id: PersonId) -> int:
        """Delete the template that one face gave."""
        return self._run("DELETE FROM templates WHERE face_id = ? AND person_id = ?", face_id, person_id)

    def forget_all_templates(self) -> int:
        """Delete every template."""
        return self._run("DELETE FROM templates")


def _row(person: Person) -> Row:
    return {
        "id": person.id,
        "name": person.name,
        "sort_name": folded(person.name),
        "department": person.department,
        "email": person.email,
        "birth_date": day_text(person.birth_date),
        "standing": person.standing.value,
    }


def to_person(row: Row) -> Person:
    """A person from their row."""
    return Person(
        id=PersonId(row["id"]),
        name=row["name"],
        department=row["department"],
        email=row["email"],
        birth_date=maybe_day(row["birth_date"]),
        standing=Standing(row["standing"]),
    )
