"""The cookie of browsers that have signed in before, and what it is good for: a place and a count of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import request

from domain.auth.addresses import normalise
from domain.auth.known_browsers import DAYS, KnownBrowser, KnownBrowsers
from web.kit import form_value, host_cookie, services

if TYPE_CHECKING:
    from quart import Response

    from core.context import Person

COOKIE = host_cookie("adx_known")


async def known_browser() -> KnownBrowser | None:
    """Return what this browser is to the account whose address the form holds; None for any that is not known."""
    return _marks().find(request.cookies.get(COOKIE, ""), normalise(await form_value("email")))


async def known_browser_key() -> str:
    """Return what the tries of a known browser are counted by; empty for any other."""
    known = await known_browser()
    return known.key if known else ""


async def is_known() -> bool:
    """Whether the browser has signed in to the account before."""
    return await known_browser() is not None


async def is_stranger() -> bool:
    """Whether it has not."""
    return await known_browser() is None


def remember_browser(response: Response, person: Person) -> None:
    """Mark the browser that has just signed in."""
    value = _marks().remember(request.cookies.get(COOKIE, ""), person.id, normalise(person.email))
    response.set_cookie(COOKIE, value, max_age=DAYS * 24 * 3600, path="/", secure=True, httponly=True, samesite="Lax")


def _marks() -> KnownBrowsers:
    return KnownBrowsers(services().settings.secret_key)
