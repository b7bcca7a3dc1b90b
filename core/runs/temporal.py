"""The connection to Temporal, and the three things that pages ask of a running workflow."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.client import Client
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.service import RPCError, RPCStatusCode

from core.errors import ConflictError, NotFoundError, UnavailableError
from core.messages import messages_of
from core.runs.payloads import data_converter
from core.runs.stuck import failing_since

if TYPE_CHECKING:
    from core.keys.ring import KeyRing
    from core.settings import Settings

N_ = messages_of("runs")

RPC_TIMEOUT = timedelta(seconds=3)
SECONDS_UNTIL_RETRY = 10
STUCK_AND_TOLD = N_(
    "This has stopped because of a fault in our software, and engineers have been alerted. What you "
    "asked for is noted, and will be done as soon as it continues."
)


async def connect(settings: Settings, ring: KeyRing, *, wait_seconds: float = 60) -> Client:
    """Connect, waiting for a server that is still starting; raises ``RuntimeError`` when it does not come up.

    ``wait_seconds=0`` gives a client that dials at its first call: for pages, which must start without Temporal.
    """
    delay, end = 0.2, time.monotonic() + wait_seconds
    while True:
        try:
            return await Client.connect(
                settings.temporal_address,
                namespace=settings.temporal_namespace,
                data_converter=data_converter(settings.secret_key.get_secret_value().encode(), ring),
                # Workers inherit it from the client; one trace then spans the request, the workflow and its activities.
                interceptors=[TracingInterceptor()] if settings.otlp_endpoint else [],
                lazy=wait_seconds == 0,
            )
        except RuntimeError:
            if time.monotonic() + delay > end:
                raise
            await asyncio.sleep(delay)
            delay = min(delay * 2, 5)


class RunControl:
    """Cancels and continues runs.

    Raises ``UnavailableError`` when Temporal cannot be reached, and ``ConflictError`` with the code ``run_stuck`` when
    the workflow got the message but cannot go on until an engineer has mended it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    async def cancel(self, workflow_id: str) -> None:
        """Ask the workflow to undo what it did and end. It passes over a request that comes too late."""
        try:
            await self._client.get_workflow_handle(workflow_id).cancel(rpc_timeout=RPC_TIMEOUT)
            await self._refuse_stuck(workflow_id)
        except (RPCError, RuntimeError) as error:
            raise _told(error) from error

    async def resume(self, workflow_id: str) -> None:
        """Have the parked steps tried again."""
        await self.signal(workflow_id, "continue")

    async def signal(self, workflow_id: str, name: str, *args: object) -> None:
        """Send a signal, durably: the workflow gets it even if no worker runs now."""
        try:
            handle = self._client.get_workflow_handle(workflow_id)
            await handle.signal(name, args=list(args), rpc_timeout=RPC_TIMEOUT)
            await self._refuse_stuck(workflow_id)
        except (RPCError, RuntimeError) as error:
            raise _told(error) from error

    async def _refuse_stuck(self, workflow_id: str) -> None:
        """Say so where the workflow has been told and cannot follow: it does what was asked once it is mended."""
        if await failing_since(self._client, workflow_id, rpc_timeout=RPC_TIMEOUT):
            raise ConflictError(STUCK_AND_TOLD, code="run_stuck")


def _told(error: RPCError | RuntimeError) -> Exception:
    """Return what a person is told. The client's first dial fails with a RuntimeError, all later calls otherwise."""
    if isinstance(error, RPCError) and error.status == RPCStatusCode.NOT_FOUND:
        return NotFoundError(N_("This has already ended. Reload the page to see how."), code="run_ended")
    return UnavailableError(
        N_("The workflow service cannot be reached right now. Nothing is lost; try again in a moment."),
        retry_after=SECONDS_UNTIL_RETRY,
    )
