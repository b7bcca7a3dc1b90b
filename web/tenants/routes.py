"""All routes of tenants: importing the modules of its resources adds them to the blueprint."""

from __future__ import annotations

from web.tenants import creation, entry, members, search, settings, switcher
from web.tenants.blueprint import blueprint

__all__ = ["blueprint", "creation", "entry", "members", "search", "settings", "switcher"]
