"""The key that signs anchors: a file of its own, since whoever holds the database must not be able to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.anchors.errors import AnchorError
from core.anchors.note import Signer
from core.kept import kept
from core.keys.root_file import problem_with

if TYPE_CHECKING:
    from pathlib import Path

    from core.settings import Settings


def open_signer(settings: Settings) -> Signer:
    """Return the key of ``ANCHOR_KEY_FILE``. Outside production one that is not there yet is made."""
    path = settings.anchor_key_file
    if path is None:
        raise AnchorError("ANCHOR_KEY_FILE is not set, and production never makes a key up.")
    if not settings.is_production:
        make(path, settings.base_host)
    if problem := problem_with(path):
        message = f"The key {path} that signs anchors {problem}."
        raise AnchorError(message)
    return Signer.parse(path.read_text())


def make(path: Path, host: str) -> Signer:
    """Make a key for its owner alone, named after the log of an installation; one that is there already stays."""
    return Signer.parse(kept(path, lambda: f"{Signer.new(f'{host}/audit')}\n"))
