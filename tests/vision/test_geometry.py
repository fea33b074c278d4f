"""Windows, tiles, turns and cut-outs: whatever is found in them is put back where it was in the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.vision.anchors import Candidates, covered, decode, grid, joined, merged, overlaps
from appliance.vision.crops import reduced_by, square
from appliance.vision.detail import Detail
from appliance.vision.windows import View, Window, to_picture
from tests.vision.test_alignment import middle_of_light, spotted

Pixels = NDArray[np.uint8]
sizes = st.tuples(st.integers(120, 700), st.integers(120, 700))
places = st.tuples(st.floats(0.2, 0.8), st.floats(0.2, 0.8))


def blank(width: int, height: int) -> Pixels:
    return np.zeros((height, width, 3), np.uint8)


def put_back(points: NDArray[np.float64], back: NDArray[np.float32]) -> NDArray[np.float64]:
    return points @ back[:, :2].T + back[:, 2]


def candidates(*boxes: tuple[float, ...]) -> Candidates:
    scores = np.linspace(0.9, 0.5, len(boxes), dtype=np.float32)
    points = np.zeros((len(boxes), 6, 2), np.float32)
    return Candidates(np.array(boxes, np.float32).reshape(-1, 4), scores, points)


@given(size=sizes, across=st.integers(2, 5))
def test_tiles_leave_nothing_out_and_overlap(size: tuple[int, int], across: int) -> None:
    tiles = list(View(blank(*size)).tiles(across))
    seen = np.zeros(size[::-1], int)
    for tile in tiles:
        top, left = int(np.ceil(max(0, tile.top))), int(np.ceil(max(0, tile.left)))
        seen[top : int(tile.top + tile.side), left : int(tile.left + tile.side)] += 1
    assert seen[:-1, :-1].min() >= 1
    assert len({tile.side for tile in tiles}) == 1
    for starts in ({t.left for t in tiles}, {t.top for t in tiles}):
        assert (np.diff(sorted(starts)) <= tiles[0].side * 0.75 + 1e-6).all()


@given(size=sizes, place=places, margin=st.sampled_from([0, 0.4]))
def test_what_is_seen_in_the_whole_is_put_back_in_its_place(
    size: tuple[int, int], place: tuple[float, float], margin: float
) -> None:
    x, y = place[0] * size[0], place[1] * size[1]
    view = View(spotted(*size, x, y))
    window = view.whole(margin)
    seen = middle_of_light(view.draw(window, 192))
    assert put_back(seen, to_picture(window, 192)) == pytest.approx([x, y], abs=window.side / 192 * 1.5)


@given(size=sizes, place=places)
def test_what_is_seen_in_a_tile_is_put_back_in_its_place(
    size: tuple[int, int], place: tuple[float, float]
) -> None:
    x, y = place[0] * size[0], place[1] * size[1]
    view = View(spotted(*size, x, y))
    for tile in view.tiles(3):
        inside = all(start + 20 < v < start + tile.side - 20 for start, v in ((tile.left, x), (tile.top, y)))
        if inside:
            seen = middle_of_light(view.draw(tile, 192))
            assert put_back(seen, to_picture(tile, 192)) == pytest.approx([x, y], abs=3)


@given(size=sizes, place=places, quarters=st.integers(1, 3))
def test_what_is_seen_in_a_turned_picture_is_put_back_in_its_place(
    size: tuple[int, int], place: tuple[float, float], quarters: int
) -> None:
    x, y = place[0] * size[0], place[1] * size[1]
    view, back = View(spotted(*size, x, y)).turned(quarters)
    assert put_back(middle_of_light(view.picture), back) == pytest.approx([x, y], abs=1.5)


@given(
    boxes=st.lists(st.tuples(*[st.floats(0, 150)] * 2, *[st.floats(1, 80)] * 2), min_size=1, max_size=5),
    quarters=st.integers(1, 3),
)
def test_boxes_keep_their_size_when_a_turn_is_undone(
    boxes: list[tuple[float, float, float, float]], quarters: int
) -> None:
    found = candidates(*[(x, y, x + w, y + h) for x, y, w, h in boxes])
    _, back = View(blank(300, 200)).turned(quarters)
    before, after = (c.boxes[:, 2:] - c.boxes[:, :2] for c in (found, found.moved(back)))
    assert after == pytest.approx(before if quarters == 2 else before[:, ::-1], abs=1e-3)


@given(
    angle=st.floats(-np.pi, np.pi),
    place=st.tuples(st.floats(170, 230), st.floats(170, 230)),
    side=st.floats(180, 300),
)
def test_a_turned_square_maps_back_to_the_picture(
    angle: float, place: tuple[float, float], side: float
) -> None:
    drawn, back = square(spotted(400, 400, 200, 200), place, side, angle, 96)
    assert put_back(middle_of_light(drawn), back) == pytest.approx([200, 200], abs=3)


def test_only_boxes_at_a_cut_through_the_picture_are_fragments() -> None:
    view = View(blank(400, 400))
    corner, inner = Window(0, 0, 200), Window(100, 100, 200)
    found = candidates((0, 0, 50, 50), (150, 50, 199, 100), (60, 60, 120, 120))
    assert view.cut(found, corner).tolist() == [False, True, False]
    assert view.cut(candidates((101, 150, 150, 200), (150, 150, 200, 299)), inner).tolist() == [True, True]


def test_copies_are_means_of_whole_pixels() -> None:
    picture = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    assert reduced_by(picture, 2).shape == (2, 3, 3)
    assert int(reduced_by(picture, 2)[0, 0, 0]) == round((0 + 3 + 21 + 24) / 4)


def test_a_plain_wall_needs_no_second_look_and_a_textured_one_does() -> None:
    wall = np.full((400, 600, 3), 120, np.uint8)
    wall[200:260, 400:460] = np.random.default_rng(3).integers(0, 255, (60, 60, 3))
    detail = Detail(wall)
    assert not detail.within(Window(0, 0, 190))
    assert detail.within(Window(350, 150, 190))
    detail.hide([np.array([410, 205, 450, 255], np.float32)])
    assert not detail.within(Window(350, 150, 190))


# --- boxes ------------------------------------------------------------------------------------------------

boxes = st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(1, 60), st.floats(1, 60)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(one=boxes, other=boxes)
def test_how_much_boxes_share_does_not_depend_on_their_order(
    one: tuple[float, ...], other: tuple[float, ...]
) -> None:
    a, b = np.array(one, np.float32), np.array(other, np.float32)
    for shared in (overlaps, covered):
        assert float(shared(a, b[None])[0]) == pytest.approx(float(shared(b, a[None])[0]), abs=1e-5)
        assert 0 <= float(shared(a, b[None])[0]) <= 1 + 1e-5
    assert float(overlaps(a, a[None])[0]) == pytest.approx(1, abs=1e-5)
    assert float(overlaps(a, b[None])[0]) <= float(covered(a, b[None])[0]) + 1e-5


@given(found=st.lists(boxes, max_size=8))
def test_merging_keeps_the_best_score_and_loses_no_place(found: list[tuple[float, ...]]) -> None:
    before = candidates(*found)
    once = merged(before)
    assert (len(once) == 0) == (not found)
    for box in before.boxes:
        assert (overlaps(box, once.boxes) > 0).any()
    if len(before):
        assert once.scores.max() == before.scores.max()


def test_merging_averages_by_score() -> None:
    found = Candidates(
        np.array([[0, 0, 10, 10], [2, 0, 12, 10]], np.float32),
        np.array([0.9, 0.3], np.float32),
        np.zeros((2, 6, 2), np.float32),
    )
    once = merged(found)
    assert len(once) == 1
    assert once.boxes[0].tolist() == pytest.approx([0.5, 0, 10.5, 10])


def test_joining_nothing_is_nothing() -> None:
    assert len(joined([])) == 0
    assert len(joined([Candidates.none(), candidates((0, 0, 1, 1))])) == 1


def test_anchors_lie_in_the_middle_of_their_cells() -> None:
    assert grid(192, ((4, 1),)).shape == (2304, 2)
    assert grid(128, ((8, 2), (16, 6))).shape == (896, 2)
    assert grid(224, ((8, 2), (16, 2), (32, 6))).shape == (2254, 2)
    assert grid(8, ((4, 2),)).tolist() == [[2, 2], [2, 2], [6, 2], [6, 2], [2, 6], [2, 6], [6, 6], [6, 6]]


def test_raw_output_is_counted_from_its_anchor() -> None:
    raw = np.zeros((2, 16), np.float32)
    raw[1, :6] = [1, -1, 8, 4, 3, 5]
    found = decode(raw, np.array([-5, 3], np.float32), np.array([[2, 2], [10, 20]], np.float32), 0.5)
    assert found.boxes.tolist() == [[7, 17, 15, 21]]
    assert found.points[0, 0].tolist() == [13, 25]
    assert found.scores[0] == pytest.approx(1 / (1 + np.exp(-3)))
