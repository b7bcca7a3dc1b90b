"""How values travel through Temporal: JSON by pydantic, sealed with AES-256-GCM under the key of the tenant.

They are sealed with the tenant's newest key of the ring (version 2). Version 1, derived from the secret key of the
settings, is opened for as long as histories hold it, and seals nothing but where no ring is given: replays.
"""

from __future__ import annotations

import dataclasses
import os
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

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
from temporalio.exceptions import ApplicationError

from core.context import HOME_TENANT_ID
from core.keys.errors import ERASED, ErasedError
from core.keys.sealed import SealedValueError, key_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from temporalio.api.failure.v1 import Failure
    from temporalio.converter import PayloadConverter, SerializationContext

    from core.keys.ring import KeyRing

ENCODING = b"binary/encrypted"
NONCE_BYTES = 12
PLATFORM = "platform"
DERIVED, OF_THE_RING = "1", "2"
COLUMN = "temporal.payload"


class PayloadKeyError(Exception):
    """A payload was sealed with a key that this process does not have."""


class DataErasedError(ApplicationError):
    """The data of a workspace was erased. It ends a workflow or an activity for good, and is tried no more."""

    def __init__(self) -> None:
        super().__init__("The data of this workspace was erased.", type=ERASED, non_retryable=True)


class SealedPayloads(PayloadCodec, WithSerializationContext):
    """Seals every payload with the key of the tenant whose workflow it belongs to; the platform's own with its own.

    Which key travels in the metadata (version, tenant, key), so that keys can be rotated and old histories stay
    readable. Payloads that were never sealed pass through.
    """

    def __init__(self, secret: bytes, ring: KeyRing | None, *, tenant: str = PLATFORM) -> None:
        self._secret = secret
        self._ring = ring
        self._tenant = tenant

    def with_context(self, context: SerializationContext) -> SealedPayloads:
        """Return the codec for the tenant that the workflow's id begins with."""
        if not isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return self
        tenant, separator, _ = (context.workflow_id or "").partition("/")
        return SealedPayloads(self._secret, self._ring, tenant=tenant if separator else PLATFORM)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal; raises :class:`DataErasedError` for a tenant whose data was erased."""
        if self._ring is None:
            return [self._seal_derived(payload) for payload in payloads]
        tenant_id = _tenant_id(self._tenant)
        try:
            key = await self._ring.newest(tenant_id)
        except ErasedError:
            raise DataErasedError from None
        key_id = f"{OF_THE_RING}:{tenant_id}:{key.id}".encode()
        return [_sealed(key_id, key.seal(payload.SerializeToString(), _bound(tenant_id))) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open; raises :class:`PayloadKeyError` for a foreign key or a tampered payload, else as :meth:`encode`."""
        try:
            return [await self._open(payload) for payload in payloads]
        except ErasedError:
            raise DataErasedError from None

    async def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        name = payload.metadata["key-id"].decode()
        version, _, rest = name.partition(":")
        if version != OF_THE_RING:
            await self._refuse_erased(rest)
            return self._open_derived(payload, name)
        if self._ring is None:
            message = f"A payload was sealed with the key {name}, and there is no key ring here."
            raise PayloadKeyError(message)
        try:
            tenant_id = UUID(rest.partition(":")[0])
            key = await self._ring.version(tenant_id, key_id_of(payload.data))
            return Payload.FromString(key.open(payload.data, _bound(tenant_id)))
        except (SealedValueError, ValueError) as error:
            message = f"A payload cannot be opened with the key {name}: {error}"
            raise PayloadKeyError(message) from None

    async def _refuse_erased(self, tenant: str) -> None:
        """Refuse what a derived key would still open, of a tenant whose own keys were destroyed."""
        if self._ring is not None and await self._ring.is_erased(_tenant_id(tenant)):
            raise ErasedError.of_tenant()

    def _seal_derived(self, payload: Payload) -> Payload:
        key_id = f"{DERIVED}:{self._tenant}".encode()
        nonce = os.urandom(NONCE_BYTES)
        cipher = _derived(self._secret, key_id)
        return _sealed(key_id, nonce + cipher.encrypt(nonce, payload.SerializeToString(), key_id))

    def _open_derived(self, payload: Payload, name: str) -> Payload:
        key_id, nonce, sealed = name.encode(), payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            opened = _derived(self._secret, key_id).decrypt(nonce, sealed, key_id)
        except (InvalidTag, ValueError):  # the latter: too short to be one
            message = f"A payload cannot be opened with the key {name}; was the secret key of the settings changed?"
            raise PayloadKeyError(message) from None
        return Payload.FromString(opened)


class SealedFailures(DefaultFailureConverterWithEncodedAttributes):
    """Seals what failures say, but for the one that says that nothing can be sealed any more."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """Fill in ``failure``. What came of erased data is told as just that: tried no more, sealed with no key."""
        erased = next((error for error in _chain(exception) if isinstance(error, DataErasedError)), None)
        super().to_failure(exception if erased is None else DataErasedError(), payload_converter, failure)
        if erased is not None:
            failure.ClearField("encoded_attributes")
            failure.message = erased.message


def data_converter(secret: bytes, ring: KeyRing | None) -> DataConverter:
    """Return the one converter of all clients, workers and replays. Part of stored history: never change, only add."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_codec=SealedPayloads(secret, ring),
        failure_converter_class=SealedFailures,
    )


def _sealed(key_id: bytes, data: bytes) -> Payload:
    return Payload(metadata={"encoding": ENCODING, "key-id": key_id}, data=data)


def _tenant_id(tenant: str) -> UUID:
    """Return whose key a workflow's data is sealed with: what is no tenant's is the platform's own."""
    try:
        return UUID(tenant)
    except ValueError:
        return HOME_TENANT_ID


def _bound(tenant_id: UUID) -> bytes:
    return f"{COLUMN} {tenant_id}".encode()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


@lru_cache(maxsize=4096)
def _derived(secret: bytes, key_id: bytes) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"adx payload " + key_id).derive(secret)
    return AESGCM(key)
