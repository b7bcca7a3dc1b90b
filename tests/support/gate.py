"""A way into running activities, for tests that stop, fail or cancel a run at one exact place."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio import activity
from temporalio.client import Client, Interceptor as ClientInterceptor
from temporalio.worker import ActivityInboundInterceptor, Interceptor

from core.runs.report import RECORD_ACTIVITY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from temporalio.worker import ExecuteActivityInput

THROTTLE = timedelta(milliseconds=20)
"""Heartbeats of workers under test: a cancel arrives with one, and nearly every test of a workflow waits for that."""


class Gate(ClientInterceptor, Interceptor):
    """Lets a test step in right before and right after the attempts at an activity."""

    def __init__(self) -> None:
        self.before: dict[str, Callable[[], Awaitable[None]]] = {}
        self.after: dict[str, Callable[[], Awaitable[None]]] = {}
        self.calls: list[str] = []

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Gated(next, self)

    def watched(self, client: Client) -> Client:
        """The same client, whose workers pass through this gate."""
        config = client.config()
        config["interceptors"] = [*config["interceptors"], self]
        return Client(**config)


class _Gated(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, gate: Gate) -> None:  # noqa: A002
        super().__init__(next)
        self._gate = gate

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        name = activity.info().activity_type
        if name == RECORD_ACTIVITY:
            return await super().execute_activity(input)
        self._gate.calls.append(name)
        if name in self._gate.before:
            await self._gate.before[name]()
        result = await super().execute_activity(input)
        if name in self._gate.after:
            await self._gate.after[name]()
        return result


def cancel_here(client: Client) -> Callable[[], Awaitable[None]]:
    """Have the run cancelled from within one of its activities, which does not get any further."""

    async def cancel() -> None:
        await client.get_workflow_handle(activity.info().workflow_id or "").cancel()
        async with asyncio.timeout(30):
            while True:  # a cancel arrives with a heartbeat
                activity.heartbeat()
                await asyncio.sleep(THROTTLE.total_seconds())

    return cancel


def fail_once(error: Exception) -> Callable[[], Awaitable[None]]:
    """Have the first attempt of an activity fail."""
    failed = False

    async def fail() -> None:
        nonlocal failed
        if not failed:
            failed = True
            raise error

    return fail
