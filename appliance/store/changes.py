"""Rows of changes: faces, tags or shoots before and after one act, so that it can be taken back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appliance.domain.changes import Changed, ChangeId
from appliance.domain.errors import Mistake
from appliance.domain.photos import FaceId, PhotoId, ShootId
from appliance.store.rows import Rows, instant, many
from appliance.store.tags import Keywords

# The shoot of each photo, or none.
ShootsOf = Mapping[PhotoId, ShootId | None]
# A face's row with the rows of its links; None for a face that is not there.
FaceStates = Mapping[FaceId, dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Change:
    """What one act did, to faces, or to the tags or shoots of photos."""

    id: ChangeId
    made_by: str
    about: Changed
    before: Mapping[Any, Any]
    after: Mapping[Any, Any]
    undone: bool


class ChangeRows(Rows):
    """Changes, and the states of faces that they hold."""

    def states(self, face_ids: Iterable[FaceId]) -> FaceStates:
        """Faces and their links, whole, as they stand."""
        wanted = list(face_ids)
        rows = self._all("SELECT * FROM faces WHERE id IN (SELECT value FROM json_each(?))", many(wanted))
        faces = {row["id"]: row for row in rows}
        for row in self._all(
            "SELECT * FROM links WHERE face_id IN (SELECT value FROM json_each(?))"
            " ORDER BY face_id, person_id",
            many(wanted),
        ):
            faces[row["face_id"]].setdefault("links", []).append(row)
        return {face_id: faces.get(face_id) for face_id in wanted}

    def add(
        self,
        change_id: ChangeId,
        by: str,
        at: datetime,
        before: FaceStates | Keywords | ShootsOf,
        after: FaceStates | Keywords | ShootsOf,
        about: Changed = Changed.FACES,
    ) -> None:
        """Keep a change."""
        row = {"id": change_id, "made_at": instant(at), "made_by": by, "about": about.value}
        self._add("changes", row | {"before": json.dumps(before), "after": json.dumps(after)})

    def get(self, change_id: ChangeId) -> Change:
        """One change.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM changes WHERE id = ?", change_id)
        if row is None:
            raise Mistake("change:unknown", "There is no such change.", "It may be too long ago.")
        return Change(
            id=ChangeId(row["id"]),
            made_by=row["made_by"],
            about=Changed(row["about"]),
            before=json.loads(row["before"]),
            after=json.loads(row["after"]),
            undone=row["undone_at"] is not None,
        )

    def restore(self, states: FaceStates) -> None:
        """Put faces and their links back to a state; a face of None is removed."""
        for face_id, state in states.items():
            if state is None:
                self._run("DELETE FROM faces WHERE id = ?", face_id)
                continue
            face = {key: value for key, value in state.items() if key != "links"}
            if self._first("SELECT 1 FROM faces WHERE id = ?", face_id) is None:
                self._add("faces", face)
            else:
                self._change("faces", face_id, face)
            self._run("DELETE FROM links WHERE face_id = ?", face_id)
            for link in state.get("links", []):
                self._add("links", link)

    def close(self, change_id: ChangeId, at: datetime) -> None:
        """Note that a change was taken back."""
        self._run("UPDATE changes SET undone_at = ? WHERE id = ?", instant(at), change_id)

    def latest(self, by: str, since: datetime) -> ChangeId | None:
        """Somebody's last change that was not taken back, when it is not too long ago."""
        row = self._first(
            "SELECT id FROM changes WHERE made_by = ? AND made_at >= ? AND undone_at IS NULL"
            " ORDER BY made_at DESC LIMIT 1",
            by,
            instant(since),
        )
        return ChangeId(row["id"]) if row else None

    def forget_of(self, things: Iterable[FaceId | PhotoId]) -> int:
        """Delete changes to photos, or to faces in them, that are about to go. Returns how many."""
        return self._run(
            "DELETE FROM changes WHERE EXISTS (SELECT 1 FROM json_each(changes.before)"
            " WHERE key IN (SELECT value FROM json_each(?)))",
            many(things),
        )

    def forget(self, before: datetime) -> int:
        """Delete changes that can no longer be taken back. Returns how many."""
        return self._run("DELETE FROM changes WHERE made_at < ?", instant(before))
