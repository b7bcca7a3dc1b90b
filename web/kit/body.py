"""Request bodies, taken from the server only as fast as the route reads them.

Quart would buffer whatever the network brings; an upload of gigabytes must cost no more than a chunk of memory.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from quart import request
from quart.asgi import ASGIHTTPConnection
from quart.wrappers import Request
from quart.wrappers.request import Body
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge, RequestTimeout

from web.kit.form_body import FormParser
from web.kit.visit import current_visit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterator

    from core.turns import Turn

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

RouteT = TypeVar("RouteT", bound="Callable[..., Any]")

SILENCE_SECONDS = 30
"""How long the network may bring nothing while a body is under way."""
BODY_SECONDS = 30
"""How long all of a body may be waited for."""
STREAM_BYTES = 64 * 1024
STREAM_SECONDS = 60
"""How long each 64 KiB of a streamed body may be waited for: about 1 KiB a second. What the route does is not counted,
and nobody saves up time by sending fast before.
"""
SOON_SECONDS = 0.02
LEFT_OVER_BYTES = 2 * 1024 * 1024
LEFT_OVER_SECONDS = 2

clock = time.monotonic


class PulledBody(Body):
    """A body that asks the server for its next piece when the route asks for it."""

    def __init__(self, expected_content_length: int | None, max_content_length: int | None) -> None:
        super().__init__(expected_content_length, max_content_length)
        self._expected = expected_content_length
        self._must_raise = None
        self._receive: Receive | None = None
        self._taken = 0
        self._fresh = 0
        self._waited = 0.0
        self._streams = False
        self._ended = False
        self.moved_at = 0.0
        self.turn: Turn | None = None
        self.waiting = False
        self.patience: float | None = None

    def connect(self, receive: Receive) -> None:
        """Say where the pieces come from."""
        self._receive = receive
        self.moved_at = asyncio.get_running_loop().time()

    def bound(self, limit: int) -> None:
        """Take up to ``limit`` bytes."""
        self._max_content_length = limit

    async def stream(self, limit: int) -> None:
        """Take up to ``limit`` bytes, for as long as they come fast enough. That is nobody's turn to work."""
        self._max_content_length = limit
        self._streams = True
        if self.turn is not None:
            await self.turn.end()

    async def wait_for_turn(self, turn: Turn) -> None:
        """Wait for the turn to make an answer, for as long as the browser waits for one.

        Raises:
            BusyError: it does not come in time.
            ClientDisconnected: the browser went away. Known of a request without a body alone; of another, looking for
                its end could lose a piece.
        """
        self.turn = turn
        taking = asyncio.ensure_future(turn.take())
        await asyncio.sleep(0)
        if taking.done() or self._receive is None or not _is_bodiless():
            return await taking
        watching = asyncio.ensure_future(self._until_gone(self._receive))
        try:
            await asyncio.wait({taking, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not taking.done():
                raise ClientDisconnected
            await taking
        finally:
            watching.cancel()
            taking.cancel()

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            self._ended = True

    async def __anext__(self) -> bytes:
        """Return the next piece.

        Raises:
            RequestEntityTooLarge: there is more than is allowed.
            RequestTimeout: nothing came for too long, or too little.
            ClientDisconnected: the browser went away.
        """
        self._check(self._expected or 0)
        while not self._ended:
            if piece := await self._next():
                self._check(self._taken)
                return piece
        raise StopAsyncIteration

    def __await__(self) -> Generator[Any, None, bytes]:
        return self._all().__await__()

    def leave(self) -> None:
        """Let the server close the connection rather than take the rest: whoever sends it has no business here."""
        self._ended = True

    async def discard(self) -> None:
        """Take what is left of a body that nobody read, within reason, so that the browser sees the answer."""
        left = LEFT_OVER_BYTES
        async with asyncio.timeout(LEFT_OVER_SECONDS):
            while not self._ended and left > 0:
                left -= len(await self._next())

    async def _all(self) -> bytes:
        async for piece in self:
            self._data.extend(piece)
        return bytes(self._data)

    async def _next(self) -> bytes:
        if self._receive is None:
            raise RuntimeError("the body is not connected to a server")
        message = await self._arrival(self._receive)
        if self.turn is not None:
            await self.turn.resume()
        self.moved_at = asyncio.get_running_loop().time()
        if message["type"] == "http.disconnect":
            self._ended = True
            raise ClientDisconnected
        piece: bytes = message.get("body", b"")
        self._ended = not message.get("more_body", False)
        self._taken += len(piece)
        self._judge_pace(len(piece))
        return piece

    async def _arrival(self, receive: Receive) -> Any:  # noqa: ANN401  # an ASGI message
        began = clock()
        self.waiting = True
        try:
            async with asyncio.timeout(min(SILENCE_SECONDS, self._left())):
                return await self._received(receive)
        except TimeoutError:
            raise self._too_slow() from None
        finally:
            self.waiting = False
            self._waited += clock() - began

    async def _received(self, receive: Receive) -> Any:  # noqa: ANN401  # an ASGI message
        """Return what comes next; a browser that takes its time with it takes nobody's turn."""
        if self.turn is None or not self.turn.is_held:
            return await receive()
        arriving = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({arriving}, timeout=SOON_SECONDS)
            if not arriving.done():
                await self.turn.rest()
            return await arriving
        finally:
            arriving.cancel()

    def _left(self) -> float:
        """Return for how many seconds more the network may be waited for."""
        return (STREAM_SECONDS if self._streams else BODY_SECONDS) - self._waited

    def _judge_pace(self, octets: int) -> None:
        self._fresh += octets
        if self._streams and self._fresh >= STREAM_BYTES:
            self._fresh, self._waited = 0, 0.0
        elif self._left() <= 0 and not self._ended:
            raise self._too_slow()

    def _too_slow(self) -> RequestTimeout:
        self._ended = True
        return RequestTimeout()

    def _check(self, octets: int) -> None:
        if self._max_content_length is not None and octets > self._max_content_length:
            raise RequestEntityTooLarge


class PulledRequest(Request):
    """A request whose body is pulled, and whose cookies are those that the gate has read."""

    body_class = PulledBody
    form_data_parser_class = FormParser
    body: PulledBody

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """Our own cookies, as ``web.kit.cookies`` reads them: there is no second parser that reads others."""
        return ImmutableMultiDict(current_visit().cookies)


class PulledConnection(ASGIHTTPConnection):
    """One request and its answer. A browser that goes away does not stop a route half way; its transaction ends."""

    async def __call__(self, receive: Receive, send: Send) -> None:
        """Answer the request."""
        pulled = self._create_request_from_scope(send)
        if isinstance(pulled, PulledRequest):
            pulled.body.connect(receive)
        await self.handle_request(pulled, send)


def _is_bodiless() -> bool:
    headers = request.headers
    return request.method in {"GET", "HEAD"} and not {"Content-Length", "Transfer-Encoding"} & set(headers.keys())


def current_body() -> PulledBody:
    """Return the body of the request that is being answered."""
    body = request.body
    assert isinstance(body, PulledBody)  # WebApp makes no other
    return body


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let what stands in it keep the answer waiting for ``seconds`` without news of the body, instead of the usual few.

    A store may take minutes to put a large object together after its last byte.
    """
    body = current_body()
    body.patience = seconds
    try:
        yield
    finally:
        body.patience = None
        body.moved_at = asyncio.get_running_loop().time()


def streams_body(route: RouteT) -> RouteT:
    """Mark a route that reads ``request.body`` itself, piece by piece, up to the largest upload.

    The CSRF token is then checked before the route runs if it came by header; otherwise the route must call
    ``check_token`` with the field ``csrf_token`` before it does anything with what follows.
    ``web.kit.uploads.parts`` does that.
    """
    route.__adx_streams__ = True  # type: ignore[attr-defined]  # read by the app
    return route
