"""Colours as themes and tenants write them, what a screen shows of them, and how well one is read on another.

OKLCH to sRGB: CSS Color Module Level 4, sections 9.2 and 10 (the matrices are those of B. Ottosson, "A perceptual color
space for image processing", which it cites). Contrast: WCAG 2.2, "relative luminance" and "contrast ratio".
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

AA_TEXT = 4.5
"""WCAG 2.2, 1.4.3: text against what is behind it."""

AA_LARGE = 3.0
"""WCAG 2.2, 1.4.3 and 1.4.11: large text, the edges of controls and what carries meaning."""

AAA_TEXT = 7.0
"""WCAG 2.2, 1.4.6: what themes of high contrast promise."""

LIGHTNESS_STEP = 0.002
GAMUT_SLACK = 1e-4
HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})")
OKLCH = re.compile(r"oklch\(\s*(\S+)\s+(\S+)\s+(\S+?)\s*(?:/\s*(\S+?)\s*)?\)")
NAMED = {"black": "#000000", "white": "#ffffff"}


class ColourError(ValueError):
    """The text is not a colour that is understood here."""


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour in OKLCH: lightness 0 to 1, chroma 0 to about 0.4, hue in degrees, alpha 0 to 1."""

    lightness: float
    chroma: float
    hue: float
    alpha: float = 1.0

    @property
    def rgb(self) -> tuple[int, int, int]:
        """What a screen of 8 bits shows, each part cut to what it can show, as browsers do; alpha is left out."""
        red, green, blue = (round(255 * _encode(min(max(part, 0.0), 1.0))) for part in self._linear())
        return red, green, blue

    @property
    def hex(self) -> str:
        """``#rrggbb`` of what a screen shows."""
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)

    @property
    def css(self) -> str:
        """``oklch(0.52 0.19 263)``."""
        alpha = "" if self.alpha >= 1 else f" / {_short(self.alpha)}"
        return f"oklch({_short(self.lightness)} {_short(self.chroma)} {_short(self.hue)}{alpha})"

    @property
    def in_gamut(self) -> bool:
        """Whether an ordinary screen (sRGB) can show it unchanged."""
        return all(-GAMUT_SLACK <= part <= 1 + GAMUT_SLACK for part in self._linear())

    @property
    def luminance(self) -> float:
        """WCAG's relative luminance of what a screen shows, 0 (black) to 1 (white)."""
        red, green, blue = (_decode(part / 255) for part in self.rgb)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def over(self, behind: Colour) -> Colour:
        """Return what is seen where this colour, perhaps translucent, lies on an opaque one."""
        if self.alpha >= 1:
            return self
        mixed = [
            top / 255 * self.alpha + below / 255 * (1 - self.alpha)
            for top, below in zip(self.rgb, behind.rgb, strict=True)
        ]
        return from_rgb(*mixed)

    def fitted(self) -> Colour:
        """Return the colour with as much of its chroma as a screen can show at this lightness and hue."""
        if self.in_gamut:
            return self
        low, high = 0.0, self.chroma
        while high - low > GAMUT_SLACK:
            middle = (low + high) / 2
            low, high = (middle, high) if replace(self, chroma=middle).in_gamut else (low, middle)
        return replace(self, chroma=low)

    def _linear(self) -> tuple[float, float, float]:
        a = self.chroma * math.cos(math.radians(self.hue))
        b = self.chroma * math.sin(math.radians(self.hue))
        long = (self.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (self.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (self.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        return (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )


def parse(text: str) -> Colour:
    """Return the colour of ``#rgb``, ``#rrggbb``, ``#rrggbbaa``, ``oklch(l c h)``, ``oklch(l c h / a)``, black, white.

    Lightness and alpha may be percentages. Raises :class:`ColourError` for anything else.
    """
    value = NAMED.get(text.strip().lower(), text.strip().lower())
    if HEX.fullmatch(value):
        return _from_hex(value[1:])
    if found := OKLCH.fullmatch(value):
        lightness, chroma, hue, alpha = found.groups()
        return Colour(
            _number(lightness, text, most=1),
            _number(chroma, text, percent=0.4, most=0.5),
            _number(hue.removesuffix("deg"), text, percent=None) % 360,
            _number(alpha or "1", text, most=1),
        )
    raise ColourError(f"“{text}” is not a colour; write #rrggbb or oklch(lightness chroma hue)")


def from_rgb(red: float, green: float, blue: float, alpha: float = 1.0) -> Colour:
    """Return the colour of three sRGB parts between 0 and 1."""
    red, green, blue = (_decode(part) for part in (red, green, blue))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    chroma = math.hypot(a, b)
    hue = math.degrees(math.atan2(b, a)) % 360 if chroma > GAMUT_SLACK else 0.0
    return Colour(lightness, chroma if chroma > GAMUT_SLACK else 0.0, hue, alpha)


def contrast(one: Colour, other: Colour) -> float:
    """Return WCAG's contrast ratio, 1 to 21; ``other`` is opaque, ``one`` may let it shine through."""
    first, second = one.over(other).luminance, other.luminance
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def nearest_passing(colour: Colour, against: Colour | Sequence[Colour], ratio: float = AA_TEXT) -> Colour | None:
    """Return the colour of the same hue and the nearest lightness that reaches ``ratio`` against all of ``against``.

    It is ``colour`` itself where that passes; None where no lightness does. What comes back can be shown by a screen.
    """
    behind = [against] if isinstance(against, Colour) else list(against)

    def passes(candidate: Colour) -> bool:
        return all(contrast(candidate, one) >= ratio for one in behind)

    if passes(colour):
        return colour
    for step in range(1, round(1 / LIGHTNESS_STEP) + 1):
        for lightness in (colour.lightness - step * LIGHTNESS_STEP, colour.lightness + step * LIGHTNESS_STEP):
            if -LIGHTNESS_STEP < lightness < 1 + LIGHTNESS_STEP:
                candidate = replace(colour, lightness=min(max(lightness, 0.0), 1.0), alpha=1.0).fitted()
                if passes(candidate):
                    return candidate
    return None


def _from_hex(digits: str) -> Colour:
    if len(digits) == 3:  # noqa: PLR2004  # the short form, one digit a part
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[start : start + 2], 16) / 255 for start in range(0, len(digits), 2)]
    return from_rgb(*parts)


def _number(text: str, whole: str, *, percent: float | None = 1.0, most: float | None = None) -> float:
    try:
        by = percent / 100 if percent is not None and text.endswith("%") else 1.0
        number = float(text if by == 1.0 else text[:-1]) * by
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or (most is not None and not 0 <= number <= most):
        raise ColourError(f"“{whole}” is not a colour: “{text}” is no number that fits there")
    return number


def _encode(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055  # noqa: PLR2004  # sRGB


def _decode(encoded: float) -> float:
    return encoded / 12.92 if encoded <= 0.04045 else ((encoded + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # sRGB


def _short(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".")
