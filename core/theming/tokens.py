"""The tokens that a theme may set, and those that a tenant may. ``web/static/css/10-tokens.css`` declares them all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.colour import ColourError, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["colour", "length", "number", "weight", "fonts", "border", "shadow", "spacing", "word"]


@dataclass(frozen=True, slots=True)
class Token:
    """One token: what it may be set to, and between which limits (numbers as they are, lengths in pixels)."""

    kind: Kind
    least: float = 0
    most: float = 0
    words: tuple[str, ...] = ()


class TokenError(ValueError):
    """A token is unknown, or its value is not of its kind; the text says which and what it takes."""


COLOURS = (
    *("accent", "info-base", "success-base", "warning-base", "danger-base"),
    *("page", "back", "raised", "hover", "line", "line-strong", "ink", "ink-soft"),
    *("accent-fill", "accent-hover", "accent-contrast", "accent-text", "accent-mark", "accent-soft"),
    *("info", "info-soft", "success", "success-soft", "warning", "warning-soft"),
    *("danger", "danger-fill", "danger-soft", "danger-contrast"),
    *("nav-back", "nav-line", "nav-ink", "nav-ink-strong", "nav-hover", "nav-current", "nav-current-ink", "nav-mark"),
    *("chart-1", "chart-2", "chart-3", "chart-4"),
)

TOKENS: Mapping[str, Token] = {
    **{name: Token("colour") for name in COLOURS},
    "hue": Token("number", 0, 360),
    "tint": Token("number", 0, 6),
    "font": Token("fonts"),
    "font-heading": Token("fonts"),
    "font-code": Token("fonts"),
    "strong": Token("weight", 400, 900),
    "heading-weight": Token("weight", 300, 900),
    "heading-spacing": Token("spacing", -0.05, 0.2),
    "heading-case": Token("word", words=("none", "uppercase")),
    "leading": Token("number", 1.2, 1.8),
    "density": Token("number", 0.7, 1.4),
    "radius": Token("length", 0, 24),
    "radius-small": Token("length", 0, 16),
    "radius-large": Token("length", 0, 32),
    "radius-control": Token("length", 0, 99),
    "radius-pill": Token("length", 0, 99),
    "border-width": Token("length", 1, 4),
    "border": Token("border"),
    "border-control": Token("border"),
    "ring": Token("border"),
    "float": Token("shadow"),
    "lift": Token("shadow"),
}
"""Every token of a theme by its name without the two dashes."""

BRANDABLE: Mapping[str, Token] = {
    name: TOKENS[name] for name in ("accent", "hue", "tint", "font", "font-heading", "radius")
}
"""What a tenant may set on top of any theme; everything else is calculated from it or belongs to the theme."""

FONT = re.compile(r"[\w -]{1,60}")
LENGTH = re.compile(r"(\d+(?:\.\d+)?)(px|rem)|0")
EM = re.compile(r"(-?\d*\.?\d+)em|0")
SAFE = re.compile(r"[\w\s#%.,()/*+-]{1,300}")
"""No quotes, semicolons, braces, backslashes or colons: such a value cannot leave its declaration."""

FORBIDDEN = re.compile(r"url\s*\(|image|expression|attr\s*\(|@import", re.IGNORECASE)
PIXELS_A_REM = 16


def css_value(name: str, value: object, known: Mapping[str, Token] = TOKENS) -> str:
    """Return what stands after ``--name:`` in a sheet; raises :class:`TokenError` where that is not allowed.

    A colour is text, a weight a multiple of 50, fonts are a list of names, a length is text such as ``8px``.
    """
    token = known.get(name)
    if token is None:
        raise TokenError(f"there is no token “{name}”")
    try:
        return _WRITERS[token.kind](token, value)
    except (ValueError, TypeError) as error:
        raise TokenError(f"{name}: {error}") from error


def _colour(_: Token, value: object) -> str:
    text = _text(value)
    try:
        parse(text)
    except ColourError:
        # A reference, such as var(--ink), is calculated and measured with the whole sheet.
        if re.fullmatch(r"var\(--[\w-]+\)", text):
            return text
        raise
    return text


def _number(token: Token, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"a number is expected, not {value!r}")
    return f"{_within(token, value):g}"


def _weight(token: Token, value: object) -> str:
    number = _number(token, value)
    if int(float(number)) % 50:
        raise ValueError("a weight is a multiple of 50, such as 600")
    return number


def _length(token: Token, value: object) -> str:
    found = LENGTH.fullmatch(_text(value))
    if not found:
        raise ValueError(f"a length such as 8px or 0.5rem is expected, not {value!r}")
    if found[1]:
        _within(token, float(found[1]) * (PIXELS_A_REM if found[2] == "rem" else 1))
    return _text(value)


def _spacing(token: Token, value: object) -> str:
    found = EM.fullmatch(_text(value))
    if not found:
        raise ValueError(f"a spacing such as 0.02em is expected, not {value!r}")
    _within(token, float(found[1] or 0))
    return "0em" if value == "0" else _text(value)


def _fonts(_: Token, value: object) -> str:
    names = [_text(name) for name in (value if isinstance(value, list | tuple) else [value])]
    if not names:
        raise ValueError("at least one font is expected")
    for name in names:
        if not FONT.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of a font")
    return ", ".join(name if re.fullmatch(r"[a-z-]+", name) else f'"{name}"' for name in names)


def _safe(_: Token, value: object) -> str:
    text = _text(value)
    if not SAFE.fullmatch(text) or FORBIDDEN.search(text) or text.count("(") != text.count(")"):
        raise ValueError(f"{value!r} cannot stand there")
    return text


def _word(token: Token, value: object) -> str:
    if value not in token.words:
        raise ValueError(f"one of {', '.join(token.words)} is expected, not {value!r}")
    return str(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"text in quotes is expected, not {value!r}")
    return value.strip()


def _within(token: Token, number: float) -> float:
    if not token.least <= number <= token.most:
        raise ValueError(f"{number:g} is not between {token.least:g} and {token.most:g}")
    return number


_WRITERS = {
    "colour": _colour,
    "number": _number,
    "weight": _weight,
    "length": _length,
    "spacing": _spacing,
    "fonts": _fonts,
    "border": _safe,
    "shadow": _safe,
    "word": _word,
}
