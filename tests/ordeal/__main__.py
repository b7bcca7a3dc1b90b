"""``bin/ordeal``: breaks a deployment in every way that is promised to be survived, and counts what became of the work.

Minutes long and loud, so it is run by hand; what it breaks in small stands in ``tests/chaos``, which every run walks.
"""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from typing import TYPE_CHECKING

from tests.bench import machine
from tests.bench.chosen import chosen_parts
from tests.bench.figures import Row, table
from tests.ordeal import kills, restarts, silences, streams
from tests.ordeal.scene import scene
from tests.support import stack

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.ordeal.scene import Scene

PARTS: dict[str, Callable[[Scene], Awaitable[list[Row]]]] = {
    "kills": kills.measure,
    "silences": silences.measure,
    "streams": streams.measure,
    "restarts": restarts.measure,
}


async def main(servers: stack.Servers, chosen: list[str]) -> bool:
    """Run the parts one after the other. Return whether every promise was kept."""
    began = time.monotonic()
    sys.stdout.write(f"{machine.describe()}\n")
    rows: list[Row] = []
    async with scene(servers) as here:
        for name in chosen:
            sys.stderr.write(f"{name} ({time.monotonic() - began:.0f} s)\n")
            try:
                rows += await PARTS[name](here)
            except Exception:  # noqa: BLE001  # the other parts are worth having
                traceback.print_exc()
                rows.append(Row(name, "did not come to its end", met=False))
            await here.deployment.mend()
    table(rows)
    sys.stdout.write(f"took {time.monotonic() - began:.0f} s\n")
    return all(row.met is not False for row in rows)


chosen = chosen_parts("bin/ordeal", str(__doc__), PARTS)
state_dir = stack.new_state_dir()
try:
    kept = asyncio.run(main(stack.join(state_dir, 0, 1), chosen))
finally:
    stack.remove(state_dir)
sys.exit(0 if kept else 1)
