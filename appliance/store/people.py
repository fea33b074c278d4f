"""Rows of people, and of the templates of those who agreed to recognition."""

from collections.abc import Iterable, Sequence
from datetime import date

from appliance.domain.errors import Mistake
from appliance.domain.people import Limit, Person, PersonId, Standing
from appliance.domain.photos import FaceId, PhotoId
from appliance.store.rows import Row, Rows, day_text, folded, many, maybe_day

_LATEST = 50  # photos in which a portrait is looked for


class PeopleRows(Rows):
    """People and their templates."""

    def add(self, person: Person) -> None:
        """Add a person."""
        self._add("people", _row(person) | {"identity": person.id})

    def replace(self, person: Person) -> None:
        """Write what is known of a person anew."""
        self.get(person.id)
        self._change("people", person.id, _row(person))

    def get(self, person_id: PersonId) -> Person:
        """One person; for somebody merged into another, that other.

        Raises:
            Mistake: when there is none of that id.
        """
        self._choose(person_id)
        row = self._first(
            "SELECT * FROM people WHERE id = (SELECT identity FROM people WHERE id = ?)", person_id
        )
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
            "SELECT * FROM people WHERE id = identity AND erased_at IS NULL"
            " AND id IN (SELECT identity FROM people"
            " WHERE instr(sort_name, ?1) OR instr(folded(department), ?1))"
            " AND (?2 IS NULL OR (sort_name, id) > (SELECT sort_name, id FROM people WHERE id = ?2))"
            " ORDER BY sort_name, id LIMIT ?3",
            folded(text),
            after,
            limit,
        )
        return [to_person(row) for row in rows]

    def count(self) -> int:
        """How many people there are."""
        return self._number("SELECT count(*) FROM people WHERE id = identity AND erased_at IS NULL")

    def departments(self) -> list[str]:
        """Every department that somebody is in, as it is spelled."""
        rows = self._all("SELECT DISTINCT department FROM people WHERE department <> '' ORDER BY department")
        return [str(row["department"]) for row in rows]

    def birth_dates(self) -> dict[PersonId, date]:
        """When people were born, of whom that is known."""
        rows = self._all("SELECT id, birth_date FROM people WHERE birth_date IS NOT NULL")
        return {PersonId(row["id"]): date.fromisoformat(row["birth_date"]) for row in rows}

    def merge(self, person_id: PersonId, into: PersonId) -> None:
        """Make one person another name of a second."""
        self._run("UPDATE people SET merged_into = ? WHERE id = ?", into, person_id)
        self._run("UPDATE people SET identity = ? WHERE identity = ?", into, person_id)

    def merged(self, person_id: PersonId) -> list[Person]:
        """The people who were merged into somebody, by name."""
        rows = self._all(
            "SELECT * FROM people WHERE identity = ? AND id <> identity ORDER BY sort_name", person_id
        )
        return [to_person(row) for row in rows]

    def unmerge(self, person_id: PersonId) -> PersonId:
        """Take a merge back. Returns who the person had been merged into.

        Raises:
            Mistake: when the person was not merged.
        """
        row = self._first("SELECT identity FROM people WHERE id = ? AND merged_into IS NOT NULL", person_id)
        if row is None:
            raise Mistake("person:not_merged", "This person was not merged into another.")
        self._run("UPDATE people SET merged_into = NULL WHERE id = ?", person_id)
        self._run(
            "WITH RECURSIVE own(id) AS (SELECT ? UNION SELECT people.id FROM people"
            " JOIN own ON people.merged_into = own.id)"
            " UPDATE people SET identity = ? WHERE id IN (SELECT id FROM own)",
            person_id,
            person_id,
        )
        return PersonId(row["identity"])

    def together(self, one: PersonId, other: PersonId) -> PhotoId | None:
        """A photo in which both are confirmed; None when there is none."""
        row = self._first(
            "SELECT a.photo_id FROM links a JOIN people p ON p.id = a.person_id"
            " JOIN links b ON b.photo_id = a.photo_id JOIN people q ON q.id = b.person_id"
            " WHERE a.state = 'confirmed' AND b.state = 'confirmed' AND p.identity = ? AND q.identity = ?"
            " LIMIT 1",
            one,
            other,
        )
        return PhotoId(row["photo_id"]) if row else None

    def photos_of(self, person_id: PersonId, limit: int | None = None) -> list[PhotoId]:
        """The photos in which somebody is confirmed, newest arrival first. limit: at most; None for all."""
        rows = self._all(
            "SELECT photos.id FROM people CROSS JOIN shown ON shown.person_id = people.id"
            " CROSS JOIN photos ON photos.number = shown.photo"
            " WHERE people.identity = ? ORDER BY shown.photo DESC LIMIT ?",
            person_id,
            -1 if limit is None else limit,
        )
        return [PhotoId(row["id"]) for row in rows]

    def photo_counts(self, person_ids: Sequence[PersonId]) -> dict[PersonId, int]:
        """In how many photos each person is confirmed."""
        rows = self._all(
            "SELECT identity, count(*) AS photos FROM people JOIN shown ON shown.person_id = people.id"
            " WHERE identity IN (SELECT value FROM json_each(?)) GROUP BY identity",
            many(person_ids),
        )
        return {PersonId(row["identity"]): int(row["photos"]) for row in rows}

    def anybody_named(self) -> bool:
        """Whether anybody has been named in any photo."""
        return self._first("SELECT 1 FROM links WHERE state = 'confirmed' LIMIT 1") is not None

    def portrait(self, person_id: PersonId) -> FaceId | None:
        """The largest confirmed face of somebody in the latest photos; None without one."""
        row = self._first(
            "SELECT faces.id FROM (SELECT photo FROM people CROSS JOIN shown ON shown.person_id = people.id"
            "  WHERE identity = ?1 ORDER BY photo DESC LIMIT ?2)"
            " CROSS JOIN photos ON photos.number = photo CROSS JOIN links ON links.photo_id = photos.id"
            " CROSS JOIN people ON people.id = links.person_id CROSS JOIN faces ON faces.id = links.face_id"
            " WHERE people.identity = ?1 AND links.state = 'confirmed' AND faces.\"left\" IS NOT NULL"
            " ORDER BY faces.width * faces.height DESC LIMIT 1",
            person_id,
            _LATEST,
        )
        return FaceId(row["id"]) if row else None

    def add_template(self, person_id: PersonId, face_id: FaceId, pack: str, vector: bytes) -> None:
        """Keep the template of a face; vector: little-endian float32."""
        self._run("INSERT OR REPLACE INTO templates VALUES (?, ?, ?, ?)", face_id, person_id, pack, vector)

    def add_reference_template(self, template_id: str, person_id: PersonId, pack: str, vector: bytes) -> None:
        """Keep a template measured from a selfie; vector: little-endian float32."""
        self._run("INSERT INTO reference_templates VALUES (?, ?, ?, ?)", template_id, person_id, pack, vector)

    def templates(self, pack: str) -> list[tuple[PersonId, bytes]]:
        """Every template made with a model pack: whose, and its vector."""
        rows = self._all(
            "SELECT identity, vector FROM templates JOIN people ON people.id = person_id WHERE pack = ?1"
            " UNION ALL SELECT identity, vector FROM reference_templates"
            " JOIN people ON people.id = person_id WHERE pack = ?1",
            pack,
        )
        return [(PersonId(row["identity"]), bytes(row["vector"])) for row in rows]

    def without_template(self, person_id: PersonId, pack: str, limit: int) -> list[FaceId]:
        """Confirmed faces of somebody, with a box, that gave no template for a model pack."""
        rows = self._all(
            "SELECT faces.id FROM people JOIN links ON links.person_id = people.id"
            " JOIN faces ON faces.id = links.face_id"
            " WHERE people.identity = ? AND links.state = 'confirmed' AND faces.\"left\" IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM templates WHERE face_id = faces.id AND pack = ?)"
            " ORDER BY faces.rowid LIMIT ?",
            person_id,
            pack,
            limit,
        )
        return [FaceId(row["id"]) for row in rows]

    def template_count(self, person_id: PersonId) -> int:
        """How many templates are kept of somebody."""
        return self._number(
            "SELECT count(*) FROM (SELECT person_id FROM templates"
            " UNION ALL SELECT person_id FROM reference_templates) kept"
            " JOIN people ON people.id = kept.person_id WHERE identity = ?",
            person_id,
        )

    def with_templates(self) -> list[PersonId]:
        """Everybody of whom a template is kept."""
        rows = self._all(
            "SELECT DISTINCT identity FROM people WHERE id IN (SELECT person_id FROM templates"
            " UNION SELECT person_id FROM reference_templates)"
        )
        return [PersonId(row["identity"]) for row in rows]

    def forget_templates(self, person_id: PersonId) -> int:
        """Delete somebody's templates. Returns how many there were."""
        return self._run(
            "DELETE FROM templates WHERE person_id IN (SELECT id FROM people WHERE identity = ?)", person_id
        ) + self._run(
            "DELETE FROM reference_templates WHERE person_id IN (SELECT id FROM people WHERE identity = ?)",
            person_id,
        )

    def forget_template_of(self, face_id: FaceId) -> int:
        """Delete the template that one face gave."""
        return self._run("DELETE FROM templates WHERE face_id = ?", face_id)

    def forget_all_templates(self) -> int:
        """Delete every template."""
        return self._run("DELETE FROM templates") + self._run("DELETE FROM reference_templates")


def _row(person: Person) -> Row:
    return {
        "id": person.id,
        "name": person.name,
        "sort_name": folded(person.name),
        "department": person.department,
        "email": person.email,
        "birth_date": day_text(person.birth_date),
        "standing": person.standing.value,
        "limited": person.limited.value,
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
        limited=Limit(row["limited"]),
    )
