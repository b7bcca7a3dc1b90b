"""Search over all features: each offers a provider, and the shell asks all of them at once, against a deadline.

A provider that fails or is late leaves its group marked; the others stand. The shell imports no feature for it::

    @searchable("files", title=N_("Files"), needed=VIEW)
    async def find_files(query: Query) -> Sequence[Hit]: ...
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from core.errors import DomainError
from web.kit import late
from web.kit.guards import Needed, meets
from web.kit.services import current_kit
from web.kit.visit import current_context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from core.messages import Message

    Find = Callable[["Query"], Awaitable[Sequence["Hit"]]]

log = structlog.get_logger(__name__)

DEADLINE = 0.4
"""Seconds that an answer waits for its providers, all together."""
LIMIT = 6
MOST_OF_A_GROUP = 12
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for: the text without surrounding space, and how many hits a provider may return."""

    text: str
    limit: int = LIMIT

    @property
    def pattern(self) -> str:
        r"""The text for ``ilike(..., escape="\\")``, found anywhere; its own ``%`` and ``_`` are literal."""
        return f"%{_escaped(self.text)}%"

    @property
    def beginning(self) -> str:
        """The text as a pattern of what begins with it."""
        return f"{_escaped(self.text)}%"

    def matches(self, text: str) -> bool:
        """Whether every word of the query begins a word of ``text``."""
        words = text.casefold().split()
        return all(any(word.startswith(part) for word in words) for part in self.text.casefold().split())


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found.

    ``press`` is the selector of a control of the page that is pressed instead of following ``href``; ``reload`` leads
    to another host; ``remembered`` puts it among the recent ones of this device once it has been chosen.
    """

    title: Message | str
    href: str
    icon: str
    detail: Message | str | None = None
    press: str | None = None
    reload: bool = False
    remembered: bool = True


@dataclass(frozen=True, slots=True)
class Provider:
    """A feature's own search."""

    name: str
    title: Message
    find: Find
    needed: Needed
    order: int
    empty: bool


@dataclass(frozen=True, slots=True)
class Group:
    """What one provider found, or that it could not say."""

    name: str
    title: Message
    hits: tuple[Hit, ...] = ()
    failed: bool = False


PROVIDERS: dict[str, Provider] = {}
"""The providers of the features that are imported, by name."""


def searchable(
    name: str, *, title: Message, needed: Needed = "signed_in", order: int = 50, empty: bool = False
) -> Callable[[Find], Find]:
    """Offer a search: ``name`` is the feature, or ``<feature>.<what>``; ``title`` heads its group.

    Only who meets ``needed`` is answered. Groups stand by ``order``; ``empty`` also answers before anything is typed.
    """

    def register(find: Find) -> Find:
        PROVIDERS[name] = Provider(name, title, find, needed, order, empty)
        return find

    return register


async def search(text: str) -> tuple[Group, ...]:
    """Ask all providers for what the reader may see, and return their groups no later than the deadline."""
    query = Query(" ".join(text.replace("\0", "").split())[:LONGEST])
    ctx = current_context()
    asked = [
        provider
        for provider in sorted(PROVIDERS.values(), key=lambda each: (each.order, each.name))
        if meets(ctx, provider.needed) and _runs_here(provider.name) and (query.text or provider.empty)
    ]
    tasks = [asyncio.ensure_future(provider.find(query)) for provider in asked]
    if tasks:
        await asyncio.wait(tasks, timeout=DEADLINE)
    return tuple(_group(provider, task) for provider, task in zip(asked, tasks, strict=True))


def _group(provider: Provider, task: asyncio.Future[Sequence[Hit]]) -> Group:
    name = provider.name.replace(".", "-")
    if not task.done():
        late.leave(task)
        log.warning("search.late", provider=provider.name)
        return Group(name, provider.title, failed=True)
    error = None if task.cancelled() else task.exception()
    if task.cancelled() or error is not None:
        if not isinstance(error, DomainError):
            log.warning("search.failed", provider=provider.name, error=repr(error))
        return Group(name, provider.title, failed=True)
    return Group(name, provider.title, tuple(task.result()[:MOST_OF_A_GROUP]))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _runs_here(name: str) -> bool:
    features = current_kit().services.settings.features
    return not features or name.partition(".")[0] in features | {"shell"}
