"""The colours that tokens come to, light and dark, calculated as a browser does; and which of them cannot be read.

It understands the part of CSS that token sheets are written in: ``var()``, ``light-dark()``, ``oklch()`` with and
without ``from`` (CSS Color 5, relative colours), ``calc()``, ``min()``, ``max()`` and ``clamp()``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from core.colour import AA_LARGE, AA_TEXT, Colour, ColourError, contrast, parse
from core.theming.tokens import COLOURS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Mode = Literal["light", "dark"]
MODES: tuple[Mode, Mode] = ("light", "dark")

DECLARATION = re.compile(r"--([\w-]+)\s*:\s*([^;}]+)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
ROOT_BLOCK = re.compile(r":root\s*\{([^}]*)\}")
LEXEME = re.compile(r"\s*(?:(\d*\.?\d+)(%)?|(--[\w-]+|[a-z-]+(?=\()|[a-z]+)|(.))", re.IGNORECASE)
DEEPEST = 24

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
                self._known[key] = _Reading(self._tokens, mode).colour(self._tokens[token])
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


class _Reading:
    """One value in one mode, read from left to right."""

    def __init__(self, tokens: Mapping[str, str], mode: Mode, depth: int = 0) -> None:
        self._tokens = tokens
        self._mode = mode
        if depth > DEEPEST:
            raise ValueError("it refers to itself")
        self._depth = depth

    def colour(self, text: str) -> Colour:
        text = text.strip()
        name, inner = _call(text)
        if name == "light-dark":
            both = _split(inner, ",")
            if len(both) != len(MODES):
                raise ColourError(f"“{text}” needs two colours")
            return self.colour(both[MODES.index(self._mode)])
        if name == "var":
            return self._deeper().colour(self._token(inner))
        if name == "oklch":
            return self._oklch(inner, text)
        if text == "transparent":
            return Colour(0, 0, 0, 0)
        return parse(text)

    def number(self, text: str, names: Mapping[str, float]) -> float:
        return _Sum(text, lambda token: self._deeper().number(self._token(token), {}), names).value

    def _oklch(self, inner: str, text: str) -> Colour:
        parts = _split(inner, " ")
        base: Colour | None = None
        if parts[:1] == ["from"]:
            base, parts = self.colour(parts[1]), parts[2:]
        names = {"l": base.lightness, "c": base.chroma, "h": base.hue, "alpha": base.alpha} if base else {}
        alpha = 1.0
        if "/" in parts:
            alpha = self.number(parts[-1], names)
            parts = parts[: parts.index("/")]
        if len(parts) != 3:  # noqa: PLR2004  # lightness, chroma, hue
            raise ColourError(f"“{text}” is not a colour")
        lightness, chroma, hue = (self.number(part, names) for part in parts)
        return Colour(min(max(lightness, 0), 1), max(chroma, 0), hue % 360, min(max(alpha, 0), 1))

    def _token(self, name: str) -> str:
        name = name.strip().removeprefix("--")
        if name not in self._tokens:
            raise ColourError(f"there is no token “{name}”")
        return self._tokens[name]

    def _deeper(self) -> _Reading:
        return _Reading(self._tokens, self._mode, self._depth + 1)


class _Sum:
    """Arithmetic of CSS: four operations, brackets, calc, min, max and clamp. Percentages are parts of one."""

    def __init__(self, text: str, token: Callable[[str], float], names: Mapping[str, float]) -> None:
        self._rest = [found.groups() for found in LEXEME.finditer(text.strip()) if found[0].strip()]
        self._token = token
        self._names = names
        self.value = self._added()
        if self._rest:
            raise ColourError(f"“{text}” is not a number")

    def _added(self) -> float:
        value = self._multiplied()
        while self._next() in {"+", "-"}:
            sign = 1 if self._take() == "+" else -1
            value += sign * self._multiplied()
        return value

    def _multiplied(self) -> float:
        value = self._single()
        while self._next() in {"*", "/"}:
            value = value * self._single() if self._take() == "*" else value / self._single()
        return value

    def _single(self) -> float:
        if not self._rest:
            raise ColourError("a number is missing")
        number, percent, word, sign = self._rest.pop(0)
        if number:
            return float(number) / (100 if percent else 1)
        if sign == "-":
            return -self._single()
        if sign == "(":
            return self._arguments()[0]
        return self._called(word or sign)

    def _called(self, word: str) -> float:
        if word in self._names:
            return self._names[word]
        if word not in {"calc", "min", "max", "clamp", "var"} or self._take() != "(":
            raise ColourError(f"“{word}” is not a number")
        if word == "var":
            name = self._rest.pop(0)[2] if self._rest else None
            self._take()
            return self._token(name or "")
        given = self._arguments()
        if word == "clamp":
            return max(given[0], min(given[1], given[-1]))
        return min(given) if word == "min" else max(given)

    def _arguments(self) -> list[float]:
        found = [self._added()]
        while self._next() == ",":
            self._take()
            found.append(self._added())
        if self._take() != ")":
            raise ColourError("a bracket is missing")
        return found

    def _next(self) -> str | None:
        return self._rest[0][3] if self._rest else None

    def _take(self) -> str | None:
        return self._rest.pop(0)[3] if self._rest else None


def _call(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"([a-z-]+)\((.*)\)", text, re.DOTALL)
    return (found[1], found[2]) if found else ("", "")


def _split(text: str, separator: str) -> list[str]:
    """Split at the separators that stand in no brackets."""
    parts, depth, part = [], 0, ""
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth == 0 and (character == separator or (separator == " " and character.isspace())):
            parts.append(part)
            part = ""
        else:
            part += character
    return [part.strip() for part in [*parts, part] if part.strip()]
