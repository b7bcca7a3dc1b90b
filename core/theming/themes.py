"""Themes: a folder with a ``theme.toml``, a sheet of tokens and, if wanted, templates instead of the product's own."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

log = structlog.get_logger(__name__)

DEFAULT_THEME = "adx"
DIGEST_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Theme:
    """One look. ``css`` is its sheet; ``digest`` changes with the content, so its address may be cached for ever."""

    key: str
    name: str
    description: str
    css: str
    digest: str


class ThemeError(Exception):
    """A theme's folder cannot be used; the text says which file and why."""


class Themes:
    """All themes of the installation. An unknown or broken one is shown as the default, never as a broken page."""

    def __init__(self, path: Path, *, watch: bool = False) -> None:
        self._path = path
        self._watch = watch
        self._themes = self._read()

    @classmethod
    def load(cls, path: Path, *, watch: bool = False) -> Themes:
        """Read the themes below ``path``; raises :class:`ThemeError` when the default one is broken."""
        return cls(path, watch=watch)

    def get(self, key: str) -> Theme:
        """Return the theme called ``key``, else the default one."""
        if self._watch:
            self._themes = self._read()
        return self._themes.get(key) or self._themes[DEFAULT_THEME]

    @property
    def keys(self) -> tuple[str, ...]:
        """The themes a tenant or a person can choose from."""
        return tuple(sorted(self._themes))

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
    """Return the theme in ``folder``; raises :class:`ThemeError` with file and reason."""
    file = folder / "theme.toml"
    try:
        facts = tomllib.loads(file.read_text("utf-8"))
        css = (folder / str(facts.get("stylesheet", "tokens.css"))).read_text("utf-8")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeError(f"{file}: {error}") from error
    if not isinstance(facts.get("name"), str):
        raise ThemeError(f"{file}: it needs a name")
    return Theme(
        key=folder.name,
        name=facts["name"],
        description=str(facts.get("description", "")),
        css=css,
        digest=hashlib.sha256(css.encode()).hexdigest()[:DIGEST_LENGTH],
    )
