"""A stop in good order: streams end first, so that browsers reconnect elsewhere; then the server waits for the rest."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.live import Hub

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def drain_when_told_to_stop(hub: Hub) -> None:
    """End all streams as soon as the process is told to stop.

    granian waits for open requests before it sends ``lifespan.shutdown``, and a stream never ends by itself. Its own
    handlers are asyncio's: they are fed by the wake-up descriptor, so a second handler of the signal runs beside them.
    Where nothing handles the signal on the loop (a test), nothing is changed.
    """
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()

    def drain() -> None:
        tasks.add(loop.create_task(hub.drain()))

    for number in SIGNALS:
        known = signal.getsignal(number)
        if callable(known) and getattr(known, "__module__", "") == "asyncio.unix_events":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(drain))
            signal.siginterrupt(number, False)  # noqa: FBT003  # the C call's own form
