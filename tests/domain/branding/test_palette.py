from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from core.colour import AA_LARGE, AA_TEXT, contrast, parse
from domain.branding.palette import MOST_TINT, failing, pairs, shades, surfaces
from domain.branding.types import Look

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
LOOKS = st.builds(
    Look,
    accent=COLOURS,
    accent_dark=st.none() | COLOURS,
    hue=st.integers(0, 359),
    tint=st.sampled_from([0, 1, 3, MOST_TINT]),
)


def test_a_good_accent_passes_as_it_is() -> None:
    assert failing(Look(accent="#2b59d9")) == []


def test_a_faint_accent_fails_where_it_is_seen_and_the_nearest_is_offered() -> None:
    (pair,) = failing(Look(accent="#ffe14d"))
    assert (pair.mode, pair.kind, pair.front, pair.needed) == ("light", "accent_on_page", "#ffe14d", AA_LARGE)
    assert pair.ratio == pytest.approx(1.21, abs=0.01)
    assert pair.nearest is not None
    assert failing(Look(accent=pair.nearest)) == []


def test_an_accent_of_its_own_for_the_dark_is_held_to_the_same() -> None:
    (pair,) = failing(Look(accent="#2b59d9", accent_dark="#101020"))
    assert (pair.mode, pair.chosen) == ("dark", True)
    assert pair.nearest is not None
    assert failing(Look(accent="#2b59d9", accent_dark=pair.nearest)) == []


def test_in_the_light_the_accent_is_shown_exactly_as_chosen() -> None:
    found = shades(Look(accent="#d9222a"), "light")
    assert found is not None
    assert found.fill.hex == "#d9222a"


@settings(max_examples=150, deadline=None)
@given(LOOKS)
def test_only_a_chosen_colour_can_fail_and_what_is_offered_passes(look: Look) -> None:
    found = failing(look)
    assert all(pair.kind == "accent_on_page" and pair.chosen and pair.nearest for pair in found)
    for pair in found:
        behind = surfaces(pair.mode, look.theme, look.hue, look.tint).all
        assert min(contrast(parse(pair.nearest or ""), one) for one in behind) >= AA_LARGE


@settings(max_examples=80, deadline=None)
@given(LOOKS)
def test_text_can_always_be_read(look: Look) -> None:
    for pair in pairs(look):
        if pair.kind != "accent_on_page":
            assert pair.ratio >= AA_TEXT, pair


def test_the_surfaces_are_those_of_the_theme() -> None:
    assert surfaces("light", "poster").page != surfaces("light").page
    assert surfaces("dark", None, 150, 6).page.hue == pytest.approx(150)
