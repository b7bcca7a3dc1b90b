"""The stream of a page, ``GET /live?after=<position>``: plain ASGI, because ten thousand of them are open at once."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import structlog

from core.live.hub import LEAST_PACE
from core.live.message import HEARTBEAT, pace_message
from core.turns import BusyError
from web.kit.limits import network_of
from web.kit.openings import refuse
from web.kit.services import serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from core.context import Context
    from core.live import Fact, LiveViewer, Subscription
    from core.turns import Turn
    from web.kit.openings import Openings
    from web.kit.services import Kit
    from web.kit.visit import Visit

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]
    RenderFact = Callable[[Fact, LiveViewer], Awaitable[str | None]]

log = structlog.get_logger(__name__)

PATH = "/live"
RESOLVE_SECONDS = 8
LAST_SECONDS = 5
"""What a stream that has to end may still take to send what it holds."""
POSITION = re.compile(r"[0-9]{1,16}-[0-9]{1,10}(?:\.[0-9a-f]{1,16})?")
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
RENDERERS: dict[str, RenderFact] = {}
"""What turns facts into HTML, by topic."""


def live_renderer(topic: str) -> Callable[[RenderFact], RenderFact]:
    """Have an async function turn facts of ``topic`` into ``<hx-partial>`` elements, once per group of viewers.

    It gets the fact and the group (:class:`core.live.LiveViewer`), never a person: ``render_live`` renders for it.
    ``services()`` works in it. None shows nothing.
    """

    def register(renderer: RenderFact) -> RenderFact:
        RENDERERS[topic] = renderer
        return renderer

    return register


class FactRenderer:
    """Renders facts by their topic's renderer, with the kit around it."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def __call__(self, fact: Fact, viewer: LiveViewer) -> str | None:
        """Return the HTML for a group, or None for a topic that this process shows nowhere."""
        renderer = RENDERERS.get(fact.topic)
        if renderer is None:
            return None
        services = self._kit.services
        # A stream lives longer than a wording: what it shows is said as the tenant says it now.
        tenant = await services.stream_identity.tenant_by_slug(viewer.tenant.slug) or viewer.tenant
        await services.wordings.load(tenant.id, tenant.wording)
        with serving(self._kit):
            return await renderer(fact, replace(viewer, tenant=tenant))


async def answer(  # noqa: PLR0917  # an ASGI application's three, and what it works with
    kit: Kit, openings: Openings, visit: Visit, scope: Mapping[str, Any], receive: Receive, send: Send
) -> Context | None:
    """Stream until the browser leaves, or the stream has to end; returns who looked, if anybody might.

    Whoever may not look gets 401, 404, 429 or 503 in plain text, never a redirect: the page would take it for a stream.
    """
    network = network_of(visit.address)
    turn = openings.turns.turn(network)
    try:
        await turn.take()
        if seconds := openings.count(network, visit.token):
            await turn.end()
            await openings.send_away(send, 429, seconds)
            return None
        ctx = await _who(kit, scope, visit)
        if ctx is None or ctx.person is None:
            await refuse(send, 404 if ctx is None else 401)
        elif kit.services.hub.draining:
            await refuse(send, 503, (b"retry-after", b"1"))
        elif kit.services.hub.is_full_for(ctx):
            await refuse(send, 429, (b"retry-after", b"30"))
        else:
            await _stream(kit, ctx, _position(scope), receive, send, turn)
    except BusyError:
        await openings.send_away(send)
        return None
    finally:
        await turn.end()
    return ctx


async def _who(kit: Kit, scope: Mapping[str, Any], visit: Visit) -> Context | None:
    """Return who looks; whatever cannot be asked now, the page tries again."""
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            return await kit.services.stream_identity.resolve(
                visit.host, visit.token, accept_language=_language(scope), device=visit.device
            )
    except Exception as error:
        log.warning("live.unavailable", error=repr(error))
        raise BusyError from error


async def _stream(  # noqa: PLR0917  # both directions, and what ends as it begins
    kit: Kit, ctx: Context, position: str | None, receive: Receive, send: Send, turn: Turn
) -> None:
    hub = kit.services.hub
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    first = HEARTBEAT if hub.pace == LEAST_PACE else pace_message(hub.pace)
    await send({"type": "http.response.body", "body": first, "more_body": True})
    subscription = hub.join(ctx, position)
    await turn.end()
    watcher = asyncio.create_task(_watch(receive, subscription))
    subscription.on_end = _give_up_later(asyncio.current_task())
    try:
        async for data in subscription:
            await send({"type": "http.response.body", "body": data, "more_body": True})
        if subscription.ending != "left":
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    except asyncio.CancelledError:
        if subscription.ending is None:
            raise  # not ours: the server itself is stopping
    finally:
        subscription.on_end = None
        kit.services.hub.leave(subscription)
        watcher.cancel()


def _give_up_later(stream: asyncio.Task[Any] | None) -> Callable[[], object]:
    """Return what stops a stream that cannot end because its browser takes nothing any more."""
    loop = asyncio.get_running_loop()

    def give_up() -> None:
        if stream is not None and not stream.done():
            stream.cancel()

    return lambda: loop.call_later(LAST_SECONDS, give_up)


async def _watch(receive: Receive, subscription: Subscription) -> None:
    """End the stream when the browser has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    subscription.end("left")


def _position(scope: Mapping[str, Any]) -> str | None:
    """Return where the page is: the last message it got wins over the position it was rendered at."""
    last = next((value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"last-event-id"), "")
    after = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    return next((found for found in (last, after) if POSITION.fullmatch(found)), None)


def _language(scope: Mapping[str, Any]) -> str:
    found = (value for name, value in scope["headers"] if name.lower() == b"accept-language")
    return next(found, b"").decode("latin-1")
