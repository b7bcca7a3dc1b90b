"""Colours: known values of the specifications, and the nearest one that can be read."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from core.colour import AA_TEXT, Colour, ColourError, contrast, from_rgb, nearest_passing, parse

WHITE, BLACK = parse("#fff"), parse("#000")

# Of CSS Color 4's examples and test pages: the same colour in both notations.
KNOWN = [
    ("oklch(0.62796 0.25768 29.2339)", "#ff0000"),
    ("oklch(0.86644 0.29483 142.4953)", "#00ff00"),
    ("oklch(0.45201 0.31321 264.052)", "#0000ff"),
    ("oklch(51.975% 0.17686 142.495)", "#008000"),
    ("oklch(1 0 0)", "#ffffff"),
    ("oklch(0 0 0)", "#000000"),
]


@pytest.mark.parametrize(("text", "shown"), KNOWN)
def test_oklch_and_srgb_are_the_same_colour(text: str, shown: str) -> None:
    assert parse(text).hex == shown
    there, here = parse(shown), parse(text)
    assert there.lightness == pytest.approx(here.lightness, abs=2e-4)
    assert there.chroma == pytest.approx(here.chroma, abs=2e-4)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#fff", 21), ("#777", "#fff", 4.48), ("#767676", "#fff", 4.54), ("#0000ff", "#ffffff", 8.59)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(parse(one), parse(other)) == pytest.approx(ratio, abs=0.01)
    assert contrast(parse(other), parse(one)) == pytest.approx(ratio, abs=0.01)


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_every_colour_of_a_screen_comes_back_unchanged(red: int, green: int, blue: int) -> None:
    colour = from_rgb(red / 255, green / 255, blue / 255)
    assert colour.rgb == (red, green, blue)
    assert parse(colour.css).rgb == pytest.approx((red, green, blue), abs=1)


@pytest.mark.parametrize(
    "text", ["", "red", "#12", "#12345g", "oklch()", "oklch(0.5 0.1)", "oklch(2 0 0)", "oklch(nan 0 0)", "url(x)"]
)
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ColourError):
        parse(text)


def test_a_translucent_colour_is_seen_on_what_is_behind_it() -> None:
    assert parse("oklch(0 0 0 / 0.5)").over(WHITE).hex in {"#7f7f7f", "#808080"}
    assert parse("#00000080").alpha == pytest.approx(0.5, abs=0.01)


@given(st.floats(0, 1), st.floats(0, 0.37), st.floats(0, 360))
def test_the_nearest_colour_passes_and_keeps_its_hue(lightness: float, chroma: float, hue: float) -> None:
    colour = Colour(lightness, chroma, hue)
    near = nearest_passing(colour, WHITE, AA_TEXT)
    assert near is not None
    assert contrast(near, WHITE) >= AA_TEXT
    assert near.hue == colour.hue
    assert near.lightness <= colour.lightness


def test_what_passes_is_left_as_it_is() -> None:
    assert nearest_passing(BLACK, WHITE) == BLACK


def test_nothing_passes_between_two_that_leave_no_room() -> None:
    assert nearest_passing(parse("#888"), [WHITE, BLACK], 7) is None
    near = nearest_passing(parse("#999"), [WHITE, BLACK], 4.5)
    assert near is not None
    assert min(contrast(near, WHITE), contrast(near, BLACK)) >= 4.5  # the ratio asked for
