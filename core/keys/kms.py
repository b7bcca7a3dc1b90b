"""What holds the root key: two calls, so that a file and a key management service look the same from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.keys.root_file import RootFile, make, path_of

if TYPE_CHECKING:
    from core.settings import Settings


class Kms(Protocol):
    """Wraps and unwraps keys under a root that never leaves it. ``context`` says whose key it is, and is checked."""

    async def wrap(self, key: bytes, context: str) -> bytes:
        """Return the key so that it may be stored."""

    async def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Return the key; raises :class:`core.keys.root_file.RootKeyError` when that cannot be."""


def open_kms(settings: Settings) -> RootFile:
    """Return what ``KMS_URL`` names. Outside production a root file that is not there yet is made."""
    path = path_of(settings.kms_url)
    if not settings.is_production:
        make(path)
    return RootFile(path)
