"""One reader a process for all its viewers: waits on the streams of every tenant that is looked at, and fans out.

When Redis goes away the streams stay open; when it is back, reading goes on from the last id. Where the stream no
longer reaches back that far, pages are told to read themselves again (``live:reset``).
"""

from __future__ import annotations

import asyncio
import contextvars
import random
import secrets
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from redis.exceptions import RedisError

from core.live.delivery import Channel, Delivery, Renderer
from core.live.message import HEARTBEAT, away_message, back_message, pace_message, position_message
from core.live.rechecks import Rechecks
from core.live.transport import BEGINNING, Transport, epoch, place
from core.live.viewer import Groups, Subscription

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from uuid import UUID

    from core.context import Context
    from core.live.fact import Fact
    from core.live.rechecks import Gatekeeper

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 15
LEAST_PACE = 1000
PACE_OF_A_STREAM = 0.75
"""Milliseconds of the average time after which pages come back, for each that is open here: up to 667 a second."""
RECHECK_SECONDS = 3
WAIT_SECONDS = 2.0
SERVER_SECONDS = 2.0
LONGEST_PAUSE = 2.0
CATCH_UPS_AT_ONCE = 16
MOST_OF_A_PERSON = 100
AWAY_AFTER = 2.0  # seconds without a reading; pages are then told that news is interrupted

OUTAGE = (RedisError, OSError, TimeoutError)


