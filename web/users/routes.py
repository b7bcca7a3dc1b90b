"""All routes of users: importing the modules of its resources adds them to the blueprint."""

from __future__ import annotations

from web.users import preferences
from web.users.blueprint import blueprint

__all__ = ["blueprint", "preferences"]
