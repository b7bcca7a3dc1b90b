"""Themes: folders with a ``theme.toml``, and what is calculated and checked of their tokens."""

from core.theming.themes import DEFAULT_THEME, Theme, ThemeError, Themes, read_theme
from core.theming.tokens import BRANDABLE, TOKENS, Token, TokenError, css_value

__all__ = [
    "BRANDABLE",
    "DEFAULT_THEME",
    "TOKENS",
    "Theme",
    "ThemeError",
    "Themes",
    "Token",
    "TokenError",
    "css_value",
    "read_theme",
]
