"""What two photos are to each other, as cases named in sentences."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.duplicates import Likeness, Relation, leads, relation, stem
from appliance.domain.photos import Capture, ImportId, Photo, PhotoId, Stage

NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - a camera's clock
SAME, OTHER = Likeness(0.99, 0.98, 0.95), Likeness(0.4, 0.0, 0.0)
MOVED = Likeness(0.97, 0.95, 0.1)  # the wall is the same, the sitter is not
NEAR = Likeness(0.95, 0.5, 0.1)
MARKED = Likeness(0.98, 0.95, 0.1)
RAW = "image/x-raw"


def photo(
    name: str = "IMG_1.JPG", taken: datetime | None = NOON, kind: str = "image/jpeg", side: int = 4000
) -> Photo:
    came = datetime(2026, 3, 2, tzinfo=UTC)
    made = Photo(PhotoId(name), ImportId("i"), name, "0" * 64, 1, kind, Stage.ANALYSED, came)
    return replace(made, width=side, height=side // 2, capture=Capture(taken, "Camera"))


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


CASES = [
    ("a copy keeps its time", photo("b.jpg"), SAME, Relation.DUPLICATE),
    ("a copy without camera data", photo("b.jpg", None), SAME, Relation.DUPLICATE),
    ("a copy with a watermark", photo("b.jpg", None), MARKED, Relation.DUPLICATE),
    ("a copy tagged with another date", photo("b.jpg", later(86400)), SAME, Relation.DUPLICATE),
    ("the same wall an hour later", photo("b.jpg", later(3600)), MOVED, None),
    ("another photo", photo("b.jpg", None), OTHER, None),
    ("another photo at the same moment", photo("b.jpg"), OTHER, None),
    ("the next frame of a burst", photo("b.jpg", later(0.2)), NEAR, Relation.BURST),
    ("the next frame, of somebody who sat still", photo("b.jpg", later(1)), SAME, Relation.BURST),
    ("a frame by a camera that writes whole seconds", photo("b.jpg"), NEAR, Relation.BURST),
    ("the next photo, too late for a burst", photo("b.jpg", later(4)), NEAR, None),
    ("the raw file beside it", photo("img_1.CR3", kind=RAW), OTHER, Relation.RAW_AND_JPEG),
    ("a raw file of that name without a date", photo("IMG_1.DNG", None, RAW), SAME, Relation.RAW_AND_JPEG),
    ("a raw file of that name of another day", photo("IMG_1.CR3", later(9999), RAW), OTHER, None),
    ("two tiny pictures that are nearly the same", photo("b.jpg", None, side=92), MARKED, None),
    ("two tiny pictures that are the same", photo("b.jpg", None, side=92), SAME, Relation.DUPLICATE),
]


@pytest.mark.parametrize(("other", "alike", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_photo_and_another_are(other: Photo, alike: Likeness, expected: Relation | None) -> None:
    assert relation(photo(), other, alike) is expected
    assert relation(other, photo(), alike) is expected


def test_what_two_cameras_took_at_one_moment_is_no_burst() -> None:
    other = replace(photo("b.jpg", later(0.5)), capture=Capture(later(0.5), "Another camera"))
    assert relation(photo(), other, NEAR) is None


def test_a_jpeg_stands_for_its_raw_file_and_else_the_older_photo_does() -> None:
    raw = replace(photo("a.CR3", kind=RAW), arrived_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert leads(photo(), raw)
    assert not leads(raw, photo())
    older = replace(photo(), arrived_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert leads(older, photo("b.jpg"))


@given(st.text(min_size=1))
def test_a_name_and_the_same_in_capitals_share_their_stem(name: str) -> None:
    assert stem(f"{name}.cr3") == stem(f"{name}.JPG")
