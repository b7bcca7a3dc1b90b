"""Which of the languages we have is the one that a browser asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.core import negotiate_locale

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SOURCE_LOCALE = "en"
"""The language of the texts in the source; it needs no catalogue."""

LONGEST_HEADER = 512


def available_locales(path: Path) -> tuple[str, ...]:
    """Return the source language and every folder of ``path`` that holds catalogues."""
    found = {folder.name for folder in path.iterdir() if (folder / "LC_MESSAGES").is_dir()} if path.is_dir() else set()
    return (SOURCE_LOCALE, *sorted(found - {SOURCE_LOCALE}))


def negotiate(accept_language: str | None, available: Sequence[str], default: str = SOURCE_LOCALE) -> str:
    """Return the best of ``available`` for an ``Accept-Language`` header, else ``default``; bad input never fails."""
    preferred = _by_preference((accept_language or "")[:LONGEST_HEADER])
    for wanted in preferred:
        if found := negotiate_locale([wanted], list(available), sep="-"):
            return found
    return default


def _by_preference(header: str) -> list[str]:
    weighted = []
    for position, part in enumerate(header.split(",")):
        tag, _, parameter = part.partition(";")
        quality = _quality(parameter)
        if tag.strip() and quality > 0:
            weighted.append((-quality, position, tag.strip()))
    return [tag for _, _, tag in sorted(weighted)]


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
