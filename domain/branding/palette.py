"""What a brand's colours become on the pages. Every shade that is shown is calculated here, so it can be checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from core.colour import AA_LARGE, AA_TEXT, Colour, contrast, nearest_passing, parse
from core.settings import ROOT
from core.theming import DEFAULT_THEME, Themes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.branding.types import Look

Mode = Literal["light", "dark"]
PairKind = Literal["text_on_accent", "text_on_hover", "accent_on_page", "link_on_page", "text_on_page"]
MODES: tuple[Mode, ...] = ("light", "dark")

WHITE, BLACK = parse("#ffffff"), parse("#000000")
MOST_TINT = 6
LIVELIEST_LINK = 0.13
HOVER = 0.05


@dataclass(frozen=True, slots=True)
class Surfaces:
    """What lies behind everything, and the two shades of plain text on it."""

    page: Colour
    back: Colour
    raised: Colour
    ink: Colour
    ink_soft: Colour

    @property
    def all(self) -> tuple[Colour, ...]:
        """The three levels."""
        return self.page, self.back, self.raised


@dataclass(frozen=True, slots=True)
class Shades:
    """The accent in one mode: filled, hovered, the text on it, as text itself, and as a wash."""

    fill: Colour
    hover: Colour
    on_fill: Colour
    link: Colour
    soft: Colour


@dataclass(frozen=True, slots=True)
class Pair:
    """Two colours that are shown on each other, and how well one is read on the other.

    ``chosen`` is whether the admin's own colour is shown, and not one that was calculated until it passes;
    ``nearest`` is what to take instead of it when it fails.
    """

    mode: Mode
    kind: PairKind
    front: str
    behind: str
    ratio: float
    needed: float
    chosen: bool = False
    nearest: str | None = None

    @property
    def passes(self) -> bool:
        """Whether WCAG 2.2 AA is met."""
        return self.ratio >= self.needed


@lru_cache(maxsize=256)
def surfaces(mode: Mode, theme: str | None = None, hue: int | None = None, tint: int | None = None) -> Surfaces:
    """Return the surfaces of a theme, perhaps in another tone."""
    tone = {name: str(value) for name, value in (("hue", hue), ("tint", tint)) if value is not None}
    palette = _themes().palette(theme or DEFAULT_THEME, tone)
    return Surfaces(*(palette.colour(name, mode) for name in ("page", "back", "raised", "ink", "ink-soft")))


@cache
def _themes() -> Themes:
    return Themes.load(ROOT / "themes")


@lru_cache(maxsize=512)
def shades(look: Look, mode: Mode) -> Shades | None:
    """Return what the accent becomes; None where the theme's own is kept.

    In the light the accent is shown exactly as chosen. In the dark it is the one chosen for it, else one that is
    calculated so that it stands out.
    """
    fill = _fill(look, mode)
    if fill is None:
        return None
    soft = (
        Colour(0.95, fill.chroma * 0.17, fill.hue) if mode == "light" else Colour(0.29, fill.chroma * 0.35, fill.hue)
    ).fitted()
    behind = (*_behind(look, mode).all, soft)
    on_fill = WHITE if contrast(WHITE, fill) >= AA_TEXT else BLACK
    return Shades(
        fill=fill,
        hover=_shifted(fill, HOVER if on_fill is BLACK else -HOVER),
        on_fill=on_fill,
        link=_link(fill, mode, behind),
        soft=soft,
    )


def pairs(look: Look) -> list[Pair]:
    """Return every pair of colours that the look brings onto the pages, the worst surface of each."""
    return [pair for mode in MODES for pair in _pairs_of(look, mode)]


def failing(look: Look) -> list[Pair]:
    """Return the pairs that do not pass; with any of them a look is not published."""
    return [pair for pair in pairs(look) if not pair.passes]


def _behind(look: Look, mode: Mode) -> Surfaces:
    return surfaces(mode, look.theme, look.hue, look.tint)


def _pairs_of(look: Look, mode: Mode) -> list[Pair]:
    behind = _behind(look, mode)
    found = [_pair(mode, "text_on_page", behind.ink_soft, behind.all, AA_TEXT)]
    shown = shades(look, mode)
    if shown is None:
        return found
    chosen = mode == "light" or look.accent_dark is not None
    edge = _pair(mode, "accent_on_page", shown.fill, behind.all, AA_LARGE)
    instead = None if edge.passes else nearest_passing(shown.fill, behind.all, AA_LARGE)
    return [
        _pair(mode, "text_on_accent", shown.on_fill, [shown.fill], AA_TEXT),
        _pair(mode, "text_on_hover", shown.on_fill, [shown.hover], AA_TEXT),
        replace(edge, chosen=chosen, nearest=instead.hex if instead else None),
        _pair(mode, "link_on_page", shown.link, (*behind.all, shown.soft), AA_TEXT),
        *found,
    ]


def _pair(mode: Mode, kind: PairKind, front: Colour, behind: Sequence[Colour], needed: float) -> Pair:
    worst = min(behind, key=lambda colour: contrast(front, colour))
    return Pair(mode, kind, front.hex, worst.hex, contrast(front, worst), needed)


def _fill(look: Look, mode: Mode) -> Colour | None:
    if look.accent is None:
        return None
    if mode == "light":
        return parse(look.accent)
    if look.accent_dark is not None:
        return parse(look.accent_dark)
    light = parse(look.accent)
    lifted = Colour(min(light.lightness + 0.04, 1.0), light.chroma * 0.9, light.hue).fitted()
    return _shown(nearest_passing(lifted, _behind(look, "dark").all, AA_LARGE) or WHITE)


def _link(fill: Colour, mode: Mode, behind: Sequence[Colour]) -> Colour:
    calm = fill if mode == "light" else replace(fill, chroma=min(fill.chroma, LIVELIEST_LINK))
    return _shown(nearest_passing(calm, behind, AA_TEXT) or (BLACK if mode == "light" else WHITE))


def _shifted(colour: Colour, by: float) -> Colour:
    return _shown(replace(colour, lightness=min(max(colour.lightness + by, 0.0), 1.0)).fitted())


def _shown(colour: Colour) -> Colour:
    """Return what eight bits a part leave of a colour: what is checked is what the sheet says."""
    return parse(colour.hex)
