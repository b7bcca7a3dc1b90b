from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from domain.branding.fonts import PAIRINGS
from domain.branding.sheet import MOST_BYTES, css_of, sheet_of
from domain.branding.types import Look, Rendition

FULL = Look(
    theme="adx",
    accent="#0a7d5a",
    accent_dark="#4fbd97",
    hue=359,
    tint=6,
    radius=20,
    font="editorial",
    name="North Pier",
)
LOGO = Rendition("logo.png", 100, 32, 1200, "ab" * 32)


@pytest.mark.parametrize("font", PAIRINGS)
def test_the_fullest_sheet_stays_below_its_limit(font: str) -> None:
    assert len(css_of(replace(FULL, font=font)).encode()) < MOST_BYTES


def test_nothing_chosen_is_no_rule() -> None:
    assert css_of(Look()) == "\n"


def test_the_digest_is_that_of_the_content_and_stays_the_same_for_ever() -> None:
    assert sheet_of(FULL, [LOGO]) == sheet_of(FULL, [LOGO])
    assert sheet_of(Look(accent="#2b59d9")).digest == "ae19624e1bcf9b19639461c5"


@pytest.mark.parametrize(
    "other",
    [
        sheet_of(replace(FULL, accent="#0a7d5b"), [LOGO]),
        sheet_of(replace(FULL, name="South Pier"), [LOGO]),
        sheet_of(replace(FULL, theme=None), [LOGO]),
        sheet_of(FULL, [replace(LOGO, sha256="cd" * 32)]),
        sheet_of(FULL),
    ],
)
def test_whatever_differs_has_another_digest(other: object) -> None:
    assert getattr(other, "digest") != sheet_of(FULL, [LOGO]).digest  # noqa: B009


def test_everything_chosen_stands_in_the_layer_of_brands() -> None:
    css = css_of(FULL)
    assert css.startswith("@layer brand{:root{")
    for said in (
        "--accent:#0a7d5a;",
        "--accent-fill:light-dark(#0a7d5a,#4fbd97)",
        "--hue:359",
        "--tint:6",
        "--radius:20px",
    ):
        assert said in css


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_a_name_never_reaches_the_sheet(name: str) -> None:
    assert css_of(replace(FULL, name=name)) == css_of(FULL)


def test_the_preview_says_the_same_for_its_own_part_of_the_page() -> None:
    assert css_of(FULL, scope=".brand-preview").replace(".brand-preview", ":root") == css_of(FULL)
