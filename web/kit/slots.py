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

from web.kit.guards import Guard, Level, Place
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
    name: str, *, url: str | None = None, level: Level = "member", on: Place = "tenant"
) -> Callable[[Callable[[], Awaitable[str]]], Callable[[], Awaitable[str]]]:
    """Offer a slot: ``@slot("files.recent")`` on an async function that returns a rendered fragment.

    The kit also answers GET ``url`` (by default ``/files/recent``) with it, for the same people.
    """

    def register(body: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[str]]:
        SLOTS[name] = Slot(name, url or url_of(name), body, Guard(level, on))
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


_asked: ContextVar[dict[str, _Asked] | None] = ContextVar("slots", default=None)
MARK = re.compile(r"<!--slot ([0-9a-f]{16})-->")


def collecting() -> None:
    """Begin a page: from here on, :func:`fragment` starts slots."""
    _asked.set({})


def fragment(name: str) -> Markup:
    """Stand for a slot within a template. It begins to render at once; :func:`fill_slots` puts it in."""
    asked = _asked.get()
    if asked is None:
        return placeholder(name)
    found = SLOTS.get(name)
    runs_here = found is not None and _runs_here(found.feature)
    task = asyncio.ensure_future(_render(found)) if found is not None and runs_here else None
    mark = secrets.token_hex(8)
    asked[mark] = _Asked(name, task)
    return Markup(f"<!--slot {mark}-->")  # noqa: S704  # hexadecimal digits


async def fill_slots(html: Markup) -> str:
    """Return the page with its slots in place, no later than the deadline."""
    asked = _asked.get() or {}
    tasks = [item.task for item in asked.values() if item.task is not None]
    if tasks:
        await asyncio.wait(tasks, timeout=DEADLINE)
    contents = {mark: _content(item) for mark, item in asked.items()}
    return MARK.sub(lambda found: contents.get(found[1], ""), html)


async def _render(found: Slot) -> str:
    found.guard.check(current_context())
    return await found.body()


def _content(item: _Asked) -> str:
    if item.task is None:
        return placeholder(item.name)
    if not item.task.done():
        item.task.cancel()
        log.warning("slot.late", slot=item.name)
        return placeholder(item.name)
    error = item.task.exception()
    if error is not None:
        log.warning("slot.failed", slot=item.name, error=repr(error))
        return placeholder(item.name)
    return item.task.result()


def placeholder(name: str) -> Markup:
    """Return what stands for a slot until the browser has loaded it."""
    from web.kit.pages import render  # noqa: PLC0415  # pages fill slots

    return render("kit/_slot.html", {"name": name, "url": url_of(name)})


def _runs_here(feature: str) -> bool:
    features = current_kit().services.settings.features
    return not features or feature in features
