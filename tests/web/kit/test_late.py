from __future__ import annotations

import asyncio

from web.kit import late


async def test_late_work_ends_by_itself_as_far_as_there_is_room() -> None:
    door = asyncio.Event()
    works = [asyncio.ensure_future(door.wait()) for _ in range(late.MOST_LATE + 1)]
    await asyncio.sleep(0)
    for work in works:
        late.leave(work)
    await asyncio.wait({works[-1]})
    assert works[-1].cancelled(), "one more than may go on"
    assert not any(work.done() for work in works[:-1])

    door.set()
    assert await asyncio.gather(*works[:-1]) == [True] * late.MOST_LATE

    again = asyncio.ensure_future(asyncio.sleep(0, "done"))
    late.leave(again)
    assert await again == "done", "those before have made room"
