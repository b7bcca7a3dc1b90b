"""How values travel through Temporal: JSON by pydantic, sealed with AES-256-GCM under a key of the tenant."""

from __future__ import annotations

import dataclasses
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    WithSerializationContext,
    WorkflowSerializationContext,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from temporalio.converter import SerializationContext

ENCODING = b"binary/encrypted"
NONCE_BYTES = 12
PLATFORM = "platform"


class PayloadKeyError(Exception):
    """A payload was sealed with a key that this process does not have."""


class SealedPayloads(PayloadCodec, WithSerializationContext):
    """Seals every payload with the key of the tenant whose workflow it belongs to.

    The key's name (version, tenant) travels in the metadata, so that keys can be rotated and old histories stay
    readable. Payloads that were never sealed pass through.
    """

    def __init__(self, secret: bytes, *, version: str = "1", tenant: str = PLATFORM) -> None:
        self._secret = secret
        self._version = version
        self._tenant = tenant

    def with_context(self, context: SerializationContext) -> SealedPayloads:
        """Return the codec for the tenant that the workflow's id begins with."""
        if not isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return self
        tenant, separator, _ = (context.workflow_id or "").partition("/")
        return SealedPayloads(self._secret, version=self._version, tenant=tenant if separator else PLATFORM)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal."""
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open; raises :class:`PayloadKeyError` for a foreign key or a tampered payload."""
        return [self._open(payload) for payload in payloads]

    def _seal(self, payload: Payload) -> Payload:
        key_id = f"{self._version}:{self._tenant}"
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher(key_id).encrypt(nonce, payload.SerializeToString(), key_id.encode())
        return Payload(metadata={"encoding": ENCODING, "key-id": key_id.encode()}, data=nonce + sealed)

    def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id = payload.metadata["key-id"].decode()
        nonce, sealed = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            opened = self._cipher(key_id).decrypt(nonce, sealed, key_id.encode())
        except InvalidTag:
            message = f"A payload cannot be opened with the key {key_id}; was the secret key of the settings changed?"
            raise PayloadKeyError(message) from None
        return Payload.FromString(opened)

    def _cipher(self, key_id: str) -> AESGCM:
        return _cipher(self._secret, key_id)


@lru_cache(maxsize=4096)
def _cipher(secret: bytes, key_id: str) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"adx payload " + key_id.encode()).derive(secret)
    return AESGCM(key)


def data_converter(secret: bytes) -> DataConverter:
    """Return the one converter of all clients, workers and replays. Part of stored history: never change, only add."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=SealedPayloads(secret),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
