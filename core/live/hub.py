"""One reader a process for all its viewers: waits on the streams of every tenant that is looked at, and fans out.

Facts of a tenant are delivered in their order. Each is rendered once per group of viewers who see the same, and the
bytes are shared. When Redis goes away the streams stay open; when it is back, reading goes on from the last id.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from core.live.message import HEARTBEAT, html_message, named_message, position_message, reset_message
from core.live.transport import BEGINNING, Transport, place
from core.live.viewer import LiveViewer, Subscription

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from core.context import Context
    from core.live.fact import Fact

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 15
RECHECK_SECONDS = 4
UNCHECKED_SECONDS = 60
"""How long streams stay open while nobody can say whether their sessions still hold."""
WAIT_SECONDS = 2.0
LONGEST_PAUSE = 2.0
RENDER_SECONDS = 3.0
CATCH_UP_LIMIT = 1000
CATCH_UPS_AT_ONCE = 16
RENDERED_KEPT = 1024

OUTAGE = (RedisError, OSError, TimeoutError)


class Renderer(Protocol):
    """Turns a fact into what one group of viewers is shown; None shows nothing."""

    async def __call__(self, fact: Fact, viewer: LiveViewer) -> str | None:
        """Return HTML made of ``<hx-partial>`` elements."""


class Gatekeeper(Protocol):
    """Says whose sessions still hold."""

    async def __call__(self, subscriptions: Sequence[Subscription]) -> Collection[Subscription]:
        """Return those that may stay."""


@dataclass(slots=True)
class _Channel:
    """A tenant that somebody looks at. ``position`` is what has been read of its stream; None until it is known."""

    tenant_id: UUID
    position: str | None = None
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    viewers: set[Subscription] = field(default_factory=set)
    inbox: deque[Fact] = field(default_factory=deque)
    dispatcher: asyncio.Task[None] | None = None


class Hub:
    """Joins pages to their tenants' facts. :meth:`start` once, :meth:`drain` before the process ends."""

    def __init__(
        self, transport: Transport, *, render: Renderer | None = None, gatekeeper: Gatekeeper | None = None
    ) -> None:
        self._transport = transport
        self.render = render
        self.gatekeeper = gatekeeper
        self._channels: dict[UUID, _Channel] = {}
        self._groups: dict[LiveViewer, LiveViewer] = {}
        self._rendered: OrderedDict[tuple[UUID, str, int], bytes | None] = OrderedDict()
        self._wake_key = f"adx:live:wake:{secrets.token_hex(8)}"
        self._wake_id = BEGINNING
        self._catching_up = asyncio.Semaphore(CATCH_UPS_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._checked_at = 0.0
        self._draining = False

    @property
    def viewers(self) -> int:
        """How many streams are open."""
        return sum(len(channel.viewers) for channel in self._channels.values())

    async def start(self) -> None:
        """Begin to read; returns at once, also when Redis is down."""
        self._checked_at = asyncio.get_running_loop().time()
        self._spawn(self._read_forever())
        self._spawn(self._tick_forever())

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

    def join(self, ctx: Context, position: str | None, *, token: str | None = None) -> Subscription:
        """Open a stream of what ``ctx`` may see, from after ``position`` (from now on without one)."""
        viewer = Subscription(ctx, position, token, self._groups)
        if self._draining:
            viewer.end("drained")
            return viewer
        channel = self._channels.get(ctx.tenant_id)
        if channel is None:
            channel = self._channels[ctx.tenant_id] = _Channel(ctx.tenant_id)
            self._spawn(self._wake())
        channel.viewers.add(viewer)
        if channel.position is not None and position in {None, channel.position}:
            viewer.start(channel.position, [])
        else:
            self._spawn(self._catch_up(channel, viewer))
        return viewer

    def leave(self, viewer: Subscription) -> None:
        """Forget a stream. The last one of a tenant takes the tenant with it."""
        viewer.end("left")
        channel = self._channels.get(viewer.tenant_id)
        if channel is None:
            return
        channel.viewers.discard(viewer)
        if not channel.viewers:
            self._channels.pop(viewer.tenant_id, None)
            channel.opened.set()

    # --- reading --------------------------------------------------------------------------------------------------

    async def _read_forever(self) -> None:
        pause, was_out = 0.0, False
        while True:
            try:
                if was_out:
                    await self._check_positions()
                await self._open_channels()
                await self._read_once()
                pause, was_out = 0.0, False
            except OUTAGE as error:
                if not was_out:
                    log.warning("live.outage", error=str(error))
                was_out = True
                pause = min(LONGEST_PAUSE, 2 * pause or 0.1)
                await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311  # spreads reconnects

    async def _read_once(self) -> None:
        positions = {id: c.position for id, c in self._channels.items() if c.position is not None}  # noqa: A001
        arrived = await self._transport.wait(positions, self._wake_key, self._wake_id, seconds=WAIT_SECONDS)
        self._wake_id = arrived.wake_id or self._wake_id
        for tenant_id, facts in arrived.facts.items():
            channel = self._channels.get(tenant_id)
            if channel is None or channel.position != positions[tenant_id]:
                continue  # left and opened anew while this was under way: its own reading covers them
            channel.position = facts[-1].id
            channel.inbox.extend(facts)
            if channel.dispatcher is None:
                channel.dispatcher = self._spawn(self._dispatch(channel))

    async def _open_channels(self) -> None:
        for channel in [c for c in self._channels.values() if c.position is None]:
            extent = await self._transport.extent(channel.tenant_id)
            channel.position = extent.newest
            channel.opened.set()

    async def _check_positions(self) -> None:
        """After an outage: where the stream no longer reaches back to where we were, pages read themselves again."""
        for channel in [c for c in self._channels.values() if c.position is not None]:
            extent = await self._transport.extent(channel.tenant_id)
            if channel.position is not None and not extent.can_resume(channel.position):
                channel.position = extent.newest
                for viewer in channel.viewers:
                    viewer.put("", reset_message(extent.newest))

    async def _wake(self) -> None:
        with suppress(*OUTAGE):  # an outage ends the wait by itself
            await self._transport.wake(self._wake_key)

    # --- delivering -----------------------------------------------------------------------------------------------

    async def _dispatch(self, channel: _Channel) -> None:
        try:
            while channel.inbox:
                await self._deliver(channel, channel.inbox.popleft())
        finally:
            channel.dispatcher = None

    async def _deliver(self, channel: _Channel, fact: Fact) -> None:
        groups: dict[int, tuple[LiveViewer, list[Subscription]]] = {}
        for viewer in channel.viewers:
            group = viewer.group_for(fact.audience)
            if group is None:
                viewer.pass_by(fact.id)
            else:
                groups.setdefault(id(group), (group, []))[1].append(viewer)
        for group, viewers in groups.values():
            chunk = await self._chunk(fact, group)
            for viewer in viewers:
                if chunk is None:
                    viewer.pass_by(fact.id)
                else:
                    viewer.put(fact.id, chunk)

    async def _chunk(self, fact: Fact, group: LiveViewer) -> bytes | None:
        """Return the fact as this group is shown it, made once."""
        if ":" in fact.topic:
            return named_message(fact.id, fact.topic, {"key": fact.key, **fact.params})
        key = (fact.tenant_id, fact.id, id(group))
        if key not in self._rendered:
            self._rendered[key] = await self._make_chunk(fact, group)
            if len(self._rendered) > RENDERED_KEPT:
                self._rendered.popitem(last=False)
        return self._rendered.get(key)

    async def _make_chunk(self, fact: Fact, group: LiveViewer) -> bytes | None:
        try:
            async with asyncio.timeout(RENDER_SECONDS):
                html = await self.render(fact, group) if self.render else None
        except Exception:  # one feature's renderer must not silence the others; the page reads that state itself
            log.exception("live.render_failed", topic=fact.topic, key=fact.key)
            return reset_message(fact.id)
        return html_message(fact.id, html) if html else None

    async def _catch_up(self, channel: _Channel, viewer: Subscription) -> None:
        """Bring a viewer to the present. Joined before it reads, so what arrives meanwhile is queued, never missed."""
        pause = 0.1
        while viewer.ending is None:
            try:
                await channel.opened.wait()
                async with self._catching_up:
                    viewer.start(*await self._missed(channel, viewer))
            except OUTAGE:
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, 2 * pause)
            else:
                return

    async def _missed(self, channel: _Channel, viewer: Subscription) -> tuple[str, list[tuple[str, bytes]]]:
        now = channel.position or BEGINNING
        if viewer.position is None:
            return now, []
        extent = await self._transport.extent(channel.tenant_id)
        if not extent.can_resume(viewer.position):
            return extent.newest, [("", reset_message(extent.newest))]
        facts = await self._transport.after(channel.tenant_id, viewer.position, limit=CATCH_UP_LIMIT + 1)
        if len(facts) > CATCH_UP_LIMIT:
            return extent.newest, [("", reset_message(extent.newest))]
        missed = []
        for fact in facts:
            group = viewer.group_for(fact.audience)
            chunk = await self._chunk(fact, group) if group else None
            if chunk is not None:
                missed.append((fact.id, chunk))
        return (facts[-1].id if facts else viewer.position), missed

    # --- keeping ----------------------------------------------------------------------------------------------------

    async def _tick_forever(self) -> None:
        """Every second, tend a share of the streams, so that ten thousand are not tended in one burst."""
        second = 0
        while True:
            await asyncio.sleep(1)
            second += 1
            viewers = [viewer for channel in self._channels.values() for viewer in channel.viewers]
            for viewer in viewers[second % HEARTBEAT_SECONDS :: HEARTBEAT_SECONDS]:
                _beat(viewer)
            await self._recheck(viewers[second % RECHECK_SECONDS :: RECHECK_SECONDS])

    async def _recheck(self, viewers: Sequence[Subscription]) -> None:
        if self.gatekeeper is None or not viewers:
            return
        now = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(1):
                staying = await self.gatekeeper(viewers)
            self._checked_at = now
        except Exception:  # noqa: BLE001  # whatever keeps us from asking; the time limit decides
            if now - self._checked_at < UNCHECKED_SECONDS:
                return
            staying = ()
        kept = set(staying)
        for viewer in viewers:
            if viewer not in kept:
                viewer.end("revoked")

    def _spawn(self, work: object) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)  # type: ignore[arg-type]  # coroutines of this class
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _beat(viewer: Subscription) -> None:
    """Show that the stream is alive; where it passed by facts of others, say how far it is."""
    if not viewer.caught_up:
        return
    if viewer.position is not None and viewer.told is not None and place(viewer.position) > place(viewer.told):
        viewer.told = viewer.position
        viewer.put("", position_message(viewer.position))
    else:
        viewer.put("", HEARTBEAT)
