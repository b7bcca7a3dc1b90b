"""The pages of each feature that a web process runs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quart import Blueprint

SHELL = "shell"
"""The frame of all pages, which every web process has."""


def blueprints(features: Iterable[str]) -> list[Blueprint]:
    """Return the blueprints of the shell and of the features; no other feature's pages are even imported.

    ``web/<feature>/routes.py`` holds the feature's ``blueprint``, and brings whatever else answers for it.
    """
    return [import_module(f"web.{name}.routes").blueprint for name in (SHELL, *sorted(features))]
