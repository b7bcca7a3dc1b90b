"""``bin/bench``: the machine, then one table of what was measured. Rows can be chosen by name."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
import traceback
from typing import TYPE_CHECKING

from tests.bench import browser, load, machine, pages, shares, startup, streams, uploads, workflows
from tests.bench.chosen import chosen_parts
from tests.bench.figures import Row, table
from tests.bench.neighbours import Neighbours
from tests.bench.product import product

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.bench.product import Product

PARTS: dict[str, Callable[[Product], Awaitable[list[Row]]]] = {
    "startup": startup.measure,
    "pages": pages.measure,
    "load": load.measure,
    "workflows": workflows.measure,
    "browser": browser.measure,
    "uploads": uploads.measure,
    "streams": streams.measure,
    "shares": shares.measure,
}


SECONDS_A_PART = 190
"""When something hangs, the other rows are still worth having."""


async def main(chosen: list[str]) -> None:
    began = time.monotonic()
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    sys.stdout.write(f"{machine.describe()}\n")
    sys.stderr.write("starting the product twice: the second start is a row\n")
    rows: list[Row] = []
    neighbours = Neighbours()
    async with product() as running:
        for name in chosen:
            sys.stderr.write(f"measuring {name} ({time.monotonic() - began:.0f} s)\n")
            try:
                async with asyncio.timeout(SECONDS_A_PART):
                    rows += await PARTS[name](running)
            except Exception:  # noqa: BLE001  # the other rows are worth having
                traceback.print_exc()
                rows.append(Row(name, "could not be measured", met=False))
            sys.stderr.write(f"         meanwhile {neighbours.told()}\n")
    await neighbours.stop()
    table(rows)
    sys.stdout.write(f"took {time.monotonic() - began:.0f} s\n")


asyncio.run(main(chosen_parts("bin/bench", str(__doc__), PARTS)))
