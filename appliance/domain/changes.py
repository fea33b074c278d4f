"""Changes to the faces of photos that can be taken back for a while."""

from datetime import timedelta
from typing import NewType

ChangeId = NewType("ChangeId", str)

UNDO_WITHIN = timedelta(days=1)
