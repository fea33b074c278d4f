"""Uploads: files that a browser sends in parts, so that a broken connection costs a part and not the file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.errors import Mistake
from appliance.domain.photos import ImportId

UploadId = NewType("UploadId", str)

LARGEST_PART = 16_000_000
MOST_FILES = 20_000  # of one import
MOST_OPEN = 20  # of one import, begun and not whole: what lies on the disk twice for a while
ROOM = 1_000_000_000  # bytes of the disk that uploads leave free


class UploadState(StrEnum):
    """What became of a file that is sent."""

    OPEN = "open"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as the browser names it; the same one is known again after a reload. modified: ms since 1970.

    Neither the name nor the folder is ever used as a path.
    """

    name: str
    folder: str
    bytes: int
    modified: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in. received: bytes that are safe; sending goes on behind them."""

    id: UploadId
    import_id: ImportId
    begun_by: str
    file: SentFile
    received: int
    state: UploadState
    touched_at: datetime

    @property
    def whole(self) -> bool:
        """Whether all of it has arrived."""
        return self.received == self.file.bytes


def require_place(upload: Upload, offset: int, length: int) -> None:
    """Require that a part goes on where the file ends so far.

    Raises:
        Mistake: when it begins elsewhere, goes beyond the file's end, or the file is done with.
    """
    if upload.state is not UploadState.OPEN or offset != upload.received:
        raise Mistake(
            "upload:offset",
            "This part does not go on where the file ends so far.",
            "Ask how much of it has arrived, and go on from there.",
        )
    if not 0 < length <= min(LARGEST_PART, upload.file.bytes - offset):
        raise Mistake(
            "upload:bad_part",
            "This part is empty, too large, or goes beyond the file.",
            "Send a smaller one.",
        )
