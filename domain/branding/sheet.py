"""The sheet of a brand: a few custom properties in a layer of their own, the same bytes for the same choices."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from domain.branding.fonts import PAIRINGS
from domain.branding.palette import shades
from domain.branding.types import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.branding.types import Look, Rendition

MOST_BYTES = 4096
DIGEST_LENGTH = 24
ACCENTS = re.compile(r"--accent-fill:light-dark\((#[0-9a-f]{6}),(#[0-9a-f]{6})\)")
ROOT = ":root"
SPEAKS_CJK = ":lang(ja),:lang(zh)"
"""The languages whose own families are kept: no brand's font draws their characters."""


def css_of(look: Look, *, scope: str = ROOT) -> str:
    """Return the rules of a look for a part of a page, empty where everything is the theme's own."""
    rules = [_tokens(look, scope), *_fonts(look, scope)]
    body = "".join(rule for rule in rules if rule)
    return f"@layer brand{{{body}}}\n" if body else "\n"


def accents_of(css: str) -> tuple[str, str] | None:
    """Return the accent in the light and in the dark, as a sheet says it; None where it is the theme's own."""
    found = ACCENTS.search(css)
    return (found[1], found[2]) if found else None


def sheet_of(look: Look, renditions: Sequence[Rendition] = ()) -> Sheet:
    """Return the sheet with the digest of all that belongs to the version: choices, rules and pictures."""
    css = css_of(look)
    named = {"look": asdict(look), "css": css, "pictures": sorted((one.name, one.sha256) for one in renditions)}
    digest = hashlib.sha256(json.dumps(named, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    return Sheet(css, digest[:DIGEST_LENGTH])


def _tokens(look: Look, scope: str) -> str:
    said = []
    light, dark = shades(look, "light"), shades(look, "dark")
    if light is not None and dark is not None:
        said.append(f"--accent:{light.fill.hex}")
        said += [
            f"--accent-{name}:light-dark({getattr(light, part).hex},{getattr(dark, part).hex})"
            for name, part in (
                ("fill", "fill"),
                ("hover", "hover"),
                ("contrast", "on_fill"),
                ("text", "link"),
                ("mark", "fill"),
                ("soft", "soft"),
            )
        ]
    numbers = (("hue", look.hue, ""), ("tint", look.tint, ""), ("radius", look.radius, "px"))
    said += [f"--{name}:{value}{unit}" for name, value, unit in numbers if value is not None]
    return f"{scope}{{{';'.join(said)}}}" if said else ""


def _fonts(look: Look, scope: str) -> list[str]:
    pairing = PAIRINGS.get(look.font or "")
    if pairing is None:
        return []
    heading = pairing.headings if pairing.headings != pairing.text else "var(--font)"
    return [f"{scope}:not({SPEAKS_CJK}){{--font:{pairing.text};--font-heading:{heading}}}"]
