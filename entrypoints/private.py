"""What the product keeps on a machine is its user's alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOR_THE_CHECKOUT = frozenset({"i18n", "theme", "new-feature"})
"""Commands that write into the source tree, which people share."""

NO_OTHERS = 0o077


def keep_private(arguments: Sequence[str]) -> None:
    """Have whatever this process and its children write be readable to their user alone: files, folders, sockets."""
    if not FOR_THE_CHECKOUT & set(arguments[:1]):
        os.umask(NO_OTHERS)


def own_state(state_dir: Path) -> None:
    """Make the folder of a stack, or close one of an earlier release, to others.

    Where root starts the stack, PostgreSQL's own user has to get through to its data, and nothing more.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    state_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for path in state_dir.iterdir():
        if not path.is_symlink() and path.stat().st_uid == os.geteuid():
            path.chmod(path.stat().st_mode & ~NO_OTHERS)
