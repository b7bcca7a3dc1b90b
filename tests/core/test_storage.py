from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
import pytest
from moto.server import ThreadedMotoServer

from core.errors import TooLargeError, UnavailableError
from core.storage import Storage, Stored, object_key
from tests.factories.files import streamed
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

TENANT = UUID(int=1)
KEY = object_key(TENANT, "files", "one", "original")
CLOUD = {
    "AWS_ALLOW_HTTP": "true",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
}
CLOSED_PORT = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A server that speaks S3, with one bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    httpx.put(f"{url}/bucket").raise_for_status()
    yield url
    server.stop()


def cloud(endpoint: str, monkeypatch: pytest.MonkeyPatch, folder: str = "") -> Storage:
    """Storage in the bucket at an address."""
    for name, value in (CLOUD | {"AWS_ENDPOINT_URL": endpoint}).items():
        monkeypatch.setenv(name, value)
    return Storage.from_url(f"s3://bucket/{folder}")


@pytest.fixture(params=["memory", "disk", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    if request.param == "s3":
        return cloud(request.getfixturevalue("s3"), monkeypatch, tmp_path.name)
    return Storage.from_url("memory:" if request.param == "memory" else tmp_path.as_uri())


async def keys_of(storage: Storage) -> list[str]:
    return sorted([found.key async for found in storage.list(f"tenants/{TENANT}")])


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_stream_comes_back_as_it_went_in(storage: Storage) -> None:
    content = bytes(range(256)) * 60_000

    stored = await storage.put_stream(KEY, streamed(content), limit=len(content))

    assert stored == Stored(len(content), hashlib.sha256(content).digest())
    assert b"".join([chunk async for chunk in storage.get_stream(KEY)]) == content
    assert b"".join([chunk async for chunk in storage.get_stream(KEY, start=10, end=20)]) == content[10:20]
    assert b"".join([chunk async for chunk in storage.get_stream(KEY, start=len(content) - 3)]) == content[-3:]
    assert await storage.get_bytes(KEY, limit=5) == content[:5]
    assert await storage.size(KEY) == len(content)


async def test_an_empty_object_can_be_read(storage: Storage) -> None:
    await storage.put_stream(KEY, streamed(b""), limit=0)

    assert await storage.get_bytes(KEY, limit=100) == b""
    assert await storage.get_bytes(KEY) == b""
    assert b"".join([chunk async for chunk in storage.get_stream(KEY)]) == b""
    assert b"".join([chunk async for chunk in storage.get_stream(KEY, start=0, end=0)]) == b""


async def test_past_the_limit_nothing_is_stored(storage: Storage) -> None:
    with pytest.raises(TooLargeError):
        await storage.put_stream(KEY, streamed(b"12345", chunk=1), limit=4)

    assert await keys_of(storage) == []


async def test_a_broken_stream_leaves_nothing(storage: Storage, tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"x" * 6_000_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await storage.put_stream(KEY, breaking(), limit=10_000_000)

    assert await keys_of(storage) == []
    assert files_under(tmp_path) == []


async def test_a_cancelled_stream_leaves_nothing(storage: Storage, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 6_000_000
            begun.set()
            await asyncio.sleep(0.01)

    upload = asyncio.create_task(storage.put_stream(KEY, endless(), limit=10**12))
    await begun.wait()
    upload.cancel()
    await asyncio.gather(upload, return_exceptions=True)

    assert await keys_of(storage) == []
    await eventually(lambda: files_under(tmp_path) == [])  # the store takes its staged parts away behind our back


async def test_deleting_is_repeatable_and_keeps_to_its_folder(storage: Storage) -> None:
    neighbour = object_key(TENANT, "files", "one-and-a-half", "original")
    for key in (KEY, object_key(TENANT, "files", "one", "thumbnail.webp"), neighbour):
        await storage.put_bytes(key, b"x")

    assert await storage.delete_prefix(object_key(TENANT, "files", "one")) == 2
    assert await storage.delete_prefix(object_key(TENANT, "files", "one")) == 0
    await storage.delete(KEY)

    assert not await storage.exists(KEY)
    assert await keys_of(storage) == [neighbour]


async def test_what_is_missing_is_said_to_be_missing(storage: Storage) -> None:
    with pytest.raises(FileNotFoundError):
        await storage.get_bytes(KEY)
    with pytest.raises(FileNotFoundError):
        [chunk async for chunk in storage.get_stream(KEY)]


async def test_a_store_that_does_not_answer_is_told_as_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = cloud(CLOSED_PORT, monkeypatch)
    for asked in (
        storage.put_stream(KEY, streamed(b"abc"), limit=3),
        storage.put_bytes(KEY, b"abc"),
        storage.get_bytes(KEY),
        storage.exists(KEY),
        storage.delete(KEY),
        keys_of(storage),
        anext(storage.get_stream(KEY)),
    ):
        with pytest.raises(UnavailableError):
            await asked


@pytest.mark.parametrize("part", ["", "..", ".", "a/b", "a\\b"])
def test_a_key_cannot_step_out_of_its_folder(part: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        object_key(TENANT, "files", part)


MEASURE = """
import asyncio, os, resource, sys
from core.storage import Storage

async def chunks():
    for _ in range(300 * 16):
        yield bytes(65536)

async def main():
    storage = Storage.from_url(sys.argv[1])
    await storage.put_bytes("warm", b"up")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await storage.put_stream("large", chunks(), limit=10**9)
    async for _ in storage.get_stream("large"):
        pass
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, flush=True)
    os._exit(0)  # the library's threads may still be ending, which can abort an orderly exit

asyncio.run(main())
"""


def test_300_megabytes_pass_through_less_than_40(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path.as_uri()], capture_output=True, text=True, check=True, timeout=60
    )

    assert int(said.stdout) < 40


async def test_what_a_killed_process_left_half_written_can_be_erased(tmp_path: Path) -> None:
    storage = Storage.from_url(tmp_path.as_uri())
    await storage.put_bytes("tenants/a/files/b/original", b"whole")
    left = tmp_path / "tenants" / "a" / "files" / "b" / "original#1"
    left.write_bytes(b"half")
    assert await storage.erase_unfinished(timedelta(hours=1)) == 0
    os.utime(left, (0, 0))
    assert await storage.erase_unfinished(timedelta(hours=1)) == 1
    assert not left.exists()
    assert await storage.get_bytes("tenants/a/files/b/original") == b"whole"
