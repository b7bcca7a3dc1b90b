"""What a sealed value looks like: ``version, key id, nonce, ciphertext``, bound to the place that it was sealed for."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = b"\x02"
"""Of the format. Version 1 was derived from the secret key of the settings, see ``core/runs/payloads.py``."""

ID_BYTES = 16
NONCE_BYTES = 12
LEAST_BYTES = len(VERSION) + ID_BYTES + NONCE_BYTES + 16


class SealedValueError(Exception):
    """A value does not open: it was changed, belongs elsewhere, or was never sealed."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a value is and where it stands; sealed for one place, it opens at no other.

    ``column`` is ``schema.table.column``, ``row`` names the row within the tenant. With a ``person_id`` it is sealed
    with that person's key, else with the tenant's.
    """

    column: str
    tenant_id: UUID
    row: str
    person_id: UUID | None = None

    def bound(self) -> bytes:
        """Return what is authenticated with the value: no two places give the same."""
        return json.dumps([self.column, str(self.tenant_id), self.row, str(self.person_id or "")]).encode()


class DataKey:
    """A random key, in use: one cipher for values, one that wraps other keys, so that neither passes for the other."""

    __slots__ = ("_values", "_wraps", "id")

    def __init__(self, key_id: UUID, key: bytes) -> None:
        self.id = key_id
        self._values = AESGCM(_derive(key, b"adx values"))
        self._wraps = AESGCM(_derive(key, b"adx keys"))

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """Return the value sealed, with this key's id."""
        return VERSION + self.id.bytes + _encrypt(self._values, plain, bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Return what :meth:`seal` was given; raises :class:`SealedValueError` for anything else."""
        return _decrypt(self._values, sealed[len(VERSION) + ID_BYTES :], bound)

    def wrap(self, key: bytes, owner: Sequence[UUID]) -> bytes:
        """Return another key wrapped by this one, for its owner."""
        return _encrypt(self._wraps, key, _bound_to(owner))

    def rewrap(self, wrapped: bytes, by: DataKey, owner: Sequence[UUID]) -> bytes:
        """Return a key that another one has wrapped, wrapped by this one."""
        return self.wrap(by.unwrap(wrapped, owner), owner)

    def unwrap(self, wrapped: bytes, owner: Sequence[UUID]) -> bytes:
        """Return the key that was wrapped for this owner."""
        return _decrypt(self._wraps, wrapped, _bound_to(owner))


def key_id_of(sealed: bytes) -> UUID:
    """Return the id of the key that a value names. It is read, never tried: more than one key may fit a ciphertext."""
    if sealed[:1] != VERSION or len(sealed) < LEAST_BYTES:
        raise SealedValueError("This is no sealed value.")
    return UUID(bytes=sealed[1 : 1 + ID_BYTES])


def _encrypt(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound)


def _decrypt(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):  # the latter: too short to be one
        raise SealedValueError("A sealed value does not open: it was changed, or sealed for another place.") from None


def _bound_to(owner: Sequence[UUID]) -> bytes:
    return b"".join(part.bytes for part in owner)


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key)
