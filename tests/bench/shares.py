"""Rows on what one tenant's work costs another: a single upload alone, beside hostile files, beside a thousand."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from tests.bench.figures import Row, ms, percentile
from tests.bench.http import Browser
from tests.bench.people import make_tenant
from tests.bench.workflows import picture
from tests.factories.files import nested_pdf

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.bench.people import Tenant
    from tests.bench.product import Product

BOUNDARY = "----adx-bench"
MANY = 1000
HOSTILE = 5
SENDERS = 2  # as many as the page sends at a time
ALONE, BESIDE = 12, 12
SECONDS_TO_WATCH = 45.0
FIGURE = 2.0
SECONDS_BETWEEN_LOOKS = 0.005
SECONDS_FOR_ONE = 60.0

OPEN = "select count(*) from platform.runs where tenant_id = %s and ended_at is null"
DONE = "select count(*) from platform.runs where tenant_id = %s and state = 'done'"
LEAVE = """
    update platform.runs set state = 'failed', ended_at = now(), input = null where tenant_id = %s and state = 'queued'
"""


@dataclass
class Uploads:
    """What one tenant uploads over a connection of its own, and how long each took until it was ready."""

    product: Product
    tenant: Tenant
    took: list[float] = field(default_factory=list)

    async def connect(self, stack: AsyncExitStack, connections: int = 1) -> None:
        host, token = self.product.host(self.tenant.facts.slug), self.tenant.people[0].token
        self.browsers = [
            await stack.enter_async_context(Browser("127.0.0.1", self.product.port, host, token))
            for _ in range(connections)
        ]
        page = (await self.browsers[0].get("/files", compressed=False)).body.decode()
        found = re.search(r"X-CSRF-Token(?:&#34;|\")+: *(?:&#34;|\")([\w=-]+)", page)
        assert found is not None
        self._csrf = found[1]
        self._rows = await stack.enter_async_context(
            await psycopg.AsyncConnection.connect(self.product.superuser_url(), autocommit=True)
        )

    async def send(self, content: bytes, *, kind: str = "image/png", connection: int = 0) -> None:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="small"\r\n'
            f"Content-Type: {kind}\r\n\r\n"
        ).encode()
        body = head + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        answer = await self.browsers[connection].post(
            "/files",
            _once(body),
            length=len(body),
            kind=f"multipart/form-data; boundary={BOUNDARY}",
            more=f"X-CSRF-Token: {self._csrf}\r\n",
        )
        if answer.status != 303:
            raise RuntimeError(f"the upload was answered with {answer.status}")

    async def one(self, content: bytes) -> None:
        """Upload a file and wait until it is ready."""
        began = time.perf_counter()
        await self.send(content)
        async with asyncio.timeout(SECONDS_FOR_ONE):
            while await self.count(OPEN):  # noqa: ASYNC110  # another process ends it
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        self.took.append(time.perf_counter() - began)

    async def count(self, query: str) -> int:
        row = await (await self._rows.execute(query, (self.tenant.facts.id,))).fetchone()
        assert row is not None
        return int(row[0])

    async def leave(self) -> None:
        """Give up what still waits in line, so that later rows are not measured beside it."""
        await self._rows.execute(LEAVE, (self.tenant.facts.id,))
        while await self.count(OPEN):  # noqa: ASYNC110  # another process ends them
            await asyncio.sleep(0.1)


async def measure(product: Product) -> list[Row]:
    """Measure one tenant alone, then beside a tenant that uploads a thousand files at once."""
    content = picture()
    async with AsyncExitStack() as stack:
        single = Uploads(product, make_tenant(product, "single", 1))
        await single.connect(stack)
        alone = await _rounds(single, content, ALONE)

        many = Uploads(product, make_tenant(product, "many", 1))
        await many.connect(stack, SENDERS)  # only now: the server ends connections that bring nothing for a while
        began = time.perf_counter()
        sending = asyncio.create_task(_send_many(many, content))
        arriving = await _rounds(single, content, BESIDE, until=sending.done)
        await sending
        sent = time.perf_counter() - began
        waiting = await _rounds(single, content, BESIDE)
        await asyncio.sleep(max(0, SECONDS_TO_WATCH - (time.perf_counter() - began)))
        done, watched = await many.count(DONE), time.perf_counter() - began
        await many.leave()

        hostile = Uploads(product, make_tenant(product, "hostile", 1))
        await hostile.connect(stack)
        await single.connect(stack)
        for _ in range(HOSTILE):
            await hostile.send(nested_pdf(), kind="application/pdf")
        beside_hostile = await _rounds(single, content, BESIDE)
        unsettled = await hostile.count(OPEN)
    return [
        row_beside(
            f"one upload beside {HOSTILE} documents without end ({unsettled} were left when it was over)",
            *(beside_hostile, alone),
        ),
        row_beside(f"one upload while another tenant sends {MANY} (in {sent:.0f} s)", arriving, alone),
        row_beside("one upload while the other's wait in line", waiting, alone),
        Row(f"of the {MANY}, ready after {watched:.0f} s", f"{done}", f"{done / watched:.1f} a second"),
    ]


async def _rounds(
    uploads: Uploads, content: bytes, rounds: int, *, until: Callable[[], bool] = lambda: True
) -> list[float]:
    """Upload one after the other, at least so many and until it is so; returns what each took."""
    uploads.took = []
    while len(uploads.took) < rounds or not until():
        await uploads.one(content)
    return uploads.took


async def _send_many(uploads: Uploads, content: bytes) -> None:
    left = iter(range(MANY))

    async def sender(connection: int) -> None:
        for _ in left:
            await uploads.send(content, connection=connection)

    await asyncio.gather(*map(sender, range(SENDERS)))


def row_beside(what: str, beside: list[float], alone: list[float]) -> Row:
    """Return a row of how much longer something takes beside another tenant than alone."""
    one, other = percentile(beside, 50), percentile(alone, 50)
    return Row(
        what,
        f"p50 {ms(one)}, slowest {ms(max(beside))}",
        f"alone p50 {ms(other)}, slowest {ms(max(alone))}",
        f"{one / other:.2f}",
        f"<= {FIGURE}",
        one / other <= FIGURE,
    )


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