class Hub:
    """Joins pages to their tenants' facts. :meth:`drain` before the process ends."""

    def __init__(
        self, transport: Transport, *, render: Renderer | None = None, gatekeeper: Gatekeeper | None = None
    ) -> None:
        self._rechecks = Rechecks(gatekeeper)
        self._transport = transport
        self._delivery = Delivery(transport, render)
        self._channels: dict[UUID, Channel] = {}
        self._of_person: Counter[UUID | None] = Counter()
        self._groups = Groups()
        self._listeners: dict[str, Callable[[Fact], None]] = {}
        self._wake_key = f"adx:live:wake:{secrets.token_hex(8)}"
        self._wake_id = BEGINNING
        self._catching_up = asyncio.Semaphore(CATCH_UPS_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: str | None = None
        self._server_seen_at = 0.0
        self._away = False
        self.pace = LEAST_PACE
        """How long a page of this process waits on average, in milliseconds, before it comes back."""
        self._started = False
        self._draining = False

    @property
    def viewers(self) -> int:
        """How many streams are open."""
        return sum(len(channel.viewers) for channel in self._channels.values())

    @property
    def draining(self) -> bool:
        """Whether the process is about to end, so that no stream should be opened here."""
        return self._draining

    def is_full_for(self, ctx: Context) -> bool:
        """Whether a person has as many streams open here, by all sessions, as one's pages can need."""
        return self._of_person[ctx.actor_id] >= MOST_OF_A_PERSON

    def render_with(self, render: Renderer) -> None:
        """Say what turns facts into HTML."""
        self._delivery.render = render

    def hear(self, topic: str, listener: Callable[[Fact], None]) -> None:
        """Have ``listener`` told of the facts of a topic before any page is: what it forgets, none is shown again."""
        self._listeners[topic] = listener

    async def start(self) -> None:
        """Begin to read; returns at once, also when Redis is down. Otherwise the first viewer starts it."""
        self._start()

    async def drain(self) -> None:
        """End all streams, so that browsers come back elsewhere, and stop reading."""
        self._draining = True
        for channel in list(self._channels.values()):
            for viewer in list(channel.viewers):
                viewer.end("drained")
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def position(self, tenant_id: UUID) -> str:
        """Return a place in the tenant's stream that nothing read from now on comes before; empty when unknown."""
        channel = self._channels.get(tenant_id)
        if channel is not None and channel.position is not None:
            return channel.position
        try:
            async with asyncio.timeout(0.25):
                return (await self._transport.extent(tenant_id)).newest
        except OUTAGE:
            return ""

    def join(self, ctx: Context, position: str | None) -> Subscription:
        """Open a stream of what ``ctx`` may see, from after ``position`` (from now on without one)."""
        viewer = Subscription(ctx, position, self._groups, self.pace)
        if self._draining:
            viewer.end("drained")
            return viewer
        self._start()
        channel = self._channels.get(ctx.tenant_id)
        if channel is None:
            channel = self._channels[ctx.tenant_id] = Channel(ctx.tenant_id)
            self._spawn(self._wake())
        channel.viewers.add(viewer)
        if self._away:
            viewer.notice(away_message())
        self._of_person[ctx.actor_id] += 1
        if channel.position is not None and position in {None, channel.position}:
            viewer.start(channel.position, [])
        else:
            self._spawn(self._catch_up(channel, viewer))
        return viewer

    def leave(self, viewer: Subscription) -> None:
        """Forget a stream. The last one of a tenant takes the tenant with it."""
        viewer.end("left")
        channel = self._channels.get(viewer.tenant_id)
        if channel is None or viewer not in channel.viewers:
            return
        channel.viewers.discard(viewer)
        self._of_person[viewer.ctx.actor_id] -= 1
        if not self._of_person[viewer.ctx.actor_id]:
            del self._of_person[viewer.ctx.actor_id]
        if not channel.viewers:
            del self._channels[viewer.tenant_id]
            channel.opened.set()

    def _start(self) -> None:
        if not self._started:
            self._started = True
            self._rechecks.begin()
            self._spawn(self._read_forever())
            self._spawn(self._tick_forever())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        # In a context of its own: what all are shown must not come to depend on the request that happened to begin it.
        task = asyncio.create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _wake(self) -> None:
        """Have the reader take in a new tenant now, not at the end of its wait."""
        with suppress(*OUTAGE):  # an outage ends the wait by itself
            await self._transport.wake(self._wake_key)

    async def _read_forever(self) -> None:
        pause, heard_at = 0.0, asyncio.get_running_loop().time()
        while not self._draining:  # Python 3.11 can lose a cancel
            try:
                await self._check_server()
                await self._open_channels()
                await self._read_once()
                pause, heard_at = 0.0, asyncio.get_running_loop().time()
                self._tell_whether_away(away=False)
            except Exception as error:  # whatever it is, the pages of all tenants wait for this reader
                if not pause:
                    log.warning("live.outage", exc_info=None if isinstance(error, OUTAGE) else error, error=str(error))
                pause = await _pause(pause)
                if asyncio.get_running_loop().time() - heard_at > AWAY_AFTER:
                    self._tell_whether_away(away=True)

    def _tell_whether_away(self, *, away: bool) -> None:
        """Tell the pages that news is interrupted, or is back, when that changes."""
        if self._away == away:
            return
        self._away = away
        for viewer in [viewer for channel in self._channels.values() for viewer in channel.viewers]:
            viewer.notice(away_message() if away else back_message())

    async def _read_once(self) -> None:
        channels = {tenant_id: channel for tenant_id, channel in self._channels.items() if channel.position}
        positions = {tenant_id: channel.position or BEGINNING for tenant_id, channel in channels.items()}
        arrived = await self._transport.wait(positions, self._wake_key, self._wake_id, seconds=WAIT_SECONDS)
        self._wake_id = arrived.wake_id or self._wake_id
        for tenant_id, facts in arrived.facts.items():
            channel = channels[tenant_id]
            before, channel.position = positions[tenant_id], arrived.newest[tenant_id]
            if before != BEGINNING and epoch(before) != epoch(channel.position):
                channel.reset(facts[0].id if facts else channel.position)
                channel.position = arrived.newest[tenant_id]
            for fact in facts:
                if listener := self._listeners.get(fact.topic):
                    listener(fact)
            channel.inbox.extend(facts)
            if channel.dispatcher is None:
                channel.dispatcher = self._spawn(self._delivery.empty(channel))

    async def _open_channels(self) -> None:
        for channel in [found for found in self._channels.values() if found.position is None]:
            channel.open((await self._transport.extent(channel.tenant_id)).newest)

    async def _check_server(self) -> None:
        """When Redis was started anew, see whether the streams still reach back to where we were.

        The client reconnects by itself, so an outage need not show as an error here; the server's run id tells.
        """
        now = asyncio.get_running_loop().time()
        if now - self._server_seen_at < SERVER_SECONDS:
            return
        server = await self._transport.server()
        changed = self._server not in {None, server}
        self._server, self._server_seen_at = server, now
        if changed:
            await self._check_positions()

    async def _check_positions(self) -> None:
        for channel in list(self._channels.values()):
            extent = await self._transport.extent(channel.tenant_id)
            if channel.position is None or extent.can_resume(channel.position):
                continue
            if extent.exists and epoch(extent.newest) == epoch(channel.position):
                # What was told last is gone. Pages that are away must not go on from it, or from before it.
                await self._transport.renew(channel.tenant_id, epoch(channel.position))
                extent = await self._transport.extent(channel.tenant_id)
            channel.reset(extent.newest)

    async def _catch_up(self, channel: Channel, viewer: Subscription) -> None:
        """Bring a viewer to the present. It has joined before this reads, so what arrives meanwhile waits for it."""
        pause = 0.0
        while viewer.ending is None:
            try:
                await channel.opened.wait()
                async with self._catching_up:
                    viewer.start(*await self._delivery.missed(channel, viewer))
            except OUTAGE:
                pause = await _pause(pause)
            else:
                return

    async def _tick_forever(self) -> None:
        """Every second, tend a share of the streams, so that ten thousand are not tended in one burst."""
        second = 0
        while not self._draining:
            await asyncio.sleep(1)
            second += 1
            viewers = [viewer for channel in self._channels.values() for viewer in channel.viewers]
            self.pace = max(LEAST_PACE, int(round(len(viewers) * PACE_OF_A_STREAM, -3)))
            for viewer in viewers[second % HEARTBEAT_SECONDS :: HEARTBEAT_SECONDS]:
                _beat(viewer, self.pace)
            await self._rechecks.end_refused(viewers[second % RECHECK_SECONDS :: RECHECK_SECONDS])


async def _pause(previous: float) -> float:
    """Wait a little longer each time, spread so that processes do not come back all at once; returns the length."""
    length = min(LONGEST_PAUSE, 2 * previous or 0.1)
    await asyncio.sleep(length * random.uniform(0.7, 1.3))  # noqa: S311  # no secret depends on it
    return length


def _beat(viewer: Subscription, pace: int) -> None:
    """Show that the stream is alive; where it passed by facts of others, say how far it is."""
    if pace != viewer.pace:
        viewer.pace = pace  # one number for all, not one each
        viewer.notice(pace_message(pace))
    if not viewer.caught_up:
        return
    if viewer.position is not None and viewer.told is not None and place(viewer.position) > place(viewer.told):
        viewer.told = viewer.position
        viewer.put("", position_message(viewer.position))
    else:
        viewer.put("", HEARTBEAT)
