"""Rows of uploads, and of the encrypted parts of them that wait for the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from appliance.domain.errors import Mistake
from appliance.domain.photos import ImportId
from appliance.domain.uploads import SentFile, Upload, UploadId, UploadState
from appliance.store.rows import Row, Rows, instant, moment


@dataclass(frozen=True, slots=True)
class Part:
    """An encrypted file with some bytes of an upload."""

    number: int
    place: str
    bytes: int


class UploadRows(Rows):
    """Uploads and their parts."""

    def add(self, upload: Upload, wrapped_key: bytes) -> None:
        """Begin one."""
        self._add(
            "uploads",
            {
                "id": upload.id,
                "import_id": upload.import_id,
                "begun_by": upload.begun_by,
                "name": upload.file.name,
                "folder": upload.file.folder,
                "bytes": upload.file.bytes,
                "modified": upload.file.modified,
                "received": upload.received,
                "state": upload.state.value,
                "wrapped_key": wrapped_key,
                "touched_at": instant(upload.touched_at),
            },
        )

    def get(self, upload_id: UploadId) -> Upload:
        """One upload.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM uploads WHERE id = ?", upload_id)
        if row is None:
            raise Mistake("upload:unknown", "There is no such upload.", "Choose the files again.")
        return _upload(row)

    def find(self, import_id: ImportId, file: SentFile) -> Upload | None:
        """The upload of a file that this import knows already."""
        row = self._first(
            "SELECT * FROM uploads WHERE import_id = ? AND name = ? AND folder = ? AND bytes = ?"
            " AND modified = ?",
            import_id,
            file.name,
            file.folder,
            file.bytes,
            file.modified,
        )
        return None if row is None else _upload(row)

    def of_import(self, import_id: ImportId) -> list[Upload]:
        """Every file that was begun of an import."""
        return [_upload(row) for row in self._all("SELECT * FROM uploads WHERE import_id = ?", import_id)]

    def count(self, import_id: ImportId, state: UploadState | None = None) -> int:
        """How many files of an import there are, or those that stand so."""
        sql = "SELECT count(*) FROM uploads WHERE import_id = ?1 AND (?2 IS NULL OR state = ?2)"
        return self._number(sql, import_id, state.value if state else None)

    def begun_by(self, by: str) -> dict[ImportId, int]:
        """The imports that somebody's browser is filling, with how many files of each are kept."""
        rows = self._all(
            "SELECT import_id, sum(state = 'kept') AS kept FROM uploads"
            " JOIN imports ON imports.id = import_id WHERE begun_by = ? AND finished_at IS NULL"
            " GROUP BY import_id ORDER BY max(touched_at) DESC",
            by,
        )
        return {ImportId(row["import_id"]): int(row["kept"]) for row in rows}

    def touched_since(self, import_id: ImportId, since: datetime) -> bool:
        """Whether something of an import was sent since then."""
        sql = "SELECT 1 FROM uploads WHERE import_id = ? AND touched_at > ? LIMIT 1"
        return self._first(sql, import_id, instant(since)) is not None

    def wrapped_key(self, upload_id: UploadId) -> bytes:
        """The key of an upload's parts, wrapped by the ring."""
        row = self._first("SELECT wrapped_key FROM uploads WHERE id = ?", upload_id)
        return bytes(row["wrapped_key"]) if row else b""

    def parts(self, upload_id: UploadId) -> list[Part]:
        """The parts of an upload, in their order."""
        rows = self._all("SELECT * FROM upload_parts WHERE upload_id = ? ORDER BY number", upload_id)
        return [Part(row["number"], row["place"], row["bytes"]) for row in rows]

    def add_part(self, upload: Upload, part: Part, at: datetime) -> None:
        """Note a part that arrived."""
        self._run(
            "INSERT INTO upload_parts VALUES (?, ?, ?, ?)", upload.id, part.number, part.place, part.bytes
        )
        self._change(
            "uploads", upload.id, {"received": upload.received + part.bytes, "touched_at": instant(at)}
        )

    def end(self, upload_id: UploadId, state: UploadState, at: datetime) -> None:
        """Note what became of a file. The rows of its parts go; their files are for the caller to delete."""
        known = self.get(upload_id)
        received = known.file.bytes if state is UploadState.KEPT else known.received
        changed = {"state": state.value, "touched_at": instant(at), "received": received}
        self._change("uploads", upload_id, changed)
        self._run("DELETE FROM upload_parts WHERE upload_id = ?", upload_id)

    def remove(self, upload_id: UploadId) -> None:
        """Forget an upload and its parts."""
        self._run("DELETE FROM uploads WHERE id = ?", upload_id)

    def forget(self, import_id: ImportId) -> None:
        """Forget the uploads of an import that is closed: the names of what was sent are not kept twice."""
        self._run("DELETE FROM uploads WHERE import_id = ?", import_id)

    def rewrap(self, again: Callable[[UploadId, bytes], bytes]) -> int:
        """Wrap every upload's key anew. Returns how many there were."""
        rows = self._all("SELECT id, wrapped_key FROM uploads")
        for row in rows:
            self._change(
                "uploads", row["id"], {"wrapped_key": again(UploadId(row["id"]), bytes(row["wrapped_key"]))}
            )
        return len(rows)


def _upload(row: Row) -> Upload:
    return Upload(
        id=UploadId(row["id"]),
        import_id=ImportId(row["import_id"]),
        begun_by=row["begun_by"],
        file=SentFile(row["name"], row["folder"], row["bytes"], row["modified"]),
        received=row["received"],
        state=UploadState(row["state"]),
        touched_at=moment(row["touched_at"]),
    )
