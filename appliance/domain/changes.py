"""Changes to the faces, tags and shoots of photos that can be taken back for a while."""

from datetime import timedelta
from enum import StrEnum
from typing import NewType

ChangeId = NewType("ChangeId", str)

UNDO_WITHIN = timedelta(days=1)


class Changed(StrEnum):
    """What an act changed."""

    FACES = "faces"
    TAGS = "tags"
    SHOOTS = "shoots"
