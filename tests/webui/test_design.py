"""The page of the design: every pair of colours can be told apart."""

import pytest

from webui.contrast import Seen, colours, contrast, seen


@pytest.mark.parametrize("one", seen(), ids=lambda one: f"{one.use.front} on {one.use.ground}")
def test_each_pair_of_colours_can_be_told_apart(one: Seen) -> None:
    assert min(one.ratios) >= one.use.least


def test_contrast_is_as_wcag_defines_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#123456", "#123456") == 1


def test_every_colour_of_text_lights_and_edges_is_measured() -> None:
    measured = {name for one in seen() for name in (one.use.front, one.use.ground)}
    unmeasured = {"mat", "line", "accent-strong", "brand"}  # behind pictures, dividers, pressed, the logo
    assert set(colours()) == measured | unmeasured
