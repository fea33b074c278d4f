"""Boxes around faces: what lies inside the picture, and how much two of them share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.photos import Box

# In sixty-fourths, which floating point holds exactly.
edges = st.integers(-128, 192).map(lambda part: part / 64)
sides = st.integers(0, 192).map(lambda part: part / 64)
boxes = st.builds(Box, edges, edges, sides, sides)


@given(boxes)
def test_the_clipped_box_is_the_part_inside_the_picture(box: Box) -> None:
    inside = box.clipped()
    if inside.width == 0 or inside.height == 0:
        assert (
            box.right <= 0 or box.left >= 1 or box.bottom <= 0 or box.top >= 1 or not box.width * box.height
        )
    else:
        assert inside.left == pytest.approx(max(box.left, 0))
        assert inside.top == pytest.approx(max(box.top, 0))
        assert inside.right == pytest.approx(min(box.right, 1))
        assert inside.bottom == pytest.approx(min(box.bottom, 1))


@given(boxes, boxes)
def test_the_overlap_is_the_same_from_both_sides_and_a_share(one: Box, other: Box) -> None:
    assert one.overlap(other) == other.overlap(one)
    assert 0 <= one.overlap(other) <= 1 + 1e-9


@given(boxes.filter(lambda box: box.width > 0 and box.height > 0), st.floats(0.1, 1))
def test_a_box_overlaps_itself_wholly_and_a_part_of_it_by_that_part(box: Box, part: float) -> None:
    assert box.overlap(box) == pytest.approx(1)
    assert box.overlap(Box(box.left, box.top, box.width * part, box.height)) == pytest.approx(part)
    assert box.overlap(Box(box.right, box.top, box.width, box.height)) == pytest.approx(0, abs=1e-9)


def test_the_overlap_of_two_halves() -> None:
    assert Box(0, 0, 0.5, 1).overlap(Box(0.25, 0, 0.5, 1)) == pytest.approx(1 / 3)
