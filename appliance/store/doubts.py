"""Rows of doubts: places in photos where somebody may be, and what somebody who looked said of them."""

from appliance.domain.errors import Mistake
from appliance.domain.photos import Box, Doubt, DoubtId, FaceId, PhotoId, Sign
from appliance.store.rows import Row, Rows


class DoubtRows(Rows):
    """Doubts. A photo's own number of them follows by triggers."""

    def add(self, doubt: Doubt) -> None:
        """Add a doubt without an answer."""
        box = doubt.box
        self._run(
            'INSERT INTO doubts (id, photo_id, "left", top, width, height, sign, score)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(doubt.id, doubt.photo_id, box.left, box.top, box.width, box.height),
            *(doubt.sign.value, doubt.score),
        )

    def of(self, photo_id: PhotoId) -> list[Doubt]:
        """The doubts of a photo, the strongest first."""
        rows = self._all("SELECT * FROM doubts WHERE photo_id = ? ORDER BY score DESC, id", photo_id)
        return [_doubt(row) for row in rows]

    def get(self, doubt_id: DoubtId) -> Doubt:
        """One doubt.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM doubts WHERE id = ?", doubt_id)
        if row is None:
            raise Mistake("doubt:unknown", "There is no such place.", "The photo may have been removed.")
        return _doubt(row)

    def answer(self, doubt_id: DoubtId, *, nobody: bool, face_id: FaceId | None = None) -> None:
        """Note what somebody saw there; neither is no answer any more."""
        self._run("UPDATE doubts SET nobody = ?, face_id = ? WHERE id = ?", int(nobody), face_id, doubt_id)


def _doubt(row: Row) -> Doubt:
    return Doubt(
        id=DoubtId(row["id"]),
        photo_id=PhotoId(row["photo_id"]),
        box=Box(row["left"], row["top"], row["width"], row["height"]),
        sign=Sign(row["sign"]),
        score=row["score"],
        nobody=bool(row["nobody"]),
        face_id=FaceId(row["face_id"]) if row["face_id"] else None,
    )
