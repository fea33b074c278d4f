"""What was known of photos on past days: who was in them, who that was, and who had wished what (P13)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from appliance.domain.consent import PhotoFacts
from appliance.domain.people import Limit, Link, LinkState, Person, PersonId, Standing
from appliance.domain.photos import Box, Face, FaceId, Origin, Photo, PhotoId, Resolution, Stage
from appliance.store.rows import Rows, day_text, many, maybe_day

# Under which ids somebody was known: their own, and those of people merged into them.
Names = Mapping[PersonId, Sequence[PersonId]]


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a photo on a day, quitclaims aside."""

    facts: PhotoFacts
    names: Names


class HistoryRows(Rows):
    """A photo's facts by day; quitclaims have a history of their own."""

    def note(self, facts: PhotoFacts, day: date) -> None:
        """Keep what is known of a photo today; nothing when that did not change."""
        told = json.dumps(_row(facts, self._names(facts.people)), separators=(",", ":"))
        row = self._first("SELECT number FROM photos WHERE id = ?", facts.photo.id)
        if row is None:
            return
        last = self._first(
            "SELECT facts FROM photo_history WHERE photo = ? ORDER BY day DESC LIMIT 1", row["number"]
        )
        if last is None or last["facts"] != told:
            self._run(
                "INSERT INTO photo_history VALUES (?, ?, ?)"
                " ON CONFLICT (photo, day) DO UPDATE SET facts = excluded.facts",
                row["number"],
                day.isoformat(),
                told,
            )

    def _names(self, people: Iterable[PersonId]) -> Names:
        found: dict[PersonId, list[PersonId]] = {}
        for row in self._all(
            "SELECT id, identity FROM people WHERE identity IN (SELECT value FROM json_each(?)) ORDER BY id",
            many(people),
        ):
            found.setdefault(PersonId(row["identity"]), []).append(PersonId(row["id"]))
        return found

    def on(self, photos: Sequence[Photo], day: date) -> dict[PhotoId, Known]:
        """What was known of photos at the end of a day; photos that were unknown then are left out."""
        rows = self._all(
            "SELECT photos.id, facts FROM photos JOIN photo_history ON photo = number"
            " WHERE photos.id IN (SELECT value FROM json_each(?)) AND photo_history.day ="
            " (SELECT max(day) FROM photo_history WHERE photo = number AND photo_history.day <= ?)",
            many(photo.id for photo in photos),
            day.isoformat(),
        )
        known = {row["id"]: json.loads(row["facts"]) for row in rows}
        return {photo.id: _known(photo, known[photo.id]) for photo in photos if photo.id in known}


def _row(facts: PhotoFacts, names: Names) -> dict[str, Any]:
    return {
        "stage": facts.photo.stage.value,
        "head_count": facts.photo.head_count,
        "doubts": facts.photo.doubts,
        "faces": [_face_row(face) for face in facts.faces],
        "links": [
            [link.face_id, link.person_id, link.state.value]
            for link in sorted(facts.links, key=lambda link: (link.face_id, link.person_id))
        ],
        "people": {
            person.id: [
                person.standing.value,
                day_text(person.birth_date),
                names[person.id],
                person.limited.value,
            ]
            for person in sorted(facts.people.values(), key=lambda person: person.id)
        },
    }


def _face_row(face: Face) -> list[Any]:
    box = face.box
    return [face.id, face.resolution.value, [box.left, box.top, box.width, box.height] if box else None]


def _known(photo: Photo, row: dict[str, Any]) -> Known:
    facts = PhotoFacts(
        photo=replace(photo, stage=Stage(row["stage"]), head_count=row["head_count"], doubts=row["doubts"]),
        faces=tuple(_face(photo.id, *face) for face in row["faces"]),
        links=tuple(Link(FaceId(face), PersonId(p), LinkState(state)) for face, p, state in row["links"]),
        people={
            PersonId(p): Person(
                PersonId(p),
                "",
                standing=Standing(standing),
                birth_date=maybe_day(born),
                limited=Limit(limited[0]) if limited else Limit.NONE,  # not known in older rows
            )
            for p, (standing, born, _, *limited) in row["people"].items()
        },
    )
    return Known(
        facts, {PersonId(p): [PersonId(one) for one in told[2]] for p, told in row["people"].items()}
    )


def _face(photo_id: PhotoId, face_id: str, resolution: str, box: Iterable[float] | None) -> Face:
    return Face(
        FaceId(face_id), photo_id, Box(*box) if box else None, Origin.HAND, 1.0, Resolution(resolution)
    )
