"""The bytes of the product: one interface over local disk, S3, Google Cloud Storage, Azure and memory (tests).

Objects are written and read as streams, in memory bounded by two parts of ``PART_SIZE``. A write that fails or is
cancelled leaves no object. Keys always begin with the tenant, so that a tenant's area can be listed and erased.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import MemoryStore, from_url

from core.errors import TooLargeError, UnavailableError
from core.messages import messages_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterator
    from datetime import datetime
    from uuid import UUID

    from obstore.store import ObjectStore, RetryConfig

N_ = messages_of("core")

PART_SIZE = 5 * 1024 * 1024
"""The smallest part that S3 accepts in a multipart upload; with its 10,000 parts an object may have 48 GiB."""

READ_SIZE = 1024 * 1024

CLOUD_RETRIES: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=6)}
"""A hiccup is passed over. Past that a page says so and a workflow waits in view; obstore alone takes three minutes."""

UNFINISHED = re.compile(r"#\d+$")
"""How the name of a file ends while it is being written; no listing shows it."""


def object_key(tenant_id: UUID, feature: str, *path: object) -> str:
    """Return ``tenants/<tenant>/<feature>/<path...>``: the only way keys are made. Parts may not step out of it."""
    parts = [str(part) for part in path]
    if any(part in {"", ".", ".."} or "/" in part or "\\" in part for part in parts):
        message = f"not a key: {parts}"
        raise ValueError(message)
    return "/".join(["tenants", str(tenant_id), feature, *parts])


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: its size in bytes and its SHA-256 digest."""

    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in a listing."""

    key: str
    size: int
    modified_at: datetime


class Storage:
    """All objects of one installation. A store that cannot be reached, or refuses, is told by UnavailableError."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def from_url(cls, url: str) -> Storage:
        """Open ``file:///path``, ``s3://bucket/prefix``, ``gs://...``, ``az://...`` or ``memory:``.

        Keys and regions of the clouds come from their usual environment variables.
        """
        if url.startswith("memory:"):
            return cls(MemoryStore())
        if url.startswith("file:"):
            return cls(from_url(url, mkdir=True), Path(unquote(urlsplit(url).path)))
        return cls(from_url(url, retry_config=CLOUD_RETRIES))

    async def put_stream(self, key: str, chunks: AsyncIterable[bytes], *, limit: int) -> Stored:
        """Write the chunks as one object, whole or not at all; raises TooLargeError past ``limit`` bytes."""
        meter = _Meter(chunks, limit)
        with _outages():
            await obstore.put_async(
                self._store, key, meter.chunks(), use_multipart=True, chunk_size=PART_SIZE, max_concurrency=2
            )
        return Stored(meter.size, meter.digest.digest())

    async def put_bytes(self, key: str, content: bytes) -> None:
        """Write a small object."""
        with _outages():
            await obstore.put_async(self._store, key, content)

    async def create_bytes(self, key: str, content: bytes) -> None:
        """Write a small object that is not there yet; raises FileExistsError when it is, and leaves that as it is."""
        with _outages():
            try:
                await obstore.put_async(self._store, key, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                raise FileExistsError(key) from None

    async def get_stream(
        self, key: str, *, start: int = 0, end: int | None = None, chunk_size: int = READ_SIZE
    ) -> AsyncIterator[bytes]:
        """Read the bytes from ``start`` up to, not including, ``end``; raises FileNotFoundError."""
        if end is not None and end <= start:
            return
        with _outages():
            found = await obstore.get_async(self._store, key, options=_byte_range(start, end))
            async for chunk in found.stream(min_chunk_size=chunk_size):
                yield bytes(chunk)

    async def get_bytes(self, key: str, *, limit: int | None = None) -> bytes:
        """Read a small object, or the first ``limit`` bytes of any; raises FileNotFoundError."""
        if limit is not None and await self.size(key) == 0:
            return b""  # stores refuse a range of nothing
        with _outages():
            found = await obstore.get_async(self._store, key, options=_byte_range(0, limit))
            return bytes(await found.bytes_async())

    async def size(self, key: str) -> int:
        """Return the size in bytes; raises FileNotFoundError."""
        with _outages():
            return (await obstore.head_async(self._store, key))["size"]

    async def modified_at(self, key: str) -> datetime:
        """Return when the object was written; raises FileNotFoundError."""
        with _outages():
            return (await obstore.head_async(self._store, key))["last_modified"]

    async def exists(self, key: str) -> bool:
        """Tell whether the object is there."""
        try:
            await self.size(key)
        except FileNotFoundError:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Erase one object; one that is gone already is fine."""
        with _outages(), suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)

    async def delete_prefix(self, prefix: str) -> int:
        """Erase everything under a folder and return how many objects there were."""
        keys = [found.key async for found in self.list(prefix)]
        for key in keys:
            await self.delete(key)
        return len(keys)

    async def erase_unfinished(self, older_than: timedelta) -> int:
        """Erase what killed processes left half written on a local disk; clouds drop theirs by a rule of the bucket."""
        return await asyncio.to_thread(_erase_unfinished, self._folder, older_than) if self._folder else 0

    async def list(self, prefix: str, *, after: str | None = None) -> AsyncIterator[StoredObject]:
        """Go through the objects under a folder, in no particular order; only what sorts behind ``after``."""
        with _outages():
            async for batch in obstore.list(self._store, prefix=prefix, offset=after):
                for meta in batch:
                    yield StoredObject(meta["path"], meta["size"], meta["last_modified"])


@contextmanager
def _outages() -> Iterator[None]:
    """Tell what the store refuses or cannot do now as an outage. What is not there stays a FileNotFoundError."""
    try:
        yield
    except BaseError as error:
        message = N_("The storage cannot be reached right now. What was saved is kept; try again in a moment.")
        raise UnavailableError(message, code="storage_unavailable") from error


class _Meter:
    """Counts and hashes the bytes that pass, and stops the flow at the limit."""

    def __init__(self, source: AsyncIterable[bytes], limit: int) -> None:
        self.size = 0
        self.digest = hashlib.sha256()
        self._source = source
        self._limit = limit

    async def chunks(self) -> AsyncIterator[bytes]:
        async for chunk in self._source:
            self.size += len(chunk)
            if self.size > self._limit:
                raise TooLargeError(N_("This is larger than what is accepted at once."))
            self.digest.update(chunk)
            yield chunk


def _erase_unfinished(folder: Path, older_than: timedelta) -> int:
    latest = time.time() - older_than.total_seconds()
    found = [path for path in folder.rglob("*#*") if UNFINISHED.search(path.name) and path.is_file()]
    old = [path for path in found if path.stat().st_mtime < latest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _byte_range(start: int, end: int | None) -> obstore.GetOptions | None:
    if end is not None:
        return {"range": (start, end)}
    return {"range": {"offset": start}} if start else None
