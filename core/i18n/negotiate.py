"""Which of the languages we have is the one that a browser asks for, and what each is called."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError

from core.i18n.pseudo import PSEUDO_LOCALES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SOURCE_LOCALE = "en"
"""The language of the texts in the source; it needs no catalogue."""

ENGLISH_ONLY = frozenset({"patterns"})
"""Catalogues that nobody translates: they are for those who build pages and themes."""

FORMATS = {"en": "en-GB"}
"""Our English is spelt as in Britain, so dates and times are written as there."""

LONGEST_HEADER = 512


def available_locales(path: Path) -> tuple[str, ...]:
    """Return the source language and every folder of ``path`` that holds catalogues."""
    found = {folder.name for folder in path.iterdir() if (folder / "LC_MESSAGES").is_dir()} if path.is_dir() else set()
    return (SOURCE_LOCALE, *sorted(found - {SOURCE_LOCALE}))


def negotiate(accept_language: str | None, available: Sequence[str], default: str = SOURCE_LOCALE) -> str:
    """Return the best of ``available`` for an ``Accept-Language`` header, else ``default``; bad input never fails.

    A region or script that we do not have is left out, from the end (RFC 4647, lookup): ``zh-Hant-TW`` is given ``zh``.
    """
    ours = {locale.lower(): locale for locale in available}
    for wanted in _by_preference((accept_language or "")[:LONGEST_HEADER]):
        tag = wanted.lower().replace("_", "-")
        while tag:
            if tag in ours:
                return ours[tag]
            tag = tag.rpartition("-")[0]
    return default


@cache
def babel_locale(locale: str) -> Locale:
    """Return whose formats a language uses; pseudo-languages borrow another's."""
    formats = PSEUDO_LOCALES.get(locale, locale)
    return Locale.parse(FORMATS.get(formats, formats), sep="-")


@cache
def language_name(locale: str) -> str:
    """Return what a language calls itself, as a list to choose from shows it: ``Deutsch``, ``日本語``."""
    if locale in PSEUDO_LOCALES:
        return "Pseudo" if PSEUDO_LOCALES[locale] == SOURCE_LOCALE else "Pseudo, mirrored"
    try:
        name = babel_locale(locale).get_language_name(locale.replace("-", "_")) or locale
    except (UnknownLocaleError, ValueError):
        return locale
    return name[:1].upper() + name[1:]


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
