"""Parts of an answer that are waited for no longer than so long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

MOST_LATE = 16
LATE_SECONDS = 9.0

_late: set[asyncio.Future[Any]] = set()


def leave(work: asyncio.Future[Any]) -> None:
    """Wait no longer for ``work``, and have it end.

    To cancel a statement costs its connection, and the next one has to be opened anew, which is dearer than most
    statements and hits when there is least time for it. So a few are let to end by themselves; more are not.
    """
    if work.done():
        return
    if len(_late) >= MOST_LATE:
        work.cancel()
        return
    _late.add(work)
    given_up = work.get_loop().call_later(LATE_SECONDS, work.cancel)
    work.add_done_callback(lambda done: _ended(done, given_up))


def _ended(work: asyncio.Future[Any], given_up: asyncio.TimerHandle) -> None:
    given_up.cancel()
    _late.discard(work)
    if not work.cancelled():
        work.exception()  # its page has said that it did not come
