"""Secrets of a registration, under keys derived from the platform's secret key (HKDF-SHA-256, one purpose a key)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.auth.types import Application

if TYPE_CHECKING:
    from uuid import UUID

    from pydantic import SecretStr

NONCE_BYTES = 12


class Sealer:
    """Seals applications and makes the tokens of links."""

    def __init__(self, secret_key: SecretStr) -> None:
        secret = secret_key.get_secret_value().encode()
        self._cipher = AESGCM(_derive(secret, b"adx auth application"))
        self._link_key = _derive(secret, b"adx auth link")

    def seal(self, application: Application, account_id: UUID) -> str:
        """Return the application so that it can rest in a run's input; it opens for this account alone."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, json.dumps(asdict(application)).encode(), account_id.bytes)
        return base64.b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, account_id: UUID) -> Application:
        """Return what :meth:`seal` was given."""
        content = base64.b64decode(sealed)
        opened = self._cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], account_id.bytes)
        return Application(**json.loads(opened))

    def link_token(self, account_id: UUID) -> str:
        """Return the 256-bit token of a registration's link: the same each time, so that a mail can be sent again."""
        digest = hmac.digest(self._link_key, account_id.bytes, "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def token_hash(token: str) -> bytes:
    """Return what the database knows of a token."""
    return hashlib.sha256(token.encode()).digest()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
