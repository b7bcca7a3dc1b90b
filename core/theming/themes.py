"""All themes of the installation, each read from its folder."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from core.theming.palette import Palette, declarations
from core.theming.sheet import read_draft

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

log = structlog.get_logger(__name__)

DEFAULT_THEME = "adx"
DIGEST_LENGTH = 12
LOOK_AGAIN_AFTER = 0.5
PRODUCT_SHEET = "web/static/css/10-tokens.css"


@dataclass(frozen=True, slots=True)
class Theme:
    """One look. ``css`` is its sheet; ``digest`` changes with the content, so its address may be cached for ever."""

    key: str
    name: str
    description: str
    css: str
    digest: str
    tokens: Mapping[str, str]
    is_high_contrast: bool = False


class ThemeError(Exception):
    """A theme's folder cannot be used; the text says which file and why."""


class Themes:
    """All themes of the installation. An unknown or broken one is shown as the default, never as a broken page."""

    def __init__(self, path: Path, *, watch: bool = False) -> None:
        self._path = path
        self._watch = watch
        self._looked_at = time.monotonic()
        self._stamp = self._stamp_of_files()
        self._themes = self._read()

    @classmethod
    def load(cls, path: Path, *, watch: bool = False) -> Themes:
        """Read the themes below ``path``; raises :class:`ThemeError` when the default one is broken."""
        return cls(path, watch=watch)

    def get(self, key: str) -> Theme:
        """Return the theme called ``key``, else the default one."""
        self._look_again()
        return self._themes.get(key) or self._themes[DEFAULT_THEME]

    @property
    def keys(self) -> tuple[str, ...]:
        """The themes a tenant or a person can choose from, the default one first."""
        self._look_again()
        return (DEFAULT_THEME, *sorted(set(self._themes) - {DEFAULT_THEME}))

    @property
    def all(self) -> tuple[Theme, ...]:
        """The themes themselves, in the same order."""
        return tuple(self.get(key) for key in self.keys)

    def palette(self, key: str, tokens: Mapping[str, str] | None = None) -> Palette:
        """Return what the tokens of a theme come to, perhaps with a tenant's own ``tokens`` (CSS values) on top."""
        product = (self._path.parent / PRODUCT_SHEET).read_text("utf-8")
        return Palette(declarations(product), self.get(key).tokens, tokens or {})

    def _look_again(self) -> None:
        if not self._watch or time.monotonic() - self._looked_at < LOOK_AGAIN_AFTER:
            return
        self._looked_at = time.monotonic()
        stamp = self._stamp_of_files()
        if stamp != self._stamp:
            self._stamp = stamp
            self._themes = self._read()

    def _stamp_of_files(self) -> tuple[int, int]:
        stamps = [file.stat().st_mtime_ns for file in self._path.glob("*/*") if file.is_file()]
        return len(stamps), max(stamps, default=0)

    def _read(self) -> Mapping[str, Theme]:
        themes = {}
        for folder in sorted(file.parent for file in self._path.glob("*/theme.toml")):
            try:
                themes[folder.name] = read_theme(folder)
            except ThemeError as error:
                if folder.name == DEFAULT_THEME:
                    raise
                log.warning("theming.broken_theme", theme=folder.name, error=str(error))
        if DEFAULT_THEME not in themes:
            raise ThemeError(f"{self._path / DEFAULT_THEME / 'theme.toml'} is missing: the default theme must be there")
        return themes


def read_theme(folder: Path) -> Theme:
    """Return the theme in ``folder``; raises :class:`ThemeError` with file, line and reason."""
    draft = read_draft(folder)
    if draft.faults:
        raise ThemeError(str(draft.faults[0]))
    return Theme(
        key=folder.name,
        name=draft.name,
        description=draft.description,
        css=draft.css,
        digest=hashlib.sha256(draft.css.encode()).hexdigest()[:DIGEST_LENGTH],
        tokens=draft.tokens,
        is_high_contrast=draft.is_high_contrast,
    )
