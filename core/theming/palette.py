"""The colours that tokens come to, light and dark, calculated as a browser does; and which of them cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from core.colour import AA_LARGE, AA_TEXT, Colour, contrast
from core.theming.tokens import COLOURS
from core.theming.values import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Mode = Literal["light", "dark"]
MODES: tuple[Mode, Mode] = ("light", "dark")

DECLARATION = re.compile(r"--([\w-]+)\s*:\s*([^;}]+)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
ROOT_BLOCK = re.compile(r":root\s*\{([^}]*)\}")

STEPS = 250
REFERENCE = re.compile(r"var\(\s*--([\w-]+)")


class PaletteError(ValueError):
    """A token's value cannot be calculated; ``token`` is the one that was asked for."""

    def __init__(self, token: str, reason: str) -> None:
        super().__init__(f"{token}: {reason}")
        self.token = token


@dataclass(frozen=True, slots=True)
class Pair:
    """Something to be read or seen on a surface. A surface that may be translucent lies on ``below``."""

    top: str
    surface: str
    below: str | None = None
    is_text: bool = True

    def __str__(self) -> str:
        return f"{self.top} on {self.surface}" + (f" over {self.below}" if self.below else "")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A pair that misses its ratio in one mode."""

    pair: Pair
    mode: Mode
    ratio: float
    needed: float

    def __str__(self) -> str:
        return f"{self.pair} has {self.ratio:.2f}:1 in the {self.mode} scheme, and needs {self.needed:g}:1"


SURFACES = ("page", "back", "raised")
STATES = ("info", "success", "warning", "danger")


def _pairs() -> Iterator[Pair]:
    for top in ("ink", "ink-soft", "accent-text"):
        for surface in SURFACES:
            yield Pair(top, surface)
            yield Pair(top, "hover", surface)
    for wash in ("accent-soft", *(f"{state}-soft" for state in STATES)):
        yield Pair("ink", wash)
    yield Pair("accent-text", "accent-soft")
    for fill in ("accent-fill", "accent-hover"):
        yield Pair("accent-contrast", fill)
    yield Pair("danger-contrast", "danger-fill")
    for state in STATES:
        for surface in (*SURFACES, f"{state}-soft"):
            yield Pair(state, surface)
    yield Pair("nav-ink", "nav-back")
    yield Pair("nav-ink-strong", "nav-back")
    yield Pair("nav-ink-strong", "nav-hover", "nav-back")
    yield Pair("nav-current-ink", "nav-current", "nav-back")
    yield Pair("nav-mark", "nav-current", "nav-back", is_text=False)
    for top in ("line-strong", "accent-mark"):
        for surface in ("page", "raised"):
            yield Pair(top, surface, is_text=False)


PAIRS = tuple(_pairs())
"""Everything of the product's sheets that is read or seen on something: WCAG 2.2, 1.4.3 and 1.4.11."""


def declarations(css: str) -> dict[str, str]:
    """Return the tokens that the ``:root`` blocks of a sheet declare, without conditions."""
    plain = COMMENT.sub(" ", css)
    blocks = ROOT_BLOCK.findall(plain)
    return {name: value.strip() for block in blocks for name, value in DECLARATION.findall(block)}


class Palette:
    """The tokens of the product, with those of a theme and perhaps of a tenant on top."""

    def __init__(self, *layers: Mapping[str, str]) -> None:
        self._tokens = {name: value for layer in layers for name, value in layer.items()}
        self._known: dict[tuple[str, Mode], Colour] = {}

    def with_tokens(self, tokens: Mapping[str, str]) -> Palette:
        """Return the palette with some tokens set, as CSS values."""
        return Palette(self._tokens, tokens)

    def colour(self, token: str, mode: Mode) -> Colour:
        """Return what a token is in one mode; raises :class:`PaletteError` when that cannot be calculated."""
        key = (token, mode)
        if key not in self._known:
            if token not in self._tokens:
                raise PaletteError(token, "it is not set")
            try:
                self._known[key] = Reading(self._tokens, MODES.index(mode)).colour(self._tokens[token])
            except (ValueError, ZeroDivisionError) as error:
                raise PaletteError(token, str(error)) from error
        return self._known[key]

    def colours(self, mode: Mode) -> dict[str, Colour]:
        """Return all colours of one mode."""
        return {name: self.colour(name, mode) for name in COLOURS}

    def ratio(self, pair: Pair, mode: Mode) -> float:
        """Return the contrast of a pair."""
        behind = self.colour(pair.surface, mode)
        behind = behind.over(self.colour(pair.below or "page", mode))
        return contrast(self.colour(pair.top, mode), behind)

    def unreadable(
        self, *, text: float = AA_TEXT, other: float = AA_LARGE, pairs: Iterable[Pair] = PAIRS
    ) -> list[Unreadable]:
        """Return the pairs that miss what they need: ``text`` for words, ``other`` for edges and marks."""
        found = []
        for mode in MODES:
            for pair in pairs:
                needed = text if pair.is_text else other
                ratio = self.ratio(pair, mode)
                if ratio < needed:
                    found.append(Unreadable(pair, mode, ratio, needed))
        return found

    def nearest_accent(self, accent: Colour, *, text: float = AA_TEXT) -> Colour | None:
        """Return the accent of the same hue and the nearest lightness with which all can be read, or None."""
        following = self._following("accent")
        pairs = [pair for pair in PAIRS if {pair.top, pair.surface, pair.below} & following]
        for step in range(STEPS):
            for shift in (-step / STEPS, step / STEPS):
                lightness = accent.lightness + shift
                if 0 <= lightness <= 1:
                    tried = replace(accent, lightness=lightness, alpha=1.0).fitted() if step else accent
                    if not self.with_tokens({"accent": tried.css}).unreadable(text=text, pairs=pairs):
                        return tried
        return None

    def _following(self, token: str) -> set[str | None]:
        """Return the tokens that are calculated from one, itself included."""
        found: set[str | None] = {token}
        size = 0
        while size < len(found):
            size = len(found)
            found |= {name for name, value in self._tokens.items() if found & set(REFERENCE.findall(value))}
        return found
