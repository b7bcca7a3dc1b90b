"""From facts to bytes in viewers' queues: in order, rendered once per group of viewers who see the same."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import structlog

from core.live.message import html_message, named_message, reset_message
from core.live.transport import BEGINNING, Transport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from core.live.fact import Fact
    from core.live.viewer import LiveViewer, Missed, Subscription

log = structlog.get_logger(__name__)

RENDER_SECONDS = 3.0
RENDERED_KEPT = 1024
BURST = 50
BREATH_SECONDS = 0.01
"""A pause after each burst, so that the queues of those who do take it never fill."""
CATCH_UP_SUBJECTS = 50
"""Subjects of which a page that was away is told the newest; past that it reads itself again, for less.

What counts is what has to be rendered: four files that went through all their steps while a page had lost its stream
are sixty facts of a dozen subjects, and must not cost it the cards that it shows.
"""
CATCH_UP_FACTS = 200
"""Facts that are read for it, and told by their number alone where a newer one follows; less than a queue holds."""


Renderer: TypeAlias = "Callable[[Fact, LiveViewer], Awaitable[str | None]]"
"""Turns a fact into what one group of viewers is shown: HTML made of ``<hx-partial>`` elements; None shows nothing."""


@dataclass(slots=True, eq=False)
class Channel:
    """A tenant that somebody looks at. ``position`` is what has been read of its stream; None until it is known."""

    tenant_id: UUID
    position: str | None = None
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    viewers: set[Subscription] = field(default_factory=set)
    inbox: deque[Fact] = field(default_factory=deque)
    dispatcher: asyncio.Task[None] | None = None

    def open(self, position: str) -> None:
        """Say where reading begins."""
        self.position = position
        self.opened.set()

    def reset(self, position: str) -> None:
        """Go on from elsewhere: what lies between is lost, so every page reads itself again."""
        self.position = position
        for viewer in self.viewers:
            viewer.put("", reset_message(position))


class Delivery:
    """Delivers facts to the viewers of a channel."""

    def __init__(self, transport: Transport, render: Renderer | None) -> None:
        self.render = render
        self._transport = transport
        self._rendered: OrderedDict[tuple[UUID, str, LiveViewer], bytes | None] = OrderedDict()

    async def empty(self, channel: Channel) -> None:
        """Deliver what waits in the channel's inbox, in order, at a pace that browsers can take."""
        delivered = 0
        try:
            while channel.inbox:
                await self._deliver(channel, channel.inbox.popleft())
                delivered += 1
                await asyncio.sleep(0 if delivered % BURST else BREATH_SECONDS)
        finally:
            channel.dispatcher = None

    async def missed(self, channel: Channel, viewer: Subscription) -> tuple[str, list[Missed]]:
        """Return where a viewer's stream begins, and what has to be told first."""
        now = channel.position or BEGINNING
        if viewer.position is None:
            return now, []
        extent = await self._transport.extent(channel.tenant_id)
        if not extent.can_resume(viewer.position):
            return extent.newest, [("", reset_message(extent.newest))]
        facts = await self._transport.after(channel.tenant_id, viewer.position, limit=CATCH_UP_FACTS + 1)
        newest = {(fact.topic, fact.key, fact.audience): fact.id for fact in facts}
        if len(facts) > CATCH_UP_FACTS or len(newest) > CATCH_UP_SUBJECTS:
            return extent.newest, [("", reset_message(extent.newest))]
        missed = []
        for fact in facts:
            is_newest = newest[fact.topic, fact.key, fact.audience] == fact.id
            chunk = await self._chunk_for(fact, viewer) if is_newest else _passed(fact, viewer)
            if chunk is not None:
                missed.append((fact.id, chunk))
        return (facts[-1].id if facts else viewer.position), missed

    async def _deliver(self, channel: Channel, fact: Fact) -> None:
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

    async def _chunk_for(self, fact: Fact, viewer: Subscription) -> bytes | None:
        group = viewer.group_for(fact.audience)
        return None if group is None else await self._chunk(fact, group)

    async def _chunk(self, fact: Fact, group: LiveViewer) -> bytes | None:
        """Return the fact as this group is shown it, made once."""
        if ":" in fact.topic:
            return named_message(fact.id, fact.topic, {"key": fact.key, **fact.params})
        key = (fact.tenant_id, fact.id, group)
        if key not in self._rendered:
            self._rendered[key] = await self._make_chunk(fact, group)
            if len(self._rendered) > RENDERED_KEPT:
                self._rendered.popitem(last=False)
        return self._rendered[key]

    async def _make_chunk(self, fact: Fact, group: LiveViewer) -> bytes | None:
        try:
            async with asyncio.timeout(RENDER_SECONDS):
                html = await self.render(fact, group) if self.render else None
        except Exception:  # one feature's renderer must not silence the others; the page reads that state itself
            log.exception("live.render_failed", topic=fact.topic, key=fact.key)
            return reset_message(fact.id)
        return html_message(fact.id, html) if html else None


def _passed(fact: Fact, viewer: Subscription) -> bytes | None:
    """Return what is told of a fact where a newer one of its subject follows: its number, if the subject counts."""
    if fact.number is None or viewer.group_for(fact.audience) is None:
        return None
    return named_message(fact.id, "live:passed", {"subject": f"{fact.topic}-{fact.key}", "seq": fact.number})
