"""Rows on more load: whether more people at the same time get fewer pages a second than few do."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.bench.figures import Row, Spread, ms, percentile
from tests.bench.pages import add_files, browser_at
from tests.bench.people import make_tenant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.http import Browser
    from tests.bench.people import Signed
    from tests.bench.product import Product

SIZES = (1, 16, 64, 256)
REFERENCE = 16
LEAST = {64: 0.95, 256: 0.8}
"""Pages a second, as a part of those at :data:`REFERENCE`."""
SLOWER = 1.5
"""How much longer than in proportion to their number 95 of 100 may wait: more people share the same pages a second."""

ROUNDS = 2
SECONDS_A_ROUND = 4.0
SECONDS_TO_WARM_UP = 1.0
PATHS = {"dashboard with its slots": "/", "list of 30 files": "/files"}


@dataclass
class Round:
    """What so many connections got that ask again as soon as they are answered."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds

    @property
    def p95(self) -> float:
        return percentile(self.took, 95)


async def measure(product: Product) -> list[Row]:
    """Have more and more people ask for pages without a pause; sizes in turns, so that all meet the same machine."""
    tenant = make_tenant(product, "load", SIZES[-1])
    add_files(product, tenant)
    rows = []
    for what, path in PATHS.items():
        rounds: dict[int, list[Round]] = {size: [] for size in SIZES}
        for _ in range(ROUNDS):
            for size in SIZES:
                rounds[size].append(await _round(product, tenant.people[:size], path))
        rows += [_row(what, size, rounds) for size in SIZES]
    return rows


async def _round(product: Product, people: Sequence[Signed], path: str) -> Round:
    """Ask over new connections: one that is not used for half a minute is closed by the server."""
    async with AsyncExitStack() as stack:
        host = product.host("load")
        browsers = [
            await stack.enter_async_context(browser_at("127.0.0.1", product.port, host, signed.token))
            for signed in people
        ]
        await _ask(browsers, path, SECONDS_TO_WARM_UP)
        return await _ask(browsers, path, SECONDS_A_ROUND)


def _row(what: str, size: int, rounds: dict[int, list[Round]]) -> Row:
    ours, reference = rounds[size], rounds[REFERENCE]
    rate = Spread.of([one.rate / other.rate for one, other in zip(ours, reference, strict=True)])
    slower = Spread.of([one.p95 / other.p95 / (size / REFERENCE) for one, other in zip(ours, reference, strict=True)])
    refused = sum(count for each in ours for status, count in each.statuses.items() if status != 200)
    per_second, p95 = (percentile(found, 50) for found in ([one.rate for one in ours], [one.p95 for one in ours]))
    told = f"{per_second:.0f} a second, p95 {ms(p95)}"
    least = LEAST.get(size)
    return Row(
        f"load: {what}, {size} connections",
        told + (f", {refused} sent away" if refused else ""),
        f"{REFERENCE} connections; p95 {slower.middle:.2f} of its proportion",
        str(rate),
        f">= {least}, p95 in proportion" if least else "",
        None if least is None else rate.middle >= least and slower.middle <= SLOWER,
    )


async def _ask(people: Sequence[Browser], path: str, seconds: float) -> Round:
    found = Round()
    began = time.perf_counter()

    async def ask(browser: Browser) -> None:
        while time.perf_counter() - began < seconds:
            asked = time.perf_counter()
            answer = await browser.get(path)
            found.statuses[answer.status] += 1
            if answer.status == 200:
                found.took.append(time.perf_counter() - asked)
            else:
                left = began + seconds - time.perf_counter()
                await asyncio.sleep(max(0.0, min(left, float(answer.headers.get("retry-after", "1")))))

    await asyncio.gather(*(ask(browser) for browser in people))
    found.seconds = time.perf_counter() - began
    return found
