"""What the templates of users receive: a tested contract, since themes are written against it."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n.names import Language, Region
from core.identity import Look
from core.theming import ThemeCard


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    """``/preferences``. ``person`` and ``device`` are what each chose; ``saved`` names the section just saved."""

    person: Look
    device: Look
    languages: tuple[Language, ...]
    regions: tuple[Region, ...]
    themes: tuple[ThemeCard, ...]
    tenants_theme: str
    saved: str = ""
