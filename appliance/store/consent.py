"""Rows of quitclaims: each row is a whole version, added once and never changed."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from appliance.domain.consent import Answer, Basis, Purpose, Quitclaim, QuitclaimId, Signer, Term
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.store.rows import Row, Rows, day_text, instant, many, maybe_day, moment


class ConsentRows(Rows):
    """Versions of quitclaims."""

    def append(self, quitclaim: Quitclaim) -> None:
        """Add a version.

        Raises:
            Mistake: when it does not follow the last version, for somebody was quicker.
        """
        last = self._first(
            "SELECT version, person_id FROM quitclaims WHERE id = ? ORDER BY version DESC LIMIT 1",
            quitclaim.id,
        )
        expected = (last["version"] + 1, last["person_id"]) if last else (1, quitclaim.person_id)
        if (quitclaim.version, quitclaim.person_id) != expected:
            raise Mistake(
                "quitclaim:conflict",
                "This quitclaim was changed just now.",
                "Look again, then try again.",
            )
        self._add("quitclaims", _row(quitclaim))

    def versions(self, quitclaim_id: QuitclaimId) -> list[Quitclaim]:
        """Every version of one quitclaim, oldest first.

        Raises:
            Mistake: when there is none of that id.
        """
        rows = self._all("SELECT * FROM quitclaims WHERE id = ? ORDER BY version", quitclaim_id)
        if not rows:
            raise Mistake("quitclaim:unknown", "There is no such quitclaim.", "Choose one from the list.")
        return [to_quitclaim(row) for row in rows]

    def of_person(self, person_id: PersonId) -> list[Quitclaim]:
        """Every version of all of somebody's quitclaims, those of people merged into them included."""
        rows = self._all(
            "SELECT quitclaims.* FROM people JOIN quitclaims ON quitclaims.person_id = people.id"
            " WHERE people.identity = ? ORDER BY quitclaims.id, version",
            person_id,
        )
        return [to_quitclaim(row) for row in rows]

    def of_people(self, person_ids: Iterable[PersonId]) -> dict[PersonId, list[Quitclaim]]:
        """The same of several people at once; who has none is left out."""
        return _by_person(
            self._all(
                "SELECT quitclaims.*, identity FROM people JOIN quitclaims"
                " ON quitclaims.person_id = people.id"
                " WHERE identity IN (SELECT value FROM json_each(?)) ORDER BY quitclaims.id, version",
                many(person_ids),
            )
        )

    def under(self, person_ids: Iterable[PersonId]) -> dict[PersonId, list[Quitclaim]]:
        """Every version recorded under each of these ids, whoever they turned out to be."""
        found: dict[PersonId, list[Quitclaim]] = {}
        for row in self._all(
            "SELECT * FROM quitclaims WHERE person_id IN (SELECT value FROM json_each(?))"
            " ORDER BY id, version",
            many(person_ids),
        ):
            found.setdefault(PersonId(row["person_id"]), []).append(to_quitclaim(row))
        return found

    def by_person(self) -> dict[PersonId, list[Quitclaim]]:
        """Every version of every quitclaim, by whose it is."""
        return _by_person(
            self._all(
                "SELECT quitclaims.*, identity FROM quitclaims JOIN people ON people.id = person_id"
                " WHERE erased_at IS NULL ORDER BY quitclaims.id, version"
            )
        )

    def all_current(self) -> list[Quitclaim]:
        """The last version of every quitclaim."""
        rows = self._all(
            "SELECT quitclaims.*, max(version) AS newest FROM quitclaims JOIN people ON people.id = person_id"
            " WHERE erased_at IS NULL GROUP BY quitclaims.id"
        )
        return [to_quitclaim(row) for row in rows]

    def count(self) -> int:
        """How many quitclaims there are, however many versions they have."""
        return self._number("SELECT count(DISTINCT id) FROM quitclaims")


def _by_person(rows: Iterable[Row]) -> dict[PersonId, list[Quitclaim]]:
    found: defaultdict[PersonId, list[Quitclaim]] = defaultdict(list)
    for row in rows:
        found[PersonId(row["identity"])].append(to_quitclaim(row))
    return dict(found)


def _row(quitclaim: Quitclaim) -> Row:
    return {
        "id": quitclaim.id,
        "version": quitclaim.version,
        "person_id": quitclaim.person_id,
        "recorded_at": instant(quitclaim.recorded_at),
        "recorded_on": quitclaim.recorded_on.isoformat(),
        "basis": quitclaim.basis.value,
        "terms": json.dumps([_term_row(term) for term in quitclaim.terms]),
        "supersedes": quitclaim.supersedes,
        "balancing": quitclaim.balancing,
        "note": quitclaim.note,
        "signer": quitclaim.signer.value,
        "guardians": json.dumps(quitclaim.guardians),
        "guardians_needed": quitclaim.guardians_needed,
    }


def _term_row(term: Term) -> list[str | None]:
    return [term.purpose.value, term.answer.value, day_text(term.valid_from), day_text(term.valid_until)]


def to_quitclaim(row: Row) -> Quitclaim:
    """A version from its row."""
    return Quitclaim(
        id=QuitclaimId(row["id"]),
        version=row["version"],
        person_id=PersonId(row["person_id"]),
        recorded_at=moment(row["recorded_at"]),
        recorded_on=date.fromisoformat(row["recorded_on"]),
        basis=Basis(row["basis"]),
        terms=_terms(row["terms"]),
        supersedes=QuitclaimId(row["supersedes"]) if row["supersedes"] else None,
        balancing=row["balancing"],
        note=row["note"],
        signer=Signer(row["signer"]),
        guardians=tuple(json.loads(row["guardians"])),
        guardians_needed=row["guardians_needed"],
    )


@lru_cache(maxsize=4096)  # most quitclaims say what others say
def _terms(text: str) -> tuple[Term, ...]:
    return tuple(
        Term(Purpose(purpose), Answer(answer), maybe_day(valid_from), maybe_day(valid_until))
        for purpose, answer, valid_from, valid_until in json.loads(text)
    )
