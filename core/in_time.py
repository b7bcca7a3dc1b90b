"""An answer within a time, whatever the asked one does: not every client heeds its cancellation, and no thread does."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


async def answered_apart(ask: Callable[[], Awaitable[T]], seconds: float) -> T:
    """Return what is answered on a loop and in threads of its own, which nobody waits for, not even at exit.

    Raises TimeoutError after that time. For what holds nothing of the caller's loop.
    """
    answer: Future[T] = Future()
    threading.Thread(target=_run, args=(ask, answer), daemon=True).start()
    return await asyncio.wait_for(asyncio.wrap_future(answer), seconds)


class Asker:
    """Asks on the caller's loop. What does not even end when it is cancelled is not asked again before it has."""

    def __init__(self) -> None:
        self._hanging: dict[str, asyncio.Task[Any]] = {}

    async def answered(self, name: str, ask: Callable[[], Awaitable[T]], seconds: float) -> T:
        """Return what is answered. TimeoutError after that time, or at once while the last asking still hangs."""
        if name in self._hanging:
            raise TimeoutError
        asking = asyncio.ensure_future(ask())
        try:
            await asyncio.wait({asking}, timeout=seconds)
        finally:
            if not asking.done():
                self._let_go(name, asking)
        if name in self._hanging:
            raise TimeoutError
        return asking.result()

    def _let_go(self, name: str, asking: asyncio.Future[Any]) -> None:
        self._hanging[name] = asking  # type: ignore[assignment]  # a task, since it is a coroutine that was asked

        def over(_: object) -> None:
            del self._hanging[name]
            if not asking.cancelled():
                asking.exception()  # nobody is there any more to be told

        asking.add_done_callback(over)
        asking.cancel()


def _run(ask: Callable[[], Awaitable[T]], answer: Future[T]) -> None:
    try:
        with asyncio.Runner(loop_factory=_loop) as runner:
            answer.set_result(runner.run(_awaited(ask)))
    except BaseException as error:  # noqa: BLE001  # it is raised where the answer is waited for
        answer.set_exception(error)


async def _awaited(ask: Callable[[], Awaitable[T]]) -> T:
    return await ask()


def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    loop.set_default_executor(_Loose())
    return loop


class _Loose(ThreadPoolExecutor):
    """A thread a call, which may be left hanging: those of the usual pool are waited for when a program ends."""

    def submit(self, fn: Callable[..., T], /, *args: object, **kwargs: object) -> Future[T]:
        done: Future[T] = Future()

        def work() -> None:
            try:
                done.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001  # likewise
                done.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return done
