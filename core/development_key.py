"""The secret key that development makes for itself, once."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from pathlib import Path


def development_key(state_dir: Path) -> SecretStr:
    """Return the key kept in ``state_dir``, made at the first call; safe when several processes start at once."""
    path = state_dir / "secret_key"
    state_dir.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return SecretStr(path.read_text().strip())
