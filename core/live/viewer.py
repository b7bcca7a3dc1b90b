"""Those who look: one :class:`Subscription` per open page, grouped by what they are shown."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias
from weakref import WeakKeyDictionary, ref

from core.context import Context
from core.live.fact import EVERYONE, Audience
from core.live.transport import place

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from core.context import TenantFacts

QUEUE_LIMIT = 256
"""Messages that may wait for one viewer. Past it the stream ends, and the browser comes back for the rest."""

Ending = Literal["left", "slow", "revoked", "drained"]
Missed: TypeAlias = tuple[str, bytes]
"""A message with its place in the stream; without a place for what is no fact."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class LiveViewer:
    """Everybody who is shown the same bytes: what a renderer may depend on, and nothing else.

    ``is_addressed`` says that the fact names this person in its audience.
    """

    tenant: TenantFacts
    locale: str
    theme: str
    timezone: str
    permissions: frozenset[str]
    is_addressed: bool

    @property
    def context(self) -> Context:
        """A nameless context of the group, for templates."""
        return Context(
            tenant=self.tenant,
            permissions=self.permissions,
            locale=self.locale,
            theme=self.theme,
            timezone=self.timezone,
        )


class Groups:
    """One object for each group, so that ten thousand viewers share it. It is gone with the last of them."""

    def __init__(self) -> None:
        self._shared: WeakKeyDictionary[LiveViewer, ref[LiveViewer]] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self._shared)

    def of(self, ctx: Context, *, is_addressed: bool) -> LiveViewer:
        """Return the group that ``ctx`` is in."""
        group = LiveViewer(ctx.tenant, ctx.locale, ctx.theme, ctx.timezone, ctx.permissions, is_addressed)
        return self._shared.setdefault(group, ref(group))() or group


class Subscription:
    """One open stream: an asynchronous iterator of bytes that ends when the stream has to."""

    __slots__ = (
        "_addressed",
        "_chunks",
        "_known",
        "_notices",
        "_others",
        "_waiter",
        "caught_up",
        "ctx",
        "ending",
        "look",
        "on_end",
        "pace",
        "position",
        "told",
    )

    def __init__(self, ctx: Context, position: str | None, groups: Groups, pace: int = 0) -> None:
        self.ctx = ctx
        self.position = position
        self.told = position
        self.caught_up = False
        self.pace = pace
        self.look = ""
        self.ending: Ending | None = None
        self.on_end: Callable[[], object] | None = None
        # Lists: an empty deque takes ten times as much, and there are ten thousand of these.
        self._chunks: list[Missed] = []
        self._notices: list[bytes] = []
        self._known: tuple[int, int] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._others = groups.of(ctx, is_addressed=False)
        self._addressed = groups.of(ctx, is_addressed=True)

    @property
    def tenant_id(self) -> UUID:
        """The tenant whose facts are followed."""
        return self.ctx.tenant.id

    def group_for(self, audience: Audience) -> LiveViewer | None:
        """Return the group in which this viewer sees a fact, or None when it is not for them."""
        if audience == EVERYONE:
            return self._others
        kind, _, rest = audience.partition(":")
        if kind == "holders":
            return self._others if self.ctx.may(rest) else None
        user, _, permission = rest.partition(":")
        if self.ctx.person is not None and str(self.ctx.person.id) == user:
            return self._addressed
        return self._others if kind == "user_or_holders" and self.ctx.may(permission) else None

    def put(self, position: str, chunk: bytes) -> None:
        """Queue a message; a viewer who lets too many wait is let go."""
        if self.ending is not None or self._is_double(position):
            return
        if len(self._chunks) >= QUEUE_LIMIT:
            self.end("slow")
            return
        self._chunks.append((position, chunk))
        if self.caught_up:
            self._wake()

    def notice(self, chunk: bytes) -> None:
        """Tell something about the stream itself, at once, also to a viewer who still waits for what was missed."""
        if self.ending is None:
            self._notices.append(chunk)
            self._wake()

    def pass_by(self, position: str) -> None:
        """Note that the stream went on by a fact that is not for this viewer."""
        if self.caught_up and not self._chunks:
            self.position = position

    def start(self, position: str, missed: list[Missed]) -> None:
        """Begin with what was missed up to ``position``; what is queued, or yet comes, and is not newer is dropped."""
        newer = [item for item in self._chunks if not item[0] or place(item[0]) > place(position)]
        self._known = place(position)
        self._chunks = [*missed, *newer]
        self.position = position
        self.caught_up = True
        self._wake()

    def end(self, ending: Ending) -> None:
        """Have the stream end. What is queued is still sent when it ends by a drain."""
        if self.ending is None:
            self.ending = ending
            if ending != "drained":
                self._chunks.clear()
            self._wake()
            if self.on_end is not None:
                self.on_end()

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> bytes:
        """Return all that waits, as one piece."""
        while not (self._chunks and self.caught_up):
            if self._notices:
                return self._notices.pop(0)
            if self.ending is not None:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._take()

    def _take(self) -> bytes:
        last = next((position for position, _ in reversed(self._chunks) if position), None)
        if last is not None:
            self.position = self.told = last
        data = self._chunks[0][1] if len(self._chunks) == 1 else b"".join(chunk for _, chunk in self._chunks)
        self._chunks.clear()
        return data

    def _is_double(self, position: str) -> bool:
        """Whether a fact was told while catching up. The facts come in order: after the first newer one, none is."""
        if self._known is None or not position:
            return False
        if place(position) <= self._known:
            return True
        self._known = None
        return False

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
