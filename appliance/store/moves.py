"""Rows of archives that are moved in, and what came of their imports."""

import json
from dataclasses import asdict
from datetime import timedelta

from appliance.domain.errors import Mistake
from appliance.domain.moves import Inventory, Move, MoveId, MoveStage, Outcome
from appliance.domain.photos import ImportId
from appliance.store.rows import Row, Rows, instant, moment


class MoveRows(Rows):
    """Archives on their way in."""

    def add(self, move: Move) -> None:
        """Add one."""
        self._add("moves", {"id": move.id, **_row(move)})

    def replace(self, move: Move) -> None:
        """Write what is known of one now."""
        self._change("moves", move.id, _row(move))

    def get(self, move_id: MoveId) -> Move:
        """One archive.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM moves WHERE id = ?", move_id)
        if row is None:
            raise Mistake("move:unknown", "There is no such archive.", "Choose one from the list.")
        return _move(row)

    def all(self, limit: int = 100) -> list[Move]:
        """The latest, newest first."""
        return [_move(row) for row in self._all("SELECT * FROM moves ORDER BY begun_at DESC LIMIT ?", limit)]

    def to_count(self) -> list[MoveId]:
        """Archives that wait to be counted, or were left at it by a crash."""
        rows = self._all("SELECT id FROM moves WHERE stage = 'counting' ORDER BY begun_at")
        return [MoveId(row["id"]) for row in rows]

    def sizes(self) -> set[int]:
        """The sizes of all originals."""
        return {row["bytes"] for row in self._all("SELECT DISTINCT bytes FROM photos")}

    def outcome(self, import_id: ImportId) -> Outcome:
        """What came of an import so far."""
        (one,) = self._all("SELECT * FROM imports WHERE id = ?", import_id)
        (photos,) = self._all(
            "SELECT count(*) FILTER (WHERE stage = 'stored') AS waiting,"
            " count(*) FILTER (WHERE stage = 'analysed' AND taken_at IS NULL) AS undated,"
            " count(*) FILTER (WHERE quarantined = 1) AS suspects,"
            " count(*) FILTER (WHERE variant_of IS NOT NULL) AS variants,"
            " count(*) FILTER (WHERE stage = 'analysed' AND NOT EXISTS"
            "  (SELECT 1 FROM faces WHERE photo_id = photos.id)) AS faceless"
            " FROM photos WHERE import_id = ?",
            import_id,
        )
        reasons = self._all(
            "SELECT set_aside_for, count(*) AS photos FROM photos WHERE import_id = ?"
            " AND stage = 'set_aside' GROUP BY set_aside_for ORDER BY photos DESC",
            import_id,
        )
        faces = self._number(
            "SELECT count(*) FROM faces JOIN photos ON photos.id = photo_id WHERE import_id = ?", import_id
        )
        return Outcome(
            found=one["found"],
            stored=one["stored"],
            known=one["known"],
            failed=one["failed"],
            set_aside={row["set_aside_for"]: row["photos"] for row in reasons},
            faces=faces,
            took=self._took(import_id, one),
            finished=one["finished_at"] is not None and not photos["waiting"],
            **photos,
        )

    def _took(self, import_id: ImportId, one: Row) -> timedelta:
        """From its beginning until the last photo was copied or examined."""
        last = self._first(
            "SELECT max(at) AS at FROM photos JOIN audit ON thing = photos.id"
            " WHERE import_id = ? AND action IN ('photo:import', 'photo:analyse')",
            import_id,
        )
        ended = max(filter(None, (one["finished_at"], last["at"] if last else None)), default=None)
        return moment(ended) - moment(one["started_at"]) if ended else timedelta()


def _row(move: Move) -> Row:
    return {
        "folder": move.folder,
        "begun_by": move.begun_by,
        "begun_at": instant(move.begun_at),
        "stage": move.stage.value,
        "looked_at": move.looked_at,
        "inventory": json.dumps(asdict(move.inventory)) if move.inventory else None,
        "trial_import": move.trial_import,
        "whole_import": move.whole_import,
        "problem": move.problem,
    }


def _move(row: Row) -> Move:
    return Move(
        id=MoveId(row["id"]),
        folder=row["folder"],
        begun_by=row["begun_by"],
        begun_at=moment(row["begun_at"]),
        stage=MoveStage(row["stage"]),
        looked_at=row["looked_at"],
        inventory=Inventory(**json.loads(row["inventory"])) if row["inventory"] else None,
        trial_import=row["trial_import"],
        whole_import=row["whole_import"],
        problem=row["problem"],
    )
