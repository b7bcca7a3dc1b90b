"""All routes of auth: importing the modules of its resources adds them to the blueprint."""

from __future__ import annotations

from web.auth import registration, sessions, sign_in, verification
from web.auth.blueprint import blueprint

__all__ = ["blueprint", "registration", "sessions", "sign_in", "verification"]
