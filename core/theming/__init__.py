"""Themes: folders with a ``theme.toml``, and what is calculated and checked of their tokens.

A tenant's own tokens go on top of a theme's: ``BRANDABLE`` says which, ``css_value(name, value, BRANDABLE)`` writes
one, ``themes.palette(key, tokens)`` calculates what they come to, its ``unreadable()`` says what cannot be read,
and its ``nearest_accent(colour)`` what to take instead.
"""

from core.theming.cards import ThemeCard, theme_cards
from core.theming.check import theme_faults
from core.theming.palette import MODES, PAIRS, Mode, Pair, Palette, PaletteError, Unreadable, declarations
from core.theming.sheet import LARGEST, Fault
from core.theming.themes import DEFAULT_THEME, Theme, ThemeError, Themes, read_theme
from core.theming.tokens import BRANDABLE, TOKENS, Token, TokenError, css_value

__all__ = [
    "BRANDABLE",
    "DEFAULT_THEME",
    "LARGEST",
    "MODES",
    "PAIRS",
    "TOKENS",
    "Fault",
    "Mode",
    "Pair",
    "Palette",
    "PaletteError",
    "Theme",
    "ThemeCard",
    "ThemeError",
    "Themes",
    "Token",
    "TokenError",
    "Unreadable",
    "css_value",
    "declarations",
    "read_theme",
    "theme_cards",
    "theme_faults",
]
