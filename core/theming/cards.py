"""Small pictures of themes, each in its own colours and shapes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from core.theming.palette import MODES, Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.theming.palette import Palette
    from core.theming.themes import Themes

SEEN = ("page", "raised", "line", "ink", "ink-soft", "accent-fill", "accent-contrast", "accent-soft", "nav-line")
PIXELS_A_REM = 16
SCALE = 0.6


@dataclass(frozen=True, slots=True)
class Picture:
    """A theme in one mode: colours as #rrggbb by token, underscores for dashes."""

    mode: Mode
    colours: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ThemeCard:
    """A theme to choose. Sizes are in the units of the picture, which is 120 wide and 84 high."""

    key: str
    name: str
    description: str
    pictures: tuple[Picture, ...]
    radius: float
    control_radius: float
    border: float
    font: str
    weight: str
    sample: str


def theme_cards(themes: Themes) -> tuple[ThemeCard, ...]:
    """Return a card of each theme."""
    return tuple(_card(theme.digest, theme.key, themes) for theme in themes.all)


@lru_cache(maxsize=64)
def _card(_digest: str, key: str, themes: Themes) -> ThemeCard:
    theme = themes.get(key)
    palette = themes.palette(theme.key)
    tokens = theme.tokens
    radius = _pixels(tokens.get("radius", "8px"))
    fonts = re.search(r"--font-heading:([^;}]+)", theme.css) or re.search(r"--font:([^;}]+)", theme.css)
    return ThemeCard(
        key=theme.key,
        name=theme.name,
        description=theme.description,
        pictures=tuple(Picture(mode, _colours(palette, mode)) for mode in MODES),
        radius=round(radius * SCALE, 1),
        control_radius=round(min(_pixels(tokens.get("radius-control", f"{radius:g}px")) * SCALE, 6), 1),
        border=_pixels(tokens.get("border-width", "1px")) * 0.75,
        font=fonts[1].replace('"', "'") if fonts else "system-ui, sans-serif",
        weight=tokens.get("heading-weight", tokens.get("strong", "600")),
        sample="AA" if tokens.get("heading-case") == "uppercase" else "Aa",
    )


def _colours(palette: Palette, mode: Mode) -> dict[str, str]:
    found = {name: palette.colour(name, mode) for name in SEEN}
    nav = palette.colour("nav-back", mode)
    found |= {"nav-back": nav, "nav-current": palette.colour("nav-current", mode).over(nav)}
    found |= {name: palette.colour(name, mode) for name in ("nav-ink", "nav-current-ink")}
    found["nav-line"] = found["nav-line"].over(nav)
    return {name.replace("-", "_"): colour.hex for name, colour in found.items()}


def _pixels(length: str) -> float:
    if length.endswith("rem"):
        return float(length[:-3]) * PIXELS_A_REM
    return float(length.removesuffix("px"))
