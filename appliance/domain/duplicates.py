"""Photos that look alike: the same picture twice, or variants of one item.

A duplicate is a copy of a picture: resized, compressed anew, cropped a little, greyed, marked, or tagged
otherwise. A variant is another file of the same item: the raw file that the camera wrote beside its JPEG, or
another frame of the same burst. Two portraits of one person in one studio are neither.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from appliance.domain.photos import Photo, PhotoId

RAW = "image/x-raw"
BURST = timedelta(seconds=3)

# Measured on copies and on other portraits of the same people: docs/duplicates.md.
SAME = 0.88
TINY = 200  # pixels of the long side: below it there is little detail to tell two pictures apart by
SAME_WHEN_TINY = 0.98
CHANGED = 0.5  # a tenth of the picture is less alike than this: something in it moved
NEAR = 0.8  # correlation as a whole, of frames of one burst


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two pictures are, laid upon each other; each from -1 to 1.

    whole: correlation of the pictures seen from afar. detail: of what is fine in them, in the middle block of
    all. least: the same in the block at a tenth from below.
    """

    whole: float
    detail: float
    least: float


class Relation(StrEnum):
    """What two photos are to each other."""

    DUPLICATE = "duplicate"
    RAW_AND_JPEG = "raw_and_jpeg"
    BURST = "burst"


@dataclass(frozen=True, slots=True)
class Suspect:
    """Two photos of which somebody must say whether one is a copy. photo: the later one, in quarantine."""

    photo_id: PhotoId
    other_id: PhotoId
    likeness: float
    found_at: datetime


def relation(one: Photo, other: Photo, alike: Likeness) -> Relation | None:
    """What two photos are to each other; None when they are just two photos."""
    apart = _apart(one, other)
    if are_raw_and_jpeg(one, other) or (_raw_beside(one, other) and _is_same(one, other, alike)):
        return Relation.RAW_AND_JPEG
    same = _is_same(one, other, alike)
    if apart is None:
        return Relation.DUPLICATE if same else None
    if apart == timedelta(0) and same:
        return Relation.DUPLICATE  # a copy keeps its time
    if apart <= BURST:
        return Relation.BURST if alike.whole >= NEAR else None
    # The same picture with another time was tagged anew; a sitter who moved before the same wall was not.
    return Relation.DUPLICATE if same and alike.least >= CHANGED else None


def are_raw_and_jpeg(one: Photo, other: Photo) -> bool:
    """Whether a camera wrote them together: one name, one moment, one of them raw."""
    return _raw_beside(one, other) and _apart(one, other) == timedelta(0)


def leads(one: Photo, other: Photo) -> bool:
    """Whether the first stands for the item of both: what is no raw file does, then what came earlier."""
    return _rank(one) < _rank(other)


def _rank(photo: Photo) -> tuple[bool, datetime, str, str]:
    return photo.media_type == RAW, photo.arrived_at, photo.name, photo.id


def _raw_beside(one: Photo, other: Photo) -> bool:
    return (one.media_type == RAW) != (other.media_type == RAW) and stem(one.name) == stem(other.name)


def stem(name: str) -> str:
    """A file's name without its ending, in lower case: what a raw file and its JPEG share."""
    return name.rpartition(".")[0].lower() or name.lower()


def _apart(one: Photo, other: Photo) -> timedelta | None:
    """How long one camera took between them; None when that cannot be known."""
    first, second = one.capture, other.capture
    if first.taken_at is None or second.taken_at is None or not first.camera or first.camera != second.camera:
        return None
    return abs(first.taken_at - second.taken_at)


def _is_same(one: Photo, other: Photo, alike: Likeness) -> bool:
    tiny = min(max(p.width, p.height) for p in (one, other)) < TINY
    return alike.detail >= (SAME_WHEN_TINY if tiny else SAME)
