"""Rows of erasures and legal holds, and taking out of every table what is erased."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime

from appliance.domain.erasure import Cause, Erased, Erasure, ErasureId, Held, Hold, HoldId, Together
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.store.rows import Row, Rows, day_text, folded, instant, many, maybe_day, maybe_moment, moment

SHELL = "photo:erased"  # why a photo is set aside of which only its number is left
NAMELESS = "Erased person"


class ErasureRows(Rows):
    """What was erased, and holds."""

    def add(self, erasure: Erasure) -> None:
        """Remember an erasure; nothing when it is remembered already."""
        if not self.known(erasure.id):
            self._add("erasures", to_row(erasure))

    def known(self, erasure_id: ErasureId) -> bool:
        """Whether an erasure is remembered here."""
        return self._first("SELECT 1 FROM erasures WHERE id = ?", erasure_id) is not None

    def get(self, erasure_id: ErasureId) -> Erasure:
        """One erasure.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM erasures WHERE id = ?", erasure_id)
        if row is None:
            raise Mistake("erasure:unknown", "There is no such erasure.", "See `kluis erase list`.")
        return from_row(row)

    def all(self) -> list[Erasure]:
        """Every erasure, oldest first."""
        return [from_row(row) for row in self._all("SELECT * FROM erasures ORDER BY number")]

    def proofs_over(self, day: date) -> list[PersonId]:
        """Erased people the proof of whose permissions is no longer needed."""
        rows = self._all(
            "SELECT DISTINCT thing FROM erasures WHERE kind = 'person' AND proof_until < ?"
            " AND EXISTS (SELECT 1 FROM quitclaims JOIN people ON people.id = quitclaims.person_id"
            "  WHERE identity = thing)",
            day.isoformat(),
        )
        return [PersonId(row["thing"]) for row in rows]

    def forget_photo(self, photo_id: PhotoId) -> list[str]:
        """Take a photo with its keys out of every table. Returns where its files are.

        Where a copy of it left, a shell stays, so that the copy can still be called back: a number
        without name, key, picture or people.
        """
        photo = self._first("SELECT number, import_id, stage FROM photos WHERE id = ?", photo_id)
        if photo is None or self._is_shell(photo_id):
            return []
        self._run("PRAGMA defer_foreign_keys = ON")
        places = [row["place"] for row in self._all("SELECT place FROM files WHERE photo_id = ?", photo_id)]
        self._run(
            "DELETE FROM changes WHERE EXISTS (SELECT 1 FROM json_each(changes.before) WHERE key IN"
            " (SELECT id FROM faces WHERE photo_id = ?1 UNION SELECT ?1))",
            photo_id,
        )
        self._run("DELETE FROM photos WHERE id = ?", photo_id)
        if self._first("SELECT 1 FROM releases WHERE photo_id = ? LIMIT 1", photo_id):
            self._add("photos", _shell(photo_id, photo))
        return places

    def _is_shell(self, photo_id: PhotoId) -> bool:
        row = self._first("SELECT set_aside_for FROM photos WHERE id = ?", photo_id)
        return row is not None and row["set_aside_for"] == SHELL

    def names_of(self, person_id: PersonId) -> list[PersonId]:
        """Every id under which somebody is known."""
        rows = self._all("SELECT id FROM people WHERE identity = ?", person_id)
        return [PersonId(row["id"]) for row in rows]

    def photos_with(self, person_id: PersonId) -> list[tuple[PhotoId, bool]]:
        """The photos somebody is confirmed in, and whether they are alone in each."""
        rows = self._all(
            "SELECT DISTINCT photo_id, (SELECT count(*) FROM faces WHERE faces.photo_id = links.photo_id) = 1"
            " AS alone FROM links JOIN people ON people.id = person_id"
            " WHERE identity = ? AND state = 'confirmed'",
            person_id,
        )
        return [(PhotoId(row["photo_id"]), bool(row["alone"])) for row in rows]

    def unname_and_blur(self, photo_id: PhotoId, names: Sequence[PersonId]) -> None:
        """Take somebody's name off their face, and have the face blurred."""
        self._run(
            "UPDATE faces SET resolution = 'blur', points = NULL, lookalike = NULL WHERE photo_id = ?"
            " AND id IN (SELECT face_id FROM links WHERE state = 'confirmed'"
            "  AND person_id IN (SELECT value FROM json_each(?)))",
            photo_id,
            many(names),
        )
        rows = self._all(
            "SELECT photo, day, facts FROM photo_history"
            " WHERE photo = (SELECT number FROM photos WHERE id = ?)",
            photo_id,
        )
        for row in rows:  # the past stays, with an id nobody has a name for, and without the birth date
            self._run("DELETE FROM photo_history WHERE photo = ? AND day = ?", row["photo"], row["day"])
            facts = json.loads(row["facts"])
            for name in set(names) & set(facts["people"]):
                facts["people"][name][1] = None
            told = json.dumps(facts, separators=(",", ":"))
            self._run("INSERT INTO photo_history VALUES (?, ?, ?)", row["photo"], row["day"], told)

    def forget_person(self, names: Sequence[PersonId], at: datetime) -> list[str]:
        """Take a person out of every table but those that prove what they permitted.

        Returns where files are that go with it: scans that nobody has read yet.
        """
        ids = many(names)
        theirs = "person_id IN (SELECT value FROM json_each(?))"
        requests = f"SELECT id FROM requests WHERE {theirs}"  # noqa: S608 - of constants
        self._run(
            "DELETE FROM changes WHERE EXISTS (SELECT 1 FROM json_each(changes.before) WHERE key IN"  # noqa: S608
            f" (SELECT face_id FROM links WHERE {theirs}))",
            ids,
        )
        self._run(
            "DELETE FROM messages WHERE address <> '' AND address IN (SELECT email FROM people"
            " WHERE id IN (SELECT value FROM json_each(?)))",
            ids,
        )
        self._run(
            f"DELETE FROM codes WHERE token_hash IN (SELECT token_hash FROM requests WHERE {theirs})",  # noqa: S608
            ids,
        )
        self._run(
            "DELETE FROM photo_versions WHERE EXISTS"  # what was told of them earlier goes too
            " (SELECT 1 FROM json_each(known, '$.people') WHERE value IN (SELECT value FROM json_each(?1)))"
            " OR photo IN (SELECT number FROM photos JOIN links ON photo_id = photos.id"
            "  WHERE person_id IN (SELECT value FROM json_each(?1)))",
            ids,
        )
        scans = self._all(f"SELECT place FROM scans WHERE request_id IN ({requests})", ids)  # noqa: S608
        self._run(f"DELETE FROM scans WHERE request_id IN ({requests})", ids)  # noqa: S608 - of constants
        self._run(
            "UPDATE permission_lists SET data = x'' WHERE id IN"  # noqa: S608 - of constants
            f" (SELECT list_id FROM permission_list_people WHERE {theirs})",
            ids,
        )
        for table in (
            "permission_list_people",
            "links",
            "templates",
            "reference_templates",
            "requests",
            "own_links",
            "messages",
            "notices",
            "invitations",
            "rights_requests",
        ):
            self._run(f"DELETE FROM {table} WHERE {theirs}", ids)  # noqa: S608 - of constants
        self._run(
            "UPDATE people SET name = ?, sort_name = ?, department = '', email = '', birth_date = NULL,"
            " standing = 'none', erased_at = ? WHERE id IN (SELECT value FROM json_each(?))",
            NAMELESS,
            folded(NAMELESS),
            instant(at),
            ids,
        )
        return [row["place"] for row in scans]

    def forget_proof(self, person_id: PersonId) -> list[str]:
        """Take out what proves the permissions of somebody erased. Returns where its files are."""
        ids = many(self.names_of(person_id))
        of_theirs = (
            "quitclaim_id IN (SELECT id FROM quitclaims WHERE person_id IN (SELECT value FROM json_each(?)))"
        )
        places = [row["place"] for row in self._all(f"SELECT place FROM evidence WHERE {of_theirs}", ids)]  # noqa: S608
        self._run(f"DELETE FROM evidence WHERE {of_theirs}", ids)  # noqa: S608 - of constants
        self._run(f"DELETE FROM alerts WHERE {of_theirs}", ids)  # noqa: S608 - of constants
        self._run("DELETE FROM quitclaims WHERE person_id IN (SELECT value FROM json_each(?))", ids)
        return places

    def put_hold(self, hold: Hold) -> None:
        """Add a hold, or write how it stands anew."""
        self._run("DELETE FROM holds WHERE id = ?", hold.id)
        self._add(
            "holds",
            {
                "id": hold.id,
                "kind": hold.kind.value,
                "thing": hold.thing,
                "reason": hold.reason,
                "owner": hold.owner,
                "review_on": day_text(hold.review_on),
                "begun_at": instant(hold.begun_at),
                "begun_by": hold.begun_by,
                "ended_at": instant(hold.ended_at),
                "ended_by": hold.ended_by,
            },
        )

    def hold(self, hold_id: HoldId) -> Hold:
        """One hold.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM holds WHERE id = ?", hold_id)
        if row is None:
            raise Mistake("hold:unknown", "There is no such hold.", "See `kluis hold list`.")
        return _hold(row)

    def holds(self) -> list[Hold]:
        """Every hold, the first to be reviewed first."""
        return [_hold(row) for row in self._all("SELECT * FROM holds ORDER BY review_on, id")]

    def held_photos(self, hold: Hold) -> int:
        """How many photos a hold covers."""
        if hold.kind is Held.PHOTO:
            return 1
        of = {
            Held.SHOOT: "SELECT count(*) AS photos FROM photos WHERE shoot_id = ? AND quarantined = 0",
            Held.PERSON: "SELECT count(DISTINCT photo_id) AS photos FROM links"
            " JOIN people ON people.id = person_id WHERE identity = ? AND state = 'confirmed'",
        }
        row = self._first(of[hold.kind], hold.thing)
        return int(row["photos"]) if row else 0

    def blocking_photo(self, photo_id: PhotoId) -> list[Hold]:
        """The holds in force on a photo, on its shoot, or on somebody in it."""
        rows = self._all(
            "SELECT * FROM holds WHERE ended_at IS NULL AND (thing = ?1"
            " OR thing = (SELECT shoot_id FROM photos WHERE id = ?1)"
            " OR thing IN (SELECT identity FROM links JOIN people ON people.id = person_id"
            "  WHERE photo_id = ?1 AND state = 'confirmed'))",
            photo_id,
        )
        return [_hold(row) for row in rows]

    def kept_by_restriction(self, photo_id: PhotoId) -> bool:
        """Whether somebody in a photo had its use restricted, so that it is kept (GDPR, article 18)."""
        row = self._first(
            "SELECT 1 FROM links JOIN people ON people.id = person_id JOIN people AS known"
            " ON known.id = people.identity WHERE photo_id = ? AND state = 'confirmed'"
            " AND known.limited = 'restricted' LIMIT 1",
            photo_id,
        )
        return row is not None

    def blocking_person(self, person_id: PersonId) -> list[Hold]:
        """The holds in force on a person."""
        rows = self._all("SELECT * FROM holds WHERE ended_at IS NULL AND thing = ?", person_id)
        return [_hold(row) for row in rows]


def _shell(photo_id: PhotoId, photo: Row) -> Row:
    return {
        "number": photo["number"],
        "id": photo_id,
        "import_id": photo["import_id"],
        "name": "",
        "sha256": hashlib.sha256(f"erased {photo_id}".encode()).hexdigest(),
        "bytes": 0,
        "media_type": "",
        "stage": "set_aside",
        "arrived_at": "1970-01-01T00:00:00.000000+00:00",
        "width": 0,
        "height": 0,
        "camera": "",
        "lens": "",
        "fingerprint": "",
        "set_aside_for": SHELL,
        "wrapped_key": b"",
        "quarantined": 1,  # in no list and no search
        "lights_until": "9999-12-31",
    }


def to_row(erasure: Erasure) -> Row:
    """An erasure as it is stored, here and in the journal beside the database."""
    return {
        "id": erasure.id,
        "kind": erasure.kind.value,
        "thing": erasure.thing,
        "at": instant(erasure.at),
        "by": erasure.by,
        "cause": erasure.cause.value,
        "counts": json.dumps(erasure.counts),
        "together": erasure.together.value,
        "proof_until": day_text(erasure.proof_until),
    }


def from_row(row: Row) -> Erasure:
    """An erasure from its row."""
    return Erasure(
        id=ErasureId(row["id"]),
        kind=Erased(row["kind"]),
        thing=row["thing"],
        at=moment(row["at"]),
        by=row["by"],
        cause=Cause(row["cause"]),
        counts=json.loads(row["counts"]),
        together=Together(row["together"]),
        proof_until=maybe_day(row["proof_until"]),
    )


def _hold(row: Row) -> Hold:
    return Hold(
        id=HoldId(row["id"]),
        kind=Held(row["kind"]),
        thing=row["thing"],
        reason=row["reason"],
        owner=row["owner"],
        review_on=date.fromisoformat(row["review_on"]),
        begun_at=moment(row["begun_at"]),
        begun_by=row["begun_by"],
        ended_at=maybe_moment(row["ended_at"]),
        ended_by=row["ended_by"],
    )
