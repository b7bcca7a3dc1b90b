"""Many who ask the same kind of question at the same time, asked as one."""

from __future__ import annotations

import asyncio
import contextvars
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

GroupT = TypeVar("GroupT")
KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")

MOST_AT_ONCE = 64


class Gathered(Generic[GroupT, KeyT, ValueT]):
    """Looks keys up together, group by group: whoever asks while a look-up is under way is part of the next.

    Alone, a key is looked up at once. A look-up that fails fails for all who are part of it.
    """

    def __init__(self, load: Callable[[GroupT, Collection[KeyT]], Awaitable[Mapping[KeyT, ValueT]]]) -> None:
        self._load = load
        self._waiting: dict[GroupT, dict[KeyT, asyncio.Future[ValueT | None]]] = {}
        self._loading: dict[GroupT, asyncio.Task[None]] = {}

    async def get(self, group: GroupT, key: KeyT) -> ValueT | None:
        """Return the value of a key of a group, or None where there is none."""
        waiting = self._waiting.setdefault(group, {})
        if key not in waiting:
            waiting[key] = asyncio.get_running_loop().create_future()
        if group not in self._loading:
            self._loading[group] = asyncio.create_task(self._load_all(group), context=contextvars.Context())
        return await asyncio.shield(waiting[key])  # one asker going away does not fail the others

    async def _load_all(self, group: GroupT) -> None:
        try:
            while waiting := self._waiting.get(group):
                keys = list(waiting)[:MOST_AT_ONCE]
                await self._load_some(group, {key: waiting.pop(key) for key in keys})
        finally:
            self._waiting.pop(group, None)
            del self._loading[group]

    async def _load_some(self, group: GroupT, asked: Mapping[KeyT, asyncio.Future[ValueT | None]]) -> None:
        try:
            found = await self._load(group, asked.keys())
        except Exception as error:  # noqa: BLE001  # each asker's own
            for answer in asked.values():
                answer.set_exception(error)
                answer.exception()  # where nobody waits any more, nobody need hear of it
            return
        for key, answer in asked.items():
            answer.set_result(found.get(key))
