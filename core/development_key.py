"""The secret key that development makes for itself, once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pydantic import SecretStr

from core.kept import kept

if TYPE_CHECKING:
    from pathlib import Path


def development_key(state_dir: Path) -> SecretStr:
    """Return the key kept in ``state_dir``, made at the first call; safe when several processes start at once."""
    return SecretStr(kept(state_dir / "secret_key", lambda: secrets.token_urlsafe(48)).strip())
