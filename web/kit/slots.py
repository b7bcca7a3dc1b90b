"""Slots: parts of a page that other features own. All of a page's slots are rendered at once, against a deadline.

A slot that fails, is late, or belongs to a feature that this process does not run becomes a placeholder that loads
itself in the browser, with a button to try again. The rest of the page stands.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from markupsafe import Markup

from web.kit import late
from web.kit.guards import Guard, Needed, Place
from web.kit.services import current_kit
from web.kit.visit import current_context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger(__name__)

DEADLINE = 0.25
"""Seconds that a page waits for its slots, counted from the moment the rest of it is ready."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A part that a feature offers to pages of others, and the address where it can be had alone."""

    name: str
    url: str
    body: Callable[[], Awaitable[str]]
    guard: Guard

    @property
    def feature(self) -> str:
        """The feature that owns the slot."""
        return self.name.partition(".")[0]


SLOTS: dict[str, Slot] = {}
"""The slots of the features that are imported, by name."""


def slot(
    name: str, *, url: str | None = None, needed: Needed = "signed_in", on: Place = "tenant"
) -> Callable[[Callable[[], Awaitable[str]]], Callable[[], Awaitable[str]]]:
    """Offer a slot: ``@slot("files.recent")`` on an async function that returns a rendered fragment.

    The kit also answers GET ``url`` (by default ``/files/recent``) with it, for the same people.
    """

    def register(body: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[str]]:
        SLOTS[name] = Slot(name, url or url_of(name), body, Guard(needed, on))
        return body

    return register


def url_of(name: str) -> str:
    """Return the address of a slot; by its name alone for a feature that this process does not run."""
    found = SLOTS.get(name)
    return found.url if found else f"/{name.replace('.', '/')}"


@dataclass(slots=True)
class _Asked:
    name: str
    task: asyncio.Task[str] | None
    look: SlotLook
    deadline: float


@dataclass(frozen=True, slots=True)
class SlotLook:
    """How a placeholder behaves: ``lazy`` loads when it comes into view, ``quiet`` takes no room while it waits."""

    lazy: bool = False
    quiet: bool = False


_asked: ContextVar[dict[str, _Asked] | None] = ContextVar("slots", default=None)
MARK = re.compile(r"<!--slot ([0-9a-f]{16})-->")


def collecting() -> None:
    """Begin a page: from here on, :func:`fragment` starts slots."""
    _asked.set({})


def fragment(
    name: str, *, lazy: bool = False, optional: bool = False, quiet: bool = False, deadline: float = DEADLINE
) -> Markup:
    """Stand for a slot within a template. It begins to render at once; :func:`fill_slots` puts it in.

    ``lazy`` leaves it to the browser, which loads it when it comes into view (a menu that opens). ``optional`` leaves
    it out where no feature offers it. ``quiet`` shows nothing while it is waited for.
    ``deadline`` is how long the page waits for it, if not as long as for others.
    """
    found = SLOTS.get(name)
    runs_here = _runs_here(name.partition(".")[0])
    if optional and found is None and (runs_here or not _is_built(name.partition(".")[0])):
        return Markup("")
    look = SlotLook(lazy, quiet)
    asked = _asked.get()
    if asked is None or lazy:
        return placeholder(name, look)
    task = asyncio.ensure_future(_render(found)) if found is not None and runs_here else None
    mark = secrets.token_hex(8)
    asked[mark] = _Asked(name, task, look, deadline)
    return Markup(f"<!--slot {mark}-->")  # noqa: S704  # hexadecimal digits


async def fill_slots(html: Markup) -> str:
    """Return the page with its slots in place, each no later than its deadline."""
    asked = _asked.get() or {}
    began = asyncio.get_running_loop().time()
    for item in sorted(asked.values(), key=lambda item: item.deadline):
        if item.task is not None:
            left = item.deadline - (asyncio.get_running_loop().time() - began)
            await asyncio.wait({item.task}, timeout=max(0.0, left))
    contents = {mark: _content(item) for mark, item in asked.items()}
    return MARK.sub(lambda found: contents.get(found[1], ""), html)


async def _render(found: Slot) -> str:
    found.guard.check(current_context())
    return await found.body()


def _content(item: _Asked) -> str:
    if item.task is None:
        return placeholder(item.name, item.look)
    if not item.task.done():
        late.leave(item.task)
        log.warning("slot.late", slot=item.name)
        return placeholder(item.name, item.look)
    error = None if item.task.cancelled() else item.task.exception()
    if item.task.cancelled() or error is not None:
        log.warning("slot.failed", slot=item.name, error=repr(error))
        return placeholder(item.name, item.look)
    return item.task.result()


def placeholder(name: str, look: SlotLook = SlotLook()) -> Markup:
    """Return what stands for a slot until the browser has loaded it."""
    from web.kit.pages import render  # noqa: PLC0415  # pages fill slots

    return render("kit/_slot.html", {"name": name, "url": url_of(name), "look": look})


def _runs_here(feature: str) -> bool:
    features = current_kit().services.settings.features
    return not features or feature in features


def _is_built(feature: str) -> bool:
    """Whether the product has such a feature at all, here or in another process."""
    return feature in current_kit().services.features
