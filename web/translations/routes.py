"""All routes of translations: importing the modules of its resources adds them to the blueprint."""

from __future__ import annotations

from web.translations import catalogue_files, context, editor, rewording
from web.translations.blueprint import blueprint

__all__ = ["blueprint", "catalogue_files", "context", "editor", "rewording"]
