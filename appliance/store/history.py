"""What was known of photos on past days: who was in them, and who had wished what (P13)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from appliance.domain.consent import PhotoFacts
from appliance.domain.people import Link, LinkState, Person, PersonId, Standing
from appliance.domain.photos import Box, Face, FaceId, Origin, Photo, PhotoId, Resolution, Stage
from appliance.store.rows import Rows, day_text, many, maybe_day


class HistoryRows(Rows):
    """A photo's facts by day; quitclaims have a history of their own."""

    def note(self, facts: PhotoFacts, day: date) -> None:
        """Keep what is known of a photo today; nothing when that did not change."""
        told = json.dumps(_row(facts), separators=(",", ":"))
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

    def on(self, photos: Sequence[Photo], day: date) -> dict[PhotoId, PhotoFacts]:
        """What was known of photos at the end of a day, without quitclaims; not of those unknown then."""
        rows = self._all(
            "SELECT photos.id, facts FROM photos JOIN photo_history ON photo = number"
            " WHERE photos.id IN (SELECT value FROM json_each(?)) AND photo_history.day ="
            " (SELECT max(day) FROM photo_history WHERE photo = number AND photo_history.day <= ?)",
            many(photo.id for photo in photos),
            day.isoformat(),
        )
        known = {row["id"]: json.loads(row["facts"]) for row in rows}
        return {photo.id: _facts(photo, known[photo.id]) for photo in photos if photo.id in known}


def _row(facts: PhotoFacts) -> dict[str, Any]:
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
            person.id: [person.standing.value, day_text(person.birth_date)]
            for person in sorted(facts.people.values(), key=lambda person: person.id)
        },
    }


def _face_row(face: Face) -> list[Any]:
    box = face.box
    return [face.id, face.resolution.value, [box.left, box.top, box.width, box.height] if box else None]


def _facts(photo: Photo, row: dict[str, Any]) -> PhotoFacts:
    return PhotoFacts(
        photo=replace(photo, stage=Stage(row["stage"]), head_count=row["head_count"], doubts=row["doubts"]),
        faces=tuple(_face(photo.id, *face) for face in row["faces"]),
        links=tuple(Link(FaceId(face), PersonId(p), LinkState(state)) for face, p, state in row["links"]),
        people={
            PersonId(p): Person(PersonId(p), "", standing=Standing(standing), birth_date=maybe_day(born))
            for p, (standing, born) in row["people"].items()
        },
    )


def _face(photo_id: PhotoId, face_id: str, resolution: str, box: Iterable[float] | None) -> Face:
    return Face(
        FaceId(face_id), photo_id, Box(*box) if box else None, Origin.HAND, 1.0, Resolution(resolution)
    )
