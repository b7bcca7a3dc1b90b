"""Rows on uploads: how fast bytes get through the whole product into storage, and what a large one costs in memory."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import time
from statistics import median
from typing import TYPE_CHECKING

import obstore
from obstore.store import LocalStore

from core.storage import PART_SIZE
from tests.bench.figures import Row, Spread
from tests.bench.http import Browser
from tests.bench.people import make_tenant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import psutil

    from tests.bench.people import Tenant
    from tests.bench.product import Product

PIECE = os.urandom(1 << 18)
MEGABYTE = 1 << 20
COMPARED, LARGE = 300, 2048
ROUNDS = 3
FIGURE = 100
BOUNDARY = "----adx-bench"
HEAD = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


async def measure(product: Product) -> list[Row]:
    """Upload in turn with a bare put of the same bytes, then once as much as a film."""
    tenant = make_tenant(product, "uploads", 1)
    folder = product.state_dir / "bare-storage"
    took: list[tuple[float, float]] = []
    web = product.process("web")
    before = web.memory_info().rss
    try:
        for _ in range(ROUNDS):
            bare = await _put(folder, COMPARED)
            took.append((await _upload(product, tenant, COMPARED), bare))
        watch = asyncio.create_task(_peak(web))
        seconds = await _upload(product, tenant, LARGE)
        watch.cancel()
        grown = (await watch - before) / MEGABYTE
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ours, bare = (COMPARED / median(pair[side] for pair in took) for side in (0, 1))
    return [
        Row(
            f"upload of {COMPARED} MB through the product",
            f"{ours:.0f} MB/s",
            f"bare obstore put {bare:.0f} MB/s",
            str(Spread.of([one / other for one, other in took])),
        ),
        Row(
            f"memory of web during an upload of {LARGE} MB",
            f"+{grown:.0f} MB at most",
            f"{LARGE / seconds:.0f} MB/s",
            figure=f"<= {FIGURE} MB",
            met=grown <= FIGURE,
        ),
    ]


async def _put(folder: Path, megabytes: int) -> float:
    """Write the bytes with the same storage library and the same part size, from a process like ours."""
    store = LocalStore(folder, mkdir=True)
    began = time.perf_counter()
    await obstore.put_async(
        store, "bytes", _bytes(megabytes), use_multipart=True, chunk_size=PART_SIZE, max_concurrency=2
    )
    took = time.perf_counter() - began
    await obstore.delete_async(store, "bytes")
    return took


async def _upload(product: Product, tenant: Tenant, megabytes: int) -> float:
    host = product.host("uploads")
    async with Browser("127.0.0.1", product.port, host, tenant.people[0].token) as browser:
        page = (await browser.get("/files", compressed=False)).body.decode()
        found = re.search(r"X-CSRF-Token(?:&#34;|\")+: *(?:&#34;|\")([\w=-]+)", page)
        assert found is not None
        began = time.perf_counter()
        answer = await browser.post(
            "/files",
            _form(megabytes),
            length=len(HEAD) + megabytes * MEGABYTE + len(TAIL),
            kind=f"multipart/form-data; boundary={BOUNDARY}",
            more=f"X-CSRF-Token: {found[1]}\r\n",
        )
        if answer.status != 303:
            raise RuntimeError(f"the upload was answered with {answer.status}")
        return time.perf_counter() - began


async def _form(megabytes: int) -> AsyncIterator[bytes]:
    yield HEAD
    async for piece in _bytes(megabytes):
        yield piece
    yield TAIL


async def _bytes(megabytes: int) -> AsyncIterator[bytes]:
    for _ in range(megabytes * MEGABYTE // len(PIECE)):
        yield PIECE


async def _peak(process: psutil.Process) -> int:
    most = 0
    try:
        while True:
            most = max(most, process.memory_info().rss)
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        return most
