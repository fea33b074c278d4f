"""What can be searched by, under ids that say nothing, and searches that were saved."""

from dataclasses import dataclass
from typing import NewType

CameraId = NewType("CameraId", str)
DepartmentId = NewType("DepartmentId", str)
WordsId = NewType("WordsId", str)
SavedSearchId = NewType("SavedSearchId", str)

LONGEST_WORDS = 100


@dataclass(frozen=True, slots=True)
class Camera:
    """A make and model as the camera wrote it. photos: how many were taken with it."""

    id: CameraId
    name: str
    photos: int


@dataclass(frozen=True, slots=True)
class Department:
    """A part of the organisation. people: how many are known in it."""

    id: DepartmentId
    name: str
    people: int
