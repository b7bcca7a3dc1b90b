"""Values of CSS, calculated as a browser does: the part of CSS that token sheets are written in.

``var()``, ``light-dark()``, ``oklch()`` with and without ``from`` (CSS Color 5, relative colours), ``calc()``,
``min()``, ``max()`` and ``clamp()``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.colour import Colour, ColourError, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LEXEME = re.compile(r"\s*(?:(\d*\.?\d+)(%)?|(--[\w-]+|[a-z-]+(?=\()|[a-z]+)|(.))", re.IGNORECASE)
DEEPEST = 24


class Reading:
    """Reads values in one mode: 0 takes the first colour of ``light-dark()``, 1 the second."""

    def __init__(self, tokens: Mapping[str, str], mode: int, depth: int = 0) -> None:
        self._tokens = tokens
        self._mode = mode
        if depth > DEEPEST:
            raise ValueError("it refers to itself")
        self._depth = depth

    def colour(self, text: str) -> Colour:
        """Return the colour that a value is; raises ValueError for what is none."""
        text = text.strip()
        name, inner = _call(text)
        if name == "light-dark":
            both = _split(inner, ",")
            if len(both) != 2:  # noqa: PLR2004  # light and dark
                raise ColourError(f"“{text}” needs two colours")
            return self.colour(both[self._mode])
        if name == "var":
            return self._deeper().colour(self._token(inner))
        if name == "oklch":
            return self._oklch(inner, text)
        if text == "transparent":
            return Colour(0, 0, 0, 0)
        return parse(text)

    def number(self, text: str, names: Mapping[str, float]) -> float:
        """Return the number that a value is; ``names`` are the parts of a colour that it may speak of."""
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

    def _deeper(self) -> Reading:
        return Reading(self._tokens, self._mode, self._depth + 1)


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
